#include "mail/proofs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

enum {
	TIME_SIZE = 8,
	KEPT = 16,
	RECORD = TIME_SIZE + KEPT,
	FILE_MAX_OCTETS = (PROOFS_FILE_MAX + 1) * RECORD
};

struct proofs {
	struct dedupe *table;
	char path[PATH_MAX];
	int fd;         /* -1: not opened yet */
	size_t records; /* in the file */
	bool failed;    /* and said so */
};

static void
failed(struct proofs *p, const char *why)
{
	if (!p->failed)
		log_line(LOG_ERROR, "proofs",
			"path=%s outcome=not-kept reason=%s",
			log_quote_str(p->path).text, log_quote_str(why).text);
	p->failed = true;
}

static int64_t
time_of(const uint8_t *record)
{
	uint64_t t = 0;

	for (size_t i = 0; i < TIME_SIZE; i++)
		t = t << 8 | record[i];
	return (int64_t)t;
}

/* Compares alike for all that the table and the file keep of a proof. */
static struct digest
kept_of(const struct digest *proof)
{
	struct digest kept = {{0}};

	memcpy(kept.octets, proof->octets, KEPT);
	/* By which the table spreads them. */
	memcpy(kept.octets + sizeof(kept.octets) - 2, proof->octets, 2);
	return kept;
}

static void
take_record(struct proofs *p, const uint8_t *record)
{
	struct digest d = {{0}};

	memcpy(d.octets, record + TIME_SIZE, KEPT);
	d = kept_of(&d);
	dedupe_add(p->table, &d);
}

/* The last of them, without those that are good for nothing any more; what a
 * crash cut off behind them is none. */
static size_t
live(struct bytes file, int64_t now, const uint8_t **first)
{
	size_t n = file.len / RECORD,
	       skip = n > PROOFS_MAX ? n - PROOFS_MAX : 0;

	while (skip < n &&
		time_of(file.data + skip * RECORD) < now - PROOFS_AGE_S)
		skip++;
	*first = file.data + skip * RECORD;
	return n - skip;
}

/* Writes anew what is good still; gives it, for whoever reads it first. */
static void
tidy(struct proofs *p, int64_t now, bool read)
{
	struct buf file = {0};
	struct err err = {{0}};
	const uint8_t *first;
	enum status st = file_read(p->path, FILE_MAX_OCTETS, &file, &err);
	size_t n;

	if (st == STATUS_NOT_FOUND) {
		buf_done(&file);
		return;
	}
	if (st != STATUS_OK)
		failed(p, err.text);
	n = live(buf_view(&file), now, &first);
	for (size_t i = 0; read && i < n; i++)
		take_record(p, first + i * RECORD);
	if ((st == STATUS_LIMIT || n * RECORD != file.len) &&
		file_replace(p->path, bytes_make(first, n * RECORD), 0600,
			&err) != STATUS_OK)
		failed(p, err.text);
	p->records = n;
	buf_done(&file);
}

struct proofs *
proofs_open(const char *folder, int64_t now)
{
	struct proofs *p = xcalloc(1, sizeof(*p));
	int n = snprintf(p->path, sizeof(p->path), "%s/mail.proofs", folder);

	p->table = dedupe_new();
	p->fd = -1;
	if (n <= 0 || (size_t)n >= sizeof(p->path))
		failed(p, "the data folder's path is too long");
	else
		tidy(p, now, true);
	return p;
}

void
proofs_close(struct proofs *p)
{
	if (p == NULL)
		return;
	if (p->fd >= 0) {
		(void)fdatasync(p->fd);
		(void)close(p->fd);
	}
	dedupe_free(p->table);
	free(p);
}

bool
proofs_has(const struct proofs *p, const struct digest *proof)
{
	struct digest d = kept_of(proof);

	return dedupe_has(p->table, &d);
}

static bool
open_file(struct proofs *p)
{
	if (p->fd < 0)
		p->fd = open(p->path,
			O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			0600);
	return p->fd >= 0;
}

static void
append(struct proofs *p, const struct digest *d, int64_t now)
{
	uint8_t record[RECORD];
	uint64_t t = (uint64_t)now;

	for (size_t i = TIME_SIZE; i > 0; i--, t >>= 8)
		record[i - 1] = (uint8_t)t;
	memcpy(record + TIME_SIZE, d->octets, KEPT);
	if (!open_file(p)) {
		failed(p, strerror(errno));
		return;
	}
	if (write(p->fd, record, RECORD) != RECORD) {
		failed(p, strerror(errno));
		/* Those behind it stay whole. */
		(void)!ftruncate(p->fd, (off_t)(p->records * RECORD));
		return;
	}
	p->records++;
}

void
proofs_add(struct proofs *p, const struct digest *proof, int64_t now)
{
	struct digest d = kept_of(proof);

	if (dedupe_has(p->table, &d))
		return;
	dedupe_add(p->table, &d);
	append(p, &d, now);
	if (p->records < PROOFS_FILE_MAX)
		return;
	(void)close(p->fd);
	p->fd = -1;
	tidy(p, now, false);
}
