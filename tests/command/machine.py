"""An SSH server on the loopback interface whose machine fails: each kind of command that the machine has not learned starts
a given program. Learned kinds run on a copy of this system, in namespaces of their own, which needs root."""
import ctypes, getpass, os, shutil, signal, socket, subprocess, tempfile, time

SSHD = "/usr/sbin/sshd"
FORCED = r'''import hashlib, os, sys
top, command = sys.argv[1], os.environ.get("SSH_ORIGINAL_COMMAND", "")
script = command.split("' loam sh -c", 1)[-1].split("' loam", 1)[0]
kind = hashlib.sha256(script.encode("utf-8", "surrogateescape")).hexdigest()
if os.path.exists(os.path.join(top, "learned", kind)):
    with open(os.path.join(top, "pid"), encoding="ascii") as file:
        os.execvp("nsenter", ["nsenter", "-t", file.read(), "-m", "-n", "-p", "chroot", os.path.join(top, "box/root"), "sh", "-c", command])
open(os.path.join(top, "seen", kind), "w").close()
os.execv("/bin/sh", ["sh", os.path.join(top, "fails")])
'''
BOX = r'''set -eu
cd "$1"
mkdir box && mount -t tmpfs tmpfs box && mkdir box/upper box/work box/root
mount -t overlay overlay -o lowerdir=/,upperdir=box/upper,workdir=box/work box/root
mount -t proc proc box/root/proc
mount --rbind /dev box/root/dev
ip link set lo up
echo ready
exec sleep 100000
'''


def is_missing():
    """Why there is no such machine; None: there is one."""
    missing = [name for name, path in (("sshd", SSHD), ("ssh-keygen", shutil.which("ssh-keygen"))) if not path or not os.path.exists(path)]
    return "%s is missing" % missing[0] if missing else None


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Machine:
    user = getpass.getuser()

    def __init__(self, fails):
        """fails: the text of a shell script."""
        self.temporary = tempfile.TemporaryDirectory(prefix="loam-machine-")
        self.top = os.path.realpath(self.temporary.name)
        self.processes = []
        for name in "seen", "learned":
            os.mkdir(self.path(name))
        for name in "host", "user":
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.path(name)], check=True)
        for name, text in ("fails", fails), ("forced.py", FORCED), ("box.sh", BOX):
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        self.key, self.host_key = self.read("user"), self.read("host.pub").strip()
        self.start_server()

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def start(self, *command, **options):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent, **options)
        self.processes.append(process)
        return process

    def start_server(self):
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        # A shell that reads its user's startup files would be slow, or wait for another one's lock.
        with open(self.path("sshd_config"), "w", encoding="utf-8") as file:
            file.write("Port %d\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nUsePAM no\nPidFile none\n"
                       "PasswordAuthentication no\nPermitRootLogin prohibit-password\nMaxStartups 200\nPrintMotd no\nSetEnv HOME=/nonexistent\n"
                       "ForceCommand python3 -I -S %s %s\n"
                       % (self.port, self.path("host"), self.path("user.pub"), self.path("forced.py"), self.top))
        process = self.start(SSHD, "-D", "-e", "-f", self.path("sshd_config"), stdout=subprocess.DEVNULL)
        while process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("sshd ended")

    def start_box(self):
        box = self.start("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", self.path("box.sh"), self.top,
                         stdout=subprocess.PIPE, encoding="ascii")
        if box.stdout.readline() != "ready\n":
            raise RuntimeError("no namespaces for the machine")
        children = subprocess.run(["pgrep", "-P", str(box.pid)], stdout=subprocess.PIPE, check=True, encoding="ascii").stdout.split()
        with open(self.path("pid"), "w", encoding="ascii") as file:
            file.write(children[0])

    def learn(self):
        """From now on, all kinds of commands that were seen run. Returns how many are new."""
        if not os.path.exists(self.path("pid")):
            self.start_box()
        kinds = os.listdir(self.path("seen"))
        for kind in kinds:
            os.rename(self.path("seen", kind), self.path("learned", kind))
        return len(kinds)

    def stop(self):
        for process in self.processes:
            process.kill()  # unshare ignores SIGTERM
            process.wait()
        self.temporary.cleanup()
