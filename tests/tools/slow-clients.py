#!/usr/bin/env python3
"""Holds connections to an HKP server that nobody honest would.

    slow-clients.py PORT COUNT SECONDS TARGET

COUNT connections from addresses in 127.1/16, eight from each, of five kinds:
"silent" says nothing, "head" and "body" send an octet of theirs a second,
"idle" had its answer and asks nothing more, "reader" asks for TARGET again and
again and reads nothing. With SECONDS 0 each is held until the server ends it,
or "left" when a minute is over; otherwise what the server ends is opened anew,
until the time is over. "up" goes to standard output once all are open, and
then a line for each kind: how many the server has ended.

The end of a reader cannot be seen from here: what it did not read is before
the end. It closes its connections itself when the others have ended.
"""
import resource
import selectors
import socket
import sys
import time

PATIENCE = 60
KINDS = ("silent", "head", "idle", "body", "reader")
HEAD = b"GET /pks/lookup?op=index&search=" + b"x" * 4000
BODY = b"POST /pks/add HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"

port, count, seconds = (int(a) for a in sys.argv[1:4])
target = sys.argv[4]
ready = selectors.EpollSelector()
ended = dict.fromkeys(KINDS, 0)
held = set()


class Client:
    def __init__(self, number):
        self.number = number
        self.kind = KINDS[number % len(KINDS)]
        self.sent = 0
        self.socket = socket.socket()
        if self.kind == "reader":
            # Short segments, so that the server buffers few of them.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host = number // 8
        self.socket.bind(("127.1.%d.%d" % (host // 250, host % 250 + 1), 0))
        self.socket.connect(("127.0.0.1", port))
        self.socket.setblocking(False)
        get = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"
        self.send({
            "idle": get % b"/healthz",
            "body": BODY,
            "reader": get % target.encode() * 90,
        }.get(self.kind, b""))
        if self.kind != "reader":
            ready.register(self.socket, selectors.EVENT_READ, self)
        held.add(self)

    def send(self, octets):
        try:
            self.socket.send(octets)
        except OSError:
            pass  # a full buffer; or its end, which reading will tell

    def drip(self):
        if self.kind == "head":
            self.send(HEAD[self.sent:self.sent + 1])
        elif self.kind == "body":
            self.send(b"x")
        self.sent += 1

    def is_over(self):
        try:
            while True:
                if not self.socket.recv(65536):
                    return True
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self):
        if self.kind != "reader":
            ready.unregister(self.socket)
        self.socket.close()
        held.remove(self)


def over(client):
    ended[client.kind] += 1
    client.close()
    if seconds:
        Client(client.number)


resource.setrlimit(resource.RLIMIT_NOFILE,
                   (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
for n in range(count):
    Client(n)
print("up", flush=True)
until = time.monotonic() + (seconds or PATIENCE)
next_drip = time.monotonic() + 1
while time.monotonic() < until:
    if not seconds and all(c.kind == "reader" for c in held):
        break
    wait = max(0, min(until, next_drip) - time.monotonic())
    for key, _ in ready.select(wait):
        if key.data in held and key.data.is_over():
            over(key.data)
    if time.monotonic() >= next_drip:
        next_drip += 1
        for client in list(held):
            client.drip()
for kind in KINDS:
    left = sum(c.kind == kind for c in held)
    print("%s ended=%d left=%d" % (kind, ended[kind], left))
