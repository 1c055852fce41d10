#!/bin/sh
# Clients that are slower than anyone honest would be: each is ended by its
# rule, others are answered meanwhile, and nothing of them stays.
. "$(dirname "$0")/lib.sh"

command -v gpg >/dev/null || skip_all "gpg is missing"
command -v python3 >/dev/null || skip_all "python3 is missing"

each=${KEYPOST_SLOW_CLIENTS:-60}
count=$((5 * each))
crowd=1500
alice=$(gen_key "$work/keys" "Alice <alice@example.org>")
export_key "$work/keys" "$alice" >"$work/alice.asc"
"$top_builddir/tests/bench/gen-keys" -i "$work/ids" 1 3 >"$work/large.pgp"

make_server a "rate_exempt ="
sed -i "s/^max_connections = .*/max_connections = $((count + crowd))/" \
	"$work/a/keypost.conf"
run_server a
ok "a server starts" wait_ready a
ok "it has keys" kp a load "$work/alice.asc" "$work/large.pgp"
sockets() { ls -l "/proc/$a_pid/fd" | grep -c socket:; }
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$a_pid/status"; }
cut() { kp a status --json | grep -o '"http_cut":[0-9]*' | cut_number; }
cut_number() { sed 's/.*://'; }
before=$(sockets)
quiet=$(resident)

slow_clients() { # COUNT FILE
	python3 "$top_srcdir/tests/tools/slow-clients.py" "$a_port" "$1" 0 \
		"/pks/lookup?op=get&search=$(cat "$work/ids")" >"$2" 2>&1 &
	slow=$!
	pids="$pids $slow"
}
# One of each kind comes first: what is logged of many is cut short.
slow_clients 5 "$work/first"
first=$slow
sleep 3
slow_clients "$count" "$work/slow"
ok "$count slow clients come" wait_for 30 grep -q up "$work/slow"

# Until the last has gone: a normal client, from an address of its own.
asked=0 answered=0
while kill -0 $slow 2>/dev/null && [ $asked -lt 5000 ]; do
	asked=$((asked + 1))
	[ "$(curl -s -o /dev/null -w '%{http_code}' --max-time 10 \
		--interface 127.9.$((asked % 200)).1 \
		"http://127.0.0.1:$a_port/pks/lookup?op=get&search=0x$alice")" \
		= 200 ] && answered=$((answered + 1))
	sleep 0.05
done
ok "somebody asked meanwhile" test $asked -gt 10
is "and always had an answer" $answered $asked
wait $slow $first
for kind in silent head idle body; do
	is "each $kind client was ended" "$(grep "^$kind" "$work/slow")" \
		"$kind ended=$each left=0"
done
for rule in head body reply; do
	ok "the log names the rule: $rule" \
		grep -q "outcome=cut rule=$rule" "$work/a/log"
done
is "every one was counted" "$(cut)" "$((count + 5))"

sockets_are_back() { [ "$(sockets)" -le "$before" ]; }
ok "their sockets are closed" wait_for 10 sockets_are_back
ok "$crowd clients come and go" \
	python3 "$top_srcdir/tests/tools/crowd.py" "$a_port" $crowd
if [ "${KEYPOST_SANITIZER:-no}" = no ]; then
	# They took 32 KiB each.
	memory_is_back() { [ "$(resident)" -lt $((quiet + 16384)) ]; }
	ok "the memory of all of them is given back" wait_for 10 memory_is_back
else
	skip "the memory of all of them is given back" "a sanitizer keeps it"
fi
ok "the server serves on" serves a "$alice"
done_testing
