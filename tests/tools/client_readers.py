"""How clients of keyservers read answers, each by its own rules.

Every reader takes the octets of a body and returns what its client would show,
or raises Refused with the reason why the client would not take it.
"""
import base64
import json
import re
import urllib.parse


class Refused(Exception):
    pass


def must(good, why):
    if not good:
        raise Refused(why)


def gpgfrontend(body):
    """Lines end in LF; 7 fields of pub and 5 of uid, or they are dropped."""
    must(b"\r" not in body, "a CR stays in the last field")
    first = body.split(b"\n", 1)[0]
    must(b"Error" not in first, "line 1 says Error")
    keys = []
    for line in body.decode("ascii").split("\n"):
        part = line.split(":")
        if part[0] == "pub" and len(part) >= 7:
            keys.append({"id": part[1], "algo": int(part[2]),
                         "bits": int(part[3]), "created": int(part[4]),
                         "expires": part[5], "flags": part[6], "uids": []})
        elif part[0] == "uid" and len(part) >= 5:
            text = urllib.parse.unquote_to_bytes(part[1])
            keys[-1]["uids"].append(text.decode("utf-8", "replace"))
    return keys


OK_PUB = re.compile(
    rb"pub:([0-9A-Fa-f]{40}|[0-9A-Fa-f]{16}):([0-9]+):([0-9]+):([0-9]+):"
    rb"([0-9]*):((?!.*(.).*\7)[rde]*)[ \t]*\r?\n"
    rb"((?:uid:[^:\r\n]*:[0-9]*:[0-9]*:[rde]*[ \t]*\r?\n)+)")


def openkeychain(body):
    """A strict pattern; at least one uid right after pub, the first counts.
    A text that holds any percent sign goes through a decoder of forms."""
    keys = []
    for m in OK_PUB.finditer(body):
        uids = []
        for line in m.group(8).splitlines():
            text = line.split(b":")[1].decode("ascii")
            if "%" in text:
                text = urllib.parse.unquote_plus(text, errors="replace")
            uids.append(text)
        keys.append({"id": m.group(1).decode(), "flags": m.group(6).decode(),
                     "expires": m.group(5).decode(), "uids": uids})
    return keys


def thunderbird(body):
    """info must say 1; pub needs 6 fields; a uid before any pub throws."""
    keys = []
    for line in body.decode("ascii").split("\n"):
        part = line.split(":")
        if part[0] == "info":
            must(part[1] == "1", "another version of the index")
        elif part[0] == "pub":
            must(len(part) >= 6, "pub of %d fields" % len(part))
            keys.append({"id": part[1], "flags": part[6], "uids": []})
        elif part[0] == "uid":
            must(keys, "uid before any pub")
            octets = urllib.parse.unquote_to_bytes(part[1])
            keys[-1]["uids"].append(octets.decode("utf-8", "replace"))
    return keys


def singularity(body):
    """LF alone; info first; as many pub lines as it says; all fields."""
    must(b"\r" not in body, "unable to check key number")
    lines = body.decode("ascii").split("\n")
    must(lines[0].startswith("info:1:"), "no info line")
    pubs = [x for x in lines if x.startswith("pub:")]
    must(int(lines[0].split(":")[2]) == len(pubs), "unable to check key number")
    must(all(x.count(":") == 6 for x in pubs), "fields are missing")
    return [x.split(":")[1] for x in pubs]


def crc24(octets):
    crc = 0xB704CE
    for octet in octets:
        crc ^= octet << 16
        for _ in range(8):
            crc = crc << 1 ^ (0x1864CFB if crc & 0x800000 else 0)
    return crc & 0xFFFFFF


def armor(body):
    """The strictest of them: one block and nothing else, a good checksum, LF
    alone and at the end. Returns the octets."""
    must(b"\r" not in body, "CR in armor")
    lines = body.decode("ascii").split("\n")
    must(lines[0] == "-----BEGIN PGP PUBLIC KEY BLOCK-----", "no head line")
    must(lines[1] == "", "no empty line after the head line")
    must(lines[-1] == "", "no line feed at the end")
    must(lines[-2] == "-----END PGP PUBLIC KEY BLOCK-----", "no tail line")
    must(lines[-3][0] == "=", "no checksum")
    must(all(len(x) == 64 for x in lines[2:-4]), "not 64 columns")
    octets = base64.b64decode("".join(lines[2:-3]), validate=True)
    want = int.from_bytes(base64.b64decode(lines[-3][1:]), "big")
    must(crc24(octets) == want, "the checksum is wrong")
    must(octets[0] & 0x80, "no packets")
    return octets


def javascript(answer):
    """A script of another site: nothing is seen without these fields."""
    must(answer.field("Access-Control-Allow-Origin") == "*", "hidden by CORS")
    must(not answer.field("Access-Control-Allow-Credentials"), "credentials")
    return answer


def vks_upload(body):
    answer = json.loads(body)
    must(isinstance(answer["token"], str) and answer["token"], "no token")
    return answer


def hockeypuck_stats(body):
    """JSON of a peer's statistics; numbers are numbers, peers have ports."""
    stats = json.loads(body)
    must(isinstance(stats["total"], int), "total is no number")
    for peer in stats.get("peers") or []:
        int(peer["reconAddr"].split(":")[1])
    return stats


def sks_spider(body):
    """JSON if it can be read as that: numkeys before total."""
    stats = hockeypuck_stats(body)
    return {"software": stats["software"], "version": stats["version"],
            "keys": stats.get("numkeys", stats.get("total")),
            "name": stats["hostname"]}
