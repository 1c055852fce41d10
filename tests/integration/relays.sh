# relays.sh - sourced by tests that hand letters to Debian's postfix, or to
# dovecot by LMTP: their own configurations below $work, their own ports
#
# postfix need not be installed, for it would take the place of the machine's
# mail system: scripts/install-deps keeps it unpacked in the cache.
. "$top_srcdir/tests/integration/dovecot.sh"

relays_cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/keypost/postfix
# relays_postfix: sets postfix_root, where its files are; fails without it
relays_postfix() {
	postfix_root=
	[ -x /usr/lib/postfix/sbin/master ] && return 0
	postfix_root=$relays_cache
	[ -x "$postfix_root/usr/lib/postfix/sbin/master" ]
}

# ---- certificates ---------------------------------------------------------

# relays_certs DIR: an authority and certificates good, other (a name that is
# not localhost), expired and self, each with its key
relays_certs() {
	mkdir -p "$1" && : >"$1/index" && echo 01 >"$1/serial" || return 1
	cat >"$1/ca.conf" <<-EOT
	[ca]
	default_ca = own
	[own]
	dir = $1
	new_certs_dir = $1
	database = $1/index
	serial = $1/serial
	default_md = sha256
	policy = any
	unique_subject = no
	copy_extensions = copy
	[any]
	commonName = supplied
	EOT
	{
		relays_request "$1" ca "Test Authority" "" &&
			openssl req -x509 -key "$1/ca.key" -days 2 \
				-subj "/CN=Test Authority" -out "$1/ca.pem" &&
			relays_sign "$1" good localhost \
				"DNS:localhost,IP:127.0.0.1" "$(date -u +%y%m%d)" 30 &&
			relays_sign "$1" other other.example \
				DNS:other.example "$(date -u +%y%m%d)" 30 &&
			relays_sign "$1" expired localhost \
				"DNS:localhost,IP:127.0.0.1" 200101 20 &&
			relays_request "$1" self localhost DNS:localhost &&
			openssl req -x509 -key "$1/self.key" -days 2 \
				-subj /CN=localhost -addext \
				subjectAltName=DNS:localhost -out "$1/self.pem"
	} >"$1/log" 2>&1
}
# relays_request DIR NAME COMMON-NAME ALTERNATIVES
relays_request() {
	openssl ecparam -name prime256v1 -genkey -noout -out "$1/$2.key" &&
		openssl req -new -key "$1/$2.key" -subj "/CN=$3" \
			${4:+-addext "subjectAltName=$4"} -out "$1/$2.req"
}
# relays_sign DIR NAME COMMON-NAME ALTERNATIVES FROM YEAR: until 20YEAR
relays_sign() {
	relays_request "$1" "$2" "$3" "$4" &&
		openssl ca -batch -config "$1/ca.conf" -cert "$1/ca.pem" \
			-keyfile "$1/ca.key" -in "$1/$2.req" -notext \
			-startdate "${5}000000Z" -enddate "${6}1231000000Z" \
			-out "$1/$2.pem"
}
# pin_of CERTIFICATE
pin_of() {
	openssl x509 -in "$1" -noout -fingerprint -sha256 |
		sed 's/.*=//;s/://g'
}

# ---- dovecot: who is who, and LMTP ----------------------------------------

# dovecot_run DIR CERTS: sets dovecot_auth and dovecot_lmtp, ports; a socket
# lies in DIR/lmtp. The user relay has the password in DIR/password. What LMTP
# brings is below DIR/mail.
dovecot_run() {
	read -r dovecot_auth dovecot_lmtp <<-EOT
		$(free_ports 2)
	EOT
	dovecot_conf "$1" relay lmtp "$2/good.pem" "$2/good.key" mail "
auth_verbose = yes
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
auth_username_format =
userdb {
  driver = static
  args = uid=mail gid=mail home=$1/mail allow_all_users=yes
}
service auth {
  inet_listener postfix {
    address = 127.0.0.1
    port = $dovecot_auth
  }
}
service lmtp {
  unix_listener $1/lmtp {
    mode = 0666
  }
  inet_listener lmtp {
    address = 127.0.0.1
    port = $dovecot_lmtp
  }
}"
	dovecot -F -c "$1/dovecot.conf" >>"$1/out" 2>&1 &
	dovecot_pid=$!
	pids="$pids $dovecot_pid"
	wait_for 20 [ -S "$1/lmtp" ]
}

# ---- postfix --------------------------------------------------------------

# postfix_service PORT OPTION...: a line of its list of services
postfix_service() {
	postfix_line="127.0.0.1:$1 inet n - n - - smtpd"
	shift
	for postfix_o in "$@"; do
		postfix_line="$postfix_line -o $postfix_o"
	done
	echo "$postfix_line"
}

# postfix_run DIR CERTS TO SERVICES: takes what SERVICES says, and hands it on
# by LMTP to the port TO. Asks dovecot who somebody is.
postfix_run() {
	postfix_lib=$postfix_root/usr/lib/postfix
	mkdir -p "$1/etc" "$1/data"
	for postfix_d in active bounce corrupt defer deferred flush hold \
		incoming maildrop private public saved trace pid; do
		mkdir -p "$1/spool/$postfix_d"
	done
	chmod 755 "$work" "$1"
	chown nobody "$1/data" "$1/spool"/*
	chown root "$1/spool/pid"
	chgrp mail "$1/spool/maildrop" "$1/spool/public"
	chmod 730 "$1/spool/maildrop" && chmod 710 "$1/spool/public"
	cat >"$1/etc/main.cf" <<-EOT
	compatibility_level = 3.6
	queue_directory = $1/spool
	data_directory = $1/data
	daemon_directory = $postfix_lib/sbin
	command_directory = $postfix_root/usr/sbin
	shlib_directory = $postfix_lib
	meta_directory = $postfix_root/etc/postfix
	mail_owner = nobody
	default_privs = daemon
	setgid_group = mail
	import_environment = LD_LIBRARY_PATH MAIL_CONFIG TZ LANG=C
	maillog_file = $1/log
	maillog_file_prefixes = $1
	myhostname = relay.example
	mydestination =
	inet_interfaces = loopback-only
	inet_protocols = ipv4
	mynetworks =
	local_recipient_maps =
	alias_maps =
	default_database_type = texthash
	relay_domains = there.example
	relay_transport = lmtp:inet:[127.0.0.1]:$3
	lmtp_tls_security_level = none
	smtpd_relay_restrictions = permit_sasl_authenticated reject_unauth_destination
	smtpd_tls_security_level = may
	smtpd_tls_cert_file = $2/good.pem
	smtpd_tls_key_file = $2/good.key
	smtpd_sasl_type = dovecot
	smtpd_sasl_security_options = noanonymous
	default_transport = lmtp:inet:[127.0.0.1]:$3
	smtpd_sasl_path = inet:127.0.0.1:$dovecot_auth
	smtpd_tls_auth_only = no
	smtpd_client_connection_count_limit = 0
	EOT
	{
		echo "$4"
		cat <<-EOT
		pickup unix n - n 60 1 pickup
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		tlsmgr unix - - n 1000? 1 tlsmgr
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		verify unix - - n - 1 verify
		flush unix n - n 1000? 0 flush
		proxymap unix - - n - - proxymap
		lmtp unix - - n - - lmtp
		error unix - - n - - error
		retry unix - - n - - error
		discard unix - - n - - discard
		anvil unix - - n - 1 anvil
		scache unix - - n - 1 scache
		postlog unix-dgram n - n - 1 postlogd
		EOT
	} >"$1/etc/master.cf"
	# It closes every descriptor that it might have.
	(
		ulimit -n 4096
		export LD_LIBRARY_PATH="$postfix_lib"
		exec "$postfix_lib/sbin/master" -c "$1/etc" -d
	) >>"$1/out" 2>&1 &
	postfix_pid=$!
	pids="$pids $postfix_pid"
	wait_for 20 [ -S "$1/spool/public/qmgr" ]
}
