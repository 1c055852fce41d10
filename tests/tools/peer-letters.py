#!/usr/bin/env python3
"""Offers letters to a server as its peers, and others in their names, would.

    peer-letters.py LMTP-PORT LOG LETTER KEYS TAG

LETTER is one that the peer "a" signed and sent. KEYS holds 000000.asc and so
on. LOG is the server's, in which each letter's line says what was proven.
Prints "ok - NAME" or "not ok - NAME". Knows nothing of keypost.
"""
import os
import re
import smtplib
import sys
import time

port, log, letter, keys, tag = sys.argv[1:6]
count = 0


def say(good, name, more=""):
    print("%s - %s" % ("ok" if good else "not ok", name))
    if not good:
        print("\n".join("# " + line for line in str(more).split("\n")))


def lines():
    with open(log, encoding="utf-8") as f:
        return [line for line in f if " event=letter " in line and
                "source=" in line and "suppressed" not in line]


def offer(sender, octets):
    """The code that the server says, and what its log says of the letter."""
    before = len(lines())
    try:
        with smtplib.LMTP("127.0.0.1", int(port), timeout=90) as s:
            s.sendmail(sender, ["pks@b.example"], octets)
        code = 250
    except smtplib.SMTPDataError as e:
        code = e.smtp_code
    except smtplib.SMTPRecipientsRefused as e:
        code = list(e.recipients.values())[0][0]
    end = time.monotonic() + 10
    while len(lines()) == before and time.monotonic() < end:
        time.sleep(0.02)
    got = lines()[before:]
    return code, dict(re.findall(r"(\w+)=(\S+)", got[0])) if got else {}


def key():
    global count
    count += 1
    with open(os.path.join(keys, "%06d.asc" % count), "rb") as f:
        return f.read()


def plain(peer, to="pks@b.example", fields=""):
    head = ("%sTo: %s\r\nFrom: pks@%s.example\r\nSubject: incremental\r\n"
            "X-KeyServer-Sent: pks@%s.example\r\nMessage-ID: <%d@%s.example>"
            "\r\n\r\n" % (fields, to, peer, peer, count, peer))
    time.sleep(0.15)  # ten lines of the log a second are written
    return offer("pks@%s.example" % peer,
                 head.encode() + key().replace(b"\n", b"\r\n"))


def is_judged(name, answer, verdict, peer):
    code, line = answer
    say(code == 250 and line.get("auth") == verdict and
        line.get("peer") == peer and line.get("outcome") == "taken",
        name, answer)


# ---- hmac ------------------------------------------------------------------
signed = open(letter, "rb").read().replace(b"\n", b"\r\n")
other_id = re.sub(rb"(?m)^Message-ID: .*\r$", b"Message-ID: <copy@x>\r", signed)
is_judged("a letter that was taken proves nothing a second time",
          offer("pks@a.example", signed), "listed", "a")
is_judged("nor does a copy under another id",
          offer("mallory@bad.example", other_id), "listed", "a")
forged = re.sub(rb"; h=.", b"; h=x", re.sub(rb"<copy@x>", b"<forged@x>",
                                            other_id))
is_judged("a letter with a changed signature proves nothing",
          offer("pks@a.example", forged), "none", "a")
is_judged("nor does one without a signature", plain("a"), "none", "a")

# ---- transport ---------------------------------------------------------------
is_judged("the address with the tag is a proof",
          plain("c", "pks+%s@b.example" % tag), "proven", "c")
is_judged("also as the mail server writes it",
          plain("c", fields="Delivered-To: pks+%s@b.example\r\n" % tag),
          "proven", "c")
is_judged("another tag is none",
          plain("c", "pks+%s@b.example" % tag[::-1]), "none", "c")
is_judged("nor is the name alone", plain("c"), "none", "c")

# ---- auth-results ------------------------------------------------------------
PASS = "Authentication-Results: %s;\r\n dkim=%s header.d=%s\r\n"
is_judged("what our mail server has verified is proven",
          plain("d", fields=PASS % ("mx.b.example", "pass", "d.example")),
          "proven", "d")
is_judged("what another says it has is not",
          plain("d", fields=PASS % ("mx.bad.example", "pass", "d.example")),
          "none", "d")
is_judged("nor what ours found to be another's",
          plain("d", fields=PASS % ("mx.b.example", "pass", "bad.example")),
          "none", "d")
is_judged("nor what stands below our server's own word",
          plain("d", fields=PASS % ("mx.b.example", "fail", "d.example") +
                PASS % ("mx.b.example", "pass", "d.example")), "none", "d")
is_judged("nor the name alone", plain("d"), "none", "d")

# ---- what a flood in a peer's name costs the peer ------------------------------
# Nobody waits for lines of the log here: codes tell.
codes = []
with smtplib.LMTP("127.0.0.1", int(port), timeout=90) as s:
    for i in range(100):
        text = ("To: pks@b.example\r\nFrom: pks@c.example\r\nSubject: "
                "incremental\r\nMessage-ID: <flood%d@x>\r\n\r\n" % i).encode()
        try:
            s.sendmail("pks@c.example", ["pks@b.example"],
                       text + key().replace(b"\n", b"\r\n"))
            codes.append(250)
        except smtplib.SMTPException as e:
            codes.append(getattr(e, "smtp_code", 0))
            if codes[-1] == 0:
                codes[-1] = list(e.recipients.values())[0][0]
say(codes.count(250) <= 60 and set(codes) == {250, 451},
    "a flood in its name gets a stranger's rate", codes)
time.sleep(1.2)
is_judged("the peer itself is heard all the same",
          plain("c", "pks+%s@b.example" % tag), "proven", "c")
