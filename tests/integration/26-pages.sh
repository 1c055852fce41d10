#!/bin/sh
# Every page is valid, fit for everybody, and readable in a text browser.
. "$(dirname "$0")/lib.sh"

check=$top_srcdir/tests/tools/check-pages.py
data=$top_srcdir/tests/data/openpgp
command -v curl >/dev/null || skip_all "curl is missing"
command -v python3 >/dev/null || skip_all "python3 is missing"

ok "colours have contrast enough, by day, by night and on paper" \
	python3 "$check" contrast "$top_srcdir/src/http/pages/html/keypost.css"

command -v gpg >/dev/null || skip_all "gpg is missing"

start_server a || bail "the server does not start"
# A key whose own signature says more than others do.
noted=$(gen_key "$work/noted" "Noted <noted@example.org>")
GNUPGHOME=$work/noted/gnupg gpg --batch --quiet --no-tty --passphrase '' \
	--pinentry-mode loopback --cert-notation 'note@example.org=<b>said</b>' \
	--cert-policy-url 'https://policy.example/<i>' \
	--quick-add-uid "$noted" "Second <noted2@example.org>" 2>/dev/null
export_key "$work/noted" "$noted" >"$work/noted.asc"
post a "$work/noted.asc" >/dev/null
for key in third-party third-party-signers revoked-key revoked-uid \
	revoked-subkey user-attribute uid-bidi uid-control uid-latin1 \
	v6-ed25519-uid no-selfsig flooded many-subkeys; do
	http a /pks/add -F "keytext=@$data/$key.pgp" -o /dev/null
done
# page NAME PATH [CURL-ARGUMENT...]
page() {
	page_name=$1
	shift
	http a "$@" -H 'Accept: text/html' -D "$work/$page_name.head" \
		-o "$work/$page_name.html"
	pages="$pages $page_name"
}
pages=
page home /
page index '/pks/lookup?op=index&search=example.org&hash=on'
page one '/pks/lookup?op=vindex&search=0x37AE4603C4CBDA6591696146F5AE1AE14F1322E9'
page several '/pks/lookup?op=vindex&search=example.org'
page crowd '/pks/lookup?op=vindex&search=0x16CA4707F719CA55520AD603B3763914D784812A'
page noted "/pks/lookup?op=vindex&search=0x$noted"
page none '/pks/lookup?search=nobody@example.com'
page wrong '/pks/lookup?search=0xZZ'
page nowhere /nowhere
page stats '/pks/lookup?op=stats'
page added /pks/add -F "keytext=@$data/uid-huge.pgp"
page refused /pks/add -F "keytext=nonsense"

csp="Content-Security-Policy: default-src 'none'; style-src 'self'; img-src \
'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
for name in $pages; do
	ok "page $name comes with its strict policy" \
		grep -qF "$csp" "$work/$name.head"
	ok "page $name tells nobody where one came from" \
		grep -q '^Referrer-Policy: no-referrer' "$work/$name.head"
done

# Debian's modules belong to Debian's python3, whatever stands before it.
for py in python3 /usr/bin/python3 none; do
	$py -c 'import html5lib' 2>/dev/null && break
done
for name in $pages; do
	if [ "$py" = none ]; then
		skip "page $name is valid" "python3-html5lib is missing"
	else
		ok "page $name is valid" "$py" "$check" html "$work/$name.html"
	fi
done

# says NAME TEXT: in a text browser
says() {
	w3m -T text/html -cols 100 -dump "$work/$1.html" >"$work/$1.txt"
	cat "$work/$1.txt"
	grep -qF "$2" "$work/$1.txt"
}
if command -v w3m >/dev/null; then
	ok "a text browser shows a key" says one \
		"37AE 4603 C4CB DA65 9169 6146 F5AE 1AE1 4F13 22E9"
	ok "and its signers" says one "Signer 0 <s0@example.org>"
	ok "and what a signature says beside" says noted \
		"Notation: note@example.org = <b>said</b>"
	ok "and its policy" says noted "Policy: https://policy.example/<i>"
	ok "which is no link" sh -c '! grep -q "href=.https:" "$1"' x \
		"$work/noted.html"
	ok "and the forms" says home "or a file that holds it"
	ok "and what became of a submission" says added "1 packet was not kept"
	ok "and what to do about an error" says none "Check the spelling"
else
	skip "a text browser shows the pages" "w3m is missing"
fi
done_testing
