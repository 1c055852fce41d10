#!/bin/sh
# A key is revoked by another one only if its owner named that one, and only
# once that one is here and the signature verifies; gpg is not asked.
. "$(dirname "$0")/lib.sh"

command -v curl >/dev/null || skip_all "curl is missing"
data=$top_srcdir/tests/data/openpgp

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
	page "$owner" >"$work/page"
	ok "$level: the page says by whom" \
		grep -q "Revoked by a designated revoker.*$revoker" "$work/page"
	json "$owner" >"$work/json"
	ok "$level: JSON says that it is revoked" \
		grep -q '"isRevoked": true' "$work/json"
	ok "$level: and by whom" \
		grep -qi "\"revokedBy\": \"$revoker\"" "$work/json"
	kp a search "0x$owner" >"$work/found"
	ok "$level: keypost search says so" grep -q REVOKED "$work/found"
	kp a explain "$owner" >"$work/told"
	ok "$level: keypost explain says by whom" \
		grep -q "by a designated revoker, $revoker" "$work/told"
	stop
done
done_testing
