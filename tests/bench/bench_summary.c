/*
 * bench-summary - what it costs two servers to find what they lack
 *
 * usage: bench-summary [CERTIFICATES...]
 *
 * For each size and 1, 100 and 10,000 differences: letters, octets of them in
 * base64, certificates that travel, and CPU time of both ends. Ids come from
 * memory; bench-store tells what reading them from a store costs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/mail/pair.h"
#include "pgp/crypto.h"
#include "spent.h"

static void
measure(size_t count, size_t differences)
{
	struct pair_set a, b;
	struct pair_cost cost;
	double start;

	pair_fill(&a, count, 1);
	pair_fill(&b, count, 1);
	pair_drop(&a, differences / 2);
	pair_drop(&b, differences - differences / 2 + (differences > 1));
	start = spent_cpu_s();
	pair_exchange(&a, &b, 0, &cost);
	printf("certificates=%zu differences=%zu letters=%zu octets=%zu "
	       "sent=%zu cpu_ms=%.0f equal=%d\n",
		count, differences, cost.letters, cost.octets * 4 / 3,
		cost.sent, (spent_cpu_s() - start) * 1e3, pair_equal(&a, &b));
	pair_free(&a);
	pair_free(&b);
}

int
main(int argc, char **argv)
{
	static const char *const sizes[] = {"", "100000", "6000000"};
	static const size_t differences[] = {0, 1, 100, 10000};
	size_t n = argc > 1 ? (size_t)argc : 3;
	struct err err = {{0}};

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	for (size_t i = 1; i < n; i++) {
		const char *size = argc > 1 ? argv[i] : sizes[i];
		size_t count = (size_t)strtoull(size, NULL, 10);

		/* Both sides together lose no more than there are. */
		for (size_t k = 0; k < 4 && differences[k] <= count; k++)
			measure(count, differences[k]);
	}
	return 0;
}
