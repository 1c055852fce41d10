#!/bin/bash
# Every shape of letter that peers and people send: what is taken, what is set
# aside, who gets an answer, and letters that crash other programs.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

mkdir "$work/keys" "$work/letters" "$work/sent"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" 60 52 ||
	bail "keys are made"
# Shapes are made by a script that knows nothing of keypost's reader.
python3 "$top_srcdir/tests/tools/letter-shapes.py" "$work/keys" \
	"$work/letters" >"$work/shapes" || bail "letters are made"

read -r a_lmtp sink_port <<-EOF
	$(free_ports 2)
EOF
"$top_builddir/tests/bench/mailsink" "127.0.0.1:$sink_port" 100000 900 \
	"$work/sent" >/dev/null &
pids="$pids $!"
network_names=a
network_one a ""
start_server a "${network_conf/tls = none/relay = smtp:\/\/127.0.0.1:$sink_port
tls = none}" || bail "A starts"

fpr_of() { "$top_builddir/tests/tools/kpdigest" "$1" | cut -d ' ' -f 1; }
spool_empty() { [ -z "$(find "$work/a/data/spool/new" -type f)" ]; }
quarantined() { find "$work/a/data/quarantine" -type f 2>/dev/null | wc -l; }
offer() { # by LMTP; prints the last reply's code
	python3 - "$a_lmtp" "$1" "$2" <<-'EOF'
	import smtplib, sys
	try:
	    with smtplib.LMTP("127.0.0.1", int(sys.argv[1]), timeout=90) as s:
	        s.sendmail(sys.argv[2], ["pks@a.example"],
	                   open(sys.argv[3], "rb").read())
	    print(250)
	except smtplib.SMTPResponseException as e:
	    print(e.smtp_code)
	EOF
}

# ---- every shape, by pipe: NAME EXPECTED KEY... of each line of the table ----
while read -r name expected; do
	SENDER=pks@peer.example kp a deliver <"$work/letters/$name" ||
		echo "# deliver said $? to $name"
done <"$work/shapes"
ok "the spool is worked off" wait_for 60 spool_empty
while read -r name expected; do
	want=${expected%% *}
	for key in ${expected#* }; do
		fpr=$(fpr_of "$work/keys/$key")
		if [ "$want" = taken ]; then
			ok "$name: is taken ($key)" wait_for 10 serves a "$fpr"
		else
			ok "$name: is not taken ($key)" sh -c "! curl -sf \
				-o /dev/null 'http://127.0.0.1:$a_port/pks/lookup?op=get&search=0x$fpr'"
		fi
	done
done <"$work/shapes"
is "no letter to a machine was answered" \
	"$(find "$work/sent" -type f | wc -l)" 0

# ---- people --------------------------------------------------------------------
person() { # SUBJECT FILE: a letter of Alice
	printf 'From: Alice <alice@people.example>\nTo: pks@a.example\nSubject: %s\nMessage-ID: <%s@people.example>\n\n' \
		"$1" "$RANDOM$RANDOM" | cat - "$2" >"$work/letter"
}
person ADD "$work/keys/000057.asc"
is "ADD of a person is accepted" \
	"$(offer alice@people.example "$work/letter")" 250
ok "its key is stored" serves a "$(fpr_of "$work/keys/000057.asc")"
answered() { # NAME: the answer to whom, kept in $work/reply
	cat "$work"/sent/* 2>/dev/null | tr -d '\r' >"$work/reply"
	grep -q "^To: .*$1" "$work/reply"
}
ok "and answered" wait_for 20 answered 'alice@people\.example'
for line in 'To: .*alice@people\.example' 'Auto-Submitted: auto-replied' \
	'In-Reply-To: <.*@people\.example>' 'Precedence: bulk'; do
	ok "the answer has $line" grep -q "^$line" "$work/reply"
done
ok "it names the certificate" \
	grep -q "$(fpr_of "$work/keys/000057.asc")" "$work/reply"
ok "and does not echo the key" sh -c "! grep -q BEGIN '$work/reply'"
printf 'From: Bob <bob@folk.example>\nTo: pks@a.example\nSubject: help\nMessage-ID: <h1@folk.example>\n\nplease\n' \
	>"$work/letter"
is "HELP is accepted" "$(offer bob@folk.example "$work/letter")" 250
ok "and answered" wait_for 20 answered 'bob@folk\.example'

# ---- letters that crash others ---------------------------------------------
bombs="boundary parens-from parens-type nested-multipart nested-rfc822 fields
	compressed"
before=$(quarantined)
for bomb in $bombs; do
	code=$(offer mallory@bad.example "$work/letters/bomb-$bomb")
	is "a bomb ($bomb) gets an answer" "$code" 250
done
ok "at least one of them is set aside" \
	wait_for 60 eval '[ "$(quarantined)" -gt "$before" ]'
for bomb in $bombs; do
	SENDER=mallory@bad.example kp a deliver <"$work/letters/bomb-$bomb"
done
ok "by pipe, too: nothing stays in the spool" wait_for 90 spool_empty
is "the daemon lives: one start" "$(grep -c event=ready "$work/a/log")" 1
is "and the agent: one start" \
	"$(grep -c 'event=agent state=up' "$work/a/log")" 1
printf 'From: pks@peer.example\nSubject: incremental\n\n' |
	cat - "$work/keys/000058.asc" >"$work/letter"
is "the next letter is taken" \
	"$(offer pks@peer.example "$work/letter")" 250
ok "its key is stored" serves a "$(fpr_of "$work/keys/000058.asc")"
done_testing
