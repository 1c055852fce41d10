/*
 * material.h - key files of any size, cut into pieces that ingest takes
 *
 * What it is its octets say, wherever they say it: binary keyrings are cut
 * before a primary key, armored ones are decoded block by block, and
 * one may follow the other. Small texts may pass as they are, so that what a
 * person pasted is judged by the daemon's own lenient reader. Where octets
 * are no packet, or a packet reaches beyond the input, what was read before is
 * good, and it goes on at the next key, which may stand inside of what a
 * damaged length had claimed.
 *
 * Memory:  a piece is borrowed until the sink returns.
 * Threads: one.
 * Units:   octets; offsets are of the input as it is unpacked.
 * Errors:  IO: the file cannot be read; whatever the sink returned. Faults in
 *          the material go to `fault`, with their offset, and the rest goes on.
 */
#ifndef KEYPOST_CLI_MATERIAL_H
#define KEYPOST_CLI_MATERIAL_H

#include "base/bytes.h"

struct material {
	struct buf octets;
};

/* All of it, of at most a gigabyte; LIMIT above. "-": standard input. A folder
 * is UNSUPPORTED. */
MUST_CHECK enum status material_open(
	const char *path, struct material *m, struct err *err);
void material_close(struct material *m);

struct material_limits {
	size_t octets; /* a single larger certificate still goes, by itself */
	size_t certs;
	size_t packets;
	bool mend; /* of a damaged block of armor take what is whole; else
		      small texts pass as they are, and such a one is a fault */
};

struct material_piece {
	struct bytes octets;
	uint64_t at;   /* where it begins; of armor, not before this */
	uint64_t from; /* where to read on from to get it; of armor, where its
			  block begins */
	bool within; /* what is at `n` of the piece is at at + n of the input */
};

struct material_sink {
	enum status (*piece)(
		void *ctx, const struct material_piece *piece, struct err *err);
	void (*fault)(void *ctx, const char *what);
	void *ctx;
	/* Waits until all pieces so far are on disk: a certificate of more
	 * than a submission holds comes in several (material_split.h). NULL:
	 * such a one comes whole. */
	enum status (*settle)(void *ctx, struct err *err);
	/* What is odd and cost nothing; or NULL. */
	void (*note)(void *ctx, const char *what);
};

/* Of an input that is in memory. */
MUST_CHECK enum status material_cut(struct bytes input,
	const struct material_limits *limits, const struct material_sink *sink,
	struct err *err);

struct material_file {
	const char *path;  /* "-": standard input */
	uint64_t from;     /* not what is before this: a piece's `from` */
	bool opened;       /* false: there is nothing to read; IO or UNSUPPORTED
			      as material_open has them, without the path */
	uint64_t read;     /* so far: octets of it, packed as it is */
	uint64_t unpacked; /* the same, as pieces have them */
	bool unread;       /* after OK: a part could not be read, which was told
			      as a fault; it may be read another time */
};

/*
 * Cuts a file, or standard input, as material_cut does, but reads it piece by
 * piece, unpacking what is packed by zstd or gzip: it holds some megabytes, or
 * one certificate; of one that has no end within 128 MiB the rest is a fault.
 * The file may be written to meanwhile, or cut.
 */
MUST_CHECK enum status material_read(struct material_file *file,
	const struct material_limits *limits, const struct material_sink *sink,
	struct err *err);

#endif
