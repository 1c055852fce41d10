#!/usr/bin/env python3
"""Offers letters to a server as its peers, and others in their names, would.

    peer-letters.py LMTP-PORT LOG LETTER KEYS TAG HOME

LETTER is one that the peer "a" signed and sent. KEYS holds 000000.asc and so
on. HOME is a GnuPG home with the keys "Peer e" and "Mallory". LOG is the server's, in which each letter's line says what was proven.
Prints "ok - NAME" or "not ok - NAME". Knows nothing of keypost.
"""
import os
import re
import smtplib
import subprocess
import sys
import time

port, log, letter, keys, tag, home = sys.argv[1:7]
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

# ---- openpgp -----------------------------------------------------------------
def signed_letter(who, text=False, change=None, line_end=b"\r\n", more=b""):
    """multipart/signed as mail programs make it (RFC 3156)."""
    part = b"Content-Type: application/pgp-keys\r\n\r\n" + key().replace(
        b"\n", b"\r\n").rstrip()
    signature = subprocess.run(
        ["gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", "",
         "--armor", "--local-user", who, "--detach-sign"] +
        (["--textmode"] if text else []), input=part, check=True,
        capture_output=True, env=dict(os.environ, GNUPGHOME=home)).stdout
    if change:
        part = change(part)
    head = ("To: pks@b.example\r\nFrom: pks@e.example\r\nSubject: incremental"
            "\r\nX-KeyServer-Sent: pks@e.example\r\nMIME-Version: 1.0\r\n"
            "Message-ID: <%d@e.example>\r\nContent-Type: multipart/signed; "
            "micalg=pgp-sha256;\r\n protocol=\"application/pgp-signature\"; "
            "boundary=\"=-=\"\r\n\r\n" % count).encode()
    letter = (head + b"--=-=\r\n" + part + b"\r\n--=-=\r\n" + more +
              b"Content-Type: application/pgp-signature\r\n\r\n" +
              signature.replace(b"\n", b"\r\n") + b"\r\n--=-=--\r\n")
    time.sleep(0.15)
    return letter.replace(b"\r\n", line_end)


def from_e(letter, sender="pks@e.example"):
    return offer(sender, letter)


good = signed_letter("Peer e")
is_judged("a letter signed by the pinned key is proven", from_e(good),
          "proven", "e")
is_judged("a copy of it proves nothing more", from_e(
    good.replace(b"Message-ID: <", b"Message-ID: <x")), "listed", "e")
is_judged("nor one with other words in the signature's armor", from_e(
    good.replace(b"Message-ID: <", b"Message-ID: <y").replace(
        b"SIGNATURE-----\r\n\r\n", b"SIGNATURE-----\r\nComment: x\r\n\r\n")),
    "listed", "e")
is_judged("a signature of the text kind is as good",
          from_e(signed_letter("Peer e", text=True)), "proven", "e")
is_judged("and one in lines that end otherwise",
          from_e(signed_letter("Peer e", line_end=b"\n")), "proven", "e")
is_judged("another's key proves nothing",
          from_e(signed_letter("Mallory")), "none", "e")
is_judged("nor a signature of something else", from_e(signed_letter(
    "Peer e", change=lambda p: p.replace(b"pgp-keys", b"pgp-keys; x=y"))),
    "none", "e")
is_judged("nor one beside a part that it is not of", from_e(signed_letter(
    "Peer e", more=b"Content-Type: text/plain\r\n\r\nx\r\n--=-=\r\n")),
    "none", "e")
is_judged("nor the name alone", plain("e"), "none", "e")

# ---- what a flood in a peer's name costs the peer ------------------------------
# Nobody waits for lines of the log here: codes tell.
codes = []
began = time.monotonic()
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
# Sixty at once, and one more each second.
allowed = 60 + int(time.monotonic() - began) + 1
say(codes.count(250) <= min(allowed, 99) and set(codes) == {250, 451},
    "a flood in its name gets a stranger's rate", codes)
time.sleep(1.2)
is_judged("the peer itself is heard all the same",
          plain("c", "pks+%s@b.example" % tag), "proven", "c")
