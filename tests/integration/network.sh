# network.sh - servers that are mail peers of each other
#
# Sourced after lib.sh. A server NAME has the sync address pks@NAME.example and
# takes letters by LMTP; each peer is reached through its own LMTP door, and a
# copy of every letter sent is kept in $work/NAME/letters.

# network "A:B,C" "B:A" ...: who sends to whom. Makes and starts all of them.
# $network_extra is added to the configuration of each ([mail] keys first), and
# $network_server to its section [server].
network() {
	network_names=
	for network_row in "$@"; do
		network_names="$network_names ${network_row%%:*}"
	done
	for network_n in $network_names; do
		eval "${network_n}_lmtp=$(free_ports 1)"
	done
	for network_row in "$@"; do
		network_one "${network_row%%:*}" "${network_row#*:}"
		start_server "${network_row%%:*}" "$network_conf" || return 1
	done
}

# network_one NAME PEERS: sets network_conf
network_one() {
	eval "network_door=\$$1_lmtp"
	mkdir -p "$work/$1/letters"
	network_conf="[server]
${network_server:-}
[mail]
address = pks@$1.example
maintainer = admin@$1.example
lmtp_listen = 127.0.0.1:$network_door
letter_log = $work/$1/letters
tls = none
batch_delay = 0s
${network_extra:-}"
	for network_p in $(echo "$2" | tr ',' ' '); do
		eval "network_door=\$${network_p}_lmtp"
		network_conf="$network_conf
[peer $network_p]
mail = pks@$network_p.example
relay = lmtp://127.0.0.1:$network_door"
	done
}

# submit NAME FILE...: each by itself
submit() {
	submit_to=$1
	shift
	for submit_f in "$@"; do
		post "$submit_to" "$submit_f" | tail -n 1 | grep -qx 200 ||
			return 1
	done
}

# letters NAME: how many letters it has sent
letters() {
	find "$work/$1/letters" -type f | wc -l
}

# all_letters: of every server of the network
all_letters() {
	network_sum=0
	for network_n in $network_names; do
		network_sum=$((network_sum + $(letters "$network_n")))
	done
	echo "$network_sum"
}

# quiet SECONDS: nobody sent anything for so long
quiet() {
	quiet_end=$(($(date +%s) + 60))
	quiet_last=$(all_letters)
	while [ "$(date +%s)" -lt "$quiet_end" ]; do
		sleep "$1"
		quiet_now=$(all_letters)
		[ "$quiet_now" -eq "$quiet_last" ] && return 0
		quiet_last=$quiet_now
	done
	return 1
}

# digests NAME: fingerprint and SKS digest of all it stores, sorted
digests() {
	sqlite3 "file:$work/$1/data/keypost.db?mode=ro" \
		"SELECT hex(fpr) || ' ' || hex(sks_digest) FROM cert ORDER BY 1"
}

# same_certs A B: equal sets of equal certificates
same_certs() {
	digests "$1" >"$work/$1.digests"
	digests "$2" >"$work/$2.digests"
	cmp "$work/$1.digests" "$work/$2.digests"
}

# no_letter_to_listed NAME: no letter went to a server that its list names
no_letter_to_listed() {
	find "$work/$1/letters" -type f | while read -r listed_f; do
		listed_to=$(sed -n 's/^To: //p;/^$/q' "$listed_f")
		sed -n 's/^X-KeyServer-Sent: //p;/^$/q' "$listed_f" |
			grep -qixF -- "$listed_to" && echo "$listed_f to $listed_to"
	done | {
		! grep .
	}
}

# counter NAME COUNTER: of `keypost status`
counter() {
	kp "$1" status --json | python3 -c 'import json, sys
print(json.load(sys.stdin)["counters"].get(sys.argv[1], 0))' "$2"
}

# ---- relays that lose letters ------------------------------------------------

# lossy NAME TO-PORT SEED: a relay in $NAME_port; $work/NAME.loss rules it
lossy() {
	echo 0 >"$work/$1.loss"
	python3 "$top_srcdir/tests/tools/lossy-relay.py" "$2" "$work/$1.loss" \
		"$3" "$work/$1.fates" "$work/$1.note" >"$work/$1.port" 2>"$work/$1.err" &
	pids="$pids $!"
	wait_for 10 [ -s "$work/$1.port" ] || return 1
	eval "$1_port=\$(cat '$work/$1.port')"
}
# fates NAME FATE: how many letters met it
fates() {
	grep -c "^$2 " "$work/$1.fates"
}

# listens PORT: keypost-mail may come after the daemon is ready
listens() {
	python3 -c 'import socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5).close()' "$1"
}
# offer FILE: to B, in A's name, at $b_lmtp
offer() {
	wait_for 20 listens "$b_lmtp" &&
		python3 -c 'import smtplib, sys
with smtplib.LMTP("127.0.0.1", int(sys.argv[1]), timeout=60) as s:
    s.sendmail("pks@a.example", ["pks@b.example"],
               open(sys.argv[2], "rb").read())' \
			"$b_lmtp" "$1"
}
