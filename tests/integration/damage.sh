# shellcheck shell=bash
# A copy of a database is damaged by hand, found, and mended. The caller has a
# server a, stopped; its file in $db, a sound copy in $work/sound, what that
# contains in $sound, and in $fpr the certificate that is damaged.

# damage_server: a server a with a peer, and 200 certificates, not running; sets
# db. They are loaded, so that no log has them.
damage_server() {
	"$top_builddir/tests/bench/gen-keys" 200 39 >"$work/ring" ||
		bail "keys are made"
	make_server a "[mail]
address = pks@a.example
maintainer = admin@a.example
tls = none
[peer b]
mail = pks@b.example
relay = lmtp://127.0.0.1:9"
	db=$work/a/data/keypost.db
	kp a load -q "$work/ring" || bail "the store is filled"
}
ask() { sqlite3 "$db" "$1"; }
# fact NAME: of the last line of --json
fact() { sed -n "s/.*\"$1\":\\([0-9a-z]*\\).*/\\1/p" "$work/out" | tail -n 1; }
by_hand() { python3 "$top_srcdir/tests/tools/damage-file.py" "$db" "$@"; }
contents() {
	ask "SELECT id, version, hex(fpr), key_id, hex(sks_digest), level, flags,
		hex(search), octets_sum, hex(octets) FROM cert
		ORDER BY id;
		SELECT hex(handle), cert, role FROM subkey ORDER BY 1, 2;
		SELECT seq, hex(new_digest), hex(delta) FROM change ORDER BY 1;
		CREATE VIRTUAL TABLE temp.t USING
			fts5vocab(main, user_id, instance);
		SELECT term, doc FROM temp.t ORDER BY 1, 2" | md5sum
}

# damage SQL...: of a fresh copy
damage() {
	rm -f "$db"-wal "$db"-shm
	cp "$work/sound" "$db"
	[ -z "$1" ] || ask "$1" || bail "damage is done: $1"
}
# mended NAME WORD [CERTIFICATE]: found, named, mended, and as it was
mended() {
	kp a db check --json >"$work/out"
	is "$1: found" "$?" 1
	is "$1: nothing is lost" "$(fact damaged)" 0
	ok "$1: named" grep -q "\"certificate\":\"${3-$fpr}\".*$2" "$work/out"
	kp a db check --repair >"$work/out"
	is "$1: repaired" "$?" 0
	cp "$work/out" "$work/repair"
	ok "$1: and says so" grep -q 'repaired, all is sound' "$work/out"
	is "$1: as it was" "$(contents)" "$sound"
	kp a db check >"$work/out"
	is "$1: sound again" "$?" 0
}
