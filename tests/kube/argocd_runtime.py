"""The controllers of Argo CD for one cluster of server.py: redis, repo-server, application-controller, applicationset-controller.

  argocd_runtime.enter_network()                 first: the program goes on in a network namespace of its own, because a
                                                 controller listens on all addresses; skips the test where that is not possible
  with argocd_runtime.start(cluster) as argocd:  the definitions and ConfigMaps of the release are applied, the controllers run
      argocd.namespace                           "argocd"
      argocd.logs()                              the ends of the logs

No cluster runs their pods: they are processes with the rights of the admin. Host keys and certificates reach them as a kubelet mounts
ConfigMaps. Comparisons without a request are ten minutes apart, so that a commit arrives only by a request."""
import contextlib, glob, os, shutil, socket, subprocess, sys, tempfile, threading, time

import yaml

import corpus, server

COMMAND = "tests/programs/build argocd"
RELEASE = os.path.join(corpus.CORPUS, "argo-cd/manifests")
MARK = "LOAM_OWN_NETWORK"
# Argo CD runs these two programs of its image: output on standard output, and no failure for an unsigned revision.
WRAPPERS = {"git-verify-wrapper.sh": 'git verify-commit "$1" 2>&1 || true', "gpg-wrapper.sh": 'gpg "$@" 2>&1 || true'}
MOUNTS = {"argocd-ssh-known-hosts-cm": "ssh", "argocd-tls-certs-cm": "tls"}
NAMESPACE = "argocd"


def skip(reason):
    print("missing: " + reason)
    sys.exit(77)


def enter_network():
    if os.environ.get(MARK):
        return
    if os.geteuid() != 0 or subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode:
        skip("root, or the right to make a network namespace")
    os.execvpe("unshare", ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, "-B", *sys.argv], {**os.environ, MARK: "1"})


def skip_without_programs():
    server.skip_without("argocd", command=COMMAND)
    if not shutil.which("redis-server"):
        skip("redis-server: Debian's package redis-server")
    if not os.path.isfile(os.path.join(RELEASE, "install.yaml")):
        skip("the manifests of Argo CD; LOAM_MANIFESTS names the directory of manifests")


def objects():
    """Definitions, ConfigMaps and Secrets of the release."""
    for path in (*sorted(glob.glob(os.path.join(RELEASE, "crds/*-crd.yaml"))), os.path.join(RELEASE, "install.yaml")):
        for one in yaml.load_all(corpus.read(path), corpus.Loader):
            is_whole = path.endswith("install.yaml")
            if one and one["kind"] in (("ConfigMap", "Secret") if is_whole else (corpus.DEFINITION,)):
                if is_whole:
                    one["metadata"]["namespace"] = NAMESPACE
                yield one


class Argo:
    namespace = NAMESPACE

    def __init__(self, cluster):
        self.cluster, self.directory = cluster, tempfile.mkdtemp(prefix="loam-argocd-")
        self.processes, self.end = [], threading.Event()
        for name in ("bin", "conf", "gpg/keys", "gpg/source", "home", "plugins", "ssh", "tls", "tmp"):
            os.makedirs(self.path(name))
        os.chmod(self.path("gpg/keys"), 0o700)
        os.symlink(server.find_program("argocd"), self.path("bin/argocd"))  # git runs it to read a password
        for name, line in WRAPPERS.items():
            with open(self.path("bin/" + name), "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\n" + line + "\n")
            os.chmod(self.path("bin/" + name), 0o755)
        self.env = {"PATH": self.path("bin") + ":" + os.environ["PATH"], "HOME": self.path("home"), "TMPDIR": self.path("tmp"), "KUBECONFIG": cluster.kubeconfig("admin"),
                    "XDG_CONFIG_HOME": self.path("home"), "HOSTNAME": "argocd-application-controller-0", "ARGOCD_FAKE_IN_CLUSTER": "true",
                    "ARGOCD_GPG_ENABLED": "false", "ARGOCD_GNUPGHOME": self.path("gpg/keys"), "ARGOCD_GPG_DATA_PATH": self.path("gpg/source"),
                    "ARGOCD_TLS_DATA_PATH": self.path("tls"), "ARGOCD_SSH_DATA_PATH": self.path("ssh"), "ARGOCD_PLUGINSOCKFILEPATH": self.path("plugins"),
                    "ARGOCD_APP_CONF_PATH": self.path("conf"), "ARGOCD_ASK_PASS_SOCK": self.path("askpass.sock"), "ARGOCD_RECONCILIATION_TIMEOUT": "600s",
                    "ARGOCD_RECONCILIATION_JITTER": "0s", "ARGOCD_REPO_ERROR_GRACE_PERIOD_SECONDS": "1s"}

    def path(self, name):
        return os.path.join(self.directory, name)

    def spawn(self, role, program, *args):
        with open(self.path(role + ".log"), "ab") as log:
            process = subprocess.Popen([program, *args], env={**self.env, "ARGOCD_BINARY_NAME": "argocd-" + role}, cwd=self.path("tmp"),
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, preexec_fn=server.die_with_parent)
        self.processes.append((role, process))

    def logs(self):
        texts = []
        for path in sorted(glob.glob(self.path("*.log"))):
            with open(path, encoding="utf-8", errors="replace") as log:
                texts.append("%s:\n%s" % (os.path.basename(path), log.read()[-3000:]))
        return "\n".join(texts)

    def wait_for(self, *ports):
        end = time.monotonic() + server.START_SECONDS
        for port in ports:
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                dead = [role for role, process in self.processes if process.poll() is not None]
                if dead or time.monotonic() > end:
                    raise RuntimeError("Argo CD did not start: %s\n%s" % (dead, self.logs()))
                time.sleep(0.1)

    def start(self):
        argocd = server.find_program("argocd")
        redis, repository, web = (server.free_port() for _ in range(3))
        controller, sets, *others = (server.free_port() for _ in range(4))
        local = "127.0.0.1:%d"
        self.spawn("redis", shutil.which("redis-server"), "--port", str(redis), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        self.spawn("repo-server", argocd, "--address", "127.0.0.1", "--port", str(repository), "--metrics-address", "127.0.0.1", "--metrics-port", str(others[0]),
                   "--redis", local % redis, "--disable-tls", "--client-ca-path", "")
        self.spawn("application-controller", argocd, "--namespace", NAMESPACE, "--repo-server", local % repository, "--repo-server-plaintext",
                   "--redis", local % redis, "--metrics-port", str(controller))
        self.spawn("applicationset-controller", argocd, "--namespace", NAMESPACE, "--argocd-repo-server", local % repository, "--repo-server-plaintext",
                   "--metrics-addr", local % others[1], "--probe-addr", local % sets, "--webhook-addr", local % web, "--enable-leader-election=false")
        self.wait_for(redis, repository, controller, sets)

    def mount(self):
        """The files of a ConfigMap, as a kubelet writes them."""
        while not self.end.wait(0.2):
            for name, directory in MOUNTS.items():
                with contextlib.suppress(OSError, ValueError):
                    one = self.cluster.get({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": NAMESPACE}}) or {}
                    files = one.get("data") or {}
                    for key, text in files.items():
                        self.write_file(os.path.join(directory, key), text)
                    for key in set(os.listdir(self.path(directory))) - set(files):
                        os.unlink(os.path.join(self.path(directory), key))

    def write_file(self, name, text):
        path = self.path(name)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                if file.read() == text:
                    return
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".new", path)

    def stop(self):
        self.end.set()
        if self.thread:
            self.thread.join()
        for _, process in self.processes:
            process.kill()
            process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def install(cluster, one):
    """No manager applies the ConfigMaps later, so that resources of loam may own entries of them."""
    if one["kind"] == corpus.DEFINITION:
        cluster.apply(one)
    else:
        status, answer = cluster.request("POST", os.path.dirname(cluster.object_path(one)), one)
        if status != 201:
            raise RuntimeError("not created: %s" % answer)


def wait_for_definitions(cluster):
    """A controller that starts before its kinds are served looks for them only every ten seconds."""
    end = time.monotonic() + server.START_SECONDS
    while not {"Application", "ApplicationSet", "AppProject"} <= {row["kind"] for row in resources(cluster)}:
        if time.monotonic() > end:
            raise RuntimeError("the definitions of Argo CD are not served")
        time.sleep(0.1)


def resources(cluster):
    status, answer = cluster.request("GET", "/apis/argoproj.io/v1alpha1")
    return answer["resources"] if status == 200 else ()


@contextlib.contextmanager
def start(cluster):
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    for one in objects():
        install(cluster, one)
    wait_for_definitions(cluster)
    argo = Argo(cluster)
    argo.thread = None
    try:
        argo.start()
        argo.thread = threading.Thread(target=argo.mount, daemon=True)
        argo.thread.start()
        yield argo
    finally:
        argo.stop()
