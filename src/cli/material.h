/*
 * material.h - key files of any size, cut into pieces that ingest takes
 *
 * A file is mapped, standard input goes through a temporary file. Binary
 * keyrings are cut before a primary key; armored ones are decoded first, a few
 * blocks at a time. Small inputs pass as they are, so that what a person
 * pasted is judged by the daemon's own lenient reader.
 *
 * Memory:  a piece is borrowed until the sink returns.
 * Threads: one.
 * Errors:  IO: the file cannot be read; whatever the sink returned. Faults in
 *          the material go to `fault` and the rest goes on.
 */
#ifndef KEYPOST_CLI_MATERIAL_H
#define KEYPOST_CLI_MATERIAL_H

#include "base/bytes.h"

struct material {
	struct bytes octets;
	void *map; /* NULL: empty */
};

/* "-": standard input. A folder is UNSUPPORTED. */
MUST_CHECK enum status material_open(
	const char *path, struct material *m, struct err *err);
void material_close(struct material *m);

/*
 * Cuts a file, or standard input, as material_cut does, but reads what is
 * packed by zstd or gzip, and what comes through a pipe, piece by piece: it
 * holds some megabytes, or one certificate; more than 64 MiB without the end
 * of one are a fault. *opened stays false when there is nothing to read: IO
 * and UNSUPPORTED as material_open has them.
 */
struct material_limits;
struct material_sink;
MUST_CHECK enum status material_read(const char *path,
	const struct material_limits *limits, const struct material_sink *sink,
	bool *opened, struct err *err);

struct material_limits {
	size_t octets; /* a single larger certificate still goes, by itself */
	size_t certs;
	size_t packets;
};

struct material_sink {
	enum status (*piece)(void *ctx, struct bytes octets, struct err *err);
	void (*fault)(void *ctx, const char *what);
	void *ctx;
	/* Waits until all pieces so far are on disk: a certificate of more
	 * than a submission holds comes in several (material_split.h). NULL:
	 * such a one comes whole. */
	enum status (*settle)(void *ctx, struct err *err);
};

MUST_CHECK enum status material_cut(struct bytes input,
	const struct material_limits *limits, const struct material_sink *sink,
	struct err *err);

#endif
