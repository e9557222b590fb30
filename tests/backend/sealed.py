"""The cases for every backend with encryption: all traffic is encrypted, in each kind of run and with each result; another
key, a wrong one, damaged text; migrations into and out of encryption.

The cases check all bytes that a server receives through the proxy, not only its content. So they include journals, locks
and fragments that are removed a moment later."""
import base64, gzip, json, os, re, time

from store import ENCRYPTED, Work, check, equal, in_turn, key_of

CANARY = "Canary-5f21c0de"
OLD, NEW, WRONG = key_of("old", "a"), key_of("new", "b"), key_of("old", "c")
PLAIN = 'method "unencrypted" "plain" {}\n'
STATE = "state {\n  method = method.%s\n%s}\n"
FALLBACK = "  fallback {\n    method = method.%s\n  }\n"
ON = ENCRYPTED
ENFORCED = OLD + STATE % ("aes_gcm.old", "  enforced = true\n")
INTO = OLD + PLAIN + STATE % ("aes_gcm.old", FALLBACK % "unencrypted.plain")
ROTATED = OLD + NEW + STATE % ("aes_gcm.new", FALLBACK % "aes_gcm.old")
AFTER = NEW + STATE % ("aes_gcm.new", "  enforced = true\n")
OUT = NEW + PLAIN + STATE % ("unencrypted.plain", FALLBACK % "aes_gcm.new")
DYING = {"local-exec": {"command": "test -e go || kill -9 $PPID"}}


class Secret(Work):
    """A directory whose resources and outputs contain the canary; its second file configures encryption."""

    def __init__(self, backend=None, arguments=None, encryption=ON):
        self.more = {}
        super().__init__(backend, arguments)
        self.seal(encryption)

    def configure(self, backend, arguments, resources=None):
        resources = resources or {
            "local_file": {"f": {"filename": "made/f", "content": CANARY}},
            "terraform_data": {"t": {"input": CANARY, "depends_on": ["local_file.f"]},
                               "u": {"input": "${terraform_data.t.output}", **self.more}}}
        super().configure(backend, arguments, resources)
        path = os.path.join(self.path, "main.tf.json")
        with open(path, encoding="utf-8") as file:
            config = json.load(file)
        config["output"] = {"o": {"value": "${terraform_data.t.output}"}}
        with open(path, "w", encoding="utf-8") as file:
            json.dump(config, file)

    def go(self):
        with open(os.path.join(self.path, "go"), "w", encoding="utf-8"):
            pass

    def check_files(self):
        """Only the configuration and the pulled state contain the canary."""
        for directory, directories, names in os.walk(self.path):
            directories[:] = [name for name in directories if name != "made"]
            for name in names:
                with open(os.path.join(directory, name), "rb") as file:
                    check(name.startswith("main.") or CANARY.encode() not in file.read(), name + " is in the clear")

    def check_whole(self, store):
        check("encrypted_data" in store.state(), "the state is sealed:\n" + store.state()[:500])
        equal(self.run("output", "-raw", "o"), CANARY, "output")
        equal(store.journal(), "", "journal")
        check(not store.is_locked(), "the lock is released")
        self.run("plan", "-detailed-exitcode")
        self.check_files()


def readings(sent):
    """As it is; as JSON may quote it; decompressed."""
    yield sent
    for text in re.findall(rb"[A-Za-z0-9+/]{24,}={0,2}", sent):
        inner = base64.b64decode(text[:len(text) // 4 * 4])
        yield inner
        if inner.startswith(b"\x1f\x8b"):
            yield gzip.decompress(inner)


def is_sent(proxy):
    return any(CANARY.encode() in reading for sent in proxy.sent for reading in readings(bytes(sent)))


def secret(store, proxy, **more):
    store.clear()
    proxy.arm()
    proxy.listen()
    return Secret(store.kind, store.arguments(proxy.port), **more)


def sealed_life(store, proxy):
    """Every command that reads or writes a state."""
    work = secret(store, proxy, encryption="")
    work.init()
    work.apply()
    check(is_sent(proxy), "without encryption the canary is sent")
    work = secret(store, proxy)
    work.init()
    work.apply()
    work.check_whole(store)
    work.run("plan", "-replace=terraform_data.t", "-out=saved")
    work.run("apply", "saved")
    state = work.run("state", "pull")
    check(CANARY in state, "pulled in the clear")
    for words in (("state", "mv", "terraform_data.u", "terraform_data.v"), ("state", "mv", "terraform_data.v", "terraform_data.u"),
                  ("taint", "terraform_data.u"), ("untaint", "terraform_data.u"), ("state", "list"), ("show",),
                  ("apply", "-auto-approve", "-refresh-only"), ("apply", "-auto-approve", "-replace=local_file.f")):
        work.run(*words)
    work.check_whole(store)
    with open(os.path.join(work.path, "main.pushed"), "w", encoding="utf-8") as file:
        file.write(state)
    work.run("state", "push", "-force", "main.pushed")
    check("encrypted_data" in store.state(), "the pushed state is sealed")
    if store.has_workspaces:
        work.run("workspace", "new", "blue")
        work.apply("-replace=local_file.f")
        check("encrypted_data" in store.state("blue"), "so is that of a workspace")
        work.run("workspace", "select", "default")
        work.run("workspace", "delete", "-force", "blue")
    work.run("destroy", "-auto-approve")
    check(not is_sent(proxy), "nothing was sent in the clear")


def other_keys(store, proxy):
    """A run dies with one key, and the next run has another: the journal is not lost. A wrong key decrypts nothing and
    changes nothing."""
    work = secret(store, proxy)
    work.more = {"provisioner": DYING}
    for number in range(2):  # without a state, and with one
        work.configure(store.kind, store.arguments(proxy.port))
        work.init()
        work.run("apply", "-auto-approve", *(["-replace=terraform_data.u", "-replace=local_file.f"] if number else []), status=-9)
        store.unlock()
        before = store.state(), store.journal()
        work.seal(ON.replace(OLD, WRONG))
        for words in (("plan",), ("apply", "-auto-approve"), ("state", "list"), ("output",), ("state", "pull")):
            text = work.run(*words, *(["-lock-timeout=60s"] if words[0] in ("plan", "apply") else []), status=1)
            check("cannot be decrypted" in " ".join(text.split()) and CANARY not in text, text)
        work.seal("")
        check("is encrypted" in " ".join(work.run("plan", "-lock=false", status=1).split()), "no plan without a key")
        equal((store.state(), store.journal()), before, "nothing was changed")
        work.seal(ROTATED if number == 0 else OUT.replace("unencrypted.plain", "aes_gcm.old", 1) + OLD)
        work.go()
        text = work.apply("-lock-timeout=60s")
        check("nothing is lost" in text, text)
        work.check_whole(store)
        work.seal(AFTER if number == 0 else ENFORCED)
        work.run("plan", "-detailed-exitcode")
        os.remove(os.path.join(work.path, "go"))
    check(not is_sent(proxy), "nothing was sent in the clear")


def damaged(store, proxy):
    """A text that was changed by others is neither accepted as a state nor overwritten."""
    work = secret(store, proxy)
    work.init()
    work.apply()
    good = store.state()
    envelope = json.loads(good)
    data = envelope["encrypted_data"]
    rows = [
        (good[:len(good) // 2], "encrypt"),
        (good.replace('"meta"', '"mxta"'), "Error"),
        (json.dumps({**envelope, "serial": 99}), "Changed state"),
        (json.dumps({**envelope, "lineage": "another"}), "Changed state"),
        (json.dumps({**envelope, "encrypted_data": data[:80] + ("A" if data[80] != "A" else "B") + data[81:]}), "cannot be decrypted"),
        (json.dumps({**envelope, "meta": {}}), "Error"),
        (json.dumps({**envelope, "encryption_version": "v9"}), "format version is not supported"),
    ]
    for text, says in rows:
        store.put(text)
        for words in (("plan",), ("apply", "-auto-approve")):
            out = work.run(*words, status=1)
            check(says in " ".join(out.split()), "%r in\n%s" % (says, out))
        equal(store.state(), text, "the text is unchanged")
        check(not store.is_locked(), "the lock is released")
    store.put(good)
    work.check_whole(store)


def enforced(store, proxy):
    """If encryption is enforced, an unencrypted state is rejected, and so is a configuration that would write one."""
    work = secret(store, proxy, encryption="")
    work.init()
    work.apply()
    before = store.state()
    for text, says in ((ENFORCED, "Unencrypted content"), (INTO.replace("state {", "state {\n  enforced = true"), "Unencrypted method is forbidden")):
        work.seal(text)
        for words in (("plan",), ("apply", "-auto-approve")):
            out = work.run(*words, status=1)
            check(says in " ".join(out.split()), "%r in\n%s" % (says, out))
    equal(store.state(), before, "the state is unchanged")
    proxy.listen()
    work.seal(INTO)
    work.apply()
    work.seal(ENFORCED)
    work.check_whole(store)
    check(not is_sent(proxy), "nothing was sent in the clear")


def sealed_migration(store, proxy):
    """From a local plain state to the encrypted store, with the journal of a killed run; back to a local state under
    another key; and out of encryption."""
    work = secret(store, proxy, encryption="")
    work.more = {"provisioner": DYING}
    work.configure(None, None)
    work.init()
    work.run("apply", "-auto-approve", status=-9)
    work.configure(store.kind, store.arguments(proxy.port))
    work.seal(ON)
    check("is not encrypted" in " ".join(work.run("init", "-force-copy", status=1).split()), "not without a fallback")
    work.seal(INTO)
    work.init("-force-copy")
    check(not os.path.exists(os.path.join(work.path, "terraform.tfstate.journal")), "no local journal is left")
    work.seal(ENFORCED)
    work.go()
    text = work.apply()
    check("local_file.f: Creating" not in text, "the journal was migrated:\n" + text)
    work.check_whole(store)
    check(not is_sent(proxy), "nothing was sent in the clear")
    serial = json.loads(store.state())["serial"]
    work.configure(None, None)
    work.seal(ROTATED)
    work.init("-force-copy")
    work.seal(AFTER)
    with open(os.path.join(work.path, "terraform.tfstate"), encoding="utf-8") as file:
        equal(json.load(file)["serial"], serial, "serial")
    work.run("plan", "-detailed-exitcode")
    work.check_files()
    work.configure(store.kind, store.arguments(proxy.port))
    store.clear()
    work.seal(OUT)
    work.init("-force-copy")
    check(CANARY in store.state(), "out of encryption")
    work.seal("")
    work.run("plan", "-detailed-exitcode")


def last_resort(store, proxy):
    """The store is unreachable when the state is written: errored.tfstate is encrypted too, and can be pushed."""
    work = secret(store, proxy)
    work.more = {"provisioner": {"local-exec": {"command": "touch held; while [ -e held ]; do sleep 0.05; done"}}}
    work.configure(store.kind, {**store.arguments(proxy.port), **store.hasty})
    work.init()
    process = work.start("apply", "-auto-approve")
    end = time.monotonic() + 60
    while not os.path.exists(os.path.join(work.path, "held")):
        check(process.poll() is None and time.monotonic() < end, "the apply is running")
        time.sleep(0.02)
    proxy.arm({"*": "cut"})
    proxy.cut_all()
    os.remove(os.path.join(work.path, "held"))
    text, _ = process.communicate(timeout=180)
    equal(process.returncode, 1, text)
    check("upload it, run loam state push errored.tfstate" in " ".join(text.split()).replace('"', ""), text)
    work.check_files()
    proxy.arm()
    store.unlock()
    work.run("state", "push", "-lock-timeout=60s", "errored.tfstate")
    os.remove(os.path.join(work.path, "errored.tfstate"))
    work.run("plan", "-detailed-exitcode")
    work.apply()
    work.check_whole(store)


def elsewhere(store, proxy):
    """Another configuration reads the outputs, only with the key."""
    work = secret(store, proxy)
    work.init()
    work.apply()
    reader = Secret()
    with open(os.path.join(reader.path, "main.tf.json"), "w", encoding="utf-8") as file:
        json.dump({"data": {"terraform_remote_state": {"r": {"backend": store.kind, "config": store.arguments(proxy.port)}}},
                   "output": {"o": {"value": "${data.terraform_remote_state.r.outputs.o}"}}}, file)
    for text, status in ((ON, 1), (OLD + "remote_state_data_sources {\n  default {\n    method = method.aes_gcm.old\n  }\n}\n", 0)):
        reader.seal(text)
        out = reader.run("apply", "-auto-approve", status=status)
        check(("is encrypted" in " ".join(out.split())) == (status == 1) and (CANARY in out) == (status == 0), out)


CASES = [in_turn(case) for case in (sealed_life, other_keys, damaged, enforced, sealed_migration, last_resort, elsewhere)]
ROWS = [(case.__name__.replace("_", " "), case) for case in CASES]
