#!/bin/bash
# Of a dump with every kind of damage keypost load takes all that is good, and
# says of the rest in which file it is, and where: into a store, to a running
# daemon, and in a dry run. A file that is cut while it is read ends nothing;
# a load that is killed within a file goes on within it.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v zstd >/dev/null || skip_all "zstd is missing"
gen=$top_builddir/tests/bench/gen-keys
fact() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1" <"$work/out"; }
digests_of() { "$top_builddir/tests/tools/kpdigest" -l sks "$@" | cut -d ' ' -f 1,2 | sort; }

# ---- the dump ----------------------------------------------------------------
mkdir "$work/dump" "$work/good"
for i in 0 1 2 3 4 5 6 7 8; do
	"$gen" -f "${i}000" 9 46 >"$work/good/$i" || bail "keys are made"
done
export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"
gpg -q --batch --passphrase '' --quick-gen-key 'One <one@example.org>' \
	ed25519 default never 2>/dev/null || bail "a key"
gpg -q --batch --export-secret-keys >"$work/secret" 2>/dev/null
gpgconf --kill all
unset GNUPGHOME
"$gen" -a -f 90000 3 46 >"$work/armor"
python3 - "$work" <<'X' || bail "it is damaged"
import gzip, sys
w = sys.argv[1]
good = [open(f"{w}/good/{i}", "rb").read() for i in range(9)]
secret = open(w + "/secret", "rb").read()
armor = open(w + "/armor").read()
def starts(b):
    at, out = 0, []
    while at < len(b):
        tag, size = b[at] >> 2 & 15, 1 << (b[at] & 3)
        if tag == 6:
            out.append(at)
        at += 1 + size + int.from_bytes(b[at + 1:at + 1 + size], "big")
    return out
def write(n, b):
    open(f"{w}/dump/sks-dump-000{n}.pgp", "wb").write(b)
places, kept = [], []
def lost(n, at): places.append(f"sks-dump-000{n}.pgp {at}")
def whole(n, b): kept.append(b)
# 0: sound
write(0, good[0]); whole(0, good[0])
# 1: cut within the last one, which loses what is behind the cut: its key stays
at = starts(good[1])[8]
key = at + 3 + int.from_bytes(good[1][at + 1:at + 3], "big")
write(1, good[1][:key + 5]); whole(1, good[1][:key]); lost(1, key)
# 2: rubbish between two
at = starts(good[2])[4]
write(2, good[2][:at] + b"\x00\x07" * 2500 + good[2][at:]); whole(2, good[2]); lost(2, at)
# 3: a length that claims the rest of the file and more
at = starts(good[3])[2]
write(3, good[3][:at + 1] + b"\xff\xff" + good[3][at + 3:])
whole(3, good[3][:at] + good[3][starts(good[3])[3]:]); lost(3, at)
# 4: a secret key
at = starts(good[4])[7]
write(4, good[4][:at] + secret + good[4][at:]); whole(4, good[4]); lost(4, at)
# 5: packets that belong to no key: literal data, a marker, an unknown one
at = starts(good[5])[3]
write(5, b"\xca\x03PGP" + good[5][:at] + b"\xcb\x06bHello" + b"\xfc\x01x" + good[5][at:])
whole(5, good[5])
# 6: a key whose material is none
at = starts(good[6])[1]
write(6, good[6][:at] + b"\x99\x00\x03\x04\x01\x02" + good[6][at:])
whole(6, good[6]); lost(6, at)
# 7: armor, and in it a block that is none, between keys
write(7, good[7] + armor.encode() +
      b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!!!\n-----END PGP PUBLIC KEY BLOCK-----\n")
whole(7, good[7])
# 8: packed, and cut
at = len(good[8]) // 2
open(w + "/dump/sks-dump-0008.pgp.gz", "wb").write(gzip.compress(good[8])[:-900])
open(w + "/want", "wb").write(b"".join(kept))
open(w + "/places", "w").write("\n".join(sorted(places)) + "\n")
X
cat "$work/armor" >>"$work/armored"
digests_of "$work/want" >"$work/sound"
digests_of "$work/armored" >>"$work/sound"
sort -o "$work/sound" "$work/sound"
# told: file and offset of what is not in the packed one nor armored
told() {
	python3 - "$work/out" <<-'X' | sort >"$work/told"
	import json, os, re, sys
	for p in json.load(open(sys.argv[1]))["places"]:
	    name, m = os.path.basename(p["file"]), re.match(r"offset (\d+):", p["what"])
	    at = p["offset"] if "offset" in p else int(m[1]) if m else None
	    if not re.search("0007|0008", name):
	        print(name, at)
	X
}
# says WHO: what was told, whoever was asked
says() {
	told
	ok "$1: each place is told, and no other" cmp "$work/places" "$work/told"
	ok "$1: what the key is of that is none" grep -q '"why": *"unusable-key"' "$work/out"
	ok "$1: and the secret one" grep -q '"why": *"secret"' "$work/out"
	ok "$1: a block of armor that is none, from where" grep -q \
		"sks-dump-0007.pgp: .*offset [0-9]" "$work/err"
	ok "$1: what is packed and cut" grep -q \
		"sks-dump-0008.pgp.gz: .*the rest is skipped" "$work/err"
}

make_server a "[server]
level = sks"
kp a load --dry-run --json "$work/dump" >"$work/out" 2>"$work/err"
is "a dry run is no success" "$?" 4
says "dry run"
ok "and stores nothing" [ ! -e "$work/a/data/keypost.db" ]
readable=$(fact new)
kp a load --json "$work/dump" >"$work/out" 2>"$work/err"
is "nor is a load" "$?" 4
says "store"
is "what could be read is loaded" "$(fact new)" "$readable"
digests a | sort >"$work/got"
is "all that is good is there" "$(comm -23 "$work/sound" "$work/got")" ""
is "and of the rest what is whole of the packed one" "$(comm -13 "$work/sound" \
	"$work/got" | cut -d ' ' -f 1)" "$(digests_of "$work/good/8" | sort |
	join -j 1 - "$work/got" | cut -d ' ' -f 1)"
ok "the store is sound" kp a db check -q
kp a load --json "$work/dump" >"$work/out" 2>"$work/err"
is "damage does not change: no file is read again" "$? $(fact skipped)" "0 9"

make_server b "[server]
level = sks"
run_server b
wait_ready b || bail "the server starts"
kp b load --json "$work/dump" >"$work/out" 2>"$work/err"
is "nor is a load to a daemon" "$?" 4
says "daemon"
ok "which says that it is the slower way" grep -q "slower" "$work/err"
digests b | sort >"$work/got2"
ok "the daemon has the same" cmp "$work/got" "$work/got2"
stop_server b

# ---- armor ---------------------------------------------------------------------
# One block of many keys, as gpg --export -a writes it.
"$gen" -f 95000 20 46 >"$work/twenty" || bail "keys are made"
python3 - "$work" <<'X'
import base64, sys
w = sys.argv[1]
text = base64.b64encode(open(w + "/twenty", "rb").read()).decode()
lines = [text[i:i + 64] for i in range(0, len(text), 64)]
lines[len(lines) // 2] = "\0" * 30 + lines[len(lines) // 2][30:]
open(w + "/block", "w").write("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" +
    "\n".join(lines) + "\n=AAAA\n")
X
ln -s nowhere "$work/link"
kp a load --json "$work/block" "$work/link" >"$work/out" 2>"$work/err"
is "a damaged line of a block costs one key" "$? $(($(fact new) + $(fact updated) >= 19))" "4 1"
is "which is told, as is a file that cannot be opened, once each" "$(python3 -c 'import json, sys
for p in json.load(sys.stdin)["places"]:
    print(p["file"].split("/")[-1], "is damaged; skipped" in p["what"])' <"$work/out")" \
	"block True
link False"
is "that its END line is missing is a warning" "$(python3 -c 'import json, sys
print([w["what"] for w in json.load(sys.stdin)["warnings"]])' <"$work/out")" \
	"['offset 0: the END line is missing']"

# ---- names that are no text ----------------------------------------------------
python3 - "$work" <<'X'
import os, sys
d = sys.argv[1].encode() + b"/names/"
os.mkdir(d)
for name in b"two\nlines\x1b[31m", b"no\xff\xfetext":
    open(d + name, "wb").write(b"no key")
X
kp a load --json "$work/names" >"$work/out" 2>"$work/err"
is "names that are no text are told, a line each" "$? $(wc -l <"$work/err")" "1 2"
is "without what a terminal obeys" "$(tr -d '\n -~' <"$work/err")" ""
is "and in the JSON" "$(python3 -c 'import json, sys
print(*sorted(ascii(f["file"].split("/")[-1]) for f in json.load(sys.stdin)["by_file"]))' <"$work/out")" \
	"'no??text' 'two\\nlines\\x1b[31m'"

# ---- cut while it is read ------------------------------------------------------
"$gen" 9000 47 >"$work/ring" || bail "keys are made"
# catch FILE: waits until a load has it open, and stops it there
catch() {
	python3 - "$load" "$1" <<-'X'
	import os, signal, sys, time
	pid, name = int(sys.argv[1]), os.path.realpath(sys.argv[2])
	while True:
	    try:
	        fds = [os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")]
	    except FileNotFoundError:
	        if not os.path.exists(f"/proc/{pid}/fd"):
	            sys.exit("it has ended")
	        continue
	    if name in fds:
	        break
	    time.sleep(0.0005)
	os.kill(pid, signal.SIGSTOP)
	X
}
# begin NAME FILE: a load in the background, at the level that takes long
begin() {
	"$top_builddir/keypost" -c "$work/$1/keypost.conf" load --json --jobs 1 \
		"$2" >"$work/out" 2>"$work/err" &
	load=$!
	pids="$pids $load"
	catch "$2"
}
make_server c ""
cp "$work/ring" "$work/cut"
begin c "$work/cut"
is "a load is at work" "$?" 0
truncate -s 6000000 "$work/cut"
kill -CONT "$load"
wait "$load"
is "a file that is cut meanwhile ends no load" "$?" 4
ok "and is told of" grep -q "cut: offset [0-9]*: .*the rest is skipped" "$work/err"
ok "what was there is loaded" [ "$(fact new)" -gt 1000 ]
kp c load --json "$work/cut" >"$work/out" 2>"$work/err"
is "it counts as another file now" "$(fact skipped)" 0

# ---- killed within a file ------------------------------------------------------
zstd -q "$work/ring" -o "$work/packed"
for file in ring packed; do
	make_server "of_$file" ""
	begin "of_$file" "$work/$file"
	is "$file: a load is at work" "$?" 0
	# What is noted every few seconds is noted when it goes on.
	sleep 5.2
	kill -CONT "$load"
	begun() { grep -q "^@[0-9]* .*/$file\$" "$work/of_$file/data/load-ledger" 2>/dev/null; }
	ok "$file: how far it is is noted" wait_for 60 begun
	kill -9 "$load"
	wait "$load" 2>/dev/null
	at=$(sed -n 's/^@\([0-9]*\) .*/\1/p' "$work/of_$file/data/load-ledger" | tail -n 1)
	had=$(sqlite3 "$work/of_$file/data/keypost.db" "SELECT count(*) FROM cert")
	kp "of_$file" load --json "$work/$file" >"$work/out" 2>"$work/err"
	is "$file: the next one goes on" "$? $(fact resumed)" "0 1"
	ok "$file: there" grep -q "$file: goes on at offset $at" "$work/err"
	sum=$(($(fact new) + $(fact unchanged)))
	echo "# $had were on disk, $at octets noted, $sum read by the next"
	ok "$file: and reads no more than the rest" [ "$sum" -lt 9000 ]
	is "$file: nothing is missing" "$(sqlite3 "$work/of_$file/data/keypost.db" \
		"SELECT count(*) FROM cert")" 9000
	kp "of_$file" load --json "$work/$file" >"$work/out"
	is "$file: and then it is done" "$(fact skipped)" 1
done
done_testing
