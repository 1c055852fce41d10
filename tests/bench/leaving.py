"""leaving.py - from the answer to a submission to its letter

    leaving.py PORT KEYS LEFT

Submits each file of the folder KEYS by itself, one after the other; the answer
says that it is committed. Its letter is a file in LEFT, written when it left.
Prints letters, and p50 and p99 of the milliseconds between.
"""
import http.client
import os
import sys
import time
import urllib.parse

PATIENCE = 60


def submit(web, path):
    with open(path, "rb") as f:
        body = urllib.parse.urlencode({"keytext": f.read()})
    web.request("POST", "/pks/add", body,
                {"Content-Type": "application/x-www-form-urlencoded"})
    answer = web.getresponse()
    answer.read()
    if answer.status != 200:
        sys.exit("leaving.py: answer %d" % answer.status)
    return time.time_ns()


def letters(left):
    return [n for n in os.listdir(left) if not n.startswith(".")]


def main():
    port, keys, left = sys.argv[1:4]
    web = http.client.HTTPConnection("127.0.0.1", int(port))
    before = set(letters(left))
    committed = []
    for name in sorted(os.listdir(keys)):
        committed.append(submit(web, os.path.join(keys, name)))
        time.sleep(0.01)
    until = time.time() + PATIENCE
    while len(set(letters(left)) - before) < len(committed) and \
            time.time() < until:
        time.sleep(0.1)
    came = sorted(os.stat(os.path.join(left, n)).st_mtime_ns
                  for n in set(letters(left)) - before)
    if not came:
        sys.exit("leaving.py: no letter came")
    # Files are stamped with the last tick: below 0 is 0.
    took = sorted(max(0, b - a) / 1e6 for a, b in zip(committed, came))
    print("%d %.1f %.1f" % (
        len(took), took[len(took) // 2], took[len(took) * 99 // 100]))


main()
