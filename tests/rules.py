#!/usr/bin/env python3
"""Compares tests/rules.tsv with the tests: each rule names existing tests, and they ran. Prints docs/behaviour.md.

    rules.py            prints the page
    rules.py --write    writes it to docs/behaviour.md
    rules.py --check    checks the names in the table and in tests/skips; runs no test and needs no build

The lines "# 1 Title" and "# 1.1 Title" of the table are the sections of the page, the rules below them its sentences.

A row has an id, names of tests as the runner prints them, and the rule. After a colon follows the part of the test that
shows the rule: a case of a unit test, a recorded run of an area, a function of a program, or a golden file beside it."""
import fnmatch, functools, glob, os, re, sys

TABLE = "tests/rules.tsv"
PAGE = "docs/behaviour.md"
SKIPS = "tests/skips"
HEAD = """# Behaviour

For users who want to know what exactly loam does in a case: every sentence is shown by at least one test.
[commands](reference/commands.md) explains commands and options, [resources](reference/resources.md) what can be declared.

<!-- printed by tests/rules.py from tests/rules.tsv, which names the tests -->
"""
SECTION = re.compile(r"# (\d+(?:\.\d+)?) (.+)")
# Code in sentences: options, names with underscores, patterns, calls.
CODE = re.compile(r"(?<![\w`/.-])(?:-[a-z][\w-]*(?:=\w+)?|\*(?:\.\w+)+|\.\w+(?:\.\w+)*|\w+(?:\.\w+)*_\w+(?:\.\w+)*|\w+::\w+::\w+"
                  r"|\w+\((?:\w+(?:, )?)*\)|\w+\.tfstate\.d|\w+\.(?:json|md|tfstate|enabled|environment)|\\\w|&&|\|\|)(?![\w`])")


class Rule:
    def __init__(self, id, tests, text):
        self.id, self.tests, self.text = id, tests.split(), text


def read_rules(path):
    """The rules, and the errors in the rows."""
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


def page(path):
    """The rules as a document for users, in the order of the table."""
    lines, is_open = [HEAD.rstrip("\n")], False
    with open(path, encoding="utf-8") as file:
        for line in file:
            section = SECTION.match(line)
            if section:
                level = "##" + "#" * section.group(1).count(".")
                lines += ["", "%s %s" % (level, section.group(2).strip())]
                is_open = False
            elif not line.startswith("#"):
                text = line.rstrip("\n").split("\t")[2]
                lines += [] if is_open else [""]
                lines.append("- " + CODE.sub(lambda found: "`%s`" % found.group(), text))
                is_open = True
    return "\n".join(lines) + "\n"


def test_names(top):
    """The names of all tests, from the files that they are made of."""
    def under(*steps):
        return glob.glob(os.path.join(top, "tests", *steps))

    names = {"conformance"} if under("conformance/run") else set()
    for path in under("*", "*", "test_*.c") + under("*", "test_*.c"):
        name = os.path.relpath(path, os.path.join(top, "tests"))[:-len(".c")]
        if name.startswith(("unit/", "fault/", "guide/")):
            names.add(name)
    names.update("scenario/" + os.path.basename(path) for path in under("scenario", "[!_]*") if os.path.isdir(path))
    for kind in ("lab", "kill", "backend", "command", "kube", "ecosystem"):
        names.update("%s/%s" % (kind, os.path.basename(path)) for path in under(kind, "*")
                     if os.path.isfile(path) and os.access(path, os.X_OK))
    return names


@functools.lru_cache(maxsize=None)
def text_of(path):
    """The text of a file, or None."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return None


def is_in_source(path, part, pattern):
    text = text_of(path)
    return text is not None and re.search(pattern % re.escape(part), text, re.M) is not None


def is_called(path, part):
    """Whether a program in Python or shell defines and calls the function; functions named test_… are called by name."""
    if not is_in_source(path, part, r"^ *(?:def )?%s\((?:\) *\{|.*:$)"):
        return False
    text = text_of(path)
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
    """Whether the output of a test shows that the part ran; programs report only failures."""
    kind, _, rest = name.partition("/")
    if kind == "scenario":
        return "passed %s/%s\n" % (rest, part) in text
    return kind not in ("unit", "fault") or re.search(r"^\[ +OK \] %s$" % re.escape(part), text, re.M) is not None


def missing(top, rules, names):
    """Tests that rules name and that do not exist."""
    for rule in rules:
        for test in rule.tests:
            name, _, part = test.partition(":")
            if name not in names:
                yield "%s: there is no test %s" % (rule.id, name)
            elif part and not has_part(top, name, part):
                yield "%s: the test %s has no %s" % (rule.id, name, part)


def not_run(rules, results, chosen):
    """The selected tests that did not run; results: name -> (passed, failed or skipped; its text)."""
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


def skips_of_nothing(top, names):
    """Rows of tests/skips that match no test."""
    for line in (text_of(os.path.join(top, SKIPS)) or "").splitlines():
        row = line.split("#")[0].split()
        if row and not fnmatch.filter(names, row[0]):
            yield "%s: no test has the name %s" % (SKIPS, row[0])


SKIPPING = re.compile(r"\b(?:exit|return)\b[ (]*77\b")
IMPORT = re.compile(r"^ *(?:from|import) +(\w+)", re.M)


def can_skip(path, seen):
    """Whether a program, or a module beside it that it imports, ends with the status of a skipped test."""
    text = text_of(path)
    if text is None or path in seen:
        return False
    seen.add(path)
    directory = os.path.dirname(path)
    return bool(SKIPPING.search(text)) or any(
        can_skip(os.path.join(directory, module + ".py"), seen) for module in IMPORT.findall(text))


def skips_without_row(top, names):
    """Programs that can skip and that no row of tests/skips names."""
    rows = [line.split()[0] for line in (text_of(os.path.join(top, SKIPS)) or "").splitlines() if line.split("#")[0].strip()]
    for name in sorted(names):
        if not any(fnmatch.fnmatch(name, row) for row in rows) and can_skip(os.path.join(top, "tests", name), set()):
            yield "%s: no row allows that %s is skipped" % (SKIPS, name)


def check(top):
    """The errors in the names of the table and of tests/skips."""
    rules, problems = read_rules(os.path.join(top, TABLE))
    names = test_names(top)
    return ["%s: %s" % (TABLE, problem) for problem in [*problems, *missing(top, rules, names)]] + [
        *skips_of_nothing(top, names), *skips_without_row(top, names)]


def main():
    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if sys.argv[1:] == ["--check"]:
        sys.exit("\n".join(check(top)) or None)
    text = page(os.path.join(top, TABLE))
    if sys.argv[1:] == ["--write"]:
        with open(os.path.join(top, PAGE), "w", encoding="utf-8") as file:
            file.write(text)
    elif sys.argv[1:]:
        sys.exit("usage: rules.py [--write | --check]")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
