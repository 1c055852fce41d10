#include "http/message/accept_language.h"

#include "http/message/accept.h"
#include "http/message/form.h"

struct wish {
	int weight; /* 0: none */
	size_t place;
};

/* Is it the same, or does it go on with "-"? */
static bool
covers(struct bytes shorter, struct bytes longer)
{
	return shorter.len > 0 && shorter.len <= longer.len &&
	       bytes_eq_nocase(
		       shorter, bytes_make(longer.data, shorter.len)) &&
	       (shorter.len == longer.len || longer.data[shorter.len] == '-');
}

static void
take_heavier(struct wish *w, int weight, size_t place)
{
	if (weight > w->weight)
		*w = (struct wish){weight, place};
}

static struct wish
wish_for(struct bytes value, struct bytes tag)
{
	struct wish named = {0, 0}, any = {0, 0};
	struct bytes member;
	size_t pos = 0, n = 0;

	for (; n < ACCEPT_LANGUAGE_RANGES && accept_next(value, &pos, &member);
		n++) {
		struct bytes range = form_media_type(member);
		int weight = accept_member_weight(member);

		if (bytes_eq(range, bytes_of("*"))) {
			take_heavier(&any, weight, n);
		} else if (covers(range, tag)) {
			if (weight == 0)
				return (struct wish){0, 0};
			take_heavier(&named, weight, n);
		} else if (covers(tag, range)) {
			take_heavier(&named, weight, n);
		}
	}
	return named.weight > 0 ? named : any;
}

const char *
accept_language(
	struct bytes value, const char *const *tags, const char *standard)
{
	const char *best = standard;
	struct wish most;

	if (value.len > ACCEPT_LANGUAGE_MAX)
		return standard;
	most = wish_for(value, bytes_of(standard));
	for (; *tags != NULL; tags++) {
		struct wish w = wish_for(value, bytes_of(*tags));

		if (w.weight > most.weight ||
			(w.weight == most.weight && w.weight > 0 &&
				w.place < most.place)) {
			most = w;
			best = *tags;
		}
	}
	return best;
}
