#!/bin/sh
# The requests of clients, octet for octet, and their answers read by each
# client's own rules. (gpg itself: 23-gpg.sh.)
. "$(dirname "$0")/lib.sh"
tools=$top_srcdir/tests/tools

start_server a || bail "the server does not start"
anna=$(LC_ALL=C.UTF-8 gen_key "$work/anna" "Анна Каренина <anna@example.org>")
export_key "$work/anna" "$anna" >"$work/anna.asc"
is "a name in Cyrillic is taken" "$(post a "$work/anna.asc" | head -n 1)" \
	"inserted $anna"
cat "$top_srcdir"/tests/data/index/*.pgp >"$work/index.pgp"
ok "the others are loaded" kp a load "$work/index.pgp"
mkdir "$work/keys"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" -i "$work/keys/ids" \
	10 24 || bail "no keys"
# shellcheck disable=SC2154 # set by start_server
python3 -B "$tools/client-requests.py" "$a_port" "$work/keys" >"$work/results" 2>&1
results "$work/results"

# apt: what curl gets goes into gpg without a look at it.
alice=85598E1C61C7FAC38EC532261ACF8620EF3741C6
for query in "op=get&options=mr&exact=on&search=0x$alice" \
	"op=get&search=0x$alice"; do
	is "curl | gpg takes ?$query" "$(http a "/pks/lookup?$query" -f |
		gpg --batch --quiet --with-colons --show-keys 2>/dev/null |
		sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1)" "$alice"
done
ok "and makes a keyring of it" sh -c 'curl -sf "$1" |
	gpg --batch --dearmor | gpg --batch --list-packets |
	grep -q "user ID packet"' x \
	"http://127.0.0.1:$a_port/pks/lookup?op=get&search=0x$alice"
ok "who pushes is in the log" grep -q 'sender="peer.example"' "$work/a/log"
stop_server a
is "no error was logged" "$(grep -c "level=error" "$work/a/log")" 0
done_testing
