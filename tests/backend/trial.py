"""What the stores that others write to as well must stand, many trials side by side: each request of an apply or a destroy
is cut, its answer lost or halved, answered with 500, or is the last thing that the program does; and afterwards a new run
finishes, with nothing lost and nothing twice. Terraform and OpenTofu, where they are installed, take over and give back.

A trial has a store of its own (new_store() gives one, as store.py describes them) with a proxy before it."""
import contextlib, os, re, shutil, signal, subprocess, sys, threading, time

import sealed, store as shared
from proxy import Proxy
from store import Work, check, equal

APPLY = ("apply", "-auto-approve")
DESTROY = ("destroy", "-auto-approve")


class Trial(Work):
    """A folder whose state is in the store, initialized."""

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


deaths = []  # those that came to pass


def one_death(new_store, command, number, when):
    """The program dies before the server hears of this request, or after it has answered."""
    with trial_of(new_store, sealed=number % 2 == (when == "before")) as trial:  # a half of them
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
        check(not trial.store.is_locked(), "the lock is given back")


def one_fault(new_store, number, kind, survives):
    with trial_of(new_store) as trial:
        trial.proxy.arm({number: kind})
        process = trial.start(*APPLY)
        text, _ = process.communicate(timeout=180)
        if survives and trial.proxy.hit:
            equal(process.returncode, 0, "a run that may try again\n" + text)
        trial.proxy.arm()
        if process.returncode != 0:
            trial.store.unlock()
        trial.apply()
        trial.verify(trial.store)
        check(not trial.store.is_locked(), "the lock is given back")


def all_faults(new_store, kinds, survives=True):
    count = count_requests(new_store, APPLY)
    return [("request %d %s" % (number, kind), one_fault, new_store, number, kind, survives)
            for number in range(1, count + 1) for kind in kinds]


def all_deaths(new_store):
    return [("death %s request %d of %s" % (when, number, command[0]), one_death, new_store, command, number, when)
            for command in (APPLY, DESTROY) for number in range(1, count_requests(new_store, command) + 1)
            for when in ("before", "after")]


# Together with others.


SLOW = {"terraform_data": {"slow": {"input": "x", "provisioner": {
    "local-exec": {"command": "touch held; while [ -e held ]; do sleep 0.05; done"}}}}}


class Holder:
    """A run that holds the lock until release()."""

    def __init__(self, trial, program=None):
        self.marker = os.path.join(trial.path, "held")
        self.process = trial.start(*APPLY, program=program)
        while not os.path.exists(self.marker):
            check(self.process.poll() is None, "it holds the lock")

    def release(self):
        os.remove(self.marker)
        text, _ = self.process.communicate(timeout=60)
        equal(self.process.returncode, 0, text)


def finish(trial):
    """The next run, which does what is slow once more if it must."""
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
    """Each program sees those that the other has made."""
    run_by(trial, other, "workspace", "new", "theirs")
    run_by(trial, other, *APPLY)
    run_by(trial, None, "workspace", "new", "ours")
    for program in (None, other):
        names = run_by(trial, program, "workspace", "list").replace("*", "").split()
        equal(sorted(names), ["default", "ours", "theirs"], "workspaces")
        run_by(trial, program, "workspace", "select", "default")


def take_away(trial, first, second):
    """The one died, and the other is told to take its lock away."""
    run_by(trial, first, *DESTROY)
    holder = Holder(trial, program=first)
    holder.process.kill()
    holder.process.communicate()
    os.remove(holder.marker)
    id = re.search(r"ID: +([-0-9a-f]{36})", run_by(trial, second, "plan", "-no-color", status=1))[1]
    run_by(trial, second, "force-unlock", "-force", id)
    finish(trial)


def exchange(new_store, other):
    """Another program goes on with what loam has written and the other way round, and each respects the other's lock."""
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
                take_away(trial, first, second)
        check(not trial.store.is_locked(), "the lock is given back")


def with_others(new_store):
    """Of the programs that know the same stores, those that are in PATH."""
    return [(name, exchange, new_store, path) for name in ("terraform", "tofu") if (path := shutil.which(name))]


# Running them.


def _with_store(new_store, rows):
    """Cases of a store and a proxy, each with a store of its own."""
    def run(case):
        store = new_store()
        with Proxy(("127.0.0.1", store.port())) as proxy:
            case(store, proxy)
    return [(name, run, case) for name, case in rows]


def shared_cases(new_store, names):
    """Those of store.py."""
    return _with_store(new_store, [(name, getattr(shared, name)) for name in names])


def sealed_cases(new_store):
    """Those of sealed.py."""
    return _with_store(new_store, sealed.ROWS)


def side_by_side(jobs, width=8):
    """Runs (title, function, arguments …) rows; the failures, with their titles."""
    failures, lock, rest = [], threading.Lock(), list(jobs)

    def work():
        while True:
            with lock:
                if not rest:
                    return
                title, function, *arguments = rest.pop(0)
            try:
                function(*arguments)
            except Exception as error:  # the report names it
                with lock:
                    failures.append("%s: %s: %s" % (title, type(error).__name__, error))
    threads = [threading.Thread(target=work) for _ in range(width)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def report(jobs, alone=()):
    """Runs them all, or those whose title holds the argument; those that must be alone before the others. 0: all is well."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    jobs, alone = ([job for job in rows if wanted in job[0]] for rows in (jobs, alone))
    failures = side_by_side(alone, width=1) + side_by_side(jobs)
    shutil.rmtree(shared.TOP, ignore_errors=True)
    for failure in failures:
        print("FAIL " + failure)
    print("%d trials, %d deaths, %d failed" % (len(jobs) + len(alone), len(deaths), len(failures)))
    return 1 if failures else 0
