"""A shell in a mount namespace of its own that runs the real scripts of the kubeadm provider, also until a death."""
import os, shutil, subprocess, sys
from host import HERE, TOP, Failed, skip
sys.path.append(os.path.join(TOP, "tests/backend"))
import rotation

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin"
PREPARE = "providers/kubeadm/host/host_prepare.sh"
UPGRADE = "providers/kubeadm/cluster/kubeadm_step_upgrade.sh"
# Kills the shell before its command number $KILL.
DEATH = "commands=0; trap '[ $((commands++)) != $KILL ] || kill -9 $$ $BASHPID' DEBUG; set -T; . ./$SCRIPT"
# The calls of nft by a machine that leaves the endpoint, and returns to it.
LEFT = ["-f -", "delete table inet loam_endpoint"]
# Over a tree, which stays as it is.
OWN_ROOT = """set -e
mount -t tmpfs root /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay root -o lowerdir=%s,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
cd /mnt/root
mount -t proc proc proc
mount --rbind /dev dev
mkdir loam
mount --bind %s loam
%s
set +e"""


def built_tree(name, system):
    """The root that nodes/build makes of packages of the system."""
    if os.geteuid() != 0:
        skip("root is missing")
    if not shutil.which("mmdebstrap"):
        skip("mmdebstrap is missing: Debian's package mmdebstrap")
    done = subprocess.run([HERE + "/nodes/build", name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        skip("the packages of %s cannot be fetched" % system)
    return done.stdout.strip() + "/root"


class ScriptMachine:
    """Each command gets its answer. `setup` runs first; `enter` starts the shell, which sees the sources of loam in `top`."""

    def __init__(self, setup="", enter="bash", top=TOP):
        self.top = top
        self.shell = subprocess.Popen(["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", setup + "\nexec " + enter],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                      env={"PATH": PATH, "LC_ALL": "C", "HOME": "/root", "DEATH": DEATH})

    def behind_haproxy(self):
        """The machine has the haproxy of modules/endpoint, and a stand-in for nft."""
        self.run("mkdir -p /etc/haproxy && mount -t tmpfs haproxy /etc/haproxy")
        self.write("/etc/haproxy/haproxy.cfg", "  default-server check source 10.0.0.1:61000-65000\n")
        self.write("/usr/local/sbin/nft", "#!/bin/sh\necho \"$*\" >>/usr/local/sbin/calls\n[ \"$1\" != -f ] || cat >/dev/null\n", 0o755)

    def calls_of_nft(self):
        return self.run("cat /usr/local/sbin/calls").splitlines()

    def run(self, command, check=True):
        """The output of the command; without `check`, also its status."""
        self.shell.stdin.write("{ %s\n} 2>&1 </dev/null; status=$?; echo; echo \"== $status\"\n" % command)
        self.shell.stdin.flush()
        lines = []
        for line in self.shell.stdout:
            if line.startswith("== "):
                status = int(line[3:])
                break
            lines.append(line)
        else:
            raise Failed("the shell ended: " + "".join(lines))
        text = "".join(lines)[:-1]
        if check and status != 0:
            raise Failed("%s: status %d\n%s" % (command, status, text))
        return text if check else (text, status)

    def write(self, path, text, mode=0o644):
        self.run("mkdir -p %s && cat >%s <<'END OF FILE'\n%s%s\nEND OF FILE\nchmod %o %s"
                 % (os.path.dirname(path), path, text[:-1], text[-1:].strip("\n"), mode, path))

    def script(self, path, before="", kill=None):
        """Runs a script of the provider; with `kill`, until this command. Returns output and status."""
        directory, _, name = (self.top + "/" + path).rpartition("/")
        if kill is None:
            return self.run("cd %s && %s sh %s" % (directory, before, name), check=False)
        return self.run("cd %s && %s SCRIPT=%s KILL=%d bash -c \"$DEATH\" >/dev/null 2>&1" % (directory, before, name, kill), check=False)

    def settings(self, driver, *names):
        """The values of settings, as host_settings.sh prints them."""
        text = self.run("cd %s/providers/kubeadm/host && sh host_settings.sh containerd %s %s"
                        % (self.top, driver, " ".join("'%s'" % name for name in names)))
        return dict(line.split("\t", 1) for line in text.splitlines() if "\t" in line)

    def facts(self):
        """Facts by name; of several, the last one. Those with versions are named "version kubelet"."""
        text = self.run("cd %s/providers/kubeadm/host && sh host_facts.sh" % self.top)
        lines = [line.split(" ", 1) for line in text.splitlines() if " " in line]
        return {name + " " + value.split(" ")[0] if name in ("version", "program") else name: value.split(" ")[-1] for name, value in lines}


class RootMachine(ScriptMachine):
    """In a root of its own, with the sources of loam in /loam. `setup` runs in that directory before it is the root."""

    def __init__(self, tree, setup="", enter="chroot . bash"):
        super().__init__(OWN_ROOT % (tree, TOP, setup), enter, "/loam")


def deaths(name, start, run, check, turn=0, turns=1):
    """The script dies before its first command and before a fourteenth of the others, which the day chooses; with --every before each one.
    `check` gets whether the script has ended whole. Machines that run the same script share its commands: the one of number `turn` of
    `turns` runs its part of them today, and the others on other days."""
    step = 1 if rotation.EVERY else rotation.PARTS * turns
    part = (rotation.DAY + turn * rotation.PARTS) % step
    kill, count = 0, 0
    while True:
        start()
        _, status = run(kill)
        if status == 0:
            break
        if status != 137:
            raise Failed("%s, death %d: status %d" % (name, kill, status))
        try:
            check(False)
            text, status = run(None)
            if status != 0:
                raise Failed(text)
            check(True)
        except Failed as error:
            raise Failed("%s after death %d: %s" % (name, kill, error))
        kill, count = kill + step if kill else part or step, count + 1
    if kill < 30:
        raise Failed("%s dies at %d commands only" % (name, kill))
    print("%s: %d deaths, each ended whole (%s)" % (name, count, "every command" if step == 1 else "--part=%d repeats them" % (rotation.DAY % step)))
