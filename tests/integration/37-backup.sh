#!/bin/bash
# A backup is a whole copy or none, taken beside a daemon that is written to;
# a restore makes it the store, keeps what was there, and peers get everything
# from then on. Killed at any moment, neither leaves anything wrong.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

mkdir "$work/keys" "$work/out"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" 120 37 ||
	bail "keys are made"
keys=("$work"/keys/*)
"$top_builddir/tests/bench/gen-keys" 3000 3737 >"$work/ring"
network a:b b:a || bail "A and B start"
data=$work/a/data
backup=$work/out/a.backup

fpr_of() { "$top_builddir/tests/tools/kpdigest" "$1" | cut -d ' ' -f 1; }
field() { sed -n "s/.*\"$1\":\"\\{0,1\\}\\([^,\"}]*\\).*/\\1/p" "$2"; }
ask() { sqlite3 "file:$1?mode=ro" "$2"; }
whole() { [ "$(ask "$1" 'PRAGMA integrity_check')" = ok ]; }
set_of() { ask "$1" 'SELECT hex(sks_digest) FROM cert ORDER BY 1'; }

# ---- backup, beside submissions --------------------------------------------
kp a load "$work/ring" >/dev/null || bail "A is filled"
for f in "${keys[@]:0:60}"; do post a "$f"; done >"$work/posted" &
posting=$!
pids="$pids $posting"
kp a backup --json "$backup" >"$work/json"
is "backup beside submissions succeeds" $? 0
wait "$posting"
is "every submission was answered meanwhile" \
	"$(grep -c '^200$' "$work/posted")" 60
ok "the copy is whole" whole "$backup"
is "it holds what it says" "$(set_of "$backup" | wc -l)" \
	"$(field certificates "$work/json")"
ok "all that was answered before is in it" \
	[ "$(field certificates "$work/json")" -ge 3000 ]
is "nobody else may read it" "$(stat -c %a "$backup")" 600
is "nothing else was left" "$(ls -A "$work/out")" a.backup
before=$(sha256sum "$backup")
kp a backup "$backup" 2>"$work/err"
is "a file that is there is not replaced" "$?" 1
ok "and why" grep -q -- --force "$work/err"
is "it is as it was" "$(sha256sum "$backup")" "$before"
kp a backup --force "$data/keypost.db" 2>/dev/null
is "the database itself is no place for it" "$?" 1
kp a backup --force "$data/../data/keypost.db-wal" 2>/dev/null
is "nor is its log" "$?" 1
echo "a letter" >"$work/letter"
kp a backup --force "$work/letter" 2>"$work/err"
is "nor is what is no backup" "$? $(cat "$work/letter")" "1 a letter"
ok "and why" grep -q "no backup: remove it" "$work/err"
kp a backup - 2>/dev/null
is "nor is standard output" "$?" 2
kp a backup --dry-run "$work/out/other" >/dev/null
is "a dry run succeeds" "$?" 0
ok "and writes nothing" [ ! -e "$work/out/other" ]
kp a backup "$work/nowhere/file" 2>"$work/err"
is "a folder that is not there: 1" "$?" 1
kp a backup --force --json "$backup" >"$work/json"
is "--force replaces it" "$?" 0
set_of "$backup" >"$work/then"
id_then=$(ask "$backup" "SELECT value FROM meta WHERE key = 'store_id'")

# ---- backup, killed ---------------------------------------------------------
bad=0
for i in 1 2 3 4 5 6 7 8; do
	"$top_builddir/keypost" -c "$work/a/keypost.conf" backup --force \
		"$backup" >/dev/null 2>&1 &
	victim=$!
	sleep "0.0$((RANDOM % 10))"
	{ kill -9 "$victim"; wait "$victim"; } 2>/dev/null
	whole "$backup" || bad=$((bad + 1))
done
is "killed, it leaves the one before, or the new one" "$bad" 0
kp a backup --force "$backup" >/dev/null
is "and does not stand in the way of the next" "$?" 0
is "which leaves nothing of the killed ones" "$(ls -A "$work/out")" a.backup

# ---- restore ----------------------------------------------------------------
for f in "${keys[@]:60:30}"; do post a "$f"; done >/dev/null
last=$(fpr_of "${keys[89]}")
ok "B has all" wait_for 60 serves b "$last"
gone=$(fpr_of "${keys[0]}")
ok "what is in the backup is taken down later" kp a block add "$gone" \
	--kind erase --reason test --ticket 37
kp a restore "$backup" 2>"$work/err"
is "a restore under a daemon is refused" "$?" 1
ok "and why" grep -q 'write.lock' "$work/err"
kp a restore --dry-run "$backup" >/dev/null
is "to verify it needs no lock" "$?" 0
ok "the daemon goes on" serves a "$last"
kill_server a
kp a restore --json "$backup" >"$work/json" 2>"$work/err"
is "without a daemon it succeeds" "$?" 0
aside=$(field aside "$work/json")
is "the store is that of the backup" "$(set_of "$data/keypost.db")" \
	"$(cat "$work/then")"
ok "what was there is kept, with all that was acknowledged" \
	[ "$(set_of "$aside/keypost.db" | wc -l)" -eq \
	$(($(wc -l <"$work/then") + 30 - 1)) ]
ok "the name of the store is another" [ "$id_then" != "$(ask \
	"$data/keypost.db" "SELECT value FROM meta WHERE key = 'store_id'")" ]
ok "no file is taken for loaded any more" [ ! -e "$data/load-ledger" ]
run_server a
ok "the daemon starts on it" wait_ready a
ok "what came later is not in it" sh -c "! curl -sf -o /dev/null \
	'http://127.0.0.1:$a_port/pks/lookup?op=get&search=0x$last'"
ok "what was taken down stays so" sh -c "! curl -sf -o /dev/null \
	'http://127.0.0.1:$a_port/pks/lookup?op=get&search=0x$gone'"
# The numbers of these changes were given before, to others.
for f in "${keys[@]:90:30}"; do post a "$f"; done >/dev/null
missing=0
for f in "${keys[@]:90:30}"; do
	wait_for 60 serves b "$(fpr_of "$f")" || missing=$((missing + 1))
done
is "changes after the restore reach the peer, each of them" "$missing" 0
kp a load "$work/ring" --json >"$work/json"
is "what was loaded is loaded again when asked" \
	"$(field skipped "$work/json")" 0
stop_server a

# ---- what is not restored ---------------------------------------------------
now=$(set_of "$data/keypost.db" | md5sum)
# refused NAME WORD: $work/bad is not taken, and the store is as it was
refused() {
	kp a restore "$work/bad" 2>"$work/err" >/dev/null
	is "$1: refused" "$?" 1
	ok "$1: and why" grep -q "$2" "$work/err"
	ok "$1: by its name" grep -q "/bad[: ]" "$work/err"
	is "$1: the store is as it was" \
		"$(set_of "$data/keypost.db" | md5sum)" "$now"
}
echo "this is no database, nor was it ever one" >"$work/bad"
refused "another file" "not a"
sqlite3 "$work/other.db" "CREATE TABLE t(x); PRAGMA user_version = 1"
mv "$work/other.db" "$work/bad"
refused "another program's database" "not a keypost database"
cp "$backup" "$work/bad"
sqlite3 "$work/bad" "PRAGMA user_version = 999"
refused "one of a newer keypost" "newer keypost"
head -c $(($(stat -c %s "$backup") / 2)) "$backup" >"$work/bad"
refused "one that was cut off" "damaged"
cp "$backup" "$work/bad"
sqlite3 "$work/bad" "UPDATE cert SET octets = substr(octets, 1, 300) ||
	x'00' || substr(octets, 302) WHERE id = 77"
fpr=$(ask "$work/bad" "SELECT hex(fpr) FROM cert WHERE id = 77")
refused "a certificate that is damaged inside" "$fpr"
cp "$backup" "$work/bad"
sqlite3 "$work/bad" "UPDATE cert SET sks_digest = zeroblob(16) WHERE id = 78"
refused "a digest that is wrong" "digest"
is "nothing of these is left" \
	"$(find "$data" -name '*restoring*' | wc -l)" 0

# ---- restore, killed ---------------------------------------------------------
bad=0
for i in 1 2 3 4 5 6 7 8; do
	"$top_builddir/keypost" -c "$work/a/keypost.conf" restore "$backup" \
		>/dev/null 2>&1 &
	victim=$!
	sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
	{ kill -9 "$victim"; wait "$victim"; } 2>/dev/null
	whole "$data/keypost.db" || bad=$((bad + 1))
	case $(set_of "$data/keypost.db" | md5sum) in
	"$now" | "$(md5sum <"$work/then")") ;;
	*) bad=$((bad + 1)) ;;
	esac
done
is "killed, it leaves the old store or the new one" "$bad" 0
kp a restore "$backup" >/dev/null
is "and does not stand in the way of the next" "$?" 0
: >"$data/keypost.db.restoring"
run_server a
ok "the daemon starts" wait_ready a
ok "and takes away what a killed one left" \
	[ ! -e "$data/keypost.db.restoring" ]

# ---- full disk ---------------------------------------------------------------
mkdir "$work/small"
if [ "$(id -u)" -eq 0 ] &&
	mount -t tmpfs -o size=3m none "$work/small" 2>/dev/null; then
	kp a backup "$work/small/file" 2>"$work/err"
	is "no room: 1" "$?" 1
	ok "no room: and how much is needed" grep -q 'MiB' "$work/err"
	is "no room: no file" "$(ls -A "$work/small")" ""
	umount -l "$work/small"
else
	skip "no room" "mounting a small disk needs root"
fi
(
	ulimit -f 2000
	trap '' XFSZ
	kp a backup "$work/out/cut" 2>"$work/err"
)
is "a limit met half-way: 1" "$?" 1
ok "a limit met half-way: and why" grep -q 'room' "$work/err"
is "a limit met half-way: no file" "$(ls -A "$work/out")" a.backup
ok "the daemon goes on" is_ready a
stop_server a
done_testing
