/*
 * vfs_file.h - an empty file in a folder of its own, and a VFS to open it by
 *
 * Memory: from set_up until tear_down, which closes the file if it is open.
 */
#ifndef KEYPOST_TESTS_STORE_VFS_FILE_H
#define KEYPOST_TESTS_STORE_VFS_FILE_H

#include <sqlite3.h>
#include <stdint.h>

struct vfs_file {
	char folder[80];
	char path[96]; /* ends with two NULs, as SQLite asks */
	sqlite3_vfs *vfs;
	sqlite3_file *file;
};

int vfs_file_set_up(void **state, const char *vfs);
int vfs_file_tear_down(void **state);
void vfs_file_open(struct vfs_file *f, const char *path, int flags);
void vfs_file_close(struct vfs_file *f);
/* Must all succeed. */
void vfs_file_write(struct vfs_file *f, const void *data, int len, int64_t at);
void vfs_file_read(struct vfs_file *f, void *out, int len, int64_t at);
void vfs_file_flush(struct vfs_file *f);
void vfs_file_cut(struct vfs_file *f, int64_t size);
/* As SQLite sees it, and as everybody else does. */
int64_t vfs_file_size(struct vfs_file *f);
int64_t vfs_file_size_on_disk(const struct vfs_file *f);

#endif
