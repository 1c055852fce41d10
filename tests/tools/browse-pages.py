#!/usr/bin/env python3
"""browse-pages: how pages look to everybody, in a browser.

    browse-pages.py URL FOLDER [--axe SCRIPT] [--shots FOLDER] [--lang TAG]
                    NAME=PLACE...

PLACE is a path on the server, @FILE: what becomes of that submission, or a path
that holds .svg: a picture, of which no words may meet or stick out. Each page
is seen by day, by night, on a narrow window, at 400 % and on paper:
nothing may stick out, ask another server, offend the page's policy or, where
axe-core is there, be in anybody's way. The browser asks for English or for what
--lang says, and gets it. Prints "ok - NAME" or "not ok - NAME"
a line.
"""
import os
import sys
import urllib.request

from webdriver import Driver, Session, tell

# Name, width, height, pixels for one, colours; the first loads the page.
VIEWS = [
    ("light-1280", 1280, 900, 1, "light"),
    ("dark-1280", 1280, 900, 1, "dark"),
    ("dark-320", 320, 640, 1, "dark"),
    ("light-320", 320, 640, 1, "light"),
]
ZOOMED = (320, 225, 4)   # 1280 x 900 at 400 %

WIDE = """
const w = document.documentElement, wide = [];
if (w.scrollWidth > innerWidth)
    wide.push('the page is ' + w.scrollWidth + ' wide');
for (const e of document.querySelectorAll('main *, header *, footer *')) {
    const b = e.getBoundingClientRect();
    if (b.width && b.right > innerWidth + 1 && !e.closest('pre, .hidden') &&
            !e.closest('thead'))
        wide.push(e.tagName + '.' + e.className + ' ends at ' + b.right);
}
return wide.slice(0, 8);
"""
# Tags and attributes that no page of ours has, whoever is quoted in it.
ALIEN = """
return [...document.querySelectorAll(
    'script, iframe, object, embed, style, base, svg, h1 b, .key b, ' +
    '.outcomes b, img:not(.chart, .brand img), [style], [onerror], ' +
    '[onload], [onclick]')].map(
    e => e.outerHTML.slice(0, 80));
"""
# A direction that a name switches must not leave its element.
BARE = """
return (document.body.innerText.match(/[\\u0000-\\u0008\\u000e-\\u001f\\u007f-\
\\u009f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]/g) || []).map(
    c => 'a bare U+' + c.charCodeAt(0).toString(16));
"""
PAPER = """
const shown = q => [...document.querySelectorAll(q)].filter(
    e => e.checkVisibility()).map(e => 'on paper: ' + e.outerHTML.slice(0, 50));
const ground = getComputedStyle(document.documentElement).backgroundColor;
const ink = getComputedStyle(document.body).color;
return shown('nav, form, button, .skip').concat(
    ground == 'rgb(255, 255, 255)' ? [] : ['ground ' + ground],
    ink == 'rgb(0, 0, 0)' ? [] : ['ink ' + ink]);
"""
SPOKEN = """
const lang = document.documentElement.lang;
return lang == arguments[0] ? [] : ['it is in ' + lang];
"""
# A picture in a page without a policy, so that its own style counts.
DRAWN = """
document.body.innerHTML = arguments[0];
const svg = document.querySelector('svg'), all = svg.viewBox.baseVal;
const boxes = [...svg.querySelectorAll('rect.box, rect.self')].map(
    r => r.getBBox());
const words = [...svg.querySelectorAll('text')].map(
    t => ({says: t.textContent, b: t.getBBox()})).filter(w => w.b.width);
const within = (b, o, by) => b.x >= o.x + by && b.y >= o.y &&
    b.x + b.width <= o.x + o.width - by && b.y + b.height <= o.y + o.height;
const meet = (b, o) => b.x < o.x + o.width && o.x < b.x + b.width &&
    b.y + 2 < o.y + o.height && o.y + 2 < b.y + b.height;
const faults = words.length ? [] : ['it says nothing'];
for (const [i, w] of words.entries()) {
    if (!within(w.b, all, 0))
        faults.push(w.says + ' leaves the picture');
    for (const o of boxes.filter(o => meet(w.b, o) && !within(w.b, o, 3)))
        faults.push(w.says + ' leaves its box');
    for (const other of words.slice(i + 1).filter(o => meet(w.b, o.b)))
        faults.push(w.says + ' meets ' + other.says);
}
return faults;
"""
# Rules that colours and widths can break are asked again for each view.
AXE = """
return axe.run(document, arguments[0] ? {runOnly: arguments[0]} : {}).then(
    r => r.violations.map(v => v.id + ': ' + v.help + ': ' +
        v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(' | ')));
"""
AGAIN = ["color-contrast", "link-in-text-block", "scrollable-region-focusable",
         "target-size"]


class Pages:
    def __init__(self, session, url, axe, shots, lang):
        self.session, self.url, self.lang = session, url, lang
        self.axe, self.shots = axe, shots

    def open(self, place):
        if not place.startswith("@"):
            self.session.go(self.url + place)
            return
        self.session.go(self.url)
        self.session.one("#keyfile").type(os.path.abspath(place[1:]))
        self.session.one("form[method=post] button").click()
        self.session.wait("the answer", lambda: self.session.url().endswith(
            "/pks/add") and self.session.all("main h1"))

    def look(self, name, place):
        session, wide, axe = self.session, [], []
        for n, (view, width, height, ratio, scheme) in enumerate(VIEWS):
            session.size(width, height, ratio)
            session.media(scheme)
            if n == 0:
                self.open(place)
                if self.axe:
                    session.run(self.axe)
            wide += [f"{view}: {w}" for w in session.run(WIDE)]
            if self.axe:
                axe += [f"{view}: {v}" for v in
                        session.run(AXE, AGAIN if n else None)]
            if self.shots:
                session.picture(f"{self.shots}/{name}-{view}.png")
        tell(f"{name}: nothing sticks out of a window 320 wide", wide)
        if self.axe:
            tell(f"{name}: axe finds nothing", axe)
        session.size(*ZOOMED)
        tell(f"{name}: nor at 400 %", session.run(WIDE))
        session.size(718)
        session.media("dark", "print")
        tell(f"{name}: on paper it is black on white, without forms",
             session.run(PAPER) + session.run(WIDE))
        if self.shots:
            session.picture(f"{self.shots}/{name}-print.png")
        tell(f"{name}: it is in the language asked for",
             session.run(SPOKEN, self.lang))
        tell(f"{name}: what it quotes is text and nothing else",
             session.run(ALIEN) + session.run(BARE))

    def draw(self, name, place):
        session = self.session
        wish = urllib.request.Request(
            self.url + place, headers={"Accept-Language": self.lang})
        with urllib.request.urlopen(wish, timeout=30) as answer:
            picture = answer.read().decode()
        session.go("about:blank")
        session.size(320 if "narrow" in place else 800)
        tell(f"{name}: its words keep apart, inside of it",
             session.run(DRAWN, picture))
        for scheme in ("light", "dark") if self.shots else ():
            session.media(scheme)
            session.picture(f"{self.shots}/{name}-{scheme}.png")

    def foreign(self):
        """Requests that went elsewhere, and what the browser complains of;
        not of the statuses of error pages, which are the test's wish."""
        seen = self.session.requests()
        away = [u for u in seen if not u.startswith(self.url + "/")]
        tell("no page asks anybody but its server",
             away or ([] if len(seen) > 10 else [f"only {seen}"]))
        complaints = [e["message"] for e in self.session.log("browser")
                      if "the server responded with a status of"
                      not in e["message"]]
        tell("nothing offends the pages' policy", complaints)

    def guarded(self):
        """That the policy is at work and the log would tell."""
        self.session.go(self.url)
        self.session.log("browser")
        ran = self.session.run("""
            const s = document.createElement('script');
            s.textContent = 'window.ran = 1';
            document.body.append(s);
            const i = document.createElement('img');
            i.src = 'http://127.0.0.1:1/away.png';
            document.body.append(i);
            return window.ran || 0""")
        tell("a script that gets into a page does not run",
             ["it ran"] if ran else [])
        told = [e["message"] for e in self.session.log("browser")
                if "Content Security Policy" in e["message"]]
        tell("and the browser tells, of a picture from elsewhere, too",
             [] if any("inline" in t for t in told)
             and any("away.png" in t for t in told) else [str(told)])


def main():
    url, folder, *rest = sys.argv[1:]
    axe = shots = None
    lang = "en"
    while rest[0].startswith("--"):
        if rest[0] == "--axe":
            with open(rest[1], encoding="utf-8") as f:
                axe = f.read()
        elif rest[0] == "--lang":
            lang = rest[1]
        else:
            shots = rest[1]
            os.makedirs(shots, exist_ok=True)
        rest = rest[2:]
    with Driver() as driver, Session(
            driver, folder, lang=lang) as session:
        session.go("about:blank")
        session.requests()   # of the browser's own first page
        pages = Pages(session, url, axe, shots, lang)
        rows = [row.split("=", 1) for row in rest]
        for name, place in rows:
            if ".svg" not in place:
                pages.look(name, place)
        pages.foreign()
        pages.guarded()
        for name, place in rows:
            if ".svg" in place:
                pages.draw(name, place)


main()
