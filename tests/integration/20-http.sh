#!/bin/sh
# What curl and a browser's forms do with a running server.
. "$(dirname "$0")/lib.sh"

command -v gpg >/dev/null || skip_all "gpg is missing"
command -v curl >/dev/null || skip_all "curl is missing"

start_server a || bail "the server does not start"
fpr=$(gen_key "$work/alice" "Alice Example <alice@example.test>")
GNUPGHOME=$work/alice/gnupg gpg --batch --quiet --no-tty --passphrase '' \
	--pinentry-mode loopback --quick-add-uid "$fpr" \
	"Alice Second <second@example.test>" 2>/dev/null
export_key "$work/alice" "$fpr" >"$work/alice.asc"
is "a key is taken" "$(post a "$work/alice.asc" | head -n 1)" "inserted $fpr"

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

# shellcheck disable=SC2154 # set by start_server
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
