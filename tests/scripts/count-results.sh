#!/bin/sh
# The last line of scripts/test tells what the .trs files say.
. "$(dirname "$0")/tap.sh"

says() { # says LINE STATUS <results
	want=$1 status=$2
	got=$("$scripts/count-results" <"$work/in")
	rc=$?
	echo "got: $got ($rc)"
	[ "$got" = "$want" ] && [ $rc -eq "$status" ]
}
printf ':test-result: PASS a\n:test-result: XFAIL b\n' >"$work/in"
passes 'expected failures pass' says '2 passed, 0 failed, 0 skipped' 0
printf ':test-result: PASS a\n:test-result: SKIP b\n' >"$work/in"
passes 'skips are counted apart' says '1 passed, 0 failed, 1 skipped' 0
printf ':test-result: FAIL a\n:test-result: XPASS b\n' >"$work/in"
passes 'every kind of failure counts' says '0 passed, 2 failed, 0 skipped' 1
printf ':global-test-result: PASS\n:recheck: no\n' >"$work/in"
passes 'other lines do not count' says '0 passed, 0 failed, 0 skipped' 0
printf ':test-result: FAIL a\n:test-result: ERROR\n' \
	>"$work/in"
passes 'a failure and its exit status are one' \
	says '0 passed, 1 failed, 0 skipped' 1
printf '%s\n' ':test-result: FAIL a' ':global-test-result: FAIL' \
	':test-result: PASS b' ':test-result: ERROR' \
	':global-test-result: ERROR' >"$work/in"
passes 'an exit status alone is a failure' \
	says '1 passed, 2 failed, 0 skipped' 1
tap_end
