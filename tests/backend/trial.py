"""Trials for the stores that other programs write to as well, many in parallel. At each request of an apply or a destroy,
the request is cut, its response is lost or halved, the server responds with 500, or the program dies; afterwards a new
run finishes, with no object lost and none created twice. Terraform and OpenTofu, if installed, take turns with loam.

Each trial has its own store (new_store() returns one, as described in store.py) with a proxy before it."""
import contextlib, os, re, shutil, signal, subprocess, sys, threading, time

import sealed, store as shared, stored
from proxy import Proxy
from store import Work, check, equal

APPLY = ("apply", "-auto-approve")
DESTROY = ("destroy", "-auto-approve")


class Trial(Work):
    """A directory whose state is in the store, initialized."""

    def __init__(self, store, resources=None):
        self.store, self.proxy, self.env = store, Proxy(("127.0.0.1", store.port())), {}
        super().__init__(store.kind, store.arguments(self.proxy.port))
        self.configure(store.kind, store.arguments(self.proxy.port), resources)

    def change(self, resources=None, **arguments):
        self.configure(self.store.kind, {**self.store.arguments(self.proxy.port), **arguments}, resources)

    def start(self, *words, env=None, program=None):
        env = {**self.store.env, **self.env, **(env or {})}
        if program is None:
            return super().start(*words, env=env)
        return subprocess.Popen([program, *words], cwd=self.path, env={**shared.ENV, **env, "TF_CLI_CONFIG_FILE": "/dev/null"},
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")

    def close(self):
        self.proxy.close()
        shutil.rmtree(self.path)

    def verify_gone(self, _=None):
        equal(sorted(os.listdir(self.made)), [], "files")
        equal(self.run("state", "list"), "", "state")
        equal(self.store.journal(), "", "journal")


def expect(text, *parts):
    for part in parts:
        check(part in " ".join(text.split()), "%r in\n%s" % (part, text))


@contextlib.contextmanager
def trial_of(new_store, resources=None, init=True, sealed=False):
    trial = Trial(new_store(), resources)
    try:
        if sealed:
            trial.seal()
        if init:
            trial.init()
        yield trial
    finally:
        trial.close()


# Faults and deaths.


def count_requests(new_store, command):
    with trial_of(new_store) as trial:
        if command == DESTROY:
            trial.apply()
        trial.proxy.arm()
        trial.run(*command)
        return trial.proxy.count


deaths = []  # deaths that occurred


def one_death(new_store, command, number, when):
    """The program dies before the server receives this request, or after it has responded."""
    with trial_of(new_store, sealed=number % 2 == (when == "before")) as trial:  # in half of the cases
        if command == DESTROY:
            trial.apply()

        def die(_):
            trial.victim.send_signal(signal.SIGKILL)
            trial.victim.wait()
            return "cut"
        trial.proxy.arm({number: die if when == "before" else (die, "after")})
        trial.victim = trial.start(*command)
        trial.victim.communicate(timeout=180)
        if trial.victim.returncode == -signal.SIGKILL:
            deaths.append(number)
        trial.proxy.arm()
        trial.store.unlock()
        for words in (command, DESTROY if command == APPLY else APPLY):
            trial.run(*words)
            trial.verify_gone() if words == DESTROY else trial.verify(trial.store)
        equal(trial.store.journal(), "", "journal")
        check(not trial.store.is_locked(), "the lock is released")


def one_fault(new_store, number, kind, survives):
    with trial_of(new_store) as trial:
        trial.proxy.arm({number: kind})
        process = trial.start(*APPLY)
        text, _ = process.communicate(timeout=180)
        if survives and trial.proxy.hit:
            equal(process.returncode, 0, "a run that may retry\n" + text)
        trial.proxy.arm()
        if process.returncode != 0:
            trial.store.unlock()
        trial.apply()
        trial.verify(trial.store)
        check(not trial.store.is_locked(), "the lock is released")


def all_faults(new_store, kinds, survives=True):
    count = count_requests(new_store, APPLY)
    return [("request %d %s" % (number, kind), one_fault, new_store, number, kind, survives)
            for number in range(1, count + 1) for kind in kinds]


def all_deaths(new_store):
    return [("death %s request %d of %s" % (when, number, command[0]), one_death, new_store, command, number, when)
            for command in (APPLY, DESTROY) for number in range(1, count_requests(new_store, command) + 1)
            for when in ("before", "after")]


# Runs together with other programs.


SLOW = {"terraform_data": {"slow": {"input": "x", "provisioner": {
    "local-exec": {"command": "touch held; while [ -e held ]; do sleep 0.05; done"}}}}}


class Holder:
    """A run that holds the lock until release()."""

    def __init__(self, trial, program=None):
        self.marker = os.path.join(trial.path, "held")
        self.process = trial.start(*APPLY, program=program)
        while not os.path.exists(self.marker):
            check(self.process.poll() is None, "the run holds the lock")

    def release(self):
        os.remove(self.marker)
        text, _ = self.process.communicate(timeout=60)
        equal(self.process.returncode, 0, text)


def finish(trial):
    """The next run, which repeats slow operations if necessary."""
    process = trial.start(*APPLY)
    while process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            os.remove(os.path.join(trial.path, "held"))
        time.sleep(0.05)
    equal(process.returncode, 0, process.communicate()[0])


def run_by(trial, program, *words, status=0):
    process = trial.start(*words, program=program)
    out, _ = process.communicate(timeout=180)
    equal(process.returncode, status, "%s %s\n%s" % (program or "loam", " ".join(words), out))
    return out


def workspaces_of(trial, other):
    """Each program sees the workspaces that the other one created."""
    run_by(trial, other, "workspace", "new", "theirs")
    run_by(trial, other, *APPLY)
    run_by(trial, None, "workspace", "new", "ours")
    for program in (None, other):
        names = run_by(trial, program, "workspace", "list").replace("*", "").split()
        equal(sorted(names), ["default", "ours", "theirs"], "workspaces")
        run_by(trial, program, "workspace", "select", "default")


def remove_lock(trial, first, second):
    """One program dies, and the user releases its lock with the other program."""
    run_by(trial, first, *DESTROY)
    holder = Holder(trial, program=first)
    holder.process.kill()
    holder.process.communicate()
    os.remove(holder.marker)
    id = re.search(r"ID: +([-0-9a-f]{36})", run_by(trial, second, "plan", "-no-color", status=1))[1]
    run_by(trial, second, "force-unlock", "-force", id)
    finish(trial)


def exchange(new_store, other):
    """Another program continues with loam's state and the other way round, and each respects the other's lock."""
    resources = {"terraform_data": {"t%d" % i: {"input": "x"} for i in range(2)}}
    with trial_of(new_store, resources) as trial:
        trial.apply()
        run_by(trial, other, "init", "-input=false")
        run_by(trial, other, "plan", "-detailed-exitcode")
        run_by(trial, other, *APPLY, "-replace=terraform_data.t0")
        trial.run("plan", "-detailed-exitcode")
        if trial.store.has_workspaces:
            workspaces_of(trial, other)
        trial.change(SLOW)
        for first, second in ((None, other), (other, None)):
            run_by(trial, first, *DESTROY)
            holder = Holder(trial, program=first)
            expect(run_by(trial, second, "plan", status=1), "Error acquiring the state lock")
            holder.release()
            run_by(trial, second, "plan", "-detailed-exitcode")
            if trial.store.lock_stays:
                remove_lock(trial, first, second)
        check(not trial.store.is_locked(), "the lock is released")


def with_others(new_store):
    """Jobs with the programs in PATH that support the same stores."""
    return [(name, exchange, new_store, path) for name in ("terraform", "tofu") if (path := shutil.which(name))]


# Running trials.


def _with_store(new_store, rows):
    """Cases of a store and a proxy, each with its own store."""
    def run(case):
        store = new_store()
        with Proxy(("127.0.0.1", store.port())) as proxy:
            case(store, proxy)
    return [(name, run, case) for name, case in rows]


def shared_cases(new_store, names):
    """The cases of store.py."""
    return _with_store(new_store, [(name, getattr(shared, name)) for name in names])


def sealed_cases(new_store):
    """The cases of sealed.py."""
    return _with_store(new_store, sealed.ROWS)


def stored_cases(new_store):
    """The cases of stored.py."""
    return _with_store(new_store, stored.ROWS)


def side_by_side(jobs, width=8):
    """Runs (title, function, arguments …) rows in parallel; returns the failures with their titles."""
    failures, lock, rest = [], threading.Lock(), list(jobs)

    def work():
        while True:
            with lock:
                if not rest:
                    return
                title, function, *arguments = rest.pop(0)
            try:
                function(*arguments)
            except Exception as error:  # reported later
                with lock:
                    failures.append("%s: %s: %s" % (title, type(error).__name__, error))
    threads = [threading.Thread(target=work) for _ in range(width)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def report(jobs, alone=()):
    """Runs all jobs, or those whose title contains the argument; jobs that must run alone come first. Returns 0 if all
    passed."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    jobs, alone = ([job for job in rows if wanted in job[0]] for rows in (jobs, alone))
    failures = side_by_side(alone, width=1) + side_by_side(jobs)
    shutil.rmtree(shared.TOP, ignore_errors=True)
    for failure in failures:
        print("FAIL " + failure)
    print("%d trials, %d deaths, %d failed" % (len(jobs) + len(alone), len(deaths), len(failures)))
    return 1 if failures else 0
