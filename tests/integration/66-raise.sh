#!/bin/bash
# A server is raised from level sks to clean while it serves: what it holds
# becomes what level clean keeps, nobody is sent a letter for it, and a peer
# that was of level clean all the time holds the same in the end.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/integration/lib.sh"
. "$top_srcdir/tests/integration/network.sh"
ring=/usr/share/keyrings/debian-maintainers.gpg
[ -s "$ring" ] || skip_all "debian-keyring is not installed"
command -v sqlite3 >/dev/null || skip_all "sqlite3 is not installed"

"$top_builddir/tests/tools/kpdigest" -l clean "$ring" | cut -d " " -f 1,2 |
	sort >"$work/expected"
n=$(wc -l <"$work/expected")
fpr=$(head -n 1 "$work/expected" | cut -d " " -f 1)
holds() { digests "$1" | cmp - "$work/expected"; }
# counts NAME KEY: of status --json, what is raised
raise_of() {
	kp "$1" status --json | sed -n "s/.*\"raise\":{[^}]*\"$2\":\([0-9a-z]*\).*/\1/p"
}
is_raised() { [ "$(raise_of a running)" = false ] && [ "$(raise_of a rows)" -gt 0 ]; }

ok "A and B start at level clean" network a:b b:a
status=0
kp a load --level sks "$ring" >"$work/out" || status=$?
is "A takes the keyring at level sks" "$status" 0
ok "and says that it is verified later" grep -q "in the background" "$work/out"
ok "it is verified" wait_for 60 holds a
ok "look-ups were answered meanwhile" serves a "$fpr"
ok "status says that it is done" wait_for 20 is_raised
is "and how much it was" "$(raise_of a rows)" "$n"
ok "some of them lost packets" [ "$(raise_of a changed)" -gt 0 ]
is "none was removed" "$(raise_of a removed)" 0
is "none was skipped" "$(raise_of a skipped)" 0
ok "metrics tell it, too" [ "$(kp a status --json | grep -c '"raise_rows":'"$n")" -eq 1 ]
is "the log has a change for each that lost packets" "$(sqlite3 \
	"file:$work/a/data/keypost.db?mode=ro" \
	"SELECT count(*) FROM change WHERE origin = 'admin'")" \
	"$(raise_of a changed)"
ok "both go quiet" quiet 1
is "no letter went out" "$(letters a)" 0
stop_server a
run_server a
ok "A starts again" wait_ready a
is "and has nothing to do" "$(raise_of a rows)" 0

# ---- both hold the same --------------------------------------------------------
ok "B takes the keyring" [ 200 = "$(http b /pks/add \
	-H 'Content-Type: application/pgp-keys' --data-binary "@$ring" \
	-o /dev/null -w '%{http_code}')" ]
ok "and holds what A holds" wait_for 60 holds b
ok "both go quiet again" quiet 1
ok "A still does" holds a
stop_server a
stop_server b
done_testing
