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

#endif
