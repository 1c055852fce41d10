#!/bin/bash
# submit.sh - submissions of new keys over HTTP: keypost beside sks, onak over
# lighttpd (a tenth of them), and the bare database with 16 rows a commit
#
#     submit.sh [KEYS...]      10000 to 1000000 unless said
#
# With 1 client and with 16, into stores of these sizes, at level sks. Takes 4
# minutes on two idle CPUs; the first time more, see lookup.sh, and what it
# needs. KEYPOST_BENCH_SUBMISSIONS is how many are submitted to each (10000).
. "$(dirname "$0")/bench.sh"

bench_sizes "$@"
bench_begin submit
submissions=${KEYPOST_BENCH_SUBMISSIONS:-10000}

# bare SIZE...: the database by itself, from each of these numbers of rows
bare() {
	"$tools/bench_store" bare "$@" | awk -v OFS='\t' '/^bare, from/ {
		print "submit/new", "bare SQLite", $3, $5, $8, "submissions/s"
	}' | tee -a "$rows" >&2
}
# shellcheck disable=SC2086 # a list
bare $sizes
export KEYPOST_BENCH_CONNECTIONS=' '
for size in $sizes; do
	progress "submit: $size"
	# What takes a second or two is done again.
	[ "$size" -gt 100000 ] || bare "$size"
	[ "$size" -gt 100000 ] || compared "$size" "$submissions" keypost
	compared "$size" "$submissions" keypost sks
	compared "$size" $((submissions / 10)) onak
done
bench_end
