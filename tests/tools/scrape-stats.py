#!/usr/bin/env python3
"""scrape-stats.py json|html URL... : the sync graph as a crawler sees it.

Reads the statistics of each server by one of two scrapers and prints the
graph, a line an edge, sorted. Both are written from HKP specification
sections 9.1 and 9.2, not from keypost's source, and are as strict as the
crawlers that they stand for: what these stumble over, those do.

  node HOST:RECONPORT SOFTWARE VERSION KEYS CONTACT
  gossip HOST:RECONPORT HOST:RECONPORT
  mail HOST:RECONPORT ADDRESS
"""
import html
import html.parser
import json
import re
import sys
import urllib.request


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as r:
        assert r.status == 200, r.status
        return r.headers.get_content_type(), r.read().decode("utf-8")


# ---- JSON: section 9.1 ----------------------------------------------------

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TOP = {
    "software": str, "version": str, "hostname": str, "nodename": str,
    "now": str, "total": int, "numkeys": int, "contact": str,
    "server_contact": str, "httpAddr": str, "reconAddr": str,
    "queryConfig": dict, "peers": list, "pksTargets": list,
    "mailsync": dict, "hourly": list, "daily": list,
}
PEER = {
    "name": str, "httpAddr": str, "reconAddr": str, "statsPath": str,
    "lastIncomingRecon": str, "lastIncomingError": str,
    "lastOutgoingRecon": str, "lastOutgoingError": str, "reconStatus": str,
    "lastRecovery": str, "lastRecoveryError": str, "recoveryStatus": str,
}
TARGET = {"addr": str, "lastSync": str, "lastError": str,
          "permanent": bool, "active": bool}
MAIL_PEER = {"address": str, "direction": str, "lastSent": str,
             "lastReceived": str, "queued": int}
SPAN = {"Time": str, "Inserted": int, "Updated": int, "Removed": int}
QUERY = {"selfSignedOnly": bool, "keywordSearchDisabled": bool,
         "enableInexactMatching": bool}


def check(obj, fields):
    for name, kind in fields.items():
        assert type(obj[name]) is kind, (name, obj[name])
        if name in ("now", "Time") or name.startswith("last"):
            if not name.endswith("Error"):
                assert TIME.fullmatch(obj[name]), (name, obj[name])


def check_histogram(spans, step):
    for s in spans:
        check(s, SPAN)
    times = [s["Time"] for s in spans]
    assert times == sorted(set(times)), "oldest first"
    assert all(t.endswith(step) for t in times), times


def host_and_port(text):
    # As sks_spider: the second of what the first colon splits.
    parts = text.split(":")
    return parts[0].lower() + ":" + str(int(parts[1]))


def read_json(base):
    kind, text = fetch(base + "/pks/lookup?op=stats&options=mr")
    assert kind == "application/json", kind
    o = json.loads(text)
    check(o, TOP)
    check(o["queryConfig"], QUERY)
    assert o["total"] == o["numkeys"]
    assert o["contact"] == o["server_contact"]
    check_histogram(o["hourly"], ":00:00Z")
    check_histogram(o["daily"], "T00:00:00Z")
    me = host_and_port(o["reconAddr"])
    edges = []
    for p in o["peers"]:
        check(p, PEER)
        assert p["reconStatus"] in ("OK", "Starting", "Stale", "Error")
        assert p["recoveryStatus"] in ("OK", "Starting", "Stale", "Error")
        edges.append("gossip %s %s" % (me, host_and_port(p["reconAddr"])))
    check({"address": o["mailsync"]["address"],
           "peers": o["mailsync"]["peers"]}, {"address": str, "peers": list})
    for p in o["mailsync"]["peers"]:
        check(p, MAIL_PEER)
        assert p["direction"] in ("out", "in", "both")
        if p["direction"] != "in":
            edges.append("mail %s %s" % (me, p["address"]))
    for t in o["pksTargets"]:
        check(t, TARGET)
        scheme = t["addr"].split(":")[0]
        assert scheme in ("mailto", "hkp", "hkps", "vks"), t["addr"]
    mailto = {"mail %s %s" % (me, t["addr"][7:]) for t in o["pksTargets"]
              if t["addr"].startswith("mailto:")}
    assert mailto == {e for e in edges if e.startswith("mail ")}, mailto
    edges.append("node %s %s %s %d %s" % (
        me, o["software"], o["version"], o["numkeys"], o["contact"]))
    return edges


# ---- HTML: section 9.2 ----------------------------------------------------

def line_after(lines, heading):
    """The number of the line behind the only one that starts with heading."""
    found = [i for i, x in enumerate(lines) if x.startswith(heading)]
    assert len(found) == 1, (heading, found)
    return found[0] + 1


class Tree(html.parser.HTMLParser):
    """Elements with their children; as much of HTML as we write."""
    VOID = {"meta", "link", "img", "source", "br", "input", "hr"}

    def __init__(self, text):
        super().__init__()
        self.root = ("", [], [])
        self.open = [self.root]
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        node = (tag, attrs, [])
        self.open[-1][2].append(node)
        if tag not in self.VOID:
            self.open.append(node)

    def handle_endtag(self, tag):
        while self.open[-1][0] != tag:
            assert self.open[-1][0] in ("p", "li", "tr", "td"), (
                "not closed: %s" % self.open[-1][0])
            self.open.pop()
        self.open.pop()

    def handle_data(self, data):
        self.open[-1][2].append(data)


def text_of(node):
    if isinstance(node, str):
        return node
    return "".join(text_of(c) for c in node[2])


def find_all(node, tag):
    for c in node[2]:
        if not isinstance(c, str):
            if c[0] == tag:
                yield c
            yield from find_all(c, tag)


def siblings(node, tag, text):
    """What follows the only element `tag` with this text, beside it."""
    hits = []

    def walk(n):
        for i, c in enumerate(n[2]):
            if isinstance(c, str):
                continue
            if c[0] == tag and text_of(c) == text:
                hits.append(n[2][i + 1:])
            walk(c)

    walk(node)
    assert len(hits) == 1, (text, len(hits))
    return hits[0]


def next_table(beside):
    # sks_spider goes on to the next table and has no end check.
    for c in beside:
        if not isinstance(c, str) and c[0] == "table":
            return c
    raise AssertionError("a heading without a table")


def rows(table):
    return [[text_of(c) for c in r[2] if not isinstance(c, str)]
            for r in find_all(table, "tr")]


def read_settings(lines, tree):
    line_after(lines, "<h2>Settings</h2>")
    beside = siblings(tree, "h2", "Settings")
    first = next(c for c in beside if not isinstance(c, str))
    assert first[0] == "table", first[0]
    settings = {}
    for cells in rows(first):
        assert len(cells) == 2, cells
        settings[cells[0]] = cells[1]
    for name in ("Hostname", "Nodename", "Software", "Version",
                 "Server contact", "HTTP port", "Recon port", "Debug level"):
        assert name + ":" in settings, name
    int(settings["HTTP port:"])
    assert settings["Debug level:"] == "0"
    return settings


def list_after(lines, heading, table, shape):
    at = line_after(lines, heading)
    assert lines[at] == table, lines[at]
    found = []
    for line in lines[at + 1:]:
        m = re.fullmatch(shape, line)
        if not m:
            assert line.startswith("</table>"), line
            return found
        found.append([html.unescape(g) for g in m.groups()])
    raise AssertionError("no end of the list")


def read_total(tree):
    beside = siblings(tree, "h2", "Statistics")
    assert not isinstance(beside[0], str), "text between the two"
    assert beside[0][0] == "p", beside[0][0]
    return int(re.fullmatch(r"Total number of keys: (\d+)",
                            text_of(beside[0])).group(1))


def check_tables(tree):
    for tag, name, shape in (
            ("h3", "Daily Histogram", r"\d{4}-\d\d-\d\d"),
            ("h3", "Hourly Histogram", r"\d{4}-\d\d-\d\d \d\d")):
        t = rows(next_table(siblings(tree, tag, name)))
        assert t[0] == ["Time", "New Keys", "Updated Keys"], t[0]
        assert len(t) > 1
        for when, new, updated in t[1:]:
            assert re.fullmatch(shape, when), when
            int(new), int(updated)
    for name in ("Settings", "Gossip Peers", "Outgoing Mailsync Peers",
                 "Statistics"):
        next_table(siblings(tree, "h2", name))


def read_html(base):
    kind, text = fetch(base + "/pks/lookup?op=stats")
    assert kind == "text/html", kind
    lines = text.split("\n")
    tree = Tree(text).root
    s = read_settings(lines, tree)
    check_tables(tree)
    me = s["Hostname:"].lower() + ":" + str(int(s["Recon port:"]))
    edges = []
    for host, port in list_after(
            lines, "<h2>Gossip Peers</h2>", '<table summary="Gossip Peers">',
            r"<tr><td>([^ <>]+) (\d+)</td></tr>"):
        edges.append("gossip %s %s:%d" % (me, host.lower(), int(port)))
    for (address,) in list_after(
            lines, "<h2>Outgoing Mailsync Peers</h2>",
            '<table summary="Mailsync Peers">',
            r"<tr><td>([^<>]+)</td></tr>"):
        edges.append("mail %s %s" % (me, address))
    edges.append("node %s %s %s %d %s" % (
        me, s["Software:"], s["Version:"], read_total(tree),
        s["Server contact:"]))
    return edges


def main():
    read = {"json": read_json, "html": read_html}[sys.argv[1]]
    edges = []
    for base in sys.argv[2:]:
        edges += read(base.rstrip("/"))
    print("\n".join(sorted(edges)))


if __name__ == "__main__":
    main()
