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
	SELECT hex(fpr), hex(sks_digest), level, hex(search), hex(packet_digests)
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
damaged noise 1 4 'noise: .*the rest is skipped'
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
kp left get 0x0 >"$work/out" 2>"$work/err"
ok "and that it did not end" grep -q "interrupted: run it again, or start keypostd" "$work/err"
start_server left "[server]
level = sks" || bail "the server starts"
fpr=$("$top_builddir/tests/tools/kpdigest" "$work/first" | cut -d ' ' -f 1)
ok "the server has what was on disk" kp left get "0x$fpr"
stop_server left
ask left >"$work/got"
ok "and the indexes" cmp "$work/want" "$work/got"

# ---- a full disk -------------------------------------------------------------
mkdir -p "$work/full/data"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=9m none "$work/full/data" 2>/dev/null; then
	mounted="$work/full/data"
	chmod 700 "$work/full/data"
	make_server full "[server]
level = sks
disk_reserve = 0B"
	kp full load -q "$work/first" "$work/ring" 2>"$work/err"
	is "a full disk is no success" "$?" 4
	ok "it says what to do" grep -q "no room left.*free space there" "$work/err"
	ok "and that nothing has to be undone" grep -q "loaded by the same command again" "$work/err"
	mount -o remount,size=64m "$work/full/data" || bail "room"
	kp full load -q "$work/first" "$work/ring" 2>"$work/err"
	is "with room the same command ends" "$?" 0
	ask full >"$work/got"
	ok "with the same store" cmp "$work/want" "$work/got"
else
	echo "# no tmpfs can be mounted: the full disk is not tried"
fi
done_testing
