/*
 * tries.h - how often the decoding of a letter was begun, kept on disk
 *
 * A file by the letter's name in a folder of its own, one octet for each try.
 * Written before the try, so that it counts whoever dies of it.
 *
 * Threads: one for each name.
 */
#ifndef KEYPOST_MAILAGENT_TRIES_H
#define KEYPOST_MAILAGENT_TRIES_H

#include <stdint.h>

/* Adds one and gives the count; 1 if it cannot be kept. */
unsigned tries_add(int dir_fd, const char *name);
void tries_clear(int dir_fd, const char *name);
/* Removes plain files older than that from the folder. */
void tries_drop_old(int dir_fd, int64_t seconds);

#endif
