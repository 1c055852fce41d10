#!/bin/bash
# mail.sh - letters in and out: keypost beside sks's queue and onak-mail.pl
#
#     mail.sh [KEYS...]      100000 unless said
#
# Into stores of these sizes: letters in over LMTP with 1, 16 and 64 sessions
# (sks and onak get theirs as a mail system gives them, one after the other);
# from the answer to a submission, which says that it is committed, to its
# letter at the relay (of onak: from its last write to its store); letters out to
# 1 and to 100 peers, one certificate each, of changes that waited for the relay;
# and how long a peer that was away takes to hear of 10,000 changes, in batches
# and at a pace as by default. A letter of sks or onak to many peers is one with
# many recipients, and counts as so many.
#
# Takes 4 minutes for a size on two idle CPUs. Needs make bench-tools; stores of
# sks and onak come from import.sh and compare.sh.
. "$(dirname "$0")/bench.sh"
letters=2500 changes=4000 waiting=10000 to_sks=300 to_onak=40
one_each="batch_keys = 1" unpaced="letters_per_minute = 0"
singles=${KEYPOST_BENCH_SINGLES:-200}

# peers COUNT: sections of as many, all behind one relay
peers() {
	for peer in $(seq "$1"); do
		cat <<-EOC
		[peer p$peer]
		mail = pks@p$peer.example
		relay = smtp://127.0.0.1:$sink
		auth = transport
		$unpaced
		EOC
	done
}

# serve COUNT: starts keypostd with as many peers
serve() {
	keypost_conf sks "$http"
	{
		cat <<-EOC
		[mail]
		address = pks@a.example
		maintainer = admin@a.example
		lmtp_listen = 127.0.0.1:$lmtp
		tls = none
		batch_delay = 0s
		$one_each
		EOC
		peers "$1"
	} >>"$kp.conf"
	"$top_builddir/keypostd" -f -c "$kp.conf" 2>"$work/log" &
	server=$!
	pids="$pids $server"
	wait_http "$http"
}
stop() {
	kill "$server"
	wait "$server"
}

# fresh COUNT FIRST FILE: certificates that no store has
fresh() { "$tools/gen-keys" -t 2 -f "$2" "$1" 77 >"$3"; }

# field NAME <LINE: of what a tool prints
field() { sed -n "s/.* $1=\([0-9.]*\).*/\1/p"; }

# out_to PEERS CHANGES FIRST: what waited goes out when the relay comes up
out_to() {
	fresh "$2" "$3" "$work/out.pgp"
	"$tools/hkpload" add "127.0.0.1:$http" 16 60 "$work/out.pgp" \
		>"$work/out"
	out_n=$(($1 * $2))
	"$tools/mailsink" "127.0.0.1:$sink" "$out_n" 20 >"$work/sink" &
	out_sink=$!
	keypost -q queue retry
	wait $out_sink || note "mail: $(cat "$work/sink") of $out_n"
	row "mail/out to $1" keypost "$size" 1 "$(field per_second <"$work/sink")" \
		letters/s
}

# caught_up CHANGES FIRST: the relay of one peer comes back
caught_up() {
	fresh "$1" "$2" "$work/out.pgp"
	"$tools/hkpload" add "127.0.0.1:$http" 16 120 "$work/out.pgp" \
		>"$work/out"
	"$tools/mailsink" "127.0.0.1:$sink" 1000000 900 >"$work/sink" &
	out_sink=$!
	pids="$pids $out_sink"
	from=$(date +%s.%N)
	keypost -q queue retry
	until_in none_behind || note "mail: the peer is behind for 2 minutes"
	row "mail/$1 caught up" keypost "$size" 1 \
		"$(echo "scale=1; ($(date +%s.%N) - $from) / 1" | bc)" s
	kill "$out_sink"
	wait "$out_sink" 2>/dev/null
}
after_absence() {
	local one_each= unpaced=
	serve 1
	caught_up $waiting 850000
	stop
}
none_behind() { keypost peer status --json | grep -q '"behind":0[,}]'; }

# left PROGRAM PORT FOLDER: from commit to letter, one key after the other
left() {
	rm -rf "$work/single"
	mkdir "$work/single"
	"$tools/gen-keys" -a -d "$work/single" -f 900000 "$singles" 77
	read -r came p50 p99 <<-EOC
		$(python3 "$bench_dir/leaving.py" "$2" "$work/single" "$3")
	EOC
	[ -n "$came" ] || return
	[ "$came" -eq "$singles" ] || note "mail: $1 sent $came of $singles"
	row "mail/commit to letter" "$1" "$size" 1 "$p50" "ms p50"
	row "mail/commit to letter" "$1" "$size" 1 "$p99" "ms p99"
}

with_keypost() {
	read -r http lmtp sink <<-EOC
		$(free_ports 3)
	EOC
	rm -rf "$work/kp"
	keypost_conf sks
	keypost load -q "$ring"
	serve 1
	for sessions in 1 16 64; do
		fresh "$letters" $((sessions * 10000)) "$work/in.pgp"
		in=$("$tools/lmtpload" "127.0.0.1:$lmtp" $sessions $letters \
			"$work/in.pgp" pks@a.example pks@p1.example)
		row mail/in keypost "$size" $sessions \
			"$(echo "$in" | field per_second)" letters/s
		row mail/in keypost "$size" $sessions \
			"$(echo "$in" | field p99_us)" "us p99"
	done
	out_to 1 $changes 700000
	mkdir -p "$work/kept"
	"$tools/mailsink" "127.0.0.1:$sink" "$singles" 20 "$work/kept" \
		>/dev/null &
	left keypost "$http" "$work/kept"
	wait $!
	row mail/served keypost "$size" - "$(awk '/^VmHWM/ { print $2 / 1024 }' \
		"/proc/$server/status")" "MiB of memory"
	stop
	serve 100
	out_to 100 $((changes / 20)) 800000
	stop
	after_absence
	rm -rf "$work/kept"
}

# store_of PROGRAM DIR: a copy of what import.sh or compare.sh kept
store_of() {
	[ -e "$cache/$1-$size.took" ] || {
		progress "no store of $1 with $size"
		return 1
	}
	rm -rf "$2"
	cp -a "$cache/$1-$size" "$2"
}

# letters_of COUNT FIRST: files of letters, as a keyserver sends them
letters_of() {
	rm -rf "$work/mails" "$work/armor"
	mkdir "$work/mails" "$work/armor"
	"$tools/gen-keys" -a -d "$work/armor" -f "$2" "$1" 77
	for f in "$work"/armor/*; do
		{
			printf '%s\n' 'From: pks@a.example' \
				'To: pgp-public-keys@b.example' \
				'Subject: incremental' \
				'X-KeyServer-Sent: pks@a.example' ''
			cat "$f"
		} >"$work/mails/${f##*/}"
	done
}

# rate PROGRAM WHAT CLIENTS COUNT FROM: so many since then
rate() {
	row "mail/$2" "$1" "$size" "$3" \
		"$(echo "scale=1; $4 / ($(date +%s.%N) - $5)" | bc)" letters/s
}

# until_in COMMAND...: waits two minutes at most until it succeeds
until_in() {
	for _ in $(seq 1200); do
		"$@" && return
		sleep 0.1
	done
	return 1
}
spool_empty() { [ -z "$(ls -A "$work/sks/var/spool/sks/messages")" ]; }
last_known() {
	curl -s -o "$work/answer" \
		"http://127.0.0.1:$hkp/pks/lookup?op=get&search=$last" &&
		grep -q BEGIN "$work/answer"
}

with_sks() { # PEERS
	rm -rf "$work/sks"
	read -r hkp <<-EOC
		$(free_ports 1)
	EOC
	sks_setup "$work/sks" "$hkp" pgp-public-keys@sks.example \
		$(seq -f 'pks@p%g.example' "$1")
	rm -rf "$work/sks/var/lib/sks"
	store_of sks "$work/sks/var/lib/sks" || return
	sks_start "$work/sks"
	pids="$pids $(cat "$work/sks/pid")"
	"with_sks_$1"
	sks_stop "$work/sks"
}
with_sks_1() {
	letters_of $to_sks 910000
	last=$(gpg --show-keys --with-colons \
		"$(ls "$work"/armor/* | tail -n 1)" 2>&- |
		awk -F: '$1 == "fpr" { print "0x" $10; exit }')
	from=$(date +%s.%N)
	for f in "$work"/mails/*; do sks_deliver "$work/sks" <"$f"; done
	rate sks "in spool" 1 $to_sks "$from"
	if until_in spool_empty && until_in last_known; then
		rate sks in 1 $to_sks "$from"
	else
		note "mail: sks took not all of $to_sks letters in 2 minutes"
	fi
	left sks "$hkp" "$work/sks/out"
	sks_out_to 1 930000
}
with_sks_100() { sks_out_to 100 940000; }

# sks_out_to PEERS FIRST: from the first letter of many changes to the last
sks_out_to() {
	rm -f "$work"/sks/out/*.eml
	fresh $to_sks "$2" "$work/out.pgp"
	"$tools/hkpload" add "127.0.0.1:$hkp" 16 60 "$work/out.pgp" close \
		>"$work/out"
	until_in all_out || note "mail: sks sent not all of $to_sks"
	row "mail/out to $1" sks "$size" 1 "$(find "$work/sks/out" \
		-name '*.eml' -printf '%T@\n' | sort -n |
		awk -v peers="$1" 'NR == 1 { first = $1 }
			END { if ($1 > first)
				printf "%.1f", peers * (NR - 1) / ($1 - first)
			}')" letters/s
}
all_out() {
	[ "$(find "$work/sks/out" -name '*.eml' | wc -l)" -ge $to_sks ]
}

with_onak() { # PEERS
	rm -rf "$work/onak"
	onak_setup "$work/onak" pgp-public-keys@onak.example \
		$(seq -f 'pks@p%g.example' "$1")
	store_of onak "$work/onak/db" || return
	sed -i 's/^check_sighash.*/check_sighash=false/' "$work/onak/onak.ini"
	letters_of $to_onak 920000
	from=$(date +%s.%N)
	for f in "$work"/mails/*; do onak_deliver "$work/onak" <"$f"; done
	[ "$1" -gt 1 ] || rate onak in 1 $to_onak "$from"
	# It passes each on before it takes the next.
	rate onak "out to $1" 1 \
		$(($1 * $(ls "$work/onak/out" | wc -l))) "$from"
	[ "$1" -gt 1 ] || onak_left
}
newest() { find "$1" -type f -printf '%T@\n' | sort -n | tail -n 1; }
onak_left() {
	letters_of $to_onak 950000
	for f in "$work"/mails/*; do
		onak_deliver "$work/onak" <"$f"
		echo "$(newest "$work/onak/out") $(newest "$work/onak/db")"
	done | awk '{ ms = ($1 - $2) * 1000; print ms > 0 ? ms : 0 }' |
		sort -n >"$work/took"
	for share in 50 99; do
		row "mail/commit to letter" onak "$size" 1 "$(awk -v p=$share '
			{ took[NR] = $1 }
			END { printf "%.1f", took[int(NR * p / 100) + 1] }' \
			"$work/took")" "ms p$share"
	done
}

[ $# -gt 0 ] || set -- 100000
bench_sizes "$@"
bench_begin mail
for size in $sizes; do
	progress "mail: $size"
	ring_of "$size"
	with_keypost
	for count in 1 100; do
		have_sks && up_to "$sks_max" "$size" sks && with_sks $count
		have_onak && up_to "$onak_max" "$size" onak && with_onak $count
	done
done
bench_end
