#include "conf/suggest.h"

#include <string.h>

enum { WORD_MAX = 40 };

static size_t
min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * Insertions, deletions, replacements and swapped neighbours; WORD_MAX when a
 * word is too long.
 */
static size_t
edit_distance(const char *a, const char *b)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (size_t i = 0; i <= la; i++) {
		for (size_t j = 0; j <= lb; j++) {
			if (i == 0 || j == 0) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
				d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1])
				d[i][j] = min3(
					d[i][j], d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[la][lb];
}

void
suggest_start(struct suggest *s, const char *wrong)
{
	s->wrong = wrong;
	s->best = NULL;
	/* A third of the word may be wrong, and never more than three. */
	s->distance = 1 + strlen(wrong) / 3;
	if (s->distance > 4)
		s->distance = 4;
}

void
suggest_offer(struct suggest *s, const char *right)
{
	size_t d = edit_distance(s->wrong, right);

	if (d < s->distance) {
		s->distance = d;
		s->best = right;
	}
}
