#!/bin/sh
# Does check-size see the 401st line?
. "$(dirname "$0")/tap.sh"

mkdir -p "$work/tree/src/base" "$work/tree/tests/data"
seq 400 >"$work/tree/src/base/a.c"
seq 5000 >"$work/tree/tests/data/vector.sql"
passes '400 lines are allowed, data is not looked at' \
	"$scripts/check-size" "$work/tree"
seq 401 >"$work/tree/src/base/b.c"
fails '401 lines are too many' 'src/base/b.c has 401 lines' \
	"$scripts/check-size" "$work/tree"
{ seq 400 && printf 401; } >"$work/tree/src/base/b.c"
fails 'the last of them need not end' 'src/base/b.c has 401 lines' \
	"$scripts/check-size" "$work/tree"
rm "$work/tree/src/base/b.c"
mkdir -p "$work/tree/tests/unit"
seq 401 >"$work/tree/tests/unit/test_a.c"
fails 'a test is no exception' 'tests/unit/test_a.c has 401 lines' \
	"$scripts/check-size" "$work/tree"
rm -rf "$work/tree/src" "$work/tree/tests/unit"
fails 'an empty tree does not pass' 'no source' \
	"$scripts/check-size" "$work/tree"
tap_end
