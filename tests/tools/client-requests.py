#!/usr/bin/env python3
"""Sends what clients of keyservers send, octet for octet, and reads the
answers as they do.

    client-requests.py PORT KEYS

KEYS is a folder of armored keys 000000.asc and so on that the server does not
hold; ids lists their fingerprints. The server holds tests/data/index, and
Anna Karenina with a name in Cyrillic.
"""
import json
import os
import sys
import traceback
import urllib.parse

import client_readers as read
import rawhttp

port, folder = int(sys.argv[1]), sys.argv[2]
fresh = [(x.strip()[2:], open(os.path.join(folder, "%06d.asc" % i)).read())
         for i, x in enumerate(open(os.path.join(folder, "ids")))]
HERE = "127.0.0.1:%d" % port

ALICE = "85598E1C61C7FAC38EC532261ACF8620EF3741C6"
JUERGEN = "BAE7FF6922CAF09DAD304F3DD32BDA3A43D424BC"
LATIN = "F6711FD01A88F1419D742D3A5090C2D29D9E25FF"
CODER = "A27A85CC76DCDB8166873CBB0BCE261BCA306A6E"
GONE = "3EA5726E7DC89CB94341AA429534050E2FCA428E"
OLD = "683A6B9DB8F712B5E878FC63DB5AB1950904F2B0"
NAMELESS = "702C6053CCA662032FEFABE3B73FEBE3CFBDC804"

QT = ("Connection: Keep-Alive\r\nAccept-Encoding: gzip, deflate\r\n"
      "Accept-Language: en-US,*\r\nUser-Agent: Mozilla/5.0\r\n")
GECKO = ("User-Agent: Thunderbird\r\nAccept: */*\r\n"
         "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate\r\n"
         "Content-Type: application/x-www-form-urlencoded\r\n"
         "Connection: keep-alive\r\nPragma: no-cache\r\n")
OKHTTP = "Connection: Keep-Alive\r\nAccept-Encoding: gzip\r\n"
FETCH = ("Accept: */*\r\nOrigin: chrome-extension://abcdef\r\n"
         "Sec-Fetch-Mode: cors\r\nSec-Fetch-Site: cross-site\r\n")
BROWSER = ("Accept: text/html,application/xhtml+xml,application/xml;q=0.9,"
           "*/*;q=0.8\r\nUser-Agent: Mozilla/5.0\r\n"
           "Upgrade-Insecure-Requests: 1\r\n")
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


def say(method, target, fields="", body=None):
    head = "%s %s HTTP/1.1\r\nHost: %s\r\n%s" % (method, target, HERE, fields)
    octets = b"" if body is None else body.encode()
    if body is not None:
        head += "Content-Length: %d\r\n" % len(octets)
    return rawhttp.ask(port, head.encode("latin-1") + b"\r\n" + octets)


def get(target, fields=""):
    return say("GET", target, fields)


def index(query, fields=""):
    return get("/pks/lookup?" + query, fields)


def same(got, want):
    assert got == want, "%r, not %r" % (got, want)


def one(keys, fpr):
    """The key of a listing; there has to be one."""
    found = [k for k in keys if k["id"] == fpr]
    same(len(found), 1)
    return found[0]


def served(fpr):
    a = index("op=get&options=mr&search=0x" + fpr)
    same(a.status, 200)
    return read.armor(a.body)


# ---- GpgFrontend ------------------------------------------------------------


def gpgfrontend_searches():
    a = index("search=Alice&op=index&options=mr", QT)
    same((a.status, a.field("Content-Type")),
         (200, "text/plain; charset=UTF-8"))
    k = one(read.gpgfrontend(a.body), ALICE)
    same((k["algo"], k["bits"], k["created"]), (22, 255, 1500000000))
    same(k["uids"], ["Alice Example <alice@example.org>"])
    k = read.gpgfrontend(index("search=c%2Btag%40example.org&op=index"
                               "&options=mr", QT).body)
    same(k[0]["uids"], ["C++ Coder <c+tag@example.org>"])
    k = read.gpgfrontend(index("search=J%C3%BCrgen&op=index&options=mr",
                               QT).body)
    same(one(k, JUERGEN)["uids"], ["Jürgen <jü@example.org>"])
    flags = {GONE: "r", OLD: "e", ALICE: ""}
    for fpr, flag in flags.items():
        k = read.gpgfrontend(index("search=0x%s&op=index&options=mr" % fpr,
                                   QT).body)
        same(k[0]["flags"], flag)


def gpgfrontend_imports():
    for name in ("0x" + ALICE, "0x" + ALICE[-16:]):
        a = index("search=%s&op=get&options=mr" % name, QT)
        same((a.status, a.field("Content-Encoding")), (200, ""))
        read.armor(a.body)


def gpgfrontend_reads_errors():
    for search, words in (("nobody%20here", "No keys found"),
                          ("a", "Insufficiently specific")):
        a = index("search=%s&op=index&options=mr" % search, QT)
        assert a.status >= 400 and words in a.text(), a.text()


def gpgfrontend_uploads_over_vks():
    fpr, armor = fresh[0]
    a = say("POST", "/vks/v1/upload", QT + "Content-Type: application/json\r\n",
            json.dumps({"keytext": armor}))
    same(a.status, 200)
    answer = read.vks_upload(a.body)
    same(answer["key_fpr"], fpr)
    assert set(answer["status"].values()) == {"published"}, answer
    served(fpr)


def gpgfrontend_syncs_over_vks():
    """One key after the other, on one connection."""
    link = rawhttp.Link(port)
    for fpr in (ALICE, JUERGEN, GONE, OLD):
        link.send(("GET /vks/v1/by-fingerprint/%s HTTP/1.1\r\nHost: %s\r\n%s"
                   "\r\n" % (fpr, HERE, QT)).encode())
        a = link.read()
        same((a.status, a.field("Content-Type")), (200, "application/pgp-keys"))
        same(read.armor(a.body), served(fpr))
    link.close()


def gpgfrontend_syncs_over_hkp():
    for fpr in (ALICE, JUERGEN, GONE, OLD):
        a = index("search=0x%s&op=get&options=mr" % fpr, QT)
        same(a.status, 200)
        read.armor(a.body)


def gpgfrontend_tests_the_server():
    same(get("/", QT).status, 200)


def gpgfrontend_of_2024_uploads():
    """It escapes some characters only."""
    fpr, armor = fresh[1]
    for plain, escaped in (("\n", "%0A"), ("\r", "%0D"), ("(", "%28"),
                           (")", "%29"), ("/", "%2F"), (":", "%3A"),
                           ("+", "%2B"), ("=", "%3D"), (" ", "+")):
        armor = armor.replace(plain, escaped)
    a = say("POST", "/pks/add", QT + FORM, "keytext=" + armor)
    same((a.status, a.text()), (200, "inserted %s\n" % fpr))
    assert "Error" not in a.text().split("\n")[0]


# ---- OpenKeychain -----------------------------------------------------------


def openkeychain_searches():
    a = index("op=index&options=mr&search=example", OKHTTP)
    keys = read.openkeychain(a.body)
    shown = [k["id"] for k in keys]
    for fpr in (ALICE, JUERGEN, CODER, GONE, OLD):
        same(shown.count(fpr), 1)
    same(one(keys, CODER)["uids"], ["C++ Coder <c+tag@example.org>"])
    same(one(keys, OLD)["expires"], "1531536009")
    same(one(keys, GONE)["flags"], "r")
    # What it skips is what has no name, and nothing else.
    named = [k["id"] for k in read.gpgfrontend(a.body) if k["uids"]]
    same(sorted(shown), sorted(named))


def openkeychain_reads_errors():
    for query, status, words in (
            ("op=index&options=mr&search=nobodyatall", 404, "No keys found"),
            ("op=index&options=mr&search=a+b+c", 400, "insufficient"),
            ("op=x-nothing&options=mr&search=abc", 501, "")):
        a = index(query, OKHTTP)
        same(a.status, status)
        assert words.lower() in a.text().lower(), a.text()


def openkeychain_uploads():
    fpr, armor = fresh[2]
    a = say("POST", "/pks/add", OKHTTP + FORM,
            "keytext=" + urllib.parse.quote_plus(armor))
    same(a.status, 200)
    served(fpr)


# ---- Thunderbird ------------------------------------------------------------


def thunderbird_searches():
    """`search` first; escape() of JavaScript; a type even on GET."""
    tail = "&fingerprint=on&op=index&options=mr"
    k = read.thunderbird(index("search=alice@example.org" + tail + "&exact=on",
                               GECKO).body)
    same([x["id"] for x in k], [ALICE])
    k = read.thunderbird(index("search=J%FCrgen" + tail, GECKO).body)
    same(one(k, JUERGEN)["uids"], ["Jürgen <jü@example.org>"])
    one(k, LATIN)
    k = read.thunderbird(index("search=%u0410%u043D%u043D%u0430" + tail,
                               GECKO).body)
    same([x["uids"] for x in k], [["Анна Каренина <anna@example.org>"]])
    a = index("search=nobody@example.org" + tail + "&exact=on", GECKO)
    same(a.status, 404)


def thunderbird_downloads():
    a = index("search=0x%s&op=get&options=mr" % ALICE, GECKO)
    same(a.status, 200)
    read.armor(a.body)


def thunderbird_uploads():
    fpr, armor = fresh[3]
    a = say("POST", "/pks/add", GECKO, "keytext=" +
            urllib.parse.quote(armor, safe="@*_+-./").replace("+", "%2B"))
    same(a.status, 200)
    served(fpr)


def thunderbird_of_another_host_name():
    """What it sends to keys.openpgp.org, JSON in and out."""
    a = get("/vks/v1/by-email/alice%40example.org", GECKO)
    same((a.status, read.armor(a.body)), (200, served(ALICE)))
    same(get("/vks/v1/by-fingerprint/" + ALICE, GECKO).status, 200)
    same(get("/vks/v1/by-email/nobody%40example.org", GECKO).status, 404)
    fpr, armor = fresh[8]
    kind = GECKO.replace("application/x-www-form-urlencoded",
                         "application/json")
    up = read.vks_upload(say("POST", "/vks/v1/upload", kind,
                             json.dumps({"keytext": armor})).body)
    same(up["key_fpr"], fpr)
    a = say("POST", "/vks/v1/request-verify", kind, json.dumps(
        {"token": up["token"], "addresses": sorted(up["status"]),
         "locale": ["en_US"]}))
    same((a.status, read.vks_upload(a.body)["status"]), (200, up["status"]))


# ---- scripts of other sites: Mailvelope, openpgp.js, FlowCrypt ---------------


def mailvelope_looks_up():
    for term in ("0x" + ALICE, "0x" + ALICE[-16:], "alice%40example.org"):
        a = read.javascript(index("op=get&options=mr&search=" + term, FETCH))
        same(a.status, 200)
        read.armor(a.body)
    a = read.javascript(index("op=get&options=mr&search=0x" + "0" * 40, FETCH))
    same(a.status, 404)


def mailvelope_uploads_after_a_preflight():
    fpr, armor = fresh[4]
    a = read.javascript(say(
        "OPTIONS", "/pks/add", FETCH + "Access-Control-Request-Method: POST\r\n"
        "Access-Control-Request-Headers: content-type\r\n"))
    same((a.status, a.body), (200, b""))
    assert "POST" in a.field("Access-Control-Allow-Methods").split(", ")
    assert "Content-Type" in a.field("Access-Control-Allow-Headers")
    a = read.javascript(say(
        "POST", "/pks/add", FETCH +
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n",
        "keytext=" + urllib.parse.quote(armor, safe="!'()*~")))
    same(a.status, 200)
    served(fpr)


def flowcrypt_asks_by_email():
    a = read.javascript(get("/vks/v1/by-email/alice%40example.org", FETCH))
    same(a.status, 200)
    same(read.armor(a.body), served(ALICE))
    same(get("/vks/v1/by-email/alice@example.org", FETCH).status, 200)
    a = read.javascript(get("/vks/v1/by-email/nobody%40example.org", FETCH))
    same((a.status, a.field("Content-Type")),
         (404, "text/plain; charset=UTF-8"))


# ---- programs without a person ------------------------------------------------


def sequoia_fetches_and_sends():
    for term in ("0x" + ALICE, "alice%40example.org"):
        a = index("op=get&options=mr&search=" + term, "accept: */*\r\n")
        same((a.status, a.field("Content-Type")), (200, "application/pgp-keys"))
        read.armor(a.body)
    same(index("op=get&options=mr&search=0x" + "1" * 40).status, 404)
    fpr, armor = fresh[5]
    same(say("POST", "/pks/add", FORM.lower(),
             "keytext=" + urllib.parse.quote_plus(armor)).status, 200)
    served(fpr)


def apt_and_rpm_get_plain_armor():
    curl = "User-Agent: curl/7.88.1\r\nAccept: */*\r\n"
    bodies = [index(q + ALICE, curl).body for q in (
        "op=get&options=mr&exact=on&search=0x", "op=get&search=0x",
        "exact=on&search=0x%s&op=get&ignored=" % ALICE,
        "fingerprint=on&op=get&options=mr&search=0X")]
    same(len(set(bodies)), 1)
    assert read.armor(bodies[0])


def singularity_searches():
    a = index("exact=off&fingerprint=on&op=index&options=mr&search=example")
    ids = read.singularity(a.body)
    same(a.field("X-HKP-Results-Count"), str(len(ids)))
    assert NAMELESS not in ids and ALICE in ids, ids


def hockeypuck_pushes():
    own = "User-agent: hockeypuck/2.2\r\nPKS-Sender: peer.example\r\n"
    fpr, armor = fresh[6]
    a = say("POST", "/pks/add", own + FORM,
            "keytext=" + urllib.parse.quote_plus(armor))
    assert a.status < 300, a.status
    served(fpr)
    fpr, armor = fresh[7]
    a = say("POST", "/vks/v1/upload", own + "Content-Type: application/json\r\n",
            json.dumps({"keytext": armor}))
    assert a.status < 300, a.status
    served(fpr)


def crawlers_read_statistics():
    a = index("op=stats&options=mr", "User-Agent: python-requests/2.28\r\n")
    same((a.status, a.field("Content-Type")), (200, "application/json"))
    stats = read.sks_spider(a.body)
    same(stats["software"], "keypost")
    assert stats["keys"] > 10 and stats["version"], stats
    same(read.hockeypuck_stats(get("/pks/stats?options=json").body)["numkeys"],
         stats["keys"])


def links_in_pages_and_letters():
    for query in ("search=0x%s&op=vindex", "search=%s", "op=vindex&search=0x%s",
                  "search=0x%s&fingerprint=on&op=index"):
        a = index(query % ALICE, BROWSER)
        same((a.status, a.field("Content-Type")),
             (200, "text/html; charset=UTF-8"))
        groups = " ".join(ALICE[i:i + 4] for i in range(0, 40, 4))
        page = a.text().replace("&nbsp;", " ").replace("\u00a0", " ")
        assert ALICE in page or groups in page, query
        assert "Alice Example" in page, query


for name, test in list(globals().items()):
    if not callable(test) or "_" not in name or name.startswith("_"):
        continue
    try:
        test()
        problem = ""
    except Exception:  # of whatever kind: this promise is broken
        problem = traceback.format_exc()
    rawhttp.result(name.replace("_", " "), not problem, problem)
rawhttp.result("%d answers: 200 or an error, never 502 or 504" %
               len(rawhttp.answers), not rawhttp.odd_answers(),
               rawhttp.odd_answers())
