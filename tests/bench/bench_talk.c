/*
 * bench_talk - what it costs two servers of ours to gossip
 *
 * usage: bench_talk [DIGESTS...]
 *
 * For each size and 0, 1, 100, 1,000 and 10,000 differences, half on each
 * side: turns of the talk (there and back), requests, octets both ways, and
 * CPU time of each side, all of it and in solving.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../unit/recon/talks.h"
#include "spent.h"

static void
measure(size_t count, size_t differences)
{
	struct talk_facts asker, answerer;
	double start, cpu[2] = {0, 0};
	struct set a, b;
	struct pair p;
	size_t turns = 0, moved;

	sets_make(1, count - differences, differences / 2,
		differences - differences / 2, &a, &b);
	pair_init(&p, &a, &b);
	do {
		start = spent_cpu_s();
		moved = pair_move(p.asker, p.answerer, SIZE_MAX);
		cpu[1] += (spent_cpu_s() - start) * 1e3;
		start = spent_cpu_s();
		moved += pair_move(p.answerer, p.asker, SIZE_MAX);
		cpu[0] += (spent_cpu_s() - start) * 1e3;
		turns += moved > 0;
	} while (moved);
	talk_get_facts(p.asker, &asker);
	talk_get_facts(p.answerer, &answerer);
	printf("digests=%zu differences=%zu turns=%zu requests=%llu "
	       "solved=%llu split=%llu asked_octets=%llu answered_octets=%llu "
	       "asker_cpu_ms=%.1f answerer_cpu_ms=%.1f solve_cpu_ms=%lld "
	       "exact=%d\n",
		count, differences, turns, (unsigned long long)asker.requests,
		(unsigned long long)answerer.solved,
		(unsigned long long)answerer.split,
		(unsigned long long)asker.out, (unsigned long long)asker.in,
		cpu[0], cpu[1], (long long)answerer.solve_ms,
		learned_exactly(p.asker, &a, &b) &&
			learned_exactly(p.answerer, &b, &a));
	pair_done(&p);
	set_free(&a);
	set_free(&b);
}

int
main(int argc, char **argv)
{
	static const size_t differences[] = {0, 1, 100, 1000, 10000};
	size_t i, k, n = argc > 1 ? (size_t)argc : 2;

	for (i = 1; i < n; i++)
		for (k = 0; k < 5; k++)
			measure(argc > 1 ? (size_t)strtoull(argv[i], NULL, 10)
					 : 100000,
				differences[k]);
	return 0;
}
