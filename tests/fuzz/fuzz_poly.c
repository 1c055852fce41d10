/*
 * Sizes and samples of two sides, of which one is a stranger's: an end comes,
 * and what is found agrees with the sizes and the sample that was kept back
 * (where both sides' polynomials share a root, no other sample need agree).
 *
 * Octet 0: how many differences can be found, and with 128 what the rest is:
 * the octets' elements, first those that only they have, then ours: so many
 * that something can be found. Else two sizes and the samples.
 */
#include <assert.h>
#include <string.h>

#include "base/reader.h"
#include "recon/solve.h"

enum { SETS = 128, MBAR_MAX = 5 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct side {
	uint32_t size;
	struct zp samples[MBAR_MAX + 1];
};

static struct zp
take_element(struct reader *r)
{
	uint8_t wire[ZP_WIRE] = {0};
	struct bytes b = reader_take(r, ZP_WIRE);

	if (b.len)
		memcpy(wire, b.data, ZP_WIRE);
	return zp_read(wire);
}

/* ---- what must hold ---------------------------------------------------- */

static struct zp
product(const struct zp *list, size_t count, struct zp point)
{
	struct zp all = zp_of(1);

	while (count--)
		all = zp_mul(all, zp_sub(point, list[count]));
	return all;
}

static void
check_list(const struct zp *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		assert(zp_cmp(list[i], zp_prime) < 0);
		if (i)
			assert(zp_cmp(list[i - 1], list[i]) < 0);
	}
}

static void
check_solution(const struct solution *s, const struct side *their,
	const struct side *our, unsigned int mbar)
{
	struct zp x = zp_point(mbar);
	struct zp a, b;

	assert(s->their_count + s->our_count <= mbar);
	assert((int64_t)s->their_count - (int64_t)s->our_count ==
		(int64_t)their->size - (int64_t)our->size);
	check_list(s->theirs, s->their_count);
	check_list(s->ours, s->our_count);
	a = product(s->theirs, s->their_count, x);
	b = product(s->ours, s->our_count, x);
	assert(zp_eq(zp_mul(their->samples[mbar], b),
		zp_mul(our->samples[mbar], a)));
}

static enum status
try(const struct side *their, const struct side *our, unsigned int mbar,
	struct solution *s)
{
	struct solve_side t = {their->size, their->samples};
	struct solve_side o = {our->size, our->samples};
	enum status st = solve(&t, &o, mbar, s);

	assert(st == STATUS_OK || st == STATUS_LIMIT);
	if (st == STATUS_OK)
		check_solution(s, their, our, mbar);
	return st;
}

/* ---- both kinds of input ----------------------------------------------- */

static void
try_samples(struct reader *r, unsigned int mbar)
{
	struct side their, our;
	struct solution s;
	unsigned int i;

	their.size = reader_be32(r);
	our.size = reader_be32(r);
	for (i = 0; i <= mbar; i++)
		their.samples[i] = take_element(r);
	for (i = 0; i <= mbar; i++)
		our.samples[i] = take_element(r);
	(void)try(&their, &our, mbar, &s);
}

static void
side_of(struct side *side, const struct zp *list, size_t count)
{
	unsigned int i;

	side->size = (uint32_t)count;
	for (i = 0; i <= MBAR_MAX; i++)
		side->samples[i] = product(list, count, zp_point(i));
}

/* Can it be found: no sample zero, each once, none on both sides? */
static bool
is_fair(const struct zp *list, size_t count)
{
	size_t i, j;

	for (i = 0; i < count; i++) {
		if (zp_is_point(list[i]))
			return false;
		for (j = 0; j < i; j++)
			if (zp_eq(list[i], list[j]))
				return false;
	}
	return true;
}

static void
try_sets(struct reader *r, unsigned int mbar)
{
	struct zp list[2 * MBAR_MAX];
	size_t count = 0, theirs = reader_u8(r) % (MBAR_MAX + 1);
	struct side their, our;
	struct solution s;
	enum status st;

	while (reader_left(r) >= ZP_WIRE && count < 2 * MBAR_MAX)
		list[count++] = take_element(r);
	theirs = theirs < count ? theirs : count;
	side_of(&their, list, theirs);
	side_of(&our, list + theirs, count - theirs);
	st = try(&their, &our, mbar, &s);
	if (count > mbar || !is_fair(list, count))
		return;
	assert(st == STATUS_OK);
	assert(s.their_count == theirs && s.our_count == count - theirs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_of(bytes_make(data, size));
	uint8_t how = reader_u8(&r);
	unsigned int mbar = 1 + (how & (SETS - 1u)) % MBAR_MAX;

	if (how & SETS)
		try_sets(&r, mbar);
	else
		try_samples(&r, mbar);
	return 0;
}
