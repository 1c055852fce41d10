#!/bin/bash
# import.sh - filling an empty store, and reading all of it: keypost beside
# sks, onak, SQLite, the library that verifies, and the disk
#
#     import.sh [KEYS...]      10000 to 1000000 unless said
#
# Takes 9 minutes on two idle CPUs, of which verifying 500,000 certificates is
# two and a half and sks two. The first time key rings are
# made, at some 5,000 a second, too. Needs make bench-tools, and 8 GB of disk;
# sks and onak are measured where they are installed.
#
# Generated keys, and the real ones of Debian's keyrings (KEYPOST_BENCH_RINGS
# names others). Everything is as durable as it is by default: keypost's last
# octet is on disk when it ends, sks does not flush. onak gets 2,000 keys: it adds
# some hundred a second.
. "$(dirname "$0")/bench.sh"
: "${KEYPOST_BENCH_RINGS=$(ls /usr/share/keyrings/debian-keyring.gpg \
	/usr/share/keyrings/debian-{maintainers,nonupload,role-keys}.gpg 2>&-)}"
verified_max=500000 rows_max=100000

# loaded WHAT LEVEL FILE...: keypost load. The store stays.
loaded() {
	rm -rf "$work/kp"
	keypost_conf "$2"
	# With a key in it, it is not filled in bulk.
	[ "$1" != "with content" ] || keypost load -q "$work/one.pgp"
	timed "$part/$1" keypost "$count" "$octets" "$kp" \
		"$top_builddir/keypost" -c "$kp.conf" load -q "${@:3}"
}

# all of the store that was loaded last
read_back() {
	timed "$part/dump" keypost "$count" "$octets" - \
		"$top_builddir/keypost" -c "$kp.conf" dump -q "$work/dump" &&
		octets_a_second "$part/dump" keypost "$count" "$octets"
	rm -rf "$work/dump"
	timed "$part/check" keypost "$count" "$octets" - \
		"$top_builddir/keypost" -c "$kp.conf" db check -q &&
		row "$part/check" keypost "$count" - "$took" s
}

# with_sks HOW FILE...: build or fastbuild
with_sks() {
	rm -rf "$work/sks"
	sks_setup "$work/sks" 11371 pgp-public-keys@sks.example pks@a.example
	sks_kept=$work/sks/var/lib/sks
	rm -rf "$sks_kept/DB" "$sks_kept/PTree"
	# Where fastbuild looks, whatever it is told.
	mkdir "$sks_kept/dump"
	for f in "${@:2}"; do
		ln -s "$(realpath "$f")" "$sks_kept/dump/${f##*/}.pgp"
	done
	timed "$part/level sks" "sks $1" "$count" "$octets" "$work/sks" \
		env -C "$work/sks" sks "$1" -basedir "$work/sks" -n 10 \
		-cache 100 "${@:2}"
}

# The daemons' benchmarks start from what sks build made.
keep_sks() {
	rm -r "$sks_kept/dump"
	rm -rf "$cache/sks-$count"
	mv "$sks_kept" "$cache/sks-$count" &&
		echo "built in $took s" >"$cache/sks-$count.took"
}

with_onak() { # SIZE
	"$tools/gen-keys" "$1" 7 >"$work/onak.pgp"
	onak_setup "$work/onak" pgp-public-keys@onak.example
	sed -i 's/^check_sighash.*/check_sighash=false/' "$work/onak/onak.ini"
	timed "$part/level sks" onak "$1" \
		"$(stat -c %s "$work/onak.pgp")" "$work/onak" \
		sh -c "'$work/onak/bin/onak' -b add <'$work/onak.pgp'"
	rm -rf "$work/onak"
}

# What SQLite and the disk allow by themselves.
bare() { # FILE...
	mkdir "$work/bare"
	timed "$part/level sks" "bare SQLite" "$count" "$((count * 2400))" \
		"$work/bare" python3 "$bench_dir/bare_bulk.py" "$count" \
		"$work/bare/db"
	rm -rf "$work/bare"
	timed "$part/dump" "bare disk" "$count" "$octets" - \
		sh -c 'cat "$@" | dd of="$0" bs=1M conv=fsync' "$work/copy" "$@" &&
		octets_a_second "$part/dump" "bare disk" "$count" "$octets"
	rm -f "$work/copy"
}

# The library's share of level clean on all cores: what the verifications of
# these certificates cost in it alone, on one, for each of them.
bare_verify() { # FILE
	head -c 5000000 "$1" >"$work/some"
	row "$part/level clean" "bare libgcrypt" "$count" - "$(
		"$tools/bench_level" "$work/some" 2>&- |
			awk -v cpus="$(nproc)" '$1 == "library" {
				printf "%.0f", cpus * $2 }')" keys/s
}

# with FILE...: everything, with $count certificates of $octets
with() {
	cat "$@" >/dev/null # or who reads it first would wait for the disk
	loaded "level sks" sks "$@" && read_back
	up_to $rows_max "$count" "load into a store with content" &&
		loaded "with content" sks "$@"
	up_to $verified_max "$count" "load at level clean" &&
		loaded "level clean" clean "$@" && bare_verify "$1"
	bare "$@"
	up_to $sks_max "$count" sks && has sks || return
	with_sks fastbuild "$@"
	with_sks build "$@" && keep_sks
}

# again FILE...: what is short, for a median of three
again() {
	for _ in 1 2; do
		loaded "level sks" sks "$@" && read_back
		bare "$@"
		has sks && with_sks fastbuild "$@" && with_sks build "$@"
	done
}

# real FILE...: from people, of all shapes; short, so three times each
real() {
	for _ in 1 2 3; do
		loaded "level sks" sks "$@" &&
			octets_a_second "$part/level sks" keypost "$count" \
				"$octets"
		has sks || continue
		with_sks fastbuild "$@" &&
			octets_a_second "$part/level sks" "sks fastbuild" \
				"$count" "$octets"
		with_sks build "$@"
	done
	loaded "level clean" clean "$@" && bare_verify "$@"
}

bench_sizes "$@"
bench_begin import
"$tools/gen-keys" -f 4000000000 1 7 >"$work/one.pgp"
part=import
for count in $sizes; do
	progress "import: $count"
	ring_of "$count"
	octets=$(stat -c %s "$ring")
	row "$part/octets" keys "$count" - $((octets / count)) octets/key
	with "$ring"
	# What takes a second or two is done again.
	[ "$count" -gt 10000 ] || again "$ring"
	rm -rf "$work/sks" "$work/kp"
done
has onak && with_onak 2000
part=real
# shellcheck disable=SC2086 # a list
set -- $KEYPOST_BENCH_RINGS
if [ $# -gt 0 ]; then
	count=$(cat "$@" | "$top_builddir/tests/tools/kpdigest" /dev/stdin |
		sort -u | wc -l)
	octets=$(cat "$@" | wc -c)
	progress "import: $count real keys"
	real "$@"
fi
bench_end
