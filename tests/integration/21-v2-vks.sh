#!/bin/sh
# HKP v2 and VKS as their clients use them, hashquery, and a mirror that only
# reads, with curl and gpg against real servers.
. "$(dirname "$0")/lib.sh"

command -v gpg >/dev/null || skip_all "gpg is missing"
command -v curl >/dev/null || skip_all "curl is missing"
command -v python3 >/dev/null || skip_all "python3 is missing"

start_server a || bail "the server does not start"
fpr=$(gen_key "$work/alice" "Alice Example <alice@example.test>")
export_key "$work/alice" "$fpr" >"$work/alice.asc"
GNUPGHOME=$work/alice/gnupg gpg --batch --export "$fpr" >"$work/alice.pgp"
id=$(printf %s "$fpr" | tail -c 16)

# code PATH ARGUMENT...: the status; head and body are kept
code() {
	code_path=$1
	shift
	http a "$code_path" -D "$work/head" -o "$work/body" \
		-w '%{http_code}' "$@"
}
# field NAME: of the last answer
field() {
	sed -n "s/^$1: \\(.*\\)\\r\$/\\1/p" "$work/head"
}
# json EXPRESSION: of the last body, by python
json() {
	python3 -c 'import json, sys
j = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$work/body" "$1"
}
# imports: gpg takes the last body as a key, and it is Alice's
imports() {
	imports_n=$((${imports_n:-0} + 1))
	imports_home=$work/bob$imports_n/gnupg
	mkdir -p "$imports_home" && chmod 700 "$imports_home"
	GNUPGHOME=$imports_home gpg --batch --no-tty --import "$work/body" &&
		GNUPGHOME=$imports_home gpg --batch --list-keys "$fpr"
}

# ---- submissions --------------------------------------------------------

is "HKP v2 takes a bundle" "$(code /pks/v2/certs \
	-H 'Content-Type: application/pgp' \
	--data-binary @"$work/alice.pgp")" 200
is "and lists it" "$(json 'j["inserted"][0]["fingerprint"].upper()')" "$fpr"
is "beside four empty lists" "$(json 'sorted(len(v) for v in j.values())')" \
	"[0, 0, 0, 0, 1]"
python3 -c 'import json, sys
print(json.dumps({"keytext": open(sys.argv[1]).read()}))' \
	"$work/alice.asc" >"$work/upload"
is "VKS takes an upload" "$(code /vks/v1/upload \
	-H 'Content-Type: application/json' --data-binary @"$work/upload")" 200
is "and tells the address" "$(json 'j["status"]')" \
	"{'alice@example.test': 'published'}"
is "and the key" "$(json 'j["key_fpr"]')" "$fpr"
cp "$work/body" "$work/first"
json 'json.dumps({"token": j["token"], "addresses": ["alice@example.test"]})' \
	>"$work/verify"
is "its token asks for verification" "$(code /vks/v1/request-verify \
	-H 'Content-Type: application/json' --data-binary @"$work/verify")" 200
ok "which changes nothing" cmp "$work/first" "$work/body"
is "another token is 400" "$(code /vks/v1/request-verify \
	-H 'Content-Type: application/json' -d '{"token":"0"}')" 400
ok "said in JSON" sh -c 'grep -q "^{\"error\":" "$1"' x "$work/body"

# ---- HKP v2 -------------------------------------------------------------

http a "/pks/lookup?op=get&options=bin&search=0x$fpr" -o "$work/stored"

for path in "by-vfingerprint/04/$fpr" "by-vfingerprint/04$fpr" "by-keyid/$id" \
	by-identity/alice@example.test \
	by-identity/Alice%20Example%20%3Calice@example.test%3E; do
	is "certs/$path is found" "$(code "/pks/v2/certs/$path")" 200
	is "not armored" "$(field Content-Type)" application/pgp
	ok "octet for octet" cmp "$work/body" "$work/stored"
	ok "and gpg imports it" imports
done
is "the draft's older media type is known" "$(code \
	"/pks/v2/certs/by-keyid/$id" -H 'Accept: application/pgp-keys' &&
	field Content-Type)" "200application/pgp-keys;armor=no"
is "a name alone is no identity" "$(code /pks/v2/certs/by-identity/Alice)" 404
is "the index is JSON" "$(code /pks/v2/index/alice@example.test)" 200
is "of that key" "$(json 'j[0]["fingerprint"].upper()')" "$fpr"
is "with its user ID" "$(json 'j[0]["userIDs"][0]["uidString"]')" \
	"Alice Example <alice@example.test>"
is "over version 1, too" "$(code \
	'/pks/lookup?op=index&options=json&search=alice@example.test')" 200
is "with the other server's names" "$(json 'j[0]["longKeyID"].upper()')" "$id"
is "today's prefix log" "$(code "/pks/v2/prefixlog/$(date -u +%F)")" 200
is "a day before anything was known has one, of nothing" \
	"$(code /pks/v2/prefixlog/2020-02-29 && cat "$work/body")" 200
is "tomorrow has none" "$(code "/pks/v2/prefixlog/$(date -u -d '2 days' +%F)")" \
	404
is "a category alone is 403" "$(code /pks/v2/index)" 403
is "an unknown one is 501" "$(code /pks/v2/canonical/a@example.test)" 501
is "OPTIONS tells what certs takes" "$(code /pks/v2/certs -X OPTIONS &&
	field Accept | tr '\n' ' ')" \
	"200application/pgp application/pgp-keys multipart/form-data "
is "everything says that it is for all" "$(field Access-Control-Allow-Origin)" \
	"*"

# ---- VKS ----------------------------------------------------------------

for path in "by-fingerprint/$fpr" "by-keyid/$id" by-email/alice%40example.test \
	by-email/alice@example.test; do
	is "vks $path is found" "$(code "/vks/v1/$path")" 200
	ok "and gpg imports it" imports
done
is "a stranger's address is 404" "$(code /vks/v1/by-email/bob@example.test)" 404
is "nonsense is 400" "$(code /vks/v1/by-fingerprint/zz)" 400

# ---- a revocation that comes alone --------------------------------------

sed 's/^:-----/-----/' "$work/alice/gnupg/openpgp-revocs.d/$fpr.rev" \
	>"$work/revocation"
is "gpg's revocation certificate is taken alone" "$(code /pks/add \
	--data-urlencode "keytext@$work/revocation")" 200
is "and updates the key" "$(cat "$work/body")" "updated $fpr"
ok "which is revoked now" sh -c 'curl -s "$1" | grep -q "^pub:.*:r$"' x \
	"http://127.0.0.1:$a_port/pks/lookup?op=index&options=mr&search=0x$fpr"

# ---- a mirror -----------------------------------------------------------

start_server m "submissions = no" || bail "the mirror does not start"
for path in /pks/add /pks/v2/certs /vks/v1/upload; do
	is "a mirror takes nothing on $path" "$(http m "$path" -o "$work/body" \
		-w '%{http_code}' -H 'Content-Type: application/pgp' \
		--data-binary @"$work/alice.pgp")" 403
done
is "and reads" "$(http m /healthz)" OK
ok "its log says that it offers none of them" \
	grep -q 'event=http not-offered status=403 reason=' "$work/m/log"

for server in a m; do
	stop_server $server
	is "server $server stops in order" "$?" 0
	ok "with nothing to complain about" \
		sh -c '! grep "level=error" "$1"' x "$work/$server/log"
done
done_testing
