#!/bin/sh
# gpg and its dirmngr, as Debian has them, with running servers: every way to
# send, find, receive and refresh keys, and what gpg says of each error.
. "$(dirname "$0")/lib.sh"

command -v gpg >/dev/null || skip_all "gpg is missing"
command -v dirmngr >/dev/null || skip_all "dirmngr is missing"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is missing"

# home WHO: an empty GnuPG home
home() { mkdir -p "$work/$1/gnupg" && chmod 700 "$work/$1/gnupg"; }
# g WHO SERVER ARGUMENT...: gpg in the home of WHO, what it says in $work/said
g() {
	g_home=$work/$1/gnupg
	eval "g_port=\$$2_port"
	shift 2
	LC_ALL=C.UTF-8 GNUPGHOME=$g_home timeout 300 gpg --batch --no-tty \
		--no-auto-check-trustdb --keyserver "hkp://127.0.0.1:$g_port" \
		"$@" >"$work/said" 2>&1
	g_status=$?
	cat "$work/said"
	return "$g_status"
}
# says WORDS WHO SERVER ARGUMENT...: gpg fails, and this is in its sentences
says() {
	says_words=$1
	shift
	! g "$@" && grep -q "$says_words" "$work/said"
}
# prints PATTERN WHO SERVER ARGUMENT...: gpg succeeds, and a line matches
prints() {
	prints_pattern=$1
	shift
	g "$@" && grep -q "$prints_pattern" "$work/said"
}
# new_key WHO USER-ID: prints its fingerprint
new_key() { LC_ALL=C.UTF-8 gen_key "$work/$1" "$2"; }
# edit WHO ARGUMENT...: gpg without a server
edit() {
	edit_home=$work/$1/gnupg
	shift
	GNUPGHOME=$edit_home gpg --batch --quiet --no-tty --passphrase '' \
		--pinentry-mode loopback "$@" 2>/dev/null
}
# fprs WHO: the fingerprints in a home, primary keys first
fprs() {
	edit "$1" --with-colons --list-keys |
		sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p'
}
# counted SERVER COUNTER: a number of `keypost status`, of a second ago
counted() {
	kp "$1" status --json | sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p"
}
has_counted() { [ "$(counted "$1" "$2")" = "$3" ]; }
# counts NAME SERVER COUNTER NUMBER
counts() {
	wait_for 5 has_counted "$2" "$3" "$4"
	is "$1" "$(counted "$2" "$3")" "$4"
}

start_server a || bail "the server does not start"
alice=$(new_key alice "Alice Example <alice@example.test>")
edit alice --quick-add-key "$alice" ed25519 sign never
sub=$(fprs alice | tail -n 1)
home bob

# ---- one key, by every name it has ---------------------------------------

ok "an empty server is: No data" says "receive failed: No data" \
	bob a --recv-keys "$alice"
ok "and a search: Not found" says "search failed: Not found" \
	bob a --search-keys alice@example.test
ok "gpg sends a key" g alice a --send-keys "$alice"
for id in "$alice" "$sub" "0x$alice"; do
	for length in 40 16 8; do
		case $id in
		0x*) name=0x$(printf %s "$id" | tail -c "$length") ;;
		*) name=$(printf %s "$id" | tail -c "$length") ;;
		esac
		[ "$id" = "$sub" ] && [ "$length" -eq 8 ] && continue
		ok "gpg receives $name" g bob a --recv-keys "$name"
		is "and has all of it" "$(fprs bob)" "$alice
$sub"
		edit bob --yes --delete-keys "$alice"
	done
done

# ---- searches ------------------------------------------------------------

for term in alice@example.test 'Alice Example' 'example ALICE' \
	'=Alice Example <alice@example.test>' \
	'Alice Example <alice@example.test>' "0x$alice" "0x$sub"; do
	ok "gpg searches $term" prints "^pub:$alice:22:255:[0-9]*::$" \
		bob a --with-colons --search-keys "$term"
	ok "and reads the name" \
		grep -q "^uid:Alice Example <alice@example.test>:" "$work/said"
done
odd='Zoë: 100% <zoe+tag@example.test>'
zoe=$(new_key zoe "$odd")
g zoe a --send-keys "$zoe" >/dev/null
# A person answers the question which key is meant.
# shellcheck disable=SC2154 # set by start_server
printf '1\n' | LC_ALL=C.UTF-8 GNUPGHOME=$work/bob/gnupg timeout 60 gpg \
	--no-tty --command-fd 0 --status-fd 1 \
	--keyserver "hkp://127.0.0.1:$a_port" \
	--search-keys zoe+tag@example.test >"$work/said" 2>&1
ok "the name is shown as it was written" grep -qF "$odd" "$work/said"
ok "the key that was chosen is received" grep -q "IMPORT_OK 1 $zoe" \
	"$work/said"
for where in keyserver "hkp://127.0.0.1:$a_port"; do
	edit bob --yes --delete-keys "$alice"
	ok "gpg locates an address by $where" g bob a \
		--auto-key-locate "clear,$where" \
		--locate-external-keys alice@example.test
	is "and has the key" "$(fprs bob | grep -c "$alice")" 1
done

# ---- a signature of somebody unknown --------------------------------------

edit bob --yes --delete-keys "$alice"
echo text >"$work/text"
edit alice --local-user "$sub!" --output "$work/text.sig" \
	--detach-sign "$work/text"
ok "gpg retrieves who signed, by the subkey that did" \
	prints 'Good signature from "Alice Example' bob a \
	--auto-key-retrieve --verify "$work/text.sig" "$work/text"

# ---- refresh ---------------------------------------------------------------

edit alice --quick-add-uid "$alice" "Alice Second <second@example.test>"
ok "gpg sends what was added" g alice a --send-keys "$alice"
ok "gpg refreshes" g bob a --refresh-keys
is "and has what was added" \
	"$(edit bob --with-colons --list-keys "$alice" | grep -c Second)" 1
# The revocation that gpg prepared when it made the key.
sed 's/^:-----/-----/' "$work/alice/gnupg/openpgp-revocs.d/$alice.rev" \
	>"$work/alice.rev"
edit alice --import "$work/alice.rev"
ok "gpg sends a revocation" g alice a --send-keys "$alice"
ok "gpg refreshes again" g bob a --refresh-keys "$alice"
is "and knows that the key is revoked" \
	"$(edit bob --with-colons --list-keys "$alice" | sed -n \
		's/^pub:\(.\):.*/\1/p')" r
ok "a listing says so, too" prints "^pub:$alice:22:255:[0-9]*::r$" \
	bob a --with-colons --search-keys second@example.test

# The same with what is printed and kept in a drawer, and no key beside it.
sed 's/^:-----/-----/' "$work/zoe/gnupg/openpgp-revocs.d/$zoe.rev" \
	>"$work/zoe.rev"
is "a revocation alone is taken" "$(post a "$work/zoe.rev" | head -n 1)" \
	"updated $zoe"
ok "gpg refreshes that key" g bob a --refresh-keys "$zoe"
is "and knows that it is revoked" \
	"$(edit bob --with-colons --list-keys "$zoe" | sed -n \
		's/^pub:\(.\):.*/\1/p')" r

# ---- many --------------------------------------------------------------------

# gpg reads a ring of the old format as it is; importing would take longer.
home many
"$top_builddir/tests/bench/gen-keys" -i "$work/ids" 1000 23 \
	>"$work/many/gnupg/pubring.gpg"
before=$(cert_count a)
# shellcheck disable=SC2046 # a list
ok "gpg sends 100 keys at once" g many a --send-keys \
	$(head -n 100 "$work/ids")
is "all of them are stored" $(($(cert_count a) - before)) 100
ok "the rest is loaded" kp a load "$work/many/gnupg/pubring.gpg"
sleep 2
asked=$(counted a http_answers)
ok "gpg refreshes 1000 keys" prints "processed: 1000" many a --refresh-keys
counts "by one request for each" a http_answers $((asked + 1000))
is "and none of them failed" \
	"$(counted a http_answers_5xx) $(counted a http_refused)" "0 0"
ok "each was known" grep -q "unchanged: 1000" "$work/said"

# ---- what gpg says of errors -------------------------------------------------

start_server few "max_index = 2
max_get = 2
short_ids = no" || bail "the server with low limits does not start"
start_server words "word_search = no" || bail "no server without words"
for i in 1 2 3; do
	f=$(new_key crowd "Member $i <crowd@example.test>")
	g crowd few --send-keys "$f" >/dev/null
done
large="Provided object is too large"
ok "413: too large" says "search failed: $large" \
	bob few --search-keys crowd@example.test
ok "and when they are received, too" says "error retrieving .*: $large" bob few \
	--auto-key-locate clear,keyserver \
	--locate-external-keys crowd@example.test
ok "501: Not implemented" says "search failed: Not implemented" \
	bob words --search-keys 'some words'
ok "so is an address that nobody has, as words would be the next try" \
	says "search failed: Not implemented" bob words --search-keys a@b.test
ok "400: No data" says "receive failed: No data" \
	bob few --recv-keys "0x$(printf %s "$f" | tail -c 8)"
ok "and the server is asked again afterwards" g bob few --recv-keys "$f"

start_server mirror "submissions = no" || bail "the mirror does not start"
ok "403 of a mirror: No data" says "send failed: No data" \
	bob mirror --send-keys "$f"
ok "and it is asked again afterwards" says "receive failed: No data" \
	bob mirror --recv-keys "$f"
ok "a key is blocked" kp few block add "$f" --kind block --reason test --ticket 1
ok "422, it is blocked: No data" says "send failed: No data" \
	bob few --send-keys "$f"

# Seven attributes of a megabyte: as a form, it is over 8 MiB.
home big
"$top_builddir/tests/bench/gen-keys" -i "$work/big.id" 1 24 >"$work/big.pgp"
python3 - "$work/big.pgp" "$work/big/gnupg/pubring.gpg" <<'END'
import sys
head = bytes.fromhex("ff000f4240011000010100") + bytes(11)
picture = head + bytes(1000000 - len(head))
packet = b"\xd1\xff" + len(picture).to_bytes(4, "big") + picture
with open(sys.argv[2], "wb") as ring:
    ring.write(open(sys.argv[1], "rb").read() + packet * 7)
END
ok "413 while gpg still sends: too large" says "send failed: $large" \
	big a --send-keys "$(cat "$work/big.id")"

make_server full
sed -i '/^data/a disk_reserve = 1024GiB' "$work/full/keypost.conf"
run_server full
wait_ready full || bail "the server on a full disk does not start"
ok "503: No data" says "send failed: No data" zoe full --send-keys "$zoe"
is "after it was tried again five times" \
	"$(grep -c "event=add" "$work/full/log")" 6
ok "and the server is asked again at once" says "receive failed: No data" \
	bob full --recv-keys "$zoe"
counts "and was" full http_answers_4xx 1

# A stored certificate that cannot be read any more: the fault is ours.
g crowd words --send-keys "$f" >/dev/null
stop_server words
sqlite3 "$work/words/data/keypost.db" "UPDATE cert SET octets = x'9900'"
run_server words
wait_ready words || bail "the server with a damaged row does not start"
ok "500: Not found, as gpg calls all errors of a search but 413 and 501" \
	says "search failed: Not found" bob words --search-keys crowd@example.test
counts "and it was one" words http_answers_5xx 1
ok "the log has its number, and why" grep -q \
	"level=error event=http request=1 outcome=failed reason=" "$work/words/log"
ok "and the server is asked again afterwards" \
	says "receive failed: No data" bob words --recv-keys "$alice"
counts "and was" words http_answers_4xx 1

# ---- and gpg found nothing to complain about in between ----------------------

stop_server a
is "the server stops in order" "$?" 0
is "no error was logged" "$(grep -c "level=error" "$work/a/log")" 0
done_testing
