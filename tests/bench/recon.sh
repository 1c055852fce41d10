#!/bin/bash
# recon.sh - gossip: keypost and sks, with each other and with their own kind
#
#     recon.sh [KEYS]      100000 unless said
#
# Two servers hold the same KEYS; then each is given half of 100, 1000 and
# 10000 more, they gossip, and fetch from each other what is missing. It is
# measured from the first octet on the wire until both have all and are silent,
# and with the octets that went both ways, those of the keys included. Who
# begins a talk answers in it; who was asked for it waits before it fetches, sks
# for 10 seconds and keypost for one, so that seconds in which something was said
# are a row of their own. A row "lacking" says that both were silent before they had
# all. Takes 6 minutes on two idle CPUs, and more the first time. Needs root,
# for a loopback of its own, and sks.
if [ "$(id -u)" -eq 0 ] && [ -z "${KEYPOST_BENCH_ALONE:-}" ]; then
	KEYPOST_BENCH_ALONE=yes exec unshare -n "$0" "$@"
fi
. "$(dirname "$0")/bench.sh"
[ "$(id -u)" -eq 0 ] || { progress "recon: not without root"; exit 0; }
has sks || exit 0
ip link set lo up || exit 1
size=${1:-100000}
left=127.0.1.1 right=127.0.1.2 port=11371

# posted ADDRESS FILE...: armored keys of up to 5 MB, to sks
posted() {
	for posted_f in "${@:2}"; do
		curl -s -o /dev/null --data-urlencode "keytext@$posted_f" \
			"http://$1:$port/pks/add"
	done
}
# more FIRST COUNT NAME: keys that nobody has yet
more() {
	rm -f "$work/new-$3".*
	"$tools/gen-keys" -f "$1" "$2" 7 >"$work/new-$3.pgp"
	for ((more_i = 0; more_i < $2; more_i += 1000)); do
		more_n=$(($2 - more_i < 1000 ? $2 - more_i : 1000))
		"$tools/gen-keys" -f $(($1 + more_i)) $more_n 7 |
			gpg --enarmor 2>/dev/null |
			sed 's/ARMORED FILE/PUBLIC KEY BLOCK/' \
				>"$work/new-$3.$more_i.asc"
	done
	"$top_builddir/tests/tools/kpdigest" "$work/new-$3.pgp" |
		cut -d ' ' -f 2 >"$work/new-$3.digests"
}

# ---- sks --------------------------------------------------------------------

# sks_made: what it holds first, once
sks_made() {
	[ -d "$cache/sks-recon-$size/PTree" ] && return
	progress "recon: sks with $size"
	sks_setup "$work/made" $port pks@sks.example
	rmdir "$work/made/var/lib/sks/DB" "$work/made/var/lib/sks/PTree"
	(
		cd "$work/made" && sks build -basedir . -n 10 -cache 100 "$ring"
		# Now and then it ends in a fault, when all is done.
		sks cleandb -basedir .
		sks cleandb -basedir . && sks pbuild -basedir .
	) >"$work/made.out" 2>&1 || return
	mv "$work/made/var/lib/sks" "$cache/sks-recon-$size"
}
# sks_new NAME ADDRESS PARTNER: with its keys, and running
sks_new() {
	sks_setup "$work/$1" $port pks@sks.example
	rm -r "$work/$1/var/lib/sks"
	cp -r "$cache/sks-recon-$size" "$work/$1/var/lib/sks"
	cat >"$work/$1/etc/sks/sksconf" <<-EOC
	hostname: $2
	hkp_address: $2
	recon_address: $2
	disable_mailsync:
	pagesize: 16
	ptree_pagesize: 16
	EOC
	echo "$3 11370" >"$work/$1/etc/sks/membership"
	(cd "$work/$1" && exec sks db -basedir . >db.out 2>&1) &
	pids="$pids $!"
	for _ in $(seq 600); do
		curl -s -o /dev/null "http://$2:$port/" && return
		sleep 0.1
	done
	return 1
}
sks_more() { posted "$2" "$work/new-$1".*.asc; }
# sks_listens NAME ADDRESS; sks_begins NAME ADDRESS PARTNER
sks_listens() { sks_recon "$1" -dontgossip; }
sks_begins() { sks_recon "$1" -gossip_interval 0.1; }
sks_recon() {
	(cd "$work/$1" && exec sks recon -basedir . "${@:2}" >recon.out 2>&1) &
	recon_pids="$recon_pids $!"
	pids="$pids $!"
	sleep 2
}
sks_lacks() {
	cat "$work"/new-*.digests | sort -u >"$work/want"
	"$top_builddir/tests/tools/kphashquery" request <"$work/want" |
		curl -s --data-binary @- "http://$2:$port/pks/hashquery" |
		"$top_builddir/tests/tools/kphashquery" reply |
		cut -d ' ' -f 2 | sort -u | comm -13 - "$work/want" | wc -l
}

# ---- keypost ----------------------------------------------------------------

kp_of() { kp=$work/$1; }
keypost_new() {
	kp_of "$1"
	mkdir "$kp"
	cat >"$kp.conf" <<-EOC
	[server]
	level = sks
	data = $kp
	user = root
	[http]
	listen = $2:$port
	[gossip]
	listen = $2:11370
	interval = 1h
	[peer other]
	gossip = $3:11370
	EOC
	keypost load -q "$ring"
	"$top_builddir/keypostd" -f -c "$kp.conf" >>"$kp.log" 2>&1 &
	pids="$pids $!"
	for _ in $(seq 600); do
		keypost recon status --json 2>/dev/null |
			grep -q "\"digests\":$size," && return
		sleep 0.1
	done
	return 1
}
keypost_more() { kp_of "$1" && keypost load -q "$work/new-$1.pgp"; }
keypost_listens() { :; }
keypost_begins() { kp_of "$1" && keypost recon run other >/dev/null; }
keypost_lacks() {
	sqlite3 "file:$work/$1/keypost.db?mode=ro" \
		"SELECT $held - count(*) FROM cert"
}

# ---- both -------------------------------------------------------------------

# silence FILE: writes seconds, those of them in which something was said, and
# octets, when but little was said for so long as both wait before they fetch; a
# talk that finds nothing new is little
silence() {
	python3 -c '
import re, sys, time
def said():
    return int(re.search(r"lo: *(\d+)", open("/proc/self/net/dev").read())[1])
first = said()
seen = [(time.monotonic(), first)]
began = ended = changed = None
busy = told = 0.0
deadline = time.monotonic() + float(sys.argv[1])
while time.monotonic() < deadline:
    t, now = time.monotonic(), said()
    if now != seen[-1][1]:
        changed = t
        busy += t - seen[-1][0]
    seen = [s for s in seen if s[0] > t - 1] + [(t, now)]
    if now - first > 200 and began is None:
        began = t
    if now - seen[0][1] > 6000:
        ended, last, told = changed, now, busy
    if ended is not None and t - ended > 17:
        break
    time.sleep(0.02)
print("%.2f %.2f %d" % (ended - began, told, last - first)
      if ended else "0 0 0")
' "$limit" >"$1"
}

# measured BEGINS LISTENS: of these two programs
measured() {
	progress "recon: $1 with $2"
	rm -rf "$work"/[ab] "$work"/[ab].* "$work"/new-*
	recon_pids=
	"$2_new" a $left $right && "$1_new" b $right $left || {
		note "recon: $1 and $2 did not start"
		return
	}
	held=$size first=$((10 * size))
	for count in 100 1000 10000; do
		more $first $((count / 2)) a
		more $((first + count)) $((count / 2)) b
		first=$((first + 2 * count)) held=$((held + count))
		"$2_more" a $left
		"$1_more" b $right
		"$2_listens" a $left
		sleep 1
		silence "$work/silence" &
		silence_pid=$!
		# It looks, before anything is said.
		sleep 1
		"$1_begins" b $right $left
		wait $silence_pid
		read -r took busy said <"$work/silence"
		row "recon/$count differences" "$1 begins, $2" "$size" - \
			"$took" s
		row "recon/$count differences" "$1 begins, $2" "$size" - \
			"$busy" "s with octets on the wire"
		row "recon/$count differences" "$1 begins, $2" "$size" - \
			$((said / 1024)) "KiB on the wire"
		lacks=$(($("$2_lacks" a $left) + $("$1_lacks" b $right)))
		[ $lacks -eq 0 ] || row "recon/$count differences" \
			"$1 begins, $2" "$size" - $lacks lacking
		for pid in $recon_pids; do
			kill -9 "$pid" && wait "$pid"
		done 2>/dev/null
		recon_pids=
	done
	for pid in $pids; do kill -9 "$pid" && wait "$pid"; done 2>/dev/null
	pids=
}

bench_begin recon
ring_of "$size"
sks_made || { note "recon: $(tail -n 1 "$work/made.out")"; exit 1; }
measured sks sks
measured sks keypost
measured keypost sks
measured keypost keypost
bench_end
