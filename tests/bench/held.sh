#!/bin/bash
# held.sh - look-ups while slow clients hold connections
#
#     held.sh [COUNT [KEYS]]      4000 and 10000 unless said
#
# COUNT connections of the five kinds of tests/tools/slow-clients.py, opened
# anew as the server ends them, and beside them one client that looks up keys
# by fingerprint. Prints what hkpload says with and without them, and the
# memory of the server. Needs the benchmark tools (make bench-tools) in
# $top_builddir, and descriptors for all: ulimit -n.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
. "$top_srcdir/tests/integration/ports.sh"
count=${1:-4000}
keys=${2:-10000}
seconds=${KEYPOST_BENCH_SECONDS:-20}
connections=${KEYPOST_BENCH_CONNECTIONS:-4}
work=$(mktemp -d "${TMPDIR:-/tmp}/kp-bench.XXXXXX") || exit 1
pids=
cleanup() {
	[ -z "$pids" ] || kill $pids 2>/dev/null
	wait
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

port=$(free_ports 1)
"$top_builddir/tests/bench/gen-keys" -t 2 -i "$work/terms" "$keys" 7 \
	>"$work/ring"
cat >"$work/keypost.conf" <<-EOC
	[server]
	data = $work/data
	$([ "$(id -u)" -ne 0 ] || echo "user = root")
	[http]
	listen = 127.0.0.1:$port
	max_connections = $((count + 96))
	rate_exempt = 127.0.0.1
EOC
"$top_builddir/keypost" -c "$work/keypost.conf" load "$work/ring" >/dev/null
"$top_builddir/keypostd" -f -c "$work/keypost.conf" 2>"$work/log" &
server=$!
pids=$server
for _ in $(seq 100); do
	curl -s -o /dev/null "http://127.0.0.1:$port/healthz" && break
	sleep 0.1
done

memory() { # of the server, now and at most
	awk '/^VmRSS|^VmHWM/ { printf "%s%d MiB ", $1, $2 / 1024 }' \
		"/proc/$server/status"
}
measure() { # WHAT
	for measure_how in "" close; do
		echo "$1 $("$top_builddir/tests/bench/hkpload" get \
			"127.0.0.1:$port" "$connections" "$((seconds / 2))" \
			"$work/terms" $measure_how)"
	done
	echo "$1 $(memory)"
}
measure alone
python3 "$top_srcdir/tests/tools/slow-clients.py" "$port" "$count" \
	"$((seconds + 10))" "/pks/lookup?op=get&search=$(head -n 1 "$work/terms")" \
	>"$work/slow" 2>&1 &
slow=$!
pids="$pids $slow"
until grep -qs up "$work/slow" || ! kill -0 $slow; do sleep 0.1; done
echo "held $(ls -l /proc/$server/fd | grep -c socket:) sockets"
measure held
wait $slow
sed 's/^/held /' "$work/slow"
sleep 1
echo "after $(memory)"
