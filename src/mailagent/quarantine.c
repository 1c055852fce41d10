#include "mailagent/quarantine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

struct entry {
	char *name;
	uint64_t octets;
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name,
		((const struct entry *)b)->name);
}

static void
free_entries(struct entry *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(list[i].name);
	free(list);
}

static enum status
list_entries(
	const char *path, struct entry **list, size_t *count, struct err *err)
{
	DIR *dir = opendir(path);
	const struct dirent *d;
	struct stat info;
	size_t cap = 0, n = 0;

	*list = NULL;
	if (dir == NULL) {
		err_set(err, "%s: %s", path, strerror(errno));
		return STATUS_IO;
	}
	while ((d = readdir(dir)) != NULL) {
		if (d->d_name[0] == '.' ||
			fstatat(dirfd(dir), d->d_name, &info,
				AT_SYMLINK_NOFOLLOW) != 0 ||
			!S_ISREG(info.st_mode))
			continue;
		if (n == cap) {
			cap = cap > 0 ? cap * 2 : 64;
			*list = xrealloc(*list, cap * sizeof(**list));
		}
		(*list)[n].name = xstrdup(d->d_name);
		(*list)[n++].octets = (uint64_t)info.st_size;
	}
	closedir(dir);
	*count = n;
	return STATUS_OK;
}

/* Names start with their time, so the first are the oldest. */
static enum status
drop_oldest(struct quarantine *q, struct err *err)
{
	struct entry *list;
	char path[4096];
	size_t i, count;
	enum status st = list_entries(q->dir, &list, &count, err);

	if (st != STATUS_OK)
		return st;
	if (count > 0)
		qsort(list, count, sizeof(*list), by_name);
	q->files = count;
	q->octets = 0;
	for (i = 0; i < count; i++)
		q->octets += list[i].octets;
	for (i = 0; i < count && (q->files > QUARANTINE_FILES_MAX ||
					 q->octets > QUARANTINE_OCTETS_MAX);
		i++) {
		snprintf(path, sizeof(path), "%s/%s", q->dir, list[i].name);
		if (unlink(path) != 0)
			continue;
		q->files--;
		q->octets -= list[i].octets;
	}
	free_entries(list, count);
	return STATUS_OK;
}

enum status
quarantine_open(struct quarantine *q, const char *dir, struct err *err)
{
	enum status st;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
		err_set(err, "%s: %s", dir, strerror(errno));
		return STATUS_IO;
	}
	*q = (struct quarantine){.dir = xstrdup(dir)};
	st = drop_oldest(q, err);
	if (st != STATUS_OK)
		quarantine_done(q);
	return st;
}

void
quarantine_done(struct quarantine *q)
{
	free(q->dir);
	q->dir = NULL;
}

static enum status
write_file(struct quarantine *q, const char *path, const char *source,
	const char *reason, struct bytes letter, struct err *err)
{
	struct buf all = {.len = 0};
	enum status st;

	st = buf_printf(&all, "keypost-quarantine %s %s: %.200s\n",
		clock_utc(clock_wall_s()).text, source, reason);
	if (st == STATUS_OK)
		st = buf_put(&all, letter);
	if (st == STATUS_OK)
		st = file_write_new(path, buf_view(&all), 0600, err);
	if (st == STATUS_OK)
		st = file_sync_dir(q->dir, err);
	if (st == STATUS_OK) {
		q->files++;
		q->octets += all.len;
	}
	buf_done(&all);
	return st;
}

enum status
quarantine_put(struct quarantine *q, const char *source, const char *reason,
	struct bytes letter, struct err *err)
{
	char path[4096], line[201];
	size_t i;
	enum status st;

	/* One line, whatever a letter made somebody say. */
	for (i = 0; i < sizeof(line) - 1 && reason[i] != '\0'; i++)
		line[i] = reason[i] < ' ' ? ' ' : reason[i];
	line[i] = '\0';
	snprintf(path, sizeof(path), "%s/%012lld.%06u.%ld.eml", q->dir,
		(long long)clock_wall_s(), q->next++ % 1000000, (long)getpid());
	st = write_file(q, path, source, line, letter, err);
	if (st == STATUS_OK && (q->files > QUARANTINE_FILES_MAX ||
				       q->octets > QUARANTINE_OCTETS_MAX))
		st = drop_oldest(q, err);
	return st;
}
