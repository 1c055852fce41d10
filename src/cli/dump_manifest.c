/* The folder of a dump, and the list of its files. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "cli/dump.h"

#define MANIFEST "manifest.json"
#define PART MANIFEST ".part"

enum { MANIFEST_MAX = 64 * 1024 * 1024, PATH_ROOM = 4096 };

static void
path_of(const struct dump *d, const char *name, char path[PATH_ROOM])
{
	snprintf(path, PATH_ROOM, "%s/%s", d->dir, name);
}

static json_t *
entry_json(const struct dump *d, const struct dump_entry *e, bool whole)
{
	char name[DUMP_NAME_MAX], hex[2 * sizeof(e->sha256.octets) + 1];
	json_t *j;

	dump_name(d, e->number, name);
	hex_write_lower(
		bytes_make(e->sha256.octets, sizeof(e->sha256.octets)), hex);
	j = json_pack("{s:s, s:I, s:I, s:s}", "name", name, "certificates",
		(json_int_t)e->certs, "octets", (json_int_t)e->octets, "sha256",
		hex);
	if (!whole)
		(void)json_object_update_new(
			j, json_pack("{s:I, s:I, s:I, s:I, s:I}", "number",
				   (json_int_t)e->number, "key_octets",
				   (json_int_t)e->key_octets, "after",
				   (json_int_t)e->after, "upto",
				   (json_int_t)e->upto, "seq",
				   (json_int_t)e->seq));
	return j;
}

static json_t *
manifest_json(const struct dump *d, bool whole)
{
	struct dump_entry sum = dump_sum(d);
	json_t *files = json_array(), *j;
	struct clock_text when = clock_utc(whole ? d->time : clock_wall_s());

	for (size_t i = 0; i < d->file_count; i++)
		(void)json_array_append_new(
			files, entry_json(d, &d->files[i], whole));
	j = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:b, s:o}",
		"software", "keypost " PACKAGE_VERSION, "store",
		store_id(d->store), "time", when.text, "level",
		level_word(d->cli->conf->ingest.policy.level), "seq",
		(json_int_t)(whole ? d->seq : -1), "certificates",
		(json_int_t)sum.certs, "octets", (json_int_t)sum.key_octets,
		"zstd", d->zstd, "files", files);
	if (d->cli->since != NULL)
		(void)json_object_set_new(
			j, "since", json_integer((json_int_t)d->since));
	return j;
}

enum status
dump_save(const struct dump *d, bool whole, struct err *err)
{
	char path[PATH_ROOM];
	enum status st;
	json_t *j;
	char *text;

	if (d->dry || d->dir == NULL)
		return STATUS_OK;
	path_of(d, whole ? MANIFEST : PART, path);
	j = manifest_json(d, whole);
	text = json_dumps(j, JSON_INDENT(1));
	json_decref(j);
	if (text == NULL)
		abort(); /* out of memory */
	st = file_replace(path, bytes_of(text), 0666, err);
	free(text);
	path_of(d, PART, path);
	if (st == STATUS_OK && whole)
		st = file_remove(path, err);
	return st;
}

enum status
dump_read_seq(
	const struct dump *d, const char *dir, int64_t *seq, struct err *err)
{
	char path[PATH_ROOM];
	const char *store;
	json_int_t last;
	json_error_t why;
	json_t *j;
	bool same;

	snprintf(path, sizeof(path), "%s/" MANIFEST, dir);
	j = json_load_file(path, 0, &why);
	if (json_unpack(j, "{s:s, s:I}", "store", &store, "seq", &last) != 0) {
		err_set(err, "--since: %s%s", j == NULL ? why.text : path,
			j == NULL ? "" : " is no manifest of a dump");
		json_decref(j);
		return STATUS_REJECTED;
	}
	same = strcmp(store, store_id(d->store)) == 0;
	json_decref(j);
	*seq = last;
	if (same)
		return STATUS_OK;
	err_set(err,
		"--since %s: is of another store, or of this one before it was "
		"restored: only a full dump has what changed",
		dir);
	return STATUS_REJECTED;
}

/* ---- going on ----------------------------------------------------------- */

static bool
read_entry(struct dump_entry *e, const json_t *j)
{
	json_int_t number, certs, octets, keys, after, upto, seq;
	const char *hex;
	size_t len;

	if (json_unpack((json_t *)(uintptr_t)j,
		    "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "number",
		    &number, "certificates", &certs, "octets", &octets,
		    "key_octets", &keys, "after", &after, "upto", &upto, "seq",
		    &seq, "sha256", &hex) != 0 ||
		hex_read(bytes_of(hex), e->sha256.octets,
			sizeof(e->sha256.octets), &len) != STATUS_OK)
		return false;
	e->number = (unsigned int)number;
	e->certs = (uint64_t)certs;
	e->octets = (uint64_t)octets;
	e->key_octets = (uint64_t)keys;
	e->after = after;
	e->upto = upto;
	e->seq = seq;
	return true;
}

/* Those that are there as they were noted, up to the first that is not. One
 * that was to be written anew may be so already: its size says nothing. */
static void
take_entries(struct dump *d, const json_t *files)
{
	char name[DUMP_NAME_MAX], path[PATH_ROOM];
	size_t n = json_array_size(files);
	struct stat sb;

	d->file_cap = n + 16;
	d->files = xcalloc(d->file_cap, sizeof(*d->files));
	for (size_t i = 0; i < n; i++) {
		struct dump_entry *e = &d->files[i];

		if (!read_entry(e, json_array_get(files, i)))
			return;
		dump_name(d, e->number, name);
		path_of(d, name, path);
		if (e->seq >= 0 && (stat(path, &sb) != 0 ||
					   (uint64_t)sb.st_size != e->octets))
			return;
		d->file_count++;
	}
}

static enum status
resume(struct dump *d, struct err *err)
{
	char path[PATH_ROOM];
	json_t *j, *files;
	const char *store = "";
	json_int_t since = -1;
	int zstd = 0;

	path_of(d, PART, path);
	j = json_load_file(path, 0, NULL);
	if (j == NULL ||
		json_unpack(j, "{s:s, s:b, s:o, s?I}", "store", &store, "zstd",
			&zstd, "files", &files, "since", &since) != 0 ||
		strcmp(store, store_id(d->store)) != 0 ||
		(zstd != 0) != d->zstd ||
		since != (d->cli->since != NULL ? d->since : -1)) {
		err_set(err,
			"%s: holds an unfinished dump of another store or with "
			"other options: take a new folder",
			d->dir);
		json_decref(j);
		return STATUS_REJECTED;
	}
	take_entries(d, files);
	d->read = dump_sum(d).key_octets;
	json_decref(j);
	if (d->file_count > 0 && !cli_has(d->cli, CLI_QUIET))
		cli_say("%s: going on behind the %zu file%s of an unfinished "
			"dump",
			d->dir, d->file_count, cli_s(d->file_count));
	return STATUS_OK;
}

/* ---- the folder -----------------------------------------------------------
 */

/* What file_replace was writing as it was killed; we hold the lock. */
static bool
is_left_over(const char *name)
{
	static const char ends[] = ".tmp";
	size_t len = strlen(name);

	return strncmp(name, MANIFEST ".", sizeof(MANIFEST)) == 0 &&
	       len > sizeof(ends) &&
	       strcmp(name + len + 1 - sizeof(ends), ends) == 0;
}

enum content { NOTHING, UNFINISHED, FINISHED, OTHER };

static enum content
look(const struct dump *d)
{
	enum content found = NOTHING;
	const struct dirent *e;
	DIR *dir = opendir(d->dir);

	if (dir == NULL)
		return OTHER;
	while ((e = readdir(dir)) != NULL && found != FINISHED) {
		const char *n = e->d_name;

		if (is_left_over(n))
			(void)(d->dry || unlinkat(dirfd(dir), n, 0));
		else if (strcmp(n, MANIFEST) == 0)
			found = FINISHED;
		else if (strcmp(n, PART) == 0)
			found = UNFINISHED;
		else if (found == NOTHING && strcmp(n, ".") != 0 &&
			 strcmp(n, "..") != 0 && strcmp(n, "lost+found") != 0)
			found = OTHER;
	}
	(void)closedir(dir);
	return found;
}

static enum status
refuse(const struct dump *d, const char *why, struct err *err)
{
	err_set(err, "%s: %s", d->dir, why);
	return STATUS_REJECTED;
}

static enum status
lock_folder(const struct dump *d, int *lock, struct err *err)
{
	*lock = open(d->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*lock < 0) {
		err_set(err, "%s: %s", d->dir, strerror(errno));
		return STATUS_IO;
	}
	if (flock(*lock, LOCK_EX | LOCK_NB) == 0)
		return STATUS_OK;
	close(*lock);
	*lock = -1;
	return refuse(d, "another dump is being written there", err);
}

enum status
dump_take_folder(struct dump *d, int *lock, struct err *err)
{
	enum status st;

	if (d->dry && access(d->dir, F_OK) != 0)
		return STATUS_OK;
	st = lock_folder(d, lock, err);
	if (st != STATUS_OK)
		return st;
	switch (look(d)) {
	case FINISHED:
		return refuse(d, "holds another dump: take a new folder", err);
	case OTHER:
		return refuse(d, "is not empty, and no unfinished dump", err);
	case UNFINISHED:
		return d->dry ? STATUS_OK : resume(d, err);
	case NOTHING:
		break;
	}
	return dump_save(d, false, err);
}
