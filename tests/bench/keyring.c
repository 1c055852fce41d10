#include "config.h"

#include "tests/bench/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void
die(const char *path, const char *why)
{
	fprintf(stderr, "%s: %s\n", path, why);
	exit(1);
}

void
keyring_open(struct keyring *k, const char *path)
{
	struct arena *arena = arena_new(1 << 20);
	struct packet_reader r;
	struct packet p;
	struct bytes all;
	struct stat sb;
	struct err err = {{0}};
	size_t cap = 0, start = 0, at;
	void *map;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &sb) != 0)
		die(path, strerror(errno));
	map = mmap(NULL, (size_t)sb.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		die(path, strerror(errno));
	close(fd);
	all = bytes_make(map, (size_t)sb.st_size);
	r = packet_reader_of(all, arena);
	memset(k, 0, sizeof(*k));
	for (at = 0; packet_next(&r, &p, &err) == STATUS_OK; at = r.pos) {
		if (p.tag != PACKET_PUBLIC_KEY)
			continue;
		if (k->count + 2 > cap) {
			cap = cap == 0 ? 1024 : cap * 2;
			k->list = xrealloc(k->list, cap * sizeof(*k->list));
		}
		if (k->count > 0)
			k->list[k->count - 1] =
				bytes_make(all.data + start, at - start);
		start = at;
		k->count++;
	}
	if (k->count == 0 || r.pos != all.len)
		die(path, "not a keyring");
	k->list[k->count - 1] = bytes_make(all.data + start, all.len - start);
	arena_free(arena);
}
