# dovecot.sh - sourced by tests that need Debian's dovecot: a configuration of
# the test's own
#
# As root its processes are the users that the package made, for it serves no
# mail to root; otherwise all of it is the user who runs the test.
if [ "$(id -u)" -eq 0 ]; then
	dovecot_owner=mail
	dovecot_users="default_internal_user = dovecot
default_login_user = dovenull"
else
	dovecot_owner=$(id -un)
	dovecot_users="default_internal_user = $dovecot_owner
default_internal_group = $(id -gn)
default_login_user = $dovecot_owner"
fi

# dovecot_conf DIR USER PROTOCOL CERT KEY MAIL MORE: writes DIR/dovecot.conf and
# makes what it names. USER has the password in DIR/password; mail is in
# DIR/MAIL; MORE are lines of one's own.
dovecot_conf() {
	mkdir -p "$1/run" "$1/mail"
	# Its sockets are found by whoever runs them.
	chmod 755 "$work" "$1"
	(umask 077 && echo "a test's own secret" >"$1/password")
	echo "$2:{PLAIN}$(cat "$1/password")::::::" >"$1/users"
	chown "$dovecot_owner" "$1/mail" 2>/dev/null
	cat >"$1/dovecot.conf" <<-EOT
	base_dir = $1/run
	state_dir = $1/run
	log_path = $1/log
	protocols = $3
	listen = 127.0.0.1
	$dovecot_users
	first_valid_uid = 0
	first_valid_gid = 0
	ssl = yes
	ssl_cert = <$4
	ssl_key = <$5
	ssl_dh =
	disable_plaintext_auth = no
	mail_location = maildir:$1/$6
	mail_fsync = never
	passdb {
	  driver = passwd-file
	  args = $1/users
	}
	service anvil {
	  chroot =
	}
	service stats {
	  chroot =
	}
	$7
	EOT
}
