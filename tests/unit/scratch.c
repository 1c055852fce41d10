#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* What tests put behind it: sockets have short names. */
enum { NAME_MAX_LEN = 40 };

void
scratch_make(char *dir, size_t size)
{
	const char *tmp = getenv("TMPDIR");

	if (tmp == NULL || strlen(tmp) > NAME_MAX_LEN)
		tmp = "/tmp";
	assert_true(
		snprintf(dir, size, "%s/keypost-test.XXXXXX", tmp) < (int)size);
	assert_non_null(mkdtemp(dir));
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
scratch_remove(const char *dir)
{
	assert_int_equal(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}
