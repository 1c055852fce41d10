# bench.sh - sourced by the benchmarks: their folders, material and rows
#
# A benchmark writes rows, one number each, as text with tabs between:
#
#     bench  program  size  connections  figure  unit
#
# bench is a group and what of it ("import/sks", "lookup/key-id"); size is the
# number of certificates in the store, connections the number of clients ("-"
# where there are none), unit says what the figure is ("keys/s", "MiB of
# memory"). A row that comes again is measured again: reports show the median.
# Lines that begin with # are facts of the run. report.sh makes tables and plots
# of it all.
#
# Environment: KEYPOST_BENCH_CACHE keeps key rings and the stores of others
# between runs; KEYPOST_BENCH_OUT gets rows and plots; KEYPOST_BENCH_TIMEOUT
# bounds each command in seconds.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
export top_srcdir top_builddir
. "$top_srcdir/tests/integration/peers.sh"
. "$top_srcdir/tests/integration/ports.sh"
bench_dir=$top_srcdir/tests/bench
tools=$top_builddir/tests/bench
cache=${KEYPOST_BENCH_CACHE:-${TMPDIR:-/tmp}/keypost-bench}
out=${KEYPOST_BENCH_OUT:-$top_builddir/bench-results}
limit=${KEYPOST_BENCH_TIMEOUT:-600}
work=$(mktemp -d "${TMPDIR:-/tmp}/kp-bench.XXXXXX") || exit 1
pids=
bench_cleanup() {
	for bench_pid in $pids; do kill "$bench_pid" 2>/dev/null; done
	# sks, when it is busy, does not heed that.
	sleep 1
	for bench_pid in $pids; do kill -9 "$bench_pid" 2>/dev/null; done
	rm -rf "$work"
}
trap bench_cleanup EXIT
trap 'exit 1' INT TERM
mkdir -p "$cache" "$out"

# note TEXT: a fact of the run; progress TEXT: for who waits
note() { echo "# $*" | tee -a "$rows" >&2; }
progress() { echo "# $(date +%T) $*" >&2; }

# row BENCH PROGRAM SIZE CONNECTIONS FIGURE UNIT
row() {
	[ -n "$5" ] || return
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" | tee -a "$rows" >&2
}

busy() { cut -d ' ' -f 1-3 /proc/loadavg; }

# bench_begin NAME: rows go to a file of its own, or to one of all benchmarks
bench_begin() {
	bench_name=$1
	bench_from=$(date +%s)
	rows=${KEYPOST_BENCH_ROWS:-$out/$1.tsv}
	[ -n "${KEYPOST_BENCH_ROWS:-}" ] || bench_facts
	bench_busy=$(busy)
}

# bench_facts: begins the file of rows with what the machine is
bench_facts() {
	: >"$rows"
	note "when: $(date -u +'%Y-%m-%d %H:%M') UTC"
	note "machine: $(nproc) CPUs, $(awk -F': ' \
		'/model name/ { print $2; exit }' /proc/cpuinfo)," \
		"$(awk '/^MemTotal/ { printf "%.1f GiB", $2 / 1048576 }' \
		/proc/meminfo) of memory, Linux $(uname -r)"
	note "disk: $(df --output=source,fstype "$work" | tail -n 1 |
		tr -s ' ')"
	note "software: SQLite $(sqlite3 --version | cut -d ' ' -f 1)$(
		for p in libmicrohttpd12 libgcrypt20 sks onak; do
			dpkg-query -W -f ", ${p%%[0-9]*} \${Version}" "$p" 2>&-
		done)"
}

# bench_end: tells how busy the machine was, and shows what was measured
bench_end() {
	note "$bench_name: $(($(date +%s) - bench_from)) s; load average" \
		"$bench_busy when it began, $(busy) when it ended"
	[ -n "${KEYPOST_BENCH_ROWS:-}" ] ||
		"$bench_dir/report.sh" "$rows" "$out"
}

# bench_sizes [SIZE...]: sets $sizes, to all usual ones when none is given
bench_sizes() { sizes=${*:-10000 100000 500000 1000000}; }

# up_to MAX SIZE WHAT: false, and said, when a store of SIZE takes WHAT too long
up_to() {
	[ "$2" -le "$1" ] && return
	progress "$3: not with $2"
	return 1
}

# make_ring FILE COUNT SEED: generated certificates, and their fingerprints
make_ring() {
	[ -s "$1" ] && return
	progress "making ${1##*/}"
	"$tools/gen-keys" -t 2 -i "$1.names" "$2" "$3" >"$1.part" &&
		mv "$1.part" "$1"
}

# ring_of SIZE: the usual ring of that size, made once
ring_of() { make_ring "$cache/store-$1.pgp" "$1" 7 && ring=$cache/store-$1.pgp; }

# wait_http PORT: until somebody answers there
wait_http() {
	for _ in $(seq 600); do
		curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$1/" && return
		sleep 0.1
	done
	note "no server on port $1"
	exit 1
}

# has COMMAND: is it there? says so when not
has() { command -v "$1" >/dev/null || ! progress "$1 is not installed"; }

# timed BENCH PROGRAM SIZE OCTETS FOLDER COMMAND...: its rate, memory, and what
# it left in the folder; SIZE certificates are OCTETS. $took: seconds
timed() {
	timed_rows=$work/timed.rows
	python3 "$bench_dir/timed.py" "$limit" "$work/timed.out" "$@" \
		>"$timed_rows" || {
		note "$1 $2 with $3 failed: $(tail -n 1 "$work/timed.out")"
		return 1
	}
	grep -v '^#' "$timed_rows" | tee -a "$rows" >&2
	took=$(sed -n 's/^# took //p' "$timed_rows")
}

# octets_a_second BENCH PROGRAM SIZE OCTETS: what was timed last
octets_a_second() {
	row "$1" "$2" "$3" - "$(echo "scale=1; $4 / 1000000 / $took" | bc)" MB/s
}

# keypost_conf LEVEL [PORT]: a configuration of a store of its own in $kp
keypost_conf() {
	kp=$work/kp
	mkdir -p "$kp"
	cat >"$kp.conf" <<-EOC
	[server]
	level = $1
	data = $kp
	$([ "$(id -u)" -ne 0 ] || echo "user = root")
	[http]
	listen = 127.0.0.1:${2:-0}
	EOC
}
keypost() { "$top_builddir/keypost" -c "$kp.conf" "$@"; }

# compared SIZE SUBMISSIONS SERVER...: rows of what compare.sh prints of them.
# sks answers from up to sks_max, onak from 100,000: it takes minutes to fill.
sks_max=${KEYPOST_BENCH_SKS_MAX:-500000} onak_max=100000
compared() {
	compared_servers=
	for server in "${@:3}"; do
		case $server in
		sks) up_to "$sks_max" "$1" sks && has sks || continue ;;
		onak) up_to "$onak_max" "$1" onak && has onak || continue ;;
		esac
		compared_servers="$compared_servers $server"
	done
	KEYPOST_BENCH_SERVERS=$compared_servers timeout "$((2 * limit))" \
		"$bench_dir/compare.sh" "$1" "$2" 2>"$work/compared.err" |
		awk -v size="$1" -f "$bench_dir/rows.awk" |
		tee -a "$rows" >&2
	[ "${PIPESTATUS[0]}" -eq 0 ] ||
		note "compare.sh with $1: $(tail -n 1 "$work/compared.err")"
}
