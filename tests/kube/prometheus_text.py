"""A strict reader of the text format of Prometheus, 0.0.4: what promtool's parser and its rules for counters and histograms accept."""
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
TYPES = ("counter", "gauge", "histogram")


def labels_of(text, line):
    labels = {}
    while text:
        found = LABEL.match(text)
        assert found and found[1] not in labels, line
        labels[found[1]] = re.sub(r"\\(.)", lambda each: {"n": "\n"}.get(each[1], each[1]), found[2])
        text = text[found.end():]
        assert not text or text[0] == ",", line
        text = text[1:]
    return labels


def check_histogram(name, rows):
    series = {}
    for sample, labels, value in rows:
        rest = tuple(sorted((key, text) for key, text in labels.items() if key != "le"))
        series.setdefault(rest, {}).setdefault(sample[len(name):], []).append((labels.get("le"), value))
    for parts in series.values():
        buckets = parts["_bucket"]
        assert set(parts) == {"_bucket", "_sum", "_count"} and len(parts["_sum"]) == len(parts["_count"]) == 1, (name, parts)
        bounds, values = [float(bound) for bound, _ in buckets], [value for _, value in buckets]
        assert bounds == sorted(set(bounds)) and bounds[-1] == float("inf"), (name, bounds)
        assert values == sorted(values) and values[-1] == parts["_count"][0][1], (name, values)


def read(text):
    """name -> [(labels, value)], of a histogram its samples. Each family is described once, before its samples; no series occurs twice."""
    assert text.endswith("\n")
    families, seen, current, helped = {}, set(), None, None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            helped = re.fullmatch(r"# HELP (%s) [^\n]+" % NAME, line)[1]
            assert helped not in families, line
        elif line.startswith("# TYPE "):
            current, kind = re.fullmatch(r"# TYPE (%s) (\w+)" % NAME, line).groups()
            assert current == helped and kind in TYPES and (kind != "counter" or current.endswith("_total")), line
            families[current] = kind, []
        else:
            found = re.fullmatch(r"(%s)(?:\{(.*)\})? (\S+)" % NAME, line)
            assert found, line
            labels, value = labels_of(found[2] or "", line), float(found[3])
            ends = ("_bucket", "_sum", "_count") if families[current][0] == "histogram" else ("",)
            assert any(found[1] == current + end for end in ends), line
            key = found[1], tuple(sorted(labels.items()))
            assert key not in seen, line
            seen.add(key)
            families[current][1].append((found[1], labels, value))
    for name, (kind, rows) in families.items():
        if kind == "histogram":
            check_histogram(name, rows)
    return {name: [(labels, value) for _, labels, value in rows] for name, (_, rows) in families.items()}
