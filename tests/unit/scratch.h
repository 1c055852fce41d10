/*
 * scratch.h - a folder of its own for a test
 */
#ifndef KEYPOST_UNIT_SCRATCH_H
#define KEYPOST_UNIT_SCRATCH_H

#include <stddef.h>

/* Makes it below $TMPDIR, or /tmp where that is too long a name for `dir`. */
void scratch_make(char *dir, size_t size);
/* Those below `tmp` of tests that were killed: called by the first one. */
void scratch_remove_stale(const char *tmp);
/* Removes it with all that is in it. */
void scratch_remove(const char *dir);

/* One for each test of a file. */
extern char scratch_dir[64];
int scratch_setup(void **state);
int scratch_teardown(void **state);
/* In it; until the next call. */
const char *scratch_path(const char *name);

#define SCRATCH_PROMISE(f)                                                     \
	cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

#endif
