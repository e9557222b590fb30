"""The operator on the machines of a cluster: its image, its objects as they change, and a team whose repository the pods reach over SSH.

    with Cluster(NAME) as cluster:
        site = start_site(cluster, WORKERS, *OPTIONS)    a control plane and workers with the operator; site.image is its image
        site.follow()                                    site.watches: the objects of each kind
        site.start_git(), site.make_team()"""
import collections, filecmp, hashlib, json, os, pathlib, re, shutil, subprocess, sys, threading, time
from cluster_nodes import GATEWAY, PROGRAMS
from host import LOAM, TOP, Failed, read, run, skip, write
sys.path.append(os.path.join(TOP, "tests/kube"))
from slow_maps import slow_maps

TEAM = "team"
IMAGE = "loam.test/loam:1"
GROUP = "/apis/infra.loam.internal/v1alpha1/namespaces/%s/" % TEAM
KINDS = {"stacks": GROUP + "stacks", "runs": GROUP + "runs", "jobs": "/apis/batch/v1/namespaces/%s/jobs" % TEAM,
         "pods": "/api/v1/namespaces/%s/pods" % TEAM, "configmaps": "/api/v1/namespaces/%s/configmaps" % TEAM, "nodes": "/api/v1/nodes"}
WAIT = 600
WATCH_S = 24 * 3600  # an API server ends a watch of no other time after half an hour
STEPS = 24


def slow(name):
    """The ConfigMaps NAME-0 … NAME-(STEPS - 1)."""
    return slow_maps(name, STEPS, "600ms")


def condition(item, kind="Ready"):
    """(status, reason) of a condition."""
    return next(((row["status"], row.get("reason")) for row in item.get("status", {}).get("conditions", []) if row["type"] == kind), (None, None))


def steps(item):
    """The history of a pod or a Job."""
    status = item.get("status", {})
    yield "there"
    for row in status.get("initContainerStatuses", []) + status.get("containerStatuses", []):
        yield from (row["name"] + {"running": " runs", "terminated": " ended"}[state] for state in row["state"] if state != "waiting")
    if "phase" in status:
        yield status["phase"].lower()
    yield from (row["type"] for row in status.get("conditions", []) if item["kind"] == "Job" and row["status"] == "True")


def is_ready(reason):
    return lambda stack: condition(stack)[1] == reason and stack["status"].get("observedGeneration") == stack["metadata"]["generation"]


class Image(threading.Thread):
    """Makes the image while the machines start, unless an earlier test has made the one of this build from the same lists of packages."""

    def __init__(self, top):
        super().__init__(daemon=True)
        self.top, self.made, self.problem = top, threading.Event(), None
        self.build = pathlib.Path(LOAM).parent
        self.archive = str(self.build / ("image-%s.tar" % self.digest()))

    def digest(self):
        """Of loam, its modules, the program that makes images, and apt's lists of packages."""
        digest = hashlib.sha256()
        for path in (LOAM, *sorted(map(str, self.build.glob("lib/loam/*.so"))), os.path.join(TOP, "cmake/package_image")):
            digest.update(pathlib.Path(path).read_bytes())
        for path in sorted(pathlib.Path("/var/lib/apt/lists").glob("*Packages*")):
            digest.update(b"%s %d %d\n" % (bytes(path), path.stat().st_size, path.stat().st_mtime))
        return digest.hexdigest()[:16]

    def run(self):
        try:
            if not os.path.exists(self.archive):
                for former in self.build.glob("image-*.tar*"):
                    former.unlink()
                text = self.make(self.archive + ".part")
                pathlib.Path(self.archive + ".text").write_text(text, encoding="utf-8")
                os.rename(self.archive + ".part", self.archive)
        except (Failed, IndexError, OSError) as error:
            self.problem = error
        self.made.set()

    def make(self, archive):
        """Returns a line with the size and the digest."""
        run("cpack", "--config", str(self.build / "cpack.cmake"), "-B", self.top + "/package", cwd=self.top)
        package = list(pathlib.Path(self.top, "package").glob("*.deb"))[0]
        return run(os.path.join(TOP, "cmake/package_image"), str(package), archive, IMAGE).stdout.strip()

    def wait(self):
        self.made.wait()
        if self.problem:
            raise Failed(str(self.problem))
        return self.archive

    def check(self, is_made_again):
        """The image has the size that it may have, and another build gives the same bytes."""
        text = pathlib.Path(self.wait() + ".text").read_text(encoding="utf-8")
        if float(re.search(r"([\d.]+) MB unpacked", text)[1]) > 120:
            raise Failed("the image is too large: " + text)
        if is_made_again:
            self.make(self.top + "/again.tar")
            if not filecmp.cmp(self.archive, self.top + "/again.tar", shallow=False):
                raise Failed("two builds differ: " + text)
        return text


class Watch:
    """The objects of a kind by their names, when each of their versions came, and how often each was made and deleted."""

    def __init__(self, site, kind):
        self.site, self.kind, self.items, self.changed = site, kind, {}, threading.Condition()
        self.created, self.deleted = collections.Counter(), collections.Counter()
        self.marks = collections.defaultdict(dict)  # name -> step -> when it was first seen
        self.process = subprocess.Popen(site.kubectl_words("get", "--raw", "%s?watch=1&timeoutSeconds=%d" % (KINDS[kind], WATCH_S)), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        for line in self.process.stdout:
            event = json.loads(line)
            item = event["object"]
            with self.changed:
                for step in steps(item):
                    self.marks[item["metadata"]["name"]].setdefault(step, time.monotonic())
                if event["type"] == "ADDED":
                    self.created[item["metadata"]["name"]] += 1
                if event["type"] == "DELETED":
                    self.deleted[item["metadata"]["name"]] += 1
                    self.items.pop(item["metadata"]["name"], None)
                else:
                    self.items[item["metadata"]["name"]] = item
                self.changed.notify_all()

    def wait(self, wanted, check):
        """The first object for which the check holds, and when it was so."""
        until = time.monotonic() + WAIT
        with self.changed:
            while True:
                for item in self.items.values():
                    if check(item):
                        return item, time.monotonic()
                if not self.changed.wait(until - time.monotonic()):
                    break
        raise Failed("%s: not after %d s\n%s" % (wanted, WAIT, self.site.describe()))

    def count(self, check):
        until = time.monotonic() + WAIT
        with self.changed:
            while not check(self):
                if not self.changed.wait(until - time.monotonic()):
                    raise Failed("%s: %s\n%s" % (self.kind, sorted(self.items), self.site.describe()))


class Site:
    """The cluster with the operator and a team."""

    def __init__(self, cluster):
        self.cluster, self.watches, self.image = cluster, {}, None
        self.config = cluster.file("admin.conf", cluster.on("cp1", "cat /etc/kubernetes/admin.conf").stdout)

    def kubectl_words(self, *words):
        return self.cluster.command(os.path.join(PROGRAMS, "bin/kubectl"), "--kubeconfig", self.config, *words)

    def kubectl(self, *words, check=True):
        return run(*self.kubectl_words(*words), check=check).stdout

    def put(self, *items):
        path = self.cluster.file("objects.json", json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)}))
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", path)

    def say(self, text, *times):
        self.cluster.say(text + "".join(": %.2f s" % time for time in times))

    def describe(self):
        parts = [self.kubectl("get", "nodes,pods", "-A", "-o", "wide", check=False)]
        for kind in ("stacks", "runs", "jobs", "pods"):
            parts += ["%s %s %s" % (kind, name, json.dumps(item.get("status"))) for name, item in list(self.watches[kind].items.items())] if kind in self.watches else []
        for pod in list(self.watches["pods"].items) if "pods" in self.watches else ():
            parts.append("== %s\n%s" % (pod, self.kubectl("-n", TEAM, "logs", pod, "--all-containers", "--tail=30", check=False)))
        parts.append(self.kubectl("-n", "loam-system", "describe", "pods", check=False)[-4000:])
        parts.append(self.kubectl("-n", "loam-system", "logs", "-l", "app.kubernetes.io/name=loam-operator", "--tail=40", check=False))
        parts.append(self.kubectl("-n", TEAM, "get", "events.events.k8s.io", check=False)[-3000:])
        return "\n".join(parts)[-20000:]

    # The operator.

    def import_image(self, archive):
        names = [name for name in self.cluster.names if name.startswith("w")]
        for name in names:
            place = self.cluster.path("machines", [disk for disk in self.cluster.disks if disk.startswith(name + "-")][-1], "containerd/loam.tar")
            shutil.copyfile(archive, place)
        running = [subprocess.Popen(self.cluster.command(*self.cluster.ssh(name), "ctr -n k8s.io images import /var/lib/containerd/loam.tar"),
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for name in names]
        for process in running:
            text, _ = process.communicate()
            if process.returncode:
                raise Failed(text)

    def install(self, *options):
        manifests = self.cluster.inside(LOAM, "operator", "install", "-image=" + IMAGE, *options).stdout
        path = self.cluster.file("operator.yaml", manifests)
        for _ in range(2):  # policies and objects of the definitions come in one file
            last = run(*self.kubectl_words("apply", "--server-side", "-f", path), check=False)
        if last.returncode:
            raise Failed(last.stdout)
        try:
            self.kubectl("-n", "loam-system", "wait", "--for=condition=Available", "--timeout=%ds" % WAIT, "deployment/loam-operator")
        except Failed as error:
            raise Failed("%s\n%s" % (error, self.describe()))

    def follow(self):
        self.watches.update({kind: Watch(self, kind) for kind in KINDS})

    def wait(self, kind, wanted, check):
        return self.watches[kind].wait(wanted, check)

    # The team.

    def start_git(self):
        """A repository that the machines and pods reach over SSH. Their replies need routes to the pods. The home is empty: a shell would read
        the files of this user at each fetch."""
        top, made, home = self.cluster.path("git"), self.cluster.path("repository"), self.cluster.path("home")
        for path in (top, made, home):
            os.makedirs(path, exist_ok=True)
        run("git", "init", "-q", "--bare", made)
        run("git", "init", "-q", "-b", "main", top)
        self.cluster.file("sshd_config", "\n".join([
            "ListenAddress " + GATEWAY, "HostKey " + self.cluster.path("machine"), "PidFile none", "UsePAM no", "StrictModes no", "SetEnv HOME=" + home,
            "AuthorizedKeysFile " + self.cluster.path("user.pub"), "PermitRootLogin yes", "PasswordAuthentication no", "MaxStartups 100", ""]))
        os.makedirs("/run/sshd", exist_ok=True)
        self.cluster.server = subprocess.Popen(self.cluster.command("/usr/sbin/sshd", "-D", "-e", "-f", self.cluster.path("sshd_config")),
                                               stdin=subprocess.DEVNULL, stderr=open(self.cluster.path("sshd.log"), "w"))
        self.route_pods()

    def route_pods(self):
        for node in json.loads(self.kubectl("get", "nodes", "-o", "json"))["items"]:
            address = [row["address"] for row in node["status"]["addresses"] if row["type"] == "InternalIP"][0]
            self.cluster.inside("ip", "route", "replace", node["spec"]["podCIDR"], "via", address)

    def commit(self, texts):
        """Commits and pushes root modules by their directories. Returns the commit."""
        top = self.cluster.path("git")
        for directory, text in texts.items():
            write(os.path.join(top, directory, "main.tf"), text)
        author = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
        run("git", "-C", top, "add", ".")
        run("git", "-C", top, *author, "commit", "-q", "-m", "text")
        run("git", "-C", top, "push", "-q", self.cluster.path("repository"), "main")
        return run("git", "-C", top, "rev-parse", "HEAD").stdout.strip()

    def make_team(self):
        binding = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding"}
        account = [{"kind": "ServiceAccount", "name": "loam-runner", "namespace": TEAM}]
        known = "%s %s\n" % (GATEWAY, " ".join(read(self.cluster.path("machine.pub")).split()[:2]))
        self.kubectl("create", "namespace", TEAM)
        self.put({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "loam-runner", "namespace": TEAM}},
                 {**binding, "metadata": {"name": "runner", "namespace": TEAM}, "subjects": account,
                  "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "loam-runner"}},
                 {**binding, "metadata": {"name": "edit", "namespace": TEAM}, "subjects": account,
                  "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"}},
                 {**binding, "metadata": {"name": "takeover", "namespace": TEAM},
                  "subjects": [{"kind": "ServiceAccount", "name": "loam-operator", "namespace": "loam-system"}],
                  "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "loam-operator-takeover"}},
                 {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "git", "namespace": TEAM},
                  "stringData": {"identity": read(self.cluster.path("user")), "known_hosts": known}})

    def stack(self, name, commit, mode, **spec):
        """A Stack of the directory of its name; its state is in the cluster."""
        return {"apiVersion": "infra.loam.internal/v1alpha1", "kind": "Stack", "metadata": {"name": name, "namespace": TEAM}, "spec": {
            "source": {"git": {"url": "ssh://root@%s%s" % (GATEWAY, self.cluster.path("repository")), "commit": commit, "secretRef": {"name": "git"}}},
            "path": "./" + name, "backend": {"type": "kubernetes", "config": {"secret_suffix": name, "namespace": TEAM}},
            "approval": {"mode": mode, "required": 1, "expiresAfter": "24h"}, **spec}}

    def run_of(self, stack, commit):
        """The Run of a commit, and when its plan Job was there."""
        item, _ = self.wait("runs", "a Run", lambda item: item["spec"]["stack"]["name"] == stack and item["spec"]["revision"].endswith(commit))
        name = item["metadata"]["name"]
        return name, self.wait("jobs", "a plan Job", lambda job: job["metadata"]["name"] == name + "-plan")[1]

    def approve(self, name, stack="net"):
        item, _ = self.wait("runs", "a digest", lambda item: item["metadata"]["name"] == name and item["status"].get("plan", {}).get("digest"))
        digest, uid = item["status"]["plan"]["digest"], item["metadata"]["uid"]
        began = time.monotonic()
        self.put({"apiVersion": "infra.loam.internal/v1alpha1", "kind": "Approval", "metadata": {"name": name, "namespace": TEAM},
                  "spec": {"stack": stack, "run": {"name": name, "uid": uid}, "planDigest": digest, "user": "kubernetes-admin", "decision": "Approve"}})
        return began

    def say_steps(self, job, began):
        """When the Job and its pods reached their steps."""
        for watch in (self.watches["jobs"], self.watches["pods"]):
            for name, marks in watch.marks.items():
                if name == job or name.startswith(job + "-"):
                    self.say("  %s: %s" % (name, ", ".join("%s +%.1f s" % (step, when - began) for step, when in marks.items())))

    def check_maps(self, name, count):
        """Each object was made once, and is there."""
        maps = self.watches["configmaps"]
        made = {key: number for key, number in maps.created.items() if key.startswith(name + "-")}
        if made != {"%s-%d" % (name, i): 1 for i in range(count)} or not made.keys() <= maps.items.keys():
            raise Failed("objects were made so many times: %s\n%s" % (made, self.describe()))

    # Interruptions.

    def lose_in_apply(self, stack, name, commit, interrupt):
        """Interrupts the apply of this commit while it makes the objects of slow(name). Returns its Run, and when it was interrupted, after another pod
        of the same Run goes on."""
        started, _ = self.run_of(stack, commit)
        maps = self.watches["configmaps"]
        maps.count(lambda maps: maps.created[name + "-3"])
        pod, _ = self.wait("pods", "the pod of the apply", lambda pod: pod["metadata"]["labels"].get("job-name") == started + "-apply")
        began = interrupt(pod)
        done = sum(key.startswith(name + "-") for key in maps.created)
        if done == STEPS:
            raise Failed("the apply ended before it was interrupted")
        maps.count(lambda maps: sum(key.startswith(name + "-") for key in maps.created) > done)
        self.say("%s: continues" % name, time.monotonic() - began)
        return started, began

    def check_continued(self, stack, commit, started):
        """One Run of the commit, with several pods for its apply."""
        runs = [item for item in self.watches["runs"].items.values() if item["spec"]["stack"]["name"] == stack and item["spec"]["revision"].endswith(commit)]
        pods = [key for key in self.watches["pods"].created if key.startswith(started + "-apply")]
        if len(runs) != 1 or len(pods) < 2:
            raise Failed("Runs %d, pods %s\n%s" % (len(runs), pods, self.describe()))


def start_site(cluster, count, *options):
    """A control plane, and this number of workers with the image and the operator."""
    for program in ("cpack", "dpkg-deb", "dpkg-shlibdeps", "git"):
        if not shutil.which(program):
            skip("%s is not installed" % program)
    image = Image(cluster.top)
    image.start()
    cluster.configure("cluster")
    workers = ["w%d" % (i + 1) for i in range(count)]
    cluster.start("cp1", *workers)
    cluster.size(1, count)
    cluster.variables.update(with_pods=False, controller_manager_args=[{"name": "node-monitor-grace-period", "value": "20s"}])
    cluster.apply()
    cluster.check_nodes("cp1", *workers)
    cluster.say("%d nodes are ready" % (1 + count))
    site = Site(cluster)
    site.image = image
    archive = image.wait()
    site.import_image(archive)
    cluster.say("the image is imported")
    site.install(*options)
    cluster.say("the operator is available")
    site.start_git()
    site.make_team()
    site.follow()
    return site
