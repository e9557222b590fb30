"""Remembers the tests that passed, so that tests/quick leaves out those of which nothing differs since then.

What can change a result is the key of a test: its program, the data below tests/, the environment, Debian's packages. Tests
that start servers or other programs are never remembered, and tests/run does not ask."""
import functools, glob, hashlib, os, re, subprocess

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DIRECTORY = os.path.join(TOP, "build/passed")
NEVER = re.compile(r"scenario/foreign-|unit/(curl|fetch|foreign\w*|git|io|libssh|kubeadm_provider|libvirt_provider|package|pq|"
                   r"provisioners|remote|rpc|ssh_provider)/")
VARIABLES = re.compile(r"(LOAM|TF|XDG|LC|ASAN|UBSAN)_|(HOME|LANG|PATH|TMPDIR|TZ|USER)$")
PACKAGES = "/var/lib/dpkg/status"


@functools.lru_cache(maxsize=None)
def digest_of_file(path):
    if not os.path.isfile(path):
        return "absent"
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@functools.lru_cache(maxsize=None)
def digest_of_tree(*patterns):
    """Of the files that match the patterns of git, as they are in the working directory."""
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard", "--", *patterns], cwd=TOP, capture_output=True, text=True,
                            check=True)
    rows = ["%s %s" % (path, digest_of_file(os.path.join(TOP, path))) for path in sorted(set(listed.stdout.split("\0")))]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


@functools.lru_cache(maxsize=None)
def digest_of_machine():
    variables = sorted(row for row in os.environ.items() if VARIABLES.match(row[0]))
    return hashlib.sha256(repr((variables, digest_of_file(PACKAGES))).encode()).hexdigest()


def key(test):
    """A name for everything that the result depends on; None if the test is not remembered."""
    if NEVER.match(test.name):
        return None
    if test.group == "scenario":
        area = "tests/scenario/" + test.name.partition("/")[2]
        data = digest_of_tree("tests/scenario/*.py", area)
    else:
        data = digest_of_tree("tests", "examples", "modules", "docs", ":!*.c", ":!*.h", ":!tests/scenario", ":!tests/command")
    beside = os.path.dirname(test.program)
    modules = sorted(glob.glob(os.path.join(beside, "*.so")) + glob.glob(os.path.join(beside, "lib/loam/*.so")))
    programs = [digest_of_file(path) for path in [test.program, *modules]]
    facts = test.name, test.command, sorted(test.environment.items()), programs, data, digest_of_machine()
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def is_remembered(test):
    name = key(test)
    return name is not None and os.path.exists(os.path.join(DIRECTORY, name))


def remember(test):
    name = key(test)
    if name is not None:
        os.makedirs(DIRECTORY, exist_ok=True)
        open(os.path.join(DIRECTORY, name), "w", encoding="ascii").close()
