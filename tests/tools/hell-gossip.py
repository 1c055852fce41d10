#!/usr/bin/env python3
"""A gossip partner that misbehaves on request.

hell-gossip.py serve RECON HTTP ADDRESS=FOLDER...
    takes talks, so it asks; FOLDER/mode says how, FOLDER/http how it answers
    /pks/hashquery. Each talk and each request is a line of FOLDER/log.
hell-gossip.py call HTTP TARGET DIGESTS ADDRESS=MODE...
    begins talks with 127.0.0.1:TARGET, from each address, so it answers. Prints
    a line each, "MODE ended", or "MODE never" when the other side did not close
    in two minutes.

Modes of both:
good             an honest partner, that holds the digests of FOLDER/digests
silent, after-config, after-verdict, half-frame
                 nothing more is said from there on
close, close-after-config, close-after-verdict, close-in-frame
                 the connection ends there
long-config      a first frame of 4 GB is announced, and sent
long-frame       the same behind the verdicts
long-verdict     the same as verdict
pairs            a configuration of 100000 pairs
mbar, version, filters, no-port, no-filters
                 that of the configuration is wrong, or missing
refuse           a verdict with 3000 odd characters
prefix           a prefix of 200 bits
garbage          octets by chance, behind the verdicts
unknown          frames of a type that there is not
flood            frames of three octets without end, nothing is read
drip             a frame that comes octet by octet
errors           Error, with a text
elements         sets of digests by chance, without end
bad-elements     elements that are none, without end
Of one that asks:
requests         requests of nodes by chance, without end; answers are read
deaf             the same, and nothing is read
Of one that answers:
sync-fail        nothing is ever solved
full             each answer is 60000 digests by chance

hashquery: good (FOLDER/keys), none, error, redirect, garbage, half, count,
length, other (a key that was not asked for), twice, endless, pour (endless,
too, of a length that nobody tells), stall
"""
import http.server
import os
import random
import socket
import struct
import sys
import threading
import time

POLY, FULL, ELEMENTS, FULL_ELEMENTS, SYNC_FAIL, DONE, FLUSH, ERROR = range(8)
CONFIG = 10
GIVE_UP = 120  # seconds


def u32(n):
    return struct.pack(">I", n)


def string(b):
    return u32(len(b)) + b


def frame(kind, body=b""):
    return u32(len(body) + 1) + bytes([kind]) + body


def elements(digests):
    return u32(len(digests)) + b"".join(d + b"\0" for d in digests)


def by_chance(n):
    return [os.urandom(16) for _ in range(n)]


def config(mode, port):
    pairs = {b"bitquantum": u32(2), b"http port": u32(port), b"mbar": u32(5),
             b"filters": b"yminsky.dedup,yminsky.merge", b"version": b"1.1.6"}
    if mode == "mbar":
        pairs[b"mbar"] = u32(7)
    if mode == "version":
        pairs[b"version"] = b"0.1.4"
    if mode == "filters":
        pairs[b"filters"] = b"yminsky.dedup,nobody.else"
    if mode == "no-port":
        del pairs[b"http port"]
    if mode == "no-filters":
        del pairs[b"filters"]
    if mode == "pairs":
        pairs = {b"%06d" % i: b"x" for i in range(100000)}
    return frame(CONFIG, u32(len(pairs)) + b"".join(
        string(k) + string(v) for k, v in sorted(pairs.items())))


class Busy(Exception):
    """The talk before is not quite over."""


class Talk:
    def __init__(self, sock, mode, port, digests, asks):
        self.sock, self.mode, self.port = sock, mode, port
        self.digests, self.asks = digests, asks
        self.sock.settimeout(GIVE_UP)

    def say(self, octets):
        self.sock.sendall(octets)

    def hear(self, n):
        got = b""
        while len(got) < n:
            more = self.sock.recv(n - len(got))
            if not more:
                raise ConnectionError("closed")
            got += more
        return got

    def hear_string(self):
        return self.hear(struct.unpack(">I", self.hear(4))[0])

    def hear_frame(self):
        f = self.hear_string()
        return f[0], f[1:]

    def wait_for_the_end(self):
        while self.sock.recv(65536):
            pass

    def without_end(self, octets):
        while True:
            self.say(octets())

    def read_on(self):
        def read():
            try:
                self.wait_for_the_end()
            except OSError:
                pass
        threading.Thread(target=read, daemon=True).start()

    def greet(self):
        """False: that was it already."""
        m = self.mode
        if m == "silent":
            self.wait_for_the_end()
        if m == "long-config":
            self.say(b"\xff\xff\xff\xff" + bytes([CONFIG]))
            self.without_end(lambda: b"\0" * 65536)
        if m in ("silent", "close"):
            return False
        self.say(config(m, self.port))
        self.hear_frame()
        if m == "after-config":
            self.wait_for_the_end()
        if m == "long-verdict":
            self.say(b"\xff\xff\xff\xff")
            self.without_end(lambda: b"p" * 65536)
        if m == "refuse":
            self.say(string(b"failed") + string(b"\x1b]no\n\xff" * 500))
        if m in ("after-config", "close-after-config", "refuse"):
            return False
        self.say(string(b"passed"))
        if self.hear_string() == b"failed" and b"another" in self.hear_string():
            raise Busy
        return True

    def misbehave(self):
        """What is the same of who asks and who answers; False: nothing."""
        m = self.mode
        if m == "after-verdict":
            self.wait_for_the_end()
        elif m == "half-frame":
            self.say(frame(POLY, b"\0" * 100)[:50])
            self.wait_for_the_end()
        elif m == "close-in-frame":
            self.say(frame(ELEMENTS, elements(by_chance(9)))[:50])
        elif m == "long-frame":
            self.say(b"\xff\xff\xff\xff" + bytes([ELEMENTS]))
            self.without_end(lambda: b"\0" * 65536)
        elif m == "prefix":
            self.say(frame(POLY, u32(200) + string(b"\0" * 25) + u32(1) +
                           u32(6) + b"\1" * 102) + frame(FLUSH))
            self.wait_for_the_end()
        elif m == "garbage":
            self.without_end(lambda: os.urandom(65536))
        elif m == "unknown":
            self.without_end(lambda: frame(77, b"x" * 1000))
        elif m == "flood":
            self.without_end(lambda: frame(FLUSH) * 10000)
        elif m == "drip":
            for octet in frame(ELEMENTS, elements(by_chance(100))):
                self.say(bytes([octet]))
                time.sleep(0.1)
        elif m == "errors":
            self.say(frame(ERROR, string(b"\x1b\n error" * 100)))
            self.wait_for_the_end()
        elif m == "elements":
            self.without_end(
                lambda: frame(ELEMENTS, elements(by_chance(10000))))
        elif m == "bad-elements":
            self.without_end(lambda: frame(
                ELEMENTS, u32(1000) + b"\xff" * 17000))
        else:
            return m == "close-after-verdict"
        return True

    def ask(self):
        def request():
            bits = random.randrange(10) * 2
            octets = (bits + 7) // 8
            node = int.from_bytes(os.urandom(octets), "big")
            node &= ~((1 << (octets * 8 - bits)) - 1)
            return frame(POLY, u32(bits) + string(
                node.to_bytes(octets, "big")) + u32(50000) + u32(6) +
                b"".join(os.urandom(16) + b"\0" for _ in range(6)))

        if self.mode in ("requests", "deaf"):
            if self.mode == "requests":
                self.read_on()
            self.without_end(lambda: b"".join(
                request() for _ in range(50)) + frame(FLUSH))
        self.say(frame(FULL, u32(0) + string(b"") + elements(self.digests)) +
                 frame(FLUSH))
        kind, _ = self.hear_frame()
        assert kind == ELEMENTS, kind
        self.say(frame(DONE))

    def answer(self):
        while True:
            kind, _ = self.hear_frame()
            if kind == DONE:
                return
            if kind not in (POLY, FULL):
                continue
            if self.mode == "sync-fail":
                self.say(frame(SYNC_FAIL if kind == POLY else ELEMENTS,
                               b"" if kind == POLY else u32(0)))
            elif self.mode == "full":
                self.say(frame(FULL_ELEMENTS if kind == POLY else ELEMENTS,
                               elements(by_chance(60000))))
            elif kind == POLY:
                self.say(frame(FULL_ELEMENTS, elements(self.digests)))
            else:
                self.say(frame(ELEMENTS, elements(self.digests)))

    def run(self):
        """Why it ended."""
        try:
            if not self.greet():
                return "done"
            if not self.misbehave():
                self.ask() if self.asks else self.answer()
            return "done"
        except TimeoutError:
            return "NEVER ENDED"
        except Busy:
            return "busy"
        except (OSError, AssertionError) as e:
            return "ended: %s" % e
        finally:
            self.sock.close()


def word(folder, name):
    try:
        with open(os.path.join(folder, name)) as f:
            return f.read().strip()
    except OSError:
        return ""


def digests_of(path):
    try:
        with open(path) as f:
            return [bytes.fromhex(line) for line in f.read().split()]
    except OSError:
        return []


class Log:
    def __init__(self, folder):
        self.path, self.lock = os.path.join(folder, "log"), threading.Lock()

    def __call__(self, *words):
        with self.lock, open(self.path, "a") as f:
            print(*words, file=f)


class Keys(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        mode = word(self.server.folder, "http") or "none"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = struct.unpack(">I", body[:4])[0]
        self.server.log("hashquery", mode, asked)
        try:
            self.reply(mode, asked)
        except OSError:
            pass
        self.close_connection = True

    def head(self, status, length, extra=()):
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in extra:
            self.send_header(name, value)
        self.end_headers()

    def reply(self, mode, asked):
        with open(os.path.join(self.server.folder, "keys"), "rb") as f:
            key = string(f.read())
        replies = {
            "good": u32(1) + key + b"\r\n",
            "none": u32(0) + b"\r\n",
            "garbage": os.urandom(100000),
            "half": u32(2) + key + key[:100],
            "count": u32(0xffffffff) + key,
            "length": u32(1) + u32(0xfffffff0) + key,
            "other": u32(1) + key + b"\r\n",
            "twice": u32(2 * asked) + key * (2 * asked) + b"\r\n",
        }
        if mode in replies:
            self.head(200, len(replies[mode]))
            self.wfile.write(replies[mode])
        elif mode == "error":
            self.head(500, 0)
        elif mode == "redirect":
            self.head(302, 0, [("Location", "http://127.0.0.1:1/")])
        elif mode in ("endless", "pour"):
            self.head(200, 1 << 40 if mode == "endless" else None)
            self.wfile.write(u32(asked))
            while True:
                self.wfile.write(b"\0" * 65536)
        else:
            self.head(200, 1000)
            time.sleep(GIVE_UP)

    def log_message(self, *_):
        pass


class Threads(http.server.ThreadingHTTPServer):
    daemon_threads = True


def take(door, port, folder, log):
    while True:
        sock, _ = door.accept()
        mode = word(folder, "mode") or "good"
        digests = digests_of(os.path.join(folder, "digests"))

        def run(sock=sock, mode=mode, digests=digests):
            log("talk", mode, Talk(sock, mode, port, digests, True).run())
        threading.Thread(target=run, daemon=True).start()


def serve(recon, port, *places):
    for place in places:
        address, folder = place.split("=", 1)
        log = Log(folder)
        web = Threads((address, int(port)), Keys)
        web.folder, web.log = folder, log
        door = socket.create_server((address, int(recon)))
        for target, args in ((web.serve_forever, ()),
                             (take, (door, int(port), folder, log))):
            threading.Thread(target=target, args=args, daemon=True).start()
    threading.Event().wait()


def call_once(address, port, target, mode, digests):
    sock = socket.create_connection(("127.0.0.1", int(target)), GIVE_UP,
                                    (address, 0))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Talk(sock, mode, int(port), digests, False).run()


def call(port, target, path, *places):
    for place in places:
        address, mode = place.split("=", 1)
        for _ in range(100):
            why = call_once(address, port, target, mode, digests_of(path))
            if why != "busy":
                break
            time.sleep(0.1)
        print(mode, "never" if why == "NEVER ENDED" else "ended", why,
              flush=True)


if __name__ == "__main__":
    {"serve": serve, "call": call}[sys.argv[1]](*sys.argv[2:])
