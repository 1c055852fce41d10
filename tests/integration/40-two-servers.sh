#!/bin/sh
# scripts/run --once: what A is given over HTTP, B serves, by mail.
. "$(dirname "$0")/lib.sh"

command -v gpg >/dev/null || skip_all "gpg is missing"
command -v curl >/dev/null || skip_all "curl is missing"
for name in Alice Bob Carol; do
	fpr=$(gen_key "$work/keys" "$name <$name@example.org>")
	export_key "$work/keys" "$fpr" >"$work/$name key.asc"
	echo "$fpr" >>"$work/fprs"
done
GNUPGHOME=$work/keys/gnupg gpg --batch --quiet --export >"$work/ring.gpg"

# Eleven ports from one that is free, with A's and B's.
base=$(free_ports 1)
[ "$base" -lt 65500 ] || base=$((base - 100))

# once FILE...
once() {
	KEYPOST_PROGRAMS=$top_builddir timeout 300 "$top_srcdir/scripts/run" \
		--port-base "$base" --data "$work/demo" --once "$@" \
		>"$work/out" 2>"$work/err"
}
served() { sed -n 's/^\([0-9A-F]*\) served by B after [0-9]* ms$/\1/p' "$work/out" | sort; }
letters() { grep -c '^letter ' "$work/out"; }

once "$work/Alice key.asc" "$work/Bob key.asc"
is "the demonstration succeeds" "$?" 0 || sed 's/^/# /' "$work/err"
is "B serves what A got" "$(served)" "$(head -n 2 "$work/fprs" | sort)"
is "letters are shown" "$([ "$(letters)" -ge 1 ] && echo yes)" yes
ok "with their header fields" grep -q "^    X-KeyServer-Sent: pgp-public-keys@a.localhost$" "$work/out"
ok "and their files" sh -c 'f=$(sed -n "s/^letter \(.*\), [0-9]* octets:$/\1/p" "$1" | head -n 1) && grep -q "BEGIN PGP PUBLIC KEY BLOCK" "$f"' x "$work/out"
ok "both have stopped" sh -c '! curl -s "http://127.0.0.1:$1/" && ! curl -s "http://127.0.0.1:$2/"' x "$base" $((base + 10))
is "each answered letter was sent to B only" "$(ls "$work/demo/letters" | grep -vc '^b\.')" 0

before=$(ls "$work/demo/letters" | wc -l)
once "$work/Alice key.asc"
is "the same key again succeeds" "$?" 0
is "and makes no letter" "$(ls "$work/demo/letters" | wc -l)" "$before"

once "$work/ring.gpg"
is "a binary ring succeeds" "$?" 0 || sed 's/^/# /' "$work/err"
is "B serves all of it" "$(served)" "$(sort "$work/fprs")"

echo "no key" >"$work/rubbish"
once "$work/rubbish"
is "rubbish fails with 1" "$?" 1
ok "and a reason" grep -q "^run: " "$work/err"
# Until Ctrl-C: here SIGTERM, which a background job does not ignore.
KEYPOST_PROGRAMS=$top_builddir "$top_srcdir/scripts/run" --port-base "$base" \
	--data "$work/demo" >"$work/out" 2>"$work/err" &
run_pid=$!
pids="$pids $run_pid"
ok "without --once it runs until it is stopped" wait_for 30 grep -q "Ctrl-C stops both" "$work/out"
ok "A serves" curl -sf -o /dev/null "http://127.0.0.1:$base/"
ok "B serves" curl -sf -o /dev/null "http://127.0.0.1:$((base + 10))/"
kill -TERM "$run_pid"
lib_reap "$run_pid" 60
is "it ends with 0" "$?" 0
ok "and both have stopped" sh -c '! curl -s "http://127.0.0.1:$1/" && ! curl -s "http://127.0.0.1:$2/"' x "$base" $((base + 10))

"$top_srcdir/scripts/run" --once >"$work/out" 2>&1
is "--once without a file is a usage error" "$?" 2
"$top_srcdir/scripts/run" --port-base x >"$work/out" 2>&1
is "a port that is no number, too" "$?" 2
done_testing
