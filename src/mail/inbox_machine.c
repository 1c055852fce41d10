#include "base/log.h"
#include "mail/bounce.h"
#include "mail/classify.h"
#include "mail/inbox_state.h"

static const char *
bounce_label(unsigned int kind)
{
	return kind == 0 ? "unmatched"
			 : bounce_word((enum bounce_kind)(kind - 1));
}

void
machine_init(struct inbox *b)
{
	for (unsigned int m = MACHINE_NONE + 1; m <= MACHINE_OWN; m++)
		b->machines[m] = counter_get_labelled("mail_in_machine", "kind",
			classify_word((enum letter_machine)m));
	for (unsigned int k = 0; k < INBOX_BOUNCES; k++)
		b->bounces[k] = counter_get_labelled(
			"mail_in_bounces", "kind", bounce_label(k));
}

/* Of a letter of ours: the courier hears of it. False: of somebody else's. */
static bool
take_bounce(struct post *post)
{
	struct inbox *b = post->b;
	struct bounce bounce;

	if (bounce_read(&post->in, b->p.known, b->p.settings, b->p.site,
		    &bounce) != STATUS_OK) {
		counter_add(b->bounces[0], 1);
		return false;
	}
	counter_add(b->bounces[bounce.kind + 1], 1);
	post->peer = bounce.peer;
	courier_bounce(b->p.courier, &bounce);
	return true;
}

bool
machine_file(struct post *post, enum letter_fate *fate, const char **word)
{
	struct inbox *b = post->b;
	enum letter_machine m =
		classify_machine(&post->in, post->command != NULL);

	/* It went out from here; what it holds we have. */
	if (m == MACHINE_NONE &&
		bounce_is_our_id(post->in.message_id, b->p.site))
		m = MACHINE_OWN;
	if (m == MACHINE_NONE)
		return false;
	counter_add(b->machines[m], 1);
	*word = classify_word(m);
	*fate = FATE_FOREIGN;
	if (m == MACHINE_OWN || (m == MACHINE_BOUNCE && take_bounce(post)))
		*fate = FATE_TAKEN;
	return true;
}
