"""Finds the tests, runs them in parallel, counts.

A test is a program: exit status 0 passed, 77 skipped (its last line gives the reason), anything else failed.

  unit/…, fault/…, guide/…, conformance   the ctest entries of build/dev
  threads/…                      some of them again, in build/tsan
  scenario/…                     whole runs compared with recorded ones, one test per area
  respelled/…                    the same with their configurations in YAML and in native syntax
  command/…                      executables in tests/command: the real program, without machines
  lab/…, kill/…                  executables there: real machines; interrupted runs
  backend/…                      executables in tests/backend: remote backends with their real servers
  kube/…                         executables in tests/kube: a real Kubernetes API server, see tests/programs/build

The output of each test is in build/log. Emulated machines and real servers on a busy host are late at times: a test of lab/,
kube/ and backend/ has a second attempt, and the first one is shown anyway.

A skip must be listed in tests/skips, with the condition that allows it; any other skip is a failure. So is a unit test
that skips cases, unless its name matches a row there.

tests/rules.tsv names the tests of each rule: they must exist, and those that match the pattern must have run."""
import concurrent.futures, contextlib, fnmatch, json, os, re, subprocess, sys, threading, time

sys.dont_write_bytecode = True
import rules as table

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests/scenario"))
import run as scenario

LOAM = os.path.join(TOP, "build/release/loam")
LOAM_DEV = os.path.join(TOP, "build/dev/loam")
LOG = os.path.join(TOP, "build/log")
QUICK = os.path.join(TOP, "build/debug")  # the only build of tests/quick
TIMEOUT = 1200
# Groups that wait most of their time, for servers or for the one cluster that a computer can hold: the tests of a group run
# one after another, beside $JOBS others.
APART = [re.compile("unit/(ssh_provider|remote)/"), re.compile("lab/cluster")]


def workers(count):
    return concurrent.futures.ThreadPoolExecutor(max_workers=count)


def unit_tests(build):
    out = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], cwd=TOP,
                         capture_output=True, text=True, check=True).stdout
    for test in json.loads(out)["tests"]:
        env = {}
        for prop in test.get("properties", []):
            if prop["name"] == "ENVIRONMENT":
                env = dict(item.split("=", 1) for item in prop["value"])
        yield test["name"], test["command"], env


def thread_tests():
    """Data shared between threads, under the thread sanitizer."""
    with open(os.path.join(TOP, "tests/threads"), encoding="utf-8") as file:
        for row in file.read().split():
            layer, name = row.split("/")
            yield "threads/" + name, [os.path.join(TOP, "build/tsan/tests/unit_" + layer), name], {"LC_ALL": "C.UTF-8"}


def programs(directory):
    path = os.path.join(TOP, "tests", directory)
    for name in sorted(os.listdir(path)) if os.path.isdir(path) else []:
        file = os.path.join(path, name)
        if os.access(file, os.X_OK) and os.path.isfile(file):
            yield "%s/%s" % (directory, name), [file], {}


def scenarios(loam, respelled):
    """One test for each area and each syntax that any of its cases can have. `respelled` is the program for the other
    syntaxes; None: none of them."""
    path = os.path.join(TOP, "tests/scenario")
    for name in sorted(os.listdir(path)) if os.path.isdir(path) else []:
        if os.path.isdir(os.path.join(path, name)) and not name.startswith("_"):
            yield "scenario/" + name, ["python3", os.path.join(path, "run.py"), loam, name, "-v"], {}
            is_spelled_anew = respelled and not scenario.foreign.is_foreign(name) and any(scenario.cases_of(name, [], suffix=".tf"))
            for spelling in ("yaml", "hcl") if is_spelled_anew else ():
                yield ("respelled/%s-%s" % (name, spelling),
                       ["python3", os.path.join(path, "run.py"), respelled, name, "-s", spelling], {})


def allowed_skips():
    rows = {}
    with open(os.path.join(TOP, "tests/skips"), encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line:
                name, condition = line.split(None, 1)
                rows[name] = condition
    return rows


def run(test):
    """The attempts, oldest first: (name, status, text, seconds)."""
    attempts = [attempt(test)]
    if test[0].startswith(("lab/", "kube/", "backend/")) and attempts[0][1] not in (0, 77):
        attempts.append(attempt(test))
    with open(os.path.join(LOG, test[0].replace("/", "-")), "w", encoding="utf-8") as file:
        file.write("\n".join(text for _, _, text, _ in attempts))
    return attempts


def attempt(test):
    name, command, extra = test
    env = {**os.environ, "LOAM": LOAM, "LOAM_DEV": LOAM_DEV, "ASAN_OPTIONS": "detect_leaks=1", **extra}
    began = time.monotonic()
    try:
        done = subprocess.run(command, cwd=TOP, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT)
        status, text = done.returncode, done.stdout.decode("utf-8", "replace")
    except OSError as error:
        status, text = "not started", str(error)
    except subprocess.TimeoutExpired as error:
        status, text = "no end after %d s" % TIMEOUT, (error.stdout or b"").decode("utf-8", "replace")
    return name, status, text, time.monotonic() - began


def report_time(began):
    """The time of the run, and how busy the processors were with the tests: far from 100 % is time lost in waiting."""
    passed, used = time.monotonic() - began, os.times()
    busy = (used.children_user + used.children_system) / (passed * os.cpu_count())
    print("%.1f min, processors busy %.0f %%" % (passed / 60, 100 * busy))


def report_rules(rules, results, problems):
    for problem in problems:
        print("%s: %s" % (table.TABLE, problem))
    skipped = list(table.unseen(rules, results))
    if skipped:
        print("rules whose tests were skipped: %s" % " ".join(skipped))
    print("%d rules, %d of their tests are missing or did not run" % (len(rules), len(problems)))


def main():
    words = sys.argv[1:]
    is_quick = words[:1] == ["--quick"]
    pattern = re.compile("".join(words[is_quick:][:1]))
    if is_quick:
        tests = [*scenarios(os.path.join(QUICK, "loam"), None), *unit_tests(QUICK)]
        rules, problems = [], []
    else:
        tests = [*programs("lab"), *programs("kill"), *programs("backend"), *programs("command"),
                 *scenarios(LOAM_DEV, LOAM), *unit_tests(os.path.join(TOP, "build/dev")), *thread_tests(),
                 *programs("kube")]  # last: their programs may still be in the making
        rules, problems = table.read_rules(os.path.join(TOP, table.TABLE))
        problems += table.missing(TOP, rules, {test[0] for test in tests})
    tests = [test for test in tests if pattern.search(test[0])]
    results = {}
    skips = allowed_skips()
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    lock = threading.Lock()
    failures, late = [], []
    os.makedirs(LOG, exist_ok=True)

    def classify(name, status, text):
        may_skip = any(fnmatch.fnmatch(name, row) for row in skips)
        leaves_out = "[  SKIPPED ]" in text
        if status == 0 and (may_skip or not leaves_out):
            return "passed"
        if status == 77 and may_skip:
            return "skipped"
        if status == 77 or (status == 0 and leaves_out):
            text += "\nthis skip does not stand in tests/skips\n"
        failures.append((name, status, text))
        return "failed"

    def report(future):
        *earlier, (name, status, text, seconds) = future.result()
        last = text.strip().splitlines()[-1] if text.strip() else ""
        with lock:
            kind = classify(name, status, text)
            counts[kind] += 1
            results[name] = kind, text
            note = ": " + last if kind == "skipped" else " (second attempt)" if earlier else ""
            late.extend(earlier)
            print("%-8s %6.1f s  %s%s" % (kind, seconds, name, note), flush=True)

    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        computing = stack.enter_context(workers(int(os.environ.get("JOBS", "4"))))
        apart = [(names, stack.enter_context(workers(1))) for names in APART]
        for test in tests:
            group = next((group for names, group in apart if names.match(test[0])), computing)
            group.submit(run, test).add_done_callback(report)
    for name, status, text, _ in sorted(late):
        print("\n== first attempt: %s (status %s)\n%s" % (name, status, text[-3000:]))
    for name, status, text in sorted(failures, key=lambda failure: failure[0]):
        print("\n== failed: %s (status %s)\n%s" % (name, status, text[-6000:]))
    report_time(began)
    if not is_quick:
        problems += table.not_run(rules, results, pattern.search)
        report_rules(rules, results, problems)
    if failures:
        print("failed: %s" % " ".join(sorted(name for name, _, _ in failures)))
    print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" % counts)
    sys.exit(1 if problems or counts["failed"] or not counts["passed"] else 0)


main()
