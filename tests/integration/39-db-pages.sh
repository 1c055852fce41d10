#!/bin/bash
# Pages of the database file are overwritten. What follows from certificates and
# from the log is made again: the store is written anew, killed at any moment it
# is the old one or the new one, and the old one is kept. Where certificates
# were, they are named, and all others stay. Without the log nothing is changed.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
. "$top_srcdir/tests/integration/damage.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

"$top_builddir/tests/bench/gen-keys" -f 5000 40 39 >"$work/more"
damage_server
kp a load -q "$work/more" || bail "and has a log"
run_server a
wait_ready a || bail "the daemon starts, and has a peer"
stop_server a
ask "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
cp "$db" "$work/sound"
row=210
fpr=$(ask "SELECT hex(fpr) FROM cert WHERE id = $row")
sound=$(contents)

# ---- pages of certificates -----------------------------------------------------
damage ""
ok "a page is overwritten" by_hand page
kp a db check >"$work/out"
is "a page that was overwritten: found" "$?" 1
ok "with what to do" grep -q "restore a backup" "$work/out"
kp a db check --json >"$work/out"
gone=$(grep -c '"certificate":"[0-9A-F]\{40\}","fault":"its row is gone' \
	"$work/out")
ok "the certificates that were on it are named" [ "$gone" -gt 0 ]
is "and all others are read" "$(fact certificates)" $((240 - gone))
ok "and that they are lost, with what to do" grep -q \
	'certificates cannot be read.*--repair keeps all others' "$work/out"
grep -o '"certificate":"[0-9A-F]\{40\}"' "$work/out" | sort >"$work/lost"
cp "$db" "$work/torn"
kp a db check --repair >"$work/out"
is "a repair does not say that all is well" "$?" 1
aside=$(sed -n 's/.*what was there is in \([^:]*\):.*/\1/p' "$work/out")
ok "and keeps the file as it was" cmp "$aside/keypost.db" "$work/torn"
rm -rf "$aside"
is "all others are there" "$(ask "SELECT count(*) FROM cert")" $((240 - gone))
kp a db check >"$work/out"
is "and sound" "$?" 0
kp a load -q --again "$work/ring" "$work/more" || bail "it is loaded again"
is "what was lost is new, if it is sent again" "$(ask "SELECT '\"certificate\":\"'
	|| hex(fpr) || '\"' FROM cert WHERE id > 240 ORDER BY 1")" \
	"$(cat "$work/lost")"
damage ""
ok "a page of the log is overwritten" by_hand table change
cp "$db" "$work/torn"
kp a db check >"$work/out"
is "a page of the log: found" "$?" 1
ok "a page of the log: with what to do" grep -q \
	"change log is damaged; restore a backup" "$work/out"
kp a db check --repair >"$work/out" 2>"$work/err"
is "no repair is tried on such pages" "$?" 1
ok "nor is anything changed" cmp "$db" "$work/torn"

# ---- pages of what follows from them --------------------------------------------
rest() {
	ask "PRAGMA user_version; PRAGMA application_id; PRAGMA page_size;
		PRAGMA integrity_check; SELECT type, name, sql FROM sqlite_schema
		WHERE name NOT LIKE 'user_id_%' ORDER BY 1, 2;
		SELECT * FROM sqlite_sequence ORDER BY 1;
		SELECT * FROM meta ORDER BY 1; SELECT * FROM peer;
		SELECT * FROM letter; SELECT * FROM learned; SELECT * FROM owed"
}
# torn NAME: a page of it is overwritten
torn() {
	damage ""
	by_hand index "$1" || bail "$1 is overwritten"
}
damage ""
rest >"$work/rest"
for index in user_id_data subkey cert_by_digest change_by_cert; do
	torn "$index"
	mended "a page of $index" "damaged\\|the file: " ""
	aside=$(sed -n 's/.*what was there is in \([^:]*\):.*/\1/p' "$work/repair")
	ok "a page of $index: what was there is kept, and named" \
		[ -s "$aside/keypost.db" ]
	rest | cmp - "$work/rest"
	is "a page of $index: all else is as it was" "$?" 0
	rm -rf "$work"/a/data/before-repair-*
done
torn user_id_data
kp a db check --quick --repair >"$work/out"
is "without the structure, too" "$? $(contents)" "0 $sound"
rm -rf "$work"/a/data/before-repair-*
torn user_id_data
ask "UPDATE cert SET key_id = key_id + 1 WHERE id = $row"
by_hand index subkey || bail "two are overwritten"
kp a db check --repair >"$work/out"
is "several at once, and a row" "$? $(contents)" "0 $sound"
run_server a
ok "the daemon starts on it" wait_ready a
email=$(kp a search "0x$fpr" | sed -n 's/.*<\([^>]*\)>.*/\1/p' | head -n 1)
ok "and finds it by its address" [ "$(kp a search "$email" | grep -c "$fpr")" \
	-gt 0 ]
stop_server a

# ---- killed ----------------------------------------------------------------------
bad=0
ended=0
torn user_id_data
for n in 1 2 3 4 5 6; do
	if [ "${KEYPOST_CRASH_POINTS:-no}" = yes ]; then
		KEYPOST_CRASH_POINT=repair:$n kp a db check --repair \
			>/dev/null 2>&1
	else
		"$top_builddir/keypost" -c "$work/a/keypost.conf" db check \
			--repair >/dev/null 2>&1 &
		victim=$!
		sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
		{ kill -9 "$victim"; wait "$victim"; } 2>/dev/null
	fi
	if kp a db check -q >/dev/null; then
		[ "$(contents)" = "$sound" ] || bad=$((bad + 1))
		ended=$((ended + 1))
		torn user_id_data
	fi
done
echo "# killed behind its end: $ended of 6"
is "killed, a store that is written anew is the old one or the new one" "$bad" 0
kp a db check --repair >/dev/null
is "and the next one ends" "$? $(contents)" "0 $sound"
is "leaving nothing half-made" "$(find "$work/a/data" -name '*.repairing*')" ""

# ---- no room ----------------------------------------------------------------------
make_server c
mkdir -p "$work/c/data"
if [ "$(id -u)" -eq 0 ] &&
	mount -t tmpfs -o size=12m none "$work/c/data" 2>/dev/null; then
	chmod 700 "$work/c/data"
	torn user_id_data
	cp "$db" "$work/c/data/keypost.db"
	kp c db check --repair >"$work/out" 2>"$work/err"
	is "no room for another store: 1" "$?" 1
	ok "no room: and how much is needed" grep -q \
		"repair changed nothing.*needs .* MiB.* are free" "$work/err"
	ok "no room: nothing is changed" cmp "$db" "$work/c/data/keypost.db"
	umount -l "$work/c/data"
else
	skip "no room for another store" "mounting a small disk needs root"
fi

# ---- no database ------------------------------------------------------------------
damage ""
head -c 100000 "$work/sound" >"$db"
kp a db check >"$work/out" 2>&1
is "a file that was cut: found" "$?" 1
rm "$db"
kp a db check >"$work/out" 2>"$work/err"
is "no store: 1" "$?" 1
ok "and says so" grep -q "there is no store" "$work/err"
done_testing
