#!/bin/bash
# submit.sh - submissions of new keys over HTTP: keypost beside sks, onak over
# lighttpd, and the bare database with 16 rows a commit
#
#     submit.sh [KEYS...]      10000 100000 500000 unless said
#
# With 1 client and with 16, into stores of these sizes, at level sks. Takes 4
# minutes on two idle CPUs; the first time more, see lookup.sh, and what it
# needs. KEYPOST_BENCH_SUBMISSIONS is how many are submitted to each (10000).
. "$(dirname "$0")/bench.sh"

bench_sizes "$@"
bench_begin submit
# shellcheck disable=SC2086 # a list
for _ in 1 2; do
	"$tools/bench_store" bare $sizes
done | sed -n 's/^bare, from \([0-9]*\) rows, \([0-9]*\) a commit: \([0-9]*\) .*/\1 \2 \3/p' |
	while read -r size batch rate; do
		row submit/new "bare SQLite" "$size" "$batch" "$rate" \
			submissions/s
	done
for size in $sizes; do
	progress "submit: $size"
	KEYPOST_BENCH_CONNECTIONS=' ' compared "$size" \
		"${KEYPOST_BENCH_SUBMISSIONS:-10000}" keypost onak sks
done
bench_end
