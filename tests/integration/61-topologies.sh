#!/bin/bash
# A line, a ring and a full mesh of five: every change is stored once
# everywhere, no letter goes to a server listed in it, and all goes quiet.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

mkdir "$work/keys"
"$top_builddir/tests/bench/gen-keys" -d "$work/keys" -a 12 5 ||
	bail "keys are made"

stored_everywhere() {
	for stored_n in $network_names; do
		[ "$(digests "$stored_n" | wc -l)" -eq "$1" ] || return 1
	done
}
# one_change_each NAME N: its log got one record for each certificate
one_change_each() {
	is "$1: each change is stored once" "$(sqlite3 \
		"file:$work/$1/data/keypost.db?mode=ro" \
		"SELECT seq FROM sqlite_sequence WHERE name = 'change'")" "$2"
}
# converge WHAT N LETTERS: the promises that hold for every shape; LETTERS is
# the most that N changes, each in a letter of its own, may cost there: one to
# each neighbour that is not known to have it.
converge() {
	ok "$1: all $2 certificates are everywhere" \
		wait_for 60 stored_everywhere "$2"
	ok "$1: it goes quiet" quiet 2
	for converge_n in $network_names; do
		one_change_each "$converge_n" "$2"
		ok "$converge_n: no letter went to a server listed in it" \
			no_letter_to_listed "$converge_n"
		[ "$converge_n" = "$first" ] ||
			ok "$converge_n: holds the same as $first" \
				same_certs "$first" "$converge_n"
	done
	converge_sum=$(all_letters)
	echo "# $1: $converge_sum letters for $2 changes"
	ok "$1: at most $3 letters" [ "$converge_sum" -le "$3" ]
	for converge_n in $network_names; do
		stop_server "$converge_n"
	done
}
set -- "$work"/keys/*
[ $# -eq 12 ] || bail "twelve key files"

first=la
ok "a line la - lb - lc starts" network la:lb lb:la,lc lc:lb
ok "six keys go to la" submit la "$1" "$2" "$3" "$4" "$5" "$6"
ok "six keys go to lc" submit lc "$7" "$8" "$9" "${10}" "${11}" "${12}"
converge line 12 $((12 * 2))

first=ra
ok "a ring of five starts" network ra:rb,re rb:ra,rc rc:rb,rd rd:rc,re re:rd,ra
ok "keys go to three of it" submit ra "$1" "$2" "$3" "$4"
ok "keys go to another" submit rc "$5" "$6" "$7" "$8"
ok "keys go to a third" submit rd "$9" "${10}" "${11}" "${12}"
converge ring 12 $((12 * 6))

first=ma
ok "a mesh of five starts" network ma:mb,mc,md,me mb:ma,mc,md,me \
	mc:ma,mb,md,me md:ma,mb,mc,me me:ma,mb,mc,md
ok "keys go to one of it" submit ma "$1" "$2" "$3" "$4" "$5" "$6"
ok "keys go to another" submit md "$7" "$8" "$9" "${10}" "${11}" "${12}"
converge mesh 12 $((12 * (4 + 4 * 3)))
done_testing
