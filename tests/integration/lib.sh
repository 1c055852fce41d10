# lib.sh - sourced by integration tests: TAP, servers, waiting
#
# Servers live below $work, bind the loopback on free ports and are stopped by
# their process ids, also when the test ends early. Everything waits with a
# limit. A server NAME has $work/NAME/keypost.conf, /data and /log.
#
# As root the servers stay root (user = root), so that a test needs no user of
# its own; their sandbox kills what breaks out (sandbox = kill).
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build}"
. "$top_srcdir/tests/integration/ports.sh"
export LC_ALL=C

work=$(mktemp -d "${TMPDIR:-/tmp}/kp-test.XXXXXX") || exit 1
pids=
tap_n=0
tap_failed=0

lib_cleanup() {
	lib_kill $pids
	for lib_home in "$work"/*/gnupg; do
		[ -d "$lib_home" ] && GNUPGHOME=$lib_home gpgconf --kill all \
			2>/dev/null
	done
	[ -n "${KEEP:-}" ] && echo "# kept: $work" && return
	rm -rf "$work"
}
# lib_kill PID...: waited for at once, or bash would tell of each death.
lib_kill() {
	[ $# -eq 0 ] || { kill -9 "$@"; wait "$@"; } 2>/dev/null
}
trap lib_cleanup EXIT
trap 'exit 1' INT TERM HUP

# ---- TAP ----------------------------------------------------------------

# ok NAME COMMAND...: one test; a failure shows what the command said.
ok() {
	ok_name=$1
	shift
	tap_n=$((tap_n + 1))
	if "$@" >"$work/ok.out" 2>&1; then
		echo "ok $tap_n - $ok_name"
		return 0
	fi
	echo "not ok $tap_n - $ok_name"
	echo "# command: $*"
	tail -n 30 "$work/ok.out" | sed 's/^/# /'
	tap_failed=1
	return 1
}

# is NAME GOT EXPECTED
is() {
	tap_n=$((tap_n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tap_n - $1"
		return 0
	fi
	echo "not ok $tap_n - $1"
	printf '%s\n' "got: $2" "expected: $3" | sed 's/^/# /'
	tap_failed=1
	return 1
}

# results FILE: what a tool found, "ok - NAME" or "not ok - NAME" a line
results() {
	res_seen=
	while IFS= read -r res_line; do
		case $res_line in
		"ok - "* | "not ok - "*)
			tap_n=$((tap_n + 1))
			echo "${res_line%% - *} $tap_n - ${res_line#* - }"
			res_seen=1
			;;
		*) echo "# $res_line" ;;
		esac
		case $res_line in
		"not ok"* | Traceback*) tap_failed=1 ;;
		esac
	done <"$1"
	[ -n "$res_seen" ] && ! grep -q "^Traceback" "$1" ||
		is "the tool ends well" "$(tail -n 1 "$1")" ""
}

# skip NAME WHY
skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

# skip_all WHY: there is nothing to test here
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# bail WHY: the rest makes no sense
bail() {
	tap_n=$((tap_n + 1))
	echo "not ok $tap_n - $1"
	tap_failed=1
	done_testing
}

done_testing() {
	[ "$tap_failed" -ne 0 ] && lib_show_logs
	echo "1..$tap_n"
	exit "$tap_failed"
}

lib_show_logs() {
	for lib_log in "$work"/*/log; do
		[ -f "$lib_log" ] || continue
		echo "# --- ${lib_log#"$work"/}"
		tail -n 25 "$lib_log" | sed 's/^/# /'
	done
}

# ---- waiting ------------------------------------------------------------

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	wait_end=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$wait_end" ] || return 1
		sleep 0.1
	done
}

# ---- servers ------------------------------------------------------------

# make_server NAME [EXTRA]: a configuration; EXTRA is text that is added to it.
# Sets NAME_port, unless it is set already.
make_server() {
	mkdir -p "$work/$1"
	eval "[ -n \"\${$1_port:-}\" ]" || eval "$1_port=$(free_ports 1)"
	eval "lib_port=\$$1_port"
	{
		echo "[server]"
		echo "data = $work/$1/data"
		[ "$(id -u)" -ne 0 ] || echo "user = root"
		echo "sandbox = kill"
		echo "[http]"
		echo "listen = 127.0.0.1:$lib_port"
		echo "max_connections = 128"
		printf '%s\n' "${2:-}"
	} >"$work/$1/keypost.conf"
}

# run_server NAME: starts it in the background. Sets NAME_pid.
run_server() {
	"$top_builddir/keypostd" -f -c "$work/$1/keypost.conf" \
		>>"$work/$1/log" 2>&1 &
	eval "$1_pid=$!"
	pids="$pids $!"
}

# start_server NAME [EXTRA]: all of it, and waits until it serves
start_server() {
	make_server "$@"
	run_server "$1"
	wait_ready "$1"
}

# is_ready NAME
is_ready() {
	eval "lib_port=\$$1_port"
	curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$lib_port/"
}

# wait_ready NAME: serves, or has ended
wait_ready() {
	eval "lib_pid=\$$1_pid"
	for _ in $(seq 200); do
		is_ready "$1" && return 0
		kill -0 "$lib_pid" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

# stop_server NAME: by SIGTERM; returns its status, 99 if it does not end
stop_server() {
	eval "lib_pid=\$$1_pid"
	kill -TERM "$lib_pid" 2>/dev/null
	lib_reap "$lib_pid" 40
}

# kill_server NAME: by kill -9
kill_server() {
	eval "lib_pid=\$$1_pid"
	lib_kill "$lib_pid"
}

# lib_reap PID SECONDS
lib_reap() {
	for _ in $(seq $(($2 * 10))); do
		# A zombie has ended, too.
		case $(sed -n 's/^State:[[:space:]]*//p' "/proc/$1/status" \
			2>/dev/null) in
		"" | Z*)
			wait "$1" 2>/dev/null
			return $?
			;;
		esac
		sleep 0.1
	done
	return 99
}

# kp NAME ARGUMENT...: keypost with that server's configuration
kp() {
	kp_name=$1
	shift
	"$top_builddir/keypost" -c "$work/$kp_name/keypost.conf" "$@"
}

# http NAME PATH [CURL-ARGUMENT...]
http() {
	eval "lib_port=\$$1_port"
	http_path=$2
	shift 2
	curl -s --max-time 60 "$@" "http://127.0.0.1:$lib_port$http_path"
}

# post NAME FILE: submits it as a form; prints status and body
post() {
	http "$1" /pks/add --data-urlencode "keytext@$2" -w '\n%{http_code}\n'
}

# serves NAME FINGERPRINT
serves() {
	http "$1" "/pks/lookup?op=get&options=mr&search=0x$2" -f -o /dev/null
}

# cert_count NAME: how many certificates the store holds
cert_count() {
	kp "$1" status --json | sed -n 's/.*"certificates":\([0-9]*\).*/\1/p'
}

# ---- keys ---------------------------------------------------------------

# gen_key DIR USER-ID: makes one in a GnuPG home below DIR; prints its
# fingerprint. export_key DIR FINGERPRINT writes it, armored.
gen_key() {
	mkdir -p "$1/gnupg" && chmod 700 "$1/gnupg"
	GNUPGHOME=$1/gnupg gpg --batch --quiet --no-tty --passphrase '' \
		--pinentry-mode loopback --quick-gen-key "$2" ed25519 sign \
		never >/dev/null 2>&1 || return 1
	GNUPGHOME=$1/gnupg gpg --batch --with-colons --list-keys "=$2" 2>/dev/null |
		sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -n 1
}
export_key() {
	GNUPGHOME=$1/gnupg gpg --batch --armor --export "$2"
}
