#!/bin/sh
# Whose revocations count, and what is served of who revoked for good.
#
# A key is revoked by another one only if its owner named that one, and only
# once that one is here and the signature verifies. With redact_hard_revoked
# a key that is revoked for good is served without names.
. "$(dirname "$0")/lib.sh"

command -v curl >/dev/null || skip_all "curl is missing"
data=$top_srcdir/tests/data/openpgp
tools=$top_builddir/tests/tools

# give NAME FILE: as packets
give() {
	http "$1" /pks/add --data-binary "@$2" \
		-H 'Content-Type: application/pgp-keys'
}
# of VECTOR: its fingerprint
of() {
	"$top_builddir/keypost" -c "$work/a/keypost.conf" explain --json \
		"$data/$1" | sed -n 's/.*"fingerprint":"\([0-9A-F]*\)".*/\1/p' |
		head -n 1
}
# flags FPR: the flags of the machine-readable listing
flags() {
	http a "/pks/lookup?op=index&options=mr&search=0x$1" |
		sed -n 's/^pub:.*:\([^:]*\)$/\1/p'
}
page() {
	http a "/pks/lookup?op=vindex&search=0x$1" -H 'Accept: text/html'
}
json() {
	http a "/pks/lookup?op=index&options=json&search=0x$1"
}

# start LEVEL
start() {
	a_port=
	start_server a "[server]
level = $1" || bail "the server does not start"
}
stop() {
	stop_server a || ok "the server stops" false
	rm -rf "$work/a"
}
make_server a
owner=$(of designated-revoker.pgp)
revoker=$(of designated-revoker-key.pgp)
ok "the certificates have names" test -n "$owner" -a -n "$revoker"

start clean
give a "$data/designated-revoker.pgp" >/dev/null
is "without the revoker's key nothing is revoked" "$(flags "$owner")" ""
page "$owner" >"$work/page"
ok "nor on the page" \
	sh -c '! grep -qi "designated" "$1"' x "$work/page"
json "$owner" >"$work/json"
ok "nor in JSON" grep -q '"isRevoked": false' "$work/json"
give a "$data/designated-revoker-key.pgp" >/dev/null
is "with it, it is" "$(flags "$owner")" r
stop

for level in sks clean strict; do
	start "$level"
	give a "$data/fake-revoker.pgp" >/dev/null
	give a "$data/designated-revoker-key.pgp" >/dev/null
	is "$level: who is not named revokes nothing" "$(flags "$owner")" ""
	give a "$data/designated-revoker.pgp" >/dev/null
	is "$level: who is named revokes" "$(flags "$owner")" r
	# By creation and fingerprint alone v4-rsa would come after it.
	give a "$data/v4-rsa.pgp" >/dev/null
	is "$level: and who is revoked comes last of three" \
		"$(http a "/pks/lookup?op=index&options=mr&search=example" |
			sed -n 's/^pub:\([0-9A-F]*\):.*:\(.*\)$/\1 \2/p' |
			sed -n '3p')" "$owner r"
	page "$owner" >"$work/page"
	ok "$level: the page says by whom" \
		grep -q "Revoked by a designated revoker.*$revoker" "$work/page"
	json "$owner" >"$work/json"
	ok "$level: JSON says that it is revoked" \
		grep -q '"isRevoked": true' "$work/json"
	ok "$level: and by whom" \
		grep -qi "\"revokedBy\": \"$revoker\"" "$work/json"
	http a /vks/v1/upload --data-binary "@$data/designated-revoker.pgp" \
		-H 'Content-Type: application/pgp-keys' >"$work/vks"
	ok "$level: VKS says of its address that it is revoked" \
		grep -q '"desig@example.org": *"revoked"' "$work/vks"
	kp a search "0x$owner" >"$work/found"
	ok "$level: keypost search says so" grep -q REVOKED "$work/found"
	kp a explain "$owner" >"$work/told"
	ok "$level: keypost explain says by whom" \
		grep -q "by a designated revoker, $revoker" "$work/told"
	stop
done

# ---- revoked for good -----------------------------------------------------

a_port=
start_server a "[server]
redact_hard_revoked = yes" || bail "the server does not start"
gone=$(of revoked-key.pgp)
here=$(of v4-rsa.pgp)
for v in revoked-key v4-rsa; do
	give a "$data/$v.pgp" >/dev/null
done
name=$(kp a explain --json "$gone" |
	sed -n 's/.*"user_id":"[^<]*<\([^>]*\)>.*/\1/p')
digest=$(kp a explain --json "$gone" |
	sed -n 's/.*"digest":"\([0-9A-F]*\)".*/\1/p')
ok "the revoked key has a name and a digest" test -n "$name" -a -n "$digest"
# tags PATH: of the packets that are served
tags() {
	http a "$1" >"$work/served"
	kp a explain --json --level sks "$work/served" |
		grep -o '"tag":[0-9]*' | cut -d: -f2 | tr '\n' ' '
}
get="/pks/lookup?op=get&search=0x"
is "of a key revoked for good, the key and that are served" \
	"$(tags "$get$gone")" "6 2 "
is "the same by keypost get" "$(kp a get "$gone" >"$work/got" &&
	kp a explain --json --level sks "$work/got" | grep -c '"tag":13')" 0
ok "another one is served whole" \
	sh -c 'case "$1" in *13*) ;; *) false ;; esac' x "$(tags "$get$here")"
ok "by its digest it is given whole" \
	sh -c 'case "$1" in *13*) ;; *) false ;; esac' x \
	"$(tags "/pks/lookup?op=hget&search=$digest")"
echo "$digest" | "$tools/kphashquery" request >"$work/request"
http a /pks/hashquery --data-binary "@$work/request" -o "$work/reply"
is "and to servers that compare" \
	"$("$tools/kphashquery" reply <"$work/reply" | cut -d' ' -f2)" "$digest"
listing="/pks/lookup?op=index&options=mr&search=0x$gone"
is "it is listed as revoked" "$(flags "$gone")" r
is "without user IDs" "$(http a "$listing" | grep -c '^uid:')" 0
page "$gone" >"$work/page"
ok "its page is there" grep -q "$(echo "$gone" | cut -c 37-40)" "$work/page"
ok "and names nobody" sh -c '! grep -qF "$1" "$2"' x "$name" "$work/page"
is "its name finds nobody" "$(http a "/pks/lookup?op=get&search=$name" \
	-o /dev/null -w '%{http_code}')" 404
stop

# The option is for what was stored before, too.
a_port=
start_server a || bail "the server does not start"
give a "$data/revoked-key.pgp" >/dev/null
is "without the option its name finds it" \
	"$(http a "/pks/lookup?op=get&search=$name" -o /dev/null \
		-w '%{http_code}')" 200
stop_server a || ok "the server stops" false
printf '[server]\nredact_hard_revoked = yes\n' >>"$work/a/keypost.conf"
run_server a
wait_ready a || bail "the server does not start again"
is "with it, no more" \
	"$(http a "/pks/lookup?op=get&search=$name" -o /dev/null \
		-w '%{http_code}')" 404
stop
done_testing
