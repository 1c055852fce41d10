#!/bin/bash
# Nothing acknowledged is lost. A takes keys over HTTP, by pipe, Maildir and
# LMTP at once while its daemon, or its mail agent, is killed with kill -9 at
# random moments, KEYPOST_KILLS times; B is its mail peer.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"
kills=${KEYPOST_KILLS:-20}
each=$((kills * 4)) # keys for each road
RANDOM=${KEYPOST_SEED:-$$}
echo "# KEYPOST_SEED=${KEYPOST_SEED:-$$} KEYPOST_KILLS=$kills"

# ---- what will be sent -------------------------------------------------------
mkdir "$work/keys" "$work/letters" "$work/acked"
"$top_builddir/tests/bench/gen-keys" -a -d "$work/keys" $((each * 4)) 62 ||
	bail "keys are made"
for f in "$work"/keys/*; do
	printf 'From: pks@c.example\nSubject: incremental\nX-KeyServer-Sent: %s\n\n' \
		pks@c.example | cat - "$f" >"$work/letters/${f##*/}"
done
all=("$work"/keys/*)
part() { printf '%s\n' "${all[@]:$(($1 * each)):each}"; }

network_names="a b"
a_lmtp=$(free_ports 1)
b_lmtp=$(free_ports 1)
mkdir -p "$work/maildir/tmp" "$work/maildir/new" "$work/maildir/cur"
network_one a b
start_server a "${network_conf/lmtp_listen/maildir = $work/maildir
lmtp_listen}
[peer c]
mail = pks@c.example
relay = lmtp://127.0.0.1:9" || bail "A starts"
network_one b a
start_server b "$network_conf" || bail "B starts"

# ---- four roads ------------------------------------------------------------
by_http() {
	part 0 | while read -r f; do
		until [ "$(post a "$f" | tail -n 1)" = 200 ]; do sleep 0.1; done
		echo "${f##*/}" >>"$work/acked/http"
		sleep 0.1
	done
}
by_pipe() {
	part 1 | while read -r f; do
		until SENDER=pks@c.example kp a deliver \
			<"$work/letters/${f##*/}"; do sleep 0.1; done
		echo "${f##*/}" >>"$work/acked/pipe"
		sleep 0.1
	done 2>/dev/null
}
by_maildir() {
	part 2 | while read -r f; do
		cp "$work/letters/${f##*/}" "$work/maildir/tmp/${f##*/}"
		mv "$work/maildir/tmp/${f##*/}" "$work/maildir/new/"
		echo "${f##*/}" >>"$work/acked/maildir"
		sleep 0.1
	done
}
by_lmtp() {
	# shellcheck disable=SC2046
	python3 "$top_srcdir/tests/tools/lmtp-offer.py" "$a_lmtp" \
		pks@c.example pks@a.example "$work/acked/lmtp" 0.1 \
		$(part 3 | sed "s,.*/,$work/letters/,")
}
roads=
for road in http pipe maildir lmtp; do
	"by_$road" >"$work/$road.out" 2>&1 &
	roads="$roads $!"
	pids="$pids $!"
done

# ---- the killing -----------------------------------------------------------
agent_of() {
	sed -n 's/.*event=agent state=up pid=\([0-9]*\).*/\1/p' \
		"$work/$1/log" | tail -n 1
}
died=0
for ((k = 0; k < kills; k++)); do
	sleep "0.$((RANDOM % 9))$((RANDOM % 10))"
	if ((k % 3 == 2)); then
		kill -9 "$(agent_of a)" 2>/dev/null && died=$((died + 1))
		continue
	fi
	kill_server a
	died=$((died + 1))
	run_server a
done
ok "daemon or agent were killed $died times" [ "$died" -gt $((kills / 2)) ]
ok "A serves again" wait_ready a

# ---- what must hold ----------------------------------------------------------
for r in $roads; do
	wait_for 240 [ ! -d "/proc/$r" ] || echo "# a road is not done"
done
for road in http pipe maildir lmtp; do
	is "every key was acknowledged over $road" \
		"$(sort -u "$work/acked/$road" | wc -l)" "$each"
done
maildir_empty() { [ -z "$(ls "$work/maildir/new")" ]; }
spool_empty() { [ -z "$(find "$work/a/data/spool/new" -type f)" ]; }
ok "the Maildir is worked off" wait_for 60 maildir_empty
ok "the spool is worked off" wait_for 60 spool_empty
for f in "$work"/keys/*; do
	"$top_builddir/tests/tools/kpdigest" "$f"
done | cut -d ' ' -f 1,2 | sort >"$work/expected"
holds_all() { digests "$1" | cmp - "$work/expected"; }
ok "A holds every acknowledged key, whole" wait_for 30 holds_all a
ok "B comes to hold them all: nobody is stuck" wait_for 120 holds_all b
is "each was stored by one change" "$(sqlite3 \
	"file:$work/a/data/keypost.db?mode=ro" \
	"SELECT seq FROM sqlite_sequence WHERE name = 'change'")" \
	$((each * 4))
ok "nothing was set aside" sh -c "! find '$work/a/data/quarantine' \
	-type f 2>/dev/null | grep ."
stop_server a
is "A stops well" $? 0
is "the database is whole" "$(sqlite3 "$work/a/data/keypost.db" \
	"PRAGMA integrity_check")" ok
done_testing
