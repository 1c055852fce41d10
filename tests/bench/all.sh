#!/bin/bash
# all.sh - every benchmark beside other servers, and doc/performance.md of it
#
#     all.sh [-n] [-s | KEYS...]      10000 to 1000000 unless said
#
# -s is short: 10000 and 100000, and less of everything. -n prints the tables
# and leaves doc/performance.md and its plots as they are. Builds what it needs
# in $top_builddir. On two idle CPUs it takes some 32 minutes, 6 of them for
# 1000000, and with -s 12; the first time some minutes are for key rings and the
# stores of others (see bench.sh). Needs scripts/install-deps test, 10
# GB of disk, and root for onak over lighttpd. Nothing else should run: the page
# tells how busy the machine was.
publish=yes
while getopts ns flag; do
	case $flag in
	n) publish= ;;
	s) short=yes ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
. "$(dirname "$0")/bench.sh"

if [ -n "${short:-}" ]; then
	set -- 10000 100000
	export KEYPOST_BENCH_SECONDS=${KEYPOST_BENCH_SECONDS:-1}
	export KEYPOST_BENCH_CLIENTS=${KEYPOST_BENCH_CLIENTS:-16 64}
	export KEYPOST_BENCH_SUBMISSIONS=${KEYPOST_BENCH_SUBMISSIONS:-4000}
	export KEYPOST_BENCH_SINGLES=${KEYPOST_BENCH_SINGLES:-100}
fi
bench_sizes "$@"
make -s -C "$top_builddir" all bench-tools || exit 1
bench_begin all
export KEYPOST_BENCH_ROWS=$rows
# shellcheck disable=SC2086 # a list
for name in import lookup submit; do
	"$bench_dir/$name.sh" $sizes
done
# A larger store makes no other letters.
"$bench_dir/mail.sh" "$(printf '%s\n' $sizes |
	awk '$1 <= 100000 && $1 > most { most = $1 }
		END { print most ? most : 10000 }')"
# Differences are what it is about; an idle partner of 100,000 is enough.
"$bench_dir/recon.sh" "$(printf '%s\n' $sizes |
	awk '$1 <= 100000 && $1 > most { most = $1 }
		END { print most ? most : 10000 }')"
unset KEYPOST_BENCH_ROWS
if [ -z "$publish" ]; then
	bench_end
	exit
fi
page=$top_srcdir/doc/performance.md
rm -f "${page%.md}"/*.svg
bench_end >/dev/null &&
	"$bench_dir/report.sh" "$rows" "${page%.md}" "$page" &&
	rm -f "${page%.md}"/*.png && cp "$rows" "${page%.md}/rows.tsv" &&
	progress "see $page"
