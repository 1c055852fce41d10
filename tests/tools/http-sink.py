#!/usr/bin/env python3
"""http-sink.py - a keyserver that only takes: answers as it is told

    http-sink.py PORT FOLDER [CERTIFICATE KEY]

Files each POST as FOLDER/NNNN (first line: path, PKS-Sender and type; then the
body) and answers with the number in FOLDER/answer, or 200 without that file;
0: closes the connection without a word. With a certificate it speaks TLS.
"""

import http.server
import os
import ssl
import sys

folder = sys.argv[2]


class Sink(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    count = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            with open(os.path.join(folder, "answer"), encoding="ascii") as f:
                answer = int(f.read())
        except OSError:
            answer = 200
        Sink.count += 1
        name = os.path.join(folder, "%04d" % Sink.count)
        head = "%s %s %s expect=%s answer=%d\n" % (
            self.path,
            self.headers["PKS-Sender"],
            self.headers["Content-Type"],
            self.headers["Expect"],
            answer,
        )
        with open(name + ".tmp", "wb") as f:
            f.write(head.encode() + body)
        os.rename(name + ".tmp", name)
        if answer == 0:
            self.close_connection = True
            return
        self.send_response(answer)
        if answer // 100 == 3:
            self.send_header("Location", "http://127.0.0.1:1/pks/add")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", int(sys.argv[1])), Sink)
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
