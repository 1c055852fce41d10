/* Reads DATA/tree, of which nothing is believed: see sets_save.c. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recon/sets_state.h"

enum { HEAD_MAX = 4096 };

const char sets_no_file[] = "there is no saved tree",
	   sets_other_profiles[] = "the saved tree is of other profiles";
static const char damaged[] = "the saved tree is damaged",
		  unreadable[] = "the saved tree cannot be read",
		  foreign[] = "what is there is no saved tree";

struct loading {
	struct sets *s;
	FILE *f;
	struct crypto_stream *sum;
	int64_t seq;
	uint64_t *sizes; /* of the trees */
	uint64_t left;   /* digests of the tree that is read */
	const char *why; /* not NULL: the file is of no use */
	enum status st;
	struct err err;
};

static bool
take_octets(struct loading *l, void *out, size_t len)
{
	if (fread(out, 1, len, l->f) != len) {
		l->why = ferror(l->f) ? unreadable : damaged;
		return false;
	}
	crypto_sha256_add(l->sum, bytes_make(out, len));
	return true;
}

/* The same octets that we would write? */
static bool
take_same(struct loading *l, struct bytes want, const char *why)
{
	uint8_t have[HEAD_MAX];

	if (want.len > sizeof(have) || !take_octets(l, have, want.len))
		return false;
	if (memcmp(have, want.data, want.len) != 0)
		l->why = why;
	return l->why == NULL;
}

static uint64_t
take_number(struct loading *l, size_t len)
{
	uint8_t octets[8];
	uint64_t n = 0;
	size_t i;

	if (!take_octets(l, octets, len))
		return 0;
	for (i = 0; i < len; i++)
		n = n << 8 | octets[i];
	return n;
}

static void
take_head(struct loading *l)
{
	const struct sets *s = l->s;

	if (!take_same(l, bytes_make(SETS_FILE_MAGIC, strlen(SETS_FILE_MAGIC)),
		    foreign))
		return;
	if (take_number(l, 4) != SETS_FILE_VERSION && l->why == NULL)
		l->why = "the saved tree is of another version";
	if (l->why != NULL || !take_same(l, bytes_of(store_id(s->store)),
				      "the saved tree is of another store"))
		return;
	l->seq = (int64_t)take_number(l, 8);
	if (take_number(l, 4) != s->count && l->why == NULL)
		l->why = sets_other_profiles;
	else if (l->why == NULL && l->seq < 0)
		l->why = damaged;
}

static void
take_profiles(struct loading *l)
{
	struct buf want = {0};
	size_t i;

	for (i = 0; l->why == NULL && i < l->s->count; i++) {
		buf_clear(&want);
		if (sets_put_profile(l->s->profiles[i], &want) != STATUS_OK)
			l->why = "the profile's name is too long";
		else if (take_same(l, buf_view(&want), sets_other_profiles))
			l->sizes[i] = take_number(l, 8);
	}
	buf_done(&want);
}

/* Before anything is allocated for its contents. */
static void
check_length(struct loading *l)
{
	uint64_t want = 0;
	struct stat sb;
	long at = ftell(l->f);
	size_t i;

	for (i = 0; i < l->s->count; i++) {
		if (l->sizes[i] > UINT32_MAX)
			l->why = damaged;
		want += l->sizes[i] * sizeof(struct sks_digest);
	}
	want += sizeof(struct digest);
	if (at < 0 || fstat(fileno(l->f), &sb) != 0 ||
		(uint64_t)sb.st_size != (uint64_t)at + want)
		l->why = damaged;
}

static size_t
read_digests(void *ctx, struct sks_digest *list, size_t max)
{
	struct loading *l = ctx;
	size_t n = l->left < max ? (size_t)l->left : max;

	l->st = sets_beat(l->s, &l->err);
	if (l->st != STATUS_OK || n == 0 ||
		!take_octets(l, list, n * sizeof(*list)))
		return 0;
	l->left -= n;
	return n;
}

static void
take_trees(struct loading *l)
{
	struct prefix_source source = {read_digests, l};
	enum status st;
	size_t i;

	for (i = 0; l->why == NULL && l->st == STATUS_OK && i < l->s->count;
		i++) {
		l->left = l->sizes[i];
		st = prefix_tree_build_from(l->s->trees[i], &source);
		if (l->why == NULL && l->st == STATUS_OK &&
			(st != STATUS_OK ||
				sets_tree_size(l->s, i) != l->sizes[i]))
			l->why = damaged;
	}
}

static void
check_sum(struct loading *l)
{
	struct digest have, want;

	crypto_sha256_end(l->sum, &want);
	l->sum = NULL;
	if (l->why != NULL || l->st != STATUS_OK)
		return;
	if (fread(&have, 1, sizeof(have), l->f) != sizeof(have) ||
		memcmp(&have, &want, sizeof(have)) != 0)
		l->why = damaged;
}

/*
 * As long as nothing was ever logged an empty store may be filled without a
 * log: of such a tree nobody could tell. Later every change is logged.
 */
static void
check_age(struct loading *l)
{
	size_t i;

	if (l->seq > 0)
		return;
	for (i = 0; i < l->s->count; i++)
		if (l->sizes[i] > 0)
			return;
	l->why = "the saved tree is of an empty store";
}

static bool
open_file(struct loading *l, struct sets *s)
{
	int fd = -1;

	memset(l, 0, sizeof(*l));
	l->s = s;
	l->st = STATUS_OK;
	if (s->file != NULL)
		fd = open(s->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	l->f = fd >= 0 ? fdopen(fd, "rb") : NULL;
	if (l->f == NULL) {
		l->why = s->file == NULL || errno == ENOENT ? sets_no_file
							    : unreadable;
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	l->sum = crypto_sha256_begin();
	l->sizes = xcalloc(s->count, sizeof(*l->sizes));
	return true;
}

static void
close_file(struct loading *l)
{
	struct digest unused;

	if (l->sum != NULL)
		crypto_sha256_end(l->sum, &unused);
	if (l->f != NULL)
		(void)fclose(l->f);
	free(l->sizes);
}

int64_t
sets_peek(const struct sets *s)
{
	struct sets copy = *s;
	struct loading l;

	if (open_file(&l, &copy))
		take_head(&l);
	close_file(&l);
	return l.why == NULL ? l.seq : 0;
}

enum status
sets_load(struct sets *s, const char **why, struct err *err)
{
	struct loading l;

	if (open_file(&l, s)) {
		take_head(&l);
		take_profiles(&l);
		if (l.why == NULL)
			check_length(&l);
		if (l.why == NULL)
			check_age(&l);
		take_trees(&l);
		check_sum(&l);
	}
	close_file(&l);
	if (l.st == STATUS_OK && l.why == NULL) {
		s->facts.seq = s->facts.saved_seq = l.seq;
		s->whole = true;
		return STATUS_OK;
	}
	sets_clear(s);
	*why = l.why;
	if (l.st == STATUS_OK)
		return l.why == damaged || l.why == unreadable ||
				       l.why == foreign
			       ? STATUS_MALFORMED
			       : STATUS_NOT_FOUND;
	*err = l.err;
	return l.st;
}
