#!/usr/bin/env python3
"""secret-in-memory.py PORT PID SECRET ARMORED: what stays of a secret key.

SECRET and ARMORED are one key as gpg exports it without a passphrase. It is
submitted in each wrapping, the last octets late: before those it has to be
in the server's memory, or nothing is proved; after the answer it may not.
"""
import re
import socket
import sys
import time
import urllib.parse

port, pid = int(sys.argv[1]), sys.argv[2]
secret, armored = (open(p, "rb").read() for p in sys.argv[3:5])
CHUNK = 1 << 20


def needles():
    """Of the secret number itself, and of the text it was written in."""
    n = (1, 2, 4)[secret[0] & 3]
    end = 1 + n + int.from_bytes(secret[1:1 + n], "big")
    text = max(re.findall(rb"[0-9A-Za-z]+", b"\n".join(
        x for x in armored.split(b"\n") if len(x) == 64)), key=len)
    return [secret[end - 26:end - 2], text]


def maps():
    with open("/proc/%s/maps" % pid) as f:
        for line in f:
            m = re.match(r"([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \S+\s*(.*)",
                         line)
            if m and m[3] not in ("[vvar]", "[vsyscall]"):
                yield int(m[1], 16), int(m[2], 16)


def count():
    """How often one of them is there."""
    found = 0
    with open("/proc/%s/mem" % pid, "rb", 0) as mem:
        for start, end in maps():
            tail = b""
            try:
                mem.seek(start)
                while start < end:
                    part = mem.read(min(CHUNK, end - start))
                    if not part:
                        break
                    start += len(part)
                    for n in needles():
                        found += (tail[-len(n) + 1:] + part).count(n)
                    tail = part
            except OSError:
                continue  # of a device, or gone meanwhile
    return found


def until(wanted):
    """The server works meanwhile; what it ends with is what counts."""
    for _ in range(100):
        if wanted(count()):
            return True
        time.sleep(0.05)
    return False


MULTI = b"--x\r\nContent-Disposition: form-data; name=\"keytext\"\r\n\r\n"
WRAPPINGS = [
    ("packets", "application/pgp-keys", secret + bytes(3)),
    ("text", "text/plain", armored + b"\n\n\n"),
    ("a form", "application/x-www-form-urlencoded",
     b"keytext=" + urllib.parse.quote_plus(armored).encode() + b"&a="),
    ("a file in a form", "multipart/form-data; boundary=x",
     MULTI + secret + b"\r\n--x--\r\n"),
    ("JSON", "application/json", b'{"keytext":"' +
     armored.replace(b"\n", b"\\n") + b'"} \n'),
]
try:
    count()
except PermissionError:
    print("memory cannot be read")
    sys.exit(2)
for name, kind, body in WRAPPINGS:
    link = socket.create_connection(("127.0.0.1", port), 30)
    link.sendall(b"POST /pks/add HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n"
                 b"Content-Length: %d\r\n\r\n" % (kind.encode(), len(body)) +
                 body[:-3])
    here = until(lambda n: n > 0)
    link.sendall(body[-3:])
    answer = link.recv(4096)
    good = here and b" 422 " in answer[:13] and until(lambda n: n == 0)
    print("%s - a secret key as %s is in no memory after it was refused" % (
        "ok" if good else "not ok", name))
    if not good:
        print("while it was sent: %s; %r; after it: %d" % (
            here, answer[:40], count()))
    link.close()
