"""bare_bulk.py - SQLite by itself, filled as fast as it goes

    bare_bulk.py ROWS FILE

Rows of 2,400 octets, as durable as keypost's load, with an index of digests
and one of fingerprints, made at the end. What keypost load needs beyond this
is its own: reading, hashing, and what certificates are found by.
"""
import os
import sqlite3
import sys

BATCH = 20000


def rows(count):
    octets = os.urandom(2400)
    for _ in range(count):
        ids = os.urandom(36)
        yield ids[:20], ids[20:], octets


def main():
    count = int(sys.argv[1])
    db = sqlite3.connect(sys.argv[2], isolation_level=None)
    for pragma in ("page_size=8192", "journal_mode=TRUNCATE",
                   "synchronous=FULL", "locking_mode=EXCLUSIVE",
                   "cache_size=-16384"):
        db.execute("PRAGMA " + pragma)
    db.execute("CREATE TABLE cert(id INTEGER PRIMARY KEY, fpr BLOB,"
               " digest BLOB, octets BLOB)")
    for at in range(0, count, BATCH):
        db.execute("BEGIN")
        db.executemany(
            "INSERT INTO cert(fpr, digest, octets) VALUES(?, ?, ?)",
            rows(min(BATCH, count - at)))
        db.execute("COMMIT")
    db.execute("CREATE INDEX d ON cert(digest)")
    db.execute("CREATE INDEX f ON cert(fpr)")


main()
