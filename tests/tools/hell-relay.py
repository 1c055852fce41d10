#!/usr/bin/env python3
"""Relays from hell: SMTP servers that do what servers must not.

usage: hell-relay.py SEED DEEDS FOLDER NAME[:KIND]...

Prints "NAME PORT" for each and serves until it is killed. A relay misbehaves
at random, but for a seed always alike in kind, until it has done DEEDS of it;
then it is a good one. KIND: tls (offers STARTTLS, most of the time, with
FOLDER/good.pem), small (takes letters of 9000 octets at most, and says so only
sometimes; refuses a key that comes alone the first time), slow (drips its answers).

FOLDER/NAME.log has a line for each event:
    deed STEP WHAT       what it did
    clear COMMAND        said to it in clear, after the greeting
    took ID SUM KEYS     a letter is on its disk: Message-ID, sum of the block
    said ID              its 250 was written whole
and FOLDER/NAME.d/N the letters that it has.
"""
import hashlib, os, random, re, socket, ssl, sys, threading, time

CODES = {"4": b"450 4.2.1 later\r\n", "5": b"550 5.7.1 no\r\n",
         "421": b"421 4.3.2 bye\r\n", "many": b"250 ok\r\n" * 3}
DEEDS = ["4", "4", "5", "421", "many", "drop", "drop", "silent", "line",
         "lines", "noise", "half"]
SMALL = 9000


class Over(Exception):
    pass


class Relay:
    def __init__(self, name, kind, seed, deeds, folder):
        self.name, self.kind, self.deeds = name, kind, deeds
        self.folder = folder
        self.random = random.Random("%s %s" % (seed, name))
        self.lock = threading.Lock()
        self.log = open(os.path.join(folder, name + ".log"), "w", 1)
        self.box = os.path.join(folder, name + ".d")
        os.makedirs(self.box, exist_ok=True)
        self.count = 0
        self.refused = set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]

    def note(self, *words):
        with self.lock:
            self.log.write(" ".join(words) + "\n")

    def chance(self, of):
        with self.lock:
            return self.deeds > 0 and self.random.random() < of

    def deed(self, step, among):
        """What to do instead of a good answer; None: nothing."""
        with self.lock:
            if self.deeds <= 0 or self.random.random() > 0.22:
                return None
            self.deeds -= 1
            what = self.random.choice(among)
            self.log.write("deed %s %s\n" % (step, what))
            return what

    def serve(self):
        while True:
            fd, _ = self.listener.accept()
            fd.settimeout(60)
            threading.Thread(target=self.session, args=(fd,),
                             daemon=True).start()

    def session(self, fd):
        try:
            Session(self, fd).run()
        except (Over, OSError, ssl.SSLError, ValueError):
            pass
        try:
            fd.close()
        except OSError:
            pass


class Session:
    def __init__(self, relay, fd):
        self.r, self.fd, self.secure = relay, fd, False
        self.rest = b""

    def put(self, text):
        if self.r.kind == "slow" and len(text) < 200 and self.r.chance(0.3):
            for i in range(len(text)):
                self.fd.sendall(text[i:i + 1])
                time.sleep(0.003)
        else:
            self.fd.sendall(text)

    def do(self, what):
        """A deed; returns if the session goes on."""
        if what in CODES:
            self.put(CODES[what])
            if what == "421":
                raise Over
            return
        if what == "silent":
            time.sleep(self.r.random.choice([0.2, 1.5]))
        elif what == "line":
            for _ in range(200):
                self.put(b"250-" + b"x" * 1000)
        elif what == "lines":
            self.put(b"250-and so on\r\n" * 3000)
        elif what == "noise":
            self.put(os.urandom(300).replace(b"\n", b"") + b"\r\n")
        elif what == "half":
            self.put(b"25")
        raise Over

    def answer(self, step, good, among=DEEDS):
        what = self.r.deed(step, among)
        if what is None:
            self.put(good)
            return True
        self.do(what)
        return False

    def line(self):
        while b"\n" not in self.rest:
            got = self.fd.recv(4096)
            if not got:
                raise Over
            self.rest += got
        line, self.rest = self.rest.split(b"\n", 1)
        return line.rstrip(b"\r").decode("latin-1")

    def hello(self):
        words = ["hell.example", "DSN"]
        if self.r.kind == "small" and self.r.chance(0.5):
            words.append("SIZE %d" % SMALL)
        if self.r.kind == "tls" and not self.secure:
            if self.r.chance(0.15):
                self.r.note("deed ehlo no-starttls")
            else:
                words.append("STARTTLS")
        return "".join("250%s%s\r\n" % (" " if w is words[-1] else "-", w)
                       for w in words).encode()

    def starttls(self):
        what = self.r.deed("starttls", ["4", "5", "drop", "inject", "clear"])
        if what == "inject":
            # Asked for TLS, it says more than it may.
            self.put(b"220 2.0.0 go\r\n250 ok\r\n250 ok\r\n354 go\r\n")
            return
        if what == "clear":
            self.put(b"220 2.0.0 go\r\n")
            time.sleep(0.3)
            self.put(b"250 and no TLS comes\r\n")
            return
        if what is not None:
            self.do(what)
            return
        self.fd.sendall(b"220 2.0.0 go\r\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.r.folder, "good.pem"),
                                os.path.join(self.r.folder, "good.key"))
        self.fd = context.wrap_socket(self.fd, server_side=True)
        self.secure = True
        self.rest = b""

    def data(self):
        """The letter, or Over half-way through it."""
        stop = self.r.chance(0.08) and self.r.random.randrange(4000)
        if stop:
            self.r.note("deed data drop-in-the-middle")
        size, lines = 0, []
        while True:
            text = self.line()
            if text == ".":
                return lines
            size += len(text) + 2
            lines.append(text[1:] if text.startswith(".") else text)
            if stop and size > stop:
                raise Over

    def take(self, lines):
        text = "\n".join(lines) + "\n"
        key = re.search("^Message-ID: <(.*)>$", text, re.M).group(1)
        keys = int(re.search(r"^X-Keypost-Batch: .*\bkeys=(\d+)", text,
                             re.M).group(1))
        block = text[text.index("-----BEGIN"):]
        if self.r.kind == "small" and len(text) > SMALL:
            self.put(self.r.random.choice([
                b"552 5.3.4 too big\r\n", b"552 5.2.3 too big\r\n",
                b"554 5.3.4 too big\r\n"]))
            self.r.note("deed dot too-big")
            return
        own = hashlib.sha256(block.encode()).digest()
        with self.r.lock:
            new = own not in self.r.refused
            self.r.refused.add(own)
        if self.r.kind == "small" and keys == 1 and new:
            self.put(b"554 5.7.1 not this one\r\n")
            self.r.note("deed dot refused-once")
            return
        # A refusal of one key is for good, until somebody asks for it.
        among = ["4", "421", "drop", "took-drop", "took-4", "took-noise",
                 "silent", "5"]
        what = self.r.deed("dot", among)
        if what is None or what.startswith("took"):
            with self.r.lock:
                self.r.count += 1
                name = os.path.join(self.r.box, "%05d" % self.r.count)
            with open(name, "w") as f:
                f.write(text)
            self.r.note("took", key,
                        hashlib.sha256(block.encode()).hexdigest()[:16],
                        str(keys))
        if what is None:
            self.put(b"250 2.0.0 taken\r\n")
            self.r.note("said", key)
        else:
            self.do(what.replace("took-", ""))

    def run(self):
        self.answer("greeting", b"220 hell.example\r\n")
        while True:
            line = self.line()
            word = line[:4].upper()
            if self.r.kind == "tls" and not self.secure and \
                    word not in ("EHLO", "STAR", "QUIT"):
                self.r.note("clear", line[:60])
            if word in ("EHLO", "HELO"):
                self.answer("ehlo", self.hello())
            elif word == "STAR":
                self.starttls()
            elif word == "MAIL":
                size = re.search(r"SIZE=(\d+)", line)
                if self.r.kind == "small" and size and \
                        int(size.group(1)) > SMALL:
                    self.put(b"552 5.3.4 too big\r\n")
                    self.r.note("deed mail too-big")
                else:
                    self.answer("mail", b"250 2.1.0 ok\r\n")
            elif word == "RCPT":
                self.answer("rcpt", b"250 2.1.5 ok\r\n")
            elif word == "DATA":
                if self.answer("data", b"354 go on\r\n",
                               ["4", "421", "drop", "silent", "line", "half"]):
                    self.take(self.data())
            elif word == "RSET":
                self.answer("rset", b"250 2.0.0 ok\r\n")
            elif word == "QUIT":
                self.put(b"221 2.0.0 bye\r\n")
                raise Over
            else:
                self.put(b"502 5.5.1 what?\r\n")


def main():
    seed, deeds, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    for what in sys.argv[4:]:
        name, _, kind = what.partition(":")
        relay = Relay(name, kind, seed, deeds, folder)
        threading.Thread(target=relay.serve, daemon=True).start()
        print(name, relay.port, flush=True)
    while True:
        time.sleep(3600)


main()
