"""The tests of the files that differ from the last commit, by the graph of CMake.

  select(tests, build)   the tests, in their order

A unit test is chosen if a file of its program, or of a room that the program is linked with, differs. Scenarios are chosen
if a room below the command line differs; after a change of a provider alone, those that mention a type of the provider. A
changed data file below tests/ chooses the tests of its directory."""
import glob, json, os, re, subprocess

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REPLY = ".cmake/api/v1/reply"
QUERY = ".cmake/api/v1/query/codemodel-v2"


def changed_files():
    found = subprocess.run(["git", "status", "--porcelain", "-uall", "--no-renames"], cwd=TOP, capture_output=True, text=True, check=True)
    return [line[3:] for line in found.stdout.splitlines()]


class Target:
    def __init__(self, data):
        self.name, self.links = data["name"], {each["id"].split("::")[0] for each in data.get("dependencies", [])}
        self.sources = {each["path"] for each in data.get("sources", []) if not each.get("isGenerated")}
        self.directories = {os.path.dirname(path) for path in self.sources}

    def has(self, path):
        """Whether the file is compiled for the target; a header belongs to the targets of its directory."""
        if path.endswith(".c"):
            return path in self.sources
        return os.path.dirname(path) in self.directories or any(
            os.path.dirname(path).startswith(directory + "/") for directory in self.directories if directory.count("/") > 1)


def ask_cmake(build):
    """Configures the build directory so that CMake describes its targets there."""
    query = os.path.join(build, QUERY)
    if not os.path.exists(query):
        os.makedirs(os.path.dirname(query), exist_ok=True)
        open(query, "w", encoding="ascii").close()
    subprocess.run(["cmake", "--preset", os.path.basename(build)], cwd=TOP, stdout=subprocess.DEVNULL, check=True)


def read_targets(build):
    """The targets by name, as CMake described them last."""
    if not glob.glob(os.path.join(build, REPLY, "codemodel-v2-*.json")):
        ask_cmake(build)
    newest = max(glob.glob(os.path.join(build, REPLY, "codemodel-v2-*.json")), key=os.path.getmtime)
    with open(newest, encoding="utf-8") as file:
        rows = json.load(file)["configurations"][0]["targets"]
    targets = []
    for row in rows:
        with open(os.path.join(build, REPLY, row["jsonFile"]), encoding="utf-8") as file:
            targets.append(Target(json.load(file)))
    return {target.name: target for target in targets}


def affected(targets, files):
    """The names of the targets that are built from a changed file, or linked with such a target."""
    own = {name for name, target in targets.items() if any(target.has(path) for path in files)}
    return own | {name for name, target in targets.items() if target.links & own}


def providers_of(files):
    """The names of the providers whose files these are; None if one of the files belongs to another part of the program."""
    names = set()
    for path in files:
        found = re.match(r"providers/(\w+)/", path)
        if not found:
            return None
        names.add(found.group(1))
    return names


def mentions(area, providers):
    """Whether a scenario of the area uses a type of one of the providers."""
    words = [('"%s_' % name).encode() for name in providers] + [('\\"%s_' % name).encode() for name in providers]
    for path in glob.glob(os.path.join(TOP, "tests/scenario", area, "*.json")):
        with open(path, "rb") as file:
            text = file.read()
        if any(word in text for word in words):
            return True
    return False


def is_scenario_chosen(area, files, product):
    if any(path.startswith("tests/scenario/%s/" % area) or re.match(r"tests/scenario/\w+\.py$", path) for path in files):
        return True
    providers = providers_of(product)
    return bool(product) and (providers is None or mentions(area, providers))


def select(tests, build):
    files = changed_files()
    if any(os.path.basename(path) == "CMakeLists.txt" or path.startswith("cmake/") for path in files):
        ask_cmake(build)
    sources = {path for path in files if re.match(r"tests/.*/test_\w+\.c$", path)}
    names = affected(read_targets(build), set(files) - sources)
    product = [path for path in files if re.match(r"(core|plans|state|providers)/.*\.(c|h|sh)$", path)]
    chosen = []
    for test in tests:
        if test.group == "scenario":
            is_chosen = is_scenario_chosen(test.name.partition("/")[2], files, product)
        else:
            is_chosen = os.path.basename(test.program) in names or "tests/%s.c" % test.name in sources
        if is_chosen:
            chosen.append(test)
    return chosen
