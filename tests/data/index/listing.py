#!/usr/bin/env python3
"""Writes NAME.mr beside each NAME.pgp: the machine-readable index as clients
read it, worked out here by other means than keypost's, at time NOW.

    ./listing.py FILE.pgp...

Knows just the certificates of this folder: version 3 RSA and version 4 keys,
signatures whose only issuer is the key itself, taken as valid.
"""
import hashlib
import struct
import sys

NOW = 1700000000
BITS = {22: 255}


def packets(data):
    pos = 0
    while pos < len(data):
        tag = (data[pos] >> 2) & 15
        n = 1 << (data[pos] & 3)
        size = int.from_bytes(data[pos + 1:pos + 1 + n], "big")
        yield tag, data[pos + 1 + n:pos + 1 + n + size]
        pos += 1 + n + size


def subpackets(area):
    pos = 0
    while pos < len(area):
        n = area[pos]
        assert 0 < n < 192
        yield area[pos + 1] & 127, area[pos + 2:pos + 1 + n]
        pos += 1 + n


class Sig:
    def __init__(self, body):
        self.expires = self.key_expires = self.primary = 0
        if body[0] == 3:
            self.type = body[2]
            self.created = struct.unpack(">I", body[3:7])[0]
            self.issuer = body[7:15]
            return
        self.type = body[1]
        n = struct.unpack(">H", body[4:6])[0]
        for kind, value in subpackets(body[6:6 + n]):
            if kind == 2:
                self.created = struct.unpack(">I", value)[0]
            elif kind == 3:
                self.expires = struct.unpack(">I", value)[0]
            elif kind == 9:
                self.key_expires = struct.unpack(">I", value)[0]
            elif kind == 25:
                self.primary = value[0]
            elif kind == 33:
                self.issuer = value[13:]


def escape(text):
    if len(text) > 1024:
        try:
            text.decode("utf-8")
            text = text[:1024].decode("utf-8", "ignore").encode()
        except UnicodeDecodeError:
            text = text[:1024]
    return "".join(chr(c) if 32 <= c < 127 and c not in b"%:+"
                   else "%%%02X" % c for c in text)


def flags(revoked, expires):
    return ("r" if revoked else "") + (
        "e" if expires and expires <= NOW else "")


def listing(data):
    key, user_ids, revoked, into = None, [], False, None
    for tag, body in packets(data):
        if tag == 6:
            key, into = body, []
        elif tag == 13:
            into = []
            user_ids.append((body, into))
        elif tag == 14:
            into = None
        elif tag == 2 and into is not None:
            into.append(Sig(body))
            revoked = revoked or into[-1].type == 0x20
    created = struct.unpack(">I", key[1:5])[0]
    expires = 0
    if key[0] == 4:
        name = hashlib.sha1(
            b"\x99" + struct.pack(">H", len(key)) + key).hexdigest().upper()
        own = bytes.fromhex(name)[12:]
        algorithm, bits = key[5], BITS.get(key[5])
        if bits is None:
            bits = struct.unpack(">H", key[6:8])[0]
    else:
        days, algorithm, bits = struct.unpack(">HBH", key[5:10])
        own = key[10:10 + (bits + 7) // 8][-8:]
        name = own.hex().upper()
        expires = created + days * 86400 if days else 0
    lines = []
    for text, sigs in user_ids:
        sigs = [s for s in sigs if s.issuer == own]
        good = [s for s in sigs if 0x10 <= s.type <= 0x13]
        if not good:
            continue
        best = max(good, key=lambda s: s.created)
        gone = any(s.type == 0x30 and s.created >= best.created for s in sigs)
        lines.append((not (best.primary and not gone), -best.created, text,
                      best, gone))
    used = sorted([line for line in lines if not line[4]],
                  key=lambda x: x[:3])
    lines.sort(key=lambda x: x[1:3])
    if used:
        lines.remove(used[0])
        lines.insert(0, used[0])
    if lines and lines[0][3].key_expires:
        expires = created + lines[0][3].key_expires
    out = "info:1:1\npub:%s:%d:%d:%d:%s:%s\n" % (
        name, algorithm, bits, created, expires or "",
        flags(revoked, expires))
    for _, _, text, best, gone in lines:
        end = best.created + best.expires if best.expires else 0
        out += "uid:%s:%d:%s:%s\n" % (
            escape(text), best.created, end or "", flags(gone, end))
    return out


for path in sys.argv[1:]:
    with open(path, "rb") as f:
        text = listing(f.read())
    with open(path[:-4] + ".mr", "w", encoding="ascii", newline="\n") as f:
        f.write(text)
