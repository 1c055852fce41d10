#!/usr/bin/env python3
"""Writes to a keyserver as people do, and reads what it answers.

    mail-people.py LMTP-PORT ANSWERS KEYS

ANSWERS is the folder into which the relay puts letters, KEYS holds a.asc,
b.asc and c.asc (of Ü. Müller <muller@people.example>), made by gpg. Prints
"ok - NAME" or "not ok - NAME". Knows nothing of keypost: Python's mail package
writes and reads, gpg imports.
"""
import email
import email.policy
import glob
import os
import quopri
import smtplib
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage

port, answers, keys = sys.argv[1:4]
ROBOT = "pks@a.example"
people = 0


def key(name):
    with open(os.path.join(keys, name + ".asc"), encoding="ascii") as f:
        return f.read()


def say(good, name, more=""):
    print("%s - %s" % ("ok" if good else "not ok", name))
    if not good and more:
        print("\n".join("# " + line for line in str(more).split("\n")))


def person():
    global people
    people += 1
    return "person%d@people%d.example" % (people, people)


def offer(sender, octets):
    with smtplib.LMTP("127.0.0.1", int(port), timeout=60) as s:
        s.sendmail(sender, [ROBOT], octets)


def compose(sender, subject, text="", **fields):
    m = EmailMessage(policy=email.policy.SMTP)
    m["From"] = "A Person <%s>" % sender
    m["To"] = ROBOT
    m["Subject"] = subject
    m["Message-ID"] = "<%d.%s>" % (people, sender)
    for name, value in fields.items():
        m[name.replace("_", "-")] = value
    m.set_content(text or "Thank you!\n\n-- \nA person\n")
    return m


def answer_to(who, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for name in sorted(glob.glob(os.path.join(answers, "*.eml"))):
            raw = open(name, "rb").read()
            m = email.message_from_bytes(raw, policy=email.policy.default)
            if m["To"] == who:
                return raw, m
        time.sleep(0.05)
    return b"", None


def ask(subject, text="", make=None):
    who = person()
    letter = make(who) if make else compose(who, subject, text)
    offer(who, letter if isinstance(letter, bytes) else bytes(letter))
    return answer_to(who)


def text_of(m):
    return m.get_body(("plain",)).get_content() if m else ""


def imports(octets):
    """The fingerprints that gpg takes out of these octets."""
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o700)
        env = dict(os.environ, GNUPGHOME=home)
        r = subprocess.run(
            ["gpg", "--batch", "--status-fd", "1", "--import"],
            input=octets, env=env, capture_output=True)
        subprocess.run(["gpgconf", "--kill", "all"], env=env)
        return {line.split()[-1] for line in r.stdout.decode().split("\n")
                if line.startswith("[GNUPG:] IMPORT_OK")}


def fpr(name):
    return next(iter(imports(key(name).encode())))


# ---- ADD, in the ways in which people send a key ---------------------------
def pasted(who):
    return compose(who, "ADD", "Hello,\n\nhere is my key:\n\n" + key("a") +
                   "\nGreetings\n")


def attached(who):
    m = compose(who, "add")
    m.add_attachment(key("b").encode(), "application", "pgp-keys",
                     filename="key.asc")
    return m


def quoted_and_signed_off(who):
    """What a reader makes of non-ASCII text: quoted-printable."""
    head = ("From: =?utf-8?Q?=C3=9C=2E_M=C3=BCller?= <%s>\r\nTo: %s\r\n"
            "Subject: =?utf-8?B?QUREIA==?=\r\nMIME-Version: 1.0\r\n"
            "Message-ID: <quoted@%s>\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            % (who, ROBOT, who))
    body = "Grüße\n\n" + key("c") + "\n-- \nÜ. Müller\n"
    return head.encode() + quopri.encodestring(
        body.encode()).replace(b"\n", b"\r\n")


for name, make, which in (("pasted", pasted, "a"), ("attached", attached, "b"),
                          ("quoted-printable", quoted_and_signed_off, "c")):
    raw, m = ask("", make=make)
    say(m is not None and fpr(which) + ": new" in text_of(m),
        "ADD of a key, %s, is answered with what became of it" % name, raw)
    say(b"BEGIN" not in raw and b"Greetings" not in raw,
        "nothing of the letter comes back (%s)" % name)
raw, m = ask("ADD", "I forgot the key.\n")
say("No public key could be read" in text_of(m),
    "ADD without a key is told so", raw)

# ---- searches ------------------------------------------------------------------
raw, m = ask("GET 0x" + fpr("a"))
say(imports(raw) == {fpr("a")}, "gpg imports the answer to GET as it is", raw)
parts = [p for p in m.iter_attachments()] if m else []
say(len(parts) == 1 and parts[0].get_content_type() == "application/pgp-keys"
    and imports(parts[0].get_content()) == {fpr("a")},
    "and its one attachment, which is of type application/pgp-keys", raw)
say(m and not m.defects and not any(p.defects for p in m.walk()),
    "which is MIME without a fault")
for field, want in (("Auto-Submitted", "auto-replied"),
                    ("Precedence", "bulk"), ("MIME-Version", "1.0"),
                    ("From", "admin@a.example"),
                    ("Subject", "Re: GET 0x" + fpr("a"))):
    say(m and m[field] == want, "it has %s" % field, m and m[field])
say(m and m["In-Reply-To"] and m["In-Reply-To"] == m["References"],
    "it belongs to the letter's thread")
raw, m = ask("index Müller")
say("Müller <muller@people.example>" in text_of(m),
    "INDEX shows a name in its own letters", raw)
say(all(len(line) <= 76 and max(line, default=0) < 127
        for line in raw.partition(b"\n\n")[2].split(b"\n")),
    "in lines that every relay passes on", raw)
say(m and m["Subject"] == "Re: INDEX Müller",
    "and the subject repeats it", m and m["Subject"])
raw, m = ask("GET nobody@nowhere.example")
say("No key on this server matches." in text_of(m),
    "GET of what is not there says so", raw)
raw, m = ask("LAST 1")
say(imports(raw) == {fpr(n) for n in "abc"},
    "LAST 1 sends the keys of today", raw)
raw, m = ask("Verbose Index muller@people.example")
say("\nsig " in text_of(m), "VERBOSE INDEX shows signatures", raw)
raw, m = ask("help")
say("GET alice@example.org" in text_of(m) and "VERBOSE INDEX" in text_of(m),
    "HELP says what there is", raw)

# ---- who gets no answer ---------------------------------------------------------
silent = []


def silence(name, sender, letter):
    who = letter["Reply-To"] or letter["From"]
    offer(sender, bytes(letter))
    silent.append((name, email.utils.parseaddr(who)[1]))


for name, fields in (
        ("a vacation program", {"Auto_Submitted": "auto-replied"}),
        ("a mailing list", {"List_Id": "<keys.people.example>"}),
        ("bulk mail", {"Precedence": "bulk"}),
        ("what asks for no answer", {"X_Auto_Response_Suppress": "All"}),
        ("a server's letter", {"X_KeyServer_Sent": "pks@x.example"}),
        ("who wants it sent elsewhere", {"Reply_To": "victim@v.example"})):
    someone = person()
    silence(name, someone, compose(someone, "HELP", **fields))
victim = person()
silence("a forged From", "mallory@bad.example", compose(victim, "HELP"))
bounced = person()
silence("an empty envelope sender", "", compose(bounced, "HELP"))
chatty = person()
silence("a subject that only begins like a command", chatty,
        compose(chatty, "getting a key"))
# Letters are handled in order: when this one is answered, those were seen.
raw, m = ask("HELP")
say(m is not None, "the next person is answered", raw)
for name, who in silent:
    say(answer_to(who, 0.2)[1] is None, "%s gets no answer" % name)

# ---- how many -----------------------------------------------------------------
who = person()
offer(who, bytes(compose(who, "HELP")))
say(answer_to(who)[1] is not None, "a person is answered")
before = len(glob.glob(os.path.join(answers, "*.eml")))
for i in range(5):
    offer(who, bytes(compose(who, "HELP")))
raw, m = ask("HELP")
say(len(glob.glob(os.path.join(answers, "*.eml"))) == before + 1,
    "and not again within ten minutes")
