#include "store/sqlite/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/bytes.h"

/* f_type of file systems whose locks or mappings other hosts share. */
static const uint32_t network_types[] = {
	0x6969,     /* NFS */
	0x517B,     /* SMB */
	0xFF534D42, /* CIFS */
	0xFE534D42, /* SMB2 */
	0x01021997, /* 9p */
	0x65735546, /* FUSE: sshfs, glusterfs */
	0x00C36400, /* Ceph */
	0x5346414F, /* AFS */
	0x6B414653, /* kAFS */
	0x73757245, /* Coda */
	0x564C,     /* NCP */
	0x013661AC, /* OCFS2's older cousin, GFS */
	0x01161970, /* GFS2 */
	0x7461636F, /* OCFS2 */
	0x0BD00BD0, /* Lustre */
	0x19830326, /* BeeGFS */
	0x786F4256  /* VirtualBox shared folder */
};

bool
folder_type_is_network(uint64_t type)
{
	size_t i;

	for (i = 0; i < sizeof(network_types) / sizeof(network_types[0]); i++)
		if ((uint32_t)type == network_types[i])
			return true;
	return false;
}

enum status
folder_check(const char *path, bool allow_network_fs, struct err *err)
{
	struct stat sb;
	struct statfs fs;

	if (stat(path, &sb) != 0 || statfs(path, &fs) != 0) {
		err_set(err, "data folder %s: %s", path, strerror(errno));
		return errno == ENOENT ? STATUS_REJECTED : STATUS_IO;
	}
	if (!S_ISDIR(sb.st_mode)) {
		err_set(err, "%s is not a folder", path);
		return STATUS_REJECTED;
	}
	if (!allow_network_fs && folder_type_is_network((uint64_t)fs.f_type)) {
		err_set(err,
			"data folder %s is on a network file system (type "
			"%#lx), where databases get damaged: move it to a "
			"local disk, or set allow_network_fs = yes",
			path, (unsigned long)fs.f_type);
		return STATUS_REJECTED;
	}
	return STATUS_OK;
}

static enum status
narrow(const char *path, struct err *err)
{
	struct stat sb;

	if (stat(path, &sb) != 0) {
		err_set(err, "data folder %s: %s", path, strerror(errno));
		return STATUS_IO;
	}
	if (sb.st_uid != geteuid() || (sb.st_mode & S_ISVTX) != 0) {
		err_set(err,
			"data folder %s belongs to another user or to all: "
			"give keypost a folder of its own (chown, chmod 700)",
			path);
		return STATUS_REJECTED;
	}
	if ((sb.st_mode & 077) == 0)
		return STATUS_OK;
	if (chmod(path, 0700) != 0) {
		err_set(err, "chmod 700 %s: %s", path, strerror(errno));
		return STATUS_IO;
	}
	return STATUS_OK;
}

enum status
folder_prepare(const char *path, bool allow_network_fs, struct err *err)
{
	enum status st;

	if (mkdir(path, 0700) != 0 && errno != EEXIST) {
		err_set(err, "cannot make data folder %s: %s", path,
			strerror(errno));
		return STATUS_IO;
	}
	st = folder_check(path, allow_network_fs, err);
	if (st != STATUS_OK)
		return st;
	return narrow(path, err);
}

/* For the sentence only: who wrote its number into the lock file. */
static long
lock_owner(int fd)
{
	char text[24] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	return n <= 0 ? 0 : strtol(text, NULL, 10);
}

static void
sign_lock(int fd)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	/* A full disk must not keep the daemon from starting to serve. */
	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) == n)
		return;
}

enum status
folder_lock(const char *path, int *fd, struct err *err)
{
	struct buf name = {0};
	enum status st = buf_printf(&name, "%s/write.lock", path);
	int lock;

	if (st != STATUS_OK)
		return st;
	lock = open((const char *)name.data,
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	buf_done(&name);
	if (lock < 0) {
		err_set(err, "cannot open %s/write.lock: %s", path,
			strerror(errno));
		return STATUS_IO;
	}
	while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		if (errno == EWOULDBLOCK) {
			err_set(err,
				"data folder %s is in use: process %ld holds "
				"its write.lock; stop that first",
				path, lock_owner(lock));
			st = STATUS_REJECTED;
		} else {
			err_set(err, "cannot lock %s/write.lock: %s", path,
				strerror(errno));
			st = STATUS_IO;
		}
		(void)close(lock);
		return st;
	}
	sign_lock(lock);
	*fd = lock;
	return STATUS_OK;
}

enum status
folder_touch(const char *file, struct err *err)
{
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat sb;

	if (fd < 0) {
		err_set(err, "cannot open %s: %s", file, strerror(errno));
		return STATUS_IO;
	}
	if (fstat(fd, &sb) == 0 && (sb.st_mode & 077) != 0)
		(void)fchmod(fd, 0600);
	/*
	 * Closed before SQLite opens it: closing a descriptor later would
	 * drop the process's POSIX locks on the file.
	 */
	(void)close(fd);
	return STATUS_OK;
}

bool
folder_is_blank(const char *file)
{
	struct stat sb;

	return stat(file, &sb) == 0 && sb.st_size == 0;
}

enum status
folder_free(const char *path, int64_t *octets, struct err *err)
{
	struct statvfs vfs;
	int64_t sum;

	if (statvfs(path, &vfs) != 0) {
		err_set(err, "data folder %s: %s", path, strerror(errno));
		return STATUS_IO;
	}
	if (__builtin_mul_overflow(vfs.f_bavail, vfs.f_frsize, &sum))
		sum = INT64_MAX;
	*octets = sum;
	return STATUS_OK;
}
