#!/bin/sh
# What crawlers and people read of three servers in a ring: the same graph by
# either scraper, the numbers that `keypost status` says, pictures that open.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/network.sh"

command -v gpg >/dev/null || skip_all "gpg is missing"
command -v curl >/dev/null || skip_all "curl is missing"
command -v python3 >/dev/null || skip_all "python3 is missing"

network "a:b,c" "b:c,a" "c:a,b" || bail "the ring does not start"
for name in Alice Bob; do
	fpr=$(gen_key "$work/keys" "$name <$name@example.org>")
	export_key "$work/keys" "$fpr" >"$work/$name.asc"
	post a "$work/$name.asc" >/dev/null
done
# shellcheck disable=SC2154 # set by start_server
urls="http://127.0.0.1:$a_port http://127.0.0.1:$b_port http://127.0.0.1:$c_port"

# scrape json|html: the graph, into $work/json or $work/html
scrape() { python3 "$top_srcdir/tests/tools/scrape-stats.py" "$1" $urls >"$work/$1"; }
# told NAME TEXT: its statistics as JSON have that line, blanks left out
told() { http "$1" "/pks/lookup?op=stats&options=mr" | tr -d ' ' | grep -qxF "$2"; }
settled() {
	for settled_n in a b c; do
		told "$settled_n" '"numkeys":2,' &&
			! http "$settled_n" "/pks/lookup?op=stats&options=json" |
			grep -q '"queued": [1-9]' || return 1
	done
}
ok "all three count both keys and owe nothing" wait_for 60 settled

learned_from_peer() {
	http b "/pks/lookup?op=vindex&search=0x$fpr" -H 'Accept: text/html' |
		grep -q '</time>, from the peer [ac]<'
}
ok "the page of a key tells from which peer it came" learned_from_peer

# ---- crawlers -----------------------------------------------------------

ok "a scraper of the JSON finds all it looks for" scrape json
ok "a scraper of the HTML does, too" scrape html
version=$("$top_builddir/keypostd" -V | sed -n '1s/^[^ ]* //p')
cat >"$work/expected" <<EOF
mail a.example:0 p****s@b.example
mail a.example:0 p****s@c.example
mail b.example:0 p****s@a.example
mail b.example:0 p****s@c.example
mail c.example:0 p****s@a.example
mail c.example:0 p****s@b.example
node a.example:0 keypost $version 2 
node b.example:0 keypost $version 2 
node c.example:0 keypost $version 2 
EOF
ok "the JSON gives the ring" diff "$work/expected" "$work/json"
ok "the HTML gives the same graph" diff "$work/json" "$work/html"
ok "each address is that of a server: the graph closes" sh -c '
	for n in a b c; do
		curl -s "http://127.0.0.1:$1/pks/stats?options=mr" |
			tr -d " \n" | grep -q "\"mailsync\":{\"address\":\"p\*\*\*\*s@$n.example\"" ||
			exit 1
		shift
	done' x "$a_port" "$b_port" "$c_port"

# ---- the same numbers elsewhere -----------------------------------------

is "keypost status counts the same" "$(cert_count a)" 2
told_queued() {
	http a "/pks/stats?options=mr" | tr -d ' \n' |
		sed 's/.*"mailsync"//' | grep -o '"queued":[0-9]*' | cut -d: -f2 | tr '\n' ' '
}
said_behind() {
	kp a peer status --json | sed -n 's/.*"behind":\([0-9]*\).*/\1/p' | tr '\n' ' '
}
same_lag() { [ "$(told_queued)" = "$(said_behind)" ]; }
ok "and the same lag of each peer" same_lag

# mend a|b...: what the JSON of A says of repair with C
mend() {
	http a "/pks/stats?options=mr" | python3 -c 'import json, sys
for p in json.load(sys.stdin)["mailsync"]["peers"]:
    if p["address"] == "p****s@c.example":
        print(p["repair"][sys.argv[1]])' "$1"
}
mended() { [ "$(mend "$1")" = "$2" ]; }
fpr=$(gen_key "$work/keys" "Dora <dora@example.org>")
export_key "$work/keys" "$fpr" >"$work/Dora.asc"
ok "no peer has told A of its ranges" mended speaks False
is "nor did they compare" "$(mend lastAgreed)" 0001-01-01T00:00:00Z
post c "$work/Dora.asc" >/dev/null
ok "a letter of C tells A that C repairs, and the JSON tells it" \
	wait_for 40 mended speaks True
is "nothing of C's is missing" "$(mend gaps)" 0
agreed() { [ "$(mend lastAgreed)" != 0001-01-01T00:00:00Z ]; }
settled_c() { [ "$(cert_count b)" = 3 ] && [ "$(told_queued)" = "0 0 " ]; }
ok "all have its key" wait_for 40 settled_c
kp a peer resync c >/dev/null
ok "both compare, and the JSON tells when they were the same" wait_for 60 agreed
says() { http a /pks/stats | grep -q "$1"; }
ok "and the page" says "ago</time>: the same"
kill_server b
fpr=$(gen_key "$work/keys" "Carol <carol@example.org>")
export_key "$work/keys" "$fpr" >"$work/Carol.asc"
post a "$work/Carol.asc" >/dev/null
lags() { [ "$(told_queued)" = "1 0 " ] && same_lag; }
ok "a peer that is away lags in both" wait_for 40 lags
ok "people read why" wait_for 40 says "Its mail relay does not answer"
ok "and what waits" says "1 change, the oldest"
not_told() { ! http a /pks/stats | grep -qF "127.0.0.1:$1"; }
# shellcheck disable=SC2154 # set by network
ok "but not where the relay is" not_told "$b_lmtp"

# ---- pictures -----------------------------------------------------------

# whole PATH...: each is a whole XML document that needs nothing else
whole() {
	for whole_p in "$@"; do
		http a "$whole_p" -f -o "$work/picture" || return 1
		python3 -c '
import sys, xml.etree.ElementTree as e
root = e.parse(sys.argv[1]).getroot()
ns = "{http://www.w3.org/2000/svg}"
assert root.tag == ns + "svg", root.tag
assert root.find(ns + "title").text and root.find(ns + "desc").text
for el in root.iter():
    for name, value in el.attrib.items():
        assert "href" not in name, name
        assert not name.startswith("on"), name
' "$work/picture" || return 1
	done
}
ok "charts and graph are whole SVG" whole /pks/stats/graph.svg \
	"/pks/stats/graph.svg?size=narrow" /pks/stats/changes.svg \
	"/pks/stats/changes.svg?by=hour" \
	"/pks/stats/changes.svg?by=hour&size=narrow"
ok "the graph says who lags" sh -c 'curl -s "$1" | grep -q "1 waiting, oldest"' \
	x "http://127.0.0.1:$a_port/pks/stats/graph.svg"
http a /pks/stats/graph.dot >"$work/graph.dot"
ok "mail edges are dashed" grep -qF \
	'"a.example:0" -> "mailto:p****s@c.example" [dir=both, style=dashed, ' \
	"$work/graph.dot"
if command -v dot >/dev/null; then
	ok "Graphviz draws the graph" dot -Tsvg -o "$work/dot.svg" "$work/graph.dot"
else
	skip "Graphviz draws the graph" "dot is missing"
fi
page_has_every_picture() {
	http a /pks/stats | grep -oE '(src|srcset)="/pks/stats/[^"]*"' |
		sed 's/^[a-z]*="//; s/"$//; s/&amp;/\&/g' >"$work/pictures"
	[ "$(wc -l <"$work/pictures")" -ge 6 ] || return 1
	while read -r picture; do
		http a "$picture" -f -o /dev/null || return 1
	done <"$work/pictures"
}
ok "every picture of the page is there" page_has_every_picture

# ---- what the operator decides ------------------------------------------

sed -i 's/^\[peer c\]/&\nprivate = yes/' "$work/a/keypost.conf"
# shellcheck disable=SC2154 # set by run_server
kill -HUP "$a_pid"
ok "after a reload a private peer is masked" wait_for 30 \
	told a '"address":"p****s@c****e",'
stop_server c
sed -i 's/^\[http\]/&\nstats_show_mail = yes/' "$work/c/keypost.conf"
run_server c
wait_ready c
ok "whole addresses are shown where they may be" wait_for 30 \
	told c '"address":"pks@a.example",'
stop_server a
is "the server stops in order" "$?" 0
ok "with nothing to complain about" \
	sh -c '! grep "event=statistics" "$1"' x "$work/a/log"
done_testing
