#include "../unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../scratch.h"
#include "base/bytes.h"
#include "vfs_file.h"

int
vfs_file_set_up(void **state, const char *vfs)
{
	struct vfs_file *f = xcalloc(1, sizeof(*f));
	int made;

	scratch_make(f->folder, sizeof(f->folder));
	(void)snprintf(f->path, sizeof(f->path) - 1, "%s/file", f->folder);
	made = creat(f->path, 0600);
	assert_true(made >= 0);
	(void)close(made);
	f->vfs = sqlite3_vfs_find(vfs);
	assert_non_null(f->vfs);
	f->file = xcalloc(1, (size_t)f->vfs->szOsFile);
	*state = f;
	return 0;
}

int
vfs_file_tear_down(void **state)
{
	struct vfs_file *f = *state;

	if (f->file->pMethods != NULL)
		(void)f->file->pMethods->xClose(f->file);
	scratch_remove(f->folder);
	free(f->file);
	free(f);
	return 0;
}

void
vfs_file_open(struct vfs_file *f, const char *path, int flags)
{
	int out;

	assert_int_equal(
		f->vfs->xOpen(f->vfs, path, f->file, flags, &out), SQLITE_OK);
}

void
vfs_file_close(struct vfs_file *f)
{
	assert_int_equal(f->file->pMethods->xClose(f->file), SQLITE_OK);
	f->file->pMethods = NULL;
}

void
vfs_file_write(struct vfs_file *f, const void *data, int len, int64_t at)
{
	assert_int_equal(
		f->file->pMethods->xWrite(f->file, data, len, at), SQLITE_OK);
}

void
vfs_file_read(struct vfs_file *f, void *out, int len, int64_t at)
{
	assert_int_equal(
		f->file->pMethods->xRead(f->file, out, len, at), SQLITE_OK);
}

void
vfs_file_flush(struct vfs_file *f)
{
	assert_int_equal(f->file->pMethods->xSync(f->file, SQLITE_SYNC_NORMAL),
		SQLITE_OK);
}

void
vfs_file_cut(struct vfs_file *f, int64_t size)
{
	assert_int_equal(
		f->file->pMethods->xTruncate(f->file, size), SQLITE_OK);
}

int64_t
vfs_file_size(struct vfs_file *f)
{
	sqlite3_int64 size = -1;

	assert_int_equal(
		f->file->pMethods->xFileSize(f->file, &size), SQLITE_OK);
	return size;
}

int64_t
vfs_file_size_on_disk(const struct vfs_file *f)
{
	struct stat sb;

	assert_int_equal(stat(f->path, &sb), 0);
	return (int64_t)sb.st_size;
}
