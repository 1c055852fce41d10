/*
 * replay.c - drives a fuzz target without libFuzzer
 *
 * Runs each seed of tests/fuzz/seeds/NAME as it is, cut short at up to 256
 * places, and with up to 256 octets changed by a fixed generator, so that a
 * run can be repeated. Files named as arguments are run as they are: that is
 * how a crash is looked at again. Prints TAP.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED_MAX = 1 << 20, TRIES = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long inputs;

/* A copy of the exact size, so that a sanitizer sees where it ends. */
static void
run(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, data, len);
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
	inputs++;
}

/* Numerical Recipes' generator: the same on every host. */
static uint32_t
next(uint32_t *s)
{
	*s = *s * 1664525u + 1013904223u;
	return *s >> 8;
}

static void
run_variations(uint8_t *data, size_t len)
{
	uint32_t s = (uint32_t)len;
	size_t step = len / TRIES + 1, i;
	uint8_t before;

	for (i = 0; i < len; i += step)
		run(data, i);
	for (i = 0; len && i < TRIES; i++) {
		size_t at = next(&s) % len;

		before = data[at];
		data[at] = (uint8_t)next(&s);
		run(data, len);
		data[at] = before;
	}
}

static void
run_file(const char *path, int vary)
{
	static uint8_t data[SEED_MAX];
	FILE *f = fopen(path, "rb");
	size_t len;

	if (!f) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	len = fread(data, 1, sizeof data, f);
	(void)fclose(f);
	run(data, len);
	if (vary)
		run_variations(data, len);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All files of a folder, in order of name; how many there were. */
static size_t
run_folder(const char *dir)
{
	char *names[4096], path[4096];
	size_t n = 0, i;
	struct dirent *e;
	DIR *d = opendir(dir);

	if (!d)
		return 0;
	while (n < 4096 && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' &&
			(names[n] = strdup(e->d_name)) != NULL)
			n++;
	(void)closedir(d);
	qsort(names, n, sizeof names[0], by_name);
	for (i = 0; i < n; i++) {
		if ((size_t)snprintf(path, sizeof path, "%s/%s", dir,
			    names[i]) < sizeof path)
			run_file(path, 1);
		free(names[i]);
	}
	return n;
}

int
main(int argc, char **argv)
{
	const char *root = getenv("top_srcdir");
	const char *name = strstr(argv[0], "fuzz_");
	const char *p;
	char dir[4096];
	size_t seeds;
	int i;

	if (argc > 1) {
		for (i = 1; i < argc; i++)
			run_file(argv[i], 0);
		printf("ok 1 - %lu inputs\n1..1\n", inputs);
		return 0;
	}
	while (name && (p = strstr(name + 1, "fuzz_")) != NULL)
		name = p;
	if (!name)
		return 2;
	name += strlen("fuzz_");
	(void)snprintf(dir, sizeof dir, "%s/tests/fuzz/seeds/%s",
		root ? root : ".", name);
	run(NULL, 0);
	seeds = run_folder(dir);
	printf("%sok 1 - replay %s: %zu seeds, %lu inputs\n1..1\n",
		seeds ? "" : "not ", name, seeds, inputs);
	return seeds ? 0 : 1;
}
