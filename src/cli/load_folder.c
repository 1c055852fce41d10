#include "cli/load_folder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "pgp/crypto.h"

enum { PATH_ROOM = 4096 };

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Is it NAME-NNNN.pgp, or that with .gz or .zst? */
static bool
is_dump_file(const char *name)
{
	static const char *const ends[] = {".pgp", ".pgp.gz", ".pgp.zst"};
	size_t len = strlen(name), end;
	size_t digits = 0;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		end = strlen(ends[i]);
		if (len <= end || strcmp(name + len - end, ends[i]) != 0)
			continue;
		len -= end;
		while (len > 0 && isdigit((unsigned char)name[len - 1])) {
			len--;
			digits++;
		}
		return digits >= 4 && len > 1 && name[len - 1] == '-' &&
		       name[0] != '.';
	}
	return false;
}

static bool
has_dump_files(const char *dir)
{
	const struct dirent *e;
	bool found = false;
	DIR *d = opendir(dir);

	while (d != NULL && !found && (e = readdir(d)) != NULL)
		found = is_dump_file(e->d_name);
	if (d != NULL)
		(void)closedir(d);
	return found;
}

static json_t *
read_manifest(const char *dir)
{
	char path[PATH_ROOM];
	json_t *j, *files;

	snprintf(path, sizeof(path), "%s/manifest.json", dir);
	j = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	files = json_object_get(j, "files");
	if (json_is_array(files))
		return j;
	json_decref(j);
	return NULL;
}

void
load_folder_enter(struct load_folder *f, const char *dir,
	void (*missing)(void *ctx, const char *path), void *ctx)
{
	char path[PATH_ROOM];
	const char *name;
	json_t *file;
	size_t i;

	load_folder_done(f);
	f->dir = xstrdup(dir);
	f->is_dump = has_dump_files(dir);
	f->manifest = read_manifest(dir);
	json_array_foreach(json_object_get(f->manifest, "files"), i, file)
	{
		name = json_string_value(json_object_get(file, "name"));
		if (name == NULL || !is_dump_file(name) ||
			strchr(name, '/') != NULL)
			continue;
		f->is_dump = true;
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (access(path, F_OK) != 0 && errno == ENOENT)
			missing(ctx, path);
	}
}

void
load_folder_done(struct load_folder *f)
{
	free(f->dir);
	json_decref(f->manifest);
	memset(f, 0, sizeof(*f));
}

static bool
is_inside(const struct load_folder *f, const char *path)
{
	const char *name = name_of(path);

	return f->dir != NULL && f->is_dump && name > path &&
	       strlen(f->dir) == (size_t)(name - path) - 1 &&
	       strncmp(f->dir, path, strlen(f->dir)) == 0;
}

bool
load_folder_skips(const struct load_folder *f, const char *path)
{
	return is_inside(f, path) && !is_dump_file(name_of(path));
}

static enum status
hash_file(const char *path, struct digest *out, struct err *err)
{
	struct crypto_stream *sha256;
	FILE *f = fopen(path, "rb");
	uint8_t room[65536];
	enum status st = STATUS_OK;
	size_t n;

	if (f == NULL) {
		err_set(err, "%s", strerror(errno));
		return STATUS_IO;
	}
	sha256 = crypto_sha256_begin();
	while ((n = fread(room, 1, sizeof(room), f)) > 0)
		crypto_sha256_add(sha256, bytes_make(room, n));
	if (ferror(f)) {
		err_set(err, "%s", strerror(errno));
		st = STATUS_IO;
	}
	crypto_sha256_end(sha256, out);
	(void)fclose(f);
	return st;
}

enum status
load_folder_check(
	const struct load_folder *f, const char *path, struct err *err)
{
	const char *name, *want;
	struct digest got, told;
	enum status st;
	json_t *file;
	size_t i, len = 0;

	if (!is_inside(f, path))
		return STATUS_OK;
	json_array_foreach(json_object_get(f->manifest, "files"), i, file)
	{
		name = json_string_value(json_object_get(file, "name"));
		want = json_string_value(json_object_get(file, "sha256"));
		if (name == NULL || want == NULL ||
			strcmp(name, name_of(path)) != 0)
			continue;
		st = hash_file(path, &got, err);
		if (st != STATUS_OK)
			return st;
		if (hex_read(bytes_of(want), told.octets, sizeof(told.octets),
			    &len) == STATUS_OK &&
			len == sizeof(told.octets) &&
			memcmp(told.octets, got.octets, len) == 0)
			return STATUS_OK;
		err_set(err, "its SHA-256 is not the manifest's: damaged, or "
			     "changed since; what is good of it is loaded");
		return STATUS_REJECTED;
	}
	return STATUS_OK;
}

uint64_t
load_total_size(char *const *paths, size_t count)
{
	char **list = xcalloc(count + 1, sizeof(*list));
	uint64_t total = 0;
	const FTSENT *e;
	bool known = true;
	FTS *tree;

	memcpy(list, paths, count * sizeof(*list));
	for (size_t i = 0; i < count; i++)
		known = known && strcmp(paths[i], "-") != 0;
	tree = known ? fts_open(list, FTS_LOGICAL | FTS_NOCHDIR, NULL) : NULL;
	while (tree != NULL && (e = fts_read(tree)) != NULL)
		if (e->fts_info == FTS_F)
			total += (uint64_t)e->fts_statp->st_size;
	if (tree != NULL)
		(void)fts_close(tree);
	free(list);
	return total;
}
