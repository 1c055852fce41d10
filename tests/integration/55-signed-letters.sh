#!/bin/bash
# Two servers prove themselves to each other by OpenPGP, and find what each of
# them lacks; whoever uses their names gains nothing.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
command -v gpg >/dev/null || skip_all "gpg is not installed"

mkdir "$work/keys"
"$top_builddir/tests/bench/gen-keys" -d "$work/keys" -a 40 5 ||
	bail "keys are made"
set -- "$work"/keys/*
holds() { [ "$(digests "$1" | wc -l)" -eq "$2" ]; }

# ---- keys are exchanged ---------------------------------------------------

network_names="a b"
read -r a_lmtp b_lmtp <<-PORTS
	$(free_ports 2)
PORTS
lossy to_b "$b_lmtp" 11 && lossy to_a "$a_lmtp" 12 || bail "relays start"
network_extra="repair_after = 1s
summary_every = 3s"
for n in a b; do
	other=$([ $n = a ] && echo b || echo a)
	network_one $n $other
	eval "port=\$to_${other}_port"
	make_server $n "$(echo "$network_conf" |
		sed "s/^relay = .*/relay = lmtp:\/\/127.0.0.1:$port/")
auth = openpgp
auth_key = $work/$n/peer.asc
sign = yes"
done
kp a load "${@:1:20}" >/dev/null 2>&1
kp b load "${@:11:20}" >/dev/null 2>&1
holds a 20 && holds b 20 || bail "the stores are filled"
ok "A tells its key" eval 'kp a peer key >"$work/b/peer.asc"'
ok "and B its own" eval 'kp b peer key >"$work/a/peer.asc"'
ok "which is no secret" eval '! grep -q PRIVATE "$work/a/peer.asc"'
is "and stays the same" "$(kp a peer key)" "$(cat "$work/b/peer.asc")"
is "the secret is for its owner alone" "$(stat -c %a "$work/a/data/mail.key")" \
	600
for n in a b; do
	run_server $n
	wait_ready $n || bail "$n starts"
done

# ---- letters, those of repair too ------------------------------------------

ok "a change of A reaches B" submit a "${31}"
came() { grep -q "peer=$2 auth=proven command=INCREMENTAL .*new=1" \
	"$work/$1/log"; }
ok "in a letter that is proven" wait_for 30 came b a
ok "so does one of B reach A" submit b "${32}"
ok "in a letter that is proven" wait_for 30 came a b
ok "both come to hold all" wait_for 60 eval 'holds a 32 && holds b 32'
ok "and the same" same_certs a b
repaired() { grep -q "peer=$2 auth=proven .*outcome=repair" "$work/$1/log"; }
ok "by letters of repair that are proven" eval \
	'repaired a b && repaired b a'
is "none was let go of" "$(counter b mail_repair_unproven)" 0

# ---- anybody can verify them -------------------------------------------------

letter=$(grep -l 'X-Keypost-Batch' "$work"/a/letters/* | head -n 1)
python3 - "$letter" "$work/part" "$work/signature" <<-'END'
	import sys
	text = open(sys.argv[1], "rb").read()
	parts = text.split(b"\n--keypost-signed")
	open(sys.argv[2], "wb").write(
	    parts[1].lstrip(b"\n").replace(b"\n", b"\r\n"))
	open(sys.argv[3], "wb").write(parts[2].split(b"\n\n", 1)[1])
END
mkdir -m 700 "$work/gnupg"
export GNUPGHOME=$work/gnupg
gpg --batch --quiet --import "$work/b/peer.asc" >"$work/out" 2>&1
ok "GnuPG finds the signature good" gpg --batch --verify \
	"$work/signature" "$work/part"
sed -i 's/^To: pks@b/To: pks@c/' "$work/part"
ok "and of nothing else" eval \
	'! gpg --batch --verify "$work/signature" "$work/part" 2>/dev/null'

# ---- in another's name --------------------------------------------------------

# gains_nothing NAME FILE: a letter of repair that B does not answer
unproven=0
is_let_go() { [ "$(counter b mail_repair_unproven)" -eq "$unproven" ]; }
gains_nothing() {
	unproven=$((unproven + 1))
	ok "$1 is taken" offer "$2"
	ok "and not answered" wait_for 20 is_let_go
}
cp "$work/to_b.note" "$work/note" # as it came to B
ok "a letter of repair is signed" grep -q -- \
	'^--keypost-signed' "$work/note"
gains_nothing "a copy of it" "$work/note"
sed 's/^Subject: repair/Subject: Repair/;s/^Message-ID: </&x/' "$work/note" \
	>"$work/forged"
gains_nothing "a copy under another name" "$work/forged"
python3 - "$work/note" "$work/forged" <<-'END'
	import sys
	head, part, rest = open(sys.argv[1], "rb").read().split(
	    b"--keypost-signed", 2)
	lines = part.splitlines(keepends=True)
	lines[-1] = lines[-1].translate(bytes.maketrans(b"ABab", b"BAba"))
	lines[-2] = lines[-2].translate(bytes.maketrans(b"ABab", b"BAba"))
	open(sys.argv[2], "wb").write(b"--keypost-signed".join(
	    [head, b"".join(lines), rest]))
END
gains_nothing "one that was changed" "$work/forged"
# B's own key is a good one, and not A's.
python3 - "$work/to_a.note" "$work/forged" <<-'END'
	import sys
	text = open(sys.argv[1], "rb").read()
	head, body = text.split(b"\r\n\r\n" if b"\r\n" in text else b"\n\n", 1)
	head = head.replace(b"@b.", b"@c.").replace(b"@a.", b"@b.").replace(
	    b"@c.", b"@a.")
	open(sys.argv[2], "wb").write(head + b"\n\n" + body)
END
gains_nothing "one by another's key" "$work/forged"
kill_server b
run_server b
wait_ready b || bail "B starts again"
unproven=0
gains_nothing "a copy after B was killed" "$work/note"
done_testing
