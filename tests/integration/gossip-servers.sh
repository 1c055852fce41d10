# gossip-servers.sh - servers that gossip with each other
#
# Sourced after lib.sh. Each server has an address of its own on the loopback
# network, 127.7.0.N, as gossip tells servers by their addresses. Its HTTP is
# there, too.

gossip_n=0

# gossip_place NAME...: gives each an address and ports: NAME_at, NAME_recon
gossip_place() {
	for gossip_name; do
		gossip_n=$((gossip_n + 1))
		eval "${gossip_name}_at=127.7.0.$gossip_n"
		eval "${gossip_name}_recon=$(free_ports 1)"
		eval "${gossip_name}_port=$(free_ports 1)"
	done
}

# gossip_conf NAME PEER...: the text for make_server. $gossip_extra is added to
# [gossip], $gossip_more behind all.
gossip_conf() {
	eval "gossip_at=\$${1}_at gossip_port=\$${1}_recon"
	eval "gossip_http=\$${1}_port"
	# Where lib.sh lets it serve, too.
	[ "$gossip_at" = 127.0.0.1 ] ||
		printf '%s\n' "listen = $gossip_at:$gossip_http"
	printf '%s\n' "[server]" "level = ${gossip_level:-sks}" \
		"[gossip]" "listen = $gossip_at:$gossip_port" \
		"interval = ${gossip_interval:-500ms}" \
		"${gossip_extra:-}"
	shift
	for gossip_name; do
		eval "gossip_at=\$${gossip_name}_at"
		eval "gossip_port=\$${gossip_name}_recon"
		printf '%s\n' "[peer $gossip_name]" \
			"gossip = $gossip_at:$gossip_port"
	done
	printf '%s\n' "${gossip_more:-}"
}

# digests NAME: SKS digests of all it stores, sorted
digests() {
	sqlite3 "file:$work/$1/data/keypost.db?mode=ro" \
		"SELECT hex(sks_digest) FROM cert ORDER BY 1"
}

# same_digests N A B...: all have the same N
same_digests() {
	digests "$2" >"$work/$2.digests"
	[ "$(wc -l <"$work/$2.digests")" -eq "$1" ] || return 1
	same_first=$2
	shift 2
	for same_name; do
		digests "$same_name" | cmp -s - "$work/$same_first.digests" ||
			return 1
	done
}

# talks NAME WORD...: lines of the log on talks that have all these words
talks() {
	talks_of=$work/$1/log
	shift
	talks_list=$(grep " event=gossip " "$talks_of")
	for talks_word; do
		talks_list=$(printf '%s\n' "$talks_list" | grep -F -- "$talks_word")
	done
	[ -n "$talks_list" ] && printf '%s\n' "$talks_list"
}
