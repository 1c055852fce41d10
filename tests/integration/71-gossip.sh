#!/bin/sh
# keypost gossips with keypost: what one learned all learn, whoever dies,
# stops or is named wrongly meanwhile.
. "$(dirname "$0")/lib.sh"
. "$top_srcdir/tests/integration/gossip-servers.sh"

for tool in sqlite3 python3; do
	command -v $tool >/dev/null || skip_all "$tool is missing"
done
gen=$top_builddir/tests/bench/gen-keys
mkdir -p "$work/rings" "$work/new"
for ring in 1 2 3; do
	"$gen" 150 "71$ring" >"$work/rings/$ring" || bail "keys are made"
done
"$gen" 3000 714 >"$work/rings/many" || bail "many keys are made"
"$gen" 100 716 >"$work/rings/hundred" || bail "a hundred keys are made"
"$gen" -a -d "$work/new" 1 715 >/dev/null || bail "another key is made"

# peers_of [FIELD]: of the statistics in JSON, each peer's name, or FIELD
peers_of() {
	python3 -c 'import json, sys
for peer in json.load(sys.stdin)["peers"]:
    print(peer[sys.argv[1]])' "${1:-name}"
}
# differs NAME FIELD
differs() {
	http "$1" "/pks/stats?options=mr" -f | peers_of "$2" |
		grep -qx "its configuration differs: filters only there: mine"
}

gossip_place a b c d silent me
# hold ADDRESS SERVER SECONDS: connects from there and says nothing; prints how
# many octets came until it was closed, or "open"
hold() {
	eval "hold_at=\$${2}_at hold_port=\$${2}_recon"
	python3 -c '
import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 5,
    (sys.argv[3], 0))
s.settimeout(float(sys.argv[4]))
n = 0
try:
    while True:
        got = len(s.recv(65536))
        if not got:
            break
        n += got
    print(n)
except ConnectionError:
    print(n)
except TimeoutError:
    print("open")' "$hold_at" "$hold_port" "$1" "$3"
}

# ---- both ways, and three in a line, the last one empty --------------------
# d is nobody's partner yet.
gossip_more="[peer silent]
gossip_from = $silent_at
[peer me]
gossip = $a_at:$a_recon"
make_server a "$(gossip_conf a b)"
gossip_more=
make_server b "$(gossip_conf b a c)"
make_server c "$(gossip_conf c b)"
kp a load "$work/rings/1" "$work/rings/2" >/dev/null || bail "a is loaded"
kp b load "$work/rings/2" "$work/rings/3" >/dev/null || bail "b is loaded"
for name in a b c; do
	run_server $name
	wait_ready $name || bail "$name starts"
done
ok "a line of three converges, the last one empty at first" \
	wait_for 60 same_digests 450 a b c
for name in a b c; do
	ok "$name hears that nothing differs" \
		wait_for 60 talks "$name" outcome=agreed
done
http a /pks/add --data-urlencode "keytext@$(ls "$work"/new/*)" -f \
	-o /dev/null || bail "a takes a key"
ok "one that a is given later reaches c" wait_for 60 same_digests 451 a b c
kp a load -q "$work/rings/hundred" || bail "a is loaded further"
ok "so do a hundred" wait_for 60 same_digests 551 a b c
says_self() {
	http a /pks/stats | grep -q ">me<br>.*>this server itself: its address"
}
has_row() { http a /pks/stats | grep -qF "<th scope=\"row\">$1</th>"; }
ok "the statistics tell of who only asks, too" has_row silent
is "what came is stored as it was offered" "$(grep -hc "outcome=changed" \
	"$work/a/log" "$work/b/log" "$work/c/log" | sort -u)" 0

# ---- who may gossip --------------------------------------------------------
is "its own address is named once" "$(talks a peer=me | wc -l)" 1
ok "and left out" talks a peer=me outcome=self
ok "the statistics say what it is" wait_for 30 says_self
is "it is no peer for those who walk the graph" "$(http a \
	"/pks/stats?options=mr" -f | peers_of)" "b"
is "a stranger gets no octet" "$(hold 127.7.1.1 a 10)" 0
is "nor the second time" "$(hold 127.7.1.1 a 10)" 0
is "and is named once" "$(talks a from=127.7.1.1 outcome=unknown | wc -l)" 1

# ---- a partner that says nothing -------------------------------------------
hold "$silent_at" a 60 >"$work/held" &
hold_pid=$!
pids="$pids $hold_pid"
# It has the place of a partner that asks for a talk, and b is one.
ok "another one is told that it is busy" \
	wait_for 30 talks b peer=a role=answerer outcome=busy
ok "meanwhile keys are taken" http a /pks/add -f -o /dev/null \
	--data-urlencode "keytext@$(ls "$work"/new/*)"
ok "and served" http a "/pks/lookup?op=stats" -f -o /dev/null
kill -TERM "$a_pid"
lib_reap "$a_pid" 15
is "a stop does not wait for it" "$?" 0
wait "$hold_pid" 2>/dev/null
ok "which is left" grep -qx "[0-9]*" "$work/held"
run_server a
wait_ready a || bail "a starts again"
ok "b talks with it again" wait_for 60 sh -c \
	'tail -n 3 "$1" | grep -q "peer=a .*outcome=agreed"' x "$work/b/log"

ok "its tree is the one that it saved" sh -c \
	"'$top_builddir/keypost' -c '$work/a/keypost.conf' recon status |
	grep -qx '  loaded from its file at the start'"

# ---- killed again and again while it fetches -------------------------------
kp c load "$work/rings/many" >/dev/null || bail "c is loaded further"
sed -i "s/^\[peer b\]/[peer d]\\ngossip = $d_at:$d_recon\\n&/" \
	"$work/c/keypost.conf"
make_server d "$(gossip_conf d c)"
kill -HUP "$c_pid"
for turn in 1 2 3; do
	run_server d
	wait_ready d || bail "d starts"
	# A fast one may have had the time to fetch all in earlier turns.
	ok "d fetches, or has all, turn $turn" wait_for 60 grep -Eq \
		"peer=c.*(outcome=agreed|learned=[1-9])" "$work/d/log"
	: >"$work/d/log"
	sleep 0.$((turn * 2))
	kill_server d
done
run_server d
wait_ready d || bail "d starts again"
ok "in the end all hold the same" wait_for 100 same_digests 3551 a b c d
stop_server d
is "d stops" "$?" 0
ok "its store is sound" kp d db check
stop_server b
is "b stops" "$?" 0

kp a config check --probe >"$work/probe" 2>&1
is "a probe knocks at each door" "$? $(grep -c "gossip: somebody answers" \
	"$work/probe") $(grep -c "b: gossip: .*refused" "$work/probe")" "1 1 1"

# ---- other levels, other filters -------------------------------------------
gossip_place e f
gossip_level=clean
# A name, with more than one address perhaps.
f_at=localhost
make_server e "$(gossip_conf e f)"
f_at=127.0.0.1
gossip_more="[gossip]
filters = keypost.clean.1,mine"
make_server f "$(gossip_conf f e)"
kp e load "$work/rings/1" >/dev/null || bail "e is loaded"
for name in e f; do
	run_server $name
	wait_ready $name || bail "$name starts"
done
ok "filters that differ are told" \
	wait_for 30 talks e peer=f outcome=mismatch mine
kp e recon run f >"$work/run.out"
is "whoever asks is told" "$? $(cat "$work/run.out")" \
	"1 f: the configurations differ: filters only there: mine"
is "and the log once" "$(talks e outcome=mismatch | wc -l)" 1
# Each of both begins talks, and each time they differ.
for way in Incoming Outgoing; do
	ok "the statistics tell of it, $way" wait_for 30 \
		differs e "last${way}Error"
done
sed -i 's/^filters = .*//' "$work/f/keypost.conf"
stop_server f
run_server f
wait_ready f || bail "f starts again"
ok "servers of level clean agree with each other" \
	wait_for 60 same_digests 150 e f
done_testing
