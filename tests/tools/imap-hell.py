#!/usr/bin/env python3
"""imap-hell.py PORT FOLDER: an IMAP server that misbehaves on request.

FOLDER/letters/NAME are the messages, in order of name; FOLDER/modes names
what each connection gets, a line each, taken from the top; where it is empty,
or missing, a connection is refused by a BYE. Each command is appended to
FOLDER/log as "MODE COMMAND". Modes:

good            a server as it should be, with UIDPLUS and IDLE
plain           the same without either
endless-line    an answer's line does not end
endless-answer  an answer's lines do not end
huge-literal    a body of 4 GB is announced and sent
bad-literal     a literal's length is no number
lying-size      a body of 20 MB that RFC822.SIZE said was small
wrong-tag       answers bear another tag
deep            parentheses nested without end
drop-greeting, drop-literal, drop-store
                the connection ends there
refuse-store    UID STORE is answered NO
new-uids        good, under another UIDVALIDITY
many            SEARCH tells a million UIDs that are not there
stall-store     UID STORE is never answered
preauth         the greeting says that we are logged in
"""
import os
import re
import socket
import sys
import threading

folder = sys.argv[2]
validity = 1000
gone = set()
lock = threading.Lock()


def letters():
    names = sorted(os.listdir(os.path.join(folder, "letters")))
    return [(int(n), os.path.join(folder, "letters", n)) for n in names
            if int(n) not in gone]


def next_mode():
    path = os.path.join(folder, "modes")
    with lock:
        try:
            with open(path) as f:
                lines = f.read().split()
        except OSError:
            lines = []
        if not lines:
            return None
        with open(path + ".new", "w") as f:
            f.write("\n".join(lines[1:]) + "\n")
        os.rename(path + ".new", path)
        return lines[0]


def waiting():
    try:
        with open(os.path.join(folder, "modes")) as f:
            return bool(f.read().split())
    except OSError:
        return False


class Session:
    def __init__(self, conn, mode):
        self.conn = conn
        self.mode = mode
        self.f = conn.makefile("rwb")

    def log(self, text):
        with lock, open(os.path.join(folder, "log"), "a") as f:
            f.write("%s %s\n" % (self.mode, text))

    def say(self, line):
        self.f.write(line.encode() + b"\r\n")
        self.f.flush()

    def forever(self, piece):
        while True:
            self.f.write(piece)
            self.f.flush()

    def list(self):
        return letters() if self.mode not in ("many",) else []

    def capability(self):
        words = "IMAP4rev1"
        if self.mode != "plain":
            words += " UIDPLUS IDLE"
        self.say("* CAPABILITY " + words)

    def select(self):
        self.say("* FLAGS (\\Seen \\Deleted)")
        have = self.list()
        self.told = len(have)
        many = 1000 if self.mode == "many" else len(have)
        self.say("* %d EXISTS" % many)
        self.say("* OK [UIDVALIDITY %d] ." % validity)
        self.say("* OK [UIDNEXT %d] ." % (have[-1][0] + 1 if have else 1))
        return "OK [READ-WRITE]"

    def search(self, args):
        low = int(re.search(r"UID (\d+):", args).group(1))
        if self.mode == "endless-line":
            self.f.write(b"* SEARCH")
            self.forever(b" 1" * 1000)
        if self.mode == "many":
            self.say("* SEARCH " + " ".join(map(str, range(1, 10 ** 6))))
            return "OK"
        uids = [u for u, _ in self.list() if u >= low]
        self.say("* SEARCH " + " ".join(map(str, uids)))
        return "OK"

    def fetch(self, args):
        spec = args.split(" ")[0]
        want = set()
        for part in spec.split(","):
            ends = part.split(":")
            want.update(range(int(ends[0]), int(ends[-1]) + 1))
        for n, (uid, path) in enumerate(self.list(), 1):
            if uid in want:
                self.item(n, uid, path, "BODY" in args)
        return "OK"

    def item(self, n, uid, path, body):
        data = open(path, "rb").read().replace(b"\n", b"\r\n")
        if not body:
            if self.mode == "endless-answer":
                self.forever(b"* 1 FETCH (FLAGS ())\r\n" * 100)
            if self.mode == "deep":
                self.f.write(b"* 1 FETCH (UID 1 BODYSTRUCTURE ")
                self.forever(b"(" * 1000)
            self.say("* %d FETCH (UID %d RFC822.SIZE %d FLAGS ())" %
                     (n, uid, len(data)))
            return
        size = str(len(data))
        if self.mode == "huge-literal":
            size = "4000000000"
        elif self.mode == "bad-literal":
            size = "many"
        elif self.mode == "lying-size":
            data = data + b"x" * 20000000
            size = str(len(data))
        self.f.write(b"* %d FETCH (UID %d BODY[] {%s}\r\n" %
                     (n, uid, size.encode()))
        if self.mode == "huge-literal":
            self.forever(b"x" * 65536)
        if self.mode == "drop-literal":
            self.f.write(data[:len(data) // 2])
            self.f.flush()
            raise OSError("dropped")
        self.f.write(data)
        self.say(")")

    def idle(self):
        self.say("+ idling")
        self.conn.settimeout(0.2)
        line = b""
        while b"\n" not in line:
            try:
                some = self.conn.recv(100)
                if not some:
                    raise OSError("gone")
                line += some
            except socket.timeout:
                # The test wants the next connection.
                if waiting():
                    raise OSError("next")
                if len(self.list()) != self.told:
                    self.told = len(self.list())
                    self.say("* %d EXISTS" % self.told)
        self.conn.settimeout(None)
        return "OK"

    def uid(self, word, args):
        if word == "SEARCH":
            return self.search(args)
        if word == "FETCH":
            return self.fetch(args)
        uids = [int(u) for u in re.findall(r"\d+", args.split(" ")[0])]
        if word == "STORE" and self.mode == "refuse-store":
            return "NO not here"
        if word == "STORE" and self.mode == "stall-store":
            self.conn.recv(1)
            raise OSError("gone")
        if word == "STORE" and self.mode == "drop-store":
            raise OSError("dropped")
        if word == "EXPUNGE":
            gone.update(uids)
            self.told -= len(uids)
        return "OK"

    def command(self, tag, word, args):
        answer = "OK"
        if word == "CAPABILITY":
            self.capability()
        elif word == "SELECT":
            answer = self.select()
        elif word == "IDLE":
            answer = self.idle()
        elif word == "UID":
            sub, _, rest = args.partition(" ")
            answer = self.uid(sub.upper(), rest)
        elif word == "LOGOUT":
            self.say("* BYE")
        self.say("%s %s done" % (
            "zz9" if self.mode == "wrong-tag" else tag, answer))
        return word != "LOGOUT"

    def run(self):
        if self.mode == "drop-greeting":
            return
        self.say("* PREAUTH hi" if self.mode == "preauth" else "* OK hi")
        while True:
            line = self.f.readline().decode("latin-1").rstrip("\r\n")
            if not line:
                return
            tag, _, rest = line.partition(" ")
            word, _, args = rest.partition(" ")
            shown = "LOGIN" if word.upper() == "LOGIN" else rest
            self.log(shown)
            if not self.command(tag, word.upper(), args):
                return


def serve(conn):
    global validity
    mode = next_mode()
    session = Session(conn, mode)
    try:
        if mode is None:
            session.say("* BYE nothing for you")
            return
        if mode == "new-uids":
            validity += 1
        session.log("CONNECT")
        session.run()
    except (OSError, ValueError, AttributeError) as e:
        session.log("END %s" % e)
    finally:
        try:
            conn.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        conn.close()


def main():
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", int(sys.argv[1])))
    server.listen(16)
    while True:
        conn, _ = server.accept()
        threading.Thread(target=serve, args=(conn,), daemon=True).start()


main()
