"""Raw HTTP over a socket, for tests: octets out, octets in, nothing helped.

Every answer that anything here reads is kept, so that a test can assert of all
of them at the end: a success is 200 (or 304 to who asked), never 502 or 504.
"""
import re
import socket

SECONDS = 8
answers = []


class Answer:
    """status 0: the connection ended without an answer"""

    def __init__(self, octets, closed):
        head, _, self.body = octets.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        found = re.match(rb"HTTP/1\.[01] (\d\d\d) ", lines[0])
        self.status = int(found.group(1)) if found else 0
        self.closed = closed
        self.raw = octets
        self.fields = []
        for line in lines[1:]:
            name, _, value = line.decode("latin-1").partition(":")
            self.fields.append((name.lower(), value.strip()))

    def field(self, name):
        """The first value, or ''."""
        return (self.all(name) + [""])[0]

    def all(self, name):
        return [v for n, v in self.fields if n == name.lower()]

    def text(self):
        return self.body.decode("utf-8")


class Link:
    """One connection."""

    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.settimeout(SECONDS)
        self.left = b""

    def send(self, octets):
        self.sock.sendall(octets)

    def more(self):
        try:
            part = self.sock.recv(65536)
        except ConnectionResetError:
            part = b""
        self.left += part
        return part != b""

    def read(self, head_only=False, interim=False):
        """One answer; 100 Continue is passed over unless asked for."""
        while True:
            while b"\r\n\r\n" not in self.left:
                if not self.more():
                    octets, self.left = self.left, b""
                    return Answer(octets, True)
            end = self.left.index(b"\r\n\r\n") + 4
            head = Answer(self.left[:end], False)
            want = 0 if head_only else int(head.field("Content-Length") or 0)
            while len(self.left) < end + want and self.more():
                pass
            octets, self.left = self.left[:end + want], self.left[end + want:]
            if head.status != 100 or interim:
                break
        answer = Answer(octets, False)
        answers.append((octets[:60], answer.status))
        return answer

    def rest(self):
        """What comes until the other side closes; None if it does not."""
        try:
            while self.more():
                pass
        except socket.timeout:
            return None
        return self.left

    def close(self):
        self.sock.close()


def ask(port, octets, head_only=None):
    """A connection for one request."""
    link = Link(port)
    try:
        link.send(octets)
    except OSError:
        pass
    if head_only is None:
        head_only = octets.startswith(b"HEAD ")
    answer = link.read(head_only)
    link.close()
    return answer


def get(port, target, fields=""):
    return ask(port, ("GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n" %
                      (target, fields)).encode())


def post(port, target, body, fields=""):
    head = "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s\r\n"
    return ask(port, (head % (target, len(body), fields)).encode() + body)


def odd_answers():
    """Those that no client of keyservers could take for what they are."""
    return [a for a in answers
            if a[1] in (502, 504) or (a[1] < 400 and a[1] not in (100, 200, 304))]


def result(name, good, detail=""):
    """A line for `results` of lib.sh, which numbers it."""
    print("%s - %s" % ("ok" if good else "not ok", name))
    if not good:
        for line in str(detail).split("\n")[:12]:
            print("# %s" % line[:300])
