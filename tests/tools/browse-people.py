#!/usr/bin/env python3
"""browse-people: what people do in a browser, done by a browser.

    browse-people.py without-script URL FOLDER PASTED FILE ADDRESS
    browse-people.py by-keyboard    URL FOLDER PASTED ADDRESS

PASTED and FILE are armored keys, ADDRESS is in the first one. Downloads stay
in FOLDER/downloads. Prints "ok - NAME" or "not ok - NAME" a line.
"""
import os
import sys

from webdriver import (DOWN, ENTER, SHIFT, SPACE, TAB, Driver, Session,
                       tell)

PLACES = [
    ("the first page", "/"),
    ("results", "/pks/lookup?search=example.org"),
    ("a key's page", "/pks/lookup?op=vindex&search=example.org"),
    ("an error", "/nowhere"),
    ("the statistics", "/pks/lookup?op=stats"),
]

# What the keyboard reaches, in the order of the page; of radio buttons with
# one name only the chosen one.
LISTEN = """
const seen = window.seen = [];
const ring = e => { const s = getComputedStyle(e);
    return s.outlineStyle + s.outlineWidth + s.outlineColor + s.boxShadow; };
const all = window.all = [...document.querySelectorAll(
    'a[href], button, input, textarea, summary, [tabindex="0"]')].filter(
    e => e.type != 'radio' || e.checked).filter(e => e.checkVisibility());
const before = all.map(ring);
document.addEventListener('focusin', e => {
    const i = all.indexOf(e.target);
    seen.push([i, ring(e.target) != before[i] &&
        parseFloat(getComputedStyle(e.target).outlineWidth) >= 2,
        e.target.outerHTML.slice(0, 60)]); });
return all.length;
"""


def reads(session, name, *words):
    """The page that is open says each of these."""
    text = session.one("body").text()
    tell(name, [f"{session.url()} lacks: {w}" for w in words
                if w.casefold() not in text.casefold()])


def heading(session, text):
    return session.wait(text, lambda: any(
        h.text() == text for h in session.all("h1")))


def downloaded(session, count):
    """The newest of `count` files that are there whole."""
    def whole():
        names = os.listdir(session.downloads)
        if len(names) == count and all(n.endswith(".asc") for n in names):
            return names
        return None
    return session.wait("the download", whole)


def fingerprint(path):
    """By the name of the file, which the test gave it."""
    return os.path.basename(path).removesuffix(".asc")


def grouped(hexdigits):
    half = len(hexdigits) // 2
    return [" ".join(part[i:i + 4] for i in range(0, len(part), 4))
            for part in (hexdigits[:half], hexdigits[half:])]


def link(session, css, words):
    for found in session.all(css):
        if found.text() == words:
            return found
    raise SystemExit(f"{session.url()} has no link {words}")


def submit(session, url, pasted, path):
    session.go(url)
    if pasted:
        with open(path, encoding="ascii") as f:
            session.one("#keytext").type(f.read())
    else:
        session.one("#keyfile").type(os.path.abspath(path))
    session.one("form[method=post] button").click()
    heading(session, "What became of your submission")
    how = "pasted text" if pasted else "a file"
    reads(session, f"{how} is published", "published",
          *grouped(fingerprint(path)))


def without_script(session, url, pasted, path, address):
    session.go("data:text/html,<title>off</title>"
               "<script>document.title='on'</script>")
    tell("no script runs in this browser",
         [] if session.title() == "off" else [session.title()])
    submit(session, url, True, pasted)
    submit(session, url, False, path)
    session.go(url)
    session.one("#search").type(address)
    session.one("form[role=search] button").click()
    heading(session, f"Search results for {address}")
    reads(session, "a search finds the key", "1 key found", address,
          *grouped(fingerprint(pasted)))
    link(session, ".do a", "Details and signatures").click()
    heading(session, "A key in detail")
    reads(session, "its page tells all of it", address, "valid",
          "self-signature", *grouped(fingerprint(pasted)))
    link(session, ".do a", "Download this key").click()
    tell("it is downloaded", [] if downloaded(session, 1) else ["nothing"])
    link(session, "nav a", "Statistics").click()
    session.wait("the statistics", lambda: "op=stats" in session.url())
    reads(session, "the statistics count both", "Total number of keys: 2")
    pictures = session.run(
        "return [...document.images].map(i => [i.src, i.naturalWidth])")
    tell("and show their pictures",
         [str(p) for p in pictures if p[1] == 0]
         or ([] if len(pictures) >= 3 else [str(pictures)]))
    session.go(url)
    session.one("#search").type(address)
    session.one("input[value=get]").click()
    session.one("form[role=search] button").click()
    tell("a search can download at once",
         [] if downloaded(session, 2) else ["nothing"])


# ---- by keyboard ----------------------------------------------------------

def tab_to(session, test, limit=80):
    """Presses Tab until the focused element passes."""
    for _ in range(limit):
        session.press(TAB)
        if session.run("const e = document.activeElement; return " + test):
            return
    raise SystemExit(f"{session.url()}: Tab never reaches {test}")


def walk(session, name, url):
    session.go(url)
    count = session.run(LISTEN)
    session.press(*[TAB] * count)
    seen = session.run("return window.seen")
    faults = [f"no focus to see on {what}" for _, ring, what in seen
              if not ring]
    order = [i for i, _, _ in seen]
    if order != list(range(count)):
        faults.append(f"of {count} elements Tab reaches {order}")
    tell(f"on {name} Tab reaches everything in order, and one sees where",
         faults)


def by_keyboard(session, url, pasted, address):
    session.go(url)
    session.press(TAB)
    skip = session.focused()
    tell("the first Tab offers to skip to the content",
         [] if skip.text() == "Skip to the content" else [skip.text()])
    session.press(ENTER)
    session.press(TAB)
    tell("and does: the next one is the search",
         [] if session.run("return document.activeElement.id") == "search"
         else [session.run("return document.activeElement.outerHTML")])
    tab_to(session, "e.id == 'keytext'")
    with open(pasted, encoding="ascii") as f:
        session.focused().type(f.read())
    tab_to(session, "e.type == 'submit'")
    session.press(ENTER)
    heading(session, "What became of your submission")
    reads(session, "a key is submitted by keyboard", "unchanged",
          *grouped(fingerprint(pasted)))
    tab_to(session, "e.textContent == 'Search'")
    session.press(ENTER)
    session.wait("home", lambda: session.all("#keytext"))
    tab_to(session, "e.id == 'search'")
    session.press(*address)
    tab_to(session, "e.name == 'op'")
    session.press(DOWN)
    tab_to(session, "e.name == 'exact'")
    session.press(SPACE, *[(SHIFT, TAB)] * 2)
    session.press(ENTER)
    heading(session, "A key in detail")
    chosen = session.url()
    tell("a search is told how, with arrows and the space bar",
         [] if "op=vindex" in chosen and "exact=on" in chosen else [chosen])
    tab_to(session, "e.textContent == 'Download this key'")
    session.press(ENTER)
    tell("the key is downloaded by keyboard",
         [] if downloaded(session, 1) else ["nothing"])
    for name, path in PLACES:
        walk(session, name, url + path)


def main():
    what, url, folder, *rest = sys.argv[1:]
    with Driver() as driver:
        if what == "without-script":
            with Session(driver, folder, script=False) as session:
                without_script(session, url, *rest)
        else:
            with Session(driver, folder) as session:
                by_keyboard(session, url, *rest)


main()
