#!/bin/sh
# What is no request, or a bad one: each has its answer and its line in the
# log, and the server goes on. Then what a good request may look like.
. "$(dirname "$0")/lib.sh"
tools=$top_srcdir/tests/tools

start_server a "max_bodies = 16MiB" || bail "the server does not start"
fpr=$(gen_key "$work/alice" "Alice Example <alice@example.test>")
export_key "$work/alice" "$fpr" >"$work/alice.asc"
GNUPGHOME=$work/alice/gnupg gpg --batch --quiet --pinentry-mode loopback \
	--passphrase '' --export-secret-keys "$fpr" >"$work/secret"
GNUPGHOME=$work/alice/gnupg gpg --batch --quiet --pinentry-mode loopback \
	--passphrase '' --armor --export-secret-keys "$fpr" >"$work/secret.asc"
# shellcheck disable=SC2154 # set by start_server
python3 -B "$tools/bad-requests.py" "$a_port" "$work/a/log" "$work/alice.asc" \
	"$work/secret" >"$work/results" 2>&1
results "$work/results"
joerg=$(LC_ALL=C.UTF-8 gen_key "$work/joerg" "Jörg <joerg@example.test>")
export_key "$work/joerg" "$joerg" >"$work/joerg.asc"
post a "$work/joerg.asc" >/dev/null
# shellcheck disable=SC2154 # set by start_server
python3 -B "$tools/good-requests.py" "$a_port" "$a_pid" "$fpr" \
	>"$work/results" 2>&1
results "$work/results"
status=0
if [ "${KEYPOST_SANITIZER:-no}" != no ]; then
	skip "a refused secret key is in no memory" "a sanitizer's is too large"
	status=2
else
	python3 -B "$tools/secret-in-memory.py" "$a_port" "$a_pid" \
		"$work/secret" "$work/secret.asc" >"$work/results" 2>&1 ||
		status=$?
	[ "$status" -ne 2 ] ||
		skip "a refused secret key is in no memory" "it cannot be read"
fi
[ "$status" -eq 2 ] || results "$work/results"
ok "nothing of the secret key is in the log" \
	sh -c '! grep -q "PRIVATE" "$1"' x "$work/a/log"
stop_server a
is "the server stops in order" "$?" 0
is "none of it was an error of ours, but that we were sent too much" \
	"$(grep "level=error" "$work/a/log" | grep -vc "see max_bodies")" 0
done_testing
