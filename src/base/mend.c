#include "base/mend.h"

struct mend_counters
mend_counters_of(const char *peer)
{
	return (struct mend_counters){
		.letters = counter_get_labelled(
			"mail_letters_waiting", "peer", peer),
		.octets = counter_get_labelled(
			"mail_octets_waiting", "peer", peer),
		.speaks = counter_get_labelled("mail_repairs", "peer", peer),
		.gaps = counter_get_labelled("mail_gaps", "peer", peer),
		.asked = counter_get_labelled("mail_gaps_asked", "peer", peer),
		.agreed = counter_get_labelled("mail_agreed", "peer", peer),
		.differed = counter_get_labelled("mail_differed", "peer", peer),
		.left = counter_get_labelled("mail_resync_left", "peer", peer),
		.upto = counter_get_labelled("mail_resync_upto", "peer", peer),
	};
}
