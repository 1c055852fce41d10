"""promcheck.py [NAME...]: reads Prometheus text format 0.0.4, strictly.

From standard input; says what is wrong and exits 1, or prints the number of
samples and exits 0. Each NAME has to be a family that was announced.
Stricter than the format: HELP and TYPE come before the samples, each once;
samples of a family are together; a label name is written once; counters end
in _total; histograms have cumulative buckets up to +Inf, equal to their count.
"""
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"'
SAMPLE = re.compile(r"(%s)(?:\{((?:%s,?)*)\})? (\S+)$" % (
    NAME, LABEL.replace("(", "(?:", 2).replace("(?:(?:", "(?:(?:")))
NUMBER = re.compile(r"[+-]?(Inf|NaN|\d+(\.\d+)?([eE][+-]?\d+)?)$")


def fail(line, why):
    sys.exit("promcheck: %s: %r" % (why, line))


def family_of(name, types):
    for end in ("_bucket", "_sum", "_count"):
        base = name[:-len(end)]
        if name.endswith(end) and types.get(base) == "histogram":
            return base
    return name


def read(text):
    helped, types, seen, samples, last = set(), {}, set(), {}, None
    if not text.endswith("\n"):
        fail(text[-40:], "the last line has no line feed")
    for line in text.split("\n")[:-1]:
        if line.startswith("#"):
            m = re.match(r"# (HELP|TYPE) (%s) (.+)$" % NAME, line)
            if not m:
                fail(line, "neither HELP nor TYPE")
            kind, name, rest = m.groups()
            if kind == "HELP":
                if name in helped:
                    fail(line, "a second HELP")
                helped.add(name)
            else:
                if name in types or name not in helped:
                    fail(line, "a second TYPE, or no HELP before it")
                if rest not in ("counter", "gauge", "histogram"):
                    fail(line, "no such type")
                types[name] = rest
            last = name
            continue
        m = SAMPLE.match(line)
        if not m:
            fail(line, "no sample")
        name, labels, value = m.group(1), m.group(2) or "", m.group(3)
        if not NUMBER.match(value):
            fail(line, "no number")
        family = family_of(name, types)
        if family not in types or family != last:
            fail(line, "not below the TYPE of its family")
        if types[family] == "counter" and not name.endswith("_total"):
            fail(line, "a counter without _total")
        pairs = re.findall(LABEL, labels)
        if ",".join('%s="%s"' % p for p in pairs) != labels:
            fail(line, "labels")
        if len({k for k, _ in pairs}) != len(pairs):
            fail(line, "a label twice")
        key = (name, tuple(sorted(pairs)))
        if key in seen:
            fail(line, "a series twice")
        seen.add(key)
        samples[key] = float(value)
    return types, samples


def check_histograms(types, samples):
    buckets, counts = {}, {}
    for (name, labels), value in samples.items():
        rest = tuple(p for p in labels if p[0] != "le")
        if name.endswith("_bucket") and types.get(name[:-7]) == "histogram":
            le = dict(labels)["le"]
            buckets.setdefault((name[:-7], rest), []).append(
                (float(le.replace("Inf", "inf")), value))
        if name.endswith("_count") and types.get(name[:-6]) == "histogram":
            counts[(name[:-6], rest)] = value
    for key, rows in buckets.items():
        values = [v for _, v in sorted(rows)]
        if sorted(rows)[-1][0] != float("inf"):
            fail(key, "no bucket +Inf")
        if values != sorted(values) or values[-1] != counts.get(key):
            fail(key, "buckets are not cumulative, or not the count")
    if set(buckets) != set(counts):
        fail(list(counts), "a histogram without buckets")


def main():
    types, samples = read(sys.stdin.buffer.read().decode("utf-8"))
    check_histograms(types, samples)
    for name in sys.argv[1:]:
        if name not in types:
            fail(name, "no such family")
    print(len(samples))


main()
