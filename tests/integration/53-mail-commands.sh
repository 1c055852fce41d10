#!/bin/bash
# People write to the server: ADD, GET, INDEX, LAST, HELP, in letters as their
# programs make them; the answers go to a relay.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v gpg >/dev/null || skip_all "gpg is not installed"

read -r a_lmtp de_lmtp sink_port <<-END
	$(free_ports 3)
END
mkdir -p "$work/keys" "$work/sent" "$work/home/gnupg"
# In the plainest locale a name in UTF-8 has to be called so.
echo utf8-strings >"$work/home/gnupg/gpg.conf"
for who in "a:Anna <anna@people.example>" "b:Bert <bert@people.example>" \
	"c:Ü. Müller <muller@people.example>"; do
	fpr=$(gen_key "$work/home" "${who#*:}") || bail "keys are made"
	export_key "$work/home" "$fpr" >"$work/keys/${who%%:*}.asc"
done
"$top_builddir/tests/bench/mailsink" "127.0.0.1:$sink_port" 100000 900 \
	"$work/sent" >/dev/null &
pids="$pids $!"
with_relay() { # the configuration of network_one, and answers to all
	printf '%s\n' "${network_conf/tls = none/relay = smtp:\/\/127.0.0.1:$sink_port
reply_to_users = all
tls = none}"
}
network_one a ""
start_server a "$(with_relay)" || bail "the server starts"
python3 "$top_srcdir/tests/tools/mail-people.py" "$a_lmtp" "$work/sent" \
	"$work/keys" >"$work/found" 2>&1
results "$work/found"
is "no search ended the server: one start" \
	"$(grep -c event=ready "$work/a/log")" 1

# ---- a letter in hand is not lost, whatever becomes of its answer -----------
kill_server a
fpr=$(gen_key "$work/home" "Cora <cora@people.example>")
{
	printf 'From: cora@people.example\nSubject: ADD\n\n'
	export_key "$work/home" "$fpr"
} >"$work/letter"
SENDER=cora@people.example kp a deliver <"$work/letter"
run_server a
ok "the server starts again" wait_ready a
ok "and takes what was in its spool" wait_for 30 serves a "$fpr"

# ---- in German ----------------------------------------------------------------
network_one de ""
start_server de "language = de
$(with_relay)" || bail "the German server starts"
ask() { # WHO SUBJECT
	printf 'From: %s\nSubject: %s\n\n' "$1" "$2" >"$work/letter"
	SENDER=$1 kp de deliver <"$work/letter"
}
got() { grep -l "^To: $1" "$work"/sent/*.eml >"$work/which"; }
ask dora@leute.example HELP
ok "HELP is answered" wait_for 30 got dora@leute.example
python3 - "$(cat "$work/which")" >"$work/text" <<'END'
import email, email.policy, sys
m = email.message_from_binary_file(
    open(sys.argv[1], "rb"), policy=email.policy.default)
sys.stdout.buffer.write(m.get_content().encode())
END
ok "in German" grep -q 'Schlüsselserver für OpenPGP' "$work/text"
ask emil@leute.example "HELP EN"
ok "HELP EN is answered" wait_for 30 got emil@leute.example
ok "in English" grep -q 'a keyserver for OpenPGP' "$(cat "$work/which")"
done_testing
