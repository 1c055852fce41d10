#!/bin/bash
# Letters go out by Debian's postfix and dovecot: STARTTLS, TLS from the first
# octet, LMTP by TCP and by a Unix socket, every way to log in. Where the
# certificate, the offer of TLS or the login is not right, the letters wait,
# nothing is said in clear, and the operator reads why.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/relays.sh"
PATH=$PATH:/usr/sbin
[ "$(id -u)" -eq 0 ] || skip_all "postfix wants to be started by root"
for tool in openssl dovecot; do
	command -v $tool >/dev/null || skip_all "$tool is not installed"
done
relays_postfix || skip_all "postfix is neither installed nor unpacked"

certs=$work/certs box=$work/dovecot/mail
relays_certs "$certs" || bail "certificates are made"
dovecot_run "$work/dovecot" "$certs" || bail "dovecot starts"
read -r p_clear p_plain p_login p_cram p_scram1 p_scram256 p_wrap p_other \
	p_expired p_self p_none <<-EOT
	$(free_ports 11)
EOT
# Each says its own name in postfix's log.
login=smtpd_sasl_auth_enable=yes
filter=smtpd_sasl_mechanism_filter
cert() {
	echo "smtpd_tls_cert_file=$certs/$1.pem smtpd_tls_key_file=$certs/$1.key"
}
postfix_run "$work/postfix" "$certs" "$dovecot_lmtp" "$(
	postfix_service "$p_clear" syslog_name=P-clear
	postfix_service "$p_plain" syslog_name=P-plain $login $filter=plain
	postfix_service "$p_login" syslog_name=P-login $login $filter=login
	postfix_service "$p_cram" syslog_name=P-cram $login $filter=cram-md5
	postfix_service "$p_scram1" syslog_name=P-scram1 $login \
		$filter=scram-sha-1
	postfix_service "$p_scram256" syslog_name=P-scram256 $login \
		$filter=scram-sha-256
	postfix_service "$p_wrap" syslog_name=P-wrap smtpd_tls_wrappermode=yes
	postfix_service "$p_other" syslog_name=P-other $login $(cert other)
	postfix_service "$p_expired" syslog_name=P-expired $login \
		$(cert expired)
	postfix_service "$p_self" syslog_name=P-self $login $(cert self)
	postfix_service "$p_none" syslog_name=P-none $login \
		smtpd_tls_security_level=none $filter=plain,login
)" || bail "postfix starts"

# ---- who is reached how ---------------------------------------------------
user="relay_user = relay
relay_password_file = $work/dovecot/password"
(umask 077 && echo "not it" >"$work/wrong" && cp "$work/wrong" "$work/open")
chmod 644 "$work/open"
# peer NAME DOMAIN RELAY [LINES]: postfix takes letters to far.example only
# from who is logged in
peer() {
	printf '[peer %s]\nmail = %s@%s\nrelay = %s\n%s\n' "$1" "$1" "$2" "$3" \
		"${4:-}"
}
good="starttls wrapped numeric plain login cram scram1 scram256 dark maybe
	pinned lmtptcp lmtptls lmtpunix"
bad="other expired self notls refused shown nofile openfile nologin"
peers() {
	peer starttls there.example smtp://localhost:$p_clear
	peer wrapped there.example smtps://localhost:$p_wrap
	peer numeric there.example smtps://127.0.0.1:$p_wrap
	for way in plain login cram scram1 scram256; do
		eval "port=\$p_$way"
		peer $way far.example "smtp://localhost:$port" "$user"
	done
	peer dark far.example smtp://localhost:$p_scram256 "tls = none
$user"
	peer maybe there.example smtp://localhost:$p_self "tls = opportunistic"
	peer pinned there.example smtp://localhost:$p_self \
		"relay_pin = $(pin_of "$certs/self.pem")"
	peer lmtptcp there.example lmtp://127.0.0.1:$dovecot_lmtp "tls = none"
	peer lmtptls there.example lmtp://localhost:$dovecot_lmtp
	peer lmtpunix there.example "lmtp+unix:$work/dovecot/lmtp" "tls = none"
	for way in other expired self; do
		eval "port=\$p_$way"
		peer $way far.example "smtp://localhost:$port" "$user
${1:-}"
	done
	peer notls far.example smtp://localhost:$p_none "$user"
	peer refused far.example smtp://localhost:$p_plain "relay_user = relay
relay_password_file = $work/wrong"
	peer shown far.example smtp://localhost:$p_none "tls = none
$user"
	peer nofile far.example smtp://localhost:$p_plain "relay_user = relay
relay_password_file = $work/none"
	peer openfile far.example smtp://localhost:$p_plain "relay_user = relay
relay_password_file = $work/open"
	peer nologin far.example smtp://localhost:$p_plain
}
conf() {
	printf '[mail]\naddress = pks@here.example\nbatch_delay = 0s\n'
	printf 'tls = required\ntls_ca = %s/ca.pem\n' "$certs"
	peers "${1:-}"
}

# ---- config check --probe -------------------------------------------------
make_server a "$(conf)"
kp a config check --probe >"$work/probe" 2>&1
is "a probe that finds faults says so" "$?" 1
probed() { # NAME PATTERN
	grep -E "(^|: )$1: [a-z+]*:.*$2" "$work/probe"
}
ok "STARTTLS with a good certificate" probed starttls \
	"TLS1.3, the certificate is good, letters up to 10240000 octets"
ok "TLS from the first octet on" probed wrapped "the certificate is good"
ok "a relay by its number" probed numeric "the certificate is good"
for way in plain login cram scram1 scram256; do
	ok "login by $way" probed $way "the certificate is good, logged in as relay"
done
ok "SCRAM shows no password, and may go in clear" probed dark \
	"in clear, logged in as relay"
ok "opportunistic takes any certificate" probed maybe "TLS1.3, the certificate is not verified"
ok "a pinned certificate needs no authority" probed pinned "the certificate is good"
ok "LMTP by TCP" probed lmtptcp "in clear"
ok "LMTP by STARTTLS" probed lmtptls "the certificate is good"
ok "LMTP by a Unix socket" probed lmtpunix "in clear"
ok "a certificate for another name" probed other "TLS: .*localhost.*name"
ok "one that has expired" probed expired "TLS: .*expired"
ok "one that nobody signed" probed self "TLS: .*issuer is unknown"
ok "no STARTTLS" probed notls "TLS: TLS is required, and the relay does not offer it"
ok "a login that is refused" probed refused "login: it says 535"
ok "a password is not shown in clear" probed shown \
	"login: the relay offers .* only, which need verified TLS"
ok "a file that is not there" probed nofile "login: .*none: No such file"
ok "a file that everybody may read" probed openfile "login: .*everybody may read it"
is "and no letter was sent" "$(find "$box" -type f -path '*/new/*' 2>/dev/null | wc -l)" 0

# ---- letters --------------------------------------------------------------
: >"$work/postfix/log"
run_server a
wait_ready a || bail "A starts"
"$top_builddir/tests/bench/gen-keys" -a 1 7 >"$work/key" || bail "a key"
post a "$work/key" >/dev/null
arrived() {
	grep -lq "^To: $1@" "$box"/new/* 2>/dev/null
}
for name in $good; do
	ok "$name gets its letter" wait_for 60 arrived "$name"
done
key_of() {
	sed -n '/^-----BEGIN/,/^-----END/p' "$1"
}
for f in "$box"/new/*; do
	key_of "$f" | tr -d '\r' | sha256sum
done | sort | uniq -c >"$work/sums"
is "all of them are the same block" "$(wc -l <"$work/sums")" 1

# reason NAME PATTERN: peer status gives it
reason() {
	kp a peer status --json | grep -F "\"name\":\"$1\"" | grep -E "$2"
}
ok "peer status: another name" wait_for 30 reason other "not match|does not match"
ok "peer status: expired" wait_for 30 reason expired expired
ok "peer status: nobody signed it" wait_for 30 reason self "issuer is unknown"
ok "peer status: no TLS" wait_for 30 reason notls "TLS is required, and the relay does not offer it"
ok "peer status: refused, and stopped" wait_for 30 reason refused '"stopped".*535'
ok "peer status: nothing but PLAIN without TLS" wait_for 30 reason shown "need verified TLS"
ok "peer status: no password" wait_for 30 reason nofile "No such file"
ok "the log has an alarm for the refused login" grep -q \
	"level=error.*name=refused state=stopped" "$work/a/log"
kp a queue list >"$work/queue" 2>&1
sed 's/^/# /' "$work/queue"
for name in $bad; do
	ok "queue list: the letter to $name waits" grep -q "^$name " "$work/queue"
	ok "and did not arrive" bash -c "! grep -lq '^To: $name@' '$box'/new/*"
done
ok "queue list says what to do about a refused login" grep -E \
	"^refused .*535.*keypost queue retry refused" "$work/queue"

# ---- what was said --------------------------------------------------------
cat "$work/postfix/log" >"$work/said"
# said NAME: what those sessions were made of, as postfix counts it
said() { grep "P-$1/smtpd.*disconnect from" "$work/said"; }
for name in other expired; do
	ok "to $name: nothing after the handshake" bash -c \
		"! grep 'P-$name/smtpd.*disconnect from' '$work/said' |
		grep -E 'auth=|mail=|rcpt='"
done
ok "no TLS: no password and no letter" bash -c \
	"! grep 'P-none/smtpd.*disconnect from' '$work/said' |
	grep -E 'auth=|mail=|rcpt='"
ok "but there were sessions" said none
ok "the password is in no log and in no command line" bash -c \
	"! grep -rF \"\$(cat '$work/dovecot/password')\" '$work/a/log' \
	'$work/a/keypost.conf' '$work/queue'"

# ---- set right, they go ---------------------------------------------------
stop_server a
pins="relay_pin = $(pin_of "$certs/expired.pem")"
peers() {
	peer expired far.example smtp://localhost:$p_expired "$user
$pins"
	peer refused far.example smtp://localhost:$p_plain "$user"
}
make_server a "$(conf)"
run_server a
wait_ready a || bail "A starts again"
ok "a pin lets the letter go" wait_for 60 arrived expired
ok "a refused login stays stopped" reason refused '"stopped"'
kp a queue retry refused >/dev/null
ok "until it is told to try" wait_for 60 arrived refused
done_testing
