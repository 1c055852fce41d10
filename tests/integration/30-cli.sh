#!/bin/sh
# What an operator's commands promise: output and exit status.
. "$(dirname "$0")/lib.sh"

command -v gpg >/dev/null || skip_all "gpg is missing"
alice=$(gen_key "$work/keys" "Alice <alice@example.org>")
bob=$(gen_key "$work/keys" "Bob <bob@example.org>")
export_key "$work/keys" "$alice" >"$work/alice.asc"
export_key "$work/keys" "$bob" >"$work/bob.asc"
cat "$work/alice.asc" "$work/bob.asc" >"$work/both.asc"
echo "no key at all" >"$work/rubbish"

# status NAME EXPECTED ARGUMENT...: the exit status of `keypost`
status() {
	status_name=$1 status_want=$2
	shift 2
	kp a "$@" >"$work/out" 2>"$work/err" </dev/null
	is "$status_name" "$?" "$status_want" || sed 's/^/# /' "$work/err"
}
says() { grep -q -e "$2" "$work/$1"; }

# ---- without a daemon ------------------------------------------------------
make_server a
status "no command is a usage error" 2
status "an unknown command is a usage error" 2 frobnicate
status "an option that a command does not take is refused" 2 status --binary
status "help of a command" 0 load --help
ok "tells of its options" says out "--jobs N  *threads"
ok "and of no others" sh -c "! grep -q zstd '$work/out'"
status "help of all of them" 0 --help
is "fits a terminal" "$(awk 'length > 100' "$work/out")" ""
cp "$work/out" "$work/help"
for word in $(sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' "$work/help"); do
	kp a "$word" --help | sed "s/^/$word /"
done >"$work/helps"
is "each option has a line, with words, that fits" \
	"$(grep -e '--' "$work/helps" | grep -v -e ' usage: ' -e 'keypost(1)' |
		awk 'length > 88 || ! /--[a-z-]+( [A-Z=|]+)?  +[a-z]/')" ""
# told: "COMMAND OPTION", without the options that the manual tells of at first
man=$top_srcdir/doc/man/keypost.1
sed -n '/^\.Ss/q; s/^\.It.*Fl -\([a-z-]*\).*/\1/p' "$man" | sort >"$work/common"
told() { sort -u | awk 'NR == FNR { c[$1]; next } !($2 in c)' "$work/common" -; }
sed -n 's/^\([a-z]*\)   ... --\([a-z-]*\).*/\1 \2/p' "$work/helps" | told >"$work/told"
awk '$1 == ".Ss" { c = $2 } $1 == ".Sh" { c = "" } c != "" {
	for (i = 1; i < NF; i++)
		if ($i ~ /^\.?Fl$/ && $(i + 1) ~ /^-./) print c, substr($(i + 1), 2)
}' "$man" | told >"$work/manual"
ok "help and the manual have the same options of each command" \
	diff "$work/told" "$work/manual"
ok "which are many" [ "$(wc -l <"$work/told")" -gt 20 ]
is "and the same of all commands" "$(cat "$work/common")" \
	"$({ sed -n 's/^  ... --\([a-z-]*\).*/\1/p' "$work/help"; echo json; echo dry-run; } | sort)"
status "add without a daemon says that it cannot reach it" 3 add "$work/alice.asc"
ok "and names what it tried" says err "control.sock"
status "status without a daemon" 3 status
status "load works without a daemon" 0 load "$work/alice.asc"
ok "and sums up" says out "1 new"
status "one certificate is no certificates" 0 db check
ok "in what a check says" says out "^1 certificate: all is sound"
status "nor in a backup" 0 backup "$work/copy"
ok "of it" says out "copy: 1 certificate, "
status "which is told of" 0 restore --dry-run "$work/copy"
ok "without a time of changes that nobody noted" says out "is sound: 1 certificate$"
status "a loaded file is not loaded twice" 0 load --json "$work/alice.asc"
ok "but counted as skipped" says out '"skipped":1'
status "unless asked for" 0 load --again --json "$work/alice.asc"
ok "and then nothing is new" says out '"unchanged":1'
status "load of a folder with a bad file is partly done" 4 load "$work/bob.asc" "$work/rubbish"
ok "and names the bad one" says err "$work/rubbish: refused: there is no key in this"
ok "with the reason in the sum" says out " 1 not read: there is no key in this"
status "a name that is none ends no load" 4 load --again "" "$work/alice.asc"
ok "and what else there is is read" says out "1 unchanged"
long=$(printf '%0240d' 0)
status "a long name" 1 load "$work/$long/$long/$long/$long/$long"
ok "is told with the reason" says err "No such file or directory"
if [ "$(id -u)" -eq 0 ]; then
	chmod 711 "$work"
	make_server o
	kp o load -q "$work/alice.asc"
	chown -R nobody "$work/o/data"
	for verb in backup dump; do
		mkdir -m 700 "$work/mine.$verb"
		kp o "$verb" "$work/mine.$verb/file" 2>"$work/err"
		is "$verb where the owner of the data may not write" "$?" 1
		ok "says who that is" says err "to the owner of the data folder"
	done
	chmod 600 "$work/copy"
	kp o restore "$work/copy" 2>"$work/err"
	is "nor may it read a backup that is root's" "$?" 1
	ok "which is said, too" says err "to the owner of the data folder"
	sed -i 's/^user = .*/user = nobody/' "$work/o/keypost.conf"
	chmod 644 "$work/copy" "$work/alice.asc"
	for words in "restore copy" "load alice.asc"; do
		rm -rf "$work/o/data"
		(cd "$work" && kp o $words) >"$work/out" 2>"$work/err"
		is "${words%% *} without a data folder has one made" "$?" 0
		is "which is the daemon's" \
			"$(find "$work/o/data" ! -user nobody 2>&1)" ""
	done
	sed -i 's/^user = .*/user = nemo/' "$work/o/keypost.conf"
	rm -rf "$work/o/data"
	kp o load -q "$work/alice.asc" 2>"$work/err"
	is "without that user there is no load that the daemon could not open" "$?" 1
	ok "and who is missing is said" says err "there is no user 'nemo'"
else
	skip "backup where the owner of the data may not write" "needs root"
fi
ln -s "$work/nowhere" "$work/dangling"
status "a link to nothing is no success" 1 load "$work/dangling"
ok "and is named" says err "$work/dangling: a link to nothing"
mkfifo "$work/fifo"
status "nor is what is no file" 1 load "$work/fifo"
ok "which is named, too" says err "$work/fifo: not a file"
kp a load "$work/rubbish" >/dev/null 2>&-
is "without a standard error nothing is said into a file" \
	"$(tr -d '0-9\n' <"$work/a/data/write.lock")" ""
kp a load - <&- 2>"$work/err" >/dev/null
is "nor is one read in place of a standard input" "$?" 1
ok "but told" says err "keypost: -: Bad file descriptor"
kp a get "$alice" >/dev/full 2>"$work/err"
is "what cannot be written was not got" "$?" 1
ok "and that is said" says err "standard output cannot be written"
status "get needs no daemon" 0 get "$alice"
ok "and writes armor" says out "BEGIN PGP PUBLIC KEY BLOCK"
is "which gpg reads" "$(gpg --batch --show-keys --with-colons "$work/out" 2>/dev/null | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1)" "$alice"
status "search by word" 0 search --json bob
ok "finds Bob" says out "$bob"
status "who is not there is not found" 1 get 0x0123456789ABCDEF
mkdir "$work/nowhere.d" && echo "[server]
user = root
data = /proc/none" >"$work/nowhere.d/keypost.conf"
"$top_builddir/keypost" -c "$work/nowhere.d/keypost.conf" load "$work/bob.asc" 2>"$work/err"
is "a store that cannot be opened is no daemon that is not reached" "$?" 1
ok "and is named" says err "cannot make data folder /proc/none"
status "a level that is none is a usage error" 2 load --level clear "$work/bob.asc"
status "a lower level is taken" 0 load --again --level sks "$work/bob.asc"
ok "and nothing is said where nothing was stored" sh -c "! grep -q background '$work/out'"
"$top_builddir/tests/bench/gen-keys" 1 30 >"$work/carol" || bail "a key"
status "a lower level is stored" 0 load --level sks "$work/carol"
ok "and the last line says that it is raised later" says out "raises it in the background"
status "the configured one, too" 0 load --again --level clean "$work/bob.asc"

# ---- with one ----------------------------------------------------------------
run_server a
ok "the daemon starts on what load made" wait_ready a
ok "and serves it" serves a "$alice"
carol=$(gen_key "$work/keys" "Carol <carol@example.org>")
export_key "$work/keys" "$carol" >"$work/carol.asc"
status "add says new" 0 add "$work/carol.asc"
is "with the fingerprint" "$(cat "$work/out")" "$carol new"
ok "and it is served" serves a "$carol"
status "again it is unchanged" 0 add "$work/carol.asc"
is "and says so" "$(cat "$work/out")" "$carol unchanged"
status "add of rubbish is refused" 1 add "$work/rubbish"
status "add of a good and a bad file is partly done" 4 add "$work/rubbish" "$work/both.asc"
kp a add --json - <"$work/both.asc" >"$work/out"
is "add reads standard input and answers for each certificate" \
	"$(grep -c '"outcome":"unchanged"' "$work/out")" 2
status "dry run sends nothing" 0 add --dry-run "$work/alice.asc"
for dry in "add alice.asc" "queue retry" "peer pause x" "recon run x" "recon rebuild"; do
	(cd "$work" && kp a $dry --dry-run --json)
done | python3 -c 'import json, sys
for line in sys.stdin: print(json.loads(line)["dry_run"])' >"$work/out" 2>&1
is "and is JSON where that is asked for" "$(sort "$work/out" | uniq -c | tr -s ' ')" " 5 True"
status "load goes through the daemon" 0 load --again --json "$work/both.asc"
ok "and counts" says out '"unchanged":2'
status "load of a bad file through it, too, names the file" 1 load --again "$work/rubbish"
ok "on stderr" says err "$work/rubbish: refused: there is no key in this"
status "status is a screen" 0 status
ok "with the number of certificates" says out "certificates  4"
ok "but not with what never happened" sh -c '! grep -q "reason=secret" "$1"' x "$work/out"
status "unless asked for" 0 -v status
ok "then, too" says out "rejected{reason=secret}"
is "and JSON for machines" "$(cert_count a)" 4
status "no peers are no error" 0 peer list
status "an empty queue is no error" 0 queue list
status "without gossip there is none to look at" 1 recon status
ok "and it says what would change that" says err '\[gossip\] listen'
status "a talk needs a peer" 2 recon run
status "an unknown verb is a usage error" 2 peer frobnicate
status "get with blanks in the fingerprint" 0 get $(echo "$carol" | sed 's/..../& /g')
status "get as JSON" 0 get --json "0x$carol"
ok "names the fingerprint" says out "\"fingerprint\":\"$carol\""
local=$top_srcdir/tests/data/openpgp/nonexportable.pgp
signatures() { gpg --list-packets "$1" 2>/dev/null | grep -c "^:signature"; }
make_server m "[server]
level = sks"
ok "a mirror stores a local signature" kp m load "$local"
kp m get --binary 0xD66CF218D31539BA >"$work/out"
is "which get does not write" "$(signatures "$local") $(signatures "$work/out")" "2 1"

# ---- hostile and large -----------------------------------------------------
python3 -c 'import sys; sys.stdout.buffer.write(b"\x99\xff\xff" + b"A" * 100000)' >"$work/torn"
status "a torn keyring is refused" 1 add "$work/torn"
GNUPGHOME=$work/keys/gnupg gpg --batch --pinentry-mode loopback --passphrase '' --armor --export-secret-keys "$bob" >"$work/secret.asc" 2>/dev/null
status "secret keys are refused" 1 add "$work/secret.asc"
if [ -r /usr/share/keyrings/debian-maintainers.gpg ]; then
	ring=/usr/share/keyrings/debian-maintainers.gpg
	want=$(gpg --batch --show-keys --with-colons "$ring" 2>/dev/null | grep -c '^pub:')
	kp a add "$ring" >"$work/out" 2>"$work/err"
	is "a keyring is cut and taken whole" "$(grep -c ' new$' "$work/out")" "$want"
	gpg --batch --enarmor <"$ring" 2>/dev/null | sed 's/ARMORED FILE/PUBLIC KEY BLOCK/' >"$work/ring.asc"
	kp a add "$work/ring.asc" >"$work/out" 2>"$work/err"
	is "armored too" "$(grep -c ' unchanged$' "$work/out")" "$want"
else
	skip "a keyring is cut and taken whole" "debian-keyring is missing"
fi

# ---- a store that cannot write now ---------------------------------------
ok "a server starts that soon has no room" start_server f
cp "$work/f/keypost.conf" "$work/f/roomy"
stop_server f
sed -i 's/^\[server\]/&\ndisk_reserve = 1024GiB/' "$work/f/keypost.conf"
run_server f
wait_ready f
kp f load "$work/both.asc" >"$work/out" 2>"$work/err"
is "load stops when the daemon cannot write" "$?" 4
ok "and says that the same command goes on" says err "the same command again"
stop_server f
cp "$work/f/roomy" "$work/f/keypost.conf"
run_server f
wait_ready f
kp f load "$work/both.asc" >"$work/out" 2>"$work/err"
is "which is true: the file did not count as done" "$? $(cert_count f)" "0 2"
stop_server f

# ---- deliver ---------------------------------------------------------------
printf 'Subject: incremental\n\nx\n' >"$work/letter"
kp a deliver <"$work/letter" 2>"$work/err"
is "deliver takes a letter" "$?" 0
is "into the spool" "$(ls "$work/a/data/spool/new" | wc -l)" 1
kp a deliver too many words <"$work/letter" 2>/dev/null
is "deliver knows sysexits: usage is 64" "$?" 64
"$top_builddir/keypost" deliver --nonsense <"$work/letter" 2>/dev/null
is "an unknown option of deliver, too" "$?" 64
"$top_builddir/keypost" -c "$work/nowhere.conf" deliver <"$work/letter" 2>/dev/null
is "anything else asks the mail system to keep the letter" "$?" 75
chmod 500 "$work/a/data/spool/tmp"
if [ "$(id -u)" -ne 0 ]; then
	kp a deliver <"$work/letter" 2>/dev/null
	is "a spool that cannot be written, too" "$?" 75
else
	skip "a spool that cannot be written, too" "root writes anywhere"
fi

stop_server a
is "the daemon stops cleanly" "$?" 0
done_testing
