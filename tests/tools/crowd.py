#!/usr/bin/env python3
"""Many connections at once, each with two answers, and all gone again.

    crowd.py PORT COUNT

Thirty come from each address of 127.2/16. The second answer makes the server
use all the memory of a connection.
"""
import resource
import socket
import sys

port, count = int(sys.argv[1]), int(sys.argv[2])
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
crowd = []
for n in range(count):
    s = socket.socket()
    s.settimeout(60)
    s.bind(("127.2.%d.%d" % (n // 30 // 250, n // 30 % 250 + 1), 0))
    s.connect(("127.0.0.1", port))
    crowd.append(s)
    for _ in range(2):
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while b"\r\n\r\nOK\n" not in answer:
            part = s.recv(4096)
            if not part:
                sys.exit("the server ended connection %d: %r" % (n, answer))
            answer += part
for s in crowd:
    s.close()
