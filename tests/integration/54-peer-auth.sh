#!/bin/bash
# What proves that a letter is a peer's: a shared secret, a secret address, the
# word of our own mail server; and what letters in a peer's name gain.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"

tag=Zb3kQ9xW2mLr
mkdir "$work/keys"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" 160 54 ||
	bail "keys are made"
# Each server can read what lies beside its configuration.
mkdir "$work/a" "$work/b"
head -c 24 /dev/urandom | base64 >"$work/a/secret"
cp "$work/a/secret" "$work/b/secret"
read -r a_lmtp b_lmtp <<-END
	$(free_ports 2)
END
command -v gpg >/dev/null || skip_all "gpg is not installed"
e=$(gen_key "$work/home" "Peer e") && gen_key "$work/home" Mallory >/dev/null ||
	bail "signing keys are made"
export_key "$work/home" "$e" >"$work/b/e.asc"
# The peers of a section [peer] are added to in place: auth stands last.
network_one a b
start_server a "$network_conf
auth = hmac
auth_key = $work/a/secret" || bail "A starts"
network_extra="authserv_id = mx.b.example"
network_one b a
start_server b "$network_conf
auth = hmac
auth_key = $work/b/secret
[peer c]
mail = pks@c.example
relay = lmtp://127.0.0.1:$a_lmtp
auth = transport
auth_tag = $tag
[peer d]
mail = pks@d.example
relay = lmtp://127.0.0.1:$a_lmtp
auth = auth-results
[peer e]
mail = pks@e.example
relay = lmtp://127.0.0.1:$a_lmtp
auth = openpgp
auth_key = $work/b/e.asc" || bail "B starts"
ok "the peers are paused: only B's ears are asked for" eval \
	'for p in a c d e; do kp b peer pause $p || break; done'

fpr=$("$top_builddir/tests/tools/kpdigest" "$work/keys/000000.asc" |
	cut -d ' ' -f 1)
post a "$work/keys/000000.asc" >/dev/null
ok "a change of A reaches B" wait_for 30 serves b "$fpr"
sent() { grep -l '^X-Keypost-Auth: v1; k=' "$work"/a/letters/*; }
ok "in a letter that carries a signature" wait_for 10 sent
ok "below which all is as ever: other servers read it" eval \
	'sed "1,/^\$/d" "$(sent)" | sed -n 1p |
	grep -qx -- "-----BEGIN PGP PUBLIC KEY BLOCK-----"'
ok "B has found it good" grep -q 'peer=a auth=proven .*new=1' "$work/b/log"
python3 "$top_srcdir/tests/tools/peer-letters.py" "$b_lmtp" "$work/b/log" \
	"$(sent)" "$work/keys" "$tag" "$work/home/gnupg" >"$work/found" 2>&1
results "$work/found"

# ---- configurations that cannot be meant ---------------------------------------
refused() { # NAME KEY TEXT: is refused, and says which key
	make_server x "[mail]
address = pks@x.example
[peer y]
mail = pks@y.example
$3"
	"$top_builddir/keypostd" -n -c "$work/x/keypost.conf" \
		>"$work/out" 2>&1
	is "$1" $? 78
	ok "and $2 is named" grep -q "\[peer y\] $2:" "$work/out"
}
refused "hmac without a secret is refused" auth_key "auth = hmac"
refused "a secret that nobody uses is refused" auth_key \
	"auth_key = $work/a/secret"
refused "a tag that can be guessed is refused" auth_tag "auth = transport
auth_tag = tag"
refused "auth-results of nobody is refused" auth "auth = auth-results"
refused "openpgp without a key is refused" auth_key "auth = openpgp"
make_server x "[mail]
address = pks@x.example
[peer y]
mail = pks@y.example
auth = hmac
auth_key = $work/x/none"
run_server x
lib_reap "$x_pid" 20
is "a secret that is not there ends the start" $? 1
ok "with its path" grep -q "auth_key: $work/x/none" "$work/x/log"
done_testing
