"""Common parts of the tests of remote backends: a directory with a configuration, the program, and the cases for every
backend. A Store (each test has its own) starts the server and reads its content."""
import base64, concurrent.futures, contextlib, contextvars, functools, importlib.machinery, importlib.util, json, os, random, shutil, subprocess, sys, tempfile, threading, time

import rotation
from proxy import Proxy

HERE = os.path.dirname(os.path.abspath(__file__))
LOAM = os.environ.get("LOAM_DEV", os.path.join(HERE, "../../build/dev/loam"))
FAST = os.environ.get("LOAM", os.path.join(HERE, "../../build/release/loam"))  # without sanitizers: a seventh of the time
PROGRAM = contextvars.ContextVar("program", default=LOAM)  # of the directories that the thread makes
ENV = {key: value for key, value in os.environ.items() if not key.startswith(("TF_", "LOAM_", "SSL_", "ETCD", "http", "HTTP"))}
ENV.update(TF_IN_AUTOMATION="1", ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "detect_leaks=1"))
TOP = tempfile.mkdtemp(prefix="loam-backend-")
FILES = 3  # with an external effect, hence one intent each


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def backend(name):
    """The test of a backend, as a module."""
    path = os.path.join(HERE, name)
    loader = importlib.machinery.SourceFileLoader("backend_" + name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def equal(got, wanted, text):
    check(got == wanted, "%s: got %r, wanted %r" % (text, got, wanted))


@contextlib.contextmanager
def program(path):
    """The program of the directories that the thread makes within this context."""
    token = PROGRAM.set(path)
    try:
        yield
    finally:
        PROGRAM.reset(token)


def noise(size, seed=1):
    """Letters and digits that cannot be compressed below 0.74 of their size."""
    return base64.b64encode(random.Random(seed).randbytes(size * 3 // 4 + 3), b"ab").decode()[:size]


def in_turn(case):
    """A case that every backend runs: with the sanitized program on one day of fourteen, another one for each case and backend."""
    @functools.wraps(case)
    def run(store, *rest):
        with program(LOAM if rotation.is_turn("%s %s" % (type(store).__name__, case.__name__)) else FAST):
            return case(store, *rest)
    return run


class Store:
    """The place of one state. Each test implements it."""
    kind = ""
    host = "127.0.0.1"  # of the server itself
    has_workspaces = True
    env = {}  # environment variables for the program
    hasty = {}  # arguments with short timeouts
    lock_stays = False  # True: the lock of a dead holder stays until a user releases it
    lock_seconds = 0  # until a dead holder's lock expires; 0: never
    pauses = ()  # seconds of a stopped program that are worth a try
    segment = None  # pattern of a request that writes a segment of the journal
    release = None  # pattern of a request that releases the lock

    def arguments(self, port):
        """Arguments of the backend block; the server is reached at 127.0.0.1:port."""
    def port(self):
        """The port of the server itself."""
    def state(self, workspace="default"):
        """The text on the server; "" for none."""
    def put(self, text):
        """Writes the text into the default workspace's place, as another program would."""
    def journal(self, workspace="default"):
        """The journal's text, or "". A removed journal may leave an empty segment."""
    def unlock(self):
        """Releases a dead holder's lock as an operator would; does nothing if the lock expires."""
    def is_locked(self):
        """Whether the server has a lock."""
    def clear(self):
        """Removes everything from the server."""
    def content(self):
        """All that the server has, without a lock, as JSON data."""
    def restore(self, content):
        """Puts it back, after an init."""
    def apart(self):
        """Another place of the same kind, for cases that run in parallel."""


def key_of(name, letter):
    """Blocks of an encryption block: a method of that name, with a key that is cheap to derive."""
    key = base64.b64encode(letter.encode() * 32).decode()
    lines = ('{"magic":"OpenTofu-External-Key-Provider","version":1}',
             json.dumps({"keys": {"encryption_key": key, "decryption_key": key}, "meta": {"external_data": {}}}))
    return ('key_provider "external" "%s" {\n  command = %s\n}\nmethod "aes_gcm" "%s" {\n  keys = key_provider.external.%s\n}\n'
            % (name, json.dumps(["printf", "%s\\n", *lines]), name, name))


ENCRYPTED = key_of("old", "a") + "state {\n  method = method.aes_gcm.old\n}\n"


class Work:
    """A directory with a configuration of files and values in a chain, so that there are several syncs."""
    def __init__(self, backend=None, arguments=None, files=FILES):
        self.path = tempfile.mkdtemp(dir=TOP)
        self.made = os.path.join(self.path, "made")
        os.mkdir(self.made)
        self.files, self.program = files, PROGRAM.get()
        self.configure(backend, arguments)

    def configure(self, backend, arguments, resources=None):
        if resources is None:
            resources = {"local_file": {}, "terraform_data": {}}
            for i in range(self.files):
                resources["local_file"]["f%d" % i] = {"filename": "made/f%d" % i, "content": "content %d" % i,
                                                      **({"depends_on": ["local_file.f%d" % (i - 1)]} if i else {})}
                resources["terraform_data"]["d%d" % i] = {"input": "${local_file.f%d.filename}" % i}
        config = {"output": {"name": {"value": "value"}}}
        resources = {kind: named for kind, named in resources.items() if named}
        if resources:
            config["resource"] = resources
        if backend:
            config["terraform"] = {"cloud": arguments} if backend == "cloud" else {"backend": {backend: arguments}}
        with open(os.path.join(self.path, "main.tf.json"), "w", encoding="utf-8") as file:
            json.dump(config, file)

    def seal(self, text=ENCRYPTED):
        """Sets the content of the encryption block; "" for none."""
        with open(os.path.join(self.path, "encryption.tf"), "w", encoding="utf-8") as file:
            file.write("terraform {\n  encryption {\n%s  }\n}\n" % text if text else "")

    def start(self, *words, env=None, stdout=subprocess.PIPE, program=None):
        return subprocess.Popen([program or self.program, *words], cwd=self.path, env={**ENV, **(env or {})}, stdin=subprocess.DEVNULL,
                                stdout=stdout, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")

    def run(self, *words, env=None, status=0, timeout=120, **how):
        process = self.start(*words, env=env, **how)
        out, _ = process.communicate(timeout=timeout)
        if status is not None:
            check(process.returncode == status, "%s: status %s, wanted %s\n%s" % (" ".join(words), process.returncode, status, out))
        return out

    def init(self, *words):
        return self.run("init", "-input=false", *words)

    def apply(self, *words, **options):
        return self.run("apply", "-auto-approve", *words, **options)

    def verify(self, store, workspace="default"):
        """Checks that each object exists once: as a file, in the state and for a plan."""
        equal(sorted(os.listdir(self.made)), sorted("f%d" % i for i in range(self.files)), "files")
        state = self.state_of(store, workspace)
        found = sorted("%s.%s" % (r["type"], r["name"]) for r in state["resources"] for _ in r["instances"])
        equal(found, sorted(["local_file.f%d" % i for i in range(self.files)] + ["terraform_data.d%d" % i for i in range(self.files)]), "state")
        check(all(len(r["instances"]) == 1 and "deposed" not in r["instances"][0] for r in state["resources"]), "one object each")
        equal(store.journal(workspace), "", "journal")
        self.run("plan", "-detailed-exitcode", "-lock=false")

    def verify_gone(self, store):
        """Checks that no object is left."""
        equal(os.listdir(self.made), [], "files")
        equal(self.state_of(store)["resources"], [], "state")
        equal(store.journal(), "", "journal")

    def state_of(self, store, workspace="default"):
        """The state on the server; an encrypted one as the program decrypts it."""
        state = json.loads(store.state(workspace))
        is_sealed = os.path.exists(os.path.join(self.path, "encryption.tf"))
        equal("encrypted_data" in state, is_sealed, "the state is sealed")
        return json.loads(self.run("state", "pull")) if is_sealed else state


def killer(holder):
    """A fault for a proxy: kills the program."""
    def kill(_):
        holder[0].kill()
        return "cut"
    return kill


def attempt_with(work, proxy, faults, *words, env=None, program=None):
    """Runs the command with the faults armed; returns (status, output)."""
    holder = [None]
    armed = {key: fault(holder) if callable(fault) else fault for key, fault in faults.items()}
    ready = threading.Event()
    proxy.arm({key: _late(fault, ready) for key, fault in armed.items()})
    holder[0] = work.start(*words, env=env, program=program)
    ready.set()
    out, _ = holder[0].communicate(timeout=180)
    return holder[0].returncode, out


def _late(fault, ready):
    def call(act):
        def wait(number):
            ready.wait()
            return act(number)
        return wait
    if callable(fault):
        return call(fault)
    return (call(fault[0]), fault[1]) if isinstance(fault, tuple) else fault


# Cases for every backend.


@in_turn
def killed(store, proxy):
    """An apply of an earlier release was killed during its last operation: `killed.json` has the content of each server
    after it. The next run reads it, finishes and creates nothing twice. UPDATE=1 lets LOAM write the file anew."""
    store.clear()
    proxy.arm()
    work = Work(store.kind, store.arguments(proxy.port))
    path = os.path.join(HERE, "killed.json")
    with open(path, encoding="utf-8") as file:
        contents = json.load(file)
    if os.environ.get("UPDATE"):
        config = os.path.join(work.path, "main.tf.json")
        with open(config, encoding="utf-8") as file:
            text = file.read()
        last = '"d%d": {' % (FILES - 1)
        with open(config, "w", encoding="utf-8") as file:
            file.write(text.replace(last, last + '"provisioner": {"local-exec": {"command": "kill -9 $PPID"}}, '))
        work.init()
        work.apply("-parallelism=1", status=-9)
        contents[store.kind] = store.content()
        with open(path, "w", encoding="utf-8") as file:
            json.dump(contents, file, indent=1, sort_keys=True)
            file.write("\n")
        return
    work.init()
    store.restore(contents[store.kind])
    for i in range(FILES):
        path = os.path.join(work.made, "f%d" % i)
        with open(path, "w", encoding="utf-8") as file:
            file.write("content %d" % i)
        os.chmod(path, 0o755)
    out = work.apply("-parallelism=1")
    check("nothing is lost" in out and "2 added, 0 changed" in out, out)
    work.verify(store)


def plain(store, proxy):
    """Apply, plan, change and destroy without any fault."""
    store.clear()
    proxy.arm()
    work = Work(store.kind, store.arguments(proxy.port))
    check("Backend initialization required" in work.run("plan", status=1), "plan before init")
    work.init()
    work.apply()
    work.verify(store)
    check(not store.is_locked(), "the lock is released")
    equal(work.run("output", "-raw", "name"), "value", "output")
    work.apply()
    work.run("destroy", "-auto-approve")
    equal(os.listdir(work.made), [], "destroyed")
    equal(json.loads(store.state())["resources"], [], "state after destroy")
    equal(store.journal(), "", "journal after destroy")


def count_requests(store, proxy, command="apply"):
    """The number of requests of an apply in an empty store, or of the destroy after it."""
    store.clear()
    proxy.arm()
    with program(FAST):
        work = Work(store.kind, store.arguments(proxy.port))
    work.init()
    if command == "destroy":
        work.apply()
    proxy.arm()
    work.run(command, "-auto-approve")
    return proxy.count


def each_fault(store, proxy, kinds, span=None):
    """Each request fails in each way; the run, with sanitizers, recovers, or the next one does. The number of requests may
    differ by a few between runs: leases are renewed by the clock."""
    total = count_requests(store, proxy)
    for kind in kinds:
        for number in span or rotation.choose(range(1, total + 1)):
            store.clear()
            proxy.arm()
            with program(FAST):
                work = Work(store.kind, store.arguments(proxy.port))
            work.init()
            status, out = attempt_with(work, proxy, {number: kind}, "apply", "-auto-approve", program=LOAM)
            hit, count, proxy.faults = list(proxy.hit), proxy.count, {}
            try:
                check(hit or count < number, "the fault occurred")
                equal(status, 0, "status of a run that may retry")
                work.verify(store)
            except AssertionError as error:
                raise AssertionError("request %d of %d %s: %s\n%s" % (number, total, kind, error, out))
    return total


def one_death(store, command, number, after, total):
    """Kills an apply or a destroy at a request, before or after the server has received it; a new run, with sanitizers,
    finishes."""
    with Proxy((store.host, store.port())) as proxy, program(FAST):
        work = Work(store.kind, store.arguments(proxy.port))
        if after == number % 2:  # in half of the cases
            work.seal()
        work.init()
        if command == "destroy":
            work.apply()
        fault = (lambda holder: (killer(holder), "after")) if after else killer
        status, out = attempt_with(work, proxy, {number: fault}, command, "-auto-approve")
        count = proxy.count
        proxy.arm()
        store.unlock()
        try:
            # The program may end before it is killed at its last request.
            check(status == -9 or (status == 0 and (count < number or number == total)), "it died: %s" % status)
            work.run(command, "-auto-approve", "-lock-timeout=%ds" % (store.lock_seconds + 60), program=LOAM)
            if command == "destroy":
                work.verify_gone(store)
            else:
                work.verify(store)
        except AssertionError as error:
            raise AssertionError("%s killed at request %d of %d, %s: %s\n%s" % (command, number, total, "after" if after else "before", error, out))
        store.clear()


def each_death(store, proxy):
    """Kills the program at each request; several cases in parallel, each in its own place, because most of them wait for
    leases to expire."""
    totals = {command: count_requests(store, proxy, command) for command in ("apply", "destroy")}
    moments = [(command, number, after, total) for command, total in totals.items() for after in (False, True)
               for number in rotation.choose(range(1, total + 1))]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(one_death, store.apart(), *moment) for moment in moments]:
            done.result()
    return len(moments)


# Only the state of an environment or of a Stack records the plan that was applied.
STACK = {"LOAM_OWNER": '{"cluster": "c", "namespace": "n", "name": "s", "uid": "u"}'}


def _killed_plan(store, proxy, number):
    """Kills an apply of a saved plan before a request; returns the directory and the number of requests."""
    store.clear()
    proxy.arm()
    work = Work(store.kind, store.arguments(proxy.port))
    work.init()
    work.run("plan", "-out=kept")
    proxy.wait_until_idle()  # the end of a session of pg is a request, too, and loam does not wait for it
    status, out = attempt_with(work, proxy, {number: killer} if number else {}, "apply", "-parallelism=1", "kept", env=STACK)
    check(status == (-9 if number else 0), out)
    proxy.wait_until_idle()
    count = proxy.count
    proxy.arm()
    store.unlock()
    return work, count


@in_turn
def saved_plan(store, proxy):
    """An apply of a saved plan is killed at some requests; the same plan then finishes it, and is already applied once more.
    After another run, it is stale."""
    wait = "-lock-timeout=%ds" % (store.lock_seconds + 60)
    _, total = _killed_plan(store, proxy, 0)
    for number in range(total // 3, total, max(total // 6, 1)):
        work, _ = _killed_plan(store, proxy, number)
        work.run("apply", wait, "kept", env=STACK)
        work.verify(store)
        check("already applied" in work.run("apply", "kept", env=STACK), "third apply, after a death at request %d" % number)
    work, _ = _killed_plan(store, proxy, total // 2)
    work.apply(wait, env=STACK)
    check("Saved plan is stale" in work.run("apply", "kept", env=STACK, status=1), "another run between")
    work.verify(store)


@in_turn
def two_at_once(store, proxy):
    """Each apply succeeds; the waiting one names the holder of the lock."""
    store.clear()
    proxy.arm()
    works = [Work(store.kind, store.arguments(proxy.port)) for _ in range(3)]
    for number, work in enumerate(works):
        work.configure(store.kind, store.arguments(proxy.port), {"terraform_data": {
            "t%d" % number: {"input": number, "provisioner": {"local-exec": {"command": "sleep 1"}}}}})
        work.init()
    processes = [work.start("apply", "-auto-approve", "-lock-timeout=120s") for work in works]
    outs = [process.communicate(timeout=180)[0] for process in processes]
    equal([process.returncode for process in processes], [0, 0, 0], "\n".join(outs))
    check(sum("Waiting for the state's lock: " in out for out in outs) >= 1, "the waiting run reports the holder:\n" + "\n".join(outs))
    check(not store.is_locked(), "the lock is released")
    equal(json.loads(store.state())["serial"] >= 3, True, "each run has written")


@in_turn
def many_at_once(store, proxy):
    """Each run adds its own object to one state: none is lost. The requests of waiting runs grow with the square of their
    number, so there are 64 runs on one day of fourteen, and 16 on the others."""
    count = 64 if PROGRAM.get() == LOAM else 16
    store.clear()
    proxy.arm()
    work = Work(store.kind, store.arguments(proxy.port))
    work.configure(store.kind, store.arguments(proxy.port), {"terraform_data": {"t%d" % i: {"input": i} for i in range(count)}})
    work.init()
    processes = [work.start("apply", "-auto-approve", "-lock-timeout=10m", "-target=terraform_data.t%d" % i, program=FAST)
                 for i in range(count)]
    outs = [process.communicate(timeout=600)[0] for process in processes]
    for process, out in zip(processes, outs):
        equal(process.returncode, 0, out)
        check("Resources: 1 added, 0 changed, 0 destroyed" in out, out)
    state = json.loads(store.state())
    equal(sorted(r["name"] for r in state["resources"]), sorted("t%d" % i for i in range(count)), "state")
    equal(state["serial"], count, "each run has written")
    check(not store.is_locked(), "the lock is released")
    waited = sum("Waiting for the state's lock: " in out for out in outs)
    check(waited > 0, "waiting runs report the holder")
    return "%d of %d had to wait" % (waited, count)


@in_turn
def held(store, proxy):
    """A lock with a live holder: the error names the holder."""
    store.clear()
    proxy.arm()
    work = Work(store.kind, store.arguments(proxy.port))
    work.configure(store.kind, store.arguments(proxy.port), {"terraform_data": {
        "t": {"input": 1, "provisioner": {"local-exec": {"command": "while [ ! -e go ]; do sleep 0.1; done"}}}}})
    work.init()
    first = work.start("apply", "-auto-approve")
    end = time.monotonic() + 60
    while not store.is_locked():
        check(time.monotonic() < end and first.poll() is None, "the first run holds the lock")
        time.sleep(0.05)
    out = work.run("apply", "-auto-approve", status=1)
    for text in ("Error acquiring the state lock", "OperationTypeApply", "Who:", "Created:"):
        check(text in out, "%s in\n%s" % (text, out))
    equal("loam force-unlock" in out, store.lock_stays, "advice for a lock that stays:\n" + out)
    out = work.run("force-unlock", "-force", "other", status=1)
    check("Failed to unlock state" in out and store.is_locked(), "another lock's ID does not open it:\n" + out)
    with open(os.path.join(work.path, "go"), "w", encoding="utf-8"):
        pass
    out, _ = first.communicate(timeout=120)
    equal(first.returncode, 0, out)


@in_turn
def big(store, proxy):
    """A state of several megabytes, and an intent of two."""
    store.clear()
    proxy.arm()
    work = Work(store.kind, store.arguments(proxy.port))
    resources = {"terraform_data": {"big%d" % i: {"input": ("%d" % i) * 700000} for i in range(3)}}
    resources["local_file"] = {"big": {"filename": "made/big", "content": "x" * 2500000}}
    work.configure(store.kind, store.arguments(proxy.port), resources)
    work.init()
    work.apply()
    check(len(store.state()) > 4000000, "the state is complete")
    equal(store.journal(), "", "the journal is gone")
    work.run("plan", "-detailed-exitcode")
    work.configure(store.kind, store.arguments(proxy.port), {"terraform_data": {"small": {"input": 1}}})
    work.apply()
    check(len(store.state()) < 10000, "the state is small again")


@in_turn
def big_journal(store, proxy):
    """A run dies whose journal has a result of several megabytes: the next run reads it."""
    store.clear()
    proxy.arm()
    work = Work(store.kind, store.arguments(proxy.port), files=0)
    work.configure(store.kind, store.arguments(proxy.port), {
        "local_file": {"big": {"filename": "made/big", "content": "x" * 2500000}},
        "terraform_data": {"slow": {"input": 1, "depends_on": ["local_file.big"], "provisioner": {
            "local-exec": {"command": "touch begun; test -e go || sleep 60"}}}}})
    work.init()
    process = work.start("apply", "-auto-approve", stdout=subprocess.DEVNULL)  # megabytes of unread output
    end = time.monotonic() + 60
    while not os.path.exists(os.path.join(work.path, "begun")):
        check(time.monotonic() < end and process.poll() is None, "the second operation has started")
        time.sleep(0.05)
    process.kill()
    process.communicate()
    with open(os.path.join(work.path, "go"), "w", encoding="utf-8"):
        pass
    store.unlock()
    out = work.apply("-lock-timeout=60s")
    check("nothing is lost" in out and "local_file.big: Creating" not in out, out)
    equal(store.journal(), "", "folded")


@in_turn
def workspaces(store, proxy):
    store.clear()
    proxy.arm()
    work = Work(store.kind, store.arguments(proxy.port))
    work.init()
    if not store.has_workspaces:
        check("Workspaces not supported" in work.run("workspace", "new", "blue", status=1), "refused")
        return
    work.run("workspace", "new", "blue")
    work.apply()
    work.verify(store, "blue")
    equal(store.state(), "", "the default workspace is unchanged")
    equal(work.run("workspace", "list").split(), ["default", "*", "blue"], "list")
    work.run("workspace", "select", "default")
    check("not empty" in work.run("workspace", "delete", "blue", status=1), "not while it holds objects")
    work.run("workspace", "delete", "-force", "blue")
    equal(work.run("workspace", "list").split(), ["*", "default"], "list afterwards")
    equal(store.state("blue"), "", "gone")


@in_turn
def made_at_once(store, proxy):
    """While one run creates a workspace, another has created it and written its state: that state is kept."""
    number, happened, total = 0, 0, 1
    while number is not None:  # 0: without another run
        store.clear()
        proxy.arm()
        work, other = Work(store.kind, store.arguments(proxy.port)), Work(store.kind, store.arguments(store.port()))
        work.init()
        other.init()
        made = []

        def come_between(_):
            made.append("Created" in other.run("workspace", "new", "blue", status=None) and other.apply())
        proxy.arm({number: come_between})
        work.run("workspace", "new", "blue", status=None)
        proxy.wait_until_idle()
        total = total if number else proxy.count
        if any(made):
            found = len(json.loads(store.state("blue") or '{"resources": []}')["resources"])
            equal(found, 2 * FILES, "resources in the state, after request %d of %d" % (number, total))
            happened += 1
        number = rotation.following(number, total)
    check(happened, "another run came between")
    return "%d of %d requests" % (happened, total)


@in_turn
def removed_under_lock(store, proxy):
    """While one command deletes a workspace, another run uses it: it waits for the lock, and its objects are kept."""
    number, refused, total, tried = 0, 0, 1, set()
    while number is not None:  # 0: without another run
        store.clear()
        proxy.arm()
        work, other = Work(store.kind, store.arguments(proxy.port)), Work(store.kind, store.arguments(store.port()))
        work.init()
        work.run("workspace", "new", "blue")
        work.run("workspace", "select", "default")
        other.init()
        other.run("workspace", "select", "blue")
        said = []

        def come_between(_):
            said.append(other.run("apply", "-auto-approve", status=None))
        proxy.arm({number: come_between})
        work.run("workspace", "delete", "blue", status=None)
        proxy.wait_until_idle()
        total = total if number else proxy.count
        refused += any("Error acquiring the state lock" in text for text in said)
        if any("Apply complete!" in text for text in said):
            found = len(json.loads(store.state("blue") or '{"resources": []}')["resources"])
            equal(found, 2 * FILES, "resources in the state, after request %d of %d" % (number, total))
        tried.add(number)
        number = rotation.following(max(tried), total)
        if number is None and not refused:  # the lock is held at none of the requests of the day
            number = next((other for other in range(1, total + 1) if other not in tried), None)
    check(refused > rotation.EVERY, "no run gets the lock between check and removal")
    return "refused after %d of %d requests" % (refused, total)


@in_turn
def read_between(store, proxy):
    """Between two requests of a reader without the lock, one run writes the state and another one begins: the reader sees
    no later operation without the earlier ones."""
    number, happened, total = 0, 0, 1
    slow = {"first": {"filename": "made/first", "content": "x"},
            "slow": {"filename": "made/slow", "content": "x", "depends_on": ["local_file.first"], "provisioner": {
                "local-exec": {"command": "touch held; while [ -e held ]; do sleep 0.05; done"}}}}
    while number is not None:  # 0: without another run
        store.clear()
        proxy.arm()
        work, other = Work(store.kind, store.arguments(proxy.port)), Work(store.kind, store.arguments(store.port()))
        work.init()
        other.configure(store.kind, store.arguments(store.port()), {"terraform_data": {"before": {"input": 1}}})
        other.init()
        marker, processes = os.path.join(other.path, "held"), []

        def come_between(_):
            other.apply()
            other.configure(store.kind, store.arguments(store.port()), {"terraform_data": {"before": {"input": 1}}, "local_file": slow})
            processes.append(other.start("apply", "-auto-approve", stdout=subprocess.DEVNULL))
            while not os.path.exists(marker):
                check(processes[0].poll() is None, "the other run is at work")
                time.sleep(0.02)
        proxy.arm({number: come_between})
        text = work.run("state", "pull")
        total = total if number else proxy.count
        for process in processes:
            os.remove(marker)
            process.communicate(timeout=60)
        found = [resource["name"] for resource in json.loads(text)["resources"]] if text.strip() else []
        check("before" in found or "first" not in found, "request %d of %d: %s" % (number, total, found))
        happened += "first" in found
        number = rotation.following(number, total)
    check(happened, "the reader saw the journal")
    return "%d of %d requests" % (happened, total)


@in_turn
def read_at_end(store, proxy):
    """Between two requests of a reader without the lock, a run writes the state and removes its journal: the reader sees the
    operation that the journal had before."""
    number, total = 0, 0
    resources = {"first": {"filename": "made/first", "content": "x"},
                 "slow": {"filename": "made/slow", "content": "x", "depends_on": ["local_file.first"], "provisioner": {
                     "local-exec": {"command": "touch held; while [ -e held ]; do sleep 0.05; done"}}}}
    while number is not None:  # 0: the run ends after the reader
        store.clear()
        proxy.arm()
        work, other = Work(store.kind, store.arguments(proxy.port)), Work(store.kind, store.arguments(store.port()))
        work.init()
        other.configure(store.kind, store.arguments(store.port()), {"local_file": resources})
        other.init()
        marker = os.path.join(other.path, "held")
        process = other.start("apply", "-auto-approve", stdout=subprocess.DEVNULL)
        while not os.path.exists(marker):
            check(process.poll() is None, "the other run is at work")
            time.sleep(0.02)

        def end(_):
            os.remove(marker)
            equal(process.wait(timeout=60), 0, "the other run")
        proxy.arm({number: end})
        text = work.run("state", "pull")
        if not number:
            total = proxy.count
            end(0)
        found = [resource["name"] for resource in json.loads(text)["resources"]] if text.strip() else []
        check("first" in found, "request %d of %d: %s" % (number, total, found))
        number = rotation.following(number, total)
    return "%d requests" % total


@in_turn
def migration(store, proxy):
    """From a local state to the store and back, with the journal of a killed run."""
    store.clear()
    proxy.arm()
    work = Work()
    work.init()
    work.apply()
    local = os.path.join(work.path, "terraform.tfstate")
    before = json.load(open(local, encoding="utf-8"))
    work.configure(store.kind, store.arguments(proxy.port))
    check("initialization required" in work.run("plan", status=1), "init is required")
    check("not confirmed" in work.run("init", "-input=false", status=1), "no prompt without input")
    equal(json.load(open(local, encoding="utf-8")), before, "untouched")
    work.init("-migrate-state", "-force-copy")
    work.verify(store)
    equal(json.loads(store.state()), before, "lineage and serial are kept")
    equal(os.path.getsize(local), 0, "the local state is empty")
    equal(json.load(open(local + ".backup", encoding="utf-8")), before, "with a backup")
    work.configure(None, None)
    check("initialization required" in work.run("plan", status=1), "nor back")
    check("configuration changed" in work.run("init", "-input=false", status=1), "a changed backend is reported")
    work.init("-migrate-state", "-force-copy")
    equal(json.load(open(local, encoding="utf-8")), before, "and back")
    work.run("plan", "-detailed-exitcode")


@in_turn
def taken_along(store, proxy):
    """A local run is killed within an apply; its journal is migrated with the state, and the run on the store finishes. The
    migration itself is killed at each of its requests, and repeated."""
    store.clear()
    proxy.arm()
    total, number = 1, 0
    while number is not None:  # 0: without a death
        work = Work()
        killed_within(work)
        work.configure(store.kind, store.arguments(proxy.port))
        faults = {number: killer} if number else {}
        status, out = attempt_with(work, proxy, faults, "init", "-input=false", "-force-copy")
        if not number:
            total = proxy.count
        proxy.arm()
        equal(status, -9 if number else 0, out)
        store.unlock()
        work.init("-force-copy", "-lock-timeout=60s")
        try:
            out = work.apply("-lock-timeout=60s")
            check("nothing is lost" in out, "the journal was migrated:\n" + out)
            work.verify(store)
        except AssertionError as error:
            raise AssertionError("killed at request %d of %d: %s" % (number, total, error))
        check(not os.path.exists(os.path.join(work.path, "terraform.tfstate.journal")), "no local journal is left")
        store.clear()
        number = rotation.following(number, total)
    return "%d requests" % total


def killed_within(work):
    """A local apply that dies while it creates the last file: its journal has the intent and no result."""
    path = os.path.join(work.path, "main.tf.json")
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    last = config["resource"]["local_file"]["f2"]
    last["provisioner"] = {"local-exec": {"command": "sleep 60"}}
    last["depends_on"] += ["terraform_data.d0", "terraform_data.d1"]  # so its result is the last record
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)
    process = work.start("apply", "-auto-approve")
    journal = os.path.join(work.path, "terraform.tfstate.journal")
    end = time.monotonic() + 60
    while not os.path.exists(os.path.join(work.made, "f2")):
        check(time.monotonic() < end and process.poll() is None, "the last file is created")
        time.sleep(0.02)
    time.sleep(0.2)
    process.kill()
    process.communicate()
    with open(journal, encoding="utf-8") as file:
        lines = [line for line in file if not ('"outcome"' in line and "local_file.f2" in line)]
    check(any('"intent"' in line and "local_file.f2" in line for line in lines), "the intent is in the journal")
    with open(journal, "w", encoding="utf-8") as file:
        file.writelines(lines)


@in_turn
def remote_state(store, proxy):
    """Another configuration reads the outputs."""
    store.clear()
    proxy.arm()
    work = Work(store.kind, store.arguments(proxy.port))
    work.init()
    work.apply()
    reader = Work(files=0)
    with open(os.path.join(reader.path, "main.tf.json"), "w", encoding="utf-8") as file:
        json.dump({"data": {"terraform_remote_state": {"r": {"backend": store.kind, "config": store.arguments(proxy.port),
                                                            "defaults": {"other": "fallback"}}}},
                   "output": {"o": {"value": "${data.terraform_remote_state.r.outputs}"}}}, file)
    reader.apply()
    equal(json.loads(reader.run("output", "-json", "o")), {"name": "value", "other": "fallback"}, "outputs")


def main(cases):
    """Runs the cases, rows of name and function, or those whose name contains the argument. Returns 0 if all passed."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    failed = 0
    try:
        for name, run in cases:
            if wanted not in name:
                continue
            began = time.monotonic()
            try:
                note = run()
                print("ok   %-24s %5.1f s  %s" % (name, time.monotonic() - began, note or ""), flush=True)
            except (AssertionError, subprocess.TimeoutExpired, OSError, ValueError) as error:
                failed += 1
                print("FAIL %s: %s" % (name, error), flush=True)
    finally:
        shutil.rmtree(TOP, ignore_errors=True)
    print("%d failed; %s" % (failed, rotation.note()))
    return 1 if failed else 0
