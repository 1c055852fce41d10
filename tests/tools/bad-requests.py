#!/usr/bin/env python3
"""Sends everything that is no request, or a bad one, and reads the answers.

    bad-requests.py PORT LOG ARMORED-KEY SECRET-KEY

Each row: what it is, the octets, the status, words of the answer, a pattern
of the log line, and whether the connection has to end.
"""
import re
import sys
import time

import rawhttp

port, log = int(sys.argv[1]), sys.argv[2]
key = open(sys.argv[3], "rb").read()
secret = open(sys.argv[4], "rb").read()

HOST = b" HTTP/1.1\r\nHost: x\r\n"
ADD = b"POST /pks/add" + HOST
PLAIN = b"Content-Type: text/plain\r\n"
BODY_MAX = 8 << 20


def add(body, kind=PLAIN, extra=b""):
    return ADD + kind + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body


def look(query):
    return b"GET /pks/lookup?" + query + HOST + b"\r\n"


def target(n):
    return b"GET /" + b"a" * (n - 1) + HOST + b"\r\n"


def fields(count, size):
    return (b"GET /healthz HTTP/1.1\r\n" +
            (b"X: " + b"y" * size + b"\r\n") * count + b"\r\n")


BAD = r"event=http bad-request .*reason="
SUSPECT = r"event=http smuggling-suspect reason="
ROWS = [
    # not HTTP, bad version, bad head
    ("another protocol", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 0, "", "", 1),
    ("a line of one word", b"GARBAGE\r\n\r\n", 0, "", "", 1),
    ("a greeting", b"EHLO a.example\r\n\r\n", 400, "", BAD, 1),
    ("HTTP/9.9", b"GET / HTTP/9.9\r\n\r\n", 505, "", BAD, 1),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "", BAD, 1),
    ("http/1.1", b"GET / http/1.1\r\n\r\n", 400, "", BAD, 1),
    ("no version", b"GET /\r\n\r\n", 400, "", BAD, 1),
    ("a field without a colon", b"GET /" + HOST + b"Bad\r\n\r\n", 400, "", BAD,
     1),
    ("a blank before the colon", b"GET /" + HOST + b"A : b\r\n\r\n", 400, "",
     BAD, 1),
    ("a field without a name", b"GET / HTTP/1.1\r\n: b\r\n\r\n", 400,
     "Bad request: ", SUSPECT, 1),
    ("a bare CR in a field", b"GET /" + HOST + b"A: b\rc\r\n\r\n", 400,
     "Bad request: ", SUSPECT, 1),
    # sizes of the head
    ("a target at its limit", target(8192), 404, "", "", 0),
    ("a target over its limit", target(8193), 414, "longer than 8192", BAD, 0),
    ("a target over all memory", target(60000), 414, "", BAD, 1),
    ("100 fields", fields(100, 1), 200, "OK", "", 0),
    ("101 fields", fields(101, 1), 431, "head is too large", BAD, 0),
    ("a head over its limit", fields(17, 1000), 431, "too large", BAD, 0),
    ("a head over all memory", fields(60, 1000), 431, "", BAD, 1),
    # NUL
    ("a NUL in the target", b"GET /healthz\0x" + HOST + b"\r\n", 400,
     "Bad request: ", BAD, 0),
    ("a NUL in a value", b"GET /healthz" + HOST + b"A: b\0c\r\nB: d\r\n\r\n",
     400, "Bad request: a NUL", BAD, 1),
    ("a NUL at the end of a value", b"GET /healthz" + HOST +
     b"A: b\0\r\nB: d\r\n\r\n", 400, "Bad request: a NUL", BAD, 1),
    ("NULs in the last value", b"GET /healthz" + HOST + b"A: \0\0\0\0b\r\n\r\n",
     400, "Bad request: a NUL", BAD, 1),
    ("a length behind a NUL", ADD + b"A: b\0c\nContent-Length: 0\r\n\r\n", 400,
     "Bad request: a NUL", BAD, 1),
    ("a NUL in a name", b"GET /healthz" + HOST + b"A\0B: c\r\n\r\n", 400, "",
     BAD, 1),
    ("a NUL in a line of its own", b"GET /healthz" + HOST + b"\0\r\n\r\n", 400,
     "Bad request: a NUL", BAD, 1),
    ("a later field without a name", b"GET /healthz" + HOST +
     b": b\r\nA: c\r\n\r\n", 400, "Bad request: ", BAD, 1),
    ("a NUL in the version", b"GET /healthz HTTP/1.1\0\r\nHost: x\r\n\r\n", 400,
     "", BAD, 1),
    ("a NUL in the method", b"G\0ET /healthz" + HOST + b"\r\n", 405, "", "", 0),
    ("%00 in the path", b"GET /pks%00/lookup?search=a" + HOST + b"\r\n", 400,
     "Bad request: ", BAD, 0),
    ("%00 in the search", look(b"search=a%00b"), 400, "Bad request: ", BAD, 0),
    # methods, ops, kinds
    ("an unknown method", b"BREW /pks/lookup" + HOST + b"\r\n", 405, "", "", 0),
    ("a method in lower case", b"get /" + HOST + b"\r\n", 405, "", "", 0),
    ("GET of what takes POST", b"GET /pks/add" + HOST + b"\r\n", 405, "", "",
     0),
    ("PUT", b"PUT /pks/add" + HOST + b"Content-Length: 1\r\n\r\nx", 405, "",
     "", 1),
    ("an unknown op", look(b"op=list&search=x"), 400, "Bad request: ", "", 0),
    ("an unknown x-op", look(b"op=x-list&search=x"), 501, "Not implemented", "",
     0),
    ("neither op nor search", look(b""), 400, "Bad request: ", "", 0),
    ("an empty search", look(b"op=get&search=+"), 400, "Bad request: ", "", 0),
    ("a malformed key ID", look(b"op=get&search=0x12"), 400, "Bad request: ",
     "", 0),
    ("words of one letter", look(b"search=a+b"), 400,
     "Insufficiently specific", "", 0),
    ("an unknown path", b"GET /pks/nowhere" + HOST + b"\r\n", 404, "", "", 0),
    # the length of the body
    ("a length and chunks", ADD + b"Content-Length: 5\r\n"
     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "", SUSPECT, 1),
    ("two lengths", ADD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
     400, "", SUSPECT, 1),
    ("two equal lengths", ADD + b"Content-Length: 1\r\n" * 2 + b"\r\na", 400,
     "", SUSPECT, 1),
    ("another coding", ADD + b"Transfer-Encoding: gzip\r\n\r\n", 400, "",
     SUSPECT, 1),
    ("a negative length", ADD + b"Content-Length: -1\r\n\r\n", 400, "", SUSPECT,
     1),
    ("a length that is no number", ADD + b"Content-Length: 1x\r\n\r\n", 400, "",
     SUSPECT, 1),
    ("a length of 2^63", ADD + b"Content-Length: 9223372036854775808\r\n\r\n",
     413, "too large", BAD, 1),
    ("a length of 2^64", ADD + b"Content-Length: 18446744073709551616\r\n\r\n",
     413, "", SUSPECT, 1),
    ("a chunk that is none", ADD + PLAIN + b"Transfer-Encoding: chunked\r\n\r\n"
     b"zz\r\n", 400, "", BAD, 1),
    ("no length", ADD + b"\r\n", 411, "how long", BAD, 0),
    ("one octet too many, announced",
     ADD + b"Content-Length: %d\r\n\r\n" % (BODY_MAX + 1), 413, "too large",
     BAD, 1),
    ("one octet too many, sent", add(bytes(BODY_MAX + 1)), 413, "too large",
     BAD, 1),
    ("all that is allowed", add(b"x" * BODY_MAX), 422, "", "outcome=rejected",
     0),
    # submissions
    ("another media type", add(b"abc", b"Content-Type: image/png\r\n"), 415,
     "application/pgp-keys", "", 0),
    ("no keytext", add(b"a=b", b"Content-Type: "
                       b"application/x-www-form-urlencoded\r\n"), 400,
     "Bad request: no keytext", "event=add outcome=malformed", 0),
    ("an empty body", add(b""), 400, "Bad request: no keytext",
     "event=add outcome=malformed", 0),
    ("JSON that is none", add(b"{", b"Content-Type: application/json\r\n"), 400,
     "Bad request: ", "event=add outcome=malformed", 0),
    ("no key material", add(b"hello"), 422, "", "event=add outcome=rejected",
     0),
    ("armor of nothing", add(
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!!!\n"
        b"-----END PGP PUBLIC KEY BLOCK-----\n"), 422, "Not usable: ",
     "event=add outcome=rejected", 0),
    ("a secret key", add(secret, b""), 422, "secret key",
     "event=add outcome=secret", 0),
    ("a good and a bad one", add(
        key + b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!!!\n"
        b"-----END PGP PUBLIC KEY BLOCK-----\n"), 200, "invalid - ",
     "event=add outcome=partial", 0),
    ("a hashquery that is too large", b"POST /pks/hashquery" + HOST +
     b"Content-Length: 262145\r\n\r\n", 400, "", BAD, 1),
]


def log_has(start, pattern):
    """The line is written before the answer, or as the connection ends."""
    for _ in range(100):
        with open(log, "rb") as f:
            f.seek(start)
            text = f.read().decode("utf-8", "replace")
        if re.search(pattern, text):
            return True, text
        time.sleep(0.05)
    return False, text


def try_row(name, octets, status, words, pattern, ends):
    with open(log, "rb") as f:
        start = f.seek(0, 2)
    link = rawhttp.Link(port)
    link.send(octets)
    a = link.read()
    problems = []
    if a.status != status:
        problems.append("status %d, not %d" % (a.status, status))
    if words and words.encode() not in a.body:
        problems.append("no %r in %r" % (words, a.body[:200]))
    if status == 405 and "OPTIONS" not in a.field("Allow"):
        problems.append("no Allow")
    rest = link.rest() if ends else b""
    if rest is None or b"200 OK" in rest:
        problems.append("the connection goes on: %r" % rest)
    link.close()
    if pattern:
        good, text = log_has(start, pattern)
        if not good:
            problems.append("no log line %s in: %s" % (pattern, text))
        # Lines are dropped beyond ten a second.
        time.sleep(0.25)
    rawhttp.result("%s is %s" % (name, status or "closed"), not problems,
                   "\n".join(problems))


for row in ROWS:
    try_row(*row)
rawhttp.result("the server goes on", rawhttp.get(port, "/healthz").status == 200)
rawhttp.result("%d answers: 200 or an error, never 502 or 504" %
               len(rawhttp.answers), not rawhttp.odd_answers(),
               rawhttp.odd_answers())
