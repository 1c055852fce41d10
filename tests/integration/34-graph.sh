#!/bin/sh
# keypost graph: the network as it is, and as liars tell it.
. "$(dirname "$0")/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is missing"
command -v curl >/dev/null || skip_all "curl is missing"

# shellcheck disable=SC2046 # one word each
set -- $(free_ports 7)
json=$1 sks=$2 endless=$3 liar=$4 crowd=$5 redirect=$6 unread=$7
python3 "$top_srcdir/tests/tools/fake-network.py" "$@" &
pids="$pids $!"
wait_for 20 curl -sf -o /dev/null "http://127.0.0.1:$unread/asked" ||
	bail "the fake network does not start"

graph() { timeout 100 "$top_builddir/keypost" graph "$@"; }
seed() { echo "http://127.0.0.1:$1"; }
name() { echo "127.0.0.1:$(($1 - 1))"; }
asked() { curl -s "http://127.0.0.1:$unread/asked"; }

# ---- honest ---------------------------------------------------------------

graph --seed "$(seed "$json")" >"$work/alone.dot" 2>"$work/alone.err"
is "a seed that answers is success" "$?" 0
is "a private address is not followed" "$(asked)" "$json"
graph --seed "$(seed "$json")" --depth 0 --private >"$work/near.dot"
is "depth 0 asks seeds only" "$(asked)" "$json"
graph --seed "$(seed "$json")" --private >"$work/net.dot"
LC_ALL=C sort >"$work/want" <<EOF
digraph keypost {
  "$(name "$json")" [label="$(name "$json")\\nkeypost 1.0\\n6123456 keys"];
  "$(name "$sks")" [label="$(name "$sks")\\nSKS 1.1.6\\n42 keys"];
  "$(name "$endless")" [label="$(name "$endless")"];
  "h****t:11370" [label="h****t:11370"];
  "mailto:keys@b.example" [label="mailto:keys@b.example"];
  "mailto:keys@d.example" [label="mailto:keys@d.example"];
  "vks://v.example" [label="vks://v.example"];
  "$(name "$json")" -> "$(name "$endless")" [color=red];
  "$(name "$json")" -> "h****t:11370" [color=red];
  "$(name "$json")" -> "mailto:keys@b.example" [style=dashed];
  "$(name "$json")" -> "mailto:keys@d.example" [style=dashed];
  "$(name "$json")" -> "$(name "$sks")" [style=dotted];
  "$(name "$json")" -> "vks://v.example" [style=dotted];
  "$(name "$sks")" -> "$(name "$json")" [style=dashed];
  "$(printf '%s\n' "$(name "$json")" "$(name "$sks")" | sort | head -n 1)" -> "$(
	printf '%s\n' "$(name "$json")" "$(name "$sks")" | sort | tail -n 1)" [dir=none];
}
EOF
LC_ALL=C sort "$work/net.dot" >"$work/got"
ok "JSON and an SKS's page make one graph" diff "$work/want" "$work/got"
is "a masked peer is not asked" "$(asked)" \
	"$(printf '%s\n' "$json" "$sks" "$endless" | sort -n | tr '\n' ' ' | sed 's/ $//')"
graph --seed "$(seed "$sks")" --seed "$(seed "$json")" --private >"$work/two.dot"
ok "from another seed it is the same" diff "$work/net.dot" "$work/two.dot"
graph --json --seed "$(seed "$json")" --private >"$work/net.json"
ok "the same as JSON" python3 -c '
import json, sys
g = json.load(open(sys.argv[1]))
assert len(g["nodes"]) == 7, g
kinds = sorted(e["kind"] for e in g["edges"])
assert kinds == ["gossip"] * 3 + ["mail"] * 3 + ["push"] * 2, kinds
assert sum(e["mutual"] for e in g["edges"]) == 1
assert {n["keys"] for n in g["nodes"] if n["read"]} == {42, 6123456}
' "$work/net.json"

# ---- hostile --------------------------------------------------------------

graph --seed "$(seed "$liar")" --private >"$work/liar.dot"
is "a liar is read" "$?" 0
ok "no text leaves its quotes" python3 -c '
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
q = r"\"(?:[^\"\\\n]|\\.)*\""
line = re.compile(r"  %s(?: -> %s)? \[(?:label=%s|color=red|dir=none|style=\w+)\];$"
                  % (q, q, q))
for l in text.split("\n")[1:-2]:
    assert line.match(l), l
    assert not re.search("[\x00-\x1f\x7f\u202e]", l), l
    assert len(l) < 1400, l
' "$work/liar.dot"
ok "what is no host is left out" sh -c "
	! grep -e 'a b' -e 99999 -e /etc -e 'x:0' '$work/liar.dot'"
ok "a server is no peer of itself" sh -c "
	! grep -F '\"$(name "$liar")\" -> \"$(name "$liar")\"' '$work/liar.dot'"
ok "nobody speaks for another host" sh -c \
	"case ' $(asked) ' in *' $unread '*) exit 1 ;; esac"
graph --seed "$(seed "$crowd")" --depth 0 >"$work/crowd.dot" 2>"$work/crowd.err"
is "a crowd is cut" "$(grep -c label= "$work/crowd.dot")" 1000
ok "and that is said" grep -q "more than 1000" "$work/crowd.err"
graph --seed "$(seed "$endless")" >"$work/out" 2>"$work/err"
is "an endless page is no answer" "$?" 1
ok "and why is said" grep -q "too large" "$work/err"
graph --seed "$(seed "$redirect")" >"$work/out" 2>"$work/err"
is "nor is a redirect to a file" "$?" 1
graph --seed "$(seed "$unread")" >"$work/out" 2>&1
is "nor what is no statistics" "$?" 1
graph --seed "$(seed "$json")" --seed "$(seed "$endless")" >"$work/out" 2>&1
is "one seed of two is partly" "$?" 4
for wrong in file:///etc/passwd "http://a b/" ftp://x "" "http://x:0"; do
	graph --seed "$wrong" >"$work/out" 2>&1
	is "'$wrong' is no seed" "$?" 2
done
graph --dot --json >"$work/out" 2>&1
is "one format at a time" "$?" 2

# ---- three real servers, by mail ------------------------------------------

for s in a b c; do
	case $s in
	a) others="b c" ;;
	b) others="a c" ;;
	c) others="a b" ;;
	esac
	make_server $s "[mail]
address = keys@$s.example
relay = lmtp://127.0.0.1:9
$(for o in $others; do
		printf '[peer %s]\nmail = keys@%s.example\n' "$o" "$o"
	done)"
	sed -i "s/^\[server\]/&\nname = $s.example/" "$work/$s/keypost.conf"
	run_server $s
	wait_ready $s || bail "$s does not start"
done
# shellcheck disable=SC2154 # set by make_server
graph --seed "127.0.0.1:$a_port" --seed "hkp://127.0.0.1:$b_port" \
	--seed "$(seed "$c_port")" >"$work/real.dot"
is "three servers are read" "$(grep -c 'nkeypost .*n0 keys' "$work/real.dot")" 3
is "each sends letters to the two others" \
	"$(grep -c '^  "127[^"]*" -> "127[^"]*" \[style=dashed\]' "$work/real.dot")" 6
is "and no address is left over" "$(grep -c mailto: "$work/real.dot")" 0
"$top_builddir/keypost" -c "$work/a/keypost.conf" graph >"$work/own.dot"
is "without a seed it is the configuration's server" \
	"$(grep -c 'nkeypost .*n0 keys' "$work/own.dot")" 1
if command -v dot >/dev/null; then
	ok "Graphviz draws them" sh -c "
		for f in real net liar crowd; do
			dot -Tcanon '$work/'\$f.dot >/dev/null || exit 1
		done"
else
	skip "Graphviz draws them" "dot is missing"
fi
done_testing
