/*
 * DATA/tree: magic, version, the store's name, the change, and for each
 * profile its name, flags and number of digests; then the digests, ascending;
 * then SHA-256 of all that. Numbers are big endian.
 */

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/file_out.h"
#include "recon/sets_state.h"

enum { FILE_MODE = 0600 };

size_t
sets_tree_size(const struct sets *s, size_t i)
{
	struct prefix root = prefix_root();
	struct node_view view;

	prefix_tree_view(s->trees[i], &root, &view);
	return view.size;
}

static enum status
put_head(const struct sets *s, int64_t seq, struct buf *out)
{
	enum status st = buf_puts(out, SETS_FILE_MAGIC);

	if (st == STATUS_OK)
		st = buf_put_be32(out, SETS_FILE_VERSION);
	if (st == STATUS_OK)
		st = buf_puts(out, store_id(s->store));
	if (st == STATUS_OK)
		st = buf_put_be64(out, (uint64_t)seq);
	if (st == STATUS_OK)
		st = buf_put_be32(out, (uint32_t)s->count);
	return st;
}

enum status
sets_put_profile(const struct profile *p, struct buf *out)
{
	enum status st = buf_put_be32(out, (uint32_t)strlen(p->name));

	if (st == STATUS_OK)
		st = buf_puts(out, p->name);
	if (st == STATUS_OK)
		st = buf_put_be32(out, p->without);
	return st;
}

struct saving {
	struct file_out out;
	struct crypto_stream *sum;
};

static enum status
put_octets(struct saving *v, struct bytes octets, struct err *err)
{
	crypto_sha256_add(v->sum, octets);
	return file_out_put(&v->out, octets, err);
}

static enum status
save_head(const struct sets *s, struct saving *v, struct err *err)
{
	struct buf head = {0};
	enum status st = put_head(s, s->facts.seq, &head);
	size_t i;

	for (i = 0; st == STATUS_OK && i < s->count; i++) {
		st = sets_put_profile(s->profiles[i], &head);
		if (st == STATUS_OK)
			st = buf_put_be64(&head, sets_tree_size(s, i));
	}
	if (st == STATUS_OK)
		st = put_octets(v, buf_view(&head), err);
	buf_done(&head);
	return st;
}

static enum status
save_tree(const struct sets *s, size_t tree, struct saving *v, struct err *err)
{
	struct sks_digest list[SETS_PAGE], last;
	size_t n = SETS_PAGE;
	bool began = false;
	enum status st = STATUS_OK;

	while (st == STATUS_OK && n == SETS_PAGE) {
		n = prefix_tree_list(
			s->trees[tree], began ? &last : NULL, list, SETS_PAGE);
		if (n > 0)
			last = list[n - 1];
		began = true;
		st = sets_beat(s, err);
		if (st == STATUS_OK)
			st = put_octets(
				v, bytes_make(list, n * sizeof(*list)), err);
		crash_point("tree-save");
	}
	return st;
}

static enum status
save_all(const struct sets *s, struct saving *v, struct err *err)
{
	enum status st = save_head(s, v, err);
	struct digest sum;
	size_t i;

	for (i = 0; st == STATUS_OK && i < s->count; i++)
		st = save_tree(s, i, v, err);
	crypto_sha256_end(v->sum, &sum);
	if (st == STATUS_OK)
		st = file_out_put(&v->out, bytes_make(&sum, sizeof(sum)), err);
	return st;
}

/* What a process left that was killed as it saved. */
static void
sweep(const char *file)
{
	const char *slash = strrchr(file, '/'),
		   *name = slash ? slash + 1 : file;
	char *folder = slash ? xstrndup(file, (size_t)(slash - file + 1))
			     : xstrdup(".");
	size_t len = strlen(name), end;
	DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		end = strlen(e->d_name);
		if (end > len + 4 && !strncmp(e->d_name, name, len) &&
			e->d_name[len] == '.' &&
			!strcmp(e->d_name + end - 4, ".tmp"))
			(void)unlinkat(dirfd(dir), e->d_name, 0);
	}
	if (dir != NULL)
		(void)closedir(dir);
	free(folder);
}

enum status
sets_save(struct sets *s, struct err *err)
{
	struct saving v;
	enum status st;

	if (s->file == NULL || !s->whole || s->facts.saved_seq == s->facts.seq)
		return STATUS_OK;
	sweep(s->file);
	st = file_out_begin(&v.out, s->file, FILE_MODE, err);
	if (st != STATUS_OK)
		return st;
	crash_point("tree-save");
	v.sum = crypto_sha256_begin();
	st = save_all(s, &v, err);
	crash_point("tree-save");
	if (st == STATUS_OK)
		st = file_out_end(&v.out, err);
	else
		file_out_drop(&v.out);
	crash_point("tree-save");
	if (st == STATUS_OK)
		s->facts.saved_seq = s->facts.seq;
	return st;
}
