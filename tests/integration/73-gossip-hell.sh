#!/bin/bash
# A gossip partner that stalls, lies and floods, from either end, and one that
# gives no keys, or others: each talk ends, memory is bounded, look-ups go on,
# and an honest partner is talked with next.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/peers.sh"
for tool in sqlite3 python3; do
	command -v "$tool" >/dev/null || skip_all "$tool is not installed"
done
. "$top_srcdir/tests/integration/gossip-partners.sh"
hell=$top_srcdir/tests/tools/hell-gossip.py
recon=$gossip_recon_port

"$top_builddir/tests/bench/gen-keys" 200 73 >"$work/ring"
"$top_builddir/tests/bench/gen-keys" -f 1000 4 73 >"$work/late"
"$top_builddir/tests/tools/kpsplit" "$work/late" "$work" || bail "keys are made"

# partner NAME N: one that is honest until it is told otherwise
partners= sections=
partner() {
	mkdir "$work/$1"
	cp "$work/000000.pgp" "$work/$1/keys"
	partners="$partners $gossip_net.$2=$work/$1"
	sections="$sections
[peer $1]
gossip = $gossip_net.$2:$recon"
}
partner hell 9
partner honest 8
partner teller 7
# Who gives no keys is left alone for a while: one for each way to do so.
queries="error redirect garbage half count length twice endless pour other stall"
n=50
for mode in $queries; do
	partner "q-$mode" $((n += 1))
	echo "$mode" >"$work/q-$mode/http"
	openssl rand -hex 16 >"$work/q-$mode/digests"
done
# So is who breaks the protocol: one for each way, too.
calls="silent after-config after-verdict half-frame close close-after-config
	close-after-verdict close-in-frame long-config long-frame long-verdict
	pairs mbar version filters no-port no-filters refuse prefix garbage
	unknown flood drip errors bad-elements sync-fail"
n=100
for mode in $calls; do
	sections="$sections
[peer c-$mode]
gossip_from = $gossip_net.$((n += 1))"
done
# shellcheck disable=SC2086
python3 "$hell" serve "$recon" "$gossip_http_port" $partners \
	>"$work/hell/err" 2>&1 &
pids="$pids $!"
make_server a "[server]
level = sks
[gossip]
listen = 127.0.0.1:$recon
interval = 1h
idle = 2s
$sections"
ok "keypost has keys" kp a load -q "$work/ring"
run_server a
ok "and runs" wait_ready a
fpr=$("$top_builddir/tests/tools/kpdigest" "$work/ring" | sed -n '1s/ .*//p')
ok "and serves" serves a "$fpr"
memory() { sed -n "s/^$1:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$a_pid/status"; }
base=$(memory VmRSS)
(
	while [ ! -e "$work/enough" ]; do
		serves a "$fpr" && echo good || echo bad
		sleep 0.2
	done >"$work/looked.up"
) &
pids="$pids $!"

# digests PARTNER [FILE...]: what it holds from now on
digests() {
	digests_of=$1
	shift
	"$top_builddir/tests/tools/kpdigest" "$@" | cut -d ' ' -f 2 \
		>"$work/$digests_of/digests"
}

# ---- one that asks ----------------------------------------------------------
run() { timeout 40 "$top_builddir/keypost" -c "$work/a/keypost.conf" \
	recon run "$1"; }
# ends MODE: a talk that we begin is over, and did not go well
ends() {
	echo "$1" >"$work/hell/mode"
	run hell >"$work/run.out"
	[ $? -eq 1 ] || return 1
	cat "$work/run.out"
	[ "$(wc -c <"$work/run.out")" -lt 1000 ] &&
		! LC_ALL=C grep -q '[^ -~]' "$work/run.out"
}
for mode in silent after-config after-verdict half-frame close \
	close-after-config close-after-verdict close-in-frame long-config \
	long-frame long-verdict pairs mbar version filters no-port no-filters \
	refuse prefix garbage unknown flood drip errors bad-elements requests \
	deaf; do
	ok "who asks, $mode: it ends, and says why" ends "$mode"
done
ok "filters that differ are named" sh -c "echo filters >'$work/hell/mode'
	'$top_builddir/keypost' -c '$work/a/keypost.conf' recon run hell |
	grep 'nobody.else' | grep -q yminsky.merge"

# ---- one that answers -------------------------------------------------------
called() { # called ADDRESS=MODE...
	timeout 200 python3 "$hell" call "$gossip_http_port" "$recon" \
		"$work/teller/digests" "$@"
}
n=100
set --
for mode in $calls; do
	set -- "$@" "$gossip_net.$((n += 1))=$mode"
done
called "$@" >"$work/called"
for mode in $calls; do
	ok "who answers, $mode: it ends" grep "^$mode ended" "$work/called"
done

# ---- digests without end ----------------------------------------------------
echo elements >"$work/teller/mode"
run teller >"$work/run.out"
ok "of differences without end, no more are taken than are asked for" \
	grep -q "it has 100000 that we lack" "$work/run.out"
ok "from who answers, too" called "$gossip_net.7=full"
ok "they are asked for" wait_for 30 grep -q "^hashquery none" "$work/teller/log"

# ---- keys that are none -----------------------------------------------------
for mode in $queries; do
	run "q-$mode" >/dev/null
done
for mode in $queries; do
	ok "hashquery, $mode: it is asked" wait_for 60 \
		grep -q "^hashquery $mode" "$work/q-$mode/log"
done

# ---- and then ---------------------------------------------------------------
has() { serves a "$("$top_builddir/tests/tools/kpdigest" "$1" | cut -d ' ' -f 1)"; }
cp "$work/000001.pgp" "$work/honest/keys"
echo good >"$work/honest/http"
digests honest "$work/000001.pgp"
ok "an honest partner is talked with" run honest
ok "and its key is fetched" wait_for 30 has "$work/000001.pgp"
touch "$work/enough"
sleep 0.1
ok "look-ups were made" [ "$(grep -c . "$work/looked.up")" -gt 20 ]
is "none failed meanwhile" "$(grep -c bad "$work/looked.up")" 0
peak=$(memory VmHWM)
echo "# memory: $base KiB, at most $peak KiB"
case ${KEYPOST_SANITIZER:-no} in
no) ok "it took no more than 64 MiB" [ $((peak - base)) -lt 65536 ] ;;
*) skip "it took no more than 64 MiB" "a sanitizer keeps what was freed" ;;
esac

# ---- kill -9 ----------------------------------------------------------------
# Of connections, as the kernel tells them: address and port.
seen_at() { awk -F. -v port="$recon" '{
	printf "%02X%02X%02X%02X:%04X", $4, $3, $2, $1, port }' <<<"$1"; }
# wait_open FROM TO: without a rest, a talk may be over in a tenth of a second
wait_open() {
	open_end=$((SECONDS + 20))
	until grep -q " $1 $2 01 " /proc/net/tcp; do
		[ "$SECONDS" -lt "$open_end" ] || return 1
	done
}
any='[0-9A-F:]*'
killed() {
	run_server a
	wait_ready a || return 1
	echo "$1" >"$work/hell/mode"
	run hell >/dev/null 2>&1 &
	run_pid=$!
	wait_open "$any" "$(seen_at "$gossip_net.9")" || return 1
	sleep "0.$((RANDOM % 4))"
	kill_server a
	wait "$run_pid"
	return 0
}
kill_server a
for mode in after-config after-verdict requests elements; do
	ok "killed in a talk with one of $mode" killed "$mode"
done
killed_asking() {
	run_server a
	wait_ready a || return 1
	called "$gossip_net.7=$1" >/dev/null 2>&1 &
	call_pid=$!
	wait_open "$(seen_at 127.0.0.1)" "$any" || return 1
	sleep "0.$((RANDOM % 4))"
	kill_server a
	wait "$call_pid"
	return 0
}
for mode in after-config after-verdict; do
	ok "killed as it asks one of $mode" killed_asking "$mode"
done
run_server a
ok "it comes up" wait_ready a
cp "$work/000002.pgp" "$work/honest/keys"
digests honest "$work/000002.pgp"
ok "and has the next honest talk" run honest
ok "and fetches" wait_for 30 has "$work/000002.pgp"
tree_is_whole() {
	kp a recon status --json | grep -q "\"digests\":$(cert_count a),"
}
ok "its tree is what it stores" wait_for 30 tree_is_whole
done_testing
