#!/bin/bash
# An IMAP server that lies, floods, drops and forgets: no letter is lost, none
# is fetched again and again, and memory is bounded.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"

mkdir "$work/keys" "$work/hell" "$work/hell/letters"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" 40 54 ||
	bail "keys are made"
keys=("$work"/keys/*)
next=0
hell_port=$(free_ports 1)
(umask 077 && echo "a test's own secret" >"$work/password")
touch "$work/hell/log"
python3 "$top_srcdir/tests/tools/imap-hell.py" "$hell_port" "$work/hell" &
pids="$pids $!"

fpr_of() { "$top_builddir/tests/tools/kpdigest" "$1" | cut -d ' ' -f 1; }
# letter: the next key as a message; sets fpr and uid
letter() {
	f=${keys[next++]}
	uid=$next
	fpr=$(fpr_of "$f")
	printf 'From: pks@peer.example\nSubject: incremental\nMessage-ID: <%s@peer.example>\n\n' \
		"$next" | cat - "$f" >"$work/hell/new"
	mv "$work/hell/new" "$work/hell/letters/$(printf %04d $next)"
}
modes() { printf '%s\n' "$@" >"$work/hell/m" && mv "$work/hell/m" "$work/hell/modes"; }
logged() { grep -qE "$1" "$work/hell/log"; }
count() { grep -cE "$1" "$work/hell/log"; }

modes good
start_server a "[mail]
address = pks@a.example
relay = smtp://127.0.0.1:9
imap = imap://pks@127.0.0.1:$hell_port/INBOX
imap_password_file = $work/password" || bail "A starts"
letter
ok "a good server: the letter comes in" wait_for 30 serves a "$fpr"
ok "and is let go of by its UID" wait_for 10 logged "^good UID EXPUNGE $uid\$"

# peak: the most memory that a process of the agent ever had, in KiB
peak=0
# children PID: of the process, and theirs
children() {
	for c in $(cat "/proc/$1/task"/*/children 2>/dev/null); do
		echo "$c"
		children "$c"
	done
}
watch_memory() {
	while kill -0 "$a_pid" 2>/dev/null; do
		for p in $(children "$a_pid"); do
			grep -qx keypost-mail "/proc/$p/comm" 2>/dev/null &&
				awk '/VmHWM/ { print $2 }' "/proc/$p/status" 2>/dev/null
		done
		sleep 0.05
	done >"$work/peaks"
}
watch_memory &
pids="$pids $!"

# ---- one bad session each, then a good one: the letter must come --------------
for mode in endless-line endless-answer huge-literal bad-literal lying-size \
	wrong-tag deep drop-greeting drop-literal drop-store refuse-store many \
	preauth; do
	# The idle session before ends when it sees modes, which it does
	# before it sees letters; a second later ours begins.
	modes $mode good
	letter
	ok "$mode: the letter is not lost" wait_for 60 serves a "$fpr"
	ok "$mode: it is let go of in the end" \
		wait_for 60 logged "^(good|preauth) UID EXPUNGE (.*,)?$uid(,|\$)"
	ok "$mode: one bad session was enough" \
		[ "$(count "^$mode CONNECT")" -eq 1 ]
done
ok "what was taken is not fetched again, only let go of" \
	[ "$(count "UID FETCH $next .*BODY")" -le 2 ]
modes new-uids
letter
ok "new UIDs: the letter comes in" wait_for 30 serves a "$fpr"
ok "and goes" wait_for 20 logged "^new-uids UID EXPUNGE $uid\$"
# ---- a message at which every session ends -------------------------------------
modes lying-size lying-size lying-size good
letter
stuck=$uid
letter
# The letter that lies is the first of the two.
ok "a message that ends each session is left" \
	wait_for 90 serves a "$fpr"
ok "that is told" grep -q "uid=$stuck outcome=left" "$work/a/log"
is "it was tried three times" "$(count "^lying-size UID FETCH $stuck .*BODY")" 3

# ---- kill -9 between the commit and the expunge ---------------------------------
modes stall-store good
letter
ok "the letter is stored, and not let go of yet" \
	wait_for 30 logged "^stall-store UID STORE $uid "
killed=$fpr
kill_server a
run_server a
ok "after kill -9 it starts again" wait_ready a
ok "the letter is there" serves a "$killed"
ok "it is seen once more, and let go of" \
	wait_for 30 logged "^good UID EXPUNGE (.*,)?$uid(,|\$)"

# ---- without IDLE and UIDPLUS ---------------------------------------------------
modes plain
letter
ok "no UIDPLUS, no IDLE: the letter comes in" wait_for 30 serves a "$fpr"
ok "it is marked as read, not deleted" \
	wait_for 10 logged "^plain UID STORE $uid .*Seen"
is "EXPUNGE was never said" "$(count '^[a-z-]* EXPUNGE')" 0
is "nor was a body fetched in a way that marks it" \
	"$(count 'FETCH .* BODY\[')" 0
is "the password was not said to a log" "$(grep -c "own secret" "$work/a/log")" 0

sleep 0.2
most=$(sort -n "$work/peaks" | tail -n 1)
echo "# most memory of a process of the agent: ${most:-?} KiB"
case ${KEYPOST_SANITIZER:-no} in
no) ok "memory is bounded" [ "${most:-999999}" -lt 98304 ] ;;
*) skip "memory is bounded" "a sanitizer has its own" ;;
esac
is "the agent lives: one start of it for each of ours" \
	"$(grep -c 'event=agent state=up' "$work/a/log")" 2
done_testing
