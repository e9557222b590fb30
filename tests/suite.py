"""The tests, and what each of them runs.

  unit/…, fault/…, guide/…, conformance   the ctest entries of build/dev
  threads/…                      some of them again, in build/tsan
  scenario/…                     whole runs compared with recorded ones, one test per area
  respelled/…                    the same with their configurations in YAML and in native syntax
  command/…                      executables in tests/command: the real program, without machines
  lab/…, kill/…                  executables there: real machines; interrupted runs
  backend/…                      executables in tests/backend: remote backends with their real servers
  kube/…                         executables in tests/kube: a real Kubernetes API server, see tests/programs/build
  ecosystem/…                    executables in tests/ecosystem: unmodified providers, run by loam and by Terraform
  fuzz/smoke                     the fuzzers, for seconds

tests/default names those that run without --all. Of command/, scenario/, kube/ and backend/ a third, another one for each
commit, runs with the address sanitizer; the unit tests and PARSERS always do. The unit tests look for leaks too, and of the
others a part."""
import fnmatch, glob, os, re, sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path += [os.path.join(TOP, "tests/scenario"), os.path.join(TOP, "tests/kube")]
import rotation
import run as scenario

RELEASE = os.path.join(TOP, "build/release/loam")
SANITIZED = os.path.join(TOP, "build/dev/loam")
MODULES = ["loam-" + name for name in ("curl", "libarchive", "libssh", "libvirt", "operator", "pq", "rpc", "s3", "serve")]  # opened by loam, not linked
QUICK = os.path.join(TOP, "build/debug")  # the only build of tests/quick
# Tests whose strength is damaged or hostile input: with the sanitizer for every commit. verify_release links the program, which
# takes long with link-time optimisation.
PARSERS = {"command/" + name for name in ("bad_servers", "broken_files", "foreign_texts", "old_files", "provider_faults", "refusals",
                                          "stored_files", "verify_release")}


class Test:
    def __init__(self, name, command, **environment):
        self.name, self.command, self.environment = name, command, environment

    @property
    def group(self):
        return self.name.split("/")[0]

    @property
    def program(self):
        """The path of the built program that the command starts; None for a test that chooses it itself."""
        return next((word for word in self.command if word.startswith(os.path.join(TOP, "build/"))), None)


def unit_tests(build):
    """The tests that CMake declared; their programs may not be built yet."""
    for path in sorted(glob.glob(os.path.join(build, "tests/**/CTestTestfile.cmake"), recursive=True)):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name, command in re.findall(r"^add_test\(\[=\[(.+?)\]=\] (.+)\)$", text, re.M):
            yield Test(name, re.findall(r'"([^"]*)"', command), LC_ALL="C.UTF-8", ASAN_OPTIONS="detect_leaks=1:abort_on_error=0")


def thread_tests():
    """Data shared between threads, under the thread sanitizer."""
    with open(os.path.join(TOP, "tests/threads"), encoding="utf-8") as file:
        for row in file.read().split():
            layer, name = row.split("/")
            yield Test("threads/" + name, [os.path.join(TOP, "build/tsan/tests/unit_" + layer), name], LC_ALL="C.UTF-8")


def programs(directory, loam=SANITIZED):
    """`loam` is the program that the tests start where any build serves."""
    path = os.path.join(TOP, "tests", directory)
    for name in sorted(os.listdir(path)):
        file = os.path.join(path, name)
        if os.access(file, os.X_OK) and os.path.isfile(file):
            yield Test("%s/%s" % (directory, name), [file], LOAM_DEV=loam)


def areas():
    path = os.path.join(TOP, "tests/scenario")
    return [name for name in sorted(os.listdir(path)) if os.path.isdir(os.path.join(path, name)) and not name.startswith("_")]


def scenarios(loam):
    """One test for each area."""
    for name in areas():
        yield Test("scenario/" + name, ["python3", os.path.join(TOP, "tests/scenario/run.py"), loam, name, "-v"])


def respelled_scenarios():
    """One test for each area and each other syntax that any of its cases can have."""
    for name in areas():
        if not scenario.foreign.is_foreign(name) and any(scenario.cases_of(name, [], suffix=".tf")):
            for spelling in ("yaml", "hcl"):
                yield Test("respelled/%s-%s" % (name, spelling),
                           ["python3", os.path.join(TOP, "tests/scenario/run.py"), RELEASE, name, "-s", spelling])


def rotated(make):
    """The tests of one group, of which a third runs with the sanitizer. Leaks and the bounds of global variables take more than
    half of a start: a third of that third looks for them."""
    sanitized = {test.name: test for test in make(SANITIZED)}
    part = [name for name in sanitized if name in PARSERS] + rotation.part(sanitized, (len(sanitized) + 2) // 3)
    part = list(dict.fromkeys(part))
    for name in set(part).difference(rotation.part(part, (len(part) + 2) // 3)):
        sanitized[name].environment["ASAN_OPTIONS"] = "detect_leaks=0:report_globals=0"
    return [sanitized[test.name] if test.name in part else test for test in make(RELEASE)]


def whole():
    """Every test."""
    return [*programs("lab"), *programs("kill"), *rotated(lambda loam: programs("backend", loam)),
            *rotated(lambda loam: programs("command", loam)), *rotated(scenarios), *respelled_scenarios(),
            *unit_tests(os.path.join(TOP, "build/dev")), *thread_tests(),
            *rotated(lambda loam: programs("kube", loam)), *programs("ecosystem", RELEASE),
            Test("fuzz/smoke", [os.path.join(TOP, "tests/fuzz/run"), "smoke"])]


def quick():
    """Those that need one build without sanitizers."""
    return [*scenarios(os.path.join(QUICK, "loam")), *unit_tests(QUICK)]


def default_part(tests):
    """The tests that run without --all."""
    with open(os.path.join(TOP, "tests/default"), encoding="utf-8") as file:
        rows = [line.split("#")[0].strip() for line in file]
    return [test for test in tests if any(fnmatch.fnmatch(test.name, row) for row in rows if row)]
