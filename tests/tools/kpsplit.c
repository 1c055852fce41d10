/*
 * kpsplit - cuts a binary keyring into its certificates, octet for octet
 *
 *     kpsplit KEYRING DIR
 *
 * Writes DIR/000000.pgp and so on.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/bench/keyring.h"

int
main(int argc, char **argv)
{
	static struct keyring keys; /* for good: no leak */
	char path[4096];
	size_t i;
	FILE *f;

	if (argc != 3) {
		fprintf(stderr, "usage: kpsplit KEYRING DIR\n");
		return 2;
	}
	keyring_open(&keys, argv[1]);
	for (i = 0; i < keys.count; i++) {
		snprintf(path, sizeof(path), "%s/%06zu.pgp", argv[2], i);
		f = fopen(path, "wb");
		if (f == NULL ||
			fwrite(keys.list[i].data, 1, keys.list[i].len, f) !=
				keys.list[i].len ||
			fclose(f) != 0) {
			fprintf(stderr, "%s: %s\n", path, strerror(errno));
			return 1;
		}
	}
	return 0;
}
