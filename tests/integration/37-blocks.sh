#!/bin/bash
# What an administrator takes down goes at once, and comes back by no way: not
# by a form, a letter of a peer that still has it, a load, a restart, a store
# from before.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"

command -v gpg >/dev/null || skip_all "gpg is missing"
command -v curl >/dev/null || skip_all "curl is missing"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is missing"
name="Zebulon Quagmire"
address=zebulon.quagmire@example.org
erased=$(gen_key "$work/keys" "$name <$address>")
blocked=$(gen_key "$work/keys" "Blocked Body <blocked@example.org>")
kept=$(gen_key "$work/keys" "Kept Body <kept@example.org>")
[ -n "$kept" ] || bail "keys are made"
for fpr in "$erased" "$blocked" "$kept"; do
	export_key "$work/keys" "$fpr" >"$work/$fpr.asc"
done
network a:b b:a || bail "A and B start"
for fpr in "$erased" "$blocked" "$kept"; do
	post a "$work/$fpr.asc" >/dev/null
	ok "B comes to serve $fpr" wait_for 30 serves b "$fpr"
done

# answer NAME FILE: the status of a submission
answer() { post "$1" "$2" | tail -n 1; }
# in_files TEXT: A's database and log hold it, as octets
in_files() { grep -aqiF -- "$1" "$work/a/data"/keypost.db*; }
gone() { ! serves a "$1"; }
down() { kp a block add --reason "asked for" --ticket T-17 "$@"; }

# ---- a dry run -----------------------------------------------------------------
down --dry-run --kind erase "$erased" >"$work/out"
is "a dry run succeeds" $? 0
ok "it says how many are stored" grep -q "$erased: would be added, 1 stored" \
	"$work/out"
ok "nothing is down after it" serves a "$erased"
ok "and no file was made" [ ! -e "$work/a/data/tombstones" ]
ok "nor a secret" [ ! -e "$work/a/data/secret" ]

# ---- usage ---------------------------------------------------------------------
kp a block add "$erased" --kind erase >/dev/null 2>&1
is "add without reason and ticket is a usage error" $? 2
kp a block hide "$erased" >/dev/null 2>&1
is "an unknown verb, too" $? 2
down --kind rude "$erased" >/dev/null 2>&1
is "an unknown kind, too" $? 2
down --kind erase 1234 >"$work/out" 2>&1
is "what is no fingerprint is refused" $? 1
ok "and told" grep -q "1234: refused: not a whole fingerprint" "$work/out"
kp a block remove "$erased" >/dev/null 2>&1
is "what is not down cannot be let in again" $? 1
is "and nothing is down" "$(kp a block list)" ""

# ---- erased ----------------------------------------------------------------------
ok "before, the files hold the name" in_files "$name"
before=$(letters a)
down --kind erase "$erased" >"$work/out"
is "a key is erased" $? 0
ok "it is not served" gone "$erased"
is "nor found by its address" "$(http a "/pks/lookup?op=get&search=$address" \
	-o /dev/null -w '%{http_code}')" 404
ok "no file of the store holds the name" sh -c "! grep -aqiF '$name' \
	'$work/a/data'/keypost.db*"
ok "nor the address" sh -c "! grep -aqiF '$address' \
	'$work/a/data'/keypost.db*"
ok "the person who asked gets a text, with the ticket" \
	grep -q "^Ticket: T-17" "$work/out"
ok "the key" grep -q "  $erased" "$work/out"
ok "and what cannot be done" grep -q "We have no say over other servers" \
	"$work/out"
ok "the log names ticket and user" grep -q \
	"event=block action=add kind=erase .*erased=1 .*ticket=\"T-17\" by=uid:$(id -u)" \
	"$work/a/log"
ok "and nothing of the key" sh -c "! grep -qi -e '$erased' -e '$name' \
	'$work/a/log'"
ok "the file of tombstones does not name it either" sh -c \
	"! grep -qi '$erased' '$work/a/data/tombstones'"
is "the list tells it by its ticket" \
	"$(kp a block list --json | grep -c '"ticket":"T-17"')" 1
kp a block list "$erased" >/dev/null
is "who knows the key can ask about it" $? 0
kp a block list "$kept" >/dev/null
is "another one is not down" $? 1

# ---- it does not come back ---------------------------------------------------------
is "a form is answered 422" "$(answer a "$work/$erased.asc")" 422
post a "$work/$erased.asc" >"$work/out"
ok "in words" grep -q "$erased not accepted here" "$work/out"
ok "the log says blocked" grep -q "event=add outcome=blocked" "$work/a/log"
GNUPGHOME=$work/keys/gnupg gpg --batch --quiet --no-tty --passphrase '' \
	--pinentry-mode loopback --quick-add-uid "$erased" \
	"Zebulon Twice <twice@example.org>" 2>/dev/null
export_key "$work/keys" "$erased" >"$work/more.asc"
is "another packet does not help" "$(answer a "$work/more.asc")" 422
kp a load "$work/more.asc" >"$work/out" 2>&1
ok "a load beside the daemon is refused" grep -q "blocked" "$work/out"
ok "nothing of it is there" gone "$erased"
is "B, which still has it, takes what is new" \
	"$(answer b "$work/more.asc")" 200
refused_again() {
	grep -q "event=letter .*refused=[1-9]" "$work/a/log"
}
sent_to_a() { [ "$(letters b)" -ge 1 ]; }
ok "and sends it to A" wait_for 30 sent_to_a
ok "where it is refused" wait_for 30 refused_again
ok "A stays without" gone "$erased"
ok "B still serves it" serves b "$erased"
is "A told nobody of the erasure" "$(letters a)" "$before"
printf 'From: somebody@example.org\nSubject: ADD\n\n' |
	cat - "$work/more.asc" | kp a deliver
settled() { [ -z "$(find "$work/a/data/spool/new" -type f)" ]; }
ok "a letter of a stranger is read" wait_for 20 settled
ok "and brings nothing back" gone "$erased"
stop_server a
is "A stops" $? 0
kp a load --again "$work/more.asc" >"$work/out" 2>&1
ok "a load without the daemon is refused" grep -q "blocked" "$work/out"
run_server a
ok "A starts again" wait_ready a
ok "still without" gone "$erased"
is "and still says no" "$(answer a "$work/$erased.asc")" 422
ok "the name did not creep in" sh -c "! grep -aqiF -e '$name' -e '$address' \
	'$work/a/data'/keypost.db*"

# ---- blocked -------------------------------------------------------------------------
down -q --kind block "$blocked" >/dev/null
ok "a blocked key without a revocation is gone" gone "$blocked"
is "it is refused" "$(answer a "$work/$blocked.asc")" 422
sed 's/^:---/---/' "$work/keys/gnupg/openpgp-revocs.d/$blocked.rev" \
	>"$work/rev.asc"
GNUPGHOME=$work/keys/gnupg gpg --batch --quiet --import "$work/rev.asc" 2>/dev/null
export_key "$work/keys" "$blocked" >"$work/revoked.asc"
is "its revocation lands" "$(answer a "$work/revoked.asc")" 200
http a "/pks/lookup?op=get&options=mr&search=0x$blocked" >"$work/got.asc"
is "the bare key and its revocation are served" \
	"$(gpg --list-packets "$work/got.asc" 2>/dev/null |
		sed -n 's/^:\([a-z ]*\) packet:.*/\1/p' | tr '\n' ,)" \
	"public key,signature,"

# ---- user IDs ----------------------------------------------------------------------
down -q --kind uid KEPT@example.org >/dev/null
is "a user ID goes by its address" \
	"$(http a "/pks/lookup?op=index&options=mr&search=0x$kept" |
		grep -c '^uid:')" 0
is "by its address it is not found" "$(http a \
	"/pks/lookup?op=get&search=kept@example.org" -o /dev/null \
	-w '%{http_code}')" 404
kp a block remove -q --kind uid kept@example.org >/dev/null
is "it can be let in again" $? 0
post a "$work/$kept.asc" >/dev/null
ok "and comes by the next submission" serves a "$kept"

# ---- many at once, and look-ups meanwhile ---------------------------------------------
mkdir "$work/many"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/many" 1000 37 >/dev/null ||
	bail "a thousand keys are made"
kp a load -q "$work/many" >/dev/null 2>&1
for f in "$work/many"/*; do
	"$top_builddir/tests/tools/kpdigest" "$f" | cut -d ' ' -f 1
done >"$work/fprs"
is "a thousand keys are there" "$(wc -l <"$work/fprs")" 1000
ok "and served" serves a "$(sed -n 500p "$work/fprs")"
stored=$(cert_count a)
(while [ ! -e "$work/stop" ]; do
	serves a "$kept" || echo missed
done >"$work/missed") &
looker=$!
pids="$pids $looker"
start=$(date +%s%N)
kp a block add - -q --kind erase --reason batch --ticket T-1000 <"$work/fprs" \
	>"$work/out"
is "all are erased in one go" $? 0
echo "# 1000 at once: $((($(date +%s%N) - start) / 1000000)) ms"
touch "$work/stop"
wait "$looker"
is "look-ups were answered meanwhile" "$(cat "$work/missed")" ""
is "a thousand certificates less" "$(cert_count a)" $((stored - 1000))
ok "the last is gone, too" gone "$(sed -n 1000p "$work/fprs")"
{
	sed -n 1,3p "$work/fprs"
	echo rubbish
} | kp a block remove - >"$work/out"
is "some of several: exit 4" $? 4
ok "each is told" grep -q "rubbish: refused" "$work/out"

# ---- a store from before --------------------------------------------------------------
stop_server b
mkdir "$work/old"
cp "$work/b/data"/keypost.db* "$work/old" # B's store has what A erased
stop_server a
rm -f "$work/a/data"/keypost.db*
cp "$work/old"/keypost.db* "$work/a/data/"
kp a dump - >"$work/dump" 2>"$work/out"
is "nothing is dumped before the daemon went through it" $? 1
is "not an octet" "$(wc -c <"$work/dump")" 0
ok "and it says what to do" grep -q "start the daemon" "$work/out"
kp a policy simulate --level clean --json >"$work/out"
ok "simulate leaves out what is down" grep -q '"verdict": *"blocked"' \
	"$work/out"
run_server a
ok "A starts on another store" wait_ready a
ok "which no longer has the erased key" gone "$erased"
ok "nor its name on any page" sh -c "! grep -aqiF '$name' \
	'$work/a/data'/keypost.db*"
ok "other keys stay" serves a "$kept"
kp a dump - >"$work/dump" 2>/dev/null
is "now they are dumped" $? 0

# ---- damage ------------------------------------------------------------------------------
stop_server a
cp "$work/a/data/tombstones" "$work/tombstones"
echo "damaged" >>"$work/a/data/tombstones"
line=$(wc -l <"$work/a/data/tombstones")
"$top_builddir/keypostd" -f -c "$work/a/keypost.conf" >"$work/out" 2>&1
is "a damaged line keeps it from starting" $? 1
ok "and is named" grep -q "tombstones:$line: " "$work/out"
cp "$work/tombstones" "$work/a/data/tombstones"
mv "$work/a/data/secret" "$work/secret"
"$top_builddir/keypostd" -f -c "$work/a/keypost.conf" >"$work/out" 2>&1
is "so does a missing secret" $? 1
ok "with the reason" grep -q "cannot be used without .*secret" "$work/out"
kp a load --again "$work/$erased.asc" >"$work/out" 2>&1
ok "a load without the daemon refuses, too" grep -q "secret" "$work/out"
mv "$work/secret" "$work/a/data/secret"
kp a block list >/dev/null 2>&1
is "without a daemon nothing is listed: exit 3" $? 3

# ---- a crash between the tombstone and the rows -------------------------------------
if [ "${KEYPOST_CRASH_POINTS:-no}" = yes ]; then
	for point in tombstone-written rows-cleared; do
		victim=$(sed -n 1p "$work/fprs")
		sed -i 1d "$work/fprs"
		run_server a
		wait_ready a
		kp a block remove -q "$victim" >/dev/null
		kp a load --again -q "$work/many" >/dev/null 2>&1
		ok "$point: the key is there" serves a "$victim"
		stop_server a
		export KEYPOST_CRASH_POINT=$point
		run_server a
		unset KEYPOST_CRASH_POINT
		disown "$a_pid"
		wait_ready a
		down -q --kind erase "$victim" >/dev/null 2>&1
		is "$point: the daemon dies there" $? 3
		run_server a
		ok "$point: it starts again" wait_ready a
		ok "$point: the key is gone" gone "$victim"
		is "$point: and refused" "$(kp a block list "$victim" |
			grep -c erase)" 1
		stop_server a
	done
else
	skip "a crash between tombstone and rows" "built without crash points"
fi
done_testing
