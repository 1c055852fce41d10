/*
 * faulty_vfs.h - a file system under SQLite that fails when told to
 *
 * Registered as the default, it passes everything to the real one, but does
 * not wait for the disk, and fails the n-th operation of a kind, once or from
 * then on.
 */
#ifndef KEYPOST_TESTS_UNIT_STORE_FAULTY_VFS_H
#define KEYPOST_TESTS_UNIT_STORE_FAULTY_VFS_H

#include <stdbool.h>

enum fault_kind {
	FAULT_READ,
	FAULT_WRITE,
	FAULT_SYNC,
	FAULT_FULL,
	FAULT_KINDS
};

void faulty_vfs_register(void);
void faulty_vfs_arm(enum fault_kind kind, int n, bool for_good);
void faulty_vfs_disarm(void);
/* Since it was armed. */
bool faulty_vfs_fired(void);

#endif
