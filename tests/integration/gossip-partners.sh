# gossip-partners.sh - Debian's sks as a gossip partner, and what partners hold
#
# Sourced after lib.sh and peers.sh. All partners of a test have addresses of
# their own in $gossip_net, and the same two ports: SKS tells partners by their
# address alone. A keypost server is at 127.0.0.1, where its connections come
# from. An sks NAME lives in $work/NAME, with the log of its talks in
# var/log/sks/recon.log.
gossip_net=127.$((64 + $$ / 250 % 128)).$(($$ % 250 + 1))
gossip_recon_port=$(free_ports 1)
gossip_http_port=$(free_ports 1)

# gossip_sks NAME N KEYRING PARTNER...: makes one at $gossip_net.N that holds
# the keyring (may be empty) and gossips with those addresses. $gossip_sksconf
# is added to its configuration. It announces the filters that servers of the
# SKS network do.
gossip_sks() {
	gossip_dir=$work/$1 gossip_ip=$gossip_net.$2 gossip_keys=$3
	shift 3
	sks_setup "$gossip_dir" "$gossip_http_port" pks@sks.example
	cat >"$gossip_dir/etc/sks/sksconf" <<-END
	hostname: $gossip_ip
	hkp_address: $gossip_ip
	hkp_port: $gossip_http_port
	recon_address: $gossip_ip
	recon_port: $gossip_recon_port
	disable_mailsync:
	pagesize: 16
	ptree_pagesize: 16
	debuglevel: 5
	${gossip_sksconf:-}
	END
	for gossip_p in "$@"; do
		echo "$gossip_p $gossip_recon_port"
	done >"$gossip_dir/etc/sks/membership"
	rmdir "$gossip_dir/var/lib/sks/DB" "$gossip_dir/var/lib/sks/PTree"
	(
		cd "$gossip_dir" || exit 1
		sks build -basedir . "$gossip_keys" || exit 1
		# Now and then it ends in a fault, when all is done.
		sks cleandb -basedir .
		sks cleandb -basedir . || exit 1
		sks pbuild -basedir .
	) >"$gossip_dir/build.out" 2>&1
}

# gossip_sks_start NAME: both of its processes. gossip_sks_stop NAME: kill -9.
gossip_sks_start() {
	(cd "$work/$1" && exec sks db -basedir . >db.out 2>&1) &
	eval "$1_pids=$!"
	pids="$pids $!"
	gossip_ip=$(sed -n 's/^hkp_address: //p' "$work/$1/etc/sks/sksconf")
	wait_for 60 curl -s -o /dev/null "http://$gossip_ip:$gossip_http_port/" ||
		return 1
	(cd "$work/$1" && exec sks recon -basedir . >recon.out 2>&1) &
	eval "$1_pids=\"\$$1_pids $!\""
	pids="$pids $!"
}
gossip_sks_stop() {
	eval "gossip_pids=\$$1_pids"
	lib_kill $gossip_pids
}

# gossip_sks_holds NAME FILE: it serves a certificate of each digest of FILE,
# and each of them hashes to what was asked for
gossip_sks_holds() {
	gossip_ip=$(sed -n 's/^hkp_address: //p' "$work/$1/etc/sks/sksconf")
	"$top_builddir/tests/tools/kphashquery" request <"$2" |
		curl -s --max-time 60 --data-binary @- \
			"http://$gossip_ip:$gossip_http_port/pks/hashquery" |
		"$top_builddir/tests/tools/kphashquery" reply |
		cut -d ' ' -f 2 | sort -u | cmp - "$2"
}

# gossip_keypost_holds NAME FILE: its store has those digests and no others
gossip_keypost_holds() {
	sqlite3 "file:$work/$1/data/keypost.db?mode=ro" \
		"SELECT hex(sks_digest) FROM cert" | sort |
		cmp - "$2"
}

# gossip_digests KEYRING...: of all certificates in them, sorted
gossip_digests() {
	"$top_builddir/tests/tools/kpdigest" "$@" | cut -d ' ' -f 2 | sort -u
}
