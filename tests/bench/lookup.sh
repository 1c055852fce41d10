#!/bin/bash
# lookup.sh - look-ups: keypost beside sks, onak over lighttpd, and
# libmicrohttpd by itself
#
#     lookup.sh [KEYS...]      10000 to 1000000 unless said
#
# With 16 clients from each store, so that growth is seen; from that of 100,000
# also with 1, 64 and 256, or KEYPOST_BENCH_CLIENTS. Takes 6 minutes on two idle
# CPUs, and more the first time: rings and the stores of sks and onak are made
# and kept. Needs make bench-tools; onak is measured by root, where lighttpd is
# installed. KEYPOST_BENCH_SECONDS is how long each number is measured (2).
. "$(dirname "$0")/bench.sh"

bench_sizes "$@"
bench_begin lookup
export KEYPOST_BENCH_SECONDS=${KEYPOST_BENCH_SECONDS:-2}
for size in $sizes; do
	progress "lookup: $size"
	case $size in
	100000) clients=${KEYPOST_BENCH_CLIENTS:-1 16 64 256} ;;
	*) clients=16 ;;
	esac
	KEYPOST_BENCH_CONNECTIONS=$clients \
		compared "$size" 0 keypost bare onak sks
done
bench_end
