#!/bin/bash
# keypost dump of a running server: what it writes is read by keypost load, sks,
# onak and gpg, is the same certificates to all of them, and nothing else lies
# where a file of a dump should.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/peers.sh"
command -v gpg >/dev/null || skip_all "gpg is missing"
digests() { "$top_builddir/tests/tools/kpdigest" "$@" | sort; }
fact() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

unmount() {
	umount -l "$work/disk" 2>/dev/null
	sks_stop "$work/sks"
	lib_cleanup
}
trap unmount EXIT
ring=/usr/share/keyrings/debian-maintainers.gpg
"$top_builddir/tests/bench/gen-keys" 40 41 >"$work/made" || bail "keys are made"
cat "$work/made" >"$work/ring"
[ ! -r "$ring" ] || cat "$ring" >>"$work/ring"
start_server a "[server]
level = sks" || bail "a server starts"
kp a load -q "$work/ring"
digests "$work/ring" >"$work/want"
certs=$(wc -l <"$work/want")

# ---- whole -----------------------------------------------------------------
ok "a running server is dumped" kp a dump "$work/one"
is "into one file and a manifest" "$(ls -A "$work/one" | tr '\n' ' ')" \
	"keypost-0000.pgp manifest.json "
digests "$work/one/keypost-0000.pgp" >"$work/got"
ok "which has each certificate whole" cmp "$work/want" "$work/got"
is "the manifest counts them" "$(fact certificates <"$work/one/manifest.json")" "$certs"
is "has the file's SHA-256" \
	"$(python3 -c 'import json,sys; print(json.load(sys.stdin)["files"][0]["sha256"])' <"$work/one/manifest.json")" \
	"$(sha256sum <"$work/one/keypost-0000.pgp" | cut -d ' ' -f 1)"
is "and the last change that is in it" "$(fact seq <"$work/one/manifest.json")" "$certs"
kp a dump "$work/one" >"$work/out" 2>"$work/err"
is "a folder with another dump is refused" "$?" 1
ok "with a sentence" grep -q "holds another dump" "$work/err"
mkdir "$work/other" && : >"$work/other/letter"
kp a dump "$work/other" 2>/dev/null
is "as is one with anything else" "$? $(ls -A "$work/other")" "1 letter"
kp a dump --dry-run --json "$work/none" >"$work/out"
is "a dry run counts and writes nothing" \
	"$(fact certificates <"$work/out") $(ls -d "$work/none" 2>/dev/null)" "$certs "
kp a dump --zstd -q "$work/packed"
is "--zstd compresses what zstd reads" \
	"$(zstd -dc "$work/packed/keypost-0000.pgp.zst" | cmp - "$work/one/keypost-0000.pgp" && echo same)" same
kp a dump - >"$work/stream" 2>"$work/err"
ok "a dump to standard output is the same octets" cmp "$work/stream" "$work/one/keypost-0000.pgp"
kp a dump - >/dev/full 2>"$work/err"
is "one that cannot be written is no success" "$?" 1
ok "and says why" grep -q "standard output.*No space" "$work/err"
kp a dump 2>/dev/null
is "no folder is a usage error" "$?" 2
kp a dump --since yesterday "$work/none" 2>/dev/null
is "so is a time that is none" "$?" 2

# ---- what changed ----------------------------------------------------------
new=$(gen_key "$work/keys" "New <new@example.org>")
export_key "$work/keys" "$new" >"$work/new.asc"
kp a add "$work/new.asc" >/dev/null
ok "what changed since the manifest's number" kp a dump --since "$certs" "$work/since"
is "is the one certificate" \
	"$(digests "$work/since/keypost-0000.pgp" | cut -d ' ' -f 1)" "$new"
ok "since an earlier dump" kp a dump --since "$work/one" "$work/since.one"
ok "is the same" cmp "$work/since/keypost-0000.pgp" "$work/since.one/keypost-0000.pgp"
sed 's/"store": "./&x/' "$work/one/manifest.json" >"$work/other/manifest.json"
kp a dump --since "$work/other" "$work/none" 2>"$work/err"
is "a dump of another store, or before a restore, is refused" "$?" 1
ok "with a sentence" grep -q "only a full dump has what changed" "$work/err"
kp a dump --since "$work/keys" "$work/none" 2>"$work/err"
is "so is a folder without a manifest" "$?" 1
ok "and by time" kp a dump -q --since "$(date -u -d '1 hour' +%FT%TZ)" "$work/later"
is "nothing changed later than now" "$(ls "$work/later")" manifest.json
kp a dump --since 2001-01-01 "$work/none" 2>"$work/err"
is "a time before the log is refused" "$?" 1
ok "with a sentence" grep -q "does not reach back" "$work/err"
kp a dump --since 100000 "$work/none2" 2>"$work/err"
is "so is a number that is not there yet" "$?" 1
is "and what is refused leaves no folder that it made" \
	"$(ls -d "$work/none" "$work/none2" 2>/dev/null)" ""
mkdir "$work/mine"
kp a dump --since 100000 "$work/mine" 2>/dev/null
is "and takes none away that was there" "$? $(ls -d "$work/mine")" "1 $work/mine"

# ---- a full disk -----------------------------------------------------------
mkdir "$work/disk"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=64k none "$work/disk" 2>/dev/null; then
	kp a dump "$work/disk" 2>"$work/err"
	is "a full disk is told" "$?" 4
	ok "by name" grep -q "keypost-0000.pgp.*No space left" "$work/err"
	is "no part of a file is left" "$(ls -A "$work/disk")" manifest.json.part
	mount -o remount,size=256m "$work/disk"
	ok "with room the same command goes on" kp a dump -q "$work/disk"
	digests "$work/disk/keypost-0000.pgp" >"$work/got"
	is "to the end" "$(wc -l <"$work/got") $(ls -A "$work/disk" | wc -l)" "$((certs + 1)) 2"
else
	skip "a full disk is told" "mounting a small disk needs root"
fi

# ---- others -------------------------------------------------------------------
mkdir -m 700 "$work/gnupg"
GNUPGHOME=$work/gnupg gpg --batch -q --import "$work/one/keypost-0000.pgp" 2>/dev/null
"$top_builddir/tests/tools/kpdigest" "$work/made" | cut -d ' ' -f 1 | sort >"$work/want.fprs"
GNUPGHOME=$work/gnupg gpg --batch --list-keys --with-colons 2>/dev/null |
	awk -F: '$1 == "pub" { p = 1 } $1 == "fpr" && p { print $10; p = 0 }' | sort >"$work/gpg.fprs"
is "gpg imports all that were made" "$(comm -23 "$work/want.fprs" "$work/gpg.fprs" | wc -l)" 0
GNUPGHOME=$work/gnupg gpg --batch --export >"$work/gpg.ring" 2>/dev/null
digests "$work/made" >"$work/want.made"
digests "$work/gpg.ring" >"$work/gpg.digests"
is "and gives back each of them, octet for octet" \
	"$(comm -23 "$work/want.made" "$work/gpg.digests")" ""
is "and every other, though it drops signatures that it cannot use" \
	"$(cut -d ' ' -f 1 "$work/gpg.digests" | sort | comm -13 - \
		<(cut -d ' ' -f 1 "$work/want" | sort))" ""
if have_onak; then
	onak_setup "$work/onak" a@onak.example
	"$work/onak/bin/onak" -b add <"$work/one/keypost-0000.pgp" >"$work/onak.out" 2>&1
	while read -r f; do
		"$work/onak/bin/onak" get "0x$f" 2>/dev/null >"$work/onak.key" &&
			digests "$work/onak.key"
	done <"$work/want.fprs" | sort >"$work/onak.digests"
	ok "onak adds all that were made, and gives back each" \
		cmp "$work/want.made" "$work/onak.digests"
else
	skip "onak adds all that were made" "onak is not installed"
fi
if have_sks; then
	sks=$work/sks port=$(free_ports 1)
	sks_setup "$sks" "$port" sks@localhost
	rmdir "$sks/var/lib/sks/DB" "$sks/var/lib/sks/PTree"
	ok "sks builds its database" sh -c \
		"cd '$sks' && timeout 300 sks build -basedir '$sks' '$work/one/keypost-0000.pgp'"
	sks_start "$sks"
	cut -d ' ' -f 2 "$work/want" | sort >"$work/want.digests"
	"$top_builddir/tests/tools/kphashquery" request <"$work/want.digests" >"$work/request"
	curl -s -m 120 -H 'Content-Type: application/octet-stream' \
		--data-binary "@$work/request" -o "$work/reply" \
		"http://127.0.0.1:$port/pks/hashquery"
	"$top_builddir/tests/tools/kphashquery" reply <"$work/reply" |
		cut -d ' ' -f 2 | sort >"$work/sks.digests"
	ok "with each digest" cmp "$work/want.digests" "$work/sks.digests"
	sks_stop "$sks"
else
	skip "sks builds its database" "sks is not installed"
fi
stop_server a
done_testing
