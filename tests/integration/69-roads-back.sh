#!/bin/bash
# What was taken down comes back by none of five roads: a form, a letter, a
# load (beside the daemon and without one), a restored backup, a peer that
# still has it. Of each kind: a key that was erased, one that is blocked, a
# user ID. On each road something travels along that may come in, so that it
# is known to lead there.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v gpg >/dev/null || skip_all "gpg is missing"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is missing"
data=$work/a/data

# ---- who there is ---------------------------------------------------------------
kinds="erase block uid"
erase_name="Erasmus Gone" erase_mail=erasmus@gone.example
block_name="Blockhild Shut" block_mail=blockhild@shut.example
uid_name="Ursula Former" uid_mail=ursula@former.example
gpg_in_keys() {
	GNUPGHOME=$work/keys/gnupg gpg --batch --quiet --no-tty \
		--passphrase '' --pinentry-mode loopback "$@" 2>/dev/null
}
for kind in $kinds; do
	eval "name=\$${kind}_name mail=\$${kind}_mail"
	fpr=$(gen_key "$work/keys" "$name <$mail>")
	[ -n "$fpr" ] || bail "keys are made"
	eval "$kind=$fpr"
done
# She has another user ID, which stays.
gpg_in_keys --quick-add-uid "$uid" "Ursula Latter <ursula@latter.example>"
network a:b b:a || bail "A and B start"
# guest: a key that nobody minds; sets guest and writes $work/guest.asc
guest_n=0
guest() {
	guest_n=$((guest_n + 1))
	guest=$(gen_key "$work/keys" "Guest $guest_n <guest@$guest_n.example>")
	export_key "$work/keys" "$guest" >"$work/guest.asc"
}
# luggage: all three keys, each with one user ID more than the last time, and a
# guest, in $work/luggage.asc
luggage() {
	guest
	for kind in $kinds; do
		eval "fpr=\$$kind"
		gpg_in_keys --quick-add-uid "$fpr" \
			"Once More <$kind@$guest_n.example>"
	done
	GNUPGHOME=$work/keys/gnupg gpg --batch --armor --export "$erase" \
		"$block" "$uid" "$guest" >"$work/luggage.asc" 2>/dev/null
}
luggage
is "A takes all of them" "$(post a "$work/luggage.asc" | tail -n 1)" 200
for kind in $kinds; do
	eval "fpr=\$$kind"
	ok "B comes to serve the one to $kind" wait_for 30 serves b "$fpr"
done
kp a backup "$work/backup" >/dev/null
is "A is backed up" $? 0
in_backup() { grep -aqF "$1" "$work/backup"; }
for kind in $kinds; do
	eval "mail=\$${kind}_mail"
	ok "$mail is in the backup" in_backup "$mail"
done

# ---- taken down -------------------------------------------------------------------
GNUPGHOME=$work/keys/gnupg gpg --batch --quiet --import 2>/dev/null <<X
$(sed 's/^:---/---/' "$work/keys/gnupg/openpgp-revocs.d/$block.rev")
X
export_key "$work/keys" "$block" >"$work/revoked.asc"
for kind in $kinds; do
	eval "what=\$$kind"
	[ "$kind" != uid ] || what=$uid_mail
	kp a block add -q --kind "$kind" --reason test --ticket T-5 \
		"$what" >/dev/null
	is "$kind: it is taken down" $? 0
done
is "the blocked one's revocation lands" \
	"$(post a "$work/revoked.asc" | tail -n 1)" 200

status_of() { http a "$1" -o /dev/null -w '%{http_code}'; }
found() { status_of "/pks/lookup?op=index&options=mr&search=$1"; }
index_of() { http a "/pks/lookup?op=index&options=mr&search=0x$1"; }
in_store() { grep -aqiF -- "$1" "$data"/keypost.db*; }
not_in_store() { ! in_store "$1"; }
# down WHEN: nothing of what was taken down is here, and the rest is
down() {
	is "$1: the erased key is not served" \
		"$(status_of "/pks/lookup?op=get&search=0x$erase")" 404
	is "$1: nor found by its address" "$(found $erase_mail)" 404
	ok "$1: nor is its name in the store" not_in_store "$erase_name"
	is "$1: of the blocked one key and revocation are served" \
		"$(http a "/pks/lookup?op=get&options=mr&search=0x$block" |
			gpg --list-packets 2>/dev/null |
			sed -n 's/^:\([a-z ]*\) packet:.*/\1/p' | tr '\n' ,)" \
		"public key,signature,"
	is "$1: and not found by its address" "$(found $block_mail)" 404
	ok "$1: nor is its name in the store" not_in_store "$block_name"
	is "$1: the user ID is not found by its address" "$(found $uid_mail)" 404
	is "$1: nor on its key" "$(index_of "$uid" |
		grep -c "^uid:.*$uid_name")" 0
	ok "$1: nor is it in the store" not_in_store "$uid_name"
	ok "$1: the other user ID is there" has_other
}
has_other() { index_of "$uid" | grep -q "^uid:Ursula Latter"; }
down "taken down"

# ---- the file, edited while the server runs -------------------------------------------
# What is in force is in memory; only keypost block changes it.
lines() { grep -vc '^#' "$data/tombstones"; }
is "the file has a line for each" "$(lines)" 3
sed -i '/^#/!d' "$data/tombstones"
is "somebody empties it" "$(lines)" 0
kill -HUP "$a_pid"
ok "SIGHUP rereads the configuration" wait_for 10 \
	grep -q "event=reload outcome=done" "$work/a/log"
is "but lets nothing in" \
	"$(kp a block list --json | grep -c '"ticket":"T-5"')" 3
export_key "$work/keys" "$erase" >"$work/erase.asc"
is "the erased key is refused as before" \
	"$(post a "$work/erase.asc" | tail -n 1)" 422
kp a block add -q --kind uid --reason test --ticket T-6 \
	nobody@nowhere.example >/dev/null
is "the next take-down writes the file whole" "$(lines)" 4
kp a block remove -q --kind uid nobody@nowhere.example >/dev/null
down "after SIGHUP"

# ---- five roads ---------------------------------------------------------------------
luggage
is "a form with all of it is answered, for its guest" \
	"$(post a "$work/luggage.asc" | tail -n 1)" 200
ok "form: the guest is in" serves a "$guest"
down form
post a "$work/luggage.asc" >"$work/out"
ok "form: it says what is not accepted" \
	grep -q "$erase not accepted here" "$work/out"

luggage
printf 'From: somebody@example.org\nSubject: ADD\n\n' |
	cat - "$work/luggage.asc" | kp a deliver
is "a letter of a stranger is taken" $? 0
ok "letter: the guest is in" wait_for 30 serves a "$guest"
down letter

luggage
kp a load "$work/luggage.asc" >"$work/out" 2>&1
ok "load: the guest is in" serves a "$guest"
ok "load: it says blocked" grep -q "blocked" "$work/out"
down load

for k in 1 2; do
	luggage
	post b "$work/luggage.asc" >/dev/null
	ok "peer: the guest comes from B ($k)" wait_for 60 serves a "$guest"
	ok "peer: B has the erased key" serves b "$erase"
	down "peer ($k)"
done

luggage
stop_server a
is "A stops" $? 0
kp a load "$work/luggage.asc" >"$work/out" 2>&1
ok "load without a daemon: it says blocked" grep -q "blocked" "$work/out"
run_server a
ok "A starts again" wait_ready a
ok "load without a daemon: the guest is in" serves a "$guest"
down "load without a daemon"
latest=$guest

stop_server a
kp a restore "$work/backup" >"$work/out" 2>&1
is "the backup is restored" $? 0
for kind in $kinds; do
	eval "mail=\$${kind}_mail"
	ok "restore: $mail is in the store that was" in_backup "$mail"
done
# What was put aside is no longer the store.
run_server a
ok "A starts on it" wait_ready a
is "restore: what came later is not there" \
	"$(status_of "/pks/lookup?op=get&search=0x$latest")" 404
is "the blocked one's revocation lands again" \
	"$(post a "$work/revoked.asc" | tail -n 1)" 200
down restore

luggage
post b "$work/luggage.asc" >/dev/null
ok "restore: the guest comes from B" wait_for 60 serves a "$guest"
down "restore, and a peer"
ok "B still has the erased key" serves b "$erase"
stop_server a
stop_server b
done_testing
