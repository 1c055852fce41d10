#!/bin/bash
# The level of the configuration goes up while a server is full. SIGHUP does
# not do it, the next start does. Of two servers with the same rows one raises
# them in peace; the other is killed with kill -9 at random moments of it,
# KEYPOST_KILLS times. In the end both hold the same, each change was noted
# exactly once, and nobody was sent a letter.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
kills=${KEYPOST_KILLS:-8}
RANDOM=${KEYPOST_SEED:-$$}
echo "# KEYPOST_SEED=${KEYPOST_SEED:-$$} KEYPOST_KILLS=$kills"

# ---- what there is, and what shall become of it -----------------------------------
# 300 keys, each with a signature that belongs to the one before: it goes. And
# real ones, if they are there, of which most lose nothing.
ring=$work/ring
"$top_builddir/tests/bench/gen-keys" 300 68 >"$work/made" ||
	bail "keys are made"
python3 - "$work/made" >"$ring" <<'X' || bail "and spoilt"
import sys
octets = open(sys.argv[1], "rb").read()
at, certs = 0, []
while at < len(octets):
    tag, size = octets[at] >> 2 & 15, 1 << (octets[at] & 3)
    end = at + 1 + size + int.from_bytes(octets[at + 1 : at + 1 + size], "big")
    if tag == 6:
        certs.append([])
    certs[-1].append(octets[at:end])
    at = end
for i, cert in enumerate(certs):
    sys.stdout.buffer.write(b"".join(cert) + certs[i - 1][-1])
X
real=/usr/share/keyrings/debian-maintainers.gpg
[ ! -s "$real" ] || cat "$real" >>"$ring"
digest_of() { "$top_builddir/tests/tools/kpdigest" -l "$1" "$ring" | sort; }
digest_of sks | cut -d " " -f 1,2 >"$work/low"
digest_of clean | cut -d " " -f 1,2 >"$work/high"
# those that lose packets: fingerprint, digest before, digest after
join "$work/low" "$work/high" | awk '$2 != $3' >"$work/changes"
n=$(wc -l <"$work/low")
is "level clean refuses none of them" "$(wc -l <"$work/high")" "$n"
ok "the spoilt ones lose packets" [ "$(wc -l <"$work/changes")" -ge 300 ]
sql() { sqlite3 "file:$work/$1/data/keypost.db?mode=ro" "$2"; }
below() { sql "$1" "SELECT count(*) FROM cert WHERE level < 1"; }
changes() {
	sql "$1" "SELECT hex(fpr) || ' ' || hex(old_digest) || ' ' ||
		hex(new_digest) FROM change JOIN cert ON cert.id = change.cert
		WHERE origin = 'admin' ORDER BY 1"
}
rows() {
	sql "$1" "SELECT hex(fpr), level, flags, hex(sks_digest),
		hex(search), octets_sum, hex(octets) FROM cert
		ORDER BY 1"
}
holds() { digests "$1" | cmp - "$work/$2"; }
raise_of() {
	kp "$1" status --json | sed -n "s/.*\"raise\":{[^}]*\"$2\":\([0-9a-z]*\).*/\1/p"
}

network_server="level = sks"
ok "A and B start at level sks" network a:b b:a
for name in a b; do
	kp $name load -q "$ring" >"$work/out" 2>&1
	is "$name takes the keyring" $? 0
	ok "$name holds it as it came" holds $name low
	is "$name: none of it is verified" "$(below $name)" "$n"
done
# The log keeps what a peer waits for.
kp a peer pause b >/dev/null && kp b peer pause a >/dev/null
is "the peers wait" $? 0

# ---- another level in the file ---------------------------------------------------------
for name in a b; do
	sed -i "s/^level = sks/level = clean/" "$work/$name/keypost.conf"
done
kill -HUP "$a_pid"
ok "SIGHUP takes a file with another level" wait_for 10 \
	grep -q "event=reload outcome=done" "$work/a/log"
is "but raises nothing" "$(raise_of a running) $(below a)" "false $n"
is "and status still tells the level that is in force" \
	"$(kp a status --json | grep -c '"raise":{"level":"sks"')" 1
stop_server b
is "B stops" $? 0
run_server b
ok "B starts at level clean" wait_ready b
ok "and raises what it holds, in peace" wait_for 120 holds b high
is_done() { [ "$(raise_of "$1" running)" = false ]; }
ok "to the end" wait_for 60 is_done b
is "no row is left below" "$(below b)" 0

# ---- killed ---------------------------------------------------------------------------------
# Slow enough for all the kills to find it at work.
printf '[limits]\nverify_share = 10\n' >>"$work/a/keypost.conf"
stop_server a
is "A stops" $? 0
# fewer COUNT: some rows were raised since, or all of them
fewer() { [ "$(below a)" -lt "$1" ]; }
died=0
for ((k = 0; k < kills && $(below a) > 0; k++)); do
	left=$(below a)
	run_server a
	wait_ready a || bail "A starts after $k kills"
	wait_for 60 fewer "$left" || bail "A raises rows after $k kills"
	sleep "0.$((RANDOM % 900 + 100))"
	kill_server a
	left=$(below a)
	echo "# killed with $left of $n rows left"
	[ "$left" -eq 0 ] || died=$((died + 1))
done
ok "it was killed in the middle more than once" [ "$died" -gt 1 ]
sed -i '/^verify_share/d' "$work/a/keypost.conf"
run_server a
ok "A starts once more" wait_ready a
raised() { [ "$(below a)" -eq 0 ] && is_done a; }
ok "and comes to the end" wait_for 120 raised
ok "A holds what level clean keeps of each" holds a high

# ---- as if nothing had been ---------------------------------------------------------------
rows a >"$work/a.rows"
rows b >"$work/b.rows"
is "there are as many rows as before" "$(wc -l <"$work/a.rows")" "$n"
ok "in all they say they are those of B, which was left in peace" \
	cmp "$work/a.rows" "$work/b.rows"
for name in a b; do
	changes $name >"$work/$name.changes"
	ok "$name noted each change once, with both digests" \
		cmp "$work/$name.changes" "$work/changes"
	is "$name: nobody is told of packets that were lost" "$(sql $name \
		"SELECT count(*) FROM change WHERE origin = 'admin' AND
		length(delta) > 0")" 0
	is "$name: its file is whole" "$(sql $name 'PRAGMA integrity_check')" ok
done
kp a peer resume b >/dev/null && kp b peer resume a >/dev/null
is "the peers go on" $? 0
# behind NAME COUNT
behind() { kp "$1" peer status --json | grep -q "\"behind\":$2[,}]"; }
for name in a b; do
	ok "$name comes to the end of its log" wait_for 30 behind $name 0
done
ok "both go quiet" quiet 1
is "no letter went out" "$(all_letters)" 0
sample=$(sed -n 7p "$work/high" | cut -d " " -f 1)
ok "A serves" serves a "$sample"
is "and finds the same user IDs as B" \
	"$(http a "/pks/lookup?op=index&options=mr&search=debian" | sort)" \
	"$(http b "/pks/lookup?op=index&options=mr&search=debian" | sort)"
stop_server a
run_server a
ok "A starts again" wait_ready a
is "and has nothing to do" "$(raise_of a running) $(raise_of a rows)" "false 0"
stop_server a
stop_server b
done_testing
