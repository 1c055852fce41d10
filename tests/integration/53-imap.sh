#!/bin/bash
# Letters out of a folder of Debian's dovecot: they come in, IDLE wakes,
# nothing is let go of before it is stored, and other people's mail stays.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
. "$top_srcdir/tests/integration/imap.sh"
for tool in dovecot openssl; do
	PATH=$PATH:/usr/sbin command -v $tool >/dev/null ||
		skip_all "$tool is not installed"
done
PATH=$PATH:/usr/sbin

mkdir "$work/keys"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" 40 53 ||
	bail "keys are made"
keys=("$work"/keys/*)
next=0
imap_setup && imap_start || bail "dovecot starts"

fpr_of() { "$top_builddir/tests/tools/kpdigest" "$1" | cut -d ' ' -f 1; }
# letter: makes $work/letter with the next key; sets fpr
letter() {
	f=${keys[next++]}
	fpr=$(fpr_of "$f")
	printf 'From: pks@peer.example\nTo: pks@a.example\nSubject: incremental\nMessage-ID: <%s@peer.example>\n\n' \
		"$next" | cat - "$f" >"$work/letter"
}
folder_has() { [ "$(imap_count "${2:-ALL}")" -eq "$1" ]; }
said() { grep -q "$1" "$work/a/log"; }
imap_conf() { # URL [EXTRA]
	printf '[mail]\naddress = pks@a.example\nrelay = smtp://127.0.0.1:9\ntls = none\nimap = %s\nimap_password_file = %s\n%s\n' \
		"$1" "$work/imap/password" "${2:-}"
}

# ---- it comes in ----------------------------------------------------------
letter
first=$fpr
imap_put "$work/letter" >/dev/null
start_server a "$(imap_conf "imaps://pks@localhost:$imaps_port/INBOX" \
	"tls_ca = $work/imap/ca.pem")" || bail "A starts"
ok "a letter that waited comes in, by verified TLS" \
	wait_for 30 serves a "$first"
ok "and is removed" wait_for 20 folder_has 0
letter
imap_put "$work/letter" >/dev/null
# Without IDLE it would take a minute.
ok "IDLE wakes: the next one comes at once" wait_for 20 serves a "$fpr"
ok "it is removed, too" wait_for 20 folder_has 0
list=
for _ in $(seq 20); do
	letter
	imap_put "$work/letter" >/dev/null
	list="$list $fpr"
done
for fpr in $list; do
	wait_for 20 serves a "$fpr" || ok "$fpr comes in" false
done
ok "twenty in a row come in, and are removed" wait_for 20 folder_has 0

# ---- other people's mail -----------------------------------------------------
printf 'From: bob@folk.example\nTo: alice@folk.example\nSubject: dinner?\n\nat eight\n' \
	>"$work/other"
imap_put "$work/other" >/dev/null
letter
imap_put "$work/letter" '(\Deleted)' >/dev/null
deleted=$fpr
letter
imap_put "$work/letter" >/dev/null
ok "a letter among other mail comes in" wait_for 20 serves a "$fpr"
ok "it goes" wait_for 20 folder_has 2
ok "the other mail is not touched" \
	folder_has 1 "UNSEEN UNDELETED"
ok "what somebody else marked as deleted is still there" \
	folder_has 1 DELETED
ok "and is none of ours" sh -c "! curl -sf -o /dev/null \
	'http://127.0.0.1:$a_port/pks/lookup?op=get&search=0x$deleted'"

# ---- too large -----------------------------------------------------------------
{
	printf 'From: pks@peer.example\nSubject: incremental\n\n'
	head -c 8000000 /dev/zero | base64
} >"$work/large"
imap_put "$work/large" >/dev/null
letter
imap_put "$work/letter" >/dev/null
ok "a letter behind one that is too large comes in" \
	wait_for 20 serves a "$fpr"
ok "the large one is named" wait_for 10 said 'outcome=left.*over the limit'
ok "and stays" folder_has 3

# ---- restarts ----------------------------------------------------------------
ok "A stops in order" stop_server a
letter
imap_put "$work/letter" >/dev/null
# Somebody reads mail while we are away.
imap_do "uid('STORE', '1:*', '+FLAGS', '(\\\\Seen)')" >/dev/null
run_server a
ok "A starts again" wait_ready a
ok "what came meanwhile comes in, though somebody has read it" \
	wait_for 30 serves a "$fpr"
ok "and goes" wait_for 20 folder_has 3
is "the large one was named once" \
	"$(grep -c 'over the limit' "$work/a/log")" 1

# ---- the server goes away, and comes back with other UIDs ---------------------
imap_stop
ok "a lost server is told of" wait_for 20 said 'event=imap state=down'
rm -rf "$work/imap/mail/pks"
ok "dovecot starts again" imap_start
letter
imap_put "$work/letter" >/dev/null
ok "we come back by ourselves" wait_for 90 serves a "$fpr"
ok "new UIDs are noticed" said 'state=new-uids'
ok "and the letter goes" wait_for 20 folder_has 0

# ---- who may not be spoken to ----------------------------------------------------
logins() { grep -c 'Login: user=<pks>' "$work/imap/log"; }
refused() { # NAME URL EXTRA WHAT-IS-SAID
	stop_server a >/dev/null
	mv "$work/a/log" "$work/a/log.$next"
	make_server a "$(imap_conf "$2" "$3")"
	before=$(logins)
	run_server a
	ok "$1: is refused" wait_for 30 said "$4"
	is "$1: before anything is said" "$(logins)" "$before"
}
letter
refused "an authority that nobody knows" \
	"imaps://pks@localhost:$imaps_port/INBOX" "" "issuer is unknown"
imap_certificate "$work/imap" elsewhere DNS:elsewhere.example
mv "$work/imap/ca.pem" "$work/imap/ca2.pem"
kill -HUP "$imap_pid"
wait_for 10 sh -c "openssl s_client -connect 127.0.0.1:$imaps_port \
	</dev/null 2>&1 | grep -q CN.*elsewhere"
refused "another name" "imaps://pks@localhost:$imaps_port/INBOX" \
	"tls_ca = $work/imap/ca2.pem" "does not match"
refused "another certificate than the pinned one" \
	"imaps://pks@localhost:$imaps_port/INBOX" \
	"imap_pin = $(printf '%064d' 7)" "not the pinned certificate"
pin=$(openssl x509 -in "$work/imap/cert.pem" -outform DER | sha256sum |
	cut -d ' ' -f 1)
imap_put "$work/letter" >/dev/null
stop_server a >/dev/null
make_server a "$(imap_conf "imaps://pks@localhost:$imaps_port/INBOX" \
	"imap_pin = $pin")"
run_server a
ok "the pinned certificate is taken, whatever its name" \
	wait_for 30 serves a "$fpr"

# ---- clear, and STARTTLS ------------------------------------------------------------
over() { # NAME URL TLS EXTRA
	letter
	imap_put "$work/letter" >/dev/null
	stop_server a >/dev/null
	make_server a "$(imap_conf "$2" "$4" |
		sed "s/^tls = none$/tls = $3/")"
	run_server a
	ok "$1" wait_for 30 serves a "$fpr"
}
over "STARTTLS with a verified certificate" \
	"imap://pks@127.0.0.1:$imap_port" required "imap_pin = $pin"
ok "was encrypted" wait_for 10 grep -q 'TLS, session' "$work/imap/log"
over "in clear where it is written" "imap://pks@127.0.0.1:$imap_port" none ""
stop_server a >/dev/null
imap_stop
done_testing
