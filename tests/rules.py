"""Holds tests/rules.tsv against the tests: each rule names tests that are there, and that ran.

A row has an id, names of tests as the runner has them, and the rule. Behind a colon stands the part of the test that
shows the rule: a case of a unit test, a recorded run of an area, a function of a program, or a golden file beside it."""
import glob, os, re

TABLE = "tests/rules.tsv"


class Rule:
    def __init__(self, id, tests, text):
        self.id, self.tests, self.text = id, tests.split(), text


def read_rules(path):
    """The rules, and what is wrong with the rows."""
    rules, problems, seen = [], [], set()
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            cells = [cell.strip() for cell in line.rstrip("\n").split("\t")]
            if line.startswith("#"):
                continue
            if len(cells) != 3 or not all(cells):
                problems.append("line %d: id, tests and rule are needed, separated by tabs" % number)
            elif cells[0] in seen:
                problems.append("line %d: %s stands there twice" % (number, cells[0]))
            else:
                seen.add(cells[0])
                rules.append(Rule(*cells))
    return rules, problems


def is_in_source(path, part, pattern):
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError:
        return False
    return re.search(pattern % re.escape(part), text, re.M) is not None


def is_called(path, part):
    """A function of a program in Python or shell that is used in it, too; one called test_… by its name."""
    if not is_in_source(path, part, r"^ *(?:def )?%s\((?:\) *\{|.*:$)"):
        return False
    with open(path, encoding="utf-8") as file:
        text = file.read()
    by_name = part.startswith("test_") and 'startswith("test_")' in text
    return by_name or len(re.findall(r"\b%s\b" % re.escape(part), text)) > 1


def has_part(top, name, part):
    kind, _, rest = name.partition("/")
    path = os.path.join(top, "tests", name)
    if kind == "scenario":
        return os.path.isfile(os.path.join(path, part + ".json"))
    if kind in ("unit", "fault", "guide"):
        return is_in_source(path + ".c", part, r"\b(?:cmocka_unit_test\w*|[A-Z_]*(?:CASE|TEST)|unit_test)\(\s*%s\b")
    if os.path.isfile(os.path.join(path + ".golden", part + ".txt")):
        return True
    cases = glob.glob(path + ".cases/*")
    return any(is_in_source(case, part, r"^== %s$") for case in cases) or is_called(path, part)


def says(text, name, part):
    """Whether what a test printed tells that the part ran; programs tell of failures alone."""
    kind, _, rest = name.partition("/")
    if kind == "scenario":
        return "passed %s/%s\n" % (rest, part) in text
    return kind not in ("unit", "fault") or re.search(r"^\[ +OK \] %s$" % re.escape(part), text, re.M) is not None


def missing(top, rules, names):
    """Tests that rules name and that are not there."""
    for rule in rules:
        for test in rule.tests:
            name, _, part = test.partition(":")
            if name not in names:
                yield "%s: there is no test %s" % (rule.id, name)
            elif part and not has_part(top, name, part):
                yield "%s: the test %s has no %s" % (rule.id, name, part)


def not_run(rules, results, chosen):
    """Of the tests that were chosen, those that did not run; results: name -> (passed, failed or skipped; its text)."""
    for rule in rules:
        for test in rule.tests:
            name, _, part = test.partition(":")
            if not chosen(name):
                continue
            kind, text = results.get(name, ("", ""))
            if not kind:
                yield "%s: %s did not run" % (rule.id, name)
            elif kind == "passed" and part and not says(text, name, part):
                yield "%s: %s ran without %s" % (rule.id, name, part)


def unseen(rules, results):
    """Rules of which no test passed because some were skipped."""
    for rule in rules:
        kinds = {results.get(test.partition(":")[0], ("",))[0] for test in rule.tests}
        if "skipped" in kinds and "passed" not in kinds:
            yield rule.id
