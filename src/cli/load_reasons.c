#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/load.h"

void
load_count(struct load_reasons *r, const char *word, uint64_t n)
{
	size_t i;

	if (n == 0)
		return;
	for (i = 0; i < r->count; i++) {
		if (strncmp(r->list[i].word, word,
			    sizeof(r->list[i].word) - 1) == 0)
			break;
	}
	if (i == LOAD_REASONS_MAX)
		i--; /* the last one stands for all others */
	if (i == r->count) {
		snprintf(r->list[i].word, sizeof(r->list[i].word), "%s", word);
		r->count++;
	}
	r->list[i].count += n;
}

/* They are only ever added to, so that both have the same order. */
json_t *
load_reasons_json(
	const struct load_reasons *r, const struct load_reasons *before)
{
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < r->count; i++) {
		uint64_t n = r->list[i].count;

		if (before != NULL && i < before->count)
			n -= before->list[i].count;
		if (n > 0)
			(void)json_object_set_new(o, r->list[i].word,
				json_integer((json_int_t)n));
	}
	return o;
}

/* What has no word of its own is no certificate that was judged. */
void
load_reasons_show(const char *one, const char *many, json_t *reasons)
{
	const json_t *n;
	const char *word;
	enum verdict v;

	json_object_foreach(reasons, word, n)
	{
		int64_t count = json_integer_value(n);

		if (verdict_of(word, &v))
			printf("  %8" PRId64 " %s as %s: %s\n", count,
				count == 1 ? one : many, word,
				verdict_sentence(v));
		else
			printf("  %8" PRId64 " not read: %s\n", count, word);
	}
}
