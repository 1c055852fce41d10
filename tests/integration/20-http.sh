#!/bin/sh
# What real clients do with a running server: gpg with its dirmngr, curl,
# and a browser's forms.
. "$(dirname "$0")/lib.sh"

command -v gpg >/dev/null || skip_all "gpg is missing"
command -v dirmngr >/dev/null || skip_all "dirmngr is missing"
command -v curl >/dev/null || skip_all "curl is missing"

start_server a || bail "the server does not start"
# shellcheck disable=SC2154 # set by start_server
server=hkp://127.0.0.1:$a_port
fpr=$(gen_key "$work/alice" "Alice Example <alice@example.test>")
export_key "$work/alice" "$fpr" >"$work/alice.asc"
mkdir -p "$work/bob/gnupg" && chmod 700 "$work/bob/gnupg"

# g WHO ARGUMENT...: gpg in the home of WHO, with our server
g() {
	g_who=$1
	shift
	GNUPGHOME=$work/$g_who/gnupg timeout 60 gpg --batch --no-tty \
		--keyserver "$server" "$@"
}
forget() { g bob --yes --delete-keys "$fpr"; }
has() { g bob --with-colons --list-keys "$fpr"; }

# ---- gpg ----------------------------------------------------------------

ok "gpg finds nothing in an empty server" \
	sh -c '! "$@"' x env GNUPGHOME="$work/bob/gnupg" gpg --batch --no-tty \
	--keyserver "$server" --recv-keys "$fpr"
ok "gpg sends a key" g alice --send-keys "$fpr"
g bob --with-colons --search-keys alice@example.test >"$work/found" 2>&1
ok "gpg searches an address" grep -q "^pub:$fpr:" "$work/found"
ok "and reads the name" grep -q "^uid:Alice Example <alice@example.test>:" \
	"$work/found"
g bob --with-colons --search-keys 'Alice Example <alice@example.test>' \
	>"$work/found" 2>&1
ok "gpg searches a whole user ID" grep -q "^pub:$fpr:" "$work/found"
for length in 40 16 8; do
	id=$(printf %s "$fpr" | tail -c "$length")
	ok "gpg receives by $length digits" g bob --recv-keys "$id"
	ok "and has it" has
	forget >/dev/null 2>&1
done
ok "gpg receives by 0x" g bob --recv-keys "0x$fpr"
ok "gpg locates an address" g bob --auto-key-locate clear,keyserver \
	--locate-external-keys alice@example.test
GNUPGHOME=$work/alice/gnupg gpg --batch --quiet --no-tty --passphrase '' \
	--pinentry-mode loopback --quick-add-uid "$fpr" \
	"Alice Second <second@example.test>" 2>/dev/null
ok "gpg sends what was added" g alice --send-keys "$fpr"
ok "gpg refreshes" g bob --refresh-keys
g bob --with-colons --list-keys "$fpr" >"$work/found"
ok "and has what was added" grep -q "Alice Second" "$work/found"

# ---- curl ---------------------------------------------------------------

# code PATH ARGUMENT...: the status alone
code() {
	code_path=$1
	shift
	http a "$code_path" -o "$work/body" -w '%{http_code}' "$@"
}
is "a key is armor without mr, too" \
	"$(http a "/pks/lookup?op=get&search=0x$fpr" | head -n 1)" \
	"-----BEGIN PGP PUBLIC KEY BLOCK-----"
is "and ends in a line feed" \
	"$(http a "/pks/lookup?op=get&search=0x$fpr" | tail -c 1 | od -An -tx1)" \
	" 0a"
is "a bare fingerprint is found" "$(code "/pks/lookup?op=get&search=$fpr")" 200
is "words are found" "$(code "/pks/lookup?search=alice+second")" 200
is "nothing found is 404" "$(code "/pks/lookup?search=nobody")" 404
ok "and says so" grep -q "No keys found" "$work/body"
is "no search is 400" "$(code "/pks/lookup?op=get")" 400
is "an unknown path is 404" "$(code /nowhere)" 404
is "a page of its own answers /" "$(code /)" 200
is "health is OK" "$(http a /pks/health)" OK
http a "/pks/lookup?op=get&search=0x$fpr" -D "$work/head" -o "$work/body"
etag=$(sed -n 's/^ETag: \(.*\)\r$/\1/p' "$work/head")
is "a key that the client has is 304" \
	"$(code "/pks/lookup?op=get&search=0x$fpr" -H "If-None-Match: $etag")" 304
is "an upload of nothing is 400" "$(code /pks/add -d "")" 400
is "a body that is too large is 413" "$(head -c 8388609 /dev/zero |
	code /pks/add --data-binary @- -H 'Content-Type: text/plain')" 413
is "the server goes on" "$(code /healthz)" 200

# ---- forms, as a browser sends them -------------------------------------

fpr2=$(gen_key "$work/carol" "Carol <carol@example.test>")
export_key "$work/carol" "$fpr2" >"$work/carol.asc"
is "the page's form takes a file beside an empty text" \
	"$(code /pks/add -H 'Accept: text/html' -F 'keytext=' \
		-F "keytext=@$work/carol.asc")" 200
ok "and shows what became of it" grep -q "$fpr2" "$work/body"
ok "a page says html" grep -q "<!DOCTYPE html>" "$work/body"
is "the key is served" "$(code "/pks/lookup?op=get&search=0x$fpr2")" 200
is "again, it is nothing new" \
	"$(http a /pks/add --data-urlencode "keytext@$work/carol.asc")" \
	"ignored $fpr2"
ok "no page carries a script" sh -c '! grep -qi "<script" "$1"' x "$work/body"

ok "who pushes is named in the log" sh -c '
	curl -s -H "PKS-Sender: there.example" --data-binary @"$1" \
		-H "Content-Type: application/pgp-keys" "$2/pks/add" &&
	grep -q "event=add sender=.there.example" "$3"' x \
	"$work/alice.asc" "http://127.0.0.1:$a_port" "$work/a/log"
stop_server a
is "the server stops in order" "$?" 0
ok "with nothing to complain about" \
	sh -c '! grep "level=error" "$1"' x "$work/a/log"
done_testing
