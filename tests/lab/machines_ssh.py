"""Real SSH servers in a network namespace of the test, and the real loam. Each server has an address of its own.

    host = Servers("name")          host.sshd("10.9.0.2", "MaxSessions 1")        host.read(address, command, …)

The whole test runs in private namespaces (network, mounts, processes), so nothing of it outlives it."""
import json, os, random, shutil, socket, subprocess, sys, tempfile, threading, time

from host import LOAM, Failed, read, run, skip, write

PASSWORD = "correct horse"


def enter():
    """Continues this program in private namespaces."""
    if os.geteuid() != 0:
        skip("private namespaces and several users need root")
    for program in ("/usr/sbin/sshd", "/usr/bin/ssh-keygen", "/usr/bin/ssh-agent", "/usr/bin/unshare"):
        if not os.path.exists(program):
            skip(program + " is not installed")
    if os.environ.get("LOAM_TEST_NAMESPACE"):
        return
    os.environ["LOAM_TEST_NAMESPACE"] = "1"
    os.execvp("unshare", ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                          sys.executable, "-B", *sys.argv])


class Servers:
    def __init__(self, name):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix="loam-%s-" % name))
        os.chmod(self.top, 0o755)
        self.began, self.count, self.servers = time.monotonic(), 0, {}
        run("ip", "link", "set", "lo", "up")
        for directory in ("home/.ssh", "worker", "run", "bin"):
            os.makedirs(self.path(directory))
        os.makedirs("/run/sshd", exist_ok=True)
        self.add_user()
        self.env = {name: value for name, value in os.environ.items()
                    if not name.startswith(("LOAM_", "TF_", "SSH_"))}
        self.env["HOME"] = self.path("home")
        for key in ("host", "user", "other", "ca"):
            self.key(key)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for server in self.servers.values():
            server.kill()
        if os.environ.get("KEEP"):
            print("kept: " + self.top)
        else:
            shutil.rmtree(self.top, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def say(self, text):
        print("%5.1f s  %s" % (time.monotonic() - self.began, text), flush=True)

    def add_user(self):
        """A user "worker" with a password, in copies of the account files that only this test sees."""
        digest = run("openssl", "passwd", "-6", PASSWORD).stdout.strip()
        for file, line in (("passwd", "worker:x:4242:4242::%s:/bin/sh" % self.path("worker")),
                           ("shadow", "worker:%s:19000:0:99999:7:::" % digest), ("group", "worker:x:4242:")):
            copy = self.path(file)
            shutil.copy("/etc/" + file, copy)
            with open(copy, "a", encoding="utf-8") as out:
                out.write(line + "\n")
            run("mount", "--bind", copy, "/etc/" + file)
        os.chown(self.path("worker"), 4242, 4242)

    def key(self, name, kind="ed25519", passphrase=""):
        """Returns the private and the public text of a key, which is made at the first call."""
        if not os.path.exists(self.path(name)):
            run("ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", name, "-f", self.path(name))
        return read(self.path(name)), read(self.path(name + ".pub")).strip()

    def sign(self, public, *arguments):
        """Signs a public key with the authority "ca"; returns the certificate."""
        run("ssh-keygen", "-q", "-s", self.path("ca"), *arguments, self.path(public + ".pub"))
        return read(self.path(public + "-cert.pub")).strip()

    # -- servers --------------------------------------------------------------------------------------------------

    def sshd(self, address, *options, key="host", port=22, within=()):
        """Starts a server at the address, or by the command `within` in another namespace that has the address. Options
        come first in its configuration, so they win; of MaxStartups the last one wins."""
        if not within:
            run("ip", "address", "replace", address + "/32", "dev", "lo")
        name = "%s-%d" % (address, port)
        write(self.path(name + ".conf"), "\n".join([
            "Port %d" % port, "ListenAddress " + address, "HostKey " + self.path(key), *options, "PidFile none",
            "UsePAM no", "StrictModes no", "AuthorizedKeysFile " + self.path("user.pub"), "PermitRootLogin yes",
            "PasswordAuthentication no", "KbdInteractiveAuthentication no",
            *([] if any("MaxStartups" in option for option in options) else ["MaxStartups 200"]),
            # A shell that reads its user's startup files would be slow.
            "SetEnv LOAM_STATE_DIR=%s HOME=%s PATH=%s:/usr/bin:/bin" % (self.path("run", name), self.top,
                                                                     self.path("bin")), ""]))
        log = open(self.path(name + ".log"), "w", encoding="utf-8")
        self.servers[name] = subprocess.Popen([*within, "/usr/sbin/sshd", "-D", "-e", "-f", self.path(name + ".conf")],
                                              stdin=subprocess.DEVNULL, stderr=log)
        for _ in range(200):
            if "listening on" in read(self.path(name + ".log")):
                return address
            time.sleep(0.02)
        raise Failed("sshd did not start:\n" + read(self.path(name + ".log")))

    def log(self, address, port=22):
        return read(self.path("%s-%d.log" % (address, port)))

    # -- loam -----------------------------------------------------------------------------------------------------

    def work(self, document):
        """A new directory with this configuration."""
        self.count += 1
        work = self.path("work-%d" % self.count)
        write(os.path.join(work, "main.loam.json"), json.dumps(document))
        return work

    def loam(self, work, *arguments, check=True, **env):
        done = run(LOAM, "-chdir=" + work, *arguments, "-no-color", check=False, env={**self.env, **env})
        if check and done.returncode != 0:
            raise Failed("loam %s: status %d\n%s" % (" ".join(arguments), done.returncode, done.stdout[-5000:]))
        return done

    def start(self, work, *arguments, **env):
        return subprocess.Popen([LOAM, "-chdir=" + work, *arguments, "-no-color"], env={**self.env, **env},
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                encoding="utf-8", errors="replace")

    def defaults(self, host):
        return {"host": host, "user": "root", "private_key": self.key("user")[0], "host_key": self.key("host")[1],
                "timeout": "3s"}

    def arguments(self, host, changes):
        return {name: value for name, value in {**self.defaults(host), **changes}.items() if value is not None}

    def read_output(self, host, command="id -un", check=True, env=None, **changes):
        """Reads the output of a command by the data source; None removes a connection argument."""
        data = {**self.arguments(host, changes), "command": command}
        work = self.work({"provider": {"ssh": {"plan_timeout": "20s"}}, "data": {"ssh_exec": {"x": data}},
                          "output": {"out": {"value": "${data.ssh_exec.x.stdout}"}}})
        done = self.loam(work, "apply", "-auto-approve", check=check, **(env or {}))
        if done.returncode != 0:
            return done
        return json.loads(self.loam(work, "output", "-json", check=True).stdout)["out"]["value"].strip()

    def expect(self, host, expected, command="id -un", **changes):
        got = self.read_output(host, command, **{"timeout": "60s", **changes})
        if got != expected:
            raise Failed("%s: the output is %r, expected %r" % (changes, got, expected))

    def expect_failure(self, host, *texts, **changes):
        """The command is not run, with these texts in the message."""
        done = self.read_output(host, check=False, **changes)
        if done.__class__ is str:
            raise Failed("%s: logged in, output %r" % (changes, done))
        said = " ".join(done.stdout.replace("│", " ").replace("\u2502", " ").split())
        for text in texts:
            if text not in said:
                raise Failed("%s: the message lacks %r:\n%s" % (changes, text, done.stdout))


class Relay:
    """Forwards a port, with a delay for each direction. It can go silent, or break all connections."""

    def __init__(self, address, port, to, delay=0.0):
        self.to, self.delay, self.silent, self.limit, self.passed, self.pairs = to, delay, False, None, 0, []
        run("ip", "address", "replace", address + "/32", "dev", "lo")
        self.listener = socket.create_server((address, port), backlog=256)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.to)
            except OSError:
                return
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.pairs.append((near, far))
            threading.Thread(target=self.pump, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self.pump, args=(far, near, False), daemon=True).start()

    def pump(self, source, target, is_upload):
        try:
            while True:
                data = source.recv(65536)
                while self.silent:
                    time.sleep(0.05)
                if is_upload:
                    self.passed += len(data)
                    if self.limit is not None and self.passed > self.limit:
                        self.cut()
                        return
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                if self.delay:
                    time.sleep(self.delay)
                target.sendall(data)
        except OSError:
            return

    def cut(self):
        self.limit = None
        for pair in self.pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self.pairs = []
