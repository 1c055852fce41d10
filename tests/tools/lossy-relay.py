#!/usr/bin/env python3
"""A mail relay for tests that loses letters by a seeded choice.

usage: lossy-relay.py TO-PORT LOSS-FILE SEED [LOG [KEEP]]

Takes letters by LMTP on a port of 127.0.0.1, which it prints, says 250 to
each, and hands it on to TO-PORT, also by LMTP, or loses it: in as many of a
hundred cases as LOSS-FILE says at that moment. "hold" there keeps letters
back until it says something else, and hands them on in the reverse order.
A letter that TO-PORT does not take at once is tried again. LOG gets a line
for each letter: what became of it, its size and subject. KEEP is the last
letter of repair that was handed on, whole.
"""
import os
import random
import smtplib
import socketserver
import sys
import threading
import time

to_port, loss_file, seed = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
log = open(sys.argv[4], "a", buffering=1) if len(sys.argv) > 4 else sys.stderr
keep = sys.argv[5] if len(sys.argv) > 5 else None
choice = random.Random(seed)
lock = threading.Lock()
held = []


def loss():
    with open(loss_file) as f:
        return f.read().strip() or "0"


def hand_on(sender, recipient, letter):
    while True:
        try:
            with smtplib.LMTP("127.0.0.1", to_port) as relay:
                relay.sendmail(sender, [recipient], letter)
            return
        except (OSError, smtplib.SMTPException):
            time.sleep(0.2)


def release():
    """What was held goes on, the last one first, when it may."""
    while True:
        time.sleep(0.1)
        if loss() == "hold":
            continue
        with lock:
            letters = held[::-1]
            held.clear()
        for letter in letters:
            hand_on(*letter)


def fate_of(letter):
    now = loss()
    if now == "hold":
        with lock:
            held.append(letter)
        return "held"
    with lock:
        lost = choice.random() * 100 < float(now)
    if not lost:
        hand_on(*letter)
    return "lost" if lost else "passed"


def keep_letter(letter):
    with lock:
        with open(keep + ".new", "wb") as f:
            f.write(letter)
        os.replace(keep + ".new", keep)


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def read_letter(self):
        lines = []
        while True:
            line = self.rfile.readline()
            if not line:
                return None
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)

    def handle(self):
        sender = recipient = ""
        self.say("220 lossy LMTP")
        for raw in self.rfile:
            line = raw.decode("latin-1").strip()
            verb = line[:4].upper()
            if verb == "LHLO":
                self.say("250 lossy")
            elif verb == "MAIL":
                sender = line[line.index("<") + 1 : line.index(">")]
                self.say("250 ok")
            elif verb == "RCPT":
                recipient = line[line.index("<") + 1 : line.index(">")]
                self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                letter = self.read_letter()
                if letter is None:
                    return
                fate = fate_of((sender, recipient, letter))
                head = letter.split(b"\r\n\r\n")[0].decode("latin-1")
                subject = [h for h in head.split("\r\n") if h[:9] == "Subject: "]
                if keep and fate == "passed" and subject[0][9:] == "repair":
                    keep_letter(letter)
                log.write(f"{fate} {len(letter)} {subject[0][9:]}\n")
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


server = Server(("127.0.0.1", 0), Session)
threading.Thread(target=release, daemon=True).start()
print(server.server_address[1], flush=True)
server.serve_forever()
