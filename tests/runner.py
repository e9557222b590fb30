"""Runs tests in parallel, counts.

  runner.py [--build] [--all] [--record] [PATTERN]   see tests/run
  runner.py --quick [--changed] [--again] [PATTERN]  see tests/quick

A test is a program: exit status 0 passed, 77 skipped (its last line gives the reason), anything else failed. suite.py finds
them, schedule.py orders them.

The output of each test is in build/log. Emulated machines and real servers on a busy host are late at times: a test that
starts them (LATE) has a second attempt, and the first one is shown anyway.

A skip must be listed in tests/skips, with the condition that allows it; any other skip is a failure. So is a unit test
that skips cases, unless its name matches a row there.

tests/rules.tsv names the tests of each rule: they must exist, and those that were chosen must have run."""
import argparse, collections, fnmatch, os, re, signal, subprocess, sys, threading, time

sys.dont_write_bytecode = True
import rules as table
import changed, passed, schedule, suite
from suite import TOP
import server

LOG = os.path.join(TOP, "build/log")
TIMEOUT = 2400  # seconds: a test that ends in two minutes alone took 1200 beside seven others on a slow computer
GARBAGE = "400"  # percent of new memory at which programs in Go collect garbage; their default, 100, costs an eighth more processor time
LATE = re.compile("lab/|kube/|backend/|unit/(ssh_provider|remote)/")
STARTS_SERVERS = re.compile("lab/|kube/|backend/|kill/|command/|ecosystem/")

Attempt = collections.namedtuple("Attempt", "status text seconds used")


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
    """The attempts, oldest first."""
    attempts = [attempt(test)]
    if LATE.match(test.name) and attempts[0].status not in (0, 77):
        attempts.append(attempt(test))
    with open(os.path.join(LOG, test.name.replace("/", "-")), "w", encoding="utf-8") as file:
        file.write("\n".join(each.text for each in attempts))
    return attempts


def guarded(test):
    first = ["nice", "-n", "-5"] if schedule.FIRST.match(test.name) and os.geteuid() == 0 else []
    guard = [sys.executable, "-S", os.path.join(TOP, "tests/guard.py")] if STARTS_SERVERS.match(test.name) else []
    return first + guard + test.command


def attempt(test):
    env = {"GOGC": GARBAGE, **os.environ, "LOAM": suite.RELEASE, "LOAM_DEV": suite.SANITIZED, "ASAN_OPTIONS": "detect_leaks=1", **test.environment}
    began, overdue = time.monotonic(), threading.Event()
    with open(os.path.join(LOG, "." + test.name.replace("/", "-")), "w+b") as output:
        os.unlink(output.name)
        try:
            child = subprocess.Popen(guarded(test), cwd=TOP, env=env, stdin=subprocess.DEVNULL, stdout=output,
                                     stderr=subprocess.STDOUT)
        except OSError as error:
            return Attempt("not started", str(error), 0, 0)
        timer = threading.Timer(TIMEOUT, lambda: (overdue.set(), os.kill(child.pid, signal.SIGTERM)))
        timer.start()
        _, status, usage = os.wait4(child.pid, 0)
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    status = "no end after %d s" % TIMEOUT if overdue.is_set() else child.returncode
    return Attempt(status, text, time.monotonic() - began, usage.ru_utime + usage.ru_stime)


def build(preset, *targets):
    if not os.path.exists(os.path.join(TOP, "build", preset, "build.ninja")):
        subprocess.run(["cmake", "--preset", preset], cwd=TOP, stdout=subprocess.DEVNULL, check=True)
    if targets:
        print("== build: %s" % preset, flush=True)
        subprocess.run(["cmake", "--build", "build/" + preset, "--target", *targets, "--", "--quiet"], cwd=TOP, check=True)


class Builds(threading.Thread):
    """The builds that the tests use. The tests of clusters need `release` alone; the others are made while the first of them runs."""

    def __init__(self, tests):
        super().__init__(daemon=True)
        self.error, self.rows = None, []
        files = " ".join(" ".join([*test.command, *test.environment.values()]) for test in tests)
        if "build/release/" in files or any(test.group in ("lab", "kill", "backend", "kube") for test in tests):
            build("release", "all")
        if "build/dev/" in files:
            self.rows.append(("dev", "all"))
        if "build/tsan/" in files:
            self.rows.append(("tsan", *sorted({os.path.basename(test.program) for test in tests if test.group == "threads"})))
        if self.rows:
            self.start()

    def run(self):
        try:
            for row in self.rows:
                build(*row)
        except subprocess.CalledProcessError as error:
            self.error = error

    def serve(self, test):
        if self.error:
            sys.exit(str(self.error))
        return schedule.is_in_chain(test) or not self.is_alive()


class Report:
    """Counts results; prints them while the tests run and after them."""

    def __init__(self):
        self.skips, self.lock = allowed_skips(), threading.Lock()
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.results, self.failures, self.late, self.measured = {}, [], [], {}

    def classify(self, name, last):
        may_skip = any(fnmatch.fnmatch(name, row) for row in self.skips)
        leaves_out = "[  SKIPPED ]" in last.text
        if last.status == 0 and (may_skip or not leaves_out):
            return "passed"
        if last.status == 77 and may_skip:
            return "skipped"
        note = "" if last.status not in (0, 77) else "\nthis skip does not stand in tests/skips\n"
        self.failures.append((name, last.status, last.text + note))
        return "failed"

    def add(self, test, attempts):
        *earlier, last = attempts
        lines = last.text.strip().splitlines()
        with self.lock:
            kind = self.classify(test.name, last)
            self.counts[kind] += 1
            self.results[test.name] = kind, last.text
            self.late.extend((test.name, each.status, each.text) for each in earlier)
            if kind == "passed":
                self.measured[test.name] = last.seconds, last.used
            note = ": " + lines[-1] if kind == "skipped" and lines else " (second attempt)" if earlier else ""
            print("%-8s %6.1f s %6.1f s  %s%s" % (kind, last.seconds, last.used, test.name, note), flush=True)

    def print_texts(self):
        for name, status, text in sorted(self.late):
            print("\n== first attempt: %s (status %s)\n%s" % (name, status, text[-3000:]))
        for name, status, text in sorted(self.failures):
            print("\n== failed: %s (status %s)\n%s" % (name, status, text[-6000:]))

    def print_rules(self, rules, problems):
        for problem in problems:
            print("%s: %s" % (table.TABLE, problem))
        skipped = list(table.unseen(rules, self.results))
        if skipped:
            print("rules whose tests were skipped: %s" % " ".join(skipped))
        print("%d rules, %d of their tests are missing or did not run" % (len(rules), len(problems)))

    def print_counts(self):
        if self.failures:
            print("failed: %s" % " ".join(sorted(name for name, _, _ in self.failures)))
        print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" % self.counts)


def processor_time():
    return os.times().children_user + os.times().children_system


def print_time(began, used, processors):
    """The time of the run, and how busy the processors were: far from 100 % is time lost in waiting. The tests' own part is
    without the daemons and machines that they start."""
    seconds = time.monotonic() - began
    own = 100 * (processor_time() - used) / (seconds * os.cpu_count())
    print("%.1f min, processors busy %.0f %%, %.0f %% with the tests themselves" % (seconds / 60, 100 * (1 - processors.idle_part()), own))


def print_left_out(tests):
    groups = collections.defaultdict(list)
    for test in tests:
        groups[test.group].append(test.name.partition("/")[2])
    print("left out, tests/run --all runs them: %d tests" % len(tests))
    for group, names in groups.items():
        print("  %s (%d): %s" % (group, len(names), " ".join(names)))


def targets_of(test):
    return ["loam", *suite.MODULES] if test.group == "scenario" else [os.path.basename(test.program)]


def choose(tests, options):
    """The tests to run, and how many tests of which nothing differs since they passed are left out."""
    chosen = [test for test in tests if re.search(options.pattern, test.name)]
    if options.quick:
        if options.changed:
            chosen = changed.select(chosen, suite.QUICK)
        if chosen:
            build("debug", *sorted({target for test in chosen for target in targets_of(test)}))
        fresh = [test for test in chosen if options.again or not passed.is_remembered(test)]
        return fresh, len(chosen) - len(fresh)
    if not (options.all or options.pattern):
        chosen = suite.default_part(tests)
    return chosen, 0


def main():
    parser = argparse.ArgumentParser()
    for flag in ("build", "all", "record", "quick", "changed", "again"):
        parser.add_argument("--" + flag, action="store_true")
    parser.add_argument("pattern", nargs="?", default="")
    options = parser.parse_args()
    if options.build or options.quick:
        build("debug" if options.quick else "dev")  # the list of unit tests
    tests = suite.quick() if options.quick else suite.whole()
    rules, problems = ([], []) if options.quick else table.read_rules(os.path.join(TOP, table.TABLE))
    problems += table.missing(TOP, rules, {test.name for test in tests})
    chosen, remembered = choose(tests, options)
    names = {test.name for test in chosen}

    os.makedirs(LOG, exist_ok=True)
    builds = Builds(chosen if options.build else [])
    began, used, processors, report = time.monotonic(), processor_time(), schedule.Processors(), Report()

    def run_one(test):
        attempts = run(test)
        report.add(test, attempts)
        if options.quick and report.results[test.name][0] == "passed":
            passed.remember(test)

    is_building = server.is_building()  # the programs of kube/
    schedule.Schedule(chosen, lambda test: is_building and test.group == "kube", builds.serve).run(run_one)
    report.print_texts()
    if not (options.quick or options.pattern) and len(chosen) < len(tests):
        print_left_out([test for test in tests if test.name not in names])
    if remembered:
        print("%d tests passed before, and nothing of them differs" % remembered)
    print_time(began, used, processors)
    if not options.quick:
        problems += table.not_run(rules, report.results, names.__contains__)
        report.print_rules(rules, problems)
    if options.record:
        schedule.record_durations(report.measured)
    report.print_counts()
    is_empty = not (report.counts["passed"] or remembered or options.changed)
    sys.exit(1 if problems or report.counts["failed"] or is_empty else 0)


main()
