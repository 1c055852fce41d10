"""webdriver: as much of the WebDriver protocol as the tests need.

A Driver is a chromedriver process of its own, a Session a headless Chromium
that it started, a Link an element of the page. Every request has a deadline;
leaving the `with` block ends the processes, by their ids. No name is resolved:
the browser reaches the loopback and nothing else.
"""
import base64
import ctypes
import http.client
import json
import os
import re
import select
import signal
import subprocess
import time

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
TAB, ENTER, SHIFT, DOWN, SPACE = "\ue004", "\ue007", "\ue008", "\ue015", " "
SECONDS = 30
ARGUMENTS = [
    "--remote-debugging-pipe",   # it ends when the driver does
    "--headless=new", "--disable-gpu", "--disable-dev-shm-usage",
    "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--hide-scrollbars",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


class Trouble(Exception):
    pass


def die_with_parent():
    """Between fork and exec: no driver outlives a tool that was killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Driver:
    def __init__(self, program="chromedriver"):
        self.process = subprocess.Popen(
            [program, "--port=0"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
        self.port, said, end = None, b"", time.monotonic() + SECONDS
        while self.port is None:
            left = end - time.monotonic()
            if left <= 0 or not select.select(
                    [self.process.stdout], [], [], left)[0]:
                break
            more = os.read(self.process.stdout.fileno(), 4096)
            said += more
            found = re.search(rb"on port (\d+)\.", said)
            if found:
                self.port = int(found.group(1))
            elif not more:
                break
        if self.port is None:
            self.close()
            raise Trouble(f"chromedriver does not start: {said!r}")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, method, path, body=None):
        link = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=SECONDS)
        try:
            link.request(method, path, None if body is None
                         else json.dumps(body),
                         {"Content-Type": "application/json"})
            answer = json.loads(link.getresponse().read())["value"]
        finally:
            link.close()
        if isinstance(answer, dict) and "error" in answer:
            raise Trouble(f"{answer['error']}: "
                          f"{answer.get('message', '').splitlines()[:1]}")
        return answer


class Session:
    def __init__(self, driver, folder, script=True, lang="en"):
        """`folder` takes the profile, and downloads in it."""
        self.driver, self.folder, self.pid = driver, folder, 0
        self.downloads = os.path.join(folder, "downloads")
        os.makedirs(self.downloads, exist_ok=True)
        arguments = ARGUMENTS + [f"--user-data-dir={folder}/profile",
                                 f"--accept-lang={lang}"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        wish = {
            "browserName": "chrome",
            "timeouts": {"pageLoad": SECONDS * 1000, "script": SECONDS * 1000,
                         "implicit": 0},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {
                "args": arguments,
                "prefs": {
                    "download.default_directory": self.downloads,
                    "download.prompt_for_download": False,
                    "safebrowsing.enabled": False,
                    "profile.managed_default_content_settings.javascript":
                        1 if script else 2,
                },
            },
        }
        made = driver.ask("POST", "/session",
                          {"capabilities": {"alwaysMatch": wish}})
        self.base = f"/session/{made['sessionId']}"
        self.pid = made["capabilities"].get("goog:processID", 0)

    def close(self):
        try:
            self.driver.ask("DELETE", self.base)
        except (Trouble, OSError, ValueError, http.client.HTTPException):
            if self.pid > 0:
                os.kill(self.pid, signal.SIGKILL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, method, path, body=None):
        return self.driver.ask(method, self.base + path, body)

    # ---- pages

    def go(self, url):
        self.ask("POST", "/url", {"url": url})

    def url(self):
        return self.ask("GET", "/url")

    def title(self):
        return self.ask("GET", "/title")

    def all(self, css):
        found = self.ask("POST", "/elements",
                         {"using": "css selector", "value": css})
        return [Link(self, e[ELEMENT]) for e in found]

    def one(self, css):
        found = self.all(css)
        if not found:
            raise Trouble(f"{self.url()} has no {css}")
        return found[0]

    def focused(self):
        return Link(self, self.ask("GET", "/element/active")[ELEMENT])

    def wait(self, what, test):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            try:
                value = test()
            except Trouble:   # an element of the page that is leaving
                value = None
            if value:
                return value
            time.sleep(.05)
        raise Trouble(f"{what} does not happen")

    def run(self, script, *args):
        """The tool's own script: the page's policy does not bind it."""
        return self.ask("POST", "/execute/sync",
                        {"script": script, "args": list(args)})

    # ---- keys

    def press(self, *keys):
        """One after the other; a tuple at once."""
        steps = []
        for key in keys:
            chord = key if isinstance(key, tuple) else (key,)
            steps += [{"type": "keyDown", "value": k} for k in chord]
            steps += [{"type": "keyUp", "value": k} for k in chord[::-1]]
        self.ask("POST", "/actions", {"actions": [
            {"type": "key", "id": "keyboard", "actions": steps}]})

    # ---- the window

    def devtools(self, command, **params):
        return self.ask("POST", "/goog/cdp/execute",
                        {"cmd": command, "params": params})

    def size(self, width, height=900, ratio=1):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width,
                      height=height, deviceScaleFactor=ratio, mobile=False)

    def media(self, scheme="light", medium=""):
        self.devtools("Emulation.setEmulatedMedia", media=medium, features=[
            {"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, path):
        box = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": box["width"],
                "height": min(box["height"], 6000), "scale": 1}
        data = self.devtools("Page.captureScreenshot", format="png",
                             captureBeyondViewport=True, clip=clip)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    # ---- what it did

    def log(self, kind):
        return self.ask("POST", "/se/log", {"type": kind})

    def requests(self):
        """Every address that a page asked for since the last time."""
        seen = []
        for entry in self.log("performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                seen.append(event["params"]["request"]["url"])
        return seen


class Link:
    """An element of a page."""

    def __init__(self, session, name):
        self.session, self.name = session, name
        self.base = f"/element/{name}"

    def json(self):
        return {ELEMENT: self.name}

    def text(self):
        return self.session.ask("GET", self.base + "/text")

    def attribute(self, name):
        return self.session.ask("GET", f"{self.base}/attribute/{name}")

    def css(self, name):
        return self.session.ask("GET", f"{self.base}/css/{name}")

    def click(self):
        self.session.ask("POST", self.base + "/click", {})

    def type(self, text):
        self.session.ask("POST", self.base + "/value", {"text": text})

    def same(self, other):
        return self.name == other.name


def tell(name, faults):
    """One test, as tests/integration/lib.sh reads it: `faults` is empty."""
    for fault in faults:
        print(f"  {fault}")
    print(f"{'not ok' if faults else 'ok'} - {name}", flush=True)
