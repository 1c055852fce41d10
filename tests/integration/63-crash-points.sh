#!/bin/bash
# At each named point the process dies as by kill -9; what must hold after a
# restart is in the row of that point.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
[ "${KEYPOST_CRASH_POINTS:-no}" = yes ] ||
	skip_all "built without crash points"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

mkdir "$work/keys"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" 24 63 ||
	bail "keys are made"
keys=("$work"/keys/*)
next=0
network a:b b:a || bail "A and B start"

fpr_of() { "$top_builddir/tests/tools/kpdigest" "$1" | cut -d ' ' -f 1; }
# changes: how many records A's log ever got
changes() {
	sqlite3 "file:$work/a/data/keypost.db?mode=ro" \
		"SELECT coalesce(max(seq), 0) FROM sqlite_sequence
		WHERE name = 'change'"
}
letter_of() {
	printf 'From: pks@b.example\nSubject: incremental\nX-KeyServer-Sent: %s\n\n' \
		pks@b.example | cat - "$1"
}
# armed POINT: A runs again, and will die there
armed() {
	stop_server a >/dev/null 2>&1
	export KEYPOST_CRASH_POINT=$1
	run_server a
	disown "$a_pid" # its death is no news
	unset KEYPOST_CRASH_POINT
	wait_ready a || true # a point of the start itself
}
# The peers' rows stand since the first start: nothing is written before a key.

restart() {
	stop_server a >/dev/null 2>&1
	run_server a
	wait_ready a
}
daemon_died() { ! kill -0 "$a_pid" 2>/dev/null || lib_is_zombie "$a_pid"; }
lib_is_zombie() { grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null; }

# over_http POINT STORED: a submission meets the point. STORED says whether the
# certificate must be (yes), must not be (no) there after the restart.
over_http() {
	f=${keys[next++]}
	fpr=$(fpr_of "$f")
	armed "$1"
	before=$(changes)
	ok "$1: the daemon runs until then" is_ready a
	answer=$(post a "$f" 2>/dev/null | tail -n 1)
	ok "$1: the daemon dies there" wait_for 10 daemon_died
	ok "$1: it starts again" restart
	if [ "$2" = no ]; then
		is "$1: there was no answer" "$answer" 000
		ok "$1: nothing is stored" sh -c "! curl -sf -o /dev/null \
			'http://127.0.0.1:$a_port/pks/lookup?op=get&search=0x$fpr'"
		ok "$1: it can be sent again" [ 200 = "$(post a "$f" |
			tail -n 1)" ]
	else
		ok "$1: it is stored" serves a "$fpr"
		is "$1: by one change" "$(changes)" $((before + 1))
	fi
	ok "$1: B comes to serve it" wait_for 30 serves b "$fpr"
}
over_http body-read no
over_http queued no
over_http in-txn no
over_http committed yes
over_http answered yes
over_http relay-ok yes
over_http cursor-moved yes


# The process of one outgoing session dies; the daemon lives and tries again.
f=${keys[next++]}
fpr=$(fpr_of "$f")
armed dot-sent
twice() { grep -c 'peer=a .*outcome=duplicate' "$work/b/log"; }
before=$(twice)
ok "dot-sent: A takes a key" [ 200 = "$(post a "$f" | tail -n 1)" ]
sent_again() { [ "$(twice)" -gt "$before" ]; }
ok "dot-sent: its fate unknown, the letter goes again, and B sees that" \
	wait_for 30 sent_again
ok "dot-sent: B serves it" serves b "$fpr"
ok "dot-sent: A starts again" restart

# A change keeps to its letter: the range names it, whatever happened between.
ranges() {
	cat "$work"/a/letters/* | sed -n 's/^Message-ID: //p' | sort -u |
		sed 's/.*\.\([0-9]*-[0-9]*\)\..*/\1/' | sort
}
is "no change travelled under two Message-IDs" "$(ranges | uniq -d)" ""

# ---- letters in --------------------------------------------------------------
f=${keys[next++]}
fpr=$(fpr_of "$f")
letter_of "$f" >"$work/letter"
KEYPOST_CRASH_POINT=spool-tmp kp a deliver <"$work/letter" 2>/dev/null
ok "spool-tmp: deliver dies, so the MTA keeps the letter" [ $? -ne 0 ]
ok "spool-tmp: and nothing is stored" sh -c "! curl -sf -o /dev/null \
	'http://127.0.0.1:$a_port/pks/lookup?op=get&search=0x$fpr'"
ok "spool-tmp: the MTA tries again" sh -c "'$top_builddir/keypost' \
	-c '$work/a/keypost.conf' deliver <'$work/letter'"
ok "spool-tmp: then it is stored" wait_for 20 serves a "$fpr"

f=${keys[next++]}
fpr=$(fpr_of "$f")
letter_of "$f" >"$work/letter"
changed=$(changes)
KEYPOST_CRASH_POINT=spool-renamed kp a deliver <"$work/letter" 2>/dev/null
ok "spool-renamed: deliver dies before it can say yes" [ $? -ne 0 ]
ok "spool-renamed: the letter is processed all the same" \
	wait_for 20 serves a "$fpr"
ok "spool-renamed: and may be delivered twice" sh -c "'$top_builddir/keypost' \
	-c '$work/a/keypost.conf' deliver <'$work/letter'"
spool_empty() { [ -z "$(find "$work/a/data/spool/new" -type f)" ]; }
ok "spool-renamed: the second is worked off" wait_for 20 spool_empty
is "spool-renamed: by one change" "$(changes)" $((changed + 1))

f=${keys[next++]}
fpr=$(fpr_of "$f")
letter_of "$f" >"$work/letter"
armed letter-committed
changed=$(changes)
agent_deaths() { grep -c 'event=agent state=up' "$work/a/log"; }
before=$(agent_deaths)
kp a deliver <"$work/letter"
agent_came_back() { [ "$(agent_deaths)" -gt "$before" ]; }
ok "letter-committed: the agent dies there and comes back" \
	wait_for 20 agent_came_back
ok "letter-committed: the certificate is stored" serves a "$fpr"
ok "letter-committed: it starts again" restart
ok "letter-committed: the letter is let go of" wait_for 30 spool_empty
is "letter-committed: by one change" "$(changes)" $((changed + 1))

# ---- the store itself --------------------------------------------------------
stop_server a >/dev/null 2>&1
digests a >"$work/before"
armed checkpoint
ok "checkpoint: the daemon dies there" sh -c "
	for i in \$(seq 100); do
		curl -s -o /dev/null --data-urlencode 'keytext@${keys[next++]}' \
			'http://127.0.0.1:$a_port/pks/add' || exit 0
		kill -0 $a_pid 2>/dev/null || exit 0
		grep -q '^State:.*Z' /proc/$a_pid/status && exit 0
		sleep 0.1
	done
	exit 1"
ok "checkpoint: it starts again" restart
digests a >"$work/after"
is "checkpoint: all that was there is there" \
	"$(comm -23 "$work/before" "$work/after")" ""
stop_server a
rm -rf "$work/a/data"
armed migrate
ok "migrate: a new store that dies while it is made" wait_for 5 daemon_died
ok "migrate: is made by the next start" restart
stop_server a
is "A stops well" $? 0
is "the database is whole" "$(sqlite3 "$work/a/data/keypost.db" \
	"PRAGMA integrity_check")" ok
done_testing
