#!/bin/bash
# keypost load into a store that holds something: what is there already changes
# nothing, what is new of it is joined, each change is noted once, as loaded,
# for whoever follows the log; beside a daemon as without one. When the disk
# fills up meanwhile what was counted is there, and the same command ends it.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
command -v gpg >/dev/null || skip_all "gpg is missing"
mounted=
unmount() { for m in $mounted; do umount -l "$m" 2>/dev/null; done; lib_cleanup; }
trap unmount EXIT
gen=$top_builddir/tests/bench/gen-keys
fact() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1" <"$work/out"; }
sql() { sqlite3 "file:$work/$1/data/keypost.db?mode=ro" "$2"; }
digests_of() { "$top_builddir/tests/tools/kpdigest" -l sks "$@" | cut -d ' ' -f 1,2 | sort; }

# ---- what is loaded ------------------------------------------------------------
"$gen" 300 49 >"$work/had" || bail "keys are made"
"$gen" -f 200 300 49 >"$work/more" || bail "and more, some of them the same"
export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"
gpg -q --batch --passphrase '' --quick-gen-key 'One <one@example.org>' \
	ed25519 default never 2>/dev/null || bail "a key"
gpg -q --export 2>/dev/null >"$work/one"
gpg -q --batch --passphrase '' --quick-add-uid one@example.org \
	'Two <two@example.org>' 2>/dev/null
gpg -q --batch --passphrase '' --quick-add-uid one@example.org \
	'Three <three@example.org>' 2>/dev/null
gpg -q --export --export-filter 'keep-uid=uid!~Two' 2>/dev/null >"$work/part1"
gpg -q --export --export-filter 'keep-uid=uid!~Three' 2>/dev/null >"$work/part2"
gpg -q --export 2>/dev/null >"$work/whole"
gpgconf --kill all
unset GNUPGHOME
cat "$work/had" "$work/one" >"$work/first"
# Twice each within the dump, one of them in parts.
mkdir "$work/dump"
cat "$work/more" "$work/part1" "$work/more" >"$work/dump/sks-dump-0000.pgp"
cat "$work/part2" "$work/part1" >"$work/dump/sks-dump-0001.pgp"
cat "$work/had" "$work/more" "$work/whole" >"$work/all"
digests_of "$work/all" | sort -u >"$work/want"

# again NAME: the dump, into what the server holds
again() {
	had=$(sql "$1" "SELECT coalesce(max(seq), 0) FROM change")
	kp "$1" load --json "$work/dump" >"$work/out" 2>"$work/err"
	is "$1: the dump is loaded" "$?" 0
	is "$1: what is new is new" "$(fact new)" 200
	is "$1: what is in parts is joined, part by part" "$(fact updated)" 2
	is "$1: what was there is unchanged, and what comes again" \
		"$(fact unchanged)" $((100 + 300))
	digests "$1" | sort >"$work/got"
	ok "$1: each certificate is there once, whole" cmp "$work/want" "$work/got"
	is "$1: each change is noted once, as loaded" "$(sql "$1" \
		"SELECT origin, count(*) FROM change WHERE seq > $had GROUP BY 1")" \
		"load|202"
	ok "$1: and no other" [ "$(sql "$1" "SELECT count(*) FROM change
		WHERE seq > $had AND length(delta) = 0")" -eq 0 ]
}

make_server rows "[server]
level = sks"
kp rows load -q "$work/first"
is "a load into an empty store" "$?" 0
is "notes no changes" "$(sql rows "SELECT count(*) FROM change")" 0
again rows
make_server daemon "[server]
level = sks"
kp daemon load -q "$work/first"
run_server daemon
wait_ready daemon || bail "the daemon starts"
again daemon
stop_server daemon

# ---- a server that stops meanwhile -----------------------------------------------
"$gen" -f 9000 6000 49 >"$work/long" || bail "keys are made"
make_server stops ""
run_server stops
wait_ready stops || bail "the daemon starts"
"$top_builddir/keypost" -c "$work/stops/keypost.conf" load --json "$work/long" \
	>"$work/out" 2>"$work/err" &
load=$!
pids="$pids $load"
some() { [ "$(sql stops "SELECT count(*) FROM cert")" -gt 0 ]; }
ok "a load is at work" wait_for 30 some
stop_server stops
is "the server stops well" "$?" 0
wait "$load"
is "the load is no success" "$?" 4
ok "and says that the same command goes on" grep -q "same command again" "$work/err"
is "what was counted is there" "$(sql stops "SELECT count(*) FROM cert")" "$(fact new)"
run_server stops
wait_ready stops || bail "the daemon starts again"
kp stops load -q "$work/long" 2>"$work/err"
is "which is so" "$? $(sql stops "SELECT count(*) FROM cert")" "0 6000"
stop_server stops

# ---- a check beside others is polite ---------------------------------------------
python3 - "$top_builddir/keypost" "$work/rows/keypost.conf" >"$work/nice" <<'Y'
import os, subprocess, sys
p = subprocess.Popen([sys.argv[1], "-c", sys.argv[2], "db", "check", "-q"])
os.waitid(os.P_PID, p.pid, os.WEXITED | os.WNOWAIT)
print(open(f"/proc/{p.pid}/stat").read().rsplit(")", 1)[1].split()[16])
p.wait()
Y
ok "db check lets everybody else go first" [ "$(cat "$work/nice")" -ge 10 ]

# ---- a full disk -----------------------------------------------------------------
mkdir -p "$work/full/data"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=6m none "$work/full/data" 2>/dev/null; then
	mounted="$work/full/data"
	chmod 700 "$work/full/data"
	make_server full "[server]
level = sks
disk_reserve = 0B"
	kp full load -q "$work/first" || bail "the store is filled"
	"$gen" -f 5000 3000 49 >"$work/ring" || bail "keys are made"
	kp full load --json "$work/ring" >"$work/out" 2>"$work/err"
	is "a full disk is no success" "$?" 4
	ok "it says what to do" grep -q "no room left.*free space there" "$work/err"
	ok "and that the same command goes on" grep -q "same command again" "$work/err"
	mount -o remount,size=128m "$work/full/data" || bail "room"
	is "what was counted is there" "$(sql full "SELECT count(*) FROM cert")" \
		$((301 + $(fact new)))
	kp full load --json "$work/ring" >"$work/out" 2>"$work/err"
	is "with room the same command ends" "$?" 0
	cat "$work/first" "$work/ring" >"$work/all"
	digests_of "$work/all" >"$work/want"
	digests full | sort >"$work/got"
	ok "and nothing is missing" cmp "$work/want" "$work/got"
else
	skip "a full disk is no success" "mounting a small disk needs root"
fi
done_testing
