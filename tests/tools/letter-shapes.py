#!/usr/bin/env python3
"""Writes letters in the shapes that keyservers, people and bad luck produce.

    letter-shapes.py KEYS DIR

KEYS holds armored keys 000000.asc and so on; each letter gets keys of its
own. Prints "NAME taken|refused KEY..." for each; bombs are written, not
printed. Knows nothing of keypost: the mail package of Python does what is not
done by hand.
"""
import base64
import os
import quopri
import re
import sys
import zlib

keys, out = sys.argv[1:3]
taken_keys = 0


def key():
    """The next key: its name and its armor."""
    global taken_keys
    name = "%06d.asc" % taken_keys
    taken_keys += 1
    return name, open(os.path.join(keys, name)).read()


def write(name, text):
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    with open(os.path.join(out, name), "wb") as f:
        f.write(data)


PEER = ("To: pks@a.example\nFrom: pks@peer.example\nSubject: incremental\n"
        "X-KeyServer-Sent: pks@peer.example\nPrecedence: list\n")
PLAIN = PEER + "MIME-Version: 1.0\nContent-Type: application/pgp-keys\n\n"


def row(name, make, fate="taken", how_many=1):
    got = [key() for _ in range(how_many)]
    write(name, make(*[armor for _, armor in got]))
    print(name, fate, *[n for n, _ in got])


def typed(content_type, body, encoding=None):
    head = PEER + "MIME-Version: 1.0\nContent-Type: %s\n" % content_type
    if encoding:
        head += "Content-Transfer-Encoding: %s\n" % encoding
    return head + "\n" + body


def binary(armor):
    lines = armor.strip().split("\n")
    body = lines[lines.index("") + 1:-1]
    return base64.b64decode("".join(l for l in body if l[0] != "="))


def part(content_type, body, encoding="7bit"):
    return ("--sep\nContent-Type: %s\nContent-Transfer-Encoding: %s\n\n%s\n"
            % (content_type, encoding, body))


def mixed(*parts, kind="mixed"):
    return typed('multipart/%s; boundary="sep"' % kind,
                 "preamble\n" + "".join(parts) + "--sep--\nepilogue\n")


def wide(armor):
    """SKS: 76 columns, no final newline."""
    lines = armor.strip().split("\n")
    at = lines.index("")
    body = "".join(l for l in lines[at + 1:-1] if l[0] != "=")
    crc = [l for l in lines if l.startswith("=")][0]
    rows = [body[i:i + 76] for i in range(0, len(body), 76)]
    return "\n".join(lines[:at + 1] + rows + [crc, lines[-1]])


def crc(armor):
    return re.search(r"^=....$", armor, re.M).group(0)


def bad_crc(armor):
    old = crc(armor)
    return armor.replace(old, "=" + ("AAAA" if old != "=AAAA" else "BBBB"))


def in_middle(armor, put):
    lines = armor.split("\n")
    lines.insert(len(lines) // 2, put)
    return "\n".join(lines)


# ---- what servers emit --------------------------------------------------
row("pksd", lambda k: "To: a@x.example, pks@a.example\n"
    "From: PGP Admin <admin@pksd.example>\nSubject: incremental\n"
    "X-KeyServer-Sent: pks@other.example\n"
    "X-KeyServer-Sent: PKS@Pksd.Example \nPrecedence: list\n"
    "MIME-Version: 1.0\nContent-type: application/pgp-keys\n\n" +
    k.replace("BLOCK-----\n", "BLOCK-----\nVersion: PGP Key Server 0.9.6\n",
              1))
row("sks", lambda k: 'To: pks@a.example\nFrom: "SKS <pks@sks.example>"\n'
    'Reply-To: "SKS <pks@sks.example>"\nErrors-To: "SKS <pks@sks.example>"\n'
    "Subject: incremental\nPrecedence: list\n"
    "Content-type: application/pgp-keys\n"
    'X-KeyServer-Sent: "SKS <pks@sks.example>"\n\n' + wide(k))
row("onak", lambda k: "From: Admin <admin@onak.example>\nTo: pks@a.example\n"
    "Subject: incremental\nX-Keyserver-Sent: pks@onak.example\n"
    "Precedence: list\nMIME-Version: 1.0\n"
    "Content-Type: application/pgp-keys\n\n" + k)
row("cks", lambda k: "From: pks@cks.example\nTo: pks@a.example\n"
    "X-KeyServer-Sent: pks@cks.example\nX-KeyServer-Sent: pks@b.example\n"
    "Subject: incremental\nMIME-Version: 1.0\n"
    "Content-type: application/pgp-keys\n\n" + k + "\n\n\n")
row("hockeypuck", lambda k: "Subject: ADD\n\n" + k.replace(
    "BLOCK-----\n", "BLOCK-----\nComment: Hostname: \nVersion: Hockeypuck\n",
    1))

# ---- the table of armor tolerance ------------------------------------------
row("lf", lambda k: PLAIN + k)
row("crlf", lambda k: (PLAIN + k).replace("\n", "\r\n"))
row("quoted-printable", lambda k: typed(
    "application/pgp-keys", quopri.encodestring(k.encode()).decode(),
    "quoted-printable"))
row("base64-of-armor", lambda k: typed(
    "application/pgp-keys", base64.encodebytes(k.encode()).decode(),
    "base64"))
row("base64-of-binary", lambda k: typed(
    "application/pgp-keys", base64.encodebytes(binary(k)).decode(), "base64"))
row("multipart", lambda k: mixed(
    part("text/plain", "Hello."), part("application/pgp-keys", k)))
row("no-crc", lambda k: PLAIN + k.replace(crc(k) + "\n", ""))
row("bad-crc", lambda k: PLAIN + bad_crc(k), "refused")
row("no-end", lambda k: PLAIN + k[:k.index("-----END")], "refused")
row("no-crc-no-end", lambda k: PLAIN + k[:k.index(crc(k))], "refused")
row("two-blocks", lambda a, b: PLAIN + a + "and\n" + b, how_many=2)
row("several-keys", lambda a, b, c: typed(
    "application/pgp-keys", base64.encodebytes(
        binary(a) + binary(b) + binary(c)).decode(), "base64"), how_many=3)
row("text-around", lambda k: PLAIN + "Dear server,\n\n" + k +
    "\n-- \nsignature\n")
row("blank-line-inside", lambda k: PLAIN + in_middle(k, ""))
row("trailing-blanks", lambda k: PLAIN + k.replace("\n", "  \n"))
row("separator-of-blanks", lambda k: PLAIN + k.replace("\n\n", "\n  \t\n", 1))
row("no-separator", lambda k: PLAIN + k.replace("\n\n", "\n", 1), "refused")
row("dash-escaped", lambda k: PEER + "\n-----BEGIN PGP SIGNED MESSAGE-----\n"
    "Hash: SHA256\n\n" + re.sub(r"^-", "- -", k, flags=re.M) +
    "-----BEGIN PGP SIGNATURE-----\n\niQ==\n=twTO\n"
    "-----END PGP SIGNATURE-----\n")
row("quoted-add", lambda k: "From: carol@x.example\nAuto-Submitted: no\n"
    "Precedence: list\nSubject: ADD\n\n" + re.sub(r"^", "> ", k.rstrip("\n"),
                                                flags=re.M) + "\n")
row("html-pre", lambda k: typed("text/html", "<html><pre>\n" + k +
                                "</pre></html>\n"))
row("other-block-first", lambda k: PLAIN + "-----BEGIN PGP MESSAGE-----\n\n"
    "hQEM\n-----END PGP MESSAGE-----\n" + k)
row("seventy-six", lambda k: PLAIN + wide(k))
row("blank-before-end", lambda k: PLAIN + k.replace("-----END", "\n-----END"))
row("binary-body", lambda k: (PLAIN).encode() + binary(k))

# ---- traps -----------------------------------------------------------------
row("mbox-from", lambda k: "From MAILER Sun Nov 22 08:00:00 2026\n" + PLAIN +
    k)
row("bad-header-line", lambda k: "this is no header\n" + PLAIN + k)
row("folded-subject", lambda k: PLAIN.replace(
    "Subject: incremental", "Subject:\n incremental ") + k)
row("encoded-subject", lambda k: PLAIN.replace(
    "Subject: incremental", "Subject: =?utf-8?B?aW5jcmVtZW50YWw=?=") + k)
row("upper-subject", lambda k: PLAIN.replace("incremental", "INCREMENTAL") + k)
row("signed-wrapper", lambda k: mixed(
    part("application/pgp-keys", k), part("application/pgp-signature", "x"),
    kind="signed"))
row("attachment-by-name", lambda k: mixed(
    part('application/octet-stream; name="key.asc"', k)))
row("add-addendum", lambda k: PLAIN.replace(
    "Subject: incremental", "Subject: ADDENDUM to the minutes") + k,
    "refused")
row("bounce", lambda k: "From: MAILER-DAEMON@x.example\nSubject: Undelivered\n"
    'Content-Type: multipart/report; report-type=delivery-status; '
    'boundary="sep"\n\n--sep\n\nfailed\n--sep\n'
    "Content-Type: message/rfc822\n\n" + PLAIN + k + "--sep--\n", "refused")
row("reply-to-add", lambda k: "From: pks@onak.example\nSubject: Reply to ADD\n"
    "Precedence: list\n\n" + k, "refused")
row("your-command", lambda k: "From: admin@pksd.example\nPrecedence: list\n"
    "Subject: Your command, INCREMENTAL, was invalid\n\n" + k, "refused")

# ---- bombs -------------------------------------------------------------------
write("bomb-boundary", "From: m@bad.example\nSubject: ADD\n"
      'Content-Type: multipart/mixed; boundary="\\""\n\nx\n')
write("bomb-parens-from", "From: " + "(" * 105000 + "\nSubject: ADD\n\nx\n")
write("bomb-parens-type", "From: m@bad.example\nSubject: ADD\nContent-Type: " +
      "(" * 105000 + "\n\nx\n")
write("bomb-nested-multipart", "From: m@bad.example\nSubject: ADD\n" + "".join(
    'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i)
    for i in range(10000)))
write("bomb-nested-rfc822", "From: m@bad.example\nSubject: ADD\n" +
      "Content-Type: message/rfc822\n\n" * 30000)
write("bomb-fields", "From: m@bad.example\nSubject: ADD\n" + "x:\n" * 1000000 +
      "\nx\n")
# 64 MiB in a compressed packet, in the armor of a key.
packed = zlib.compress(bytes(64 * 1024 * 1024), 9)
packed = b"\xc8\xff" + (len(packed) + 1).to_bytes(4, "big") + b"\x02" + packed
write("bomb-compressed", "From: m@bad.example\nSubject: ADD\n\n"
      "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" +
      base64.encodebytes(packed).decode() +
      "-----END PGP PUBLIC KEY BLOCK-----\n")
