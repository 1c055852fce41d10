/* A save that is killed at any moment leaves a file that is whole. */

#include "sets_world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
open_sets(struct world *w, bool loaded)
{
	struct sets_facts facts = world_open_sets(w);

	if (loaded)
		assert_int_equal(facts.origin, SETS_LOADED);
	world_assert_right(w);
}

static void
save(struct world *w)
{
	struct err err = {""};

	assert_ok(sets_save(w->sets, &err));
}

struct killing {
	int left;
};

static bool
die_some_time(void *ctx)
{
	struct killing *k = ctx;

	if (k->left-- <= 0)
		_exit(9);
	return false;
}

/* A process that saves, and dies at its n-th step or crash point: did it? */
static bool
dies_saving(struct world *w, struct killing *k, int step, int point)
{
	struct err err;
	char wanted[40];
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)snprintf(wanted, sizeof(wanted), "tree-save:%d", point);
		if (point > 0)
			(void)setenv("KEYPOST_CRASH_POINT", wanted, 1);
		k->left = step;
		_exit(sets_save(w->sets, &err) == STATUS_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static size_t
temporary_files(struct world *w)
{
	DIR *dir = opendir(w->dir);
	struct dirent *e;
	size_t n = 0;

	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL)
		n += strstr(e->d_name, ".tmp") != NULL;
	(void)closedir(dir);
	return n;
}

/* The old file stands, and the next one is written over what was left. */
static void
assert_killed_saves_harm_nothing(struct world *w, bool points)
{
	struct killing k = {INT32_MAX};
	int n;
	bool died = true;

	w->beat = die_some_time;
	w->beat_ctx = &k;
	world_fill(w, 0, 2000);
	open_sets(w, false);
	save(w);
	for (n = 0; died; n++) {
		k.left = INT32_MAX;
		open_sets(w, true);
		world_fill(w, 2000 + (size_t)n, 2001 + (size_t)n);
		open_sets(w, true);
		died = dies_saving(
			w, &k, points ? INT32_MAX : n, points ? n + 1 : 0);
	}
	/* Pieces of 1,024, or the points around them. */
	assert_int_equal(n, points ? 6 : 3);
	open_sets(w, true);
	save(w);
	assert_int_equal(temporary_files(w), 0);
	open_sets(w, true);
}

static void
test_killed_between_two_pieces_the_old_file_stands(void **state)
{
	assert_killed_saves_harm_nothing(*state, false);
}

#ifdef CRASH_POINTS
static void
test_killed_at_a_crash_point_either_file_stands(void **state)
{
	assert_killed_saves_harm_nothing(*state, true);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(
			test_killed_between_two_pieces_the_old_file_stands),
#ifdef CRASH_POINTS
		WORLD_PROMISE(test_killed_at_a_crash_point_either_file_stands),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
