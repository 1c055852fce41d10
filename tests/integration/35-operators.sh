#!/bin/sh
# What an operator relies on: figures for Prometheus, health, files of one's
# own, inside the sandbox.
. "$(dirname "$0")/lib.sh"

command -v curl >/dev/null || skip_all "curl is missing"
command -v python3 >/dev/null || skip_all "python3 is missing"

metrics_port=$(free_ports 1)
start_server a "metrics_listen = 127.0.0.1:$metrics_port
web = $work/site" || bail "the server does not start"
# code PATH ARGUMENT...: the status alone
code() {
	code_path=$1
	shift
	http a "$code_path" -o /dev/null -w '%{http_code}' "$@"
}
scrape() { curl -s --max-time 20 "http://127.0.0.1:$metrics_port${1:-/metrics}"; }
check() { python3 "$top_srcdir/tests/tools/promcheck.py" "$@"; }
# line TEXT: a line of the figures is this
line() { scrape | grep -qxF "$1"; }

# ---- figures --------------------------------------------------------------

fpr=$(gen_key "$work/alice" "Alice Example <alice@example.test>")
export_key "$work/alice" "$fpr" >"$work/alice.asc"
post a "$work/alice.asc" >/dev/null
post a "$work/alice.asc" >/dev/null
http a /pks/add -d keytext=nonsense >/dev/null
serves a "$fpr"
http a '/pks/lookup?op=get&search=0x0123456789ABCDEF' >/dev/null
http a '/none/such%22%0A{evil="1"}' >/dev/null
scrape >"$work/figures"
ok "the figures are in the text format of Prometheus" sh -c \
	"python3 '$top_srcdir/tests/tools/promcheck.py' <'$work/figures'"
for name in keypost_http_requests_total keypost_http_request_duration_seconds \
	keypost_http_in_flight keypost_http_pauses_total keypost_keys \
	keypost_keys_added_total \
	keypost_keys_updated_total keypost_keys_ignored_total \
	keypost_keys_removed_total keypost_submit_queue keypost_rejected_total \
	keypost_mail_queue keypost_store_octets keypost_build_info; do
	ok "there is $name" grep -q "^# TYPE $name " "$work/figures"
done
ok "a request is counted by route, method and status" line \
	'keypost_http_requests_total{route="/pks/lookup",method="GET",status="404"} 1'
ok "a new key is counted" line 'keypost_keys_added_total{source="http"} 1'
ok "a known one is ignored" line 'keypost_keys_ignored_total{source="http"} 1'
ok "what is no key is rejected, by reason" line \
	'keypost_rejected_total{reason="no-key"} 1'
ok "keys are counted" line 'keypost_keys 1'
ok "every source is there" sh -c "
	for s in http mail recon cli; do
		grep -q '^keypost_keys_removed_total{source=\"'\$s'\"} 0' \
			'$work/figures' || exit 1
	done"
ok "no label holds what a client sent" sh -c "
	! grep -e evil -e such -e '$fpr' -e 0123456789ABCDEF '$work/figures'"
ok "the dashboard asks for figures that there are" python3 -c '
import json, re, sys
have = set(re.findall("^# TYPE (\S+)", open(sys.argv[2]).read(), re.M))
panels = json.load(open(sys.argv[1]))["panels"]
for t in (t for p in panels for t in p["targets"]):
    for name in re.findall(r"keypost_\w+", t["expr"]):
        base = re.sub("_bucket$", "", name)
        assert base in have or base.startswith("keypost_mail_peer_"), name
' "$top_srcdir/etc/examples/grafana.json" "$work/figures"
is "the public port has no figures" "$(code /metrics)" 404
scrape /pks/lookup >"$work/other"
is "their port has nothing else" "$(cat "$work/other")" "Not found"
is "and takes no POST" "$(curl -s -o /dev/null -w '%{http_code}' -d x \
	"http://127.0.0.1:$metrics_port/metrics")" 405

# ---- health ---------------------------------------------------------------

for path in /pks/health /readyz /healthz; do
	is "$path is OK" "$(http a $path)" OK
done

# ---- files of one's own ---------------------------------------------------

is "a folder that is not there has no files" "$(code /about)" 404
is "robots are told to stay away" "$(http a /robots.txt | sed -n 2,3p | tr '\n' ' ')" \
	"Disallow: /pks/ Disallow: /vks/ "
stop_server a
mkdir -p "$work/site/sub"
echo "<h1>About us</h1><p>We are we." >"$work/site/about.html"
echo secret >"$work/secret.txt"
ln -s ../secret.txt "$work/site/link.txt"
a_port=
start_server a "web = $work/site" || bail "the server does not start again"
http a /about >"$work/about"
ok "a page of one's own is served, out of the sandbox" \
	grep -q "We are we." "$work/about"
ok "in the frame of this site" sh -c 'grep -q "^<h1>About us</h1>" "$1" &&
	grep -q "^<nav " "$1"' x "$work/about"
echo "new" >"$work/site/sub/new.txt"
is "one that came later, too" "$(http a /sub/new.txt)" new
is "a link is not followed" "$(code /link.txt)" 404
is "a folder is not listed" "$(code /sub/)" 404
http a /none -H 'Accept: text/html' >"$work/page"
ok "no page shows a path of this machine" sh -c "! grep -F '$work' '$work/page'"

# ---- the examples of proxies -----------------------------------------------

if command -v nginx >/dev/null; then
	{
		echo "pid $work/nginx.pid; error_log stderr; events { }"
		echo "http { access_log off;"
		cat "$top_srcdir/etc/examples/nginx.conf"
		echo "}"
	} >"$work/nginx.conf"
	ok "nginx takes its example" nginx -t -c "$work/nginx.conf"
else
	skip "nginx takes its example" "nginx is missing"
fi
if command -v haproxy >/dev/null; then
	ok "haproxy takes its example" haproxy -c \
		-f "$top_srcdir/etc/examples/haproxy.cfg"
else
	skip "haproxy takes its example" "haproxy is missing"
fi

# ---- the Server field -----------------------------------------------------

ok "the Server field tells the version" sh -c \
	"curl -sI 'http://127.0.0.1:$a_port/' | grep -q '^Server: keypost/[0-9]'"
stop_server a
a_port=
start_server a "server_header = example" || bail "no start with server_header"
is "or what the configuration says" "$(curl -sI "http://127.0.0.1:$a_port/" |
	tr -d '\r' | sed -n 's/^Server: *//p')" example
done_testing
