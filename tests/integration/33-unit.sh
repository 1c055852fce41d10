#!/bin/sh
# The systemd unit is confined as promised.
. "$(dirname "$0")/lib.sh"

command -v systemd-analyze >/dev/null || skip_all "systemd-analyze is missing"
unit=$work/keypostd.service
sed 's,@sbindir@/keypostd -f,/bin/true,' "$top_srcdir/etc/keypostd.service.in" >"$unit"
systemd-analyze security --offline=true "$unit" >"$work/out" 2>"$work/err" ||
	grep -q "Overall exposure" "$work/out" ||
	skip_all "this systemd-analyze cannot look at a file"
level=$(sed -n 's/.*Overall exposure level for [^:]*: \([0-9]*\)\.\([0-9]*\).*/\1\2/p' "$work/out")
ok "exposure is at most 2.0" test "$level" -le 20
ok "nothing in the unit is unknown to systemd" sh -c '! grep -i -e "unknown" -e "failed to parse" "$1"' x "$work/err"
is "the daemon notifies" "$(sed -n 's/^Type=//p' "$unit")" notify
is "as the user of sysusers" "$(sed -n 's/^User=//p' "$unit")" \
	"$(sed -n 's/^u \([a-z]*\) .*/\1/p' "$top_srcdir/etc/keypost.sysusers")"
ok "the unit that is installed starts a program of this prefix" \
	grep -q "^ExecStart=/.*/keypostd -f$" "$top_builddir/etc/keypostd.service"
is "and no name in it was left to fill in" \
	"$(grep -c -e "@[a-z]*@" -e "{[a-z_]*}" "$top_builddir/etc/keypostd.service")" 0
done_testing
