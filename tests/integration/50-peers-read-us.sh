#!/bin/bash
# Letters that keypost writes are taken whole by onak (onak-mail.pl) and by
# sks (sks_add_mail and its queue).
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
. "$top_srcdir/tests/integration/peers.sh"
ring=/usr/share/keyrings/debian-maintainers.gpg
[ -s "$ring" ] || skip_all "debian-keyring is not installed"
have_sks && have_onak || skip_all "sks or onak is not installed"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

sink_port=$(free_ports 1)
sks_port=$(free_ports 1)
mkdir "$work/sent" "$work/one"
"$top_builddir/tests/bench/mailsink" "127.0.0.1:$sink_port" 100000 900 \
	"$work/sent" >/dev/null &
pids="$pids $!"

# ---- letters of many keys, and of one ------------------------------------
network_names=a
a_lmtp=$(free_ports 1)
network_one a ""
start_server a "$network_conf
[peer old]
mail = pgp-public-keys@old.example
relay = smtp://127.0.0.1:$sink_port" || bail "A starts"
"$top_builddir/tests/tools/kpsplit" "$ring" "$work/one"
set -- "$work"/one/*.pgp
ok "A takes the keyring" [ 200 = "$(http a /pks/add \
	-H 'Content-Type: application/pgp-keys' --data-binary "@$ring" \
	-o /dev/null -w '%{http_code}')" ]
new=$(gen_key "$work" "New Key <new@example.org>")
export_key "$work" "$new" >"$work/new.asc"
ok "A takes a new key" sh -c "curl -s \
	--data-urlencode 'keytext@$work/new.asc' \
	'http://127.0.0.1:$a_port/pks/add' | grep -q '^inserted'"

# delivered: nothing waits for the peer any more
delivered() {
	[ "$(sqlite3 "file:$work/a/data/keypost.db?mode=ro" \
		"SELECT max(c.seq) <= p.cursor FROM change c, peer p")" = 1 ]
}
ok "all of it leaves by SMTP" wait_for 60 delivered
ok "in several letters" [ "$(find "$work/sent" -type f | wc -l)" -gt 1 ]
ok "no armor line is longer than 76" sh -c "cat '$work'/sent/* | tr -d '\r' |
	sed -n '/^-----BEGIN/,/^-----END/p' | awk 'length > 76 { exit 1 }'"
is "every octet is 7-bit" "$(cat "$work"/sent/* | LC_ALL=C tr -d '\000-\177' |
	wc -c)" 0

# A letter that is signed with OpenPGP is read by those who know nothing of it.
stop_server a
echo "sign = yes" >>"$work/a/keypost.conf"
run_server a
wait_ready a || bail "A starts again"
signed=$(gen_key "$work" "Signed Letter <signed@example.org>")
export_key "$work" "$signed" >"$work/signed.asc"
ok "A takes one more key" [ 200 = "$(post a "$work/signed.asc" | tail -n 1)" ]
ok "it leaves, too" wait_for 60 delivered
is "in a signed letter" "$(grep -l '^Content-Type: multipart/signed' \
	"$work"/sent/* | wc -l)" 1

# A pipe transport hands letters over with LF line ends.
for f in "$work"/sent/*; do
	tr -d '\r' <"$f" >"$f.lf"
done
digests a >"$work/ours"

# ---- sks -------------------------------------------------------------------
sks_setup "$work/sks" "$sks_port" pgp-public-keys@sks.example pks@a.example
sks_start "$work/sks"
pids="$pids $(cat "$work/sks/pid")"
for f in "$work"/sent/*.lf; do
	sks_deliver "$work/sks" <"$f" || echo "# sks_add_mail refused $f"
done
sks_holds_all() {
	cut -d ' ' -f 2 "$work/ours" | "$top_builddir/tests/tools/kphashquery" \
		request | curl -s --max-time 60 --data-binary @- \
		"http://127.0.0.1:$sks_port/pks/hashquery" |
		"$top_builddir/tests/tools/kphashquery" reply |
		cut -d ' ' -f 1,2 | sort | cmp - "$work/ours"
}
ok "sks comes to hold every certificate with our digest" \
	wait_for 90 sks_holds_all
ok "sks sets no letter aside as failed" sh -c "! find \
	'$work/sks/var/spool/sks' -path '*failed*' -type f | grep ."
sks_stop "$work/sks"

# ---- onak ------------------------------------------------------------------
onak_setup "$work/onak" pgp-public-keys@onak.example pks@b.example
for f in "$work"/sent/*.lf; do
	onak_deliver "$work/onak" <"$f" >/dev/null 2>&1
done
cut -d ' ' -f 1 "$work/ours" >"$work/fprs"
missing=0
while read -r fpr; do
	onak_has "$work/onak" "$fpr" || missing=$((missing + 1))
done <"$work/fprs"
is "onak holds every certificate" "$missing" 0
relayed() {
	cat "$work"/onak/out/*.eml | sed -n 's/^X-KeyServer-Sent: //p' |
		sort -u | tr '\n' ' '
}
is "onak relays them with our address in its list" "$(relayed)" \
	"pgp-public-keys@onak.example pks@a.example "
ok "neither answers us" sh -c "! grep -li '^To:.*a.example' \
	'$work'/onak/out/* '$work'/sks/out/* 2>/dev/null"
done_testing
