#!/bin/bash
# Gossip with Debian's sks: a line of sks, keypost and sks, empty servers on
# either end of a talk, what cannot be held by sks, and a bridge to mail.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
. "$top_srcdir/tests/integration/peers.sh"
have_sks || skip_all "sks is not installed"
for tool in sqlite3 python3; do
	command -v "$tool" >/dev/null || skip_all "$tool is not installed"
done
. "$top_srcdir/tests/integration/gossip-partners.sh"

gen() { "$top_builddir/tests/bench/gen-keys" -f "$1" "$2" 72; }
mkdir "$work/keys"
gen 0 1500 >"$work/keys/common"
gen 2000 1500 >"$work/keys/left"
gen 4000 1500 >"$work/keys/own"
gen 6000 1500 >"$work/keys/right"
gen 8000 4 >"$work/keys/late"
gen 9000 1 >"$work/keys/one.ring"
gen 9100 50 >"$work/keys/fifty.ours"
gen 9200 50 >"$work/keys/fifty"
"$top_builddir/tests/tools/kpsplit" "$work/keys/late" "$work/keys" || bail "keys are made"
gossip_digests "$work"/keys/{common,left,own,right} >"$work/all"
is "there are keys" "$(wc -l <"$work/all")" 6000

# ---- sks - keypost - sks, half of the keys in common -----------------------
at=$gossip_recon_port
# left begins talks, with both keypost servers; the others only answer.
empty_port=$(free_ports 1)
cat "$work/keys/common" "$work/keys/left" >"$work/keys/left.ring"
cat "$work/keys/common" "$work/keys/right" >"$work/keys/right.ring"
gossip_sksconf="gossip_interval: 0.05"
ok "an sks holds 3000 keys" gossip_sks left 2 "$work/keys/left.ring" 127.0.0.1
echo "127.0.0.1 $empty_port" >>"$work/left/etc/sks/membership"
gossip_sksconf="dontgossip:"
ok "another, too" gossip_sks right 3 "$work/keys/right.ring" 127.0.0.1
ok "and there is one without any" gossip_sks none 4 "$work/keys/one.ring" 127.0.0.1
gossip_sks raw 5 "$work/keys/one.ring" 127.0.0.1
rm -r "$work/raw/var/lib/sks/"*/*
for peer in right none raw; do
	ok "$peer runs" gossip_sks_start $peer
done
# It takes a key to announce the usual filters.
ok "which it then has not" sh -c "cd '$work/none' &&
	sks drop -basedir . $(gossip_digests "$work/keys/one.ring")"

# peers NAME:N...: sections for them
peers() {
	for peer in "$@"; do
		echo "[peer ${peer%:*}]"
		echo "gossip = $gossip_net.${peer#*:}:$at"
	done
}
network_names="a m"
a_lmtp=$(free_ports 1) m_lmtp=$(free_ports 1)
network_one a m
bridge=$network_conf
metrics_port=$(free_ports 1)
make_server a "metrics_listen = 127.0.0.1:$metrics_port
[server]
level = sks
[gossip]
listen = 127.0.0.1:$at
interval = 1h
$(peers left:2 right:3 none:4 raw:5)"
ok "keypost holds 3000, too" kp a load -q "$work/keys/common" "$work/keys/own"
run_server a
ok "keypost runs" wait_ready a
# Who has just started, or fetches, has no time.
ok "it has a talk with one that it begins" wait_for 30 kp a recon run right
ok "the other begins them itself" gossip_sks_start left
ok "keypost comes to hold all" wait_for 40 gossip_keypost_holds a "$work/all"
ok "who was asked is told the rest" wait_for 30 kp a recon run right
ok "so is an sks that is empty" wait_for 30 kp a recon run none
ok "and comes to hold all" wait_for 40 gossip_sks_holds right "$work/all"
ok "so does who asked" wait_for 40 gossip_sks_holds left "$work/all"
agrees() { kp "$1" recon run "$2" | grep -q "^$2: nothing differed"; }
ok "there is nothing left to tell, in words" wait_for 30 agrees a right
kp a recon status --json >"$work/status.json"
ok "the tree is of all, and follows the store" python3 -c '
import json, sys
tree, *peers = map(json.loads, open(sys.argv[1]))
assert tree["digests"] == 6000 and tree["behind"] == 0, tree
by = {p["peer"]: p for p in peers}
for name, began in (("left", "it_began"), ("right", "we_began")):
    p = by[name]
    assert p[began] > 0 and p["end"] in ("agreed", "learned", "busy"), p
    assert p["learned"] >= 1500 and p["fetched"] >= 1500, p
    assert p["owed"] >= 3000 and p["waiting"] == p["backed_off"] == 0, p
' "$work/status.json"

offers() { kp a recon status --json | grep -q "\"digests\":$1,"; }
rebuilds() { kp a recon status --json | sed -n 's/.*"rebuilds":\([0-9]*\).*/\1/p'; }
before=$(rebuilds)
is "a dry run builds nothing" "$(kp a recon rebuild --dry-run)" \
	"would build the tree anew"
ok "the tree is built anew when asked" kp a recon rebuild
rebuilt() { [ "$(rebuilds)" -eq $((before + 1)) ] && offers 6000; }
ok "and is the same" wait_for 20 rebuilt
ok "the status tells of it" sh -c "'$top_builddir/keypost' \
	-c '$work/a/keypost.conf' status |
	grep -q '^  gossip .*port $at, 6000 certificates offered'"
ok "so does that of peers" sh -c "'$top_builddir/keypost' \
	-c '$work/a/keypost.conf' peer status | grep -A1 '^right: by gossip alone' |
	grep -q '^  gossip: nothing differed'"
is "nobody talks with who is no peer" "$(kp a recon run nobody 2>&1)" \
	"keypost: no peer 'nobody' gossips: its section has no line gossip ="

# ---- what everybody sees ---------------------------------------------------
curl -s "http://127.0.0.1:$metrics_port/metrics" >"$work/figures"
ok "the figures are in the text format of Prometheus" sh -c \
	"python3 '$top_srcdir/tests/tools/promcheck.py' <'$work/figures'"
ok "they tell of the tree" grep -qx "keypost_recon_digests 6000" "$work/figures"
for what in learned fetched; do
	ok "and how many were $what" grep -qx \
		"keypost_recon_${what}_total{peer=\"right\"} 1500" "$work/figures"
done
ok "and that keys came by gossip" grep -q \
	'^keypost_keys_added_total{source="recon"} [1-9]' "$work/figures"
for page in json html; do
	python3 "$top_srcdir/tests/tools/scrape-stats.py" $page \
		"http://127.0.0.1:$a_port" | grep "^gossip" >"$work/$page"
done
is "crawlers find our partners" "$(cut -d ' ' -f 3 "$work/json" | tr '\n' ' ')" \
	"$(for n in 2 3 4 5; do printf '%s.%s:%s ' "$gossip_net" $n "$at"; done)"
ok "on either page" cmp "$work/json" "$work/html"
http a "/pks/lookup?op=stats&options=mr" >"$work/stats.json"
ok "and when we talked with them" python3 -c '
import json, sys
by = {p["name"]: p for p in json.load(open(sys.argv[1]))["peers"]}
# Whether we reached the one that begins them itself is another matter.
for name, way in (("left", "lastIncoming"), ("right", "lastOutgoing")):
    p = by[name]
    assert p[way + "Recon"] > "2020" and p["lastRecovery"] > "2020", p
    assert p[way + "Error"] == "" and p["lastRecoveryError"] == "", p
' "$work/stats.json"

# ---- other filters ---------------------------------------------------------
kp a recon run raw >"$work/raw.out"
# None at all, as sks announces that began with an empty folder.
is "who has other filters is not talked with" "$?" 1
ok "and the difference is said in words" grep -q \
	"^raw: the configurations differ.*yminsky.merge" "$work/raw.out"
make_server n "[server]
level = sks
[gossip]
filters = none
interval = 1h
$(peers raw:5)"
ok "one that announces none has fifty" kp n load -q "$work/keys/fifty.ours"
gossip_digests "$work/keys/fifty.ours" >"$work/fifty"
run_server n
ok "and runs" wait_ready n
ok "it has a talk" wait_for 30 kp n recon run raw

# ---- one of both is empty --------------------------------------------------
make_server e "[server]
level = sks
[gossip]
listen = 127.0.0.1:$empty_port
interval = 1h
$(peers left:2)"
run_server e
ok "an empty keypost is asked for a talk by left" wait_ready e
make_server f "[server]
level = sks
[gossip]
interval = 1h
$(peers right:3)"
run_server f
ok "another empty one begins it" wait_ready f
ok "with right" wait_for 30 kp f recon run right
ok "and comes to hold all" wait_for 60 gossip_keypost_holds f "$work/all"
ok "so does the first" wait_for 60 gossip_keypost_holds e "$work/all"
ok "so does the empty sks" wait_for 60 gossip_sks_holds none "$work/all"
ok "the one without filters comes to hold the fifty" \
	wait_for 40 gossip_sks_holds raw "$work/fifty"
gossip_sks_stop none
gossip_sks_stop raw
for peer in e f n; do
	ok "$peer stops" stop_server $peer
done

# ---- what sks cannot hold, and mail ----------------------------------------
network_one m a
ok "there is a mail peer" start_server m "[server]
level = sks
$network_conf"
ok "keypost stops" stop_server a
echo "$bridge" >>"$work/a/keypost.conf"
run_server a
ok "and is a bridge now" wait_ready a
for odd in v6-ed25519-uid v5-ed25519 revocation-certificate; do
	http a /pks/add -o /dev/null -H 'Content-Type: application/pgp-keys' \
		--data-binary "@$top_srcdir/tests/data/openpgp/$odd.pgp"
done
set -- "$work"/keys/*.pgp
gossip_ip=$gossip_net.2
# told_sks KEYRING
told_sks() {
	gpg --enarmor <"$1" | sed 's/ARMORED FILE/PUBLIC KEY BLOCK/' \
		>"$work/told.asc"
	curl -sf -o /dev/null --data-urlencode "keytext@$work/told.asc" \
		"http://$gossip_ip:$gossip_http_port/pks/add"
}
ok "sks learns a key of a user" told_sks "$1"
ok "the mail peer learns another" submit m "$2"
gossip_digests "$1" "$2" >"$work/two"
gossip_keypost_has() {
	sqlite3 "file:$work/$1/data/keypost.db?mode=ro" \
		"SELECT hex(sks_digest) FROM cert" | sort |
		comm -13 - "$2" | wc -l | grep -qx 0
}
ok "what gossip taught keypost goes out by mail" \
	wait_for 40 gossip_keypost_has m "$work/two"
ok "what mail taught it is offered by gossip" \
	wait_for 40 gossip_sks_holds left "$work/two"
gossip_digests "$work"/keys/fifty* >"$work/hundred"
ok "sks learns fifty others" told_sks "$work/keys/fifty"
ok "keypost is loaded with fifty" kp a load -q "$work/keys/fifty.ours"
ok "sks comes to hold the hundred" wait_for 40 gossip_sks_holds left "$work/hundred"
ok "keypost, too" wait_for 40 gossip_keypost_has a "$work/hundred"
sort "$work/all" "$work/two" "$work/hundred" >"$work/now"
sqlite3 "file:$work/a/data/keypost.db?mode=ro" \
	"SELECT hex(sks_digest) FROM cert" | sort | comm -23 - "$work/now" \
	>"$work/odd"
ok "keypost holds what sks cannot" [ -s "$work/odd" ]
ok "which it offers to nobody" wait_for 30 offers 6102
ok "and no batch was lost for it" sh -c "! grep -i 'error\|exception' \
	'$work/left/var/log/sks/recon.log' | grep -iv 'End_of_file\|reset\|callback'"
ok "keypost stops well" stop_server a
done_testing
