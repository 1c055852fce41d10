#include "http/pages/web_root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "http/services.h"

static const struct {
	const char *extension;
	const char *type;
	enum reply_type known; /* or NO_TYPE: the field is set by hand */
} types[] = {
	{"html", "text/html; charset=UTF-8", REPLY_HTML},
	{"css", "text/css; charset=UTF-8", REPLY_CSS},
	{"txt", "text/plain; charset=UTF-8", REPLY_TEXT},
	{"svg", "image/svg+xml", REPLY_SVG},
	{"json", "application/json", REPLY_JSON},
	{"asc", "application/pgp-keys", REPLY_ARMOR},
	{"ico", "image/x-icon", REPLY_NO_TYPE},
	{"png", "image/png", REPLY_NO_TYPE},
	{"jpg", "image/jpeg", REPLY_NO_TYPE},
	{"jpeg", "image/jpeg", REPLY_NO_TYPE},
	{"gif", "image/gif", REPLY_NO_TYPE},
	{"webp", "image/webp", REPLY_NO_TYPE},
	{"woff2", "font/woff2", REPLY_NO_TYPE},
	{"pdf", "application/pdf", REPLY_NO_TYPE},
	{"xml", "application/xml", REPLY_NO_TYPE},
	{"", "application/octet-stream", REPLY_NO_TYPE},
};

static size_t
type_of(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t i = 0;

	for (; types[i].extension[0] != '\0'; i++)
		if (dot != NULL && strchr(dot, '/') == NULL &&
			strcasecmp(dot + 1, types[i].extension) == 0)
			break;
	return i;
}

/* Letters, digits, '.', '-', '_'; no part is empty or begins with a dot. */
static bool
name_is_good(const char *name)
{
	const char *p;
	char before = '/';

	for (p = name; *p != '\0'; before = *p++) {
		bool plain = (*p >= 'a' && *p <= 'z') ||
			     (*p >= 'A' && *p <= 'Z') ||
			     (*p >= '0' && *p <= '9') || *p == '-' || *p == '_';

		if (!plain && (before == '/' || (*p != '.' && *p != '/')))
			return false;
	}
	return before != '/' && p - name <= WEB_NAME_MAX;
}

/* Step by step, so that no link on the way is followed; -1 with errno. */
static int
open_below(const char *root, const char *name)
{
	const int folder = O_PATH | O_DIRECTORY | O_CLOEXEC;
	char part[WEB_NAME_MAX + 1];
	int at = open(root, folder), next;

	while (at >= 0) {
		size_t n = strcspn(name, "/");
		bool last = name[n] == '\0';

		memcpy(part, name, n);
		part[n] = '\0';
		/* A FIFO must not hold us up. */
		next = openat(at, part,
			O_NOFOLLOW | (last ? O_RDONLY | O_NONBLOCK | O_CLOEXEC
					   : folder));
		close(at);
		at = next;
		if (last)
			break;
		name += n + 1;
	}
	return at;
}

static enum status
read_whole(int fd, size_t size, struct arena *arena, struct bytes *out)
{
	uint8_t *data = arena_alloc(arena, size);
	size_t have = 0;

	if (data == NULL)
		return STATUS_LIMIT;
	while (have < size) {
		ssize_t n = read(fd, data + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break; /* it has become shorter meanwhile */
		have += (size_t)n;
	}
	*out = bytes_make(data, have);
	return STATUS_OK;
}

static enum status
take_file(int fd, struct arena *arena, struct web_file *out, const char **why)
{
	struct web_file f;
	struct stat sb;

	if (fstat(fd, &sb) != 0 || !S_ISREG(sb.st_mode))
		return STATUS_NOT_FOUND;
	*why = "larger than 1 MiB";
	if (sb.st_size > WEB_FILE_MAX)
		return STATUS_NOT_FOUND;
	*why = "cannot be read";
	if (read_whole(fd, (size_t)sb.st_size, arena, &f.content) != STATUS_OK)
		return STATUS_NOT_FOUND;
	f.tag = (uint64_t)sb.st_mtim.tv_sec * 1000000000u +
		(uint64_t)sb.st_mtim.tv_nsec;
	f.tag = (f.tag ^ (uint64_t)sb.st_ino << 40) * 31 + (uint64_t)sb.st_size;
	f.type = NULL;
	*out = f;
	*why = NULL;
	return STATUS_OK;
}

enum status
web_root_open(const char *root, const char *name, struct arena *arena,
	struct web_file *out)
{
	const char *why = NULL;
	enum status st = STATUS_NOT_FOUND;
	int fd;

	if (root == NULL || root[0] == '\0' || !name_is_good(name))
		return STATUS_NOT_FOUND;
	fd = open_below(root, name);
	if (fd >= 0) {
		st = take_file(fd, arena, out, &why);
		close(fd);
	} else if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) {
		why = strerror(errno);
	}
	if (why != NULL)
		log_line(LOG_WARN, "web", "file=%s why=%s",
			log_quote_str(name).text, log_quote_str(why).text);
	if (st == STATUS_OK)
		out->type = types[type_of(name)].type;
	return st;
}

enum status
web_root_find(const char *root, const char *name, struct arena *arena,
	struct bytes *out)
{
	struct web_file f;
	enum status st = web_root_open(root, name, arena, &f);

	if (st == STATUS_OK)
		*out = f.content;
	return st;
}

enum status
web_root_serve(struct request *req, struct reply *reply, const char *name)
{
	struct web_file f;
	uint8_t tag[8];
	enum status st;

	st = web_root_open(req->services->settings->web, name, req->arena, &f);
	if (st == STATUS_OK)
		st = buf_put(&reply->body, f.content);
	if (st != STATUS_OK)
		return st;
	memcpy(tag, &f.tag, sizeof(tag));
	reply_etag(reply, bytes_make(tag, sizeof(tag)), "web");
	reply->cache = REPLY_HOUR;
	reply->type = types[type_of(name)].known;
	if (reply->type == REPLY_NO_TYPE)
		reply_header(reply, "Content-Type", f.type);
	return STATUS_OK;
}
