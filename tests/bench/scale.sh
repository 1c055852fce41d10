#!/bin/bash
# scale.sh - what a look-up costs in a large store, beside a small one
#
#     scale.sh [SMALL [LARGE]]      100000 and 1000000 keys unless said
#
# Runs compare.sh for keypost alone with each, and prints for every kind of
# look-up and number of connections what share of the small store's requests/s
# the large one answers, and the lowest of them. KEYPOST_BENCH_* as there.
set -u
here=$(cd "$(dirname "$0")" && pwd)
small=${1:-100000} large=${2:-1000000}
out=$(mktemp -d "${TMPDIR:-/tmp}/kp-scale.XXXXXX") || exit 1
trap 'rm -rf "$out"' EXIT

for keys in $small $large; do
	KEYPOST_BENCH_SERVERS=keypost "$here/compare.sh" "$keys" 0 |
		tee "$out/$keys" || exit 1
done
awk -v small="$small" -v large="$large" '
	$1 != "keypost" || !match($0, /per_second=[0-9]+/) { next }
	{
		what = $2 " " $3 " " $4
		n = substr($0, RSTART + 11, RLENGTH - 11)
	}
	NR == FNR { first[what] = n; next }
	what in first && first[what] > 0 {
		share = 100 * n / first[what]
		if (!count++ || share < least)
			least = share
		printf "share %s %d=%d %d=%d percent=%.0f\n", what, small,
			first[what], large, n, share
	}
	END {
		if (!count)
			exit 1
		printf "share lowest of %d percent=%.0f\n", count, least
	}' "$out/$small" "$out/$large"
