#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

/* What tests put behind it: sockets have short names. */
enum { NAME_MAX_LEN = 40 };

#define PREFIX "keypost-test."

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* "keypost-test.PID.XXXXXX" of one that has ended without removing it. */
static bool
is_stale(int at, const char *name)
{
	struct stat st;
	long pid;
	char *end;

	if (strncmp(name, PREFIX, sizeof(PREFIX) - 1) != 0)
		return false;
	pid = strtol(name + sizeof(PREFIX) - 1, &end, 10);
	return pid > 0 && *end == '.' && kill((pid_t)pid, 0) != 0 &&
	       errno == ESRCH &&
	       fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

void
scratch_remove_stale(const char *tmp)
{
	const struct dirent *e;
	char path[512];
	DIR *d = opendir(tmp);

	while (d != NULL && (e = readdir(d)) != NULL)
		if (is_stale(dirfd(d), e->d_name) &&
			snprintf(path, sizeof(path), "%s/%s", tmp, e->d_name) <
				(int)sizeof(path))
			(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (d != NULL)
		(void)closedir(d);
}

void
scratch_make(char *dir, size_t size)
{
	static bool tidied;
	const char *tmp = getenv("TMPDIR");

	if (tmp == NULL || strlen(tmp) > NAME_MAX_LEN)
		tmp = "/tmp";
	if (!tidied)
		scratch_remove_stale(tmp);
	tidied = true;
	assert_true(snprintf(dir, size, "%s/" PREFIX "%ld.XXXXXX", tmp,
			    (long)getpid()) < (int)size);
	assert_non_null(mkdtemp(dir));
}

void
scratch_remove(const char *dir)
{
	assert_int_equal(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* ---- one for each test ------------------------------------------------- */

char scratch_dir[64];

int
scratch_setup(void **state)
{
	(void)state;
	scratch_make(scratch_dir, sizeof(scratch_dir));
	return 0;
}

int
scratch_teardown(void **state)
{
	(void)state;
	scratch_remove(scratch_dir);
	return 0;
}

const char *
scratch_path(const char *name)
{
	static char path[sizeof(scratch_dir) + 64];
	int n = snprintf(path, sizeof(path), "%s/%s", scratch_dir, name);

	assert_true(n > 0 && (size_t)n < sizeof(path));
	return path;
}
