"""The order of the tests: those that take longest begin first, and as many run at once as keep the processors busy.

tests/durations has a row for each test that takes long: its seconds, and the seconds of processor time that it used. Their
quotient is the part of a processor that the test occupies: a test that waits for servers leaves it to others. Processes
that outlive their parent are not counted, and no test occupies its part all the time, so one more test begins whenever the
processors were idle for a while. `tests/run --record` writes the file.

A run lasts at least as long as the chain of the tests of clusters, so each of these begins when the one before ends, and the first
one while builds are made that it does not need."""
import os, re, threading, time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DURATIONS = os.path.join(TOP, "tests/durations")
SHORT = 5  # seconds: shorter tests have no row
CROWD = 1.25  # occupied parts may exceed the processors by so much: no test occupies its part all the time
MOST = 4  # tests for each processor
WHILE = 4  # seconds
IDLE = 0.25  # part of the processors that is idle enough for one more test
# The tests of the one cluster that a computer can hold run one after the other: no other chain of tests is as long.
CHAIN = re.compile("lab/(cluster|config_change|encryption|hardening)")
# They have priority, and so have the emulated machines, which wait for each other with time limits.
FIRST = re.compile(CHAIN.pattern + "|lab/quickstart")
# Tests that wait for servers with time limits, or for each other: one of a row at a time.
ALONE = [re.compile("unit/(ssh_provider|remote)/"), CHAIN]
# Machines, servers and daemons are not children of the test, so its own processor time says little.
HEAVY = re.compile("lab/|kube/|backend/|kill/(apply|update)")


class Processors:
    """How idle they were since the last question. Processes of a low priority give way, so their time counts as idle."""

    def __init__(self):
        self.last = self.read()

    def read(self):
        with open("/proc/stat", encoding="ascii") as file:
            times = [int(field) for field in file.readline().split()[1:9]]
        return times[1] + times[3], sum(times)

    def idle_part(self):
        (idle, all_of_it), (idle_before, all_before) = self.read(), self.last
        self.last = idle, all_of_it
        return (idle - idle_before) / max(all_of_it - all_before, 1)


def is_in_chain(test):
    return CHAIN.match(test.name) is not None


class Schedule:
    def __init__(self, tests, is_late, is_built=lambda test: True):
        """is_late(test): whether it should begin after all others; is_built(test): whether its programs are."""
        self.rows, self.is_built = read_durations(), is_built
        self.waiting = sorted(tests, key=lambda test: (is_late(test), not is_in_chain(test), -self.rows.get(test.name, (SHORT, 0))[0]))
        self.running = []
        self.changed = threading.Condition()
        self.processors = Processors()

    def part(self, test):
        seconds, used = self.rows.get(test.name, (1, 1))
        least = 0.5 if HEAVY.match(test.name) else 0.1
        return min(max(used / seconds, least), os.cpu_count())

    def may_start(self, test):
        """Whether it may run beside those that run."""
        is_apart = any(row.match(test.name) and row.match(other.name) for row in ALONE for other in self.running)
        return not is_apart and self.is_built(test) and len(self.running) < MOST * os.cpu_count()

    def fits(self, test):
        occupied = sum(self.part(other) for other in self.running)
        has_room = not self.running or occupied + self.part(test) <= CROWD * os.cpu_count()
        return (has_room or is_in_chain(test)) and self.may_start(test)

    def take(self):
        """The next test, None after the last; blocks until one fits."""
        may = self.fits
        with self.changed:
            while self.waiting:
                test = next(filter(may, self.waiting), None)
                if test:
                    self.waiting.remove(test)
                    self.running.append(test)
                    self.processors.idle_part()
                    return test
                is_woken = self.changed.wait(WHILE)
                may = self.fits if is_woken or self.processors.idle_part() < IDLE else self.may_start
            return None

    def end(self, test):
        with self.changed:
            self.running.remove(test)
            self.changed.notify_all()

    def run(self, run):
        """Calls run(test) for each test, in threads."""
        threads = []
        while (test := self.take()) is not None:
            def work(test=test):
                try:
                    run(test)
                finally:
                    self.end(test)
            threads.append(threading.Thread(target=work))
            threads[-1].start()
        for thread in threads:
            thread.join()


def read_durations():
    """name -> (seconds, seconds of processor time)."""
    rows = {}
    if os.path.exists(DURATIONS):
        with open(DURATIONS, encoding="utf-8") as file:
            for line in file:
                name, seconds, used = line.split()
                rows[name] = float(seconds), float(used)
    return rows


def record_durations(measured):
    """Replaces the rows of these tests."""
    rows = {**read_durations(), **measured}
    with open(DURATIONS, "w", encoding="utf-8") as file:
        for name in sorted(rows):
            if rows[name][0] >= SHORT:
                file.write("%s %.0f %.0f\n" % (name, *rows[name]))
