#!/bin/sh
# Pages in the operator's and the visitor's language, in the plainest locale
# there is. Programs are answered in English whatever people read.
. "$(dirname "$0")/lib.sh"

command -v curl >/dev/null || skip_all "curl is missing"

# Nothing but C.UTF-8 is on a minimal system: what others set is not needed.
unset LANG LANGUAGE LC_ALL LC_MESSAGES
export LOCPATH=/nonexistent
start_server de "language = de" || bail "the server does not start"
start_server en || bail "the server does not start"

http de / >"$work/home"
ok "a page says that it is German" grep -q '<html lang="de">' "$work/home"
ok "its sentences are German" grep -q 'Einen Schlüssel finden' "$work/home"
http de '/pks/lookup?search=0x0123456789ABCDEF' -H 'Accept: text/html' \
	>"$work/error"
ok "what to do about an error is German" grep -q 'Prüfen Sie die Schreibweise' \
	"$work/error"
ok "and the words that programs look for are there" \
	grep -q '<samp lang="en">No keys found</samp>' "$work/error"
http en / >"$work/home"
ok "and another one that it is English" grep -q '<html lang="en">' "$work/home"
http en / -H 'Accept-Language: de-AT, en;q=0.5' >"$work/home"
ok "or German, to who asks for it" grep -q '<html lang="de">' "$work/home"
http de / -H 'Accept-Language: en-GB' >"$work/home"
ok "and so the other way round" grep -q '<html lang="en">' "$work/home"
ok "a program is told in English" sh -c 'echo "$1" | grep -q "No keys found"' x \
	"$(http de '/pks/lookup?op=index&options=mr&search=0x0123456789ABCDEF')"

# Crawlers look for these lines whatever people read.
http de /pks/stats >"$work/de.stats"
ok "its statistics are German" grep -q "<h1>Serverstatistik<" \
	"$work/de.stats"
for line in '^<h2>Settings</h2>$' '^<tr><td>Hostname:</td><td>' \
	'^<h2>Gossip Peers</h2>$' '^<table summary="Gossip Peers">$' \
	'^<h2>Outgoing Mailsync Peers</h2>$' \
	'^<table summary="Mailsync Peers">$' \
	'^<h2>Statistics</h2><p>Total number of keys: 0</p>$' \
	'^<h3>Daily Histogram</h3>$' '^<h3>Hourly Histogram</h3>$'; do
	is "but for one line $line" "$(grep -c "$line" "$work/de.stats")" 1
done

make_server xx "language = xx"
"$top_builddir/keypostd" -n -c "$work/xx/keypost.conf" >"$work/out" 2>&1
is "a language that there is not is refused" $? 78
ok "and what there is is told" grep -q "'xx' is not one of: en de" "$work/out"
make_server path "language = ../de"
"$top_builddir/keypostd" -n -c "$work/path/keypost.conf" >"$work/out" 2>&1
is "what is no language is refused" $? 78
ok "with its line" grep -q "keypost.conf:.*language: '../de'" "$work/out"
done_testing
