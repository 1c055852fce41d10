# imap.sh - sourced by tests that need an IMAP server: Debian's dovecot with a
# configuration, a certificate and mailboxes of the test's own
. "$top_srcdir/tests/integration/dovecot.sh"

# imap_certificate DIR NAME: an authority and a certificate for NAME below DIR
imap_certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 2 -subj "/CN=Test Authority" -keyout "$1/ca.key" \
		-out "$1/ca.pem" &&
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
			-subj "/CN=$2" -keyout "$1/key.pem" -out "$1/req.pem" &&
		printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' \
			"$3" >"$1/ext" &&
		openssl x509 -req -in "$1/req.pem" -CA "$1/ca.pem" \
			-CAkey "$1/ca.key" -CAcreateserial -days 2 \
			-extfile "$1/ext" -out "$1/cert.pem"
} >/dev/null 2>&1

# imap_setup [EXTRA]: makes $work/imap; sets imap_port, imaps_port, imap_lmtp.
# The user pks has the password in $work/imap/password.
imap_setup() {
	imap_dir=$work/imap
	mkdir -p "$imap_dir"
	imap_certificate "$imap_dir" localhost "DNS:localhost,IP:127.0.0.1" ||
		return 1
	read -r imap_port imaps_port <<-EOT
		$(free_ports 2)
	EOT
	imap_owner=$dovecot_owner
	dovecot_conf "$imap_dir" pks imap "$imap_dir/cert.pem" \
		"$imap_dir/key.pem" mail/%u "
userdb {
  driver = static
  args = uid=$imap_owner gid=$(id -gn "$imap_owner") home=$imap_dir/mail/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap_port
  }
  inet_listener imaps {
    port = $imaps_port
    ssl = yes
  }
}
${1:-}"
}

# imap_start: runs it in the foreground of a background job
imap_start() {
	dovecot -F -c "$imap_dir/dovecot.conf" >>"$imap_dir/out" 2>&1 &
	imap_pid=$!
	pids="$pids $imap_pid"
	wait_for 20 imap_do 'noop()'
}
imap_stop() {
	kill -TERM "$imap_pid" 2>/dev/null
	lib_reap "$imap_pid" 10
}

# imap_do PYTHON...: each is done with `box`, a logged-in imaplib connection
# with INBOX selected; what it gives is printed.
imap_do() {
	python3 - "$imap_port" "$imap_dir/password" "$@" <<-'EOT'
		import imaplib, sys
		box = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]), timeout=20)
		box.login("pks", open(sys.argv[2]).readline().rstrip("\n"))
		box.select("INBOX")
		for what in sys.argv[3:]:
		    answer = eval("box." + what)
		    if answer[0] not in ("OK", "BYE"):
		        sys.exit("%s: %s" % (what, answer))
		    print(b" ".join(x or b"" for x in answer[1]).decode())
		box.logout()
	EOT
}
# imap_put FILE [FLAGS]: appends a message
imap_put() {
	imap_do "append('INBOX', '${2:-}', None, open('$1', 'rb').read().replace(b'\n', b'\r\n'))"
}
# imap_count [SEARCH]: how many messages there are
imap_count() {
	imap_do "uid('SEARCH', '${1:-ALL}')" | wc -w
}
