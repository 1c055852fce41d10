#!/bin/bash
# Letters get lost, late and doubled on their way, and nobody does anything
# about it: what is missing is asked for, and found.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

mkdir "$work/keys"
"$top_builddir/tests/bench/gen-keys" -d "$work/keys" -a 80 5 ||
	bail "keys are made"
set -- "$work"/keys/*

count() { digests "$1" | wc -l; }
holds() { [ "$(count "$1")" -eq "$2" ]; }
# again NAME: with the configuration it has
again() {
	run_server "$1"
	wait_ready "$1"
}
# pair EXTRA: A and B, peers through relays that lose letters
network_names="a b"
pair() {
	read -r a_lmtp b_lmtp <<-PORTS
		$(free_ports 2)
	PORTS
	lossy to_b "$b_lmtp" 11 || return 1
	lossy to_a "$a_lmtp" 12 || return 1
	network_extra=$1
	network_one a b
	a_conf=$(echo "$network_conf" |
		sed "s/^relay = .*/relay = lmtp:\/\/127.0.0.1:$to_b_port/")
	network_one b a
	b_conf=$(echo "$network_conf" |
		sed "s/^relay = .*/relay = lmtp:\/\/127.0.0.1:$to_a_port/")
	start_server a "$a_conf" && start_server b "$b_conf"
}

# ---- gaps alone --------------------------------------------------------

ok "A and B start, with relays that lose letters" pair "repair_after = 1s
summary_every = 0s"
ok "B's first letter tells A that it understands" submit b "$1"
ok "A has it" wait_for 30 holds a 1
ok "A's first letter comes" submit a "$2"
ok "B has it" wait_for 30 holds b 2
echo 50 >"$work/to_b.loss"
ok "20 keys go to A while every other letter is lost" submit a "${@:3:20}"
sleep_until_sent() { [ "$(wc -l <"$work/to_b.fates")" -ge 21 ]; }
ok "all letters left" wait_for 30 sleep_until_sent
ok "some of them were lost" [ "$(fates to_b lost)" -ge 5 ]
echo 0 >"$work/to_b.loss"
ok "one more letter shows the last gap" submit a "${23}"
last_came() { [ "$(wc -l <"$work/to_b.fates")" -ge 22 ]; }
ok "it comes" wait_for 30 last_came
# requests are lost, too, until one was
echo 60 >"$work/to_a.loss"
request_lost() { grep -q "^lost .* repair" "$work/to_a.fates" || holds b 23; }
ok "requests for the rest get lost, or all came" wait_for 60 request_lost
echo 0 >"$work/to_a.loss"
ok "B gets all of it" wait_for 120 holds b 23
ok "the same as A" same_certs a b
echo "# letters to B: $(fates to_b passed) passed, $(fates to_b lost) lost;" \
	"B asked for $(counter b mail_repair_asked) ranges"
echo 0 >"$work/to_a.loss"
echo 0 >"$work/to_b.loss"

# ---- reordered, not lost --------------------------------------------------

asked_before=$(counter b mail_repair_asked)
stop_server b
network_extra="repair_after = 1h
summary_every = 0s"
network_one b a
b_conf=$(echo "$network_conf" |
	sed "s/^relay = .*/relay = lmtp:\/\/127.0.0.1:$to_a_port/")
ok "B starts, and is patient" start_server b "$b_conf"
echo hold >"$work/to_b.loss"
ok "five keys go to A, and their letters wait" submit a "${@:24:5}"
held() { [ "$(fates to_b held)" -eq 5 ]; }
ok "all five" wait_for 30 held
echo 0 >"$work/to_b.loss"
ok "they come in the reverse order" wait_for 30 holds b 28
is "nothing was asked for" "$(counter b mail_repair_asked)" 0
stop_server a
stop_server b

# ---- any difference, however old --------------------------------------------

rm -rf "$work/a/data" "$work/b/data"
kp a load "${@:29:40}" >/dev/null 2>&1
kp b load "${@:49:30}" >/dev/null 2>&1
holds a 40 || bail "A's store is filled"
holds b 30 || bail "B's store is filled"
network_extra="repair_after = 2s
summary_every = 4s"
for n in a b; do
	network_one $n "$([ $n = a ] && echo b || echo a)"
	eval "port=\$to_$([ $n = a ] && echo b || echo a)_port"
	echo "a secret of A and B" >"$work/$n/secret"
	ok "$n starts with a store of its own" start_server $n \
		"$(echo "$network_conf" |
			sed "s/^relay = .*/relay = lmtp:\/\/127.0.0.1:$port/
\$a repair = yes\\nauth = hmac\\nauth_key = $work/$n/secret
\$a [http]\\nmetrics_listen = 127.0.0.1:$(free_ports 1)")"
done
ok "A gets what only B had" wait_for 60 holds a 50
ok "and B what only A had" wait_for 60 holds b 50
ok "they hold the same" same_certs a b
ok "having found that they did not" eval \
	'[ "$(counter a "mail_differed{peer=b}")" -gt 0 ]'
# metric PATTERN: A's figures have this line
metric() {
	curl -s "http://$(sed -n 's/^metrics_listen = //p' \
		"$work/a/keypost.conf")/metrics" | grep -q "$1"
}
ok "metrics say when" metric \
	'^keypost_mail_peer_differed_timestamp_seconds{peer="b"} 1[0-9]'
ok "and how many ranges are asked for" metric \
	'^keypost_mail_peer_gaps_asked{peer="b"} [0-9]'
agreed() {
	kp "$1" peer status --json | python3 -c 'import json, sys
sys.exit(0 if json.loads(sys.stdin.readline())["agreed"] > 0 else 1)'
}
ok "and agree that they do" wait_for 60 agreed a
sent=$(counter a mail_repair_certificates)
compared=$(counter a mail_repair_summaries)
more() { [ "$(counter a mail_repair_summaries)" -gt "$compared" ]; }
ok "they compare again" wait_for 60 more
is "and send nothing" "$(counter a mail_repair_certificates)" "$sent"

# ---- in another's name -------------------------------------------------------

# judged VERDICT: B's log has a letter of repair of A's that is so
judged() { grep -q "peer=a auth=$1 .*outcome=repair" "$work/b/log"; }
ok "each letter of repair proves whose it is" judged proven
is "none was let go of" "$(counter b mail_repair_unproven)" 0
cp "$work/to_b.note" "$work/note" # as it came to B
ok "by a signature" grep -q '^X-Keypost-Auth: v1; k=' "$work/note"
unproven() { [ "$(counter b mail_repair_unproven)" -eq "$1" ]; }
sed '/^X-Keypost-Auth:/d' "$work/note" >"$work/forged"
ok "one without a signature is taken" offer "$work/forged"
ok "and not answered" wait_for 20 unproven 1
ok "a copy of one is taken" offer "$work/note"
ok "and not answered" wait_for 20 unproven 2
stop_server a
stop_server b

# ---- a store out of an old backup -------------------------------------------

again a || bail "A starts"
again b || bail "B starts"
ok "a backup of B" kp b backup "$work/b.old"
ok "five more keys go to A" submit a "${@:1:5}"
ok "and five to B" submit b "${@:6:5}"
ok "A has all" wait_for 60 holds a 60
ok "B has all" wait_for 60 holds b 60
stop_server b
ok "B's store is replaced by the backup" kp b restore \
	"$work/b.old"
is "which is older" "$(count b)" 50
ok "B starts" again b
ok "it gets back what it lost, from its peer" wait_for 60 holds b 60
ok "the same as A" same_certs a b
stop_server a

# ---- a peer that speaks none of this ----------------------------------------

rm -rf "$work/b/data"
stop_server b
for n in a b; do
	sed -i 's/^repair = yes/repair = no/' "$work/$n/keypost.conf"
done
again a || bail "A starts"
again b || bail "B starts"
is "B's store is empty" "$(count b)" 0
ok "peer resync" kp a peer resync b
ok "sends it the whole store" wait_for 60 holds b 60
ok "the same as A" same_certs a b
kp a peer status | sed 's/^/# /'
ok "a peer that does not exist is refused" eval \
	"! kp a peer resync nobody"
done_testing
