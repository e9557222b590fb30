"""A private host for the tests of this directory: a private libvirt, an SSH server in its network namespace, a
configuration, and the real loam. virsh and files show the real objects, without loam.

    top/work    the configuration and its state         top/far    files created over SSH
    top/pools   of libvirt's storage                    top/libvirt   the daemon's own"""
import json, os, re, shutil, signal, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
LOAM = os.environ.get("LOAM", os.path.join(TOP, "build/release/loam"))
LAB = os.path.join(TOP, "examples/lab")


class Failed(Exception):
    pass


def skip(reason):
    print("skipped: " + reason)
    sys.exit(77)


def run(*command, check=True, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace", **options)
    if check and done.returncode != 0:
        raise Failed("%s: status %d\n%s" % (" ".join(command), done.returncode, done.stdout[-6000:]))
    return done


def image(name):
    """The directory of an image that examples/lab/image builds."""
    return run(os.path.join(LAB, "image"), name).stdout.splitlines()[-1]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def is_unknown(marks):
    """Returns whether anything in after_unknown is unknown."""
    inner = marks.values() if isinstance(marks, dict) else marks if isinstance(marks, list) else ()
    return marks is True or any(is_unknown(mark) for mark in inner)


def changed_attributes(before, after, unknown):
    """Names of the attributes that differ or are unknown."""
    return sorted(name for name in set(before) | set(after) | set(unknown)
                  if is_unknown(unknown.get(name)) or before.get(name) != after.get(name))


# libvirt's calls that change a running machine, as notes of a plan name them.
LIVE_CALLS = re.compile(r"\bvirDomain(?:AttachDeviceFlags|DetachDeviceFlags|UpdateDeviceFlags|SetMemoryFlags|SetVcpusFlags|SetMetadata"
                        r"|SetSchedulerParametersFlags|SetMemoryParameters|SetBlockIoTune)\b")


class Plan:
    """A saved plan: its action for each address, as "update memory,vcpu", "create", "replace size", "delete"."""

    def __init__(self, text, document):
        self.text = text
        self.changes = {}
        for change in document.get("resource_changes", []):
            actions = change["change"]["actions"]
            if actions not in (["no-op"], ["read"]):
                self.changes[change["address"]] = self.say(actions, change["change"])

    @staticmethod
    def say(actions, change):
        if len(actions) == 2:
            return "replace " + ",".join(sorted({str(path[0]) for path in change.get("replace_paths", [])}))
        if actions != ["update"]:
            return actions[0]
        return "update " + ",".join(changed_attributes(change["before"], change["after"], change.get("after_unknown", {})))

    def check(self, expected):
        if self.changes == expected:
            return
        lines = []
        for address in sorted(set(self.changes) | set(expected)):
            if self.changes.get(address) != expected.get(address):
                lines.append("  %s: planned %s, expected %s" % (address, self.changes.get(address, "nothing"),
                                                                expected.get(address, "nothing")))
        raise Failed("%s\nThe plan differs:\n%s" % (self.text, "\n".join(lines)))


class Host:
    def __init__(self, name, programs=("virsh", "qemu-img", "sshd", "ssh-keygen", "busybox")):
        if os.geteuid() != 0:
            skip("a private libvirt needs root")
        for program in programs:
            if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin"):
                skip("%s is not installed" % program)
        self.top = os.path.realpath(tempfile.mkdtemp(prefix="loam-%s-" % name))
        self.work = self.path("work")
        self.variables = {"top": self.top}
        self.server = None
        self.began = time.monotonic()

    def __enter__(self):
        try:
            self.begin()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def begin(self):
        for directory in ("work", "far", "pools", "box/bin", "box/dev", "box/proc", "box/sys", "box/tmp"):
            os.makedirs(self.path(directory))
        shutil.copy(shutil.which("busybox"), self.path("box/bin/busybox"))
        run(os.path.join(LAB, "libvirt"), "start", self.path("libvirt"))

    def __exit__(self, *exception):
        self.stop_sshd()
        run(os.path.join(LAB, "libvirt"), "stop", self.path("libvirt"), check=False)
        if os.environ.get("KEEP"):
            print("kept: " + self.top)
        else:
            shutil.rmtree(self.top, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def say(self, text):
        print("%5.1f s  %s" % (time.monotonic() - self.began, text), flush=True)

    # -- the host -------------------------------------------------------------------------------------------------

    def command(self, *command):
        return [os.path.join(LAB, "libvirt"), "enter", self.path("libvirt"), *command]

    def inside(self, *command, **options):
        return run(*self.command(*command), **options)

    def outside(self, *command, **options):
        """Runs a command in the daemon's directories, for example to mount something for it."""
        pid = run(os.path.join(LAB, "libvirt"), "pid", self.path("libvirt")).stdout.strip()
        return run("nsenter", "-t", pid, "-m", "-r", "--", *command, **options)

    def virsh(self, *commands, driver="qemu", check=True):
        return self.inside("virsh", "-q", "-c", driver + ":///system", "; ".join(commands), check=check).stdout

    def make_key(self, name):
        if not os.path.exists(self.path(name)):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.path(name))
        return read(self.path(name)), read(self.path(name + ".pub"))

    def start_sshd(self, host_key="host"):
        """Starts or restarts sshd on port 22 of the host's loopback. The variables hold the accepted user key and the
        initial host key."""
        self.stop_sshd()
        self.variables.update(user_key=self.make_key("user")[0], host_key=self.make_key("host")[1])
        self.make_key(host_key)
        write(self.path("sshd_config"), "\n".join([
            "ListenAddress 127.0.0.1", "HostKey " + self.path(host_key), "PidFile none", "UsePAM no", "StrictModes no",
            "AuthorizedKeysFile " + self.path("user.pub"), "PermitRootLogin yes", "PasswordAuthentication no",
            "MaxStartups 100",
            # A shell that reads its user's startup files would be slow.
            "SetEnv LOAM_STATE_DIR=%s HOME=%s" % (self.path("far/markers"), self.path("far")), ""]))
        os.makedirs("/run/sshd", exist_ok=True)
        self.server = subprocess.Popen(self.command("/usr/sbin/sshd", "-D", "-e", "-f", self.path("sshd_config")),
                                       stdin=subprocess.DEVNULL, stderr=open(self.path("sshd.log"), "w"))
        for _ in range(100):
            if "listening on" in read(self.path("sshd.log")):
                return
            time.sleep(0.05)
        raise Failed("sshd did not start:\n" + read(self.path("sshd.log")))

    def stop_sshd(self):
        if self.server:
            self.server.terminate()
            self.server.wait()
            self.server = None

    # -- loam -----------------------------------------------------------------------------------------------------

    def configure(self, name):
        shutil.copy(os.path.join(HERE, "configuration", name + ".loam.yaml"), self.path("work/main.loam.yaml"))

    def environment(self, **variables):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("LOAM_", "TF_", "LIBVIRT_"))}
        for name, value in {**self.variables, **variables}.items():
            env["LOAM_VAR_" + name] = value if isinstance(value, str) else json.dumps(value)
        return env

    def loam(self, *arguments, check=True, program=(LOAM,), **variables):
        return self.inside(*program, "-chdir=" + self.work, *arguments, check=check, env=self.environment(**variables))

    def plan(self, **variables):
        text = self.loam("plan", "-no-color", "-out=" + self.path("plan"), **variables).stdout
        return Plan(text, json.loads(self.loam("show", "-json", self.path("plan")).stdout))

    def apply_plan(self):
        """Applies the plan that plan() saved."""
        return self.loam("apply", "-no-color", self.path("plan")).stdout

    def apply_as_noted(self, plan):
        """Applies the plan that plan() saved. The apply makes exactly the live calls that the notes of the plan name."""
        log = self.path("calls")
        if os.path.exists(log):
            os.unlink(log)
        program = ("env", "LIBVIRT_LOG_FILTERS=1:libvirt", "LIBVIRT_LOG_OUTPUTS=1:file:" + log, LOAM)
        self.loam("apply", "-no-color", self.path("plan"), program=program)
        lines = [line for line in read(log).splitlines() if re.search(r" debug : vir\w+:\d+ : ", line)]
        if not lines:
            raise Failed("libvirt recorded no calls")
        made, noted = set(LIVE_CALLS.findall("\n".join(lines))), set(LIVE_CALLS.findall(plan.text))
        if made != noted:
            raise Failed("%s\nThe apply called %s, the plan names %s" % (plan.text, sorted(made), sorted(noted)))

    def apply(self, *arguments, **variables):
        return self.loam("apply", "-no-color", "-auto-approve", *arguments, **variables).stdout

    def check_quiet(self):
        done = self.loam("plan", "-no-color", "-detailed-exitcode", check=False)
        if done.returncode != 0 or "No changes" not in done.stdout:
            lines = [line for line in done.stdout.splitlines() if "Refreshing state..." not in line]
            raise Failed("the next plan is not empty (status %d):\n%s" % (done.returncode, "\n".join(lines)[-6000:]))

    def destroy(self):
        """Destroys everything, and checks with virsh and ls that nothing of it is left."""
        self.loam("destroy", "-auto-approve")
        seen = self.virsh("list --all --name", "net-list --all --name", "pool-list --all --name") + \
            self.virsh("list --all --name", driver="lxc")
        seen += "".join(line + "\n" for line in self.virsh("nwfilter-list").splitlines()
                        if not re.search(r" (allow|clean|no|qemu)-", line))
        left = seen.split() + os.listdir(self.path("pools"))
        for directory in ("far", "work/out"):
            left += [os.path.join(place, name) for place, _, names in os.walk(self.path(directory)) for name in names]
        if left:
            raise Failed("destroy leaves behind: " + " ".join(left))


def end_by_signal(number, _):
    """The blocks "with" stop the machines and servers that they started."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)


def main(test):
    signal.signal(signal.SIGTERM, end_by_signal)
    try:
        test()
    except Failed as error:
        print("FAILED: %s" % error)
        sys.exit(1)
