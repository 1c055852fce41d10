# tap.sh - sourced by the tests of scripts: a folder of its own, and TAP
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
scripts=$top_srcdir/scripts
work=$(mktemp -d "${TMPDIR:-/tmp}/kp-scripts.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
tap_n=0 tap_failed=0

# passes NAME COMMAND...: the command succeeds
passes() {
	tap_name=$1
	shift
	tap_n=$((tap_n + 1))
	if "$@" >"$work/out" 2>&1; then
		echo "ok $tap_n - $tap_name"
	else
		echo "not ok $tap_n - $tap_name"
		sed 's/^/# /' "$work/out"
		tap_failed=1
	fi
}

# fails NAME WORD COMMAND...: the command fails and its output names WORD
fails() {
	tap_name=$1 tap_word=$2
	shift 2
	tap_n=$((tap_n + 1))
	if "$@" >"$work/out" 2>&1; then
		echo "not ok $tap_n - $tap_name (it succeeded)"
		tap_failed=1
	elif ! grep -qF -e "$tap_word" "$work/out"; then
		echo "not ok $tap_n - $tap_name (nothing about $tap_word)"
		sed 's/^/# /' "$work/out"
		tap_failed=1
	else
		echo "ok $tap_n - $tap_name"
	fi
}

tap_end() {
	echo "1..$tap_n"
	exit $tap_failed
}
