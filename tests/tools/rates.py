"""rates.py PORT CASE: asks a server from several addresses of 127/8.

Each case is a promise on rates and connections; exits 1 with what was seen
when the server breaks it. No case depends on how fast this machine is: a
bucket that refills meanwhile is only emptied later.
"""
import socket
import sys

PORT = int(sys.argv[1])
ASK = "/pks/lookup?op=get&search=0x0123456789ABCDEF"
VKS = "/vks/v1/by-fingerprint/" + 40 * "A"
V2 = "/pks/v2/certs/by-keyid/0123456789ABCDEF"
TRIES = 5000


def connect(source):
    return socket.create_connection(("127.0.0.1", PORT), 30, (source, 0))


def read(s):
    """The answer on this connection: status and head; 0 when there is none."""
    data = b""
    try:
        while True:
            more = s.recv(65536)
            if not more:
                break
            data += more
    except ConnectionResetError:
        pass
    head = data.split(b"\r\n\r\n")[0].decode("latin-1")
    return (int(head.split(" ")[1]) if head else 0), head


def ask(source, path, body=None, extra=""):
    s = connect(source)
    head = "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s" % (
        "GET" if body is None else "POST", path, extra)
    if body is not None:
        head += "Content-Type: text/plain\r\nContent-Length: %d\r\n" % len(body)
    try:
        s.sendall((head + "\r\n").encode() + (body or b""))
    except OSError:
        pass  # refused before it was read
    answer = read(s)
    s.close()
    return answer


def expect(what, got, want):
    if got != want:
        sys.exit("%s: %r, expected %r" % (what, got, want))


def until_refused(source, path, usual, refused, least, body=None, extra=""):
    """At least `least` are answered, then one is refused, and told when."""
    for n in range(TRIES):
        status, head = ask(source, path, body, extra)
        if status == refused:
            if n < least:
                sys.exit("refused after %d, not %d" % (n, least))
            if "\r\nRetry-After: " not in head:
                sys.exit("no Retry-After: " + head)
            return
        expect("answer %d" % n, status, usual)
    sys.exit("never refused")


def lookups():
    until_refused("127.0.1.1", ASK, 404, 503, 200)
    expect("its neighbour", ask("127.0.1.2", ASK)[0], 404)


def vks():
    until_refused("127.0.2.1", VKS, 404, 429, 200)
    expect("its neighbour", ask("127.0.2.2", VKS)[0], 404)


def v2():
    until_refused("127.0.3.1", V2, 404, 429, 200)


def hashquery():
    empty = bytes(4)
    until_refused("127.0.4.1", ASK, 404, 503, 200)
    for _ in range(300):
        expect("hashquery",
               ask("127.0.4.1", "/pks/hashquery", empty)[0], 200)


def searches():
    """What costs a search costs it whatever it is called."""
    page = "Accept: text/html\r\n"
    for source, path, usual, refused, extra in (
            ("127.0.12.1", "/pks/lookup?search=nobody+here", 404, 503, ""),
            ("127.0.12.2", "/pks/lookup?op=stats&options=mr", 200, 503, ""),
            ("127.0.12.3", "/pks/stats", 200, 503, page),
            ("127.0.12.4", "/pks/lookup?op=vindex&search=0x%040d" % 1, 404,
             503, page),
            ("127.0.12.5", "/pks/v2/prefixlog/2020-01-01", 200, 429, "")):
        until_refused(source, path, usual, refused, 20, None, extra)
        expect("a look-up", ask(source, ASK)[0], 404)


def submissions():
    until_refused("127.0.5.1", "/pks/add", 422, 503, 30, b"no key")
    expect("a look-up", ask("127.0.5.1", ASK)[0], 404)


def octets():
    until_refused("127.0.6.1", "/pks/add", 422, 503, 2, b"x" * (7 << 20))


def malformed():
    for n in range(TRIES):
        status, _ = ask("127.0.7.1", "/pks/lookup?search=a%00b")
        if status == 0:
            break
        expect("answer %d" % n, status, 400)
    else:
        sys.exit("never shut out")
    if n < 20:
        sys.exit("shut out after %d" % n)
    expect("what is well formed", ask("127.0.7.1", ASK)[0], 0)
    expect("its neighbour", ask("127.0.7.2", ASK)[0], 404)


def hold(source):
    """A connection that is served, and stays; None when it is refused."""
    s = connect(source)
    try:
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        if s.recv(65536).startswith(b"HTTP/1.1 200 "):
            return s
    except OSError:
        pass
    s.close()
    return None


def address():
    held = [hold("127.0.8.1") for _ in range(32)]
    expect("32 of one address", all(held), True)
    expect("one more", hold("127.0.8.1"), None)
    expect("its neighbour", hold("127.0.8.2") is None, False)
    held.pop().close()
    for _ in range(TRIES):
        if hold("127.0.8.1"):
            return
    sys.exit("a place that was left is not given again")


def total():
    held = []
    # Connections of the case before may take a moment to be gone.
    for _ in range(TRIES):
        s = hold("127.0.9.%d" % (len(held) // 32 + 1))
        if s:
            held.append(s)
        if len(held) == 128:
            break
    expect("in all", len(held), 128)
    expect("one more", hold("127.0.9.9"), None)


def proxy():
    client = "X-Forwarded-For: 192.0.2.%d\r\n"
    held = [hold("127.0.10.1") for _ in range(40)]
    expect("connections of a proxy", all(held), True)
    until_refused("127.0.10.1", ASK, 404, 503, 200, None, client % 1)
    expect("another client", ask("127.0.10.1", ASK, None, client % 2)[0], 404)
    # A bucket of its own would last for 200; this one has what came since.
    for what, source, extra in (
            ("the same by a second proxy", "127.0.10.2", client % 1),
            ("a chain of proxies", "127.0.10.1",
             "X-Forwarded-For: 192.0.2.3, 192.0.2.1, 127.0.10.2\r\n")):
        if 503 not in (ask(source, ASK, None, extra)[0] for _ in range(150)):
            sys.exit(what + ": not refused")


def spoofed():
    for n in range(TRIES):
        status, _ = ask("127.0.11.1", ASK, None,
                        "X-Forwarded-For: 192.0.2.%d\r\n" % (n % 250))
        if status == 503:
            return
    sys.exit("a stranger's X-Forwarded-For is believed")


globals()[sys.argv[2]]()
