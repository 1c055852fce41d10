#!/bin/bash
# Relays that refuse, drop, stall, babble and lie at every step, by a seed:
# every change is stored at each of their peers, a letter that was taken is
# never sent again, nothing goes in clear where TLS is required, keypost-mail
# stays small, and the peer behind a good relay waits for nothing.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
. "$top_srcdir/tests/integration/relays.sh"
command -v openssl >/dev/null || skip_all "openssl is not installed"
seed=${KEYPOST_SEED:-2002}
echo "# seed $seed (KEYPOST_SEED)"

keys=40 deeds=40 names="plain secure small slow"
hell=$work/hell
relays_certs "$hell" || bail "certificates are made"
python3 "$top_srcdir/tests/tools/hell-relay.py" "$seed" $deeds "$hell" \
	plain secure:tls small:small slow:slow >"$work/ports" 2>"$work/hell.err" &
pids="$pids $!"
wait_for 20 grep -q "^slow " "$work/ports" || bail "the relays start"
port() { sed -n "s/^$1 //p" "$work/ports"; }

"$top_builddir/tests/bench/gen-keys" $keys $seed >"$work/ring" ||
	bail "keys are made"
mkdir "$work/one"
"$top_builddir/tests/tools/kpsplit" "$work/ring" "$work/one"

# ---- A, a good peer B, and those behind the relays -------------------------
network_extra="tls_ca = $hell/ca.pem
batch_keys = 5"
read -r a_lmtp b_lmtp <<-EOT
	$(free_ports 2)
EOT
network_one b ""
start_server b "$network_conf" || bail "B starts"
network_one a b
peers=
for name in $names; do
	peers="$peers
[peer $name]
mail = pks@$name.example
relay = smtp://localhost:$(port $name)
letters_per_minute = 0
tls = $([ $name = secure ] && echo required || echo none)"
done
start_server a "$network_conf$peers" || bail "A starts"

# measure: the most memory that keypost-mail and its sessions had together
measure() {
	while sleep 0.3; do
		for m_pid in $(pgrep -x keypost-mail); do
			# Those of A: their starter is A's child.
			m_up=$m_pid
			for _ in 1 2 3; do
				m_up=$(sed -n 's/^PPid:[[:space:]]*//p' \
					"/proc/$m_up/status" 2>/dev/null)
				[ "$m_up" = "$a_pid" ] && break
			done
			[ "$m_up" = "$a_pid" ] && sed -n \
				's/^Pss:[[:space:]]*\([0-9]*\) kB/\1/p' \
				"/proc/$m_pid/smaps_rollup"
		done 2>/dev/null | awk '{ s += $1 } END { print s + 0 }'
	done >"$work/memory"
}
measure &
pids="$pids $!"
# An operator in a hurry, who knows of no back-off.
hurry() {
	while sleep 0.5; do
		kp a queue retry >/dev/null 2>&1
	done
}
hurry &
pids="$pids $!"

# ---- 40 changes -------------------------------------------------------------
one=("$work"/one/*)
for f in "${one[@]}"; do
	"$top_builddir/tests/bench/hkpload" add "127.0.0.1:$a_port" 1 10 "$f" \
		>/dev/null 2>&1
done
is "A has all" "$(cert_count a)" $keys
holds() { [ "$(cert_count "$1")" -eq "$2" ]; }
ok "B has all, while the others are in hell" wait_for 60 holds b $keys
done_deeds() { grep -c ^deed "$hell/$1.log"; }

for f in "${one[@]}"; do
	"$top_builddir/tests/tools/kpdigest" "$f" | cut -d ' ' -f 1
done | sort >"$work/all"
# stored NAME: every certificate is in a letter that it has
stored() {
	cat "$hell/$1.d"/* >"$work/$1.letters" 2>/dev/null
	: >"$work/$1.fprs"
	for s_f in "$hell/$1.d"/*; do
		sed -n '/^-----BEGIN/,/^-----END/p' "$s_f" >"$work/block"
		"$top_builddir/tests/tools/kpdigest" "$work/block" |
			cut -d ' ' -f 1
	done | sort -u >"$work/$1.fprs"
	cmp -s "$work/$1.fprs" "$work/all"
}
settled() {
	[ "$(sqlite3 "file:$work/a/data/keypost.db?mode=ro" "SELECT
		(SELECT max(seq) FROM change) <= cursor FROM peer
		WHERE name = '$1'")" = 1 ]
}
none_owed() { ! kp a queue list | grep -q "^$1 .* owed "; }
for name in $names; do
	ok "$name: all is delivered at last" wait_for 240 settled $name
	# What it refused was asked for again, in a hurry.
	ok "$name: nothing is owed" wait_for 60 none_owed $name
	ok "$name: each change is stored there" stored $name
	echo "# $name: $(done_deeds $name) deeds, $(grep -c ^took "$hell/$name.log") letters taken"
	ok "$name: it was hell" [ "$(done_deeds $name)" -ge $((deeds / 5)) ]
	# A letter whose 250 was heard is not sent again. It was not heard where
	# we had given up meanwhile; nobody did here.
	awk '$1 == "took" && said[$2] { print; bad = 1 }
		$1 == "said" { said[$2] = 1 } END { exit bad }' \
		"$hell/$name.log" >"$work/again"
	is "$name: what was accepted does not come again" "$(cat "$work/again")" ""
	awk '$1 == "took" { if (sum[$2] != "" && sum[$2] != $3) { print; bad = 1 }
		sum[$2] = $3 } END { exit bad }' "$hell/$name.log" >"$work/other"
	is "$name: one Message-ID, one content" "$(cat "$work/other")" ""
done
is "nothing was said in clear where TLS is required" \
	"$(grep ^clear "$hell/secure.log")" ""
ok "and TLS was tried hard" grep -q "^deed starttls" "$hell/secure.log"
is "no letter is larger than its relay takes" \
	"$(find "$hell/small.d" -size +9000c)" ""
ok "but others take five keys in one" grep -q "^took .* 5$" "$hell/plain.log"
echo "# $(grep -c "state=owed" "$work/a/log") keys were owed meanwhile"
ok "keys that a relay refused came again" grep -q "name=small state=owed" \
	"$work/a/log"
most=$(sort -n "$work/memory" | tail -n 1)
echo "# keypost-mail and its sessions: at most $most kB"
if [ "${KEYPOST_SANITIZER:-no}" = no ]; then
	ok "keypost-mail stayed below 64 MiB" [ "$most" -gt 0 -a "$most" -lt 65536 ]
fi
is "no keypost-mail died" "$(grep -c 'event=agent state=up' "$work/a/log")" 1
done_testing
