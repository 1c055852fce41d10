/*
 * load_folder.h - folders that are dumps: of SKS, Hockeypuck, or keypost
 *
 * Such a folder holds files named NAME-NNNN.pgp, packed or not; what else lies
 * beside them (a manifest, checksums, a note) is no key material. Where there
 * is keypost's manifest.json, a file is compared with what it says.
 *
 * Memory:  the last folder's manifest.
 * Threads: one.
 */
#ifndef KEYPOST_CLI_LOAD_FOLDER_H
#define KEYPOST_CLI_LOAD_FOLDER_H

#include <jansson.h>

#include "base/bytes.h"

struct load_folder {
	char *dir;
	bool is_dump;
	json_t *manifest; /* NULL: none */
};

/* Looks at the folder; `missing` is told the names that its manifest has and
 * it does not. */
void load_folder_enter(struct load_folder *f, const char *dir,
	void (*missing)(void *ctx, const char *path), void *ctx);
void load_folder_done(struct load_folder *f);
/* Is this file of the folder beside the dump's files? */
bool load_folder_skips(const struct load_folder *f, const char *path);
/* REJECTED, with the difference, when it is not what the manifest says. */
MUST_CHECK enum status load_folder_check(
	const struct load_folder *f, const char *path, struct err *err);

/* Octets on the disk of these files, and of those in these folders; 0 when it
 * cannot be told. */
uint64_t load_total_size(char *const *paths, size_t count);

#endif
