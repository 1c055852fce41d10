#!/bin/sh
# Start, stop, a second daemon, kill -9, reload, the way into the background.
. "$(dirname "$0")/lib.sh"

command -v gpg >/dev/null || skip_all "gpg is missing"
alice=$(gen_key "$work/keys" "Alice <alice@example.org>")
export_key "$work/keys" "$alice" >"$work/alice.asc"

ok "a server starts" start_server a
ok "it takes a key" kp a add "$work/alice.asc"
is "its data folder is closed to others" "$(stat -c %a "$work/a/data")" 700

named() { cat "/proc/$a_pid/task/"*/comm | grep -cx "$1"; }
# As many as processors, from 2 to 8.
cpus=$(getconf _NPROCESSORS_ONLN)
[ "$cpus" -ge 2 ] || cpus=2
[ "$cpus" -le 8 ] || cpus=8
is "its threads for HTTP are named for their job" "$(named http)" "$cpus"
is "and so are others" "$(named search) $(named writer)" "1 1"

# A second one on the same folder, on another port.
b_port=$(free_ports 1)
mkdir "$work/b"
sed "s/^listen = .*/listen = 127.0.0.1:$b_port/" "$work/a/keypost.conf" >"$work/b/keypost.conf"
"$top_builddir/keypostd" -f -c "$work/b/keypost.conf" >"$work/out" 2>&1
is "a second daemon on the same folder exits 1" "$?" 1
ok "with a sentence" grep -q "in use" "$work/out"
ok "the first one serves on" serves a "$alice"

# The same port, another folder.
mkdir "$work/c"
sed "s,^data = .*,data = $work/c/data," "$work/a/keypost.conf" >"$work/c/keypost.conf"
"$top_builddir/keypostd" -f -c "$work/c/keypost.conf" >"$work/out" 2>&1
is "a taken port exits 1" "$?" 1
ok "and is named" grep -q "$a_port" "$work/out"

kill_server a
run_server a
ok "after kill -9 it starts again" wait_ready a
ok "and has what was answered" serves a "$alice"
ok "its stale control socket was replaced" kp a status

# Reload: a right configuration is taken, a wrong one leaves the old.
printf '[server]\nlog_level = debug\n' >>"$work/a/keypost.conf"
kill -HUP "$a_pid"
ok "SIGHUP rereads" wait_for 10 grep -q "event=reload outcome=done" "$work/a/log"
printf 'lgo_level = debug\n' >>"$work/a/keypost.conf"
kill -HUP "$a_pid"
ok "a wrong configuration is refused" wait_for 10 grep -q "event=reload outcome=refused .*lgo_level" "$work/a/log"
ok "and the daemon serves on" serves a "$alice"
sed -i '$d' "$work/a/keypost.conf"

cat >>"$work/a/keypost.conf" <<-X
	[mail]
	address = us@example.org
	relay = lmtp://127.0.0.1:1
	[peer mainz]
	mail = them@mainz.example
X
kill -HUP "$a_pid"
has_peer() { kp a peer list | grep -q "^mainz .*them@mainz.example"; }
ok "SIGHUP brings a peer, and mail where there was none" wait_for 10 has_peer
kp a add "$work/alice.asc" >/dev/null
bob=$(gen_key "$work/keys" "Bob <bob@example.org>")
export_key "$work/keys" "$bob" >"$work/bob.asc"
kp a add "$work/bob.asc" >/dev/null
behind() { kp a peer status --json | grep -q '"behind":1,'; }
ok "what is added now waits for it" wait_for 10 behind

# What SIGHUP cannot change is shown as it is, not as it is written.
sed -i "s/^listen = .*/listen = 127.0.0.1:$b_port/" "$work/a/keypost.conf"
kill -HUP "$a_pid"
third_reload() { [ "$(grep -c "event=reload outcome=done" "$work/a/log")" = 3 ]; }
ok "SIGHUP takes a file with another port" wait_for 10 third_reload
ok "and status names the port that is served" \
	sh -c "'$top_builddir/keypost' -c '$work/a/keypost.conf' status --json | grep -q '\"listen\":.\"127.0.0.1:$a_port\"'"
sed -i "s/^listen = .*/listen = 127.0.0.1:$a_port/" "$work/a/keypost.conf"

# Somebody who asks for a load at the control socket and says nothing more.
cat >"$work/hang.py" <<-'X'
	import socket, struct, sys, time
	s = socket.socket(socket.AF_UNIX)
	s.connect(sys.argv[1])
	field = b"\x01" + struct.pack(">I", 4) + b"load"
	s.sendall(struct.pack(">IBQ", 9 + len(field), ord("Q"), 0) + field)
	print("hanging", flush=True)
	time.sleep(300)
X
python3 "$work/hang.py" "$work/a/data/control.sock" >"$work/hang.out" 2>&1 &
hang_pid=$!
pids="$pids $hang_pid"
ok "a client hangs at the control socket" wait_for 10 grep -q hanging "$work/hang.out"
kill -HUP "$a_pid"
sleep 1.5
ok "SIGHUP then does not stop the daemon from serving" serves a "$bob"

stop_server a
is "SIGTERM ends it with 0" "$?" 0
kill "$hang_pid" 2>/dev/null
ok "the control socket is gone" test ! -e "$work/a/data/control.sock"
run_server a
wait_ready a
kill -INT "$a_pid"
lib_reap "$a_pid" 40
is "SIGINT too" "$?" 0

# Into the background: the command returns when it serves.
"$top_builddir/keypostd" -c "$work/a/keypost.conf" >"$work/out" 2>&1
is "without -f the command returns" "$?" 0
a_pid=$(kp a status --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p')
pids="$pids $a_pid"
ok "and the daemon serves" serves a "$alice"
ok "its log lies in the data folder" grep -q event=ready "$work/a/data/keypostd.log"
"$top_builddir/keypostd" -c "$work/b/keypost.conf" >"$work/out" 2>&1
is "what fails in the background is told in the foreground" "$?" 1
ok "with the same sentence" grep -q "in use" "$work/out"
kill -TERM "$a_pid"
gone() { ! kill -0 "$a_pid"; }
ok "it ends on SIGTERM" wait_for 40 gone

# Root writes no log through a link that the daemon's user may have put there.
if [ "$(id -u)" -eq 0 ] && id nobody >/dev/null 2>&1 && chmod 711 "$work" &&
	setpriv --reuid nobody --clear-groups test -x "$top_builddir"; then
	mkdir -m 711 "$work/n" && mkdir -m 700 "$work/n/data"
	chown nobody "$work/n/data"
	echo "only root" >"$work/n/precious"
	ln -s "$work/n/precious" "$work/n/data/keypostd.log"
	sed "s,^data = .*,data = $work/n/data,; s,^user = .*,user = nobody,; s/^\\[peer.*/[server]/; /^mail = /d" \
		"$work/a/keypost.conf" >"$work/n/keypost.conf"
	"$top_builddir/keypostd" -c "$work/n/keypost.conf" >"$work/out" 2>&1
	is "a daemon for another user starts" "$?" 0
	n_pid=$(kp n status --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p')
	pids="$pids $n_pid"
	is "and root's file behind the link is as it was" "$(cat "$work/n/precious")" "only root"
	rm "$work/n/data/keypostd.log"
	kill -TERM "$n_pid"
	n_gone() { ! kill -0 "$n_pid"; }
	wait_for 40 n_gone
	"$top_builddir/keypostd" -c "$work/n/keypost.conf" >"$work/out" 2>&1
	n_pid=$(kp n status --json | sed -n 's/.*"pid":\([0-9]*\).*/\1/p')
	pids="$pids $n_pid"
	is "the log is the user's own file" "$(stat -c %U "$work/n/data/keypostd.log")" nobody
	kill -TERM "$n_pid"
	wait_for 40 n_gone
else
	skip "root writes no log through a link" "not root, or nobody cannot reach the programs"
fi

# systemd's protocol, spoken by a socket of ours.
cat >"$work/notify.py" <<-'X'
	import os, socket, subprocess, sys, signal
	path = sys.argv[1]
	s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	s.bind(path)
	s.settimeout(20)
	env = dict(os.environ, NOTIFY_SOCKET=path, WATCHDOG_USEC="4000000")
	p = subprocess.Popen(sys.argv[2:], env=env)
	seen = []
	while "WATCHDOG=1" not in seen:
	    seen.append(s.recv(100).decode())
	p.send_signal(signal.SIGTERM)
	while "STOPPING=1" not in seen:
	    seen.append(s.recv(100).decode())
	print(seen[0], "STOPPING=1" in seen, p.wait(40))
X
is "systemd hears READY, WATCHDOG and STOPPING" \
	"$(python3 "$work/notify.py" "$work/n.sock" "$top_builddir/keypostd" -c "$work/a/keypost.conf" 2>"$work/err")" \
	"READY=1 True 0"

# Doors that a proxy and a mail system, users of their own, come through.
mkdir "$work/doors"
ok "a server listens on Unix sockets" start_server u "listen = unix:$work/doors/http
	[mail]
	address = us@example.org
	lmtp_listen = unix:$work/doors/lmtp
	[server]
	log_level = warn"
wait_for 10 test -S "$work/doors/lmtp"
is "all who reach their folder may connect" \
	"$(stat -c %a "$work/doors/http" "$work/doors/lmtp" | tr '\n' ' ')" "666 666 "
is "but not to the control socket" "$(stat -c %a "$work/u/data/control.sock")" 700
is "HTTP is spoken there" \
	"$(curl -s --unix-socket "$work/doors/http" http://x/pks/health)" OK
is "log_level holds for keypost-mail, too" "$(grep -c level=info "$work/u/log")" 0
stop_server u

# No configuration file at all, unless this machine has one.
conf=$(kp a config show | sed -n 's,^\[server\] data.*,,p'; "$top_builddir/keypostd" -h 2>&1 | sed -n 's/.*by default //p')
if [ -z "$conf" ] || [ -e "$conf" ]; then
	skip "without a configuration it says what peers need" "there is $conf"
elif ss -ltn 2>/dev/null | grep -q ':11371 ' || curl -s -o /dev/null http://127.0.0.1:11371/; then
	skip "without a configuration it says what peers need" "port 11371 is taken"
elif [ "$(id -u)" -eq 0 ]; then
	(cd "$work" && "$top_builddir/keypostd" -f) >"$work/out" 2>&1 &
	lib_reap $! 5
	if id keypost >/dev/null 2>&1; then
		skip "root without a user to become is refused" "there is a user keypost"
	else
		ok "root without a user to become is refused" grep -q "no user 'keypost'" "$work/out"
	fi
else
	(cd "$work" && exec "$top_builddir/keypostd" -f) >"$work/out" 2>&1 &
	d_pid=$!
	pids="$pids $d_pid"
	ok "without a configuration it says what peers need" wait_for 10 grep -q "to have peers, set" "$work/out"
	kill -TERM "$d_pid"
	lib_reap "$d_pid" 40
	ok "and keeps its data beside" test -f "$work/keypost-data/keypost.db"
fi
done_testing
