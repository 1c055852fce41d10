#!/bin/bash
# Letters that machines write, and letters of ours that come back: by the LMTP
# socket and by Maildir, none is answered, and nothing of them is taken in.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"

mkdir -p "$work/keys" "$work/sent" "$work/doors" "$work/maildir"/{new,cur,tmp}
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" 20 55 ||
	bail "keys are made"
keys=("$work"/keys/*)
next=0
sink_port=$(free_ports 1)
"$top_builddir/tests/bench/mailsink" "127.0.0.1:$sink_port" 1000 900 \
	"$work/sent" >/dev/null &
pids="$pids $!"
start_server a "metrics_listen = 127.0.0.1:$(free_ports 1 | tee "$work/metrics")
[mail]
address = pks@a.example
relay = smtp://127.0.0.1:$sink_port
tls = none
batch_delay = 0s
reply_to_users = all
lmtp_listen = unix:$work/doors/lmtp
maildir = $work/maildir
[peer bob]
mail = pks@bob.example" || bail "A starts"

fpr_of() { "$top_builddir/tests/tools/kpdigest" "$1" | cut -d ' ' -f 1; }
key() { f=${keys[next++]} fpr=$(fpr_of "$f"); }
offer() { # SENDER RECIPIENT: $work/letter by the socket; prints the code
	python3 - "$work/doors/lmtp" "$1" "$2" "$work/letter" <<-'EOT'
		import smtplib, sys
		try:
		    with smtplib.LMTP(sys.argv[1], timeout=60) as s:
		        s.sendmail(sys.argv[2], [sys.argv[3]],
		                   open(sys.argv[4], "rb").read())
		    print(250)
		except smtplib.SMTPResponseException as e:
		    print(e.smtp_code)
	EOT
}
metric() { # NAME KIND
	curl -s "http://127.0.0.1:$(cat "$work/metrics")/metrics" |
		sed -n "s/^$1{kind=\"$2\"} //p"
}
counts() { [ "$(metric keypost_mail_letters_of_machines_total "$1")" = "$2" ]; }
absent() { ! serves a "$fpr"; }
sent() { find "$work/sent" -type f | wc -l; }

# ---- both doors are open --------------------------------------------------
key
printf 'From: pks@c.example\nSubject: incremental\n\n' | cat - "$f" \
	>"$work/letter"
is "by the Unix socket: 250" "$(offer pks@c.example pks@a.example)" 250
ok "what it brought is stored then" serves a "$fpr"
key
printf 'From: pks@c.example\nSubject: incremental\n\n' | cat - "$f" \
	>"$work/maildir/tmp/1"
mv "$work/maildir/tmp/1" "$work/maildir/new/1"
ok "by Maildir: it is stored" wait_for 20 serves a "$fpr"
ok "and gone from the folder" wait_for 10 [ ! -e "$work/maildir/new/1" ]
ok "bob gets both" wait_for 20 sh -c "[ \$(find '$work/sent' -type f | wc -l) -ge 2 ]"
before=$(sent)

# ---- machines: NAME, KIND, SENDER, head ----------------------------------------
n=0
machine() {
	key
	printf "$4\n" | cat - "$f" >"$work/letter"
	is "$1: 250" "$(offer "$3" "${5:-pks@a.example}")" 250
	ok "$1: nothing of it is taken in" absent
}
machine "a vacation" auto joe@folk.example \
	'From: joe@folk.example\nSubject: Out of office\nAuto-Submitted: auto-replied (vacation)\n'
machine "a list" list list-bounces@lists.example \
	'From: joe@folk.example\nSubject: [keys] hello\nList-Id: <keys.lists.example>\n'
machine "onak's answer" reply pks@onak.example \
	'From: keymaster@onak.example\nSubject: Reply to ADD\nPrecedence: list\n'
machine "pksd's answer" reply pks@pksd.example \
	'From: keymaster@pksd.example\nSubject: Your command, incremental, was invalid\n'
machine "a bounce of somebody's" bounce "" \
	'From: MAILER-DAEMON@x.example\nSubject: Undelivered\n'
ok "each is counted: auto" counts auto 1
ok "list" counts list 1
ok "reply" counts reply 2
ok "bounce" counts bounce 1

# ---- a letter of ours comes back ----------------------------------------------------
cat "$work"/sent/* | tr -d '\r' >"$work/all"
id=$(sed -n 's/^Message-ID: <\(kp\.bob\..*\)>$/\1/p' "$work/all" | head -n 1)
back=$(sed -n 's/^Errors-To: //p' "$work/all" | head -n 1)
range=$(echo "$id" | grep -oE '[0-9]+-[0-9]+' | head -n 1)
report() { # ACTION STATUS
	cat <<-EOT
		From: MAILER-DAEMON@relay.example
		To: $back
		Subject: Undelivered Mail Returned to Sender
		MIME-Version: 1.0
		Content-Type: multipart/report; report-type=delivery-status; boundary=b

		--b

		It did not work.
		--b
		Content-Type: message/delivery-status

		Reporting-MTA: dns; relay.example

		Final-Recipient: rfc822; pks@bob.example
		Action: $1
		Status: $2

		--b
		Content-Type: message/rfc822

		From: pks@a.example
		Subject: incremental

	EOT
	cat "$f"
	printf '\n--b--\n'
}
key
report failed 5.1.1 | sed "s/^To: .*/To: bounce+bob.$range@a.example/" \
	>"$work/letter"
is "one that somebody made up: 250" \
	"$(offer "" "bounce+bob.$range@a.example")" 250
report delayed 4.4.1 >"$work/letter"
is "a delay: 250" "$(offer "" "$back")" 250
report failed 5.1.1 >"$work/letter"
is "a failure: 250" "$(offer "" "$back")" 250
ok "nothing of what came back is taken in" absent
ok "the failure is told" wait_for 10 grep -q \
	"event=bounce peer=bob changes=$range kind=hard" "$work/a/log"
is "the delay was noted" "$(grep -c 'kind=delayed outcome=noted' \
	"$work/a/log")" 1
is "hard bounces are counted" "$(metric keypost_mail_bounces_total hard)" 1
is "delays, too" "$(metric keypost_mail_bounces_total delayed)" 1
is "and those of nobody" "$(metric keypost_mail_bounces_total unmatched)" 2

# ---- our own letter, as it left, comes in --------------------------------------------
first=$(find "$work/sent" -type f | sort | head -n 1)
cp "$first" "$work/letter"
is "our own letter: 250" "$(offer pks@a.example pks@a.example)" 250
ok "is counted as our own" wait_for 10 counts own 1
is "no machine was answered" "$(grep -l 'auto-replied' "$work"/sent/* |
	wc -l)" 0
done_testing
