#!/bin/bash
# keypost dump, killed with kill -9 again and again beside a server that is
# written to, and begun again each time: in the end it is whole, has each
# certificate as it is, once, and loaded elsewhere it is the same store.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
command -v zstd >/dev/null || skip_all "zstd is missing"
RANDOM=${KEYPOST_SEED:-$$}
echo "# KEYPOST_SEED=${KEYPOST_SEED:-$$}"

certs=40000 # three files
"$top_builddir/tests/bench/gen-keys" "$certs" 44 >"$work/ring" ||
	bail "keys are made"
mkdir "$work/keys"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" 300 4444
make_server a "[server]
level = sks"
kp a load -q "$work/ring" || bail "the store is filled"
run_server a
wait_ready a || bail "the server starts"

# check_files DIR: each file in the list is as the list says; with a manifest
# there is nothing but what it names.
cat >"$work/check.py" <<'END'
import hashlib, json, os, sys
d = sys.argv[1]
whole = os.path.exists(d + "/manifest.json")
part = d + "/manifest.json.part"
if not whole and not os.path.exists(part):
    sys.exit(0)  # killed before its first file
m = json.load(open(d + "/manifest.json" if whole else part))
for f in m["files"]:
    if not whole and f["seq"] < 0:
        continue  # is to be written anew
    b = open(d + "/" + f["name"], "rb").read()
    assert hashlib.sha256(b).hexdigest() == f["sha256"], f["name"]
if whole:
    names = {f["name"] for f in m["files"]} | {"manifest.json"}
    extra = {n for n in os.listdir(d)} - names
    assert not extra - {"manifest.json.part"}, extra
    assert m["certificates"] == sum(f["certificates"] for f in m["files"])
END
check_files() { python3 "$work/check.py" "$1"; }

# killed DIR OPTION...: a dump while the server is written to, killed until
# nobody writes any more; then to its end
killed() {
	killed_dir=$1
	shift
	wrong=0
	kills=0
	while [ -d "/proc/$posting" ] && [ ! -e "$killed_dir/manifest.json" ]; do
		"$top_builddir/keypost" -c "$work/a/keypost.conf" dump -q "$@" \
			"$killed_dir" >/dev/null 2>>"$work/err" &
		victim=$!
		sleep "0.$((RANDOM % 6))$((RANDOM % 10))"
		kill -9 "$victim" 2>/dev/null && kills=$((kills + 1))
		wait "$victim" 2>/dev/null
		check_files "$killed_dir" 2>>"$work/err" || wrong=$((wrong + 1))
	done
	echo "# $kills kills, $(find "$killed_dir" -name '*.pgp*' | wc -l) files"
}
# post_some FROM COUNT: in the background
post_some() {
	keys=("$work"/keys/*)
	for f in "${keys[@]:$1:$2}"; do post a "$f"; done >>"$work/posted" &
	posting=$!
	pids="$pids $posting"
}
post_some 0 150
killed "$work/one"
is "what is noted as written is so, whenever it is killed" "$wrong" 0
wait "$posting"
[ ! -e "$work/one/manifest.json" ] || rm -r "$work/one" # it was too fast
# What one that is killed as it writes the list leaves.
[ -d "$work/one" ] || mkdir "$work/one"
touch "$work/one/manifest.json.part.1-0.tmp" "$work/one/manifest.json.1-1.tmp"
ok "the same command ends it" kp a dump -q "$work/one"
ok "and it is whole" check_files "$work/one"
is "in three files" "$(find "$work/one" -name '*.pgp' | wc -l)" 3
is "nothing of the killed ones is left" \
	"$(find "$work/one" ! -name '*.pgp' -type f)" "$work/one/manifest.json"
# held DIR: digests of the certificates in a dump, each as often as it is there
held() {
	cat "$1"/*.pgp* | if [ -n "$(find "$1" -name '*.zst')" ]; then
		zstd -dc
	else
		cat
	fi >"$work/all"
	"$top_builddir/tests/tools/kpdigest" -l sks "$work/all" |
		cut -d ' ' -f 1,2 | sort
}
digests a >"$work/store"
held "$work/one" >"$work/got"
is "the store has what was loaded and what was sent" \
	"$(wc -l <"$work/store")" $((certs + 150))
ok "the dump has each certificate once, as the store has it" \
	cmp "$work/store" "$work/got"

post_some 150 150
killed "$work/two" --zstd
is "packed: what is noted as written is so" "$wrong" 0
wait "$posting"
[ ! -e "$work/two/manifest.json" ] || rm -r "$work/two"
ok "packed: the same command ends it" kp a dump -q --zstd "$work/two"
ok "packed: and it is whole" check_files "$work/two"
digests a >"$work/store"
held "$work/two" >"$work/got"
ok "packed: each certificate once, as the store has it" \
	cmp "$work/store" "$work/got"
is "every submission was answered meanwhile" \
	"$(grep -c '^200$' "$work/posted")" 300
stop_server a

# ---- there and back --------------------------------------------------------------
make_server b "[server]
level = sks"
kp b load -q "$work/two"
is "loaded elsewhere" "$?" 0
digests b >"$work/got"
ok "it is the same store" cmp "$work/store" "$work/got"
kp b dump -q "$work/three"
is "dumped there" "$?" 0
held "$work/three" >"$work/got"
ok "it is the same dump" cmp "$work/store" "$work/got"
kp b db check >"$work/out"
is "and sound" "$?" 0
done_testing
