#!/usr/bin/env python3
"""check-pages: what a machine can say of pages and their style sheet.

    check-pages.py html FILE...     each is valid HTML 5 and fit for everybody
    check-pages.py contrast FILE    text against its ground, in each scheme

Prints what is wrong and exits 1. Needs html5lib for html.
"""
import re
import sys

# Which text stands on which ground, at 4.5; and what only has to be seen,
# as the edge of a field, at 3 (WCAG 2.1, 1.4.3 and 1.4.11).
TEXT = [(t, g) for g in ("paper", "card") for t in
        ("ink", "quiet", "accent", "alarm")] + [("on-accent", "accent")]
EDGES = [("edge", g) for g in ("paper", "card")]


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [p / 12.92 if p <= .04045 else ((p + .055) / 1.055) ** 2.4
             for p in parts]
    return .2126 * parts[0] + .7152 * parts[1] + .0722 * parts[2]


def contrast(a, b):
    a, b = sorted((luminance(a), luminance(b)))
    return (b + .05) / (a + .05)


def check_contrast(path):
    css = open(path, encoding="utf-8").read()
    schemes = re.findall(r":root\s*{(.*?)}", css, re.S)
    faults = [] if len(schemes) >= 2 else ["no dark scheme"]
    colours = {}
    for n, scheme in enumerate(schemes):
        colours.update(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", scheme))
        for pairs, least in ((TEXT, 4.5), (EDGES, 3)):
            for text, ground in pairs:
                c = contrast(colours[text], colours[ground])
                if c < least:
                    faults.append(f"scheme {n}: {text} on {ground}: {c:.2f}")
    return faults


def check_html(path):
    import html5lib
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    doc = parser.parse(open(path, "rb"), transport_encoding="utf-8")
    faults = [f"{where}: {code}" for where, code, _ in parser.errors]
    say = faults.append
    if not doc.get("lang"):
        say("no lang")
    for tag in ("h1", "main", "title", "footer"):
        if len(list(doc.iter(tag))) != 1:
            say(f"not one {tag}")
    for tag in ("script", "style", "iframe", "object", "embed"):
        if list(doc.iter(tag)):
            say(f"a {tag}")
    ids = [e.get("id") for e in doc.iter() if e.get("id")]
    for i in {i for i in ids if ids.count(i) > 1}:
        say(f"id {i} twice")
    level = 1
    for e in doc.iter():
        if not isinstance(e.tag, str):
            continue
        if re.fullmatch("h[1-6]", e.tag):
            if int(e.tag[1]) > level + 1:
                say(f"{e.tag} after h{level}")
            level = int(e.tag[1])
        for name, value in e.items():
            if name.startswith("on") or name == "style":
                say(f"attribute {name}")
            if name in ("aria-labelledby", "aria-describedby", "for"):
                if value not in ids:
                    say(f"{name} {value} leads nowhere")
            if name in ("href", "src", "action") and not re.match(
                    r"(/(?!/)|#)", value):
                say(f"{name} leads elsewhere: {value}")
        if e.tag == "img" and e.get("alt") is None:
            say("an img without alt")
        if e.tag == "a" and "/pks/lookup" in (e.get("href") or ""):
            if "op=stats" not in e.get("href") and e.get("rel") != "nofollow":
                say(f"followed: {e.get('href')}")
        if e.tag == "th" and not e.get("scope"):
            say("a th without scope")
    labels = {e.get("for") for e in doc.iter("label")}
    inside = {c for e in doc.iter("label") for c in e.iter()}
    for e in doc.iter():
        if e.tag in ("input", "textarea", "select") and \
                e.get("type") != "hidden" and \
                e.get("id") not in labels and e not in inside:
            say(f"no label: {e.get('name')}")
    return faults


def main():
    check = {"html": check_html, "contrast": check_contrast}[sys.argv[1]]
    bad = [f"{path}: {fault}" for path in sys.argv[2:]
           for fault in check(path)]
    print("\n".join(bad[:50]))
    sys.exit(1 if bad else 0)


main()
