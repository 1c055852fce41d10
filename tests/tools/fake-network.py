"""fake-network.py PORT...: keyservers' statistics, honest and other.

One server on each port of the loopback: a keyserver that answers in JSON, an
SKS that answers in HTML, and some that are hostile. Their gossip ports are the
ports before. Runs until it is killed.
"""
import http.server
import json
import sys
import threading

ports = [int(p) for p in sys.argv[1:]]
JSON, SKS, ENDLESS, LIAR, CROWD, REDIRECT, UNREAD = ports[:7]


def gossip(port, **more):
    return dict(reconAddr="127.0.0.1:%d" % (port - 1),
                httpAddr="127.0.0.1:%d" % port, **more)


def json_page():
    return {"software": "keypost", "version": "1.0", "numkeys": 6123456,
            "reconAddr": "127.0.0.1:%d" % (JSON - 1),
            "peers": [gossip(SKS), gossip(ENDLESS),
                      {"reconAddr": "h****t:11370", "masked": True,
                       "httpAddr": "127.0.0.1:%d" % UNREAD}],
            "mailsync": {"address": "keys@a.example", "peers": [
                {"address": "keys@b.example", "direction": "out"},
                {"address": "keys@c.example", "direction": "in"}]},
            "pksTargets": [{"addr": "mailto:keys@d.example"},
                           {"addr": "hkp://127.0.0.1:%d" % SKS},
                           {"addr": "vks://v.example/"}]}


def sks_page():
    return """<html><body>
<h2>Settings</h2><table summary="Keyserver Settings">
<tr><td>Hostname:</td><td>sks.example</td></tr>
<tr><td>Software:</td><td>SKS</td></tr>
<tr><td>Version:</td><td>1.1.6</td></tr>
</table>
<h2>Gossip Peers</h2>
<table summary="Gossip Peers">
<tr><td>127.0.0.1 %d</td></tr>
</table>
<tr><td>not.in.the.table 11370</td></tr>
<h2>Outgoing Mailsync Peers</h2>
<table summary="Mailsync Peers">
<tr><td>keys@a.example</td></tr>
</table>
<h2>Statistics</h2><p>Total number of keys: 42</p>
</body></html>
""" % (JSON - 1)


def liar_page():
    evil = '"];\n"evil" -> "x" [color=blue]; //'
    return {"software": evil, "version": "\\\x1b[31m\u202e", "numkeys": -5,
            "peers": [gossip(LIAR), {"reconAddr": evil}, {"reconAddr": 7},
                      {"reconAddr": "a b:11370"}, {"reconAddr": "x:0"},
                      {"reconAddr": "x:99999"}, {"reconAddr": "/etc:1"},
                      # for another host it may not speak
                      {"reconAddr": "127.0.0.1:%d" % (JSON - 1),
                       "httpAddr": "127.0.0.2:%d" % UNREAD},
                      "text", None, []],
            "pksTargets": [{"addr": evil}, {"addr": "x" * 5000}, 3],
            "mailsync": {"address": 5, "peers": "no"}}


def crowd_page():
    return {"software": "crowd", "total": 1, "peers": [
        {"reconAddr": "n%d.invalid:11370" % n} for n in range(20000)],
        "pksTargets": [{"addr": "hkp://t%d.invalid" % n}
                       for n in range(5000)]}


class Handler(http.server.BaseHTTPRequestHandler):
    asked = set()

    def log_message(self, *args):
        pass

    def send(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        port = self.server.server_port
        Handler.asked.add(port)
        pages = {JSON: json_page, LIAR: liar_page, CROWD: crowd_page}
        try:
            if self.path == "/asked":
                self.send("text/plain", " ".join(
                    str(p) for p in sorted(Handler.asked - {port})).encode())
            elif self.path != "/pks/lookup?op=stats&options=mr":
                self.send_error(404)
            elif port in pages:
                self.send("application/json",
                          json.dumps(pages[port]()).encode())
            elif port == SKS:
                self.send("text/html", sks_page().encode())
            elif port == ENDLESS:
                self.send("text/html", b"<h2>Settings</h2>")
                while True:
                    self.wfile.write(b"<h2>Gossip Peers</h2>\n" * 4096)
            elif port == REDIRECT:
                self.send_response(302)
                self.send_header("Location", "file:///etc/passwd")
                self.end_headers()
            else:
                self.send("text/html", b"hello")
        except OSError:
            pass


for p in ports:
    s = http.server.ThreadingHTTPServer(("127.0.0.1", p), Handler)
    s.daemon_threads = True
    threading.Thread(target=s.serve_forever, daemon=True).start()
threading.Event().wait()
