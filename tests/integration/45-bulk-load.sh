#!/bin/bash
# keypost load fills an empty store in bulk. However it ends, by kill -9 at any
# moment (KEYPOST_KILLS times) or with the disk full, the same command again
# finishes, and the store is the one that a load by rows makes.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
kills=${KEYPOST_KILLS:-20}
RANDOM=${KEYPOST_SEED:-$$}
echo "# KEYPOST_SEED=${KEYPOST_SEED:-$$} KEYPOST_KILLS=$kills"
mounted=
unmount() { for m in $mounted; do umount -l "$m" 2>/dev/null; done; lib_cleanup; }
trap unmount EXIT
fact() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
server() { make_server "$1" "[server]
level = sks"; }

# What a store holds and finds, whatever the numbers of its rows are.
ask() {
	sqlite3 "$work/$1/data/keypost.db" "
	SELECT hex(fpr), hex(sks_digest), level, hex(search), octets_sum
		FROM cert ORDER BY fpr, body_sha256;
	SELECT hex(handle), hex(fpr), role FROM subkey k JOIN cert c
		ON c.id = k.cert ORDER BY handle, fpr;
	SELECT count(*) FROM subkey;
	SELECT hex(sks_digest) FROM cert INDEXED BY cert_by_digest
		ORDER BY sks_digest;
	SELECT name, sql FROM sqlite_schema ORDER BY name;
	SELECT count(*) FROM change;
	PRAGMA journal_mode;
	PRAGMA integrity_check;"
}

# ---- by rows, and in bulk ----------------------------------------------------
gen=$top_builddir/tests/bench/gen-keys
"$gen" 3000 43 >"$work/ring" || bail "keys are made"
"$gen" -f 5000 1 43 >"$work/first"
"$gen" -f 1000 1500 43 >"$work/twice"
cat "$work/first" "$work/ring" >"$work/all"
server rows
# With a row in it the store is not empty: what follows goes the other way.
kp rows load -q "$work/first" && kp rows load -q "$work/ring"
is "a load by rows" "$(sqlite3 "$work/rows/data/keypost.db" \
	'SELECT count(*) FROM cert')" 3001
# Which has a change for each; a first load has none.
sqlite3 "$work/rows/data/keypost.db" "DELETE FROM change" || bail "no log"
ask rows >"$work/want"
server bulk
kp bulk load --json "$work/first" "$work/ring" "$work/twice" >"$work/out"
is "in bulk, some keys twice" \
	"$(fact new <"$work/out") $(fact unchanged <"$work/out")" "3001 1500"
ask bulk >"$work/got"
ok "gives the same store" cmp "$work/want" "$work/got"
ok "without what it sorted by" [ -z "$(ls "$work/bulk/data" | grep -E 'sort|journal')" ]

# One half of a certificate here, another there: they are one.
gpg_home=$work/gnupg
mkdir -m 700 "$gpg_home"
export GNUPGHOME=$gpg_home
gpg -q --batch --passphrase '' --quick-gen-key 'One <one@example.org>' \
	ed25519 default never 2>/dev/null || bail "a key"
gpg -q --export 2>/dev/null >"$work/a"
gpg -q --batch --passphrase '' --quick-add-uid one@example.org \
	'Two <two@example.org>' 2>/dev/null
gpg -q --batch --passphrase '' --quick-add-key "$(gpg --list-keys \
	--with-colons | awk -F: '/^fpr/ { print $10; exit }')" cv25519 2>/dev/null
gpg -q --export 2>/dev/null >"$work/b"
gpg -q --batch --export-secret-keys 2>/dev/null >"$work/secret"
unset GNUPGHOME
server parts
kp parts load --json "$work/ring" "$work/a" "$work/b" >"$work/out"
is "what comes again with more is updated" \
	"$(fact new <"$work/out") $(fact updated <"$work/out")" "3001 1"
ok "and found by what came later" kp parts search two@example.org
server joined
kp joined load -q "$work/b"
digest="SELECT hex(sks_digest) FROM cert WHERE id = (SELECT max(id) FROM cert)"
is "as if it had come at once" \
	"$(sqlite3 "$work/parts/data/keypost.db" "$digest")" \
	"$(sqlite3 "$work/joined/data/keypost.db" "$digest")"
is "each of its keys has one row" "$(sqlite3 "$work/parts/data/keypost.db" \
	"SELECT count(*) FROM subkey WHERE cert = (SELECT max(id) FROM cert)")" 2

# ---- damaged dumps -----------------------------------------------------------
size=$(stat -c %s "$work/ring")
{ cat "$work/first" "$work/secret" "$work/ring"; } >"$work/with-secret"
head -c $((size - 100)) "$work/ring" >"$work/cut"
{ cat "$work/first"; head -c 5000 /dev/zero; cat "$work/ring"; } >"$work/noise"
{ cat "$work/first"; printf '\xCB\x06bHello'; cat "$work/ring"; } >"$work/literal"
: >"$work/nothing"
damaged() { # FILE NEW STATUS WHAT
	bad=bad_${1//-/_}
	server "$bad"
	kp "$bad" load --json "$work/$1" >"$work/out" 2>"$work/err"
	damaged_status=$?
	is "$1: what is good is loaded" \
		"$damaged_status $(fact new <"$work/out")" "$3 $2"
	ok "$1: and it says what was not" grep -q "$4" "$work/out" "$work/err"
	is "$1: the store is whole" "$(sqlite3 \
		"$work/$bad/data/keypost.db" 'PRAGMA integrity_check')" ok
}
damaged with-secret 3001 4 '"secret": *[1-9]'
damaged cut 3000 4 'cut: .*the rest is skipped'
damaged noise 3001 4 'noise: .*skipped: 5000 octets'
damaged literal 3001 0 '"new": *3001'
damaged nothing 0 1 'nothing: empty'

# ---- kill -9 -----------------------------------------------------------------
# A little later each time; now and then from an empty store.
i=0
wait_ms=5
server killed
cp "$work/all" "$work/kill"
while [ "$i" -lt "$kills" ]; do
	"$top_builddir/keypost" -c "$work/killed/keypost.conf" load -q \
		"$work/kill" 2>"$work/err" &
	load=$!
	pids="$pids $load"
	# Not to wait for something: a random moment is what is tried.
	sleep "0.$(printf %03d $((wait_ms + RANDOM % 30)))"
	if kill -9 "$load" 2>/dev/null; then
		wait "$load" 2>/dev/null
		i=$((i + 1))
		wait_ms=$(((wait_ms + 25) % 900))
	else
		# It came to its end: there is nothing left to interrupt.
		wait "$load" 2>/dev/null
		wait_ms=5
		rm -f "$work"/killed/data/*
	fi
	[ $((i % 5)) -ne 4 ] || rm -f "$work"/killed/data/*
done
kp killed load -q "$work/kill" 2>"$work/err"
is "killed $kills times, the next load ends" "$?" 0
sqlite3 "$work/killed/data/keypost.db" "DELETE FROM change"
ask killed >"$work/got"
ok "and in the end it is the same" cmp "$work/want" "$work/got"

# A server, too, completes what a load left.
server left
"$top_builddir/keypost" -c "$work/left/keypost.conf" load -q "$work/first" \
	"$work/ring" - < <(cat "$work/twice"; sleep 60) 2>"$work/err" &
load=$!
pids="$pids $load"
filled() { grep -q ring "$work/left/data/load-ledger" 2>/dev/null; }
ok "a load waits for its input" wait_for 60 filled
kp left get 0x0 >"$work/out" 2>"$work/err"
ok "whoever reads meanwhile hears of it" grep -q "being filled" "$work/err"
lib_kill "$load"
for left_how in "get 0x0" "dump $work/dump" "explain 0x0" "db check" \
	"db check --repair" "backup $work/copy"; do
	kp left $left_how >"$work/out" 2>"$work/err"
	is "$left_how, of one that did not end: no success" "$?" 1
	ok "and it says what to do" grep -q \
		"interrupted: run it again, or start keypostd" "$work/err"
done
"$top_builddir/keypostd" -n -c "$work/left/keypost.conf" 2>"$work/err"
is "keypostd -n: it would start" "$?" 0
# With many rows that takes minutes: systemd is told to wait.
server told
cp -a "$work/left/data" "$work/told/data"
cat >"$work/first.py" <<'X'
import os, socket, subprocess, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(60)
p = subprocess.Popen(sys.argv[2:], env=dict(os.environ, NOTIFY_SOCKET=sys.argv[1]))
print(s.recv(100).decode())
p.terminate()
p.wait(40)
X
is "a server that completes it asks for time" "$(python3 "$work/first.py" \
	"$work/socket" "$top_builddir/keypostd" -f -c "$work/told/keypost.conf" \
	2>"$work/err")" EXTEND_TIMEOUT_USEC=60000000
start_server left "[server]
level = sks" || bail "the server starts"
fpr=$("$top_builddir/tests/tools/kpdigest" "$work/first" | cut -d ' ' -f 1)
ok "the server has what was on disk" kp left get "0x$fpr"
stop_server left
ask left >"$work/got"
ok "and the indexes" cmp "$work/want" "$work/got"

# Killed as it made its journal, or left it: that is no load under way.
: >"$work/left/data/keypost.db-journal"
kp left load -q "$work/ring"
ok "an empty journal of a load that was killed does not stay" \
	kp left get "0x$fpr"

# An older store is kept aside whole, also one killed in a commit.
kp left backup "$work/backup" >/dev/null || bail "a backup"
python3 - "$work/left/data/keypost.db" <<'X'
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = DELETE")
db.execute("PRAGMA cache_size = 10")
db.execute("BEGIN")
db.execute("UPDATE cert SET octets = zeroblob(length(octets))")
os.kill(os.getpid(), signal.SIGKILL)
X
ok "a store is torn, with a journal" [ -s "$work/left/data/keypost.db-journal" ]
ok "a backup takes its place" kp left restore "$work/backup"
is "what was there is kept whole" "$(sqlite3 \
	"$work"/left/data/before-restore-*/keypost.db \
	"SELECT count(*) FROM cert WHERE hex(octets) NOT LIKE '0000%'")" 3001

# ---- each moment of the end --------------------------------------------------
if [ "${KEYPOST_CRASH_POINTS:-no}" = yes ]; then
	for n in 1 2 3 4; do
		for by in load server; do
			died=died_${n}_$by
			server "$died"
			# What comes before stdin is on disk when that is read;
			# else rows and indexes are one commit.
			KEYPOST_CRASH_POINT=bulk-finish:$n kp "$died" load -q \
				"$work/all" $([ "$by" = load ] || echo -) \
				2>/dev/null </dev/null
			ok "bulk-finish:$n: a load dies there" [ $? -gt 128 ]
			if [ "$by" = load ]; then
				kp "$died" load -q "$work/all"
			else
				run_server "$died" && wait_ready "$died" &&
					stop_server "$died"
			fi
			ask "$died" >"$work/got"
			ok "bulk-finish:$n: a $by completes it" \
				cmp "$work/want" "$work/got"
			ok "bulk-finish:$n: who reads is let in" \
				kp "$died" get "0x$fpr"
		done
	done
else
	skip "each moment of the end" "built without crash points"
fi

# ---- a full disk -------------------------------------------------------------
mkdir -p "$work/full/data"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=9m none "$work/full/data" 2>/dev/null; then
	mounted="$work/full/data"
	chmod 700 "$work/full/data"
	make_server full "[server]
level = sks"
	kp full load --json "$work/ring" >"$work/out" 2>"$work/err"
	is "less than the reserve is no success" "$?" 4
	ok "it says so" grep -q "less than disk_reserve" "$work/err"
	is "and calls nothing refused" "$(fact failed <"$work/out") $(
		fact reasons <"$work/out") $(grep -c "refused:" "$work/err")" \
		"0 {} 0"
	make_server full "[server]
level = sks
disk_reserve = 0B"
	kp full load --json "$work/first" "$work/ring" >"$work/out" 2>"$work/err"
	is "a full disk is no success" "$?" 4
	ok "it says what to do" grep -q "no room left.*free space there" "$work/err"
	is "in a sentence, and no line of a log" "$(grep -c event= "$work/err")" 0
	ok "that its sums are of what is on disk, and nothing has to be undone" grep -q \
		"counted is what is on disk.*same command again goes on" "$work/err"
	ok "which is so" [ "$(fact new <"$work/out")" -le "$(sqlite3 \
		"$work/full/data/keypost.db" "SELECT count(*) FROM cert")" ]
	mount -o remount,size=64m "$work/full/data" || bail "room"
	kp full load -q "$work/first" "$work/ring" 2>"$work/err"
	is "with room the same command ends" "$?" 0
	ask full >"$work/got"
	ok "with the same store" cmp "$work/want" "$work/got"
else
	echo "# no tmpfs can be mounted: the full disk is not tried"
fi
done_testing
