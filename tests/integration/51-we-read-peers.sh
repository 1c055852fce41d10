#!/bin/bash
# Letters that sks and onak themselves emit, on the loopback, are ingested,
# and forwarded only to those who are not in their lists.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
. "$top_srcdir/tests/integration/peers.sh"
have_sks && have_onak || skip_all "sks or onak is not installed"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

sink_port=$(free_ports 1)
sks_port=$(free_ports 1)
mkdir "$work/sent" "$work/keys"
"$top_builddir/tests/bench/mailsink" "127.0.0.1:$sink_port" 100000 900 \
	"$work/sent" >/dev/null &
pids="$pids $!"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" 12 77 ||
	bail "keys are made"
for f in "$work"/keys/*; do
	"$top_builddir/tests/tools/kpdigest" "$f"
done | cut -d ' ' -f 1,2 | sort >"$work/expected"

network_names=a
a_lmtp=$(free_ports 1)
network_one a ""
# Debian's sample configuration announces a display name, quotes and all.
sks_from='"SKS Admin <pgp-public-keys@sks.example>"'
start_server a "$network_conf
[peer sks]
mail = pgp-public-keys@sks.example
relay = smtp://127.0.0.1:$sink_port
[peer onak]
mail = pgp-public-keys@onak.example
relay = smtp://127.0.0.1:$sink_port" || bail "A starts"

# as_mail SENDER LETTER: through `keypost deliver`, as an alias pipe does
as_mail() {
	SENDER=$1 kp a deliver <"$2"
}

# ---- sks -------------------------------------------------------------------
sks_setup "$work/sks" "$sks_port" "$sks_from" pks@a.example
sks_start "$work/sks"
pids="$pids $(cat "$work/sks/pid")"
set -- "$work"/keys/*
[ $# -eq 12 ] || bail "twelve key files"
for f in "$1" "$2" "$3" "$4" "$5" "$6"; do
	curl -s --data-urlencode "keytext@$f" -o /dev/null \
		"http://127.0.0.1:$sks_port/pks/add"
done
sks_wrote() { [ "$(find "$work/sks/out" -name '*.eml' | wc -l)" -eq "$1" ]; }
ok "sks writes a letter for each of six keys" wait_for 120 sks_wrote 6
delivered=0
for f in "$work"/sks/out/*.eml; do
	as_mail sks@sks.example "$f" && delivered=$((delivered + 1))
done
is "all are taken into the spool" "$delivered" 6
stored() { [ "$(digests a | wc -l)" -eq "$1" ]; }
ok "and stored" wait_for 30 stored 6

# ---- onak ------------------------------------------------------------------
onak_setup "$work/onak" pgp-public-keys@onak.example pks@a.example
shift 6
for f in "$@"; do
	printf 'From: user@example.org\nSubject: incremental\n\n' |
		cat - "$f" >"$work/letter"
	onak_deliver "$work/onak" <"$work/letter" >/dev/null 2>&1
done
is "onak writes a letter for each of six keys" \
	"$(find "$work/onak/out" -name '*.eml' | wc -l)" 6
delivered=0
for f in "$work"/onak/out/*.eml; do
	as_mail mailer-daemon@onak.example "$f" &&
		delivered=$((delivered + 1))
done
is "all are taken into the spool" "$delivered" 6
ok "and stored" wait_for 30 stored 12
digests a >"$work/ours"
ok "every digest is that of the key as it was made" \
	cmp "$work/ours" "$work/expected"

# ---- whom we tell ------------------------------------------------------------
told() { grep -l "^To: pgp-public-keys@$1.example" "$work"/sent/* | wc -l; }
told_both() { [ "$(told onak)" -ge 1 ] && [ "$(told sks)" -ge 1 ]; }
ok "what sks taught goes to onak, and the other way" wait_for 30 told_both
# keys_to PEER: how many certificates it was sent
keys_to() {
	for keys_f in $(grep -l "^To: pgp-public-keys@$1.example" \
		"$work"/sent/*); do
		tr -d '\r' <"$keys_f" | sed '1,/^$/d' >"$work/block"
		"$top_builddir/tests/tools/kpdigest" "$work/block"
	done | wc -l
}
all_told() { [ "$(keys_to onak)" -eq 6 ] && [ "$(keys_to sks)" -eq 6 ]; }
ok "six certificates each, none back to where it came from" \
	wait_for 30 all_told
ok "no letter goes to an address that its list names" sh -c "
	for f in '$work'/sent/*; do
		to=\$(tr -d '\r' <\$f | sed -n 's/^To: //p;/^\$/q')
		tr -d '\r' <\$f | sed -n 's/^X-KeyServer-Sent: //p;/^\$/q' |
			grep -qixF \"\$to\" && exit 1
	done; exit 0"
ok "nothing was set aside" sh -c "! find '$work/a/data/quarantine' -type f |
	grep ."
done_testing
