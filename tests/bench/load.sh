#!/bin/bash
# load.sh - filling an empty store: keypost beside sks, onak and bare SQLite
#
#     load.sh [KEYS...]      10000 100000 unless said
#
# A line for each: what, keys, seconds, keys/s, seconds of the processor (of
# the program and its children), its largest resident memory, octets on disk
# for each octet of the keys. Generated keys (gen-keys), kept in
# KEYPOST_BENCH_CACHE between runs; KEYPOST_BENCH_WHAT="sks clean bare" measures
# these alone. Everything is as durable as it is by default: keypost's last
# octet is on disk when it ends, sks does not flush. onak gets 2,000 keys at
# most: it adds some hundred a second. A keyring of one's own is measured, too,
# when KEYPOST_BENCH_RINGS names files.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
. "$top_srcdir/tests/integration/peers.sh"
cache=${KEYPOST_BENCH_CACHE:-${TMPDIR:-/tmp}/keypost-bench}
what=${KEYPOST_BENCH_WHAT:-load-sks load-rows load-clean sks-build sks-fastbuild onak bare}
work=$(mktemp -d "${TMPDIR:-/tmp}/kp-bench.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
mkdir -p "$cache"
[ $# -gt 0 ] || set -- 10000 100000

# timed WHAT KEYS KEY-OCTETS FOLDER COMMAND...: the line
timed() {
	python3 - "$@" <<-'EOF'
	import os, resource, subprocess, sys, time
	what, keys, octets, folder = sys.argv[1:5]
	began = time.time()
	with open(os.path.join(os.path.dirname(folder), "out"), "wb") as out:
	    rc = subprocess.call(sys.argv[5:], stdout=out, stderr=out)
	took = time.time() - began
	used = resource.getrusage(resource.RUSAGE_CHILDREN)
	disk = sum(os.lstat(os.path.join(d, f)).st_blocks * 512
	           for d, _, fs in os.walk(folder) for f in fs)
	print("%-14s keys=%s seconds=%.2f per_second=%.0f cpu=%.2f "
	      "cpu_us_per_key=%.1f memory_MiB=%d disk_ratio=%.2f load=%s%s" % (
	      what, keys, took, int(keys) / took, used.ru_utime + used.ru_stime,
	      (used.ru_utime + used.ru_stime) * 1e6 / int(keys),
	      used.ru_maxrss >> 10, disk / int(octets),
	      open("/proc/loadavg").read().split()[0],
	      "" if rc == 0 else " status=%d" % rc), flush=True)
	EOF
}

# keypost WHAT LEVEL KEYS OCTETS FILE...
keypost() {
	mkdir -p "$work/kp"
	cat >"$work/kp.conf" <<-EOF
	[server]
	level = $2
	data = $work/kp
	$([ "$(id -u)" -ne 0 ] || echo "user = root")
	[http]
	listen = 127.0.0.1:0
	EOF
	# With a key in it, it is not filled in bulk.
	[ "$1" != load-rows ] || "$top_builddir/keypost" -c "$work/kp.conf" \
		load -q "$cache/one.pgp"
	timed "$1" "$3" "$4" "$work/kp" "$top_builddir/keypost" \
		-c "$work/kp.conf" load -q "${@:5}"
	rm -rf "$work/kp" "$work/kp.conf"
}

# sks HOW KEYS OCTETS FILE...: build or fastbuild
sks() {
	command -v sks >/dev/null || { echo "# sks is not installed"; return; }
	sks_setup "$work/sks" 11371 pgp-public-keys@sks.example pks@a.example
	rm -rf "$work/sks/var/lib/sks/DB" "$work/sks/var/lib/sks/PTree"
	# Where fastbuild looks, whatever it is told.
	mkdir "$work/sks/var/lib/sks/dump"
	for f in "${@:4}"; do ln -s "$(realpath "$f")" "$work/sks/var/lib/sks/dump/${f##*/}.pgp"; done
	(cd "$work/sks" && timed "sks-$1" "$2" "$3" "$work/sks" sks "$1" \
		-basedir "$work/sks" -n 10 -cache 100 "${@:4}")
	rm -rf "$work/sks"
}

onak() { # KEYS FILE
	command -v onak >/dev/null || { echo "# onak is not installed"; return; }
	onak_n=$(($1 < 2000 ? $1 : 2000))
	"$top_builddir/tests/bench/gen-keys" "$onak_n" 7 >"$work/onak.pgp"
	onak_setup "$work/onak" pgp-public-keys@onak.example
	sed -i 's/^check_sighash.*/check_sighash=false/' "$work/onak/onak.ini"
	timed onak "$onak_n" "$(stat -c %s "$work/onak.pgp")" "$work/onak" \
		sh -c "'$work/onak/bin/onak' -b add <'$work/onak.pgp'"
	rm -rf "$work/onak" "$work/onak.pgp"
}

# Rows of 2.4 KB with an index of digests and one of keys, made at the end.
bare() { # KEYS
	mkdir "$work/bare"
	timed bare-sqlite "$1" $(($1 * 2400)) "$work/bare" python3 -c '
import os, sqlite3, sys
n, db = int(sys.argv[1]), sqlite3.connect(sys.argv[2], isolation_level=None)
for p in ("page_size=8192", "journal_mode=TRUNCATE", "synchronous=FULL",
          "locking_mode=EXCLUSIVE", "cache_size=-16384"):
    db.execute("PRAGMA " + p)
db.execute("CREATE TABLE cert(id INTEGER PRIMARY KEY, fpr BLOB, digest BLOB,"
           " octets BLOB)")
octets = os.urandom(2400)
def rows(k):
    for _ in range(k):
        r = os.urandom(36)
        yield r[:20], r[20:], octets
for at in range(0, n, 20000):
    db.execute("BEGIN")
    db.executemany("INSERT INTO cert(fpr, digest, octets) VALUES(?, ?, ?)",
                   rows(min(20000, n - at)))
    db.execute("COMMIT")
db.execute("CREATE INDEX d ON cert(digest)")
db.execute("CREATE INDEX f ON cert(fpr)")
' "$1" "$work/bare/db"
	rm -rf "$work/bare"
}

measure() { # KEYS FILE...
	measure_octets=$(cat "${@:2}" | wc -c)
	for w in $what; do
		case $w in
		load-sks | load-rows) keypost "$w" sks "$1" "$measure_octets" "${@:2}" ;;
		load-clean) keypost "$w" clean "$1" "$measure_octets" "${@:2}" ;;
		sks-*) sks "${w#sks-}" "$1" "$measure_octets" "${@:2}" ;;
		onak) onak "$1" ;;
		bare) bare "$1" ;;
		esac
	done
}

echo "machine $(nproc) CPUs, $(awk -F': ' '/model name/ { print $2; exit }' \
	/proc/cpuinfo), kernel $(uname -r)"
"$top_builddir/tests/bench/gen-keys" -f 4000000000 1 7 >"$cache/one.pgp"
for keys in "$@"; do
	ring=$cache/store-$keys.pgp
	[ -s "$ring" ] || {
		"$top_builddir/tests/bench/gen-keys" "$keys" 7 >"$ring.part" &&
			mv "$ring.part" "$ring"
	}
	measure "$keys" "$ring"
done
[ -z "${KEYPOST_BENCH_RINGS:-}" ] || {
	what=${what//onak/}
	what=${what//bare/}
	# shellcheck disable=SC2086 # a list
	measure "$(cat $KEYPOST_BENCH_RINGS | gpg --show-keys --with-colons \
		2>/dev/null | grep -c ^pub)" $KEYPOST_BENCH_RINGS
}
