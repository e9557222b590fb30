"""Trials for the stores that other programs write to as well, many in parallel. At each request of an apply or a destroy,
the request is cut or hangs, its response is lost or halved, the server responds with 500, or the program dies; afterwards a new
run finishes, with no object lost and none created twice. Terraform and OpenTofu, if installed, take turns with loam.

Each trial has its own store (new_store() returns one, as described in store.py) with a proxy before it."""
import contextlib, json, os, re, shutil, signal, subprocess, sys, threading, time

import rotation, sealed, store as shared, stored
from proxy import Proxy, Victim
from store import Work, check, equal

APPLY = ("apply", "-auto-approve")
DESTROY = ("destroy", "-auto-approve")


class Trial(Work):
    """A directory whose state is in the store, initialized."""

    def __init__(self, store, resources=None):
        self.store, self.proxy, self.env = store, Proxy((store.host, store.port())), {}
        super().__init__(store.kind, store.arguments(self.proxy.port))
        self.configure(store.kind, store.arguments(self.proxy.port), resources)

    def change(self, resources=None, **arguments):
        self.configure(self.store.kind, {**self.store.arguments(self.proxy.port), **arguments}, resources)

    def start(self, *words, env=None, program=None):
        env = {**self.store.env, **self.env, **(env or {})}
        if program not in (None, shared.LOAM, shared.FAST):
            env = {"TF_CLI_CONFIG_FILE": shared.ENV.get("TF_CLI_CONFIG_FILE", "/dev/null"), **env}
        return super().start(*words, env=env, program=program)

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
def trial_of(new_store, resources=None, init=True, sealed=False, program=None):
    trial = Trial(new_store(), resources)
    trial.program = program or trial.program
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
    with trial_of(new_store, program=shared.FAST) as trial:
        if command == DESTROY:
            trial.apply()
        trial.proxy.arm()
        trial.run(*command)
        return trial.proxy.count


deaths = []  # deaths that occurred


def one_death(new_store, command, number, when):
    """The program dies before the server receives this request, or after it has responded. The next run has sanitizers."""
    with trial_of(new_store, sealed=number % 2 == (when == "before"), program=shared.FAST) as trial:  # in half of the cases
        if command == DESTROY:
            trial.apply()
        victim = Victim()
        trial.proxy.arm({number: victim.die if when == "before" else (victim.die, "after")})
        victim.run(trial.start(*command))
        if victim.process.returncode == -signal.SIGKILL:
            deaths.append(number)
        trial.proxy.arm()
        trial.store.unlock()
        for words, program in ((command, shared.LOAM), (DESTROY if command == APPLY else APPLY, None)):
            trial.run(*words, program=program)
            trial.verify_gone() if words == DESTROY else trial.verify(trial.store)
        equal(trial.store.journal(), "", "journal")
        check(not trial.store.is_locked(), "the lock is released")


def one_fault(new_store, number, kind, survives):
    """The run with the fault has sanitizers. If it reports success, everything is there; else the next run finishes."""
    with trial_of(new_store, program=shared.FAST) as trial:
        trial.env = {"LOAM_REQUEST_TIMEOUT": "1"} if kind == "hang" else {}
        trial.proxy.arm({number: kind})
        process = trial.start(*APPLY, program=shared.LOAM)
        text, _ = process.communicate(timeout=180)
        if survives and trial.proxy.hit:
            equal(process.returncode, 0, "a run that may retry\n" + text)
        trial.proxy.arm()
        if process.returncode != 0:
            trial.store.unlock()
            trial.apply()
        trial.verify(trial.store)
        check(not trial.store.is_locked(), "the lock is released")


def requests_of(stores, command):
    """Places of a fault: the end of a title, the store, the number of the request."""
    return [(" of " + store.__name__ if len(stores) > 1 else "", store, number)
            for store in stores for number in range(1, count_requests(store, command) + 1)]


def all_faults(new_store, kinds, *others, survives=True):
    """Jobs: each request of an apply fails in each way. Several stores are one class: they share the first, the middle and the
    last trial. A request that hangs takes seconds, so fewer of them are chosen."""
    places = requests_of((new_store, *others), APPLY)
    return [("request %d %s%s" % (number, kind, end), one_fault, store, number, kind, survives)
            for kind in kinds for end, store, number in (rotation.alternate if kind == "hang" else rotation.choose)(places)]


ONE_OF_TWO = (*APPLY, "-target=local_file.a")
OTHER_OF_TWO = (*APPLY, "-target=local_file.b")


def late_request(new_store, request, is_within):
    """A request of a run is sent again, and the first copy of it arrives after the run has ended: before the next run, or
    just before the first segment of the next run. That run reads and writes as if there were no late request."""
    with trial_of(new_store, {"local_file": {name: {"filename": "made/" + name, "content": "x"} for name in "ab"}}, program=shared.FAST) as trial:
        trial.run(*ONE_OF_TWO)
        trial.proxy.arm({request: "keep"})
        trial.run(*OTHER_OF_TWO)
        if not trial.proxy.hit and isinstance(request, int) and trial.proxy.count < request:
            return  # the run that was counted renewed its lock more often
        equal([kind for _, kind in trial.proxy.hit], ["keep"], "late requests")
        os.remove(os.path.join(trial.made, "a"))

        arrived = []

        def deliver(_=None):
            trial.proxy.deliver()
            arrived.append(request)
        trial.proxy.arm({trial.store.segment: deliver} if is_within else {})
        if not is_within:
            deliver()
            trial.store.unlock()  # a late request for the lock
        text = trial.run(*ONE_OF_TWO, program=shared.LOAM)
        equal(arrived, [request], "late requests")
        check("interrupted" not in text and "1 added, 0 changed" in text, text)
        trial.proxy.arm()
        equal(sorted(trial.run("state", "list").split()), ["local_file.a", "local_file.b"], "objects")
        trial.run(*DESTROY)
        trial.verify_gone()


def late_requests(new_store):
    """Jobs: each request of an apply arrives late before the next run, and a segment also within it."""
    with trial_of(new_store, {"local_file": {name: {"filename": "made/" + name, "content": "x"} for name in "ab"}}, program=shared.FAST) as trial:
        trial.run(*ONE_OF_TWO)
        trial.proxy.arm()
        trial.run(*OTHER_OF_TWO)
        count, store = trial.proxy.count, trial.store
    return [("late segment", late_request, new_store, store.segment, False), ("late segment within a run", late_request, new_store, store.segment, True),
            *([("late release within a run", late_request, new_store, store.release, True)] if store.release else []),
            *(("late request %d" % number, late_request, new_store, number, False) for number in rotation.choose(range(1, count + 1)))]


def all_deaths(*stores):
    """Jobs: the program dies at each request of an apply and of a destroy. Several stores are one class."""
    places = [(command, requests_of(stores, command)) for command in (APPLY, DESTROY)]
    return [("death %s request %d of %s%s" % (when, number, command[0], end), one_death, store, command, number, when)
            for command, rows in places for when in ("before", "after") for end, store, number in rotation.choose(rows)]


# Runs together with other programs.


SLOW = {"terraform_data": {"slow": {"input": "x", "provisioner": {
    "local-exec": {"command": "touch held; while [ -e held ]; do sleep 0.2; done"}}}}}


class Holder:
    """A run that holds the lock until release()."""

    def __init__(self, trial, program=None):
        self.marker = os.path.join(trial.path, "held")
        self.process = trial.start(*APPLY, program=program)
        while not os.path.exists(self.marker):
            check(self.process.poll() is None, "the run holds the lock")
            time.sleep(0.02)

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
    id = re.search(r"ID: +([-0-9a-f]{16,36})", run_by(trial, second, "plan", "-no-color", status=1))[1]
    run_by(trial, second, "force-unlock", "-force", id)
    finish(trial)


def other_programs():
    """Terraform and OpenTofu, by name, as far as they are installed or tests/programs/build has made them."""
    built = os.path.join(os.environ.get("LOAM_PROGRAMS") or os.path.expanduser("~/.cache/loam/programs"), "bin")
    return {name: path for name in ("terraform", "tofu") if (path := shutil.which(name) or shutil.which(name, path=built))}


def exchange(new_store, other):
    """Another program continues with loam's state and the other way round, and each respects the other's lock."""
    resources = {"terraform_data": {"t%d" % i: {"input": "x"} for i in range(2)}}
    with trial_of(new_store, resources, program=shared.FAST) as trial:
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
    return [(name, exchange, new_store, path) for name, path in other_programs().items()]


def run_as(trial, program, *words, status=0):
    """Runs the program with a data directory of its own: each records the backend in another form."""
    trial.env = {"TF_DATA_DIR": ".data-" + os.path.basename(program)} if program else {}
    return run_by(trial, program, *words, status=status)


def turns(new_store, programs, count, verify=lambda store: None):
    """The programs take turns on one state. After each, the lock is free, and no write is lost."""
    with trial_of(new_store, {"terraform_data": {"t": {"input": "${var.turn}"}}}, program=shared.FAST) as one:
        with open(os.path.join(one.path, "turn.tf.json"), "w", encoding="utf-8") as file:
            json.dump({"variable": {"turn": {}}}, file)
        for program in programs:
            if program:
                run_as(one, program, "init", "-input=false")
        serial = 0
        for turn in range(count):
            program = programs[turn % len(programs)]
            run_as(one, program, "apply", "-auto-approve", "-input=false", "-var", "turn=%d" % turn)
            state = json.loads(one.store.state())
            equal([resource["instances"][0]["attributes"]["input"]["value"] for resource in state["resources"]], [str(turn)], "turn")
            check(state["serial"] > serial, "the serial rises")
            serial = state["serial"]
            check(not one.store.is_locked(), "the lock after turn %d of %s" % (turn, program or "loam"))
            verify(one.store)


# Locks that expire.


LEASE = 3  # seconds; a dead holder's lock is taken over when it has been unchanged for twice as long
BEHIND = {**SLOW, "local_file": {"behind": {"filename": "made/behind", "content": "x", "depends_on": ["terraform_data.slow"]}}}


class Other(Work):
    """Another directory with the state of a trial, and with a connection of its own."""

    def __init__(self, trial, resources=None, **arguments):
        self.store = trial.store
        super().__init__()
        self.configure(self.store.kind, {**self.store.arguments(self.store.port()), **arguments}, resources or {"terraform_data": {"slow": {"input": "x"}}})
        self.init()

    def start(self, *words, env=None, **options):
        return super().start(*words, env={**self.store.env, **(env or {})}, **options)


def ended(process):
    """Waits for the end of a holder; returns its status and text."""
    text, _ = process.communicate(timeout=60)
    return process.returncode, text


def lease_killed(new_store):
    """The lock of a dead holder is taken over when it was not renewed; not by a program that does not renew its own."""
    with trial_of(new_store, BEHIND) as one:
        holder, other = Holder(one), Other(one)
        holder.process.kill()
        ended(holder.process)
        text = other.run("plan", status=1)
        expect(text, "Renewed:", "takes the lock over when it has seen no renewal for %d seconds" % (2 * LEASE))
        check("force-unlock" not in text, text)
        plain = Other(one, lease_seconds=None)
        expect(plain.run("plan", "-lock-timeout=%ds" % (2 * LEASE + 2), status=1), "force-unlock")
        began = time.monotonic()
        expect(other.apply("-lock-timeout=60s"), "Waiting for the state's lock", "Took over the state's lock of", "was not renewed for %ds" % (2 * LEASE))
        check(time.monotonic() - began >= 2 * LEASE, "it waited until the holder had to be dead")
        check(not one.store.is_locked(), "the lock is released")
        other.run("plan", "-detailed-exitcode")


def lease_stopped(new_store):
    """A holder that is stopped within a call does not wake again."""
    with trial_of(new_store, BEHIND) as one:
        holder, other = Holder(one), Other(one)
        holder.process.send_signal(signal.SIGSTOP)
        expect(other.apply("-lock-timeout=60s"), "Took over the state's lock")
        equal(holder.process.poll(), -signal.SIGKILL, "it was dead before the takeover")
        state = one.store.state()
        os.remove(holder.marker)
        ended(holder.process)
        equal([one.store.state(), one.store.journal(), os.listdir(one.made)], [state, "", []], "it changed nothing")


def lease_cut_off(new_store):
    """A holder that cannot renew its lock says so, starts nothing, and ends before the lock is taken over."""
    with trial_of(new_store, BEHIND) as one:
        holder, other = Holder(one), Other(one)
        one.proxy.arm({"*": "cut"})
        waiting = other.start(*APPLY, "-lock-timeout=60s")
        status, text = ended(holder.process)
        equal(status, -signal.SIGKILL, text)
        expect(text, "was lost: no new operation starts", "kills itself if the running operations do not end within")
        expect(ended(waiting)[1], "Took over the state's lock", "Apply complete!")
        equal([one.store.journal(), os.listdir(one.made)], ["", []], "no operation started after the loss")


def lease_lost(new_store):
    """The store cannot be reached for longer than the lease: the operation in progress completes, and no other one starts."""
    with trial_of(new_store, BEHIND) as one:
        holder = Holder(one)
        one.proxy.arm({"*": "cut"})
        lines = []
        for line in holder.process.stdout:
            lines.append(line)
            if "was lost: no new operation starts" in line:
                os.remove(holder.marker)
        status = holder.process.wait(timeout=60)
        text = "".join(lines)
        check(status in (1, -signal.SIGKILL), "status %s\n%s" % (status, text))
        if status == 1:  # it had time enough
            expect(text, "State lock lost", "errored.tfstate")
        equal(os.listdir(one.made), [], "no operation started after the loss")
        Other(one).apply("-lock-timeout=60s")


def lease_kept(new_store):
    """A holder that renews its lock keeps it for longer than any waiting run would wait for a dead one."""
    with trial_of(new_store, SLOW) as one:
        holder, other = Holder(one), Other(one)
        waiting = other.start("plan", "-detailed-exitcode", "-lock-timeout=60s")
        time.sleep(2 * LEASE + 2)
        equal([holder.process.poll(), waiting.poll()], [None, None], "one holds, one waits")
        holder.release()
        status, text = ended(waiting)
        equal(status, 0, text)
        check("Took over" not in text, text)


def lease_of_run(new_store):
    """The next process of the same run takes the lock as soon as a renewal is overdue, but not from a process that lives."""
    with trial_of(new_store, SLOW) as one:
        one.env = {"LOAM_LOCK_RUN": "run=r1 pod=p1"}
        holder, other = Holder(one), Other(one)
        take, second = (*APPLY, "-take-lock-of-run"), {"LOAM_LOCK_RUN": "run=r1 pod=p2"}
        expect(other.run(*take, status=1), "Run of the lock unknown", "LOAM_LOCK_RUN")
        expect(other.run(*take, env={"LOAM_LOCK_RUN": "run=r2 pod=p2"}, status=1), "Info: run=r1 pod=p1", "has seen no renewal for %d" % (2 * LEASE))
        expect(other.run(*take, env=second, status=1), "belongs to the same run and renews the lock")
        holder.process.kill()
        ended(holder.process)
        expect(other.run(*APPLY, env=second, status=1), "Renewed:")
        began = time.monotonic()
        expect(other.run(*take, env=second), "Took over the state's lock", "was not renewed for 1s")
        check(time.monotonic() - began >= LEASE / 2, "it waited for a renewal")
        check(not one.store.is_locked(), "the lock is released")


def lease_refusals(new_store):
    for seconds in (2, 3601, -1, 3.5):
        with trial_of(new_store, init=False) as one:
            one.change(lease_seconds=seconds)
            text = one.run("init", "-input=false", status=None)
            expect(text if "Error" in text else one.run("plan", status=1), '"lease_seconds" must be 0, or an integer from 3 to 3600')


def lease_cases(new_store):
    """Jobs for a store whose arguments have lease_seconds = LEASE."""
    rows = (lease_killed, lease_stopped, lease_cut_off, lease_lost, lease_kept, lease_of_run, lease_refusals)
    shared_rows = shared_cases(new_store, ("plain", "two_at_once"))
    return [(run.__name__, run, new_store) for run in rows] + shared_rows + all_faults(new_store, ("cut", "lost", "half"))


# Running trials.


def _with_store(new_store, rows):
    """Cases of a store and a proxy, each with its own store."""
    def run(case):
        store = new_store()
        with Proxy((store.host, store.port())) as proxy:
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
    print("%d trials, %d deaths, %d failed; %s" % (len(jobs) + len(alone), len(deaths), len(failures), rotation.note()))
    return 1 if failures else 0
