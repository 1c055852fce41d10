#include "store/sqlite/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/file.h"
#include "store/sqlite/bulk.h"
#include "store/sqlite/db.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/raw.h"

enum { NAME_SIZE = CARE_PATH_MAX + 32, MARGIN = 1024 * 1024 };

/* Where it comes from and goes to; `partial` is the name until it is whole. */
struct places {
	char source[NAME_SIZE];
	char dir[NAME_SIZE];
	char file[NAME_SIZE];
	char partial[NAME_SIZE];
};

/* What SQLite keeps beside the database begins with its name. */
static bool
is_own_name(const char *where, const char *dir, const char *base)
{
	static const char own[] = "keypost.db";
	struct stat a, b;

	return strncmp(base, own, sizeof(own) - 1) == 0 &&
	       stat(where, &a) == 0 && stat(dir, &b) == 0 &&
	       a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* A name of SQLite's own, like ":memory:", is a file here. */
static enum status
find_places(
	const char *where, const char *file, struct places *p, struct err *err)
{
	const char *dot = file[0] == '/' ? "" : "./";
	const char *base = strrchr(file, '/');
	char copy[NAME_SIZE];

	base = base == NULL ? file : base + 1;
	if (strlen(file) >= CARE_PATH_MAX || strlen(where) >= CARE_PATH_MAX ||
		base[0] == '\0') {
		err_set(err, "\"%.80s\" is no name for a file", file);
		return STATUS_REJECTED;
	}
	(void)snprintf(p->source, sizeof(p->source), "%s/keypost.db", where);
	(void)snprintf(p->file, sizeof(p->file), "%s%s", dot, file);
	(void)snprintf(copy, sizeof(copy), "%s", p->file);
	(void)snprintf(p->dir, sizeof(p->dir), "%s", dirname(copy));
	if (snprintf(p->partial, sizeof(p->partial), "%.*s.%s.partial",
		    (int)(strlen(p->file) - strlen(base)), p->file,
		    base) >= (int)sizeof(p->partial)) {
		err_set(err, "\"%.80s\" is too long a name", file);
		return STATUS_REJECTED;
	}
	if (is_own_name(where, p->dir, base)) {
		err_set(err, "%s is a name of the database itself", p->file);
		return STATUS_REJECTED;
	}
	return STATUS_OK;
}

/* An empty file may have been made for it. */
static bool
is_backup_or_empty(const char *file)
{
	static const uint8_t id[] = {DB_APPLICATION_ID >> 24,
		DB_APPLICATION_ID >> 16 & 0xff, DB_APPLICATION_ID >> 8 & 0xff,
		DB_APPLICATION_ID & 0xff};
	uint8_t head[100];
	size_t n = 0;
	FILE *f = fopen(file, "rbe");

	if (f != NULL) {
		n = fread(head, 1, sizeof(head), f);
		(void)fclose(f);
	}
	return f != NULL &&
	       (n == 0 || (n == sizeof(head) &&
				  memcmp(head, "SQLite format 3", 16) == 0 &&
				  memcmp(head + 68, id, sizeof(id)) == 0));
}

/* May this name become a backup? Asked again before it does. */
static enum status
check_name(const struct places *p, bool replace, struct err *err)
{
	struct stat there, source;

	if (lstat(p->file, &there) != 0) {
		if (errno == ENOENT)
			return STATUS_OK;
		err_set(err, "%s: %s", p->file, strerror(errno));
		return STATUS_IO;
	}
	if (!S_ISREG(there.st_mode)) {
		err_set(err, "%s is there, and not a file", p->file);
		return STATUS_REJECTED;
	}
	if (stat(p->source, &source) == 0 && source.st_ino == there.st_ino &&
		source.st_dev == there.st_dev) {
		err_set(err, "%s is the database itself", p->file);
		return STATUS_REJECTED;
	}
	if (replace && is_backup_or_empty(p->file))
		return STATUS_OK;
	err_set(err, "%s is there already%s", p->file,
		replace ? ", and no backup: remove it first"
			: ": --force replaces it");
	return STATUS_REJECTED;
}

static enum status
check_room(const struct places *p, int64_t need, struct err *err)
{
	int64_t room;
	enum status st;

	if (access(p->dir, W_OK) != 0) {
		err_set(err, "%s: %s", p->dir, strerror(errno));
		return STATUS_IO;
	}
	st = folder_free(p->dir, &room, err);
	if (st != STATUS_OK || room >= need + MARGIN)
		return st;
	err_set(err, "a backup needs %lld MiB, and %lld MiB are free for %s",
		(long long)(need + MARGIN) >> 20, (long long)room >> 20,
		p->dir);
	return STATUS_IO;
}

/*
 * Empty, ours alone, and held by no other backup: one that was killed leaves
 * its file, and the next one of this name takes it over.
 */
static enum status
open_partial(const struct places *p, int *out, struct err *err)
{
	int fd = open(p->partial,
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	struct stat sb, named;

	if (fd < 0) {
		err_set(err, "%s: %s", p->partial, strerror(errno));
		return STATUS_IO;
	}
	/* Between the two the other one may have given it its last name. */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &sb) != 0 ||
		lstat(p->partial, &named) != 0 || sb.st_ino != named.st_ino) {
		err_set(err, "another backup to %s is under way", p->file);
		(void)close(fd);
		return STATUS_REJECTED;
	}
	if (!S_ISREG(sb.st_mode) || fchmod(fd, 0600) != 0 ||
		ftruncate(fd, 0) != 0) {
		err_set(err, "%s cannot be used", p->partial);
		(void)close(fd);
		return STATUS_IO;
	}
	*out = fd;
	return STATUS_OK;
}

static enum status
write_copy(sqlite3 *from, const struct places *p, const struct backup_job *job,
	struct backup_facts *facts, struct err *err)
{
	enum status st;
	int fd;

	st = open_partial(p, &fd, err);
	if (st != STATUS_OK)
		return st;
	st = raw_copy(from, p->source, p->partial, &job->watch, facts, err);
	if (st == STATUS_OK && fsync(fd) != 0) {
		err_set(err, "writing %s: %s", p->partial, strerror(errno));
		st = STATUS_IO;
	}
	if (st == STATUS_OK)
		st = check_name(p, job->replace, err);
	crash_point("backup");
	if (st == STATUS_OK)
		st = file_move(p->partial, p->file, err);
	else
		(void)unlink(p->partial);
	(void)close(fd);
	return st;
}

enum status
sqlite_backup(const struct store_settings *settings,
	const struct backup_job *job, struct backup_facts *facts,
	struct err *err)
{
	struct backup_facts f = {0};
	struct places p;
	sqlite3 *from;
	enum status st;

	st = find_places(settings->where, job->file, &p, err);
	if (st == STATUS_OK && access(p.source, F_OK) != 0 && errno == ENOENT) {
		err_set(err, "there is no store in %s", settings->where);
		return STATUS_NOT_FOUND;
	}
	if (st == STATUS_OK)
		st = check_name(&p, job->replace, err);
	if (st == STATUS_OK)
		st = bulk_check_journal(p.source, err);
	if (st == STATUS_OK)
		st = raw_open(p.source, SQLITE_OPEN_READONLY, &from, err);
	if (st != STATUS_OK)
		return st;
	st = raw_identify(from, p.source, &f, err);
	if (st == STATUS_OK)
		st = bulk_check_whole(from, p.source, err);
	if (st == STATUS_OK)
		st = raw_size(from, p.source, &f.octets, err);
	if (st == STATUS_OK)
		st = check_room(&p, f.octets, err);
	if (st == STATUS_OK && !job->dry_run)
		st = write_copy(from, &p, job, &f, err);
	(void)sqlite3_close(from);
	if (st == STATUS_OK)
		*facts = f;
	return st;
}
