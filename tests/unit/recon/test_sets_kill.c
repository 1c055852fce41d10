/*
 * Whatever is killed at any moment, the next process has the right trees: a
 * save leaves a file that is whole, building and following leave nothing.
 */

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

/* ---- building and following ---------------------------------------------- */

/* A process that opens store and trees, and dies at its n-th step: did it? */
static bool
dies_opening(struct world *w, struct killing *k, int step)
{
	struct err err;
	int status;
	pid_t pid;

	world_close_store(w);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		world_open_store(w);
		world_new_sets(w);
		k->left = step;
		_exit(sets_open(w->sets, &err) == STATUS_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	world_open_store(w);
	return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* How many steps there were to die at. */
static int
assert_killed_opens_harm_nothing(struct world *w, bool loaded)
{
	struct killing k = {INT32_MAX};
	bool died = true;
	int n;

	w->beat = die_some_time;
	w->beat_ctx = &k;
	for (n = 0; died; n++) {
		died = dies_opening(w, &k, n);
		open_sets(w, loaded);
	}
	w->beat_ctx = NULL;
	return n;
}

static void
test_killed_as_it_builds_the_next_one_builds(void **state)
{
	struct world *w = *state;

	world_fill(w, 0, 3000);
	/* Three pages of the index at least, the log, and one that lived. */
	assert_true(assert_killed_opens_harm_nothing(w, false) >= 5);
	assert_int_equal(access(w->file, F_OK), -1);
}

static void
test_killed_as_it_follows_the_next_one_follows(void **state)
{
	struct world *w = *state;

	world_fill(w, 0, 1000);
	open_sets(w, false);
	save(w);
	world_fill(w, 500, 4000);
	world_begin(w);
	for (size_t i = 0; i < 200; i++)
		world_delete(w, i);
	world_commit(w);
	/* Two reads of the file, four stretches of the log, one that lived. */
	assert_true(assert_killed_opens_harm_nothing(w, true) >= 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_killed_as_it_builds_the_next_one_builds),
		WORLD_PROMISE(test_killed_as_it_follows_the_next_one_follows),
		WORLD_PROMISE(
			test_killed_between_two_pieces_the_old_file_stands),
#ifdef CRASH_POINTS
		WORLD_PROMISE(test_killed_at_a_crash_point_either_file_stands),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
