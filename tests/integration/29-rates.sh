#!/bin/sh
# How much one address may ask for, with nobody exempt: rates, connections,
# and whom a trusted proxy speaks for.
. "$(dirname "$0")/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is missing"
command -v curl >/dev/null || skip_all "curl is missing"

start_server a "rate_exempt =
trusted_proxies = 127.0.10.0/24" || bail "the server does not start"
# shellcheck disable=SC2154 # set by start_server
case_of() { python3 "$top_srcdir/tests/tools/rates.py" "$a_port" "$1"; }

ok "look-ups: 200 at once, then 503 and when to come again" case_of lookups
ok "over VKS: 429" case_of vks
ok "over HKP v2: 429" case_of v2
ok "searches and statistics: 20 at once, look-ups go on" case_of searches
ok "hashquery is never refused" case_of hashquery
ok "submissions: 30 at once" case_of submissions
ok "submitted octets are limited too" case_of octets
ok "who sends what is malformed is shut out" case_of malformed
ok "32 connections of one address" case_of address
ok "rates and connections are the client's, not the proxy's" case_of proxy
ok "nobody else is believed about whom he speaks for" case_of spoofed
ok "connections in all" case_of total
ok "the log says that they were too many" \
	grep -q "event=http limited status=503 reason=" "$work/a/log"
ok "and calls none of them bad" \
	sh -c '! grep -Eq "bad-request status=(403|429|503)" "$1"' x "$work/a/log"
stop_server a
is "the server stops cleanly" "$?" 0
done_testing
