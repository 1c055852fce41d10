#!/bin/bash
# keypost db check finds each kind of damage in a copy of a database, by hand
# with sqlite3 or an octet in the file, names what it concerns, and mends what
# follows from something else; what is lost comes back by being sent again.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
. "$top_srcdir/tests/integration/damage.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

mkdir "$work/keys"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" 40 3939
damage_server
run_server a
wait_ready a || bail "the daemon starts"

# ---- sound, beside a daemon that writes --------------------------------------
for f in "$work"/keys/*; do post a "$f"; done >"$work/posted" &
posting=$!
pids="$pids $posting"
bad=0
while [ -d "/proc/$posting" ]; do
	kp a db check >"$work/out" || bad=$((bad + 1))
done
is "a store that is written to is sound, each time" "$bad" 0
wait "$posting"
is "every submission was answered meanwhile" \
	"$(grep -c '^200$' "$work/posted")" 40
kp a db check --repair >/dev/null 2>"$work/err"
is "a repair under a daemon is refused" "$?" 1
ok "and why" grep -q 'write.lock' "$work/err"
stop_server a
kp a db check --json >"$work/out"
is "sound when stopped" "$?" 0
is "and all were read" "$(fact certificates) $(fact structure)" "240 true"
kp a db check --quick --json >"$work/out"
is "quick, too" "$? $(fact structure)" "0 false"
kp a db check --repair >"$work/out"
is "a repair finds nothing to do" "$?" 0
kp a db frob 2>/dev/null
is "another word: 2" "$?" 2
ask "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
cp "$db" "$work/sound"
row=210 # it came over HTTP: the log has it
file=$(for f in "$work"/keys/*; do
	"$top_builddir/tests/tools/kpdigest" "$f" | sed "s,\$, $f,"
done | grep "$(ask "SELECT hex(fpr) FROM cert WHERE id = $row")" |
	sed 's/.* //')
fpr=$(ask "SELECT hex(fpr) FROM cert WHERE id = $row")
sound=$(contents)

# derived NAME SQL WORD [CERTIFICATE]
derived() {
	damage "$2"
	mended "$1" "${@:3}"
}

# ---- indexes ---------------------------------------------------------------
derived "a missing row of a key" \
	"DELETE FROM subkey WHERE cert = $row" "keys"
derived "a key's row of another certificate" \
	"INSERT INTO subkey VALUES(x'0102030405060708', $row, 1)" "keys"
derived "a key's role" \
	"UPDATE subkey SET role = 2 WHERE cert = $row AND role = 3" "keys"
derived "a key's row of no certificate" \
	"INSERT INTO subkey VALUES(x'0102030405060708', 99999, 1)" \
	"1 index rows are of no certificate" ""
derived "search words that are gone" \
	"INSERT INTO user_id(user_id) VALUES('delete-all')" "user IDs"
derived "a search word too many" "INSERT INTO user_id(rowid, terms)
	VALUES($row, 'w0123456789abcdef')" "user IDs"
derived "search words of no certificate" "INSERT INTO user_id(rowid, terms)
	VALUES(99999, 'w0123456789abcdef')" "no certificate" ""
# As if it were of other flags: made so, and named as it should be.
digests="CREATE INDEX cert_by_digest ON cert(sks_digest, flags"
derived "flags in the index of digests" "DROP INDEX cert_by_digest;
	$digests + 1); PRAGMA writable_schema = ON;
	UPDATE sqlite_schema SET sql = '$digests)'
	WHERE name = 'cert_by_digest'" "digest" '[^"]*'
damage ""
ok "an octet is flipped in the index of digests" \
	by_hand octet "$(ask "SELECT hex(sks_digest) FROM cert WHERE id = $row")"
mended "an octet in the index of digests" "digest"
damage ""
ok "an octet is flipped in the index of keys" \
	by_hand octet "$(ask "SELECT hex(handle) FROM subkey WHERE cert = $row
	LIMIT 1")"
mended "an octet in the index of keys" "keys"
damage ""
ok "octets are flipped in the index of user IDs" by_hand words
mended "octets in the index of user IDs" "user IDs" '[^"]*'

# ---- rows --------------------------------------------------------------------
set_row() { echo "UPDATE cert SET $1 WHERE id = $row"; }
derived "a digest" "$(set_row "sks_digest = zeroblob(16)")" "digest"
derived "a digest that is none" "$(set_row "sks_digest = x'01'")" "digest"
derived "a sum" "$(set_row "octets_sum = octets_sum + 1")" "sum"
derived "a sum that is none" "$(set_row "octets_sum = x'01'")" "sum"
derived "a fingerprint" "$(set_row "fpr = x'$(echo "$fpr" | tr 0-9 1-90)'")" \
	"fingerprint" "$(echo "$fpr" | tr 0-9 1-90)"
derived "a version" "$(set_row "version = 6")" "fingerprint"
derived "a key ID" "$(set_row "key_id = key_id + 1")" "key ID"
derived "flags" "$(set_row "flags = flags + 1")" "flags"
derived "what it is found by" "$(set_row "search =
	substr(search, 1, 20) || x'00' || substr(search, 22)")" "found by"
derived "nothing that it is found by" "$(set_row "search = x''")" "found by"
damage "$(set_row "level = 77")"
kp a db check --repair --json >"$work/out"
is "a level that is none: mended" "$? $(ask "SELECT level FROM cert
	WHERE id = $row")" "0 0"
is "and is to be verified again" "$(ask "SELECT count(*) FROM meta
	WHERE key = 'level_floor'")" 0

# ---- small tables ----------------------------------------------------------
derived "the last number of a change" \
	"UPDATE sqlite_sequence SET seq = 3 WHERE name = 'change'" "again" ""
derived "the last number of a row" \
	"DELETE FROM sqlite_sequence WHERE name = 'cert'" "again" ""
derived "a letter beyond the log" \
	"INSERT INTO letter VALUES('b', 1000, 1001, 0)" "peer b" ""
derived "the number of certificates" \
	"UPDATE meta SET value = 7 WHERE key = 'stopped'" "number" ""
derived "a level that no row has" "INSERT OR REPLACE INTO meta
	VALUES('level_floor', 2)" "below" ""
derived "the store's name" \
	"UPDATE meta SET value = 'x' WHERE key = 'store_id'" "name" ""
derived "a refused digest" \
	"INSERT INTO rejected_digest VALUES(x'01', 1, '')" "refused" ""

# ---- the saved tree of gossip ------------------------------------------------
tree=$work/a/data/tree
cp "$work/a/keypost.conf" "$work/without"
printf '[gossip]\nlisten = 127.0.0.1:%s\n' "$(free_ports 1)" \
	>>"$work/a/keypost.conf"
damage ""
run_server a
wait_ready a || bail "the daemon gossips"
wait_for 20 grep -q 'event=tree .*state=built' "$work/a/log" ||
	bail "it has a tree"
stop_server a
kp a db check --json >"$work/out"
is "the saved tree is compared" "$? $(grep -c '"tree":"sound"' "$work/out")" \
	"0 1"
cp "$tree" "$work/tree"
printf 'x' | dd of="$tree" bs=1 seek=500 conv=notrunc 2>/dev/null
kp a db check --json >"$work/out"
is "a saved tree that is damaged: found, and nothing is lost" \
	"$? $(fact damaged) $(fact derived)" "1 0 1"
ok "and named" grep -q 'the saved tree of digests .*damaged' "$work/out"
kp a db check --repair >"$work/out"
is "a repair removes it" "$? $(grep -c 'repaired, all is sound' "$work/out")" \
	"0 1"
ok "it is gone" [ ! -e "$tree" ]
cp "$work/tree" "$tree"
ask "$(set_row "key_id = key_id + 1")"
kp a db check --repair >/dev/null
ok "a repair of the store removes the tree, too" [ ! -e "$tree" ]
cp "$work/without" "$work/a/keypost.conf"

# ---- what is lost --------------------------------------------------------------
# lost NAME SQL WORD CERTIFICATE: found and named with advice
lost() {
	damage "$2"
	kp a db check >"$work/out"
	is "$1: found" "$?" 1
	ok "$1: named, with advice" grep -q "^${4-$fpr: }.*$3.*; ." "$work/out"
	kp a db check --repair --json >"$work/out"
	is "$1: no repair says that all is well" "$?" 1
	ok "$1: it is told as lost" [ "$(fact damaged)" -gt 0 ]
	kp a db check >"$work/out"
	is "$1: what is left is sound" "$?" 0
}
# again NAME: sent again, it is there as before
again() {
	run_server a
	wait_ready a || bail "$1: the daemon starts"
	ok "$1: sent again" [ 200 = "$(post a "$file" | tail -n 1)" ]
	stop_server a
	is "$1: it is whole" "$(ask "SELECT count(*), hex(octets) FROM cert
		WHERE fpr = x'$fpr'" | md5sum)" "$whole"
	kp a db check >"$work/out"
	is "$1: and all is sound" "$?" 0
}
damage ""
whole=$(ask "SELECT count(*), hex(octets) FROM cert WHERE fpr = x'$fpr'" |
	md5sum)
all=$(ask "SELECT hex(sks_digest) FROM cert WHERE id <> $row ORDER BY 1" |
	md5sum)
end=$(ask "SELECT length(octets) - 40 FROM cert WHERE id = $row")
lost "an octet of a signature" "$(set_row "octets = CAST(substr(octets, 1, $end)
	|| x'00' || substr(octets, $end + 2) AS BLOB)")" "damaged"
is "it is not taken for verified any more" "$(ask "SELECT level FROM cert
	WHERE id = $row")" 0
again "an octet of a signature"
lost "octets that are no certificate" "$(set_row "octets = x'99000101'")" \
	"no certificate"
ok "they are kept in a file" [ -s "$work/a/data/damaged/$fpr.$row.pgp" ]
again "octets that are no certificate"
lost "octets of another certificate" "UPDATE cert SET (octets, sks_digest,
	octets_sum) = (SELECT octets, sks_digest, octets_sum FROM cert
	WHERE id = 78) WHERE id = $row" "another"
again "octets of another certificate"
lost "a row that is gone" "DELETE FROM cert WHERE id = $row" "gone"
again "a row that is gone"
lost "a row that is gone, unknown to the log" "DELETE FROM cert WHERE id = 77" \
	"gone" "$(ask "SELECT hex(fpr) FROM cert WHERE id = 77"): "
lost "a change log that says otherwise" "UPDATE change SET new_digest =
	x'01020304050607080900010203040506' WHERE seq =
	(SELECT max(seq) FROM change WHERE cert = $row)" "last change"
lost "a change that is none" "UPDATE change SET delta = x'01' WHERE cert = $row" \
	"change .* is damaged" ""
lost "a cursor beyond the log" "UPDATE peer SET cursor = 100000" "peer b" ""
is "it is put to the end, and said to lack something" \
	"$(ask "SELECT cursor, flags & 2 FROM peer")" "40|2"
damage ""
is "no other certificate was touched by any of this" "$(ask "SELECT
	hex(sks_digest) FROM cert WHERE id <> $row ORDER BY 1" | md5sum)" "$all"

# ---- real keys: nothing is taken for a fault ------------------------------------
ring=/usr/share/keyrings/debian-maintainers.gpg
for level in sks clean strict; do
	if [ ! -r "$ring" ]; then
		skip "real keys at level $level are sound" "debian-keyring is missing"
		continue
	fi
	make_server "$level" "[server]
level = $level
redact_hard_revoked = yes"
	ok "real keys are loaded at level $level" kp "$level" load -q "$ring"
	ok "real keys at level $level are sound" kp "$level" db check
done

# ---- a repair, killed -----------------------------------------------------------
much="INSERT INTO user_id(user_id) VALUES('delete-all');
	DELETE FROM subkey WHERE cert > 3; $(set_row "sks_digest = zeroblob(16)");
	UPDATE cert SET key_id = 0 WHERE id % 3 = 0"
damage "$much"
torn=$(contents)
bad=0
ended=0
for _ in $(seq 12); do
	"$top_builddir/keypost" -c "$work/a/keypost.conf" db check --repair \
		>/dev/null 2>&1 &
	victim=$!
	sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
	{ kill -9 "$victim"; wait "$victim"; } 2>/dev/null
	case $(contents) in
	"$torn") ;;
	"$sound")
		ended=$((ended + 1))
		damage "$much"
		;;
	*) bad=$((bad + 1)) ;;
	esac
done
echo "# killed behind its end: $ended of 12"
is "killed, a repair has mended all or nothing" "$bad" 0
kp a db check --repair >/dev/null
is "and the next one ends" "$? $(contents)" "0 $sound"

if [ "${KEYPOST_CRASH_POINTS:-no}" = yes ]; then
	for n in 1 2; do
		damage "$much"
		touch "$tree"
		KEYPOST_CRASH_POINT=repair:$n kp a db check --repair \
			>/dev/null 2>&1
		ok "repair:$n: it dies there" [ $? -gt 128 ]
		ok "repair:$n: no tree is left of what was" [ ! -e "$tree" ]
		is "repair:$n: all or nothing" "$(contents)" \
			"$([ "$n" = 1 ] && echo "$torn" || echo "$sound")"
		kp a db check --repair >/dev/null
		is "repair:$n: the next one ends" "$? $(contents)" "0 $sound"
	done
fi

done_testing
