#!/usr/bin/env python3
"""What a request may look like, and which form an error has.

    good-requests.py PORT PID FPR

FPR is a certificate that the server holds; PID is the server's.
"""
import json
import os
import sys
import time

import rawhttp

port, pid, fpr = int(sys.argv[1]), sys.argv[2], sys.argv[3]
# A sanitizer keeps what was given back.
sanitized = os.environ.get("KEYPOST_SANITIZER", "no") != "no"
HOST = b" HTTP/1.1\r\nHost: x\r\n"
BODY_MAX = 8 << 20


def check(name, got, want):
    rawhttp.result(name, got == want, "%r, not %r" % (got, want))


def get(target, fields=b"", version=HOST, method=b"GET "):
    return rawhttp.ask(port, method + target + version + fields + b"\r\n")


# ---- errors: status, words, and the same in each form -------------------------

ERRORS = [
    (b"op=list&search=x", 400, "Bad request: "),
    (b"op=get&search=0x12", 400, "Bad request: "),
    (b"op=index&search=a+b", 400, "Insufficiently specific"),
    (b"op=get&search=nobody%40a.example", 404, "No keys found"),
    (b"op=x-list&search=x", 501, "Not implemented"),
    (b"op=index&search=%40a.example", 501, "Not implemented"),
]
FORMS = [
    ("text", b"", b"", "text/plain; charset=UTF-8"),
    ("mr beside HTML", b"&options=mr", b"Accept: text/html\r\n",
     "text/plain; charset=UTF-8"),
    ("HTML", b"", b"Accept: text/html,*/*;q=0.8\r\n",
     "text/html; charset=UTF-8"),
    ("JSON", b"&options=json", b"", "application/json"),
]
EVERYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers":
        "ETag, Retry-After, X-HKP-Results-Count",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Credentials": "",
    "Set-Cookie": "",
    "Transfer-Encoding": "",
    "Last-Modified": "",
}


def check_headers(a):
    problems = ["%s: %s" % (k, a.field(k)) for k, v in EVERYWHERE.items()
                if a.field(k) != v]
    for name in ("Date", "Content-Length", "Cache-Control"):
        if len(a.all(name)) != 1:
            problems.append("%d of %s" % (len(a.all(name)), name))
    if not a.field("Server").startswith("keypost/"):
        problems.append("Server: " + a.field("Server"))
    if a.field("Content-Length") != str(len(a.body)):
        problems.append("another length")
    return problems


def shape_problems(form, a, words):
    if form == "JSON":
        text = json.loads(a.body)["error"]
    elif form == "HTML":
        text = a.text()
        if not text.startswith("<!DOCTYPE html>") or "<h1" not in text:
            return ["no page"]
    else:
        text = a.text()
        if text.count("\n") != 1 or not text.endswith("\n") or "\r" in text:
            return ["not one line: %r" % text]
        if not text.startswith(("Bad request: ", "No keys found",
                                "Not implemented: ")):
            return ["begins otherwise: %r" % text]
    return [] if words in text else ["no %r in %r" % (words, text)]


for query, status, words in ERRORS:
    for form, option, fields, kind in FORMS:
        a = get(b"/pks/lookup?" + query + option, fields)
        problems = check_headers(a) + shape_problems(form, a, words)
        if (a.status, a.field("Content-Type")) != (status, kind):
            problems.append("%d %s" % (a.status, a.field("Content-Type")))
        rawhttp.result("%s as %s is %d" % (query.decode(), form, status),
                       not problems, "\n".join(problems))
a = get(b"/pks/lookup?op=get&search=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        b"Accept: text/html\r\n")
rawhttp.result("what was asked is escaped in the page of an error",
               b"<script" not in a.body and a.status in (400, 404), a.body[:400])

# ---- targets --------------------------------------------------------------------

FOUND = b"op=get&options=mr&search=0x" + fpr.encode()
TARGETS = [
    ("a trailing slash", b"/pks/lookup/?" + FOUND, 200),
    ("an escaped letter", b"/pks/%6Cookup?" + FOUND, 200),
    ("an escaped slash is data", b"/pks%2Flookup?" + FOUND, 404),
    ("the fields in any order", b"/pks/lookup?search=0x" + fpr.encode() +
     b"&x=y&options=mr&op=get", 200),
    ("the first of two counts", b"/pks/lookup?" + FOUND + b"&search=0x0", 200),
    ("a lone percent sign", b"/pks/lookup?search=100%+alice&op=index", 404),
    ("raw angle brackets and @", b"/pks/lookup?op=get&search="
     b"Alice%20Example%20<alice@example.test>", 200),
    ("raw quotes, bars and carets", b"/pks/lookup?op=get&search="
     b"\"alice\"|^`example`^|", 200),
    ("raw octets above 0x7F, UTF-8",
     "/pks/lookup?op=get&search=Jörg".encode(), 200),
    ("raw octets above 0x7F, Latin-1",
     "/pks/lookup?op=get&search=Jörg".encode("latin-1"), 200),
    ("the address of a proxy", b"http://x/pks/lookup?" + FOUND, 200),
]
for name, target, status in TARGETS:
    check(name, get(target).status, status)

# ---- versions and connections -----------------------------------------------------

a = get(b"/healthz", version=b" HTTP/1.0\r\n")
check("HTTP/1.0 without Host", (a.status, a.body), (200, b"OK\n"))
check("HTTP/1.1 without Host", get(b"/healthz", version=b" HTTP/1.1\r\n").status,
      200)


def goes_on(version, fields, method=b"GET "):
    """Is there an answer to a second request?"""
    link = rawhttp.Link(port)
    first = method + b"/healthz" + version + fields + b"\r\n"
    link.send(first)
    a = link.read(method == b"HEAD ")
    try:
        link.send(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
        b = link.read()
    except OSError:
        return a.status, 0
    return a.status, b.status


check("HTTP/1.1 keeps the connection", goes_on(HOST, b""), (200, 200))
check("after HEAD, too", goes_on(HOST, b"", b"HEAD "), (200, 200))
check("Connection: close ends it", goes_on(HOST, b"Connection: close\r\n"),
      (200, 0))
check("so does HTTP/1.0", goes_on(b" HTTP/1.0\r\n", b""), (200, 0))

# ---- bodies -------------------------------------------------------------------------

ADD = b"POST /pks/add" + HOST + b"Content-Type: text/plain\r\n"


def expect(length):
    link = rawhttp.Link(port)
    link.send(ADD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" %
              length)
    a = link.read(interim=True)
    if a.status != 100:
        return [a.status]
    link.send(b"x" * length)
    return [a.status, link.read().status]


check("Expect: 100-continue is told to go on", expect(5), [100, 422])
check("or not to, when the body is too large", expect(BODY_MAX + 1), [413])


def resident():
    with open("/proc/%s/status" % pid) as f:
        return [int(x.split()[1]) for x in f if x.startswith("VmHWM")][0]


before = resident()
links = [rawhttp.Link(port) for _ in range(8)]
for link in links:
    link.send(ADD + b"Content-Length: %d\r\n\r\n" % (BODY_MAX + 1))
early = [link.read() for link in links]
check("413 comes before the body was sent", [a.status for a in early],
      [413] * 8)
for link in links:
    try:
        for _ in range(8):
            link.send(bytes(1 << 20))
    except OSError:
        pass
time.sleep(0.2)
grown = resident() - before
rawhttp.result("and none of it was kept: under 8 MiB for 64 MiB",
               grown < 8192, "%d KiB" % grown)



# Chunks tell no length: they are kept until they are too many, but no more of
# all of them than max_bodies, which is 16 MiB here, and not for the next crowd.
def send_chunks():
    links = [rawhttp.Link(port) for _ in range(16)]
    for link in links:
        link.send(ADD + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(9):
        for link in links:
            try:
                link.send(b"100000\r\n" + bytes(1 << 20) + b"\r\n")
            except OSError:
                pass
    return {link.read().status for link in links}


with open("/proc/%s/clear_refs" % pid, "w") as f:
    f.write("5")  # the peak is begun anew
before = resident()
late = send_chunks() | send_chunks()
rawhttp.result("chunks that are too many are 413, or 503 while others come",
               late <= {413, 503}, late)
grown = resident() - before
rawhttp.result("all that is kept of 288 MiB is what max_bodies allows",
               sanitized or grown < 28 << 10, "%d KiB" % grown)
rawhttp.result("%d answers: 200 or an error, never 502 or 504" %
               len(rawhttp.answers), not rawhttp.odd_answers(),
               rawhttp.odd_answers())
