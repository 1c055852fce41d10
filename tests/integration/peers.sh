# peers.sh - Debian's sks and onak as neighbours, each in a folder of its own
#
# Sourced by tests. A peer lives below DIR, binds the loopback only, hands its
# outgoing letters to a small script that keeps them in DIR/out, and is stopped
# by its process id. Nothing of the system's own configuration is touched.

# have_sks / have_onak: is the package there?
have_sks() { [ -x /usr/sbin/sks ] && [ -x /usr/lib/sks/sks_add_mail ]; }
have_onak() {
	[ -x /usr/bin/onak ] && [ -n "$(onak_mail_script)" ] &&
		command -v perl >/dev/null
}
onak_mail_script() {
	ls /usr/lib/*/onak/onak-mail.pl /usr/lib/onak/onak-mail.pl 2>/dev/null |
		head -n 1
}

# keep_letters DIR: a stand-in for sendmail that files each letter whole.
keep_letters() {
	mkdir -p "$1/out" "$1/bin"
	cat >"$1/bin/mta" <<-EOF
	#!/bin/sh
	t=\$(mktemp "$1/out/.tmp.XXXXXX") && cat >"\$t" && mv "\$t" "$1/out/\${t##*.}.eml"
	EOF
	chmod +x "$1/bin/mta"
}

# sks_setup DIR HKP_PORT FROM MAILSYNC_ADDRESS...
sks_setup() {
	sks_dir=$1 sks_port=$2 sks_from=$3
	shift 3
	mkdir -p "$sks_dir/etc/sks" "$sks_dir/var/log/sks" \
		"$sks_dir/var/lib/sks/DB" "$sks_dir/var/lib/sks/PTree" \
		"$sks_dir/var/spool/sks/messages" "$sks_dir/var/run/sks"
	keep_letters "$sks_dir"
	cat >"$sks_dir/etc/sks/sksconf" <<-EOF
	hostname: localhost
	hkp_address: 127.0.0.1
	hkp_port: $sks_port
	recon_address: 127.0.0.1
	recon_port: $((sks_port - 1))
	from_addr: $sks_from
	sendmail_cmd: $sks_dir/bin/mta
	pagesize: 16
	ptree_pagesize: 16
	EOF
	: >"$sks_dir/etc/sks/membership"
	printf '%s\n' "$@" >"$sks_dir/etc/sks/mailsync"
}

# sks_start DIR: prints the process id; waits until it answers.
sks_start() {
	(cd "$1" && exec sks db -basedir "$1" >"$1/db.out" 2>&1) &
	sks_pid=$!
	sks_port=$(sed -n 's/^hkp_port: //p' "$1/etc/sks/sksconf")
	# On a busy machine it takes its time.
	for _ in $(seq 600); do
		curl -s -o /dev/null "http://127.0.0.1:$sks_port/" && break
		sleep 0.1
	done
	echo "$sks_pid" >"$1/pid"
}

# sks_stop DIR: it has ended when this returns. A server that is busy handing
# over mail does not heed SIGTERM: it gets ten seconds.
sks_stop() {
	[ -s "$1/pid" ] || return 0
	sks_pid=$(cat "$1/pid")
	rm -f "$1/pid"
	kill "$sks_pid" 2>/dev/null
	for _ in $(seq 100); do
		# A zombie has ended, too.
		case $(sed -n 's/^State:[[:space:]]*//p' \
			"/proc/$sks_pid/status" 2>/dev/null) in
		"" | Z*) break ;;
		esac
		sleep 0.1
	done
	kill -9 "$sks_pid" 2>/dev/null
	wait "$sks_pid" 2>/dev/null
	return 0
}

# sks_deliver DIR <LETTER: into its spool, as Debian's procmail rule does.
sks_deliver() { /usr/lib/sks/sks_add_mail "$1/var/spool/sks"; }

# onak_setup DIR THIS_SITE SYNCSITE...
onak_setup() {
	onak_dir=$1 onak_site=$2
	shift 2
	mkdir -p "$onak_dir/db" "$onak_dir/spool"
	keep_letters "$onak_dir"
	cat >"$onak_dir/onak.ini" <<-EOF
	[main]
	backend=db
	backends_dir=$(dirname "$(onak_mail_script)")/backends
	logfile=$onak_dir/onak.log
	loglevel=2
	use_keyd=false
	sock_dir=$onak_dir
	max_reply_keys=128
	[verification]
	check_sighash=true
	drop_v3=true
	[mail]
	maintainer_email=Admin <admin@onak.example>
	mail_dir=$onak_dir/spool
	mta=$onak_dir/bin/mta
	bin_dir=$onak_dir/bin
	this_site=$onak_site
	$(printf 'syncsite=%s\n' "$@")
	[backend:db]
	type=db4
	location=$onak_dir/db
	EOF
	# The script reads fixed paths: ours gets its own configuration.
	sed "s,/etc/onak,$onak_dir/onak," "$(onak_mail_script)" \
		>"$onak_dir/onak-mail.pl"
	printf '#!/bin/sh\nexec /usr/bin/onak -c %s "$@"\n' \
		"$onak_dir/onak.ini" >"$onak_dir/bin/onak"
	chmod +x "$onak_dir/bin/onak"
}

# onak_deliver DIR <LETTER: as its mail alias does.
onak_deliver() { perl "$1/onak-mail.pl"; }

# onak_has DIR FINGERPRINT
onak_has() { "$1/bin/onak" get "0x$2" 2>/dev/null | grep -q BEGIN; }
