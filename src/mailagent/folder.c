#include "mailagent/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "mailagent/tries.h"

static uint64_t
hash_of(const char *name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *name != '\0'; name++)
		h = (h ^ (uint8_t)*name) * 0x100000001b3u;
	return h;
}

static bool
is_resting(const struct folder *f, const char *name, int64_t now)
{
	uint64_t h = hash_of(name);
	const struct folder_rest *r = &f->rests[h % FOLDER_RESTS];

	return r->hash == h && r->until > now;
}

static bool
in_hand(const struct folder *f, const char *name)
{
	const struct folder_item *i;

	for (i = f->items; i != NULL; i = i->next) {
		if (strcmp(i->name, name) == 0)
			return true;
	}
	return false;
}

static void
on_change(void *ctx, short events)
{
	struct folder *f = ctx;
	uint8_t ignored[4096];

	(void)events;
	while (read(f->watch_fd, ignored, sizeof(ignored)) > 0)
		;
	f->next_pass = 0;
	if (f->count == 0)
		folder_tick(f, clock_mono_ms());
}

static void
watch_folder(struct folder *f)
{
	f->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (f->watch_fd < 0)
		return;
	if (inotify_add_watch(f->watch_fd, f->set.path,
		    IN_MOVED_TO | IN_CREATE | IN_ONLYDIR) < 0) {
		close(f->watch_fd);
		f->watch_fd = -1;
		return;
	}
	f->watch = loop_add(f->loop, f->watch_fd, POLLIN, on_change, f);
}

static int
open_folder(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		err_set(err, "%s: %s", path, strerror(errno));
	return fd;
}

static unsigned
begin(void *source, void *token)
{
	struct folder *f = source;
	const struct folder_item *item = token;

	return tries_add(f->tries_fd, item->name);
}

static void
decoded(void *source, void *token)
{
	struct folder *f = source;
	const struct folder_item *item = token;

	tries_clear(f->tries_fd, item->name);
}

static void finish(
	void *source, void *token, enum intake_fate fate, const char *reason);

enum status
folder_open(struct folder *f, struct loop *loop,
	const struct folder_settings *settings, struct err *err)
{
	memset(f, 0, sizeof(*f));
	f->set = *settings;
	f->loop = loop;
	f->source = (struct intake_source){.name = settings->name,
		.trust_path = true,
		.begin = begin,
		.decoded = decoded,
		.finish = finish,
		.source = f};
	f->fd = open_folder(settings->path, err);
	if (f->fd < 0)
		return STATUS_IO;
	if (mkdir(settings->tries, 0700) != 0 && errno != EEXIST)
		f->tries_fd = -1;
	else
		f->tries_fd = open_folder(settings->tries, err);
	if (f->tries_fd < 0) {
		close(f->fd);
		err_set(err, "%s: %s", settings->tries, strerror(errno));
		return STATUS_IO;
	}
	/* Without it the passes alone find what is new. */
	watch_folder(f);
	f->set.path = f->set.tries = NULL;
	return STATUS_OK;
}

void
folder_done(struct folder *f)
{
	while (f->count > 0)
		free(f->names[--f->count]);
	free(f->names);
	while (f->items != NULL) {
		struct folder_item *i = f->items;

		f->items = i->next;
		free(i->name);
		free(i);
	}
	if (f->watch_fd >= 0) {
		loop_remove(f->watch);
		close(f->watch_fd);
	}
	close(f->fd);
	close(f->tries_fd);
}

static int
backwards(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

static void
look(struct folder *f, int64_t now)
{
	int fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *d;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	if (f->names == NULL)
		f->names = xcalloc(FOLDER_PASS_MAX, sizeof(*f->names));
	while (f->count < FOLDER_PASS_MAX && (d = readdir(dir)) != NULL) {
		if (d->d_name[0] == '.' || in_hand(f, d->d_name) ||
			is_resting(f, d->d_name, now) ||
			(f->set.wanted != NULL && !f->set.wanted(d->d_name)))
			continue;
		f->names[f->count++] = xstrdup(d->d_name);
	}
	/* More than a pass holds: go on as soon as it is done. */
	f->next_pass = f->count == FOLDER_PASS_MAX ? 0 : now + FOLDER_PASS_MS;
	closedir(dir);
	if (f->count > 1)
		qsort(f->names, f->count, sizeof(*f->names), backwards);
}

enum status
folder_read(struct folder *f, const char *name, size_t max,
	struct intake_offer *offer, struct err *err)
{
	struct buf *out = &offer->octets;
	int fd = openat(
		f->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat info;
	enum status st = STATUS_OK;
	ssize_t n = 1;

	if (fd < 0) {
		err_set(err, "%s: %s", name, strerror(errno));
		return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
	}
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
		err_set(err, "%s: no plain file", name);
		st = STATUS_IO;
	}
	while (st == STATUS_OK && n > 0) {
		if (out->len > max) {
			out->len = max;
			offer->too_long = true;
			break;
		}
		st = buf_reserve(out, 64 * 1024);
		if (st != STATUS_OK)
			break;
		n = read(fd, out->data + out->len, 64 * 1024);
		if (n > 0)
			out->len += (size_t)n;
		else if (n < 0 && errno != EINTR)
			st = STATUS_IO;
	}
	if (st == STATUS_IO && n < 0)
		err_set(err, "%s: %s", name, strerror(errno));
	close(fd);
	return st;
}

static void
rest(struct folder *f, const char *name)
{
	uint64_t h = hash_of(name);

	f->rests[h % FOLDER_RESTS] =
		(struct folder_rest){h, clock_mono_ms() + FOLDER_REST_MS};
}

static void
offer_name(struct folder *f, const char *name)
{
	struct intake_offer offer = {.source = &f->source};
	struct folder_item *item;
	struct err err;
	enum status st = f->set.load(f, name, &offer, &err);

	if (st != STATUS_OK) {
		buf_done(&offer.octets);
		if (st == STATUS_NOT_FOUND)
			return;
		log_line(LOG_WARN, "letter", "source=%s outcome=%s reason=%s",
			f->set.name, status_name(st),
			log_quote_str(err.text).text);
		rest(f, name);
		return;
	}
	item = xcalloc(1, sizeof(*item));
	item->name = xstrdup(name);
	item->folder = f;
	item->next = f->items;
	f->items = item;
	offer.token = item;
	item->id = intake_offer(f->set.intake, &offer);
}

static void
fill(struct folder *f)
{
	while (f->count > 0 && intake_has_room(f->set.intake)) {
		char *name = f->names[--f->count];

		if (!in_hand(f, name))
			offer_name(f, name);
		free(name);
	}
}

void
folder_tick(struct folder *f, int64_t now)
{
	if (f->dirty) {
		f->dirty = false;
		/* Late or lost, it costs a second reading, no letter. */
		(void)fsync(f->fd);
	}
	if (f->count == 0 && now >= f->next_pass &&
		intake_has_room(f->set.intake))
		look(f, now);
	fill(f);
}

static void
drop_item(struct folder_item *item)
{
	struct folder *f = item->folder;
	struct folder_item **at = &f->items;

	while (*at != item)
		at = &(*at)->next;
	*at = item->next;
	free(item->name);
	free(item);
}

static void
let_go(struct folder *f, const struct folder_item *item)
{
	crash_point("letter-committed");
	tries_clear(f->tries_fd, item->name);
	f->dirty = true;
	if (unlinkat(f->fd, item->name, 0) == 0 || errno == ENOENT)
		return;
	log_line(LOG_ERROR, "letter", "source=%s name=%s reason=%s",
		f->set.name, log_quote_str(item->name).text, strerror(errno));
	rest(f, item->name);
}

static void
finish(void *source, void *token, enum intake_fate fate, const char *reason)
{
	struct folder *f = source;
	struct folder_item *item = token;

	(void)reason;
	if (fate == INTAKE_TAKEN || fate == INTAKE_FOREIGN)
		let_go(f, item);
	else
		rest(f, item->name);
	drop_item(item);
	/* There is room for the next one. */
	loop_hurry(f->loop);
}
