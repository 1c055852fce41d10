/*
 * bench_level - what level clean costs on one core
 *
 *     bench_level [KEYRING]    default: Debian's, if it is there
 *
 * A keyring, against what its verifications would cost by themselves, by a
 * table and as seen in the library that does them ("library": so many
 * certificates a second, if there were nothing else to do); and two poisoned
 * certificates: 150,000 signatures by others, and 10,000 user IDs that are all
 * validly self-signed. Time of the processor. It reports; nothing fails for
 * being slow.
 */
#include <gcrypt.h>
#include <stdio.h>

#include "pgp/level.h"
#include "tests/bench/gen_cert.h"
#include "tests/bench/spent.h"

enum { OTHERS = 150000, NAMES = 10000, NAME_MAX_LEN = 64, STEP = 1 << 20 };

static const size_t arena_max = (size_t)2 * 1024 * 1024 * 1024;

/* Linked in the place of the library's, to see what that takes. */
gcry_error_t __real_gcry_pk_verify(
	gcry_sexp_t signature, gcry_sexp_t data, gcry_sexp_t key);
gcry_error_t __wrap_gcry_pk_verify(
	gcry_sexp_t signature, gcry_sexp_t data, gcry_sexp_t key);

static double library_s;

gcry_error_t
__wrap_gcry_pk_verify(gcry_sexp_t signature, gcry_sexp_t data, gcry_sexp_t key)
{
	double start = spent_cpu_s();
	gcry_error_t rc = __real_gcry_pk_verify(signature, data, key);

	library_s += spent_cpu_s() - start;
	return rc;
}

static bool
load(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	size_t got;

	if (f == NULL) {
		perror(path);
		return false;
	}
	do {
		gen_must(buf_reserve(out, STEP));
		got = fread(out->data + out->len, 1, STEP, f);
		out->len += got;
	} while (got > 0);
	fclose(f);
	return true;
}

static struct cert_list
read_all(struct arena *arena, struct bytes octets)
{
	struct cert_limits limits = cert_limits_default;
	struct cert_list list = {0};

	limits.max_certs = limits.max_packets = SIZE_MAX;
	limits.secret = CERT_SECRET_SKIPS;
	gen_must(cert_read(arena, octets, &limits, &list, NULL));
	return list;
}

static void
bench_poison(const char *name, const struct gen_shape *shape)
{
	struct verify_budget budget = {SIZE_MAX, SIZE_MAX};
	struct level_rules rules = {.level = LEVEL_CLEAN,
		.limits = &cert_limits_default,
		.budget = &budget};
	struct arena *arena = arena_new(arena_max);
	struct level_result r;
	struct buf octets = {0};
	struct cert_list list;
	double start, read;

	gen_shaped(NULL, 1, 1, shape, &octets, NULL);
	start = spent_cpu_s();
	list = read_all(arena, buf_view(&octets));
	read = spent_cpu_s();
	gen_must(level_apply(arena, &rules, list.list[0], &r));
	printf("%-16s %8zu packets %6zu kept %6zu verified %6.3f s read "
	       "%6.3f s level %6.1f MiB\n",
		name, list.list[0]->packet_count,
		r.cert ? r.cert->packet_count : 0, SIZE_MAX - budget.operations,
		read - start, spent_cpu_s() - read,
		(double)arena_used(arena) / 1048576);
	buf_done(&octets);
	arena_free(arena);
}

static void
bench_poisoned(void)
{
	static char text[NAMES][NAME_MAX_LEN];
	static struct bytes names[NAMES];
	struct gen_shape shape = {.created = 1500000000,
		.user_ids = names,
		.user_id_count = 1,
		.others = OTHERS};
	size_t i;

	for (i = 0; i < NAMES; i++) {
		(void)snprintf(text[i], sizeof(text[i]),
			"Name %zu <name.%zu@example.org>", i, i);
		names[i] = bytes_of(text[i]);
	}
	bench_poison("third parties", &shape);
	shape.others = 0;
	shape.user_id_count = NAMES;
	bench_poison("user IDs", &shape);
}

/* The verifications a second of spec openpgp 4.2, by algorithm and bits. */
static double
rate_of(const struct public_key *k)
{
	static const struct {
		uint8_t algorithm;
		uint16_t bits;
		double rate;
	} rates[] = {{1, 1024, 73000}, {1, 2048, 25000}, {1, 3072, 13000},
		{1, 4096, 7800}, {1, 16384, 500}, {17, 1024, 4600},
		{17, 16384, 1000}, {19, 256, 1300}, {19, 384, 700},
		{19, 521, 340}, {20, 16384, 400}, {22, 448, 2100},
		{27, 448, 2100}, {28, 448, 450}};
	uint8_t algorithm = k->algorithm == 3 ? 1 : k->algorithm;
	size_t i;

	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		if (rates[i].algorithm == algorithm && k->bits <= rates[i].bits)
			return rates[i].rate;
	return 400;
}

static void
bench_keyring(const char *path)
{
	struct verify_budget budget = {SIZE_MAX, SIZE_MAX};
	struct level_rules rules = {.level = LEVEL_CLEAN,
		.limits = &cert_limits_default,
		.budget = &budget};
	struct arena *arena = arena_new(arena_max);
	struct arena *scratch = arena_new(arena_max);
	struct buf octets = {0};
	double start, spent, predicted = 0;
	struct cert_list list;
	struct level_result r;
	size_t i, before, sigs = 0;

	if (!load(path, &octets))
		return;
	list = read_all(arena, buf_view(&octets));
	start = spent_cpu_s();
	for (i = 0; i < list.count; i++) {
		before = budget.operations;
		gen_must(level_apply(scratch, &rules, list.list[i], &r));
		predicted += (double)(before - budget.operations) /
			     rate_of(&list.list[i]->primary.key);
		sigs += list.list[i]->packet_count;
		arena_reset(scratch);
	}
	spent = spent_cpu_s() - start;
	predicted += (double)sigs * 2e-6;
	printf("%-16s %8zu packets %6zu certificates %6zu verified %6.3f s; "
	       "the table predicts %.3f s, %.2f times\n",
		"keyring", sigs, list.count, SIZE_MAX - budget.operations,
		spent, predicted, spent / predicted);
	printf("%-16s %8.0f certificates/s on one core\n", "library",
		(double)list.count / library_s);
	buf_done(&octets);
	arena_free(scratch);
	arena_free(arena);
}

int
main(int argc, char **argv)
{
	gen_must(crypto_init(NULL));
	bench_keyring(
		argc > 1 ? argv[1] : "/usr/share/keyrings/debian-keyring.gpg");
	bench_poisoned();
	return 0;
}
