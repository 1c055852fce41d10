#!/bin/sh
# A wrong configuration stops the start: status 78, file, line and key.
. "$(dirname "$0")/lib.sh"

conf=$work/x.conf
# refused NAME PATTERN LINE...: keypostd -n and keypost config check refuse it
refused() {
	refused_name=$1 refused_want=$2
	shift 2
	printf '%s\n' "$@" >"$conf"
	"$top_builddir/keypostd" -n -c "$conf" >"$work/out" 2>&1
	refused_code=$?
	"$top_builddir/keypost" -c "$conf" config check >"$work/out2" 2>&1
	is "$refused_name: both exit 78" "$refused_code $?" "78 78"
	ok "$refused_name: says $refused_want" grep -q -e "$refused_want" "$work/out"
}

refused "unknown key" "x.conf:2: lisen: .*did you mean listen?" "[http]" "lisen = 127.0.0.1:1"
refused "unknown section" "x.conf:1: \[htpp\]: .*did you mean \[http\]?" "[htpp]"
refused "key of another section" "x.conf:2: batch_delay: .*\[mail\]" "[http]" "batch_delay = 1s"
refused "missing unit" "x.conf:2: batch_delay: the unit is missing" "[mail]" "batch_delay = 30"
refused "unknown unit" "x.conf:2: batch_delay: unit 'sec' is unknown" "[mail]" "batch_delay = 30sec"
refused "out of bounds" "x.conf:3: threads: out of bounds: from 0 to 64" "[http]" "" "threads = 65"
refused "no number" "x.conf:2: threads: 'many' is not a number" "[http]" "threads = many"
refused "no boolean" "x.conf:2: word_search: 'true' is neither yes nor no" "[http]" "word_search = true"
refused "an unknown level" "x.conf:2: level: " "[server]" "level = cleaner"
refused "PostgreSQL" "x.conf:2: store: this version does not offer PostgreSQL yet" "[server]" "store = postgresql://db/keys"
refused "gossip of SKS at another level" "x.conf:2: .gossip. filters: only .server. level = sks keeps" "[gossip]" "filters = yminsky.dedup" "listen = 0.0.0.0:11370"
refused "IMAP of nobody" "x.conf:2: imap: 'imaps://h/INBOX' names no user" "[mail]" "imap = imaps://h/INBOX"
refused "IMAP without a password" "x.conf:3: imap: it needs imap_password_file" "[mail]" "address = a@b.example" "imap = imaps://u@h/INBOX"
refused "a pin that is none" "x.conf:2: imap_pin: 'abc' is not the SHA-256" "[mail]" "imap_pin = abc"
refused "given twice" "x.conf:3: name: given twice; first in line 2" "[server]" "name = a" "name = b"
refused "no section" "x.conf:1: data: stands before the first" "data = /x"
refused "neither key nor section" "x.conf:2: neither" "[server]" "just words"
refused "reserved peer name" "x.conf:1: \[peer admin\]: the name is reserved" "[peer admin]" "mail = a@b"
refused "nameless peer" "x.conf:1: \[peer\]: the peer's name is missing" "[peer]" "mail = a@b"
refused "bad address" "x.conf:2: mail: .*not a bare mail address" "[peer x]" "mail = A <a@b>"
refused "address with a line end in it" "x.conf:2: mail:" "[peer x]" "mail = a@b>"
refused "bad relay" "x.conf:2: relay: .*is no relay" "[mail]" "relay = http://x:1"
refused "a pin that is none" "x.conf:2: relay_pin: .*64" "[mail]" "relay_pin = 00:11"
refused "a user without a password" "x.conf:2: relay_user: relay_user and relay_password_file go together" "[mail]" "relay_user = me"
refused "a password for nobody" "x.conf:2: relay_password_file: relay_user and relay_password_file go together" \
	"[mail]" "relay_password_file = /x"
for line in "tls = none" "relay_user = me
relay_password_file = /x" "tls_ca = /x"; do
	refused "${line%% *} of a peer without a relay of its own" \
		"x.conf:5: \[peer x\] ${line%% *}: the peer has no relay of its own" \
		"[mail]" "address = us@here.example" "[peer x]" "mail = a@b" "$line"
done
refused "peer without our address" "x.conf:2: \[peer x\] mail: letters need \[mail\] address" "[peer x]" "mail = a@b"
refused "peer that is us" "x.conf:4: \[peer x\] mail: this is our own address" "[mail]" "address = a@b" "[peer x]" "mail = A@B"
refused "two peers of one address" "x.conf:6: \[peer y\] mail: \[peer x\] has this address too" \
	"[mail]" "address = o@b" "[peer x]" "mail = a@b" "[peer y]" "mail = a@b"
refused "an alias that is another peer" "x.conf:7: \[peer y\] aliases: \[peer x\] has this address too" \
	"[mail]" "address = o@b" "[peer x]" "mail = a@b" "[peer y]" "mail = c@b" "aliases = d@b A@B"
refused "a peer that is another's alias" "x.conf:7: \[peer y\] mail: \[peer x\] has this address too" \
	"[mail]" "address = o@b" "[peer x]" "mail = c@b" "aliases = a@b" "[peer y]" "mail = a@b"
refused "an alias that is us" "x.conf:5: \[peer x\] aliases: this is our own address" \
	"[mail]" "address = o@b" "[peer x]" "mail = a@b" "aliases = o@b"
refused "a name that is no host's" "x.conf:2: name: 'my server' is no host name" "[server]" "name = my server"
refused "no data folder" "x.conf:2: data: empty" "[server]" "data ="

"$top_builddir/keypostd" -n -c "$work/none.conf" >"$work/out" 2>&1
is "a file that is named must be there" "$?" 78
"$top_builddir/keypostd" -z >"$work/out" 2>&1
is "an unknown option of keypostd is 64" "$?" 64
"$top_builddir/keypostd" -c "$conf" extra >"$work/out" 2>&1
is "so is a word too many" "$?" 64
"$top_builddir/keypostd" -V >"$work/out" 2>&1
for library in libmicrohttpd SQLite libetpan libgcrypt jansson; do
	ok "-V names $library with its version" grep -q "^$library [0-9][0-9.]*" "$work/out"
done

# ---- what a start would do to the store ------------------------------------
make_server a
"$top_builddir/keypostd" -n -c "$work/a/keypost.conf" >"$work/out" 2>&1
is "-n has nothing to say where there is no store" "$? $(cat "$work/out")" "0 "
kp a get 0x0123456789ABCDEF >"$work/out" 2>&1
ok "get says that there is none" grep -q "there is no store in .*/a/data yet" "$work/out"
run_server a
wait_ready a
"$top_builddir/keypostd" -n -c "$work/a/keypost.conf" >"$work/out" 2>&1
is "nor beside a running daemon" "$? $(cat "$work/out")" "0 "
stop_server a
# set_version N: as another keypost would have left it
set_version() {
	python3 -c 'import sqlite3, sys
d = sqlite3.connect(sys.argv[1])
d.execute("PRAGMA user_version = " + sys.argv[2])
d.close()' "$work/a/data/keypost.db" "$1"
}
set_version 0
"$top_builddir/keypostd" -n -c "$work/a/keypost.conf" >"$work/out" 2>&1
is "-n says what would be migrated" "$? $(grep -c "schema version 0 and needs [0-9]*: keypost db upgrade brings" "$work/out")" "0 1"
set_version 999
"$top_builddir/keypostd" -n -c "$work/a/keypost.conf" >"$work/out" 2>&1
is "and that a newer store cannot be used" "$? $(grep -c "schema version 999, made by a newer" "$work/out")" "1 1"

# ---- drop-ins, in order -----------------------------------------------------
mkdir -p "$work/etc/conf.d" "$work/etc/peers.d"
cat >"$work/etc/keypost.conf" <<-X
	[server]
	name = main
	[mail]
	address = us@example.org
X
printf '[server]\nname = ten\n' >"$work/etc/conf.d/10.conf"
printf '[server]\nname = twenty\n' >"$work/etc/conf.d/20.conf"
printf '[server]\nname = no\n' >"$work/etc/conf.d/30.conf.bak"
printf '[peer mainz]\nmail = a@mainz.example\n' >"$work/etc/peers.d/mainz.conf"
"$top_builddir/keypost" -c "$work/etc/keypost.conf" config show >"$work/out" 2>&1
is "config show works" "$?" 0
is "config check counts one peer as one" "$("$top_builddir/keypost" \
	-c "$work/etc/keypost.conf" config check 2>"$work/err")" \
	"$work/etc/keypost.conf: ok, 1 peer"
ok "conf.d is read after the file, in order of name" \
	grep -q "^\[server\] name = twenty *; .*conf.d/20.conf:2" "$work/out"
ok "peers.d makes peers" grep -q "^\[peer mainz\] mail = a@mainz.example *; .*peers.d/mainz.conf:2" "$work/out"
ok "defaults are called so" grep -q "^\[http\] threads = 0 *; default" "$work/out"
"$top_builddir/keypostd" -n -c "$work/etc/keypost.conf" >"$work/out" 2>&1
is "keypostd -n accepts it" "$?" 0
is "and says nothing" "$(cat "$work/out")" ""
printf '[peer mainz]\nmial = a@mainz.example\n' >"$work/etc/peers.d/x.conf"
"$top_builddir/keypostd" -n -c "$work/etc/keypost.conf" >"$work/out" 2>&1
is "a fault in a drop-in counts" "$?" 78
ok "and is named by its own file" grep -q "peers.d/x.conf:2: mial: .*did you mean mail?" "$work/out"
printf '%s\n' "[peer x]" "gossip_from = 192.0.2.1" \
	"[peer y]" "hkp = hkp://y.example" >"$work/silent.conf"
"$top_builddir/keypost" -c "$work/silent.conf" config check --probe >"$work/out" 2>&1
is "where nobody gets letters, no relay is tried" "$? $(cat "$work/out")" \
	"0 $work/silent.conf: ok, 2 peers"

printf '%s\n' "[gossip]" "listen = 0.0.0.0:11370" >"$work/alone.conf"
"$top_builddir/keypost" -c "$work/alone.conf" config check >"$work/out" 2>"$work/err"
is "who gossips and serves nobody is warned, and no more" \
	"$? $(cat "$work/out") $(grep -c "warning: .* at port 11371, which" "$work/err")" \
	"0 $work/alone.conf: ok, 0 peers 1"
is "as JSON, too" "$("$top_builddir/keypost" -c "$work/alone.conf" --json \
	config check 2>/dev/null | grep -c '"ok":true.*"warnings":\["partners of')" 1

# ---- what is written of it ---------------------------------------------------
# fenced WORD: the blocks of doc/moving.md that begin with ```WORD
fenced() {
	sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$top_srcdir/doc/moving.md" |
		sed '/^```/d'
}
mkdir -p "$work/moved/peers.d"
fenced ini >"$work/moved/keypost.conf"
cat >"$work/moved/membership" <<-X
	# partners
	sks.example.org 11370 # a comment

	Keys.Example.EDU	11380
	lone.example
	2001:db8::1 11370
X
printf '%s\n' "# by mail" "pgp-public-keys@sks.example.org" "" \
	"pks@Mail.Example.COM" >"$work/moved/mailsync"
(cd "$work/moved" && fenced sh | sed "s,/etc/keypost/,," | sh)
is "doc/moving.md makes a membership file peers" \
	"$(grep -c . "$work/moved/peers.d/membership.conf") $(
		grep 'gossip = ' "$work/moved/peers.d/membership.conf" | tr '\n' ' ')" \
	"8 gossip = sks.example.org:11370 gossip = Keys.Example.EDU:11380 gossip = lone.example:11370 gossip = [2001:db8::1]:11370 "
is "and a mailsync file, each host once" \
	"$(sed -n 's/^\[peer \(.*\)\]/\1/p' "$work/moved/peers.d/"*.conf |
		sort | uniq -c | sort -rn | awk 'NR == 1 { print $1, $2 } END { print NR }' |
		tr '\n' ' ')" "2 sks-example-org 5 "
is "its configuration is right with them" "$("$top_builddir/keypost" \
	-c "$work/moved/keypost.conf" config check 2>&1)" \
	"$work/moved/keypost.conf: ok, 9 peers"
sed -n '/^\.Sh EXAMPLES/,$p' "$top_srcdir/doc/man/keypost.conf.5" |
	sed -n '/^\.Bd/,/^\.Ed/p' | sed '/^\./d' >"$work/manual.conf"
is "so are the examples of the manual" "$("$top_builddir/keypost" \
	-c "$work/manual.conf" config check 2>&1)" \
	"$work/manual.conf: ok, 2 peers"
done_testing
