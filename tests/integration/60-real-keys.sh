#!/bin/bash
# Real certificates travel from A to B, user attributes included: as one body
# at the default level, where both hold what level clean keeps, then a new
# signature sends one letter with only what B still needs; and one by one at
# level sks, whole.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
ring=/usr/share/keyrings/debian-maintainers.gpg
[ -s "$ring" ] || skip_all "debian-keyring is not installed"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
command -v gpg >/dev/null || skip_all "gpg is not installed"

# expect LEVEL: what a server of that level holds of the keyring
expect() {
	"$top_builddir/tests/tools/kpdigest" -l "$1" "$ring" |
		cut -d " " -f 1,2 | sort >"$work/expected"
}

expect sks
mv "$work/expected" "$work/whole"
expect clean
n=$(wc -l <"$work/expected")
ok "the keyring has many certificates ($n)" [ "$n" -gt 100 ]
ok "some of them have user attributes" \
	sh -c "gpg --show-keys --with-colons '$ring' 2>/dev/null | grep -q ^uat"

is "level clean refuses none of them" "$n" "$(wc -l <"$work/whole")"
ok "and does not keep all that is in them" \
	sh -c '! cmp -s "$1" "$2"' x "$work/expected" "$work/whole"

# holds NAME: exactly the digests that are expected
holds() {
	digests "$1" | cmp - "$work/expected"
}

# ---- one body ------------------------------------------------------------
ok "A and B start" network a:b b:a
ok "A takes the keyring in one body" [ 200 = "$(http a /pks/add \
	-H 'Content-Type: application/pgp-keys' --data-binary "@$ring" \
	-o "$work/answer" -w '%{http_code}')" ]
is "A says of each that it was inserted" \
	"$(grep -c '^inserted' "$work/answer")" "$n"
ok "A holds what level clean keeps of the keyring" holds a
ok "B comes to hold the same" wait_for 60 holds b

# ---- a new signature -------------------------------------------------------
ok "both go quiet" quiet 1
signer=$(gen_key "$work" "Signer <signer@example.org>")
GNUPGHOME=$work/gnupg gpg --batch --quiet --import "$ring" 2>/dev/null
target=$(awk '{ print $1; exit }' "$work/expected")
for f in $(cut -d ' ' -f 1 "$work/expected"); do
	# Any that can be certified now: neither expired nor revoked.
	GNUPGHOME=$work/gnupg gpg --batch --yes --quiet --no-tty \
		--default-key "$signer" --quick-sign-key "$f" \
		>/dev/null 2>&1 || continue
	target=$f
	break
done
export_key "$work" "$target" >"$work/signed.asc"
before=$(letters a)
ok "A takes the certificate with a new signature" \
	sh -c "curl -s --data-urlencode 'keytext@$work/signed.asc' \
	'http://127.0.0.1:$a_port/pks/add' | grep -q '^updated'"
ok "B comes to hold it" wait_for 30 same_certs a b
ok "both go quiet again" quiet 1
is "it took one letter" "$(($(letters a) - before))" 1
is "and none came back" "$(letters b)" 0
newest=$(find "$work/a/letters" -type f -printf '%T@ %p\n' | sort -n |
	tail -n 1 | cut -d ' ' -f 2-)
sed '1,/^$/d' "$newest" | gpg --dearmor >"$work/sent.pgp" 2>/dev/null
sent() { gpg --list-packets "$work/sent.pgp" 2>/dev/null | grep -c "^:$1"; }
is "the letter holds one certificate" "$(sent 'public key packet')" 1
ok "the letter holds the new signature" [ "$(sent 'user ID packet')" -ge 1 ]
ok "a user ID for each new signature, no more" [ "$(sent 'user ID packet')" \
	-eq "$(gpg --list-packets "$work/sent.pgp" 2>/dev/null |
		grep -c "^:signature packet.*keyid ${signer: -16}")" ]
is "for each user ID one self-signature and the new one" \
	"$(sent 'signature packet')" "$(($(sent 'user ID packet') * 2))"
is "and no subkey" "$(sent 'public sub key packet')" 0
stop_server a
stop_server b

# ---- one by one, at level sks: nothing is left out --------------------------
expect sks
network_server="level = sks"
mkdir "$work/one"
"$top_builddir/tests/tools/kpsplit" "$ring" "$work/one" ||
	bail "the keyring is cut into certificates"
ok "C and D start" network c:d d:c
failed=0
for f in "$work"/one/*; do
	[ 200 = "$(http c /pks/add -H 'Content-Type: application/pgp-keys' \
		--data-binary "@$f" -o /dev/null -w '%{http_code}')" ] ||
		failed=$((failed + 1))
done
is "C takes each by itself" "$failed" 0
ok "C holds all that the keyring holds" holds c
ok "D comes to hold the same" wait_for 60 holds d
is "and sends nothing back" "$(letters d)" 0
done_testing
