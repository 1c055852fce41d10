#include "conf/datadir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status
refuse(struct err *err, const char *path)
{
	err_set(err, "data folder %s: %s", path, strerror(errno));
	return STATUS_IO;
}

static void
make_parents(const char *path)
{
	char part[PATH_MAX];

	snprintf(part, sizeof(part), "%s", path);
	for (char *p = strchr(part + 1, '/'); p != NULL;
		p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)mkdir(part, 0755); /* the last step tells */
		*p = '/';
	}
}

enum status
datadir_make(const char *path, const struct identity *id, struct err *err)
{
	make_parents(path);
	if (mkdir(path, 0700) != 0)
		return errno == EEXIST ? STATUS_OK : refuse(err, path);
	if (id->change && chown(path, id->uid, id->gid) != 0)
		return refuse(err, path);
	return STATUS_OK;
}

enum status
datadir_prepare(const char *path, const struct identity *id, struct err *err)
{
	struct stat sb;
	enum status st = STATUS_OK;
	int fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return refuse(err, path);
	if (fstat(fd, &sb) != 0) {
		st = refuse(err, path);
	} else if (sb.st_uid != id->uid) {
		err_set(err,
			"data folder %s: it belongs to another user; "
			"give it to %s, or start keypostd as its owner",
			path, id->name);
		st = STATUS_REJECTED;
	} else if ((sb.st_mode & 077) != 0 && fchmod(fd, 0700) != 0) {
		st = refuse(err, path);
	}
	close(fd);
	return st;
}
