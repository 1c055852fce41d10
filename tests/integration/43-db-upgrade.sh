#!/bin/bash
# keypost db upgrade: a store of this version becomes one of a later version
# (which exists for this test only: tests/tools/next_steps.c), though it is
# killed with kill -9 again and again; nobody takes a store that is half-way
# for a whole one, and the backup made before leads back.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
RANDOM=${KEYPOST_SEED:-$$}
echo "# KEYPOST_SEED=${KEYPOST_SEED:-$$}"

"$top_builddir/tests/bench/gen-keys" 9000 43 >"$work/ring" ||
	bail "keys are made"
make_server a
data=$work/a/data
db=$data/keypost.db
kp a load -q "$work/ring" || bail "the store is filled"
digests a >"$work/before"
is "there is a store" "$(wc -l <"$work/before")" 9000
# next ARGUMENT...: keypost of the later version
next() { "$top_builddir/tests/tools/keypost-next" -c "$work/a/keypost.conf" "$@"; }
ask() { sqlite3 "$db" "$1"; }
field() { sed -n "s/.*\"$1\":\"\\{0,1\\}\\([^,\"}]*\\).*/\\1/p" "$work/json"; }
state() {
	ask "PRAGMA user_version; SELECT count(*) FROM meta
		WHERE key = 'upgrade'" | tr '\n' ' '
}

# ---- what the later version says of it ------------------------------------------
kp a db upgrade >"$work/out"
is "its own version has nothing to do" "$?" 0
ok "and says so" grep -q "is that of this program: version 1" "$work/out"
next dump - >/dev/null 2>"$work/err"
is "a later one does not read it" "$?" 1
ok "and says what to do" grep -q "version 1 and needs 3: keypost db upgrade" \
	"$work/err"
next db check 2>"$work/err"
is "nor checks it" "$? $(grep -c 'db upgrade' "$work/err")" "1 1"
"$top_builddir/tests/tools/keypostd-next" -n -c "$work/a/keypost.conf" \
	>"$work/out" 2>&1
is "keypostd -n says what is to come" "$? $(grep -c 'needs 3' "$work/out")" "0 1"
timeout 20 "$top_builddir/tests/tools/keypostd-next" -f \
	-c "$work/a/keypost.conf" >"$work/out" 2>&1
is "the daemon does not do in secret what takes long" "$?" 1
ok "and says who does" grep -q "db upgrade" "$work/out"
is "nothing was changed" "$(state)" "1 0 "
next db upgrade --json --dry-run >"$work/json"
is "a dry run tells of the versions" "$? $(field from) $(field to)" "0 1 3"
is "and changes nothing" "$(state)" "1 0 "
run_server a
wait_ready a || bail "the daemon of this version starts"
next db upgrade 2>"$work/err"
is "under a daemon it is refused" "$? $(grep -c write.lock "$work/err")" "1 1"
is "without a backup of it" "$(find "$data" -name '*.backup*')" ""
next db upgrade --repair 2>/dev/null
is "an option of another word is a usage error" "$?" 2
stop_server a

# ---- killed ----------------------------------------------------------------------
if [ "${KEYPOST_CRASH_POINTS:-no}" = yes ]; then
	n=0
	while n=$((n + 1)) && [ "$n" -lt 60 ]; do
		# Each time a little later: at every point in turn.
		KEYPOST_CRASH_POINT=migrate:$((n % 4 + 1)) next db upgrade \
			>/dev/null 2>&1 && break
	done
	ok "killed at each point in turn, it ends at last" [ "$n" -lt 60 ]
	is "and the version is the later one" "$(state)" "3 0 "
else
	halves=0
	wrong=0
	kills=0
	while [ "$kills" -lt 60 ]; do
		# Once the backup is there most of the time is the upgrade's.
		again=
		[ ! -e "$data/before-upgrade-1.backup" ] || again=--no-backup
		# shellcheck disable=SC2086
		"$top_builddir/tests/tools/keypost-next" \
			-c "$work/a/keypost.conf" db upgrade $again \
			>/dev/null 2>&1 &
		victim=$!
		sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
		kill -9 "$victim" 2>/dev/null
		wait "$victim" 2>/dev/null && break
		kills=$((kills + 1))
		case $(state) in
		"1 0 " | "3 0 ") ;;
		"2 0 " | "2 1 ")
			halves=$((halves + 1))
			next dump - >/dev/null 2>"$work/err" && wrong=$((wrong + 1))
			grep -q 'db upgrade' "$work/err" || wrong=$((wrong + 1))
			kp a dump - >/dev/null 2>"$work/err" && wrong=$((wrong + 1))
			grep -q 'newer keypost' "$work/err" || wrong=$((wrong + 1))
			;;
		*) wrong=$((wrong + 1)) ;;
		esac
	done
	echo "# $kills kills, $halves of them half-way"
	is "nobody takes what is half-way for a whole store" "$wrong" 0
fi
next db upgrade --json >"$work/json" 2>"$work/err"
is "the next one ends it" "$? $(state)" "0 3 0 "
is "each certificate was rewritten once" "$(ask "SELECT count(*) FROM cert
	WHERE size <> length(octets)")" 0
digests a >"$work/after"
ok "all of them are what they were" cmp "$work/before" "$work/after"
next db check >"$work/out"
is "the store is sound" "$?" 0
next db upgrade >"$work/out"
is "and there is nothing more to do" \
	"$? $(grep -c 'is that of this program: version 3' "$work/out")" "0 1"
kp a get 0x0123456789012345678901234567890123456789 2>"$work/err" >/dev/null
ok "the version before refuses it" grep -q 'newer keypost' "$work/err"

# ---- and back --------------------------------------------------------------------
# Killed between two steps there is one of that version, too.
ok "the backup made before is there" [ -s "$data/before-upgrade-1.backup" ]
is "and none that is half made" "$(find "$data" -name '*.partial')" ""
is "and nobody else may read it" \
	"$(stat -c %a "$data/before-upgrade-1.backup")" 600
kp a restore "$data/before-upgrade-1.backup" >/dev/null
is "the version before takes it back" "$? $(state)" "0 1 0 "
digests a >"$work/after"
ok "with all that was there" cmp "$work/before" "$work/after"
kp a db check >"$work/out"
is "and sound" "$?" 0
next db upgrade --no-backup --json >"$work/json"
is "without a backup, too, it ends" "$? $(field backup) $(state)" "0  3 0 "

# ---- half-way, by hand: what an upgrade that was cut short says ------------------
ask "INSERT INTO meta(key, value) VALUES('upgrade', 9000);
	PRAGMA user_version = 2; DROP TABLE later"
next dump - >/dev/null 2>"$work/err"
is "half-way, a dump is refused" "$?" 1
timeout 20 "$top_builddir/tests/tools/keypostd-next" -f \
	-c "$work/a/keypost.conf" >"$work/out" 2>&1
is "and so is a start" "$? $(grep -c 'cut short' "$work/out")" "1 1"
next db upgrade --json >"$work/json"
is "an upgrade goes on" "$? $(field resumed) $(state)" "0 true 3 0 "
is "without a backup of half a store" "$(field backup)" ""
done_testing
