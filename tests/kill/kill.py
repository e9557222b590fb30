"""Common parts of the tests in this directory: a private libvirt, an SSH server on loopback, a configuration with every
kind of resource, and a listing of the real objects (virsh, ls) without loam.

loam runs with shim.c preloaded, which numbers its calls and kills it at one of them."""
import collections, concurrent.futures, hashlib, itertools, os, re, shutil, signal, socket, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.append(os.path.join(TOP, "tests/backend"))
import rotation
LOAM = os.environ.get("LOAM", os.path.join(TOP, "build/release/loam"))
LIBVIRT = os.path.join(TOP, "examples/lab/libvirt")
PARTS = os.path.join(HERE, "parts")
POOLS = ("main", "main-directory", "machine")


class Failed(Exception):
    pass


def skip(reason):
    print("skipped: " + reason)
    sys.exit(77)


def end_of(text):
    """The end of the output, without the plan before it."""
    return "\n".join(text.split("\nPlan: ")[-1].splitlines()[-40:])


def run(*command, check=True, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace", **options)
    if check and done.returncode != 0:
        raise Failed("%s: status %d\n%s" % (" ".join(command), done.returncode, end_of(done.stdout)))
    return done


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def files_below(*directories):
    """Every file and directory, with the length of its content."""
    found = []
    for top in directories:
        for directory, names, files in os.walk(top):
            found += [os.path.join(directory, name) + "/" for name in names]
            found += ["%s %d" % (path, os.lstat(path).st_size) for path in (os.path.join(directory, f) for f in files)]
    return sorted(found)


def new_directory():
    """A directory in memory if possible: SIGKILL loses nothing of the page cache, so syncs to a disk would show nothing
    here."""
    memory = "/dev/shm"
    fits = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 29
    return os.path.realpath(tempfile.mkdtemp(prefix="loam-kill-", dir=memory if fits else None))


def end_programs(directory):
    """Ends the programs of this directory that outlived their run: providers of one that was killed."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink("/proc/%s/exe" % pid).startswith(directory + "/"):
                os.kill(int(pid), signal.SIGKILL)
        except OSError:
            pass


def spread(trials, wanted):
    """At most `wanted` of the trials, at equal distances; on the next day, their successors. So all of them run in time."""
    distance = -(-len(trials) // wanted)
    found = trials[rotation.DAY % distance::distance]
    if len(found) < len(trials):
        print("%d of %d trials; --part=%d repeats them" % (len(found), len(trials), rotation.DAY), flush=True)
    return found


def build_shim(path):
    run("gcc", "-shared", "-fPIC", "-O1", "-U_FORTIFY_SOURCE", "-o", path, os.path.join(HERE, "shim.c"))


class Directory:
    """A configuration of local files only, with its state: needs nothing but the program."""

    CONFIGURATION = """
resource:
  terraform_data: {first: {input: a}}
  local_file:
    one: {filename: "${path.module}/out/one", content: "one ${terraform_data.first.id}"}
    two: {filename: "${path.module}/out/two", content: "two ${local_file.one.id}"}
    three: {filename: "${path.module}/out/three", content: "three ${local_file.two.id}"}
"""

    def __init__(self, path):
        self.path = path
        self.shim = path + ".shim.so"
        write(os.path.join(path, "main.loam.yaml"), self.CONFIGURATION)
        if shutil.which("gcc") is None:
            skip("gcc is not installed")
        build_shim(self.shim)

    def state(self, ending=""):
        return os.path.join(self.path, "terraform.tfstate" + ending)

    def environment(self, **kill):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("LOAM_", "TF_", "KILL_"))}
        if kill:
            env.update(LD_PRELOAD=self.shim, KILL_UNDER=self.path, **{name.upper(): str(kill[name]) for name in kill})
        return env

    def loam(self, *arguments, status=0, **kill):
        done = run(LOAM, "-chdir=" + self.path, *arguments, check=False, env=self.environment(**kill))
        if done.returncode != status:
            raise Failed("%s: status %d, not %d\n%s" % (arguments, done.returncode, status, end_of(done.stdout)))
        return done.stdout

    def start(self, *arguments, **kill):
        return subprocess.Popen([LOAM, "-chdir=" + self.path, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, encoding="utf-8", env=self.environment(**kill))

    def files(self):
        return [line for line in files_below(self.path) if "tfstate" not in line]

    def check_finished(self, expected):
        """Checks that another apply finishes, and leaves no file of its own."""
        self.loam("apply", "-auto-approve")
        self.loam("plan", "-detailed-exitcode")
        if self.files() != expected:
            raise Failed("there is %s, not %s" % (self.files(), expected))
        left = [name for name in os.listdir(self.path) if re.search(r"journal|\.next$|\.tmp$|\.info$", name)]
        if left:
            raise Failed("left over: %s" % left)


def masked(line):
    """The line without parts that always differ: UUIDs, and the lengths of a script's marker files."""
    line = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UUID", line)
    return re.sub(r"(/far/markers/\S+) \d+$", r"\1", line)


class Lab:
    """One directory with everything:

        work/    the configuration (a part, or all), the state, the files of local_file
        far/     files created over SSH      pools/   of libvirt      libvirt/   the daemon's own"""

    def __init__(self, part):
        self.part = part
        self.has_libvirt = part not in ("files", "ssh")
        self.step = 1
        if os.geteuid() != 0:
            skip("a private libvirt needs root")
        for program in ("virsh", "sshd", "gcc", "ssh-keygen", "busybox"):
            if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin"):
                skip("%s is not installed" % program)
        self.top = new_directory()
        self.work = self.path("work")
        self.shim = self.path("shim.so")
        self.server = None
        build_shim(self.shim)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.stop()
        if not os.environ.get("KEEP"):
            shutil.rmtree(self.top, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def uri(self, driver):
        return "%s:///system?socket=%s" % (driver, self.path("libvirt/run/libvirt-sock"))

    # -- the machines' hosts ---------------------------------------------------------------------------------

    def start(self):
        for directory in ("work", "far", "pools", "box/bin", "box/proc", "box/sys", "box/dev", "box/tmp"):
            os.makedirs(self.path(directory), exist_ok=True)
        if self.has_libvirt:
            run(LIBVIRT, "start", self.path("libvirt"))
        shutil.copy(shutil.which("busybox"), self.path("box/bin/busybox"))
        if not os.path.exists(self.path("host")):
            for key in ("host", "user"):
                run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.path(key))
        for number in (1, 2):
            with open(self.path("image-%d" % number), "wb") as file:
                file.write(b"".join(hashlib.sha256(b"%d %d" % (number, n)).digest() for n in range(20000)))
        for name in os.listdir(PARTS):
            if self.part == "all" or name.split(".")[0] in (self.part, "common"):
                shutil.copy(os.path.join(PARTS, name), self.work)
        self.start_sshd()

    def start_sshd(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        os.makedirs("/run/sshd", exist_ok=True)
        write(self.path("sshd_config"), "\n".join([
            "Port %d" % self.port, "ListenAddress 127.0.0.1", "HostKey " + self.path("host"), "PidFile none",
            "AuthorizedKeysFile " + self.path("user.pub"), "StrictModes no", "UsePAM no", "PermitRootLogin yes",
            "PasswordAuthentication no", "MaxStartups 100",
            # A shell that reads its user's startup files would be slow.
            "SetEnv LOAM_STATE_DIR=%s HOME=%s" % (self.path("far/markers"), self.path("pools")), ""]))
        self.server = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", self.path("sshd_config")],
                                       stdin=subprocess.DEVNULL, stderr=open(self.path("sshd.log"), "a"))
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise Failed("sshd did not start")

    def stop(self):
        if self.server:
            self.server.terminate()
            self.server.wait()
            self.server = None
        run(LIBVIRT, "stop", self.path("libvirt"), check=False)

    def daemon_ended(self):
        """Whether libvirtd itself ended, with the end of its log. No program survives that of its host."""
        if not self.has_libvirt or self.virsh("version"):
            return ""
        return "libvirtd has ended:\n" + end_of(read(self.path("libvirt/log/libvirtd.out")).decode(errors="replace"))

    def begin_anew(self):
        """Starts again after a failure, whose remains must not affect later checks."""
        self.stop()
        for directory in ("work", "far", "pools", "libvirt"):
            shutil.rmtree(self.path(directory), ignore_errors=True)
        self.start()

    # -- loam ------------------------------------------------------------------------------------------------

    def environment(self, **extra):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("LOAM_", "TF_", "KILL_"))}
        env.update(TF_VAR_lab=self.top, TF_VAR_port=str(self.port), TF_VAR_step=str(self.step),
                   TF_VAR_host_key=read(self.path("host.pub")).decode(), TF_VAR_user_key=read(self.path("user")).decode(),
                   **extra)
        return env

    def command(self, *arguments):
        return [LOAM, "-chdir=" + self.work, *arguments]

    def loam(self, *arguments, check=True):
        return run(*self.command(*arguments), check=check, env=self.environment())

    def counted(self, *arguments, **kill):
        """Runs under the shim. Returns the result of run(), and the calls as [name, detail]."""
        log = self.path("calls")
        if os.path.exists(log):
            os.unlink(log)
        env = self.environment(LD_PRELOAD=self.shim, KILL_LOG=log, KILL_UNDER=self.work,
                               **{name.upper(): str(value) for name, value in kill.items()})
        done = run(*self.command(*arguments, "-parallelism=1"), check=False, env=env)
        lines = read(log).decode().splitlines() if os.path.exists(log) else []
        return done, [line.split(" ", 2)[1:] for line in lines]

    # -- what there is ---------------------------------------------------------------------------------------

    def virsh(self, *commands, driver="qemu"):
        """Runs virsh; errors, for example about a missing pool, are ignored."""
        return subprocess.run(["virsh", "-q", "-c", self.uri(driver), "; ".join(commands)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8").stdout

    def look(self):
        """All real objects, as lines."""
        seen = []
        if self.has_libvirt:
            for driver in ("qemu", "lxc"): # without the number of a running machine
                lines = self.virsh("list --all", driver=driver).splitlines()
                seen += [" ".join([driver, *line.split()[1:]]) for line in lines if line.strip()]
            lists = ["net-list --all", "nwfilter-list", "pool-list --all", *("pool-refresh %s; vol-list %s" % (pool, pool) for pool in POOLS)]
            for line in self.virsh(*lists).splitlines():
                if line.strip() and not re.search(r"\s(allow|clean|no|qemu)-\S*\s*$|^Pool .* refreshed", line):
                    seen.append(" ".join(line.split()))
        for line in files_below(self.path("libvirt/etc")):
            name, size = line.split(" ")[0], line.split(" ")[1:]
            # libvirt's own directories stay; so do its predefined filters, and everything that existed at the start.
            if size and not re.search(r"/etc/[^/]*$|/nwfilter/(allow|clean|no|qemu)-", name):
                seen.append(name)
        seen += files_below(self.path("pools"), self.path("far"))
        for path in files_below(self.work):
            if re.search(r"tfstate(\.\d+)?\.backup$|\.loam\.yaml|tfstate(\.\d+)?(\.backup)? ", path):
                continue
            seen.append(path)
        return [masked(line.replace(self.top, "")) for line in seen]

    def contents(self):
        """Digests of the files of local_file, of files written over SSH, and of uploaded images."""
        found = []
        for directory in ("work/out", "far/files", "pools/main"):
            for top, _, names in os.walk(self.path(directory)):
                for name in names:
                    path = os.path.join(top, name)
                    text = re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}", b"UUID", read(path))
                    if not name.endswith((".qcow2", ".iso")):
                        found.append("%s holds %s" % (path[len(self.top):], hashlib.sha256(text).hexdigest()[:12]))
        return sorted(found)

    def scripts(self):
        """The scripts that ran, by the line that each wrote."""
        path = self.path("ran")
        return ["ran " + line for line in read(path).decode().split()] if os.path.exists(path) else []

    def world(self):
        return collections.Counter(self.look() + self.contents() + self.scripts())

    def check(self, expected):
        """Compares with `expected`; a remote call of a killed run may still take a moment."""
        for wait in (0.3, 1, 0):
            seen = self.world()
            if seen == expected:
                return
            time.sleep(wait)
        lines = ["  missing:   %s" % line for line in (expected - seen).elements()]
        lines += ["  left over: %s" % line for line in (seen - expected).elements()]
        raise Failed("\n".join(lines))

    def forget_scripts(self):
        if os.path.exists(self.path("ran")):
            os.unlink(self.path("ran"))

    def forget(self):
        """Removes the state, as before the first run."""
        for name in os.listdir(self.work):
            if "tfstate" in name:
                os.unlink(os.path.join(self.work, name))


# The run.

LONG = ("virDomainCreateWithFlags", "virDomainDestroyFlags", "virNetworkCreate", "virNetworkDestroy", "virNetworkUpdate",
        "virStorageVolCreateXML", "virStorageVolCreateXMLFrom", "virStorageVolUpload", "virStreamFinish",
        "virDomainAttachDeviceFlags", "virNWFilterDefineXML", "ssh_channel_send_eof")


def points(calls):
    """Points to kill at: before every call, and in the middle of slow ones. Of many equal calls in a row (parts of an
    upload) the first, one in the middle and the last."""
    found = []
    start = 0
    for at in range(1, len(calls) + 1):
        if at < len(calls) and calls[at] == calls[start] and calls[at][0] != "write":
            continue
        numbers = range(start + 1, at + 1)
        found += [("kill_at", n) for n in sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]})]
        if calls[start][0] in LONG:
            found.append(("kill_in", start + 1))
        start = at
    return found


def chosen(found, calls):
    """The points of today: one of the calls of each name, and a fourteenth of many."""
    by_name = collections.defaultdict(list)
    for point in found:
        by_name[point[0], calls[point[1] - 1][0]].append(point)
    today = {point for rows in by_name.values() for point in rotation.alternate(rows)}
    return [point for point in found if point in today]


class Command:
    """A command to kill at each of its points, and the expected objects after the next run."""

    def __init__(self, lab, name, *arguments, step=1):
        self.last = [""]
        self.lab, self.name, self.step, self.arguments = lab, name, step, (*arguments, "-auto-approve")
        self.calls, self.points, self.expected = [], [], None
        self.killed = 0

    def go(self, **kill):
        self.lab.step = self.step
        self.lab.forget_scripts()
        done, calls = self.lab.counted(*self.arguments, **kill)
        if done.returncode not in ((0, -signal.SIGKILL) if kill else (0,)):
            raise Failed("%s: status %d\n%s" % (self.name, done.returncode, end_of(done.stdout)))
        return done, calls

    def measure(self):
        """Runs undisturbed."""
        _, self.calls = self.go()
        self.points = chosen(points(self.calls), self.calls)
        self.expected = self.lab.world()

    def say(self, point):
        if not point:
            return self.name
        return "%s, killed %s call %d: %s" % (self.name, "before" if point[0] == "kill_at" else "within", point[1],
                                              " ".join(self.last))

    def run(self, point):
        """Runs, killed at the point (None: not killed), and checks that the next run finishes."""
        if point:
            done, calls = self.go(**dict([point]))
            self.last = calls[-1] if calls else [""]
            self.killed += done.returncode != 0
        else:
            self.go()
        self.finish()

    def finish(self):
        self.lab.loam(*self.arguments)
        if self.arguments[0] == "apply":
            plan = self.lab.loam("plan", "-detailed-exitcode", check=False)
            if plan.returncode != 0:
                raise Failed("the next plan is not empty:\n" + plan.stdout[-3000:])
        self.lab.check(self.expected)


def try_point(lab, command, point, before):
    """Returns the failures of the trial, after which the command is done. If libvirtd itself ended, which was
    seen once on a busy machine, the trial counts only if it fails again."""
    for attempt in (1, 2):
        try:
            command.run(point)
            return []
        except (Failed, OSError) as error:
            ended = lab.daemon_ended()
            failure = "%s: %s\n%s\n%s" % (lab.part, command.say(point), error, ended)
            again = attempt == 1 and ended
            print(("repeated " if again else "FAILED ") + failure, flush=True)
            lab.begin_anew()
            for needed in before if again else (*before, command):
                needed.go()
            if not again:
                return [failure]


def enumerate_points(part, make_commands):
    """Kills at every point of two commands that undo each other, one point of each per cycle. Returns the failures."""
    failures = []
    began = time.monotonic()
    with Lab(part) as lab:
        first, second, *before = make_commands(lab)
        for command in (*before, first, second):
            command.measure()
        for cycle in itertools.zip_longest(first.points, second.points):
            if not before:
                lab.forget()
            for command, point in zip((first, second), cycle):
                failures += try_point(lab, command, point, (*before, first) if command is second else before)
    print("%-8s %s" % (part, ", ".join("%s: killed at %d of %d points (%d calls)" % (
        c.name, c.killed, len(c.points), len(c.calls)) for c in (first, second))), "in %.0f s" % (time.monotonic() - began), flush=True)
    return failures


def run_checks(*checks):
    """Each check is a function that gets its own directory."""
    failed = 0
    for check in checks:
        top = new_directory()
        try:
            print("ok     %s" % check(Directory(os.path.join(top, "work"))), flush=True)
        except Failed as error:
            failed += 1
            print("FAILED %s\n%s" % (getattr(check, "func", check).__doc__, error), flush=True)
        finally:
            shutil.rmtree(top, ignore_errors=True)
    sys.exit(1 if failed else 0)


def main(make_commands):
    parts = sys.argv[1:] or ["ssh", "machine", "storage", "network", "files"]

    def run_part(part):
        try:
            return enumerate_points(part, make_commands)
        except Failed as error:
            print("FAILED %s: %s" % (part, error), flush=True)
            return [str(error)]

    with concurrent.futures.ThreadPoolExecutor(max_workers=3) as pool:
        failures = [text for found in pool.map(run_part, parts) for text in found]
    print("%d failures; %s" % (len(failures), rotation.note()))
    sys.exit(1 if failures else 0)
