#!/usr/bin/env python3
"""Damages a database file in one place, as a bad disk would.

damage-file.py FILE octet HEX    an octet of this value, in the one page of an
                                 index that has it
damage-file.py FILE words        a token in each page that holds such of the
                                 index of user IDs
damage-file.py FILE page         all of a page of a table
damage-file.py FILE index NAME   the head of a page of this index
damage-file.py FILE table NAME   of this table, the same
"""
import re
import sqlite3
import sys

TABLE_LEAF, INDEX_LEAF = 13, 10


def pages(b, kind):
    return [i for i in range(0, len(b), PAGE) if b[i] == kind]


def octet(b, value):
    at = [i for i in pages(b, INDEX_LEAF) if value in b[i:i + PAGE]]
    assert len(at) == 1, at
    b[b.index(value, at[0]) + 5] ^= 1


def words(b):
    found = 0
    for i in pages(b, TABLE_LEAF):
        m = re.search(rb"[0-9a-f]{12}", bytes(b[i:i + PAGE]))
        if m:
            b[i + m.start() + 3] ^= 0x80
            found += 1
    assert found


def page(b):
    leaves = pages(b, TABLE_LEAF)
    at = leaves[len(leaves) // 2]
    b[at:at + PAGE] = b"\xff" * PAGE


def index(b, name):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    at = [r[0] for r in db.execute(
        "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'",
        (name,))]
    db.close()
    at = (at[len(at) // 2] - 1) * PAGE  # of one page it is the root
    b[at:at + 100] = b"\xff" * 100


path, what = sys.argv[1:3]
data = bytearray(open(path, "rb").read())
PAGE = int.from_bytes(data[16:18], "big")  # SQLite's file format, header
assert PAGE >= 512
if what == "octet":
    octet(data, bytes.fromhex(sys.argv[3]))
elif what in ("index", "table"):
    index(data, sys.argv[3])
else:
    {"words": words, "page": page}[what](data)
open(path, "wb").write(data)
