#!/bin/bash
# A canary tells how long a change of ours takes to be served by each peer.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
. "$top_srcdir/tests/integration/peers.sh"

mkdir -p "$work/letters/new" "$work/letters/cur" "$work/letters/tmp"
b_port=$(free_ports 1)
metrics_port=$(free_ports 1)
gone_port=$(free_ports 1)

# figure PEER NAME: of peer status
figure() {
	kp a peer status --json | grep "\"name\":\"$1\"" |
		sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p"
}
seen() { [ "$(figure b canary_seen)" -ge "$1" ]; }
known() { [ "$(figure b canary_seconds)" -ge 1 ]; }
says() { kp a peer status | grep -q "$1"; }
metric() { curl -s "http://127.0.0.1:$metrics_port/metrics" | grep "$1"; }
in_statistics() {
	http a "/pks/lookup?op=stats&options=mr" | tr -d " \n" |
		grep -q '"canarySeconds":[1-9]'
}
canary() {
	http "$1" "/pks/lookup?op=index&options=mr&search=canary" |
		sed -n 's/^pub:\([0-9A-F]*\):.*/\1/p'
}
machine() {
	http b "/pks/lookup?op=index&options=mr&search=0x$fpr" |
		grep "^uid:keypost canary of .*machine"
}
fetch() { http b "/pks/lookup?op=get&options=mr&search=0x$1" -f -o "$2"; }

ok "A starts, with a canary" start_server a "
metrics_listen = 127.0.0.1:$metrics_port
[mail]
address = pks@a.example
maildir = $work/letters
batch_delay = 0s
canary = yes
canary_every = 3s
[peer b]
mail = pks@b.example
hkp = hkp://127.0.0.1:$b_port
[peer gone]
hkp = hkp://127.0.0.1:$gone_port" || bail "A runs"
ok "B starts" start_server b
ok "what B took to serve it is a number" wait_for 60 known
first=$(figure b canary_seen)
fpr=$(canary b)
is "B has the certificate that A has" "$fpr" "$(canary a)"
ok "it is a machine's, in words" machine
ok "B gets the next signature, too" wait_for 60 seen $((first + 3))
ok "peer status says it in words" wait_for 10 says "canary:.* served after"
ok "and of a peer that is away that it serves none" \
	wait_for 10 says "canary: none served yet"
is "which has no number" "$(figure gone canary_seconds)" 0
ok "metrics have the number" \
	metric '^keypost_peer_canary_seconds{peer="b"} [1-9]'
ok "and when we signed" metric '^keypost_canary_timestamp_seconds [1-9]'
ok "so have the statistics" wait_for 60 in_statistics

if command -v gpg >/dev/null; then
	mkdir -m 700 "$work/b/gnupg"
	ok "B serves it" fetch "$fpr" "$work/canary.asc"
	GNUPGHOME=$work/b/gnupg
	export GNUPGHOME
	ok "gpg takes it" gpg --batch --import "$work/canary.asc"
	gpg --batch --with-colons --check-sigs "$fpr" >"$work/sigs"
	ok "gpg finds its signature good" grep -q '^sig:!' "$work/sigs"
	is "and no other one" "$(grep '^sig:' "$work/sigs" |
		grep -vc '^sig:!')" 0
	unset GNUPGHOME
else
	skip "gpg takes it" "gpg is not installed"
fi

is "nobody else reads the key" "$(stat -c %a "$work/a/data/canary.key")" 600
ok "A stops" stop_server a
run_server a
ok "and starts again" wait_ready a
last=$(sed -n 's/^signed //p' "$work/a/data/canary.key")
ok "the canary goes on" wait_for 60 seen $((last + 3))
is "with the same certificate" "$(canary a)" "$fpr"
is "the only one" "$(cert_count b)" 1

# ---- sks, which keeps every signature -------------------------------------
if have_sks; then
	sks_port=$(free_ports 1)
	sks_setup "$work/sks" "$sks_port" pgp-public-keys@sks.example
	sks_start "$work/sks"
	pids="$pids $(cat "$work/sks/pid")"
	ok "A stops again" stop_server a
	printf '%s\n' "[peer sks]" "hkp = hkp://127.0.0.1:$sks_port" \
		>>"$work/a/keypost.conf"
	run_server a
	ok "and has sks for a peer now" wait_ready a
	sks_known() { [ "$(figure sks canary_seconds)" -ge 1 ]; }
	ok "what sks took to serve it is a number, too" wait_for 60 sks_known
	sks_stop "$work/sks"
else
	skip "what sks took to serve it is a number" "sks is not installed"
fi
done_testing
