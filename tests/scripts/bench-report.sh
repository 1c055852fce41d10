#!/bin/bash
# What the benchmarks' tables and plots make of rows.
. "$(dirname "$0")/tap.sh"
bench=$top_srcdir/tests/bench

rows() { # of a run that never was
	echo '# when: never'
	for rate in 70000 50000 60000; do
		printf '%s\t' import/level\ sks keypost 500000 - $rate
		echo keys/s
	done
	tr '|' '\t' <<-'END'
	import/level sks|keypost|10000|-|90000|keys/s
	import/level sks|bare SQLite|500000|-|80000|keys/s
	import/level sks|sks fastbuild|500000|-|12000|keys/s
	import/level sks|keypost|500000|-|99.5|MiB of memory
	import/check|keypost|500000|-|12|s
	END
}
rows >"$work/rows"
says() { # says LINE...: the report does
	"$bench/report.sh" "$work/rows" "$work/plots" >"$work/report" ||
		return
	for line; do
		grep -qxF -e "$line" "$work/report" && continue
		echo "no line: $line"
		cat "$work/report"
		return 1
	done
}
passes 'facts of the run come first' says '* when: never'
passes 'what was measured thrice is its median; growth is a share' says \
	'| level sks | keypost | 90,000 | 60,000 | 67 % |'
passes 'a size that was not measured is empty' says \
	'| what | program | 10,000 | 500,000 | growth |' \
	'| level sks | bare SQLite | | 80,000 | |'
passes 'each unit has a table' says '### import: MiB of memory' \
	'| level sks | keypost | 99.5 | |'
passes 'what was asked for stands beside its share of bare and times sks' says \
	'| load 500,000, level sks | 50,000 keys/s; 60 % of bare | 60,000 keys/s | 75 % | 5.00 |  |'
passes 'what nothing else compares with stands alone' says \
	'| db check of 500,000 | under 20 s | 12.0 s |  |  |  |'
passes 'what was not measured is said' says \
	'| dump 500,000 | 200 MB/s or the disk | not measured | | | |'

targets_name_rows() { # of the groups and units that benchmarks write
	awk -F '\t' '!/^#/ { for (i = 3; i <= NF; i++)
		if ($i != "-" && split($i, part, "|") != 5) print }' \
		"$bench/targets.tsv" | grep . && return 1
	! awk -F '\t' '!/^#/ && NF != 6' "$bench/targets.tsv" | grep .
}
passes 'targets have six columns, and rows five' targets_name_rows

plotted() {
	rm -rf "$work/plots"
	says '![Filling an empty store, keys/s by size](import.svg)' || return
	grep -q '<svg' "$work/plots/import.svg" &&
		grep -q 'sks fastbuild' "$work/plots/import.svg" &&
		[ "$(head -c 4 "$work/plots/import.png" | tail -c 3)" = PNG ] &&
		[ ! -e "$work/plots/mail-in.svg" ]
}
if command -v gnuplot >/dev/null; then
	passes 'there is a plot as SVG and PNG of what was measured' plotted
else
	tap_n=$((tap_n + 1))
	echo "ok $tap_n # SKIP no gnuplot"
fi

page() {
	printf '%s\n' '# Title' '<!-- the last run -->' old \
		'<!-- end of the run -->' end >"$work/page.md"
	for _ in 1 2; do
		"$bench/report.sh" "$work/rows" "$work/plots" "$work/page.md" ||
			return
	done
	cat "$work/page.md"
	[ "$(head -n 1 "$work/page.md")" = '# Title' ] &&
		[ "$(tail -n 1 "$work/page.md")" = end ] &&
		[ "$(grep -c 'when: never' "$work/page.md")" = 1 ] &&
		! grep -q '^old' "$work/page.md"
}
passes 'a page gets the last run in the place of the one before' page

compared() {
	awk -v size=9 -f "$bench/rows.awk" >"$work/got" <<-'END'
	machine 2 CPUs
	machine before=keypost get connections=16 per_second=1 at=00:00:00
	keypost idle resident=2048 kB store=18 kB at=00:00:00
	keypost key-id get-close connections=1 requests=3 failed=0 seconds=1 per_second=3 p50_us=4 p99_us=5
	bare-mhd fingerprint get connections=16 requests=9 failed=2 seconds=2 per_second=4 p50_us=4 p99_us=5 cpu_us=7.5
	onak store 4 keys
	onak miss-200 miss-200-close connections=1 requests=9 failed=8 seconds=4 per_second=2 p50_us=1 p99_us=1 stalls
	sks add-close connections=16 requests=8 failed=0 seconds=1 per_second=8 p50_us=1 p99_us=2
	END
	tr '|' '\t' >"$work/want" <<-'END'
	machine/bare before keypost|bare libmicrohttpd|9|16|1|requests/s
	served/idle|keypost|9|-|2|MiB of memory
	served/idle|keypost|9|-|2048|octets on disk/key
	lookup/key-id close|keypost|9|1|3.0|requests/s
	lookup/fingerprint|bare libmicrohttpd|9|16|3.5|requests/s
	lookup/fingerprint|bare libmicrohttpd|9|16|2|failed
	lookup/fingerprint|bare libmicrohttpd|9|16|4|us p50
	lookup/fingerprint|bare libmicrohttpd|9|16|5|us p99
	lookup/fingerprint|bare libmicrohttpd|9|16|7.5|us of CPU/request
	lookup/miss close|onak|4|1|1|stalls
	lookup/miss close|onak|4|1|0.2|requests/s
	lookup/miss close|onak|4|1|8|failed
	submit/new|sks|9|16|8.0|submissions/s
	submit/new|sks|9|16|1|us p50
	submit/new|sks|9|16|2|us p99
	END
	diff "$work/want" "$work/got"
}
timed() { # timed LIMIT COMMAND...: on 10 certificates of 1000 octets
	mkdir -p "$work/left"
	python3 "$bench/timed.py" "$1" "$work/timed" b p 10 1000 "$work/left" \
		"${@:2}" >"$work/rows.timed"
}
took() {
	timed 60 dd if=/dev/zero of="$work/left/file" bs=4096 count=5 || return
	cat "$work/rows.timed"
	awk -F '\t' '/^#/ { next } { print $1, $2, $3, $4, $6 }' \
		"$work/rows.timed" >"$work/got"
	printf 'b p 10 - %s\n' keys/s 'us of CPU/key' 'MiB of memory' \
		'octets on disk/key' 'octets on disk/octet' >"$work/want"
	diff "$work/want" "$work/got" &&
		grep -q '	2048.00	octets on disk/key' "$work/rows.timed"
}
passes 'what a command took, and left on the disk, is rows' took
ended() {
	! timed 1 sh -c 'echo $$ >"$1/pid"; sleep 1000' sh "$work" &&
		[ ! -s "$work/rows.timed" ] &&
		grep -q 'not done in 1 s' "$work/timed" &&
		! kill -0 "$(cat "$work/pid")"
}
passes 'one that takes too long is ended, and is no row' ended
failed() { ! timed 60 false && [ ! -s "$work/rows.timed" ]; }
passes 'one that fails is no row' failed

passes 'lines of compare.sh become rows' compared
tap_end
