# imap.sh - sourced by tests that need an IMAP server: Debian's dovecot with a
# configuration, a certificate and mailboxes of the test's own
#
# As root its processes are the users that the package made, for it serves no
# mail to root; otherwise all of it is the user who runs the test.

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
	mkdir -p "$imap_dir/run" "$imap_dir/mail"
	# Its sockets are found by whoever runs them.
	chmod 755 "$work" "$imap_dir"
	imap_certificate "$imap_dir" localhost "DNS:localhost,IP:127.0.0.1" ||
		return 1
	read -r imap_port imaps_port <<-EOT
		$(free_ports 2)
	EOT
	echo "a test's own secret" >"$imap_dir/password"
	echo "pks:{PLAIN}$(cat "$imap_dir/password")::::::" >"$imap_dir/users"
	if [ "$(id -u)" -eq 0 ]; then
		imap_owner=mail
		imap_users="default_internal_user = dovecot
default_login_user = dovenull"
	else
		imap_owner=$(id -un)
		imap_users="default_internal_user = $imap_owner
default_internal_group = $(id -gn)
default_login_user = $imap_owner"
	fi
	chown "$imap_owner" "$imap_dir/mail" 2>/dev/null
	cat >"$imap_dir/dovecot.conf" <<-EOT
		base_dir = $imap_dir/run
		state_dir = $imap_dir/run
		log_path = $imap_dir/log
		protocols = imap
		listen = 127.0.0.1
		$imap_users
		first_valid_uid = 0
		first_valid_gid = 0
		ssl = yes
		ssl_cert = <$imap_dir/cert.pem
		ssl_key = <$imap_dir/key.pem
		ssl_dh =
		disable_plaintext_auth = no
		mail_location = maildir:$imap_dir/mail/%u
		mail_fsync = never
		passdb {
		  driver = passwd-file
		  args = $imap_dir/users
		}
		userdb {
		  driver = static
		  args = uid=$imap_owner gid=$(id -gn "$imap_owner") home=$imap_dir/mail/%u
		}
		service anvil {
		  chroot =
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
		service stats {
		  chroot =
		}
		${1:-}
	EOT
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
