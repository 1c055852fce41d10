#!/bin/bash
# keypost load reads dumps as they are published: packed by zstd or gzip, a
# folder with what SKS, Hockeypuck or keypost put beside the keys; a damaged
# one gives all that is good and says what was not. What dump wrote and load
# read is dumped again as the same certificates.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
command -v zstd >/dev/null || skip_all "zstd is missing"
digests() { "$top_builddir/tests/tools/kpdigest" "$@" | sort; }
fact() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
n=0
# load NAME FILE...: into a new store; sets `new` and `status`
load() {
	n=$((n + 1))
	make_server "s$n" "[server]
level = sks"
	kp "s$n" load --json "$@" >"$work/out" 2>"$work/err" <"${stdin:-/dev/null}"
	status=$?
	new=$(fact new <"$work/out")
}

"$top_builddir/tests/bench/gen-keys" 60 42 >"$work/ring" || bail "keys are made"
"$top_builddir/tests/tools/kpdigest" -l sks "$work/ring" >/dev/null || bail "and read"
digests "$work/ring" >"$work/want"

# ---- packed files ----------------------------------------------------------
zstd -q "$work/ring" -o "$work/ring.zst"
gzip -c "$work/ring" >"$work/ring.gz"
mv "$work/ring.gz" "$work/renamed"
load "$work/ring.zst"
is "zstd is unpacked" "$status $new" "0 60"
load "$work/renamed"
is "so is gzip, whatever its name" "$status $new" "0 60"
stdin=$work/ring.zst load -
is "and what comes on standard input" "$status $new" "0 60"
stdin=$work/ring load -
is "which may be plain" "$status $new" "0 60"
head -c $(($(stat -c %s "$work/ring") / 2)) "$work/ring" >"$work/half"
"$top_builddir/tests/bench/gen-keys" -a -f 1000 20 42 >"$work/armor"
{ zstd -qc "$work/ring"; "$top_builddir/tests/bench/gen-keys" -f 2000 5 42 | zstd -qc; } >"$work/frames.zst"
load "$work/frames.zst"
is "several frames in a file are one" "$status $new" "0 65"
gzip -c "$work/armor" >"$work/armor.gz"
load "$work/armor.gz"
is "armor may be packed" "$status $new" "0 20"
head -c $(($(stat -c %s "$work/ring.zst") / 2)) "$work/ring.zst" >"$work/cut.zst"
load "$work/cut.zst"
is "a packed file that is cut is no success" "$status $new" "1 0"
ok "and named" grep -q "cut.zst: .*the rest is skipped" "$work/err"
gzip -c "$work/ring" | head -c 90000 >"$work/cut.gz"
load "$work/cut.gz"
is "what came before the cut is kept" "$status $([ "$new" -gt 20 ] && echo many)" "4 many"

# A file that unpacks to hundreds of times its size costs no memory.
for _ in $(seq 3000); do cat "$work/ring"; done | zstd -q --long=24 >"$work/bomb.zst"
head -c 1000000000 /dev/zero | zstd -q >"$work/zeros.zst"
# A sanitizer keeps what was freed.
most=300
[ "${KEYPOST_SANITIZER:-no}" = no ] || most=900
for bomb in bomb zeros; do
	python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)' \
		"$top_builddir/keypost" -c "$work/s1/keypost.conf" load --dry-run \
		"$work/$bomb.zst" >"$work/rss"
	echo "# $bomb.zst: $(stat -c %s "$work/$bomb.zst") octets, $(cat "$work/rss") MiB of memory"
	ok "$bomb.zst does not grow in memory" [ "$(cat "$work/rss")" -lt "$most" ]
done

# ---- folders ---------------------------------------------------------------
mkdir "$work/sks"
cp "$work/ring" "$work/sks/sks-dump-0000.pgp"
"$top_builddir/tests/bench/gen-keys" -f 3000 5 42 >"$work/sks/sks-dump-0001.pgp"
echo "#Metadata-for: localhost" >"$work/sks/metadata-sks-dump.txt"
echo "0123456789abcdef  sks-dump-0000.pgp" >"$work/sks/md5sums"
load "$work/sks"
is "of a dump of SKS only the keys are read" "$status $new" "0 65"
mkdir "$work/hkp"
zstd -q "$work/ring" -o "$work/hkp/hkp-dump-0000.pgp.zst"
: >"$work/hkp/SHA256SUMS"
load "$work/hkp"
is "of one of Hockeypuck, too" "$status $new" "0 60"

# ---- there and back --------------------------------------------------------
kp s1 dump -q --since 0 "$work/zero"
is "since the beginning is all, though a bulk load notes no changes" \
	"$(digests "$work/zero/keypost-0000.pgp" | wc -l)" 60
kp s1 dump -q --zstd "$work/one"
load "$work/one"
is "what dump wrote, load reads" "$status $new" "0 60"
kp "s$n" dump -q "$work/two"
digests "$work/two/keypost-0000.pgp" >"$work/got"
ok "and the next dump has the same certificates" cmp "$work/want" "$work/got"
cp -r "$work/two" "$work/bad"
printf 'X' | dd of="$work/bad/keypost-0000.pgp" bs=1 seek=1000 conv=notrunc 2>/dev/null
load "$work/bad"
is "a file that is not what the manifest says is no success" "$status" 4
ok "and is named" grep -q "bad/keypost-0000.pgp: its SHA-256 is not" "$work/err"
ok "what is good of it is loaded" [ "$new" -ge 58 ]
rm "$work/bad/keypost-0000.pgp"
load "$work/bad"
is "a missing one is none" "$status" 1
ok "and is named, too" grep -q "keypost-0000.pgp: is in the manifest, and is missing" "$work/err"
# ---- a giant certificate -----------------------------------------------------
# More than a submission and the control socket hold, by strangers: to a running
# daemon it goes in pieces, and what is the owner's stays.
key=$top_srcdir/tests/data/openpgp/v4-rsa.pgp
python3 -c 'import sys
d = open(sys.argv[1], "rb").read()
w = sys.stdout.buffer.write
w(d)
for i in range(110000):
	t = b"Nobody %06d" % i + b"." * 90
	w(b"\xb4" + bytes([len(t)]) + t)
w(d)' "$key" >"$work/giant.pgp"
make_server big "[server]
level = clean"
run_server big
wait_ready big || bail "the server starts"
kp big load --json "$work/giant.pgp" >"$work/out" 2>"$work/err"
is "a giant certificate is loaded" "$? $(fact new <"$work/out") $(fact failed <"$work/out")" "0 1 0"
kp big dump -q - >"$work/kept"
digests "$key" >"$work/want"
digests "$work/kept" >"$work/got"
ok "and nothing of its owner's is lost" cmp "$work/want" "$work/got"
stop_server big || ok "the server stops" false
done_testing
