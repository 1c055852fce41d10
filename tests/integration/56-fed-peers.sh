#!/bin/bash
# Peers that are fed over HTTP: our own kind, sks, and servers that refuse.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
. "$top_srcdir/tests/integration/peers.sh"
. "$top_srcdir/tests/integration/relays.sh"
for tool in sqlite3 python3 openssl; do
	command -v "$tool" >/dev/null || skip_all "$tool is not installed"
done

mkdir "$work/sink" "$work/vks" "$work/keys" "$work/certs"
"$top_builddir/tests/bench/gen-keys" -d "$work/keys" -a 12 5 ||
	bail "keys are made"
set -- "$work"/keys/*
relays_certs "$work/certs" || bail "certificates are made"

# sink NAME [CERTIFICATE KEY]: takes POSTs on NAME_port, into $work/NAME
sink() {
	sink_name=$1
	shift
	sink_port=$(free_ports 1)
	eval "${sink_name}_port=$sink_port"
	python3 "$top_srcdir/tests/tools/http-sink.py" "$sink_port" \
		"$work/$sink_name" "$@" &
	pids="$pids $!"
	wait_for 20 curl -sk -o /dev/null "http${1:+s}://127.0.0.1:$sink_port/"
}
# given NAME ANSWER: how many POSTs got that answer
given() {
	find "$work/$1" -name '[0-9]*[0-9]' -type f -exec \
		grep -l "^/.* answer=$2\$" {} + | wc -l
}
given_some() { [ "$(given "$1" "$2")" -ge "$3" ]; }
# told NAME: nothing waits for that peer any more
ask() { sqlite3 "file:$work/a/data/keypost.db?mode=ro" "$1"; }
told() {
	[ "$(ask "SELECT (SELECT max(seq) FROM change) <= cursor FROM peer
		WHERE name = '$1'")" = 1 ]
}
untold() { ! told sink && ! told vks; }
owed_words() { kp a queue list | grep -q 'answers 422'; }
metric() {
	curl -s "http://127.0.0.1:$(cat "$work/metrics")/metrics" | grep -q "$1"
}
says() { kp a peer status | tr "\n" " " | grep -q "$1"; }

# ---- who takes everything --------------------------------------------------
ok "there is a server that only takes" sink sink
plain_port=$sink_port
ok "and one that speaks TLS" sink vks "$work/certs/good.pem" \
	"$work/certs/good.key"
b_port=$(free_ports 1)
ok "A starts, and has no mail at all" start_server a "
metrics_listen = 127.0.0.1:$(free_ports 1 | tee "$work/metrics")
[mail]
batch_delay = 0s
[peer b]
hkp = hkp://127.0.0.1:$b_port
[peer sink]
hkp = hkp://127.0.0.1:$plain_port
[peer vks]
hkp = vks://localhost:$vks_port
tls_ca = $work/certs/ca.pem
[peer forged]
hkp = hkps://localhost:$vks_port"
ok "B starts" start_server b
ok "A takes a key" submit a "$1"
ok "B gets it" wait_for 30 told b
is "and has one certificate" "$(cert_count b)" 1
ok "the same as A" same_certs a b
ok "so does the server that only takes" wait_for 30 given_some sink 200 1
ok "and the one over TLS, whose authority is named" \
	wait_for 30 given_some vks 200 1
first=$(head -n 1 "$work/sink/0001")
is "as a form, with our name, and nothing to wait for" "$first" \
	"/pks/add localhost application/x-www-form-urlencoded expect=None answer=200"
is "as JSON where it is asked for" "$(head -n 1 "$work/vks/0001")" \
	"/vks/v1/upload localhost application/json expect=None answer=200"
ok "which holds the armor" python3 -c '
import json, sys
head, body = open(sys.argv[1], "rb").read().split(b"\n", 1)
text = json.loads(body)["keytext"]
assert text.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n")
assert text.endswith("-----END PGP PUBLIC KEY BLOCK-----\n")
' "$work/vks/0001"

ok "nothing goes to a server that nobody vouches for" \
	wait_for 30 says "forged.*certificate"
is "not even once" "$(find "$work/vks" -name '[0-9]*[0-9]' -exec \
	grep -l "^/pks/add" {} + | wc -l)" 0

# ---- who is away, busy or refuses -----------------------------------------
kill_server b
echo 503 >"$work/sink/answer"
echo 0 >"$work/vks/answer"
ok "A takes keys while B is away" submit a "$2"
ok "and the others are busy, or drop the line" wait_for 30 given_some sink 503 1
ok "so does the other" wait_for 30 given_some vks 0 1
ok "peer status says so" wait_for 10 says "answers 503"
ok "none of them is told" untold
rm "$work/sink/answer" "$work/vks/answer"
run_server b
ok "B returns" wait_ready b
ok "an operator need not wait" kp a queue retry
for peer in b sink vks; do
	ok "$peer is told in the end" wait_for 60 told "$peer"
done
ok "B holds the same as A" wait_for 30 same_certs a b

echo 422 >"$work/sink/answer"
ok "A takes more" submit a "$3"
ok "who refuses one certificate is owed it" wait_for 30 told sink
is "and only that" "$(ask "SELECT count(*) FROM owed WHERE peer = 'sink'")" 1
ok "in words" owed_words
echo 301 >"$work/sink/answer"
ok "A takes one more" submit a "$4"
ok "a redirect is no success, and is not followed" \
	wait_for 30 given_some sink 301 1
ok "it waits for the peer" wait_for 10 says "answers 301"
rm "$work/sink/answer"
ok "it is sent again" kp a queue retry sink
ok "and taken" wait_for 60 told sink
owed_none() { [ "$(ask "SELECT count(*) FROM owed WHERE peer = 'sink'")" = 0 ]; }
ok "and what was owed to it" wait_for 60 owed_none
fed=$(given sink 200)
ok "a resync" kp a peer resync sink
ok "feeds it once more" wait_for 60 given_some sink 200 $((fed + 1))
python3 -c '
import glob, sys, urllib.parse
body = open(max(glob.glob(sys.argv[1] + "/[0-9]*[0-9]")), "rb").read()
form = urllib.parse.parse_qs(body.split(b"\n", 1)[1].decode())
sys.stdout.write(form["keytext"][0])' "$work/sink" >"$work/block"
is "with all that A has" "$("$top_builddir/tests/tools/kpdigest" \
	"$work/block" | wc -l)" "$(cert_count a)"
ok "metrics count what waits for it, too" metric \
	'^keypost_mail_peer_letters_waiting{peer="sink"} 0'

http a "/pks/stats?options=json" >"$work/stats"
ok "crawlers read who is fed" python3 -c '
import json, sys
targets = {t["addr"]: t for t in json.load(open(sys.argv[1]))["pksTargets"]}
assert sorted(targets) == sorted(sys.argv[2:]), targets
assert targets[sys.argv[2]]["lastSync"] > "2020", targets
' "$work/stats" "hkp://127.0.0.1:$plain_port" "hkp://127.0.0.1:$b_port" \
	"vks://localhost:$vks_port" "hkps://localhost:$vks_port"
ok "and people" sh -c 'curl -s "http://127.0.0.1:$1/pks/stats" |
	grep -A8 "<caption>Servers that we feed" | grep -q ">sink<"' x "$a_port"

# ---- sks ------------------------------------------------------------------
if have_sks; then
	sks_port=$(free_ports 1)
	sks_setup "$work/sks" "$sks_port" pgp-public-keys@sks.example
	sks_start "$work/sks"
	pids="$pids $(cat "$work/sks/pid")"
	ok "A stops" stop_server a
	cat >>"$work/a/keypost.conf" <<-EOF
	[peer sks]
	hkp = hkp://127.0.0.1:$sks_port
	EOF
	run_server a
	ok "and has sks for a peer now" wait_ready a
	for key in "$5" "$6" "$7"; do
		submit a "$key"
	done
	ok "sks is told" wait_for 60 told sks
	"$top_builddir/tests/tools/kpdigest" "$5" "$6" "$7" |
		cut -d ' ' -f 1,2 | sort >"$work/three"
	sks_has() {
		cut -d ' ' -f 2 "$work/three" |
			"$top_builddir/tests/tools/kphashquery" request |
			curl -s --max-time 60 --data-binary @- \
				"http://127.0.0.1:$sks_port/pks/hashquery" |
			"$top_builddir/tests/tools/kphashquery" reply |
			cut -d ' ' -f 1,2 | sort | cmp - "$work/three"
	}
	ok "and holds what A holds, with our digests" wait_for 30 sks_has
	sks_stop "$work/sks"
else
	skip "sks holds what A holds" "sks is not installed"
fi
done_testing
