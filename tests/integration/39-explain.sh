#!/bin/sh
# Why is this packet here, and that one not? What keypost explain and policy
# simulate tell, read as a person would read it; and that the answers to a
# submission use the same words.
. "$(dirname "$0")/lib.sh"

command -v gpg >/dev/null || skip_all "gpg is missing"
command -v curl >/dev/null || skip_all "curl is missing"
data=$top_srcdir/tests/data/openpgp

# status NAME EXPECTED ARGUMENT...
status() {
	st_name=$1
	st_want=$2
	shift 2
	kp a "$@" >"$work/out" 2>"$work/err"
	is "$st_name" "$?" "$st_want"
}
says() {
	ok "$1" grep -qE -e "$2" "$work/${3:-out}"
}
# of VECTOR: its fingerprint
of() {
	kp a explain --json "$data/$1" |
		sed -n 's/.*"fingerprint":"\([0-9A-F]*\)".*/\1/p' | head -n 1
}
silent() {
	ok "$1" sh -c '! grep -qE -e "$1" "$2"' x "$2" "$work/${3:-out}"
}

# ---- files, and no server ------------------------------------------------

make_server a "[server]
level = clean"
status "a file is told of without a store" 0 explain "$data/third-party.pgp"
says "its key comes first" "^     1  kept  primary "
says "then its user ID" "kept  bound .*user ID \"Alice <alice@example.org>\""
says "the key's own word is verified" "kept  verified .* by the key itself"
says "that of others is not" "kept  third-party .*certification.* by [0-9A-F]{40}"
says "what signs nothing is not kept" "-     implausible "
says "each word is explained" "^ +1 implausible +a signature that signs nothing"
says "and it is summed up" "level     clean: 7 of 8 packets are kept"
silent "no colours in a pipe" "\\[3"

status "another level is asked for by name" 0 explain --level strict \
	"$data/third-party.pgp"
says "it keeps less" "-     not-approved "
status "level sks verifies nothing" 0 explain --level sks \
	"$data/third-party.pgp"
says "and says so" "8 unchecked +kept as it came"
status "there is no other level" 2 explain --level best "$data/v4-rsa.pgp"

status "what has lost its way is brought home" 0 explain \
	"$data/order-misplaced.pgp"
says "from where to where" "stood below 3, belongs to 2"
status "variants fold into one" 0 explain "$data/dup-unhashed-variants.pgp"
says "which is named" "-     variant .*; see [0-9]+"
status "equal packets, too" 0 explain "$data/dup-signature.pgp"
says "into the one that stays" "-     duplicate .*; see [0-9]+"
status "a flooded key is cut at its limit" 0 explain "$data/flooded.pgp"
says "which is named, with its size" "over-limit .*; over max_thirdparty = 1024"
status "a revocation says when and why" 0 explain "$data/revoked-key.pgp"
says "in words" "state     revoked on 2017-07-14: its secret is no longer"
status "an old key is weak" 0 explain "$data/v3-rsa.pgp"
says "and it is said" "note      weak: .*MD5"
says "at its signature" "by the key itself, weak: MD5"
status "what cannot be verified" 0 explain "$data/pqc-shape.pgp"
says "is said to be so" "kept  unverifiable "
says "of the whole key" "note      its algorithm cannot be verified here"
status "a name cannot steer the terminal" 0 explain "$data/uid-control.pgp"
ok "nor turn the line around" sh -c \
	'! LC_ALL=C grep -q "$(printf "[\\001-\\010\\013-\\037]")" "$1"' x \
	"$work/out"

# ---- what is refused ------------------------------------------------------

status "a key with nothing of its own is refused" 1 explain \
	"$data/all-bad.pgp"
says "by which rule" "state     refused: nothing in it is signed by the key"
status "of two, one is refused" 4 explain "$data/all-bad.pgp" \
	"$data/v4-rsa.pgp"
status "what is no key is refused" 1 explain "$data/text-not-pgp.txt"
status "a file that is not there" 1 explain ./nowhere.asc
for v in secret-key.pgp secret-armor.asc secret-second.pgp; do
	status "secret material ($v) is not told of" 1 explain "$data/$v"
	says "but that it is secret" "contains a secret key" err
	is "nothing else is said" "$(wc -c <"$work/out")" 0
done
status "standard input is a file" 0 explain - <"$data/v4-rsa.pgp"

# ---- JSON -------------------------------------------------------------------

status "JSON is asked for" 0 explain --json "$data/third-party.pgp"
is "one line for one certificate" "$(wc -l <"$work/out")" 1
says "with each packet" '"n":8,"tag":2,.*"verdict":"implausible"'
says "and the counts" '"verdicts":\{.*"third-party":4'

# ---- what is stored --------------------------------------------------------

run_server a
wait_ready a || bail "the server does not start"
fpr=$(gen_key "$work/alice" "Alice Example <alice@example.test>")
export_key "$work/alice" "$fpr" >"$work/alice.asc"
post a "$work/alice.asc" >/dev/null
status "a stored key is told of beside the daemon" 0 explain "$fpr"
says "at which level it was stored" "stored    at level clean, .* digest [0-9A-F]{32}"
says "when, and from where it came" "learned   20.*Z from http"
status "in groups of digits, too" 0 explain $(echo "$fpr" | sed 's/..../& /g')
status "who is not here is not found" 1 explain \
	0123456789ABCDEF0123456789ABCDEF01234567

# A revocation alone is told of with the key that made it.
status "a revocation without its key" 1 explain \
	"$data/revocation-certificate.pgp"
says "belongs to none here" "unknown-primary"
post a "$data/revoked-uid.pgp" >/dev/null
status "once its key is stored" 0 explain "$data/revocation-certificate.pgp"
says "it is told of with that" "kept  primary "
says "as what it would do" "kept  verified .*revocation"
silent "and no longer as that of nobody" "unknown-primary"

# What an administrator took down is told of as that.
kp a block add alice@example.test --kind uid --reason test --ticket T1 -q \
	>/dev/null || ok "a user ID is taken down" false
status "a user ID that was taken down" 1 explain "$work/alice.asc"
says "is told of as that" "-     blocked .*user ID \"Alice Example"
says "and why it is not kept" "2 blocked +not accepted here"
kp a block add "$(of v4-rsa.pgp)" --kind erase --reason test --ticket T2 -q \
	>/dev/null || ok "a key is taken down" false
status "a key that was taken down" 0 explain "$data/v4-rsa.pgp"
says "says how" "note      taken down here \(erase\)"

# The same words wherever a verdict is told.
http a /pks/add --data-binary "@$data/third-party.pgp" \
	-H 'Content-Type: application/pgp-keys' >"$work/answer"
status "the same key, by keypost add" 0 add "$data/unbound-subkey.pgp"
says "names what was left out" "dropped subkey: the key did not sign that this"
kp a explain "$data/third-party.pgp" >"$work/out"
sentence=$(sed -n 's/^ *[0-9]* implausible *//p' "$work/out")
ok "HTTP says the sentence that explain says" \
	grep -qF "$sentence" "$work/answer"
mkdir "$work/in"
cp "$data/third-party.pgp" "$data/all-bad.pgp" "$data/attested.pgp" \
	"$data/user-attribute.pgp" "$work/in"
kp a load "$work/in" >"$work/out" 2>&1
says "load sums up what it left out" "2 packets left out as implausible: $sentence"
says "and names the file" "/in/third-party.pgp:$"
status "again, as JSON" 0 load --again --json "$work/in/third-party.pgp"
says "by verdict" '"dropped":\{"implausible":1\}'

# ---- what another policy would do ------------------------------------------

fpr=$(of third-party.pgp)
before=$(kp a get --binary "$fpr" | cksum)
status "simulate tells of another level" 0 policy simulate --level strict
says "how many it looked at" "[1-9][0-9]* certificates? (was|were) looked at"
says "by which rule packets go" "packets? of .* certificates?: not-approved"
says "pictures, too" "packets? of 1 certificate: no-attributes"
says "with examples" "^ +[0-9A-F]{40}, 1 user ID, [0-9]+ packets?"
status "and of another limit" 0 policy simulate --set max_thirdparty=1 --json
says "which is named" '"verdict":"over-limit",.*"limit":"max_thirdparty"'
status "a sample is enough for a look" 0 policy simulate --sample 3 --json
says "of that size" '"sample":true,.*"certificates":3,'
"$top_builddir/keypost" -c "$work/a/keypost.conf" policy simulate \
	--sample 1000000000 --json >"$work/out" 2>"$work/err" &
sim=$!
pids="$pids $sim"
sleep 1
kill -INT "$sim"
wait "$sim"
is "interrupted, it has done a part" "$?" 4
says "and tells what it saw" '"interrupted":true,"certificates":[1-9]'
status "a limit that is none is refused" 2 policy simulate --set max_fun=1
status "and a value out of bounds" 2 policy simulate --set max_uids=0
status "simulate is the only verb" 2 policy apply
is "nothing was changed" "$(kp a get --binary "$fpr" | cksum)" "$before"
stop_server a || ok "the server stops" false
done_testing
