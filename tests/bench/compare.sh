#!/bin/bash
# compare.sh - keypost beside Debian's sks and onak, on this machine, in one run
#
#     compare.sh [KEYS [SUBMISSIONS]]      100000 and 10000 unless said
#
# KEYPOST_BENCH_SERVERS="keypost bare" measures these alone, in this order; 0
# submissions: only look-ups. KEYPOST_BENCH_CONNECTIONS and _SECONDS shorten the
# table of them: 100000 keys, no submissions and 2 seconds for each number take
# some 7 minutes, but for the first time, since key rings and the stores of sks
# and onak are kept in KEYPOST_BENCH_CACHE. KEYPOST_BENCH_ONAK_KEYS: onak's store
# holds so many.
#
# Prints a line for each number: which server, what, what hkpload says of it,
# and when (rows.awk makes rows of them for bench.sh). First of all, and again
# before each server, what the machine can do at that time: the bare
# libmicrohttpd program, 16 kept connections. A line ends with "stalls" where the
# server was silent, or late, for KEYPOST_BENCH_STALL seconds (3; 10 when keys
# are submitted); with more connections it is not asked then.
# Stores hold KEYS generated certificates; SUBMISSIONS others are submitted.
# Look-ups ask for any of them by chance, "often" for a twentieth of them, "kept"
# for any of up to 100000 that are all in keypost's memory (lookup_memory).
# Level sks, synchronous=FULL. Every server runs alone, and was asked for three
# seconds before: one that has just started fills its memory.
# Needs the benchmark tools (make bench-tools) in $top_builddir; onak is
# measured over lighttpd and CGI when both are there and we are root.
. "$(dirname "$0")/bench.sh"
keys=${1:-100000}
submissions=${2:-10000}
seconds=${KEYPOST_BENCH_SECONDS:-2}
stall=${KEYPOST_BENCH_STALL:-3}
connections=${KEYPOST_BENCH_CONNECTIONS:-1 16 64 256}
lookups="fingerprint key-id email index miss"
onak_keys=${KEYPOST_BENCH_ONAK_KEYS:-$keys}
rows=/dev/null

say() { echo "$* at=$(date +%T)"; }
# kept NAME DIR COMMAND...: DIR as the command makes it from the ring, or as it
# did in an earlier run
kept() {
	kept_as=$cache/$1 kept_dir=$2
	shift 2
	if [ "$kept_as.took" -nt "$ring" ]; then
		say "${kept_as##*/} $(cat "$kept_as.took") (earlier)"
		rm -rf "$kept_dir"
		cp -a "$kept_as" "$kept_dir"
		return
	fi
	kept_from=$(date +%s.%N)
	"$@" >"$work/kept.out" 2>&1 || {
		sed 's/^/# /' "$work/kept.out"
		return 1
	}
	kept_took="built in $(echo "$(date +%s.%N) - $kept_from" | bc) s"
	say "${kept_as##*/} $kept_took"
	rm -rf "$kept_as"
	cp -a "$kept_dir" "$kept_as" && echo "$kept_took" >"$kept_as.took"
}
resident() { awk '/^VmRSS/ { print $2 " kB" }' "/proc/$1/status"; }
# load WHO PID WHAT ARGUMENT...: hkpload, with the CPU that the server used
load() {
	load_who=$1 load_pid=$2
	shift 2
	load_said="$load_who $("$tools/hkpload" "$@" pid="$load_pid")"
	say "$load_said"
}
# What was given up is still in its queue: until it answers again, or 10 s.
settle() {
	settle_at="http://127.0.0.1:$table_port/pks/lookup?op=get&search="
	curl -s -o /dev/null --max-time 10 "$settle_at$(head -n 1 "$ring.all-fprs")"
}
# warm_up PORT SECONDS [close]
warm_up() {
	"$tools/hkpload" get "127.0.0.1:$1" 16 "$2" "$ring.all-fprs" \
		${3:-} stall=$stall >/dev/null
}
# table WHO PID PORT "HOW..." WHAT...: each kind of look-up, each number of
# connections, kept open ("keep") or closed after each request ("close")
table() {
	table_who=$1 table_pid=$2 table_port=$3 table_hows=$4
	shift 4
	for what in "$@"; do
		case $what in
		fingerprint | kept) set_verb get all-fprs ;;
		often) set_verb get often ;;
		key-id | email) set_verb get "all-${what}s" ;;
		index) set_verb index all-fprs ;;
		miss) set_verb miss all-misses ;;
		miss-200) set_verb miss-200 all-misses ;;
		if-none-match) set_verb match all-fprs ;;
		esac
		for how in $table_hows; do
			for c in $connections; do
				load "$table_who $what" "$table_pid" "$verb" \
					"127.0.0.1:$table_port" "$c" \
					"$seconds" "$ring.$terms" ${how#keep} \
					"stall=$stall"
				case $load_said in *stalls) settle; break ;; esac
			done
		done
	done
}
set_verb() { verb=$1 terms=$2; }

# ---- material ----------------------------------------------------------------
ring=$cache/store-$keys.pgp
fresh=$cache/submit-$submissions.pgp
make_ring "$ring" "$keys" 7
[ "$submissions" -eq 0 ] || make_ring "$fresh" "$submissions" 8
make_terms() {
	[ -s "$1.names" ] || "$top_builddir/tests/tools/kpdigest" "$1" |
		awk '{ print "0x" $1 }' >"$1.names"
	[ -s "$1.all-fprs" ] || shuf --random-source=<(yes) "$1.names" \
		>"$1.all-fprs"
	[ -s "$1.often" ] || head -n "$((keys / 20))" "$1.all-fprs" >"$1.often"
	[ -s "$1.all-key-ids" ] || sed 's/^0x.*\(.\{16\}\)$/0x\1/' "$1.all-fprs" \
		>"$1.all-key-ids"
	[ -s "$1.all-misses" ] || cut -c 3- "$1.all-fprs" | rev | sed 's/^/0x/' \
		>"$1.all-misses"
	[ -s "$1.all-emails" ] || LC_ALL=C grep -aoE '<[[:alnum:].]+@[a-z.]+>' \
		"$1" | tr -d '<>' | shuf --random-source=<(yes) >"$1.all-emails"
}
make_terms "$ring"
say "machine $(nproc) CPUs, $(awk -F': ' '/model name/ { print $2; exit }' \
	/proc/cpuinfo), kernel $(uname -r)"
say "store $keys keys, $(stat -c %s "$ring") octets; $submissions submitted"

# submit WHO PID PORT [close]: new keys, with 1 and then with 16 clients
submit() {
	split_at=$((submissions / 5))
	[ -s "$fresh.1" ] || {
		mkdir -p "$work/fresh"
		"$top_builddir/tests/tools/kpsplit" "$fresh" "$work/fresh"
		ls "$work/fresh" | head -n "$split_at" |
			(cd "$work/fresh" && xargs cat) >"$fresh.1"
		ls "$work/fresh" | tail -n +"$((split_at + 1))" |
			(cd "$work/fresh" && xargs cat) >"$fresh.16"
		rm -rf "$work/fresh"
	}
	# sks may stop answering in the middle of them: what it did until then.
	for c in 1 16; do
		load "$1" "$2" add "127.0.0.1:$3" $c 60 "$fresh.$c" \
			${4:+close} stall=10
	done
}

# ---- keypost -----------------------------------------------------------------
serve_keypost() {
	"$top_builddir/keypostd" -f -c "$work/kp/keypost.conf" \
		2>"$work/kp/log" &
	kp=$!
	pids="$pids $kp"
	wait_http "$http"
}
end_keypost() {
	say "keypost $1 resident=$(resident $kp)"
	kill $kp
	wait $kp
}
bench_keypost() {
	read -r http <<<"$(free_ports 1)"
	mkdir "$work/kp"
	cat >"$work/kp/keypost.conf" <<-EOF
	[server]
	level = sks
	data = $work/kp/data
	$([ "$(id -u)" -ne 0 ] || echo "user = root")
	[http]
	listen = 127.0.0.1:$http
	EOF
	"$top_builddir/keypost" -c "$work/kp/keypost.conf" load -q "$ring"
	# A load writes past the system's cache, and others do not: without this
	# the first row would measure the disk.
	cat "$work/kp/data/keypost.db" >/dev/null
	serve_keypost
	say "keypost idle resident=$(resident $kp) store=$(du -sk \
		"$work/kp/data" | cut -f 1) kB"
	warm_up "$http" 3
	table keypost $kp "$http" "keep close" $lookups often if-none-match
	[ "$submissions" -eq 0 ] || submit keypost $kp "$http"
	end_keypost "after all"
	[ "$keys" -le 100000 ] || return
	echo "lookup_memory = 1GiB" >>"$work/kp/keypost.conf"
	serve_keypost
	warm_up "$http" 8 # nearly all are asked for
	table keypost $kp "$http" keep kept
	end_keypost "with all kept"
}

# ---- libmicrohttpd by itself: the ceiling of look-ups --------------------------
bare_store=
with_bare() { # COMMAND...: while it runs, as $bare on port $http
	http=$(free_ports 1)
	"$tools/bare-mhd" "$http" 4 ${bare_store:+3072 "$bare_store"} &
	bare=$!
	pids="$pids $bare"
	wait_http "$http"
	"$@"
	kill $bare
	wait $bare
}
bare_table() {
	warm_up "$http" 3
	table "$1" $bare "$http" "$2" fingerprint
}
# And with rows of the store that keypost has left, if it ran before.
bench_bare() {
	with_bare bare_table bare-mhd "keep close"
	bare_store=$work/kp/data/keypost.db
	[ ! -e "$bare_store" ] || with_bare bare_table bare-sqlite keep
	bare_store=
}
machine_now() { # BEFORE
	load "machine before=$1" $bare get "127.0.0.1:$http" 16 1 "$ring.all-fprs"
}

# ---- sks ---------------------------------------------------------------------
build_sks() {
	(cd "$work/sks" && timeout 900 sks build -basedir "$work/sks" -n 10 \
		-cache 100 "$ring")
}
bench_sks() {
	hkp=$(free_ports 1)
	sks_setup "$work/sks" "$hkp" pgp-public-keys@sks.example
	# As with keypost here, nobody gets letters: it answers nobody else
	# while it hands them over. mail.sh measures that.
	: >"$work/sks/etc/sks/mailsync"
	rmdir "$work/sks/var/lib/sks/DB" "$work/sks/var/lib/sks/PTree"
	kept "sks-$keys" "$work/sks/var/lib/sks" build_sks || return
	sks_start "$work/sks"
	sks=$(cat "$work/sks/pid")
	pids="$pids $sks"
	wait_http "$hkp"
	say "sks idle resident=$(resident "$sks") store=$(du -sk \
		"$work/sks/var/lib" | cut -f 1) kB"
	warm_up "$hkp" 3 close
	table sks "$sks" "$hkp" close $lookups
	[ "$submissions" -eq 0 ] || submit sks "$sks" "$hkp" close
	sks_stop "$work/sks"
}

# ---- onak --------------------------------------------------------------------
# It flushes each key to the disk, a hundred a second: in memory it is quicker.
build_onak() {
	onak_memory=$(mktemp -d "/dev/shm/kp-bench.XXXXXX") || return
	mv "$work/onak/db" "$onak_memory/db" &&
		ln -s "$onak_memory/db" "$work/onak/db" &&
		timeout 900 "$work/onak/bin/onak" -b add <"$ring"
	onak_status=$?
	rm "$work/onak/db" && rm -f "$onak_memory"/db/__db.* &&
		cp -a "$onak_memory/db" "$work/onak/db"
	rm -rf "$onak_memory"
	return $onak_status
}
bench_onak() {
	command -v lighttpd >/dev/null && [ "$(id -u)" -eq 0 ] || {
		say "onak not measured: needs lighttpd and root"
		return
	}
	ring=$cache/store-$onak_keys.pgp
	make_ring "$ring" "$onak_keys" 7
	make_terms "$ring"
	say "onak store $onak_keys keys"
	hkp=$(free_ports 1)
	onak_setup "$work/onak" pgp-public-keys@onak.example
	chmod a+x "$work" "$work/onak" # its programs are setuid
	sed -i 's/^check_sighash.*/check_sighash=false/' "$work/onak/onak.ini"
	kept "onak-$onak_keys" "$work/onak/db" build_onak || return
	sed -i 's/^use_keyd.*/use_keyd=true/' "$work/onak/onak.ini"
	cat >"$work/onak/httpd.conf" <<-EOF
	server.port = $hkp
	server.bind = "127.0.0.1"
	server.document-root = "$work/onak"
	server.modules = ("mod_alias", "mod_cgi")
	alias.url = ("/pks/" => "/usr/lib/cgi-bin/pks/")
	cgi.assign = ("" => "")
	EOF
	# Its programs read /etc/onak.ini: in a mount namespace it is ours.
	unshare -m sh -c "mount --bind '$work/onak/onak.ini' /etc/onak.ini &&
		keyd -f -c '$work/onak/onak.ini' & echo \$! >'$work/onak/keyd'
		mount --bind '$work/onak/onak.ini' /etc/onak.ini &&
		exec lighttpd -D -f '$work/onak/httpd.conf'" \
		>"$work/onak/httpd.out" 2>&1 &
	pids="$pids $!"
	onak=$!
	wait_http "$hkp"
	pids="$pids $(cat "$work/onak/keyd")"
	chmod a+w "$work/onak/keyd.sock"
	curl -s "http://127.0.0.1:$hkp/pks/lookup?op=get&search=$(head -n 1 \
		"$ring.all-fprs")" | grep -q BEGIN || {
		say "onak not measured: it does not find what it has"
		return
	}
	# CPU is lighttpd's alone: its CGI programs and keyd are others. What it
	# does not find it answers with 200 and a page that says so.
	# By e-mail last: some of that keeps keyd at work long after it was asked.
	warm_up "$hkp" 3 close
	table onak $onak "$hkp" close fingerprint key-id index miss-200 email
	[ "$submissions" -eq 0 ] || submit onak $onak "$hkp" close
}

# sks last: with many connections it may say nothing for half a minute.
for server in ${KEYPOST_BENCH_SERVERS:-keypost bare onak sks}; do
	ring=$cache/store-$keys.pgp # onak's is another
	with_bare machine_now "$server"
	"bench_$server"
done
