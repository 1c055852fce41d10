#!/bin/bash
# A load, a backup and a restore die at each of their moments in turn, not only
# at random ones: what was there is there, nothing half-made has a name that
# somebody takes for a whole, and the same command again ends it.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
[ "${KEYPOST_CRASH_POINTS:-no}" = yes ] || skip_all "built without crash points"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
"$top_builddir/tests/bench/gen-keys" 2000 48 >"$work/ring" || bail "keys are made"
"$top_builddir/tests/bench/gen-keys" -f 5000 5 48 >"$work/later" ||
	bail "and some more"
set_of() { sqlite3 "file:$1?mode=ro" "SELECT hex(fpr), hex(sks_digest) FROM cert ORDER BY 1"; }
whole() { [ "$(sqlite3 "file:$1?mode=ro" "PRAGMA integrity_check")" = ok ]; }
# dies POINT COMMAND...: keypost is ended there
dies() {
	dies_at=$1
	shift
	KEYPOST_CRASH_POINT=$dies_at kp a "$@" >/dev/null 2>&1
	[ $? -gt 128 ]
}

# ---- load ----------------------------------------------------------------------
make_server a "[server]
level = sks"
data=$work/a/data
kp a load -q "$work/ring" || bail "the store is filled"
set_of "$data/keypost.db" >"$work/then"
for n in 1 2; do
	rm -rf "$data"
	mkdir -m 700 "$data"
	ok "load-noted:$n: a load dies there" dies "load-noted:$n" load "$work/ring"
	kp a load -q "$work/ring"
	is "load-noted:$n: the next one ends" "$?" 0
	set_of "$data/keypost.db" >"$work/now"
	ok "load-noted:$n: with all of it" cmp "$work/then" "$work/now"
	is "load-noted:$n: and no file is loaded any more" \
		"$(kp a load --json "$work/ring" | grep -c '"skipped":1')" 1
done

# ---- backup --------------------------------------------------------------------
mkdir -m 700 "$work/out"
backup=$work/out/a.backup
kp a backup "$backup" >/dev/null || bail "a backup"
sum=$(sha256sum <"$backup")
n=0
died=0
while n=$((n + 1)) && [ "$n" -lt 200 ]; do
	dies "backup:$n" backup --force "$backup" || break
	died=$((died + 1))
	[ "$(sha256sum <"$backup")" = "$sum" ] || break
done
echo "# $died moments of a backup"
ok "a backup dies at each of its moments" [ "$died" -gt 1 ]
ok "and the one before stays until the next is whole" whole "$backup"
set_of "$backup" >"$work/now"
ok "with all of it" cmp "$work/then" "$work/now"
is "which leaves nothing half-made" "$(ls -A "$work/out")" a.backup
ok "the store is as it was" kp a db check -q
rm "$backup"
ok "one that dies before it has its name" dies backup:1 backup "$backup"
ok "has none" [ ! -e "$backup" ]
kp a backup "$backup" >/dev/null
is "and the next one gets it" "$? $(ls -A "$work/out")" "0 a.backup"

# ---- restore -------------------------------------------------------------------
kp a load -q "$work/later" || bail "the store changes"
set_of "$data/keypost.db" >"$work/changed"
for n in 1 2 3 4; do
	ok "restore:$n: it dies there" dies "restore:$n" restore "$backup"
	ok "restore:$n: one whole store is there" whole "$data/keypost.db"
	set_of "$data/keypost.db" >"$work/now"
	ok "restore:$n: the old one or that of the backup" sh -c \
		"cmp -s '$work/now' '$work/changed' || cmp '$work/now' '$work/then'"
	kp a restore "$backup" >/dev/null
	is "restore:$n: the next one ends" "$?" 0
	set_of "$data/keypost.db" >"$work/now"
	ok "restore:$n: with what was in the backup" cmp "$work/then" "$work/now"
	ok "restore:$n: and the store is sound" kp a db check -q
	kept=$(find "$data" -path '*before-restore*' -name keypost.db | while read -r f; do
		set_of "$f" | cmp -s - "$work/changed" && echo kept
	done | sort -u)
	is "restore:$n: what was there is kept" "$kept" kept
	rm -rf "$data"/before-restore*
	kp a load -q "$work/later" || bail "the store changes again"
done
done_testing
