#!/bin/bash
# Two certificates that somebody poisoned, one with 150,000 signatures by
# others, one with 10,000 user IDs, are loaded into a server that serves: they
# are trimmed to what a certificate may have, look-ups of other keys are
# answered meanwhile as before, and what their owners say still lands, by HTTP
# and by mail.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v gpg >/dev/null || skip_all "gpg is missing"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

# poison NAME OTHERS NAMES SEED: sets NAME to its fingerprint
poison() {
	eval "$1=$("$top_builddir/tests/bench/gen-poison" -r "$work/$1.revoked" \
		"$2" "$3" "$4" 2>&1 >"$work/$1.pgp")"
}
poison flood 150000 1 1
poison names 0 10000 2
ok "a certificate with 150,000 signatures by others is made" [ -n "$flood" ]
ok "and one with 10,000 user IDs" [ -n "$names" ]
ok "the first is larger than what may be submitted" \
	[ "$(wc -c <"$work/flood.pgp")" -gt 8388608 ]
mkdir "$work/others"
"$top_builddir/tests/bench/gen-keys" -i "$work/fprs" -d "$work/others" 200 7 ||
	bail "200 other keys are made"

network a:b b:a || bail "A and B start"
kp a load -q "$work/others" >"$work/out" 2>&1
is "A takes 200 other keys" $? 0

# ---- what is asked for meanwhile ------------------------------------------------
mkdir "$work/before"
get() {
	http a "/pks/lookup?op=get&options=mr&search=$1" -f -o "$2"
}
while read -r fpr; do
	get "$fpr" "$work/before/$fpr" || bail "the other keys are served"
done <"$work/fprs"
# look FILE: until told to stop; a line for each answer that is not as before
look() {
	look_n=0
	while [ ! -e "$work/stop" ]; do
		while read -r fpr && [ ! -e "$work/stop" ]; do
			look_n=$((look_n + 1))
			if ! get "$fpr" "$work/now"; then
				echo "$fpr: no answer"
			elif ! cmp "$work/now" "$work/before/$fpr"; then
				echo "$fpr: another answer"
			fi
		done <"$work/fprs"
	done >"$work/wrong" 2>&1
	echo "$look_n" >"$work/looked"
}
looks() {
	rm -f "$work/stop"
	look &
	looker=$!
	pids="$pids $looker"
}
# looked WHEN: none was wrong, and there were some
looked() {
	touch "$work/stop"
	wait "$looker"
	is "$1: each look-up was answered as before" "$(cat "$work/wrong")" ""
	ok "$1: there were look-ups" [ "$(cat "$work/looked")" -gt 0 ]
	echo "# $1: $(cat "$work/looked") look-ups"
}

# ---- loaded -----------------------------------------------------------------------
row() {
	sqlite3 "file:$work/a/data/keypost.db?mode=ro" \
		"SELECT $2 FROM cert WHERE hex(fpr) = '$1'"
}
# packets FPR KIND: how many of it are served
packets() {
	http a "/pks/lookup?op=get&options=mr&search=0x$1" |
		gpg --list-packets 2>/dev/null | grep -c "^:$2 packet:"
}
is "the first is too much for a submission" "$(http a /pks/add \
	-H 'Content-Type: application/pgp-keys' \
	--data-binary "@$work/flood.pgp" -o /dev/null -w '%{http_code}')" 413
for which in flood names; do
	eval "fpr=\$$which"
	looks
	kp a load "$work/$which.pgp" >"$work/out" 2>&1
	is "$which: a load takes it" $? 0
	looked "$which"
	ok "$which: it says why packets were left out" grep -q "over-limit" \
		"$work/out"
	ok "$which: it is served" serves a "$fpr"
	is "$which: it is what level clean keeps of the whole" \
		"$(row "$fpr" "hex(fpr) || ' ' || hex(sks_digest)")" \
		"$("$top_builddir/tests/tools/kpdigest" -l clean \
			"$work/$which.pgp" | cut -d ' ' -f 1,2)"
	ok "$which: in at most 4 MiB" \
		[ "$(row "$fpr" "length(octets)")" -le 4194304 ]
	looks
	kp a load --again "$work/$which.pgp" >"$work/out" 2>&1
	looked "$which once more"
	ok "$which: once more, it teaches nothing" grep -q ": 0 new, 0 updated" \
		"$work/out"
done
is "of the signatures by others 1,024 are kept, and the owner's two" \
	"$(packets "$flood" signature)" 1026
is "of the user IDs 128" "$(packets "$names" "user ID")" 128

# ---- larger than a daemon would read at once -----------------------------------------
"$top_builddir/tests/bench/gen-poison" 270000 1 3 >"$work/larger.pgp" \
	2>"$work/larger"
cat "$work/others/000007.pgp" >>"$work/larger.pgp"
ok "another one has more than 64 MiB" \
	[ "$(wc -c <"$work/larger.pgp")" -gt 67108864 ]
kp a load "$work/larger.pgp" >"$work/out" 2>&1
is "a load takes it" $? 0
is "it is what level clean keeps of the whole" \
	"$(row "$(cat "$work/larger")" "hex(fpr) || ' ' || hex(sks_digest)")" \
	"$("$top_builddir/tests/tools/kpdigest" -l clean \
		"$work/larger.pgp" | head -n 1 | cut -d ' ' -f 1,2)"
ok "and the one behind it in the file was taken" grep -q "unchanged" "$work/out"

# ---- the owners' word -------------------------------------------------------------
# letter NAME: its revocation as a letter of its owner
letter() {
	printf 'From: owner@example.org\nSubject: ADD\n\n'
	gpg --enarmor <"$work/$1.revoked" 2>/dev/null |
		sed 's/ARMORED FILE/PUBLIC KEY BLOCK/;/^Comment/d'
}
is_revoked() {
	http a "/pks/lookup?op=index&options=mr&search=0x$1" |
		grep "^pub:" | grep -q ":r$"
}
by_http() {
	http a /pks/add -H 'Content-Type: application/pgp-keys' \
		--data-binary "@$work/$1.revoked" -w '\n%{http_code}\n' |
		tail -n 1
}
not_revoked() { ! is_revoked "$1"; }
ok "nobody revoked the first" not_revoked "$flood"
ok "nor the second" not_revoked "$names"
looks
is "the owner of the first revokes it by HTTP" "$(by_http flood)" 200
ok "which the index shows" is_revoked "$flood"
letter names | kp a deliver
is "the owner of the second revokes it by mail" $? 0
ok "which the index shows" wait_for 30 is_revoked "$names"
looked "revocations"
is "the first has one signature more" "$(packets "$flood" signature)" 1027
is "and the second 128 user IDs still" "$(packets "$names" "user ID")" 128
# each the other way too: nothing more to learn
was="$(row "$flood" "hex(sks_digest)") $(row "$names" "hex(sks_digest)")"
letter flood | kp a deliver
is "the second's by HTTP is good, too" "$(by_http names)" 200
settled() { [ -z "$(find "$work/a/data/spool/new" -type f)" ]; }
ok "the first's letter is read" wait_for 30 settled
is "and nothing is learnt twice" \
	"$(row "$flood" "hex(sks_digest)") $(row "$names" "hex(sks_digest)")" \
	"$was"
kp a load --again -q "$work/flood.pgp" "$work/names.pgp" >"$work/out" 2>&1
ok "loaded again, the first stays revoked" is_revoked "$flood"
ok "and the second" is_revoked "$names"
is "as they were" \
	"$(row "$flood" "hex(sks_digest)") $(row "$names" "hex(sks_digest)")" \
	"$was"
ok "the store is whole" kp a db check
stop_server a
is "A stops" $? 0
stop_server b
done_testing
