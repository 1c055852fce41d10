#!/bin/sh
# A real sks, built from Debian's keyrings, is asked by hashquery for every
# digest that keypost computes for the same keyrings. It must have each of
# them, and what it returns must hash to the digest asked for.
#
# The keyrings hold versions 3 and 4, user attributes, and keys of 190 KB.

set -u
: "${top_srcdir:=.}" "${top_builddir:=.}"
. "$top_srcdir/tests/integration/peers.sh"
tools=$top_builddir/tests/tools
keyrings=/usr/share/keyrings
files="$keyrings/debian-keyring.gpg $keyrings/debian-maintainers.gpg
	$keyrings/debian-nonupload.gpg"

for f in $files; do
	[ -r "$f" ] || { echo "1..0 # SKIP no $f (debian-keyring)"; exit 0; }
done
have_sks || { echo "1..0 # SKIP no sks"; exit 0; }

dir=$(mktemp -d "${TMPDIR:-/tmp}/kpsks.XXXXXX") || exit 99
sks=$dir/sks
trap 'sks_stop "$sks"; rm -rf "$dir"' EXIT
trap 'exit 99' HUP INT TERM

n=0
ok() { # ok STATUS NAME
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
	fi
}

echo 1..5

# Ours: one certificate for each fingerprint, over all keyrings.
# shellcheck disable=SC2086
cat $files >"$dir/all.gpg"
"$tools/kpdigest" "$dir/all.gpg" >"$dir/ours"
ok $? "the keyrings are read"
cut -d' ' -f2 "$dir/ours" | sort >"$dir/want"
count=$(wc -l <"$dir/want")
[ "$count" -gt 1000 ]
ok $? "they hold $count certificates"

# Theirs. The port is ours for as long as the test runs; two may run at once.
port=$((20000 + $$ % 20000 * 2 + 1))
sks_setup "$sks" "$port" 'sks@localhost'
rmdir "$sks/var/lib/sks/DB" "$sks/var/lib/sks/PTree"
# shellcheck disable=SC2086
(cd "$sks" && timeout 300 sks build -basedir "$sks" $files) \
	>"$dir/build.out" 2>&1
ok $? "sks builds its database from them"
sks_start "$sks"

"$tools/kphashquery" request <"$dir/want" >"$dir/request"
curl -s -m 120 -H 'Content-Type: application/octet-stream' \
	--data-binary "@$dir/request" -o "$dir/reply" \
	"http://127.0.0.1:$port/pks/hashquery"
"$tools/kphashquery" reply <"$dir/reply" >"$dir/theirs"
ok $? "every body of its answer is one certificate"

cut -d' ' -f2 "$dir/theirs" | sort >"$dir/got"
cmp -s "$dir/want" "$dir/got"
same=$?
ok $same "sks has each of our $count digests, and no body hashes to another"
if [ $same -ne 0 ]; then
	diff "$dir/want" "$dir/got" | head -20 | sed 's/^/# /'
	sed 's/^/# /' "$dir/build.out" "$sks/db.out" | tail -20
fi
