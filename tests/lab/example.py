"""The examples with clusters, as a user runs them, on copies of the examples."""
import json, os, shutil, tempfile, time
from cluster_nodes import PROGRAMS, Cluster
from host import LOAM, TOP, Failed, read, run, skip

CLUSTER = ("kubeadm", "kubelet", "kubectl", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "etcd", "coredns")


def skip_without(*names):
    """Skips the test unless this computer has these programs of tests/programs/build and can start machines."""
    if os.geteuid() != 0:
        skip("a private libvirt needs root")
    for program in ("virsh", "mmdebstrap", "ssh"):
        if not shutil.which(program):
            skip("%s is not installed" % program)
    for program in names:
        if not os.path.exists(os.path.join(PROGRAMS, "bin", program)):
            skip("%s is missing: tests/programs/build cluster flux argocd tools" % program)


class Example:
    def __init__(self, name, *machines, **env):
        self.name, self.machines = name, machines
        self.top = tempfile.mkdtemp(prefix="loam-%s-" % name)
        self.dir = os.path.join(self.top, "made")
        self.began = time.monotonic()
        for path in ("examples", "modules", "tests/lab/nodes", "tests/programs"):
            shutil.copytree(os.path.join(TOP, path), os.path.join(self.top, "tree", path),
                            ignore=shutil.ignore_patterns(".loam", "terraform.tfstate*"), symlinks=True)
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(("LOAM_", "TF_"))}
        self.env.update(LOAM=LOAM, LOAM_KUBEADM_DIR=self.dir, LOAM_PROGRAMS=PROGRAMS, **env)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        run(self.path("../lab/libvirt"), "stop", os.path.join(self.dir, "libvirt"), check=False)
        Cluster.sweep()
        shutil.rmtree(self.top, ignore_errors=True)

    def say(self, text):
        print("%5.1f s  %s: %s" % (time.monotonic() - self.began, self.name, text), flush=True)

    def path(self, *parts):
        return os.path.join(self.top, "tree/examples", self.name, *parts)

    def do(self, program, *arguments, check=True):
        return run(self.path(program), *arguments, check=check, env=self.env)

    def kubectl(self, *arguments, through="cp1"):
        quoted = " ".join("'%s'" % word for word in arguments)
        return self.do("ssh", through, "sudo kubectl --kubeconfig /etc/kubernetes/admin.conf " + quoted).stdout

    def check_nodes(self, *names, through="cp1"):
        for _ in range(300):
            items = json.loads(self.kubectl("get", "nodes", "-o", "json", through=through))["items"]
            found = {item["metadata"]["name"]: any(c["type"] == "Ready" and c["status"] == "True" for c in item["status"]["conditions"])
                     for item in items}
            if found == dict.fromkeys(names, True):
                self.say("%d nodes are ready" % len(names))
                return
            time.sleep(1)
        raise Failed("nodes: %s" % found)

    def check_pods(self):
        for _ in range(240):
            pods = json.loads(self.kubectl("get", "pods", "-l", "app=web", "-o", "json"))["items"]
            if len(pods) == len(self.machines) and all(pod["status"]["phase"] == "Running" for pod in pods):
                break
            time.sleep(1)
        else:
            raise Failed(self.kubectl("get", "pods", "-A", "-o", "wide"))
        for pod in pods:
            name = pod["metadata"]["name"]
            for other in pods:
                text = self.kubectl("exec", name, "--", "wget", "-q", "-O", "-", "http://%s/" % other["status"]["podIP"]).strip()
                if text != other["metadata"]["name"]:
                    raise Failed("the pod %s responds with %s" % (other["metadata"]["name"], text))
            self.check_name(name)
        self.say("%d pods reach each other, the service and its name" % len(pods))

    def check_name(self, pod):
        """The name of the service; CoreDNS starts when the nodes have their network."""
        for _ in range(240):
            done = self.do("ssh", "cp1", "sudo kubectl --kubeconfig /etc/kubernetes/admin.conf exec %s -- "
                           "wget -q -O - http://web.default.svc.cluster.local/" % pod, check=False)
            if done.returncode == 0:
                return
            time.sleep(1)
        raise Failed("the name of the service: " + done.stdout)

    def check_secrets(self):
        passphrase = os.path.join(self.dir, "passphrase")
        if os.stat(passphrase).st_mode & 0o777 != 0o600:
            raise Failed("the mode of the passphrase is %o" % os.stat(passphrase).st_mode)
        for path in (self.path("terraform.tfstate"), os.path.join(self.dir, "plan")):
            with open(path, "rb") as file:
                text = file.read()
            if b"PRIVATE KEY" in text or b"client-key-data" in text or read(passphrase).strip().encode() in text:
                raise Failed(path + " has a secret")

    def up(self):
        began = time.monotonic()
        self.do("up")
        self.say("up took %.1f s" % (time.monotonic() - began))
        self.check_nodes(*self.machines)
        self.check_pods()
        self.check_secrets()
        began = time.monotonic()
        if "No changes" not in self.do("up").stdout:
            raise Failed("the second up has changes")
        self.say("up again changes nothing and took %.1f s" % (time.monotonic() - began))

    def down(self):
        out = self.do("down").stdout
        if "Destroy complete" not in out or os.path.exists(self.dir) or os.path.exists(self.path("terraform.tfstate")):
            raise Failed("down leaves files:\n" + out[-3000:])
        self.say("down leaves nothing behind")
