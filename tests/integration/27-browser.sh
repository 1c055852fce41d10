#!/bin/sh
# The pages in a real browser, headless: what people do there with a mouse and
# no script, by keyboard alone, and how every page looks by day, by night, on
# a narrow window, magnified and on paper, to axe-core too. KEYPOST_SHOTS names
# a folder for pictures of them all.
. "$(dirname "$0")/lib.sh"

data=$top_srcdir/tests/data/openpgp
for program in curl gpg python3 chromedriver; do
	command -v $program >/dev/null || skip_all "$program is missing"
done

# key NAME USER-ID: submits nothing; $work/FINGERPRINT.asc, $NAME
key() {
	key_fpr=$(gen_key "$work/keys" "$2") || return 1
	export_key "$work/keys" "$key_fpr" >"$work/$key_fpr.asc"
	eval "$1=$key_fpr"
}
# results_of COMMAND...: of one of the tools
results_of() {
	timeout -k 10 150 python3 "$@" >"$work/results" 2>&1
	results "$work/results"
}
tools=$top_srcdir/tests/tools
export PYTHONDONTWRITEBYTECODE=1

# Peers of every kind; none of them answers.
sync="[mail]
address = pks@a.example
maintainer = admin@a.example
tls = none
[gossip]
interval = 1h
[peer far]
mail = pks@far.example
relay = lmtp://127.0.0.1:1
[peer down]
gossip = 127.0.0.1:1
[peer bridge]
mail = pks@bridge.example
relay = lmtp://127.0.0.1:1
gossip = localhost:1
[peer long]
mail = synchronisation@a-long-name.keys.example.org
relay = lmtp://127.0.0.1:1
gossip = 127.0.0.2:1
[peer asks]
gossip_from = 127.0.0.4
[peer fed]
hkp = hkp://127.0.0.3:1"
start_server a "$sync" || bail "the server does not start"
# shellcheck disable=SC2154 # set by start_server
url=http://127.0.0.1:$a_port
long=$(printf '%0900d' 0)
key alice "Alice Example <alice@example.org>" &&
	key bob "Bob Example <bob@example.org>" &&
	key html "Hostile <script>document.title='x'</script><img src=x \
onerror=alert(1)><b>bold</b> <hostile@example.org>" &&
	key long "Hostile $long <long@example.org>" || bail "no keys are made"

# ---- with a mouse, without script -----------------------------------------

# shellcheck disable=SC2154 # set by key
results_of "$tools/browse-people.py" without-script "$url" "$work/mouse" \
	"$work/$alice.asc" "$work/$bob.asc" alice@example.org
for file in "$work/mouse/downloads"/*.asc; do
	kp a get "0x$alice" >"$work/stored"
	ok "$(basename "$file") is what the store holds" \
		cmp "$file" "$work/stored"
	is "and gpg reads it" "$(gpg --batch --quiet --with-colons --show-keys \
		"$file" 2>/dev/null | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' |
		head -n 1)" "$alice"
done

# ---- by keyboard ----------------------------------------------------------

results_of "$tools/browse-people.py" by-keyboard "$url" "$work/keyboard" \
	"$work/$alice.asc" alice@example.org
for file in "$work/keyboard/downloads"/*.asc; do
	ok "what the keyboard downloads is the same" cmp "$file" "$work/stored"
done

# ---- every page -----------------------------------------------------------

for name in third-party third-party-signers revoked-key revoked-uid \
	revoked-subkey user-attribute uid-bidi uid-control uid-latin1 \
	uid-huge v6-ed25519-uid no-selfsig flooded many-subkeys expired; do
	http a /pks/add -F "keytext=@$data/$name.pgp" -o /dev/null
done
for fpr in $html $long; do
	http a /pks/add -F "keytext=@$work/$fpr.asc" -o /dev/null
done
axe=${XDG_CACHE_HOME:-${HOME:-/nowhere}/.cache}/keypost/axe-core-4.14.1/axe.min.js
if [ -f "$axe" ]; then
	axe="--axe $axe"
else
	skip "axe finds nothing" "axe-core is missing: scripts/install-deps"
	axe=
fi
# shellcheck disable=SC2086 # two words or none
results_of "$tools/browse-pages.py" "$url" "$work/looks" $axe \
	${KEYPOST_SHOTS:+--shots "$KEYPOST_SHOTS"} \
	home=/ \
	"index=/pks/lookup?search=example.org&hash=on" \
	"key=/pks/lookup?op=vindex&search=0x37AE4603C4CBDA6591696146F5AE1AE14F1322E9" \
	"crowd=/pks/lookup?op=vindex&search=0x16CA4707F719CA55520AD603B3763914D784812A" \
	"hostile=/pks/lookup?op=vindex&search=hostile" \
	"error=/pks/lookup?search=nobody@example.com" \
	"wrong=/pks/lookup?search=0xZZ" \
	nowhere=/nowhere \
	"added=@$data/third-party.pgp" \
	"refused=@$data/text-not-pgp.txt" \
	"stats=/pks/lookup?op=stats" \
	"graph=/pks/stats/graph.svg" \
	"narrow-graph=/pks/stats/graph.svg?size=narrow" \
	"chart=/pks/stats/changes.svg?by=day" \
	"narrow-chart=/pks/stats/changes.svg?by=hour&size=narrow"

# Longer words, fewer places to break them.
results_of "$tools/browse-pages.py" "$url" "$work/german" --lang de \
	${KEYPOST_SHOTS:+--shots "$KEYPOST_SHOTS"} \
	german-home=/ "german-wrong=/pks/lookup?search=0xZZ" \
	"german-added=@$data/third-party.pgp" \
	"german-key=/pks/lookup?op=vindex&search=many" \
	"german-stats=/pks/lookup?op=stats" \
	"german-graph=/pks/stats/graph.svg" \
	"german-narrow-graph=/pks/stats/graph.svg?size=narrow" \
	"german-chart=/pks/stats/changes.svg?by=hour" \
	"german-narrow-chart=/pks/stats/changes.svg?by=day&size=narrow"
done_testing
