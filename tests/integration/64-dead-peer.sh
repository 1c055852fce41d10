#!/bin/bash
# A peer that is down, and one that takes connections and says nothing, cost
# nothing: while 1,000 keys arrive the other peer gets them all, memory stays
# flat, and all is delivered after the dead one returns.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

"$top_builddir/tests/bench/gen-keys" 1000 64 >"$work/ring" ||
	bail "keys are made"
mkdir "$work/one"
"$top_builddir/tests/tools/kpsplit" "$work/ring" "$work/one"

# A listener that accepts and stays silent.
python3 -c '
import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(64)
print(s.getsockname()[1], flush=True)
kept = []
s.settimeout(170)
try:
    while True: kept.append(s.accept())
except OSError: pass' >"$work/silent.port" &
pids="$pids $!"
wait_for 10 [ -s "$work/silent.port" ] || bail "the silent peer listens"

network_names="a b dead"
read -r a_lmtp b_lmtp dead_lmtp <<-EOF
	$(free_ports 3)
EOF
network_one a b,dead
start_server a "$network_conf
[peer silent]
mail = pks@silent.example
relay = smtp://127.0.0.1:$(cat "$work/silent.port")" || bail "A starts"
network_one b a
start_server b "$network_conf" || bail "B starts"

count() { digests "$1" | wc -l; }
holds() { [ "$(count "$1")" -eq "$2" ]; }
resident() { sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$1/status"; }
# submit FROM N: certificates FROM to FROM + N - 1, each by itself
submit() {
	submit_all=("$work"/one/*)
	cat "${submit_all[@]:$1:$2}" >"$work/part"
	"$top_builddir/tests/bench/hkpload" add "127.0.0.1:$a_port" 4 60 \
		"$work/part" | grep "requests=$2 failed=0"
}
ok "the first 300 keys are taken" submit 0 300
ok "B gets them, dead peers or not" wait_for 60 holds b 300
before=$(resident "$a_pid")
ok "700 more are taken" submit 300 700
ok "B gets them, too" wait_for 60 holds b 1000
after=$(resident "$a_pid")
echo "# resident memory: $before kB after 300 keys, $after kB after 1,000"
ok "memory did not grow by more than 8 MiB" [ $((after - before)) -le 8192 ]

kp a peer status >"$work/peers"
sed 's/^/# /' "$work/peers"
ok "peer status names the dead peer" grep -q dead "$work/peers"
status_of() { kp a peer status --json | grep -F "\"name\":\"$1\""; }
lags() {
	status_of dead >"$work/lag" && grep '"behind":1000[,}]' "$work/lag" &&
		grep '"oldest_waiting":[1-9]' "$work/lag"
}
catches_up() { status_of b | grep '"oldest_waiting":0[,}]'; }
ok "how far behind it is, and since when" lags
ok "B lags by nothing" catches_up
pending() {
	sqlite3 "file:$work/a/data/keypost.db?mode=ro" "SELECT
		(SELECT max(seq) FROM change) - cursor FROM peer
		WHERE name = '$1'"
}
is "B has nothing to wait for" "$(pending b)" 0
is "all 1,000 changes wait for the dead peer" "$(pending dead)" 1000
is "and for the silent one" "$(pending silent)" 1000

network_one dead a
ok "the dead peer returns" start_server dead "$network_conf"
ok "and gets everything" wait_for 100 holds dead 1000
ok "the same certificates" same_certs a dead
wait_for 20 [ 0 = "$(pending dead)" ]
is "nothing waits for it any more" "$(pending dead)" 0
ok "A never sent B a letter twice" sh -c "! grep -q outcome=duplicate \
	'$work/b/log'"
done_testing
