/* Lists of filters as sets. */

#include <stdlib.h>
#include <string.h>

#include "recon/profile.h"

enum {
	/* Of a list in a sentence: two of them, and words, in struct err. */
	FILTERS_SHOWN = 60,
	FILTERS_COUNT = PROFILE_FILTERS_MAX / 2
};

/* The next of a list with commas; false at the end. */
static bool
next_filter(struct bytes *list, struct bytes *filter)
{
	const uint8_t *comma;

	if (!list->len)
		return false;
	comma = memchr(list->data, ',', list->len);
	filter->data = list->data;
	filter->len = comma ? (size_t)(comma - list->data) : list->len;
	list->data += filter->len + (comma != NULL);
	list->len -= filter->len + (comma != NULL);
	return true;
}

static bool
has_filter(struct bytes list, struct bytes filter)
{
	struct bytes one;

	while (next_filter(&list, &one))
		if (bytes_eq(one, filter))
			return true;
	return false;
}

/* Is each of `a` in `b`? One of them is ours, and short. */
static bool
filters_within(struct bytes a, struct bytes b)
{
	struct bytes one;

	while (next_filter(&a, &one))
		if (!has_filter(b, one))
			return false;
	return true;
}

bool
profile_filters_eq(struct bytes a, struct bytes b)
{
	return filters_within(a, b) && filters_within(b, a);
}

static int
filter_order(const void *a, const void *b)
{
	const struct bytes *x = a, *y = b;
	int order = memcmp(x->data, y->data, x->len < y->len ? x->len : y->len);

	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

enum status
profile_filters_sort(const char *list, char out[PROFILE_FILTERS_MAX])
{
	struct bytes each[FILTERS_COUNT], rest = bytes_of(list);
	size_t i, n = 0;
	char *end = out;

	if (rest.len >= PROFILE_FILTERS_MAX)
		return STATUS_LIMIT;
	while (next_filter(&rest, &each[n]))
		n += each[n].len > 0;
	qsort(each, n, sizeof(*each), filter_order);
	for (i = 0; i < n; i++) {
		if (i > 0 && bytes_eq(each[i - 1], each[i]))
			continue;
		if (end > out)
			*end++ = ',';
		memcpy(end, each[i].data, each[i].len);
		end += each[i].len;
	}
	*end = '\0';
	return STATUS_OK;
}

/* ---- for people --------------------------------------------------------- */

struct words {
	char text[FILTERS_SHOWN + sizeof(", ...")];
	size_t len;
};

static void
add_word(struct words *w, struct bytes word)
{
	size_t i;

	if (w->len > 0) {
		w->text[w->len++] = ',';
		w->text[w->len++] = ' ';
	}
	for (i = 0; i < word.len; i++)
		w->text[w->len++] =
			(char)(word.data[i] > ' ' && word.data[i] <= '~'
					? word.data[i]
					: '?');
}

/* What is in `a` and not in `b`, as far as there is room for it. */
static void
list_beyond(struct bytes a, struct bytes b, struct words *w)
{
	struct bytes one;

	w->len = 0;
	while (next_filter(&a, &one)) {
		if (has_filter(b, one))
			continue;
		if (w->len + 2 + one.len > FILTERS_SHOWN) {
			add_word(w, bytes_of("..."));
			break;
		}
		add_word(w, one);
	}
	w->text[w->len] = '\0';
}

void
profile_filters_differ(struct bytes ours, struct bytes theirs, struct err *why)
{
	struct words here, there;

	list_beyond(ours, theirs, &here);
	list_beyond(theirs, ours, &there);
	if (here.len > 0 && there.len > 0)
		err_set(why, "only here: %s; only there: %s", here.text,
			there.text);
	else if (here.len > 0)
		err_set(why, "only here: %s", here.text);
	else if (there.len > 0)
		err_set(why, "only there: %s", there.text);
	else
		err_set(why, "the filters are the same");
}
