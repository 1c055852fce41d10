/*
 * bench_tombstones - what many take-downs cost
 *
 *     bench_tombstones [COUNT]    default: 1,000,000
 *
 * A file of so many tombstones in a folder of its own: how long it takes to
 * read, how much memory it holds, what asking costs, and what one more does.
 * Time of the processor. It reports; nothing fails for being slow.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ingest/tombstone.h"
#include "tests/bench/gen_material.h"
#include "tests/bench/spent.h"

enum { ORDER = 100000 };

static void
fingerprint_of(uint64_t n, uint8_t out[20])
{
	struct gen_stream s = gen_stream_of(1, 2, n);

	gen_take(&s, out, 20);
}

/* As an administrator adds them: in orders, each with a ticket. */
static void
fill_more(struct tombstones *t, size_t first, size_t count)
{
	struct tombstone *list = xcalloc(ORDER, sizeof(*list));
	uint8_t fpr[20];
	char ticket[32];
	size_t i, n;

	gen_must(tombstones_prepare(t, NULL));
	for (i = 0; i < count; i += n) {
		(void)snprintf(ticket, sizeof(ticket), "T-%zu", first + i);
		for (n = 0; n < ORDER && i + n < count; n++) {
			fingerprint_of(first + i + n, fpr);
			list[n] = (struct tombstone){
				.id = tombstone_key_id(t, bytes_make(fpr, 20)),
				.kind = TOMBSTONE_ERASE,
				.created = 1700000000,
				.reason = "asked for by the owner",
				.ticket = ticket,
				.by = "uid:1000"};
		}
		gen_must(tombstones_add(t, list, n, NULL));
	}
	free(list);
}

/* ns a question, of keys from number `first` on. */
static double
ask(const struct tombstones *t, size_t first, size_t count, size_t *found)
{
	struct digest *ids = xcalloc(count, sizeof(*ids));
	enum tombstone_kind kind;
	double start, spent;
	uint8_t fpr[20];
	size_t i;

	for (i = 0; i < count; i++) {
		fingerprint_of(first + i, fpr);
		ids[i] = tombstone_key_id(t, bytes_make(fpr, 20));
	}
	*found = 0;
	start = spent_cpu_s();
	for (i = 0; i < count; i++)
		*found += tombstones_find(t, &ids[i], &kind);
	spent = spent_cpu_s() - start;
	free(ids);
	return spent / (double)count * 1e9;
}

/* What the id itself costs, ns. */
static double
name(const struct tombstones *t, size_t count)
{
	uint8_t fpr[20] = {0};
	double start = spent_cpu_s();
	size_t i;

	for (i = 0; i < count; i++) {
		struct digest d = tombstone_key_id(t, bytes_make(fpr, 20));

		memcpy(fpr, d.octets, sizeof(fpr));
	}
	return (spent_cpu_s() - start) / (double)count * 1e9;
}

static void
measure(const char *folder)
{
	struct tombstones *t = NULL;
	double before = spent_mib(), start = spent_cpu_s(), hit, miss;
	size_t count, hits, misses;

	gen_must(tombstones_open(folder, &t, NULL));
	count = tombstones_count(t);
	printf("%zu tombstones read in %.2f s, %.0f MiB\n", count,
		spent_cpu_s() - start, spent_mib() - before);
	hit = ask(t, 0, count, &hits);
	miss = ask(t, count, count, &misses);
	printf("%.0f ns to find one (%zu of %zu), %.0f ns to find none (%zu), "
	       "%.0f ns for its id\n",
		hit, hits, count, miss, misses, name(t, count));
	start = spent_cpu_s();
	fill_more(t, count, 1);
	printf("%.2f s to add one more\n", spent_cpu_s() - start);
	tombstones_free(t);
}

static void
clean_up(const char *folder)
{
	static const char *const files[] = {"tombstones", "secret"};
	char path[64];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
}

int
main(int argc, char **argv)
{
	size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
	char folder[] = "/tmp/bench-tombstones.XXXXXX";
	struct tombstones *t = NULL;

	gen_must(crypto_init(NULL));
	if (count == 0 || mkdtemp(folder) == NULL) {
		perror("bench_tombstones");
		return 1;
	}
	gen_must(tombstones_open(folder, &t, NULL));
	fill_more(t, 0, count);
	tombstones_free(t);
	measure(folder);
	clean_up(folder);
	return 0;
}
