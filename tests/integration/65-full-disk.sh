#!/bin/bash
# A full disk: submissions get 503 and a time to come back, letters stay with
# their sender, look-ups go on; when there is room again all works by itself,
# and nothing that was acknowledged is lost. Once with a reserve, once up to
# the last octet.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
[ "$(id -u)" -eq 0 ] || skip_all "mounting a small disk needs root"
mkdir "$work/probe"
mount -t tmpfs -o size=1m none "$work/probe" 2>/dev/null ||
	skip_all "no tmpfs can be mounted here"
umount "$work/probe"
mounted=
unmount() { for m in $mounted; do umount -l "$m" 2>/dev/null; done; lib_cleanup; }
trap unmount EXIT

"$top_builddir/tests/bench/gen-keys" 4000 65 >"$work/ring" ||
	bail "keys are made"
mkdir "$work/one"
"$top_builddir/tests/tools/kpsplit" "$work/ring" "$work/one"
keys=("$work"/one/*)

# add NAME FILE: prints the status
add() {
	http "$1" /pks/add -o "$work/answer" -D "$work/head" \
		-w '%{http_code}' -H 'Content-Type: application/pgp-keys' \
		--data-binary "@$2"
}
fpr_of() { "$top_builddir/tests/tools/kpdigest" "$1" | cut -d ' ' -f 1; }

# full NAME RESERVE
full() {
	eval "$1_lmtp=$(free_ports 1)"
	mkdir -p "$work/$1/data"
	mount -t tmpfs -o size=64m none "$work/$1/data"
	mounted="$mounted $work/$1/data"
	network_one "$1" ""
	start_server "$1" "$network_conf
[peer z]
mail = pks@z.example
relay = lmtp://127.0.0.1:9
[server]
disk_reserve = $2" || bail "$1 starts"

	# Submissions until it is full, beside a ballast that fills most of it.
	# With a reserve that is looked at, without one SQLite meets the end.
	left=$((12 * 1024))
	size=$(($(df -k --output=avail "$work/$1/data" | tail -n 1) - left))
	dd if=/dev/zero of="$work/$1/data/ballast" bs=1k count=$size 2>/dev/null
	: >"$work/$1.acked"
	status=200
	for f in "${keys[@]}"; do
		status=$(add "$1" "$f")
		[ "$status" = 200 ] || break
		fpr_of "$f" >>"$work/$1.acked"
	done
	acked=$(wc -l <"$work/$1.acked")
	echo "# reserve $2: $acked keys were acknowledged before it was full"
	ok "reserve $2: some keys were taken first" [ "$acked" -gt 10 ]
	is "reserve $2: then a submission gets 503" "$status" 503
	ok "reserve $2: with Retry-After" grep -qi '^Retry-After: 60' \
		"$work/head"
	ok "reserve $2: and no file name in the answer" \
		sh -c "! grep -q '$work' '$work/answer'"
	ok "reserve $2: look-ups go on" serves "$1" \
		"$(head -n 1 "$work/$1.acked")"
	ok "reserve $2: the log tells the operator" \
		grep -q 'level=error event=store' "$work/$1/log"

	printf 'From: pks@z.example\nSubject: incremental\n\n' >"$work/letter"
	gpg --enarmor <"${keys[3999]}" 2>/dev/null |
		sed 's/ARMORED FILE/PUBLIC KEY BLOCK/;/^Comment/d' \
			>>"$work/letter"
	eval "lmtp=\$$1_lmtp"
	python3 - "$lmtp" "$1" "$work/letter" >"$work/lmtp" <<-'EOF'
	import smtplib, sys
	try:
	    with smtplib.LMTP("127.0.0.1", int(sys.argv[1]), timeout=90) as s:
	        s.sendmail("pks@z.example", ["pks@%s.example" % sys.argv[2]],
	                   open(sys.argv[3], "rb").read())
	    print(250)
	except smtplib.SMTPRecipientsRefused as e:
	    print(next(iter(e.recipients.values()))[0])
	except smtplib.SMTPResponseException as e:
	    print(e.smtp_code)
	EOF
	is "reserve $2: a letter gets 451" "$(cat "$work/lmtp")" 451

	if [ "$2" != 0B ]; then
		stop_server "$1"
		# The write-ahead log is gone: as full as before.
		size=$(($(df -k --output=avail "$work/$1/data" | tail -n 1) - 4096))
		dd if=/dev/zero of="$work/$1/data/more" bs=1k count=$size 2>/dev/null
		run_server "$1"
		ok "reserve $2: started anew, look-ups go on" wait_for 60 serves \
			"$1" "$(head -n 1 "$work/$1.acked")"
	fi
	rm -f "$work/$1/data/ballast" "$work/$1/data/more"
	again() { [ "$(add "$1" "$f")" = 200 ]; }
	ok "reserve $2: with room again, it takes submissions" \
		wait_for 60 again "$1"
	missing=0
	while read -r fpr; do
		serves "$1" "$fpr" || missing=$((missing + 1))
	done <"$work/$1.acked"
	is "reserve $2: no acknowledged key is missing" "$missing" 0
	kill_server "$1"
	run_server "$1"
	ok "reserve $2: it starts again after kill -9" wait_ready "$1"
	is "reserve $2: with $((acked + 1)) certificates" \
		"$(digests "$1" | wc -l)" $((acked + 1))
	is "reserve $2: the database is whole" "$(sqlite3 \
		"file:$work/$1/data/keypost.db?mode=ro" \
		"PRAGMA integrity_check")" ok
	stop_server "$1"
}
full a 8MiB
full b 0B

# ---- the spool's disk is full --------------------------------------------------
network_names=c
c_lmtp=$(free_ports 1)
network_one c ""
mkdir -p "$work/c/data"
mount -t tmpfs -o size=2m none "$work/c/data"
mounted="$mounted $work/c/data"
make_server c "$network_conf"
dd if=/dev/zero of="$work/c/data/ballast" bs=1k count=4096 2>/dev/null
kp c deliver <"$work/letter" 2>"$work/deliver.err"
is "deliver on a full disk says 75: the MTA keeps the letter" $? 75
ok "and why" grep -qi 'space' "$work/deliver.err"
done_testing
