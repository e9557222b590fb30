"""The controllers of Flux for one cluster of server.py, on the loopback interface.

  with flux_runtime.start(cluster) as flux:    with --all, the real source-controller and kustomize-controller if they are built
      flux.is_real
  with flux_runtime.start(cluster, programs=(Program("source-controller"), …)) as flux:    these

Otherwise a stand-in follows the GitRepository and the Kustomization flux-system: it fetches the branch with the
Secret's key or password by git, and writes the statuses that the real ones write, in their two steps. It applies nothing.
In both cases, the Deployments get the status of running ones, because no node runs their pods."""
import base64, collections, contextlib, os, shutil, socket, subprocess, sys, tempfile, threading, time

import server

# `space`: the only namespace whose objects it reconciles; None: all. `environment`: further variables, as a dict.
Program = collections.namedtuple("Program", "name space arguments environment", defaults=(None, (), None))
CONTROLLERS = (Program("source-controller"), Program("kustomize-controller", None, ("--requeue-dependency=2s",)))
COMMAND = "tests/programs/build flux"
NOTIFIER = "notification-controller"
SOURCES = "/apis/source.toolkit.fluxcd.io/v1/namespaces/%s/gitrepositories/%s"
SYNCS = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/%s/kustomizations/%s"


class Controllers:
    def __init__(self, cluster, namespace, programs):
        if programs is None:
            programs = CONTROLLERS if "--all" in sys.argv and all(server.find_program(one.name) for one in CONTROLLERS) else ()
        self.cluster, self.namespace, self.programs, self.is_real = cluster, namespace, programs, bool(programs)
        self.directory = tempfile.mkdtemp(prefix="loam-flux-")
        self.end, self.is_paused, self.processes = threading.Event(), False, []
        self.fetched = {}
        # Of the notification-controller: where the other controllers send their events, and where webhooks arrive.
        notifies = any(one.name == NOTIFIER for one in programs)
        self.events, self.webhooks = ["127.0.0.1:%d" % server.free_port() if notifies else "" for _ in range(2)]

    # Real programs.

    def start_program(self, program):
        space, args = program.space or self.namespace, list(program.arguments)
        env = {**os.environ, "KUBECONFIG": self.cluster.kubeconfig("admin"), "RUNTIME_NAMESPACE": space, "POD_NAMESPACE": space,
               "HOME": self.directory, "TMPDIR": self.directory, **(program.environment or {})}
        if program.space:
            args.append("--watch-all-namespaces=false")
        if program.name == "source-controller":
            storage = "127.0.0.1:%d" % server.free_port()
            args += ["--storage-path=" + self.directory, "--storage-addr=" + storage, "--storage-adv-addr=" + storage]
        if program.name == NOTIFIER:
            args += ["--receiverAddr=" + self.webhooks, "--events-addr=" + self.events]
        else:
            args.append("--events-addr=" + (self.events and "http://%s/" % self.events))
        with open(os.path.join(self.directory, program.name + ".log"), "ab") as log:
            process = subprocess.Popen([server.find_program(program.name), "--metrics-addr=127.0.0.1:%d" % server.free_port(),
                                        "--health-addr=127.0.0.1:%d" % server.free_port(), "--enable-leader-election=false", *args],
                                       env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, preexec_fn=server.die_with_parent)
        self.processes.append(process)

    def start_real(self):
        """The programs end without the definitions of their kinds, so they start when these exist."""
        while not self.end.wait(0.2):
            if all(self.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + name) for name in
                   ("gitrepositories.source.toolkit.fluxcd.io", "ocirepositories.source.toolkit.fluxcd.io", "externalartifacts.source.toolkit.fluxcd.io",
                    "helmcharts.source.toolkit.fluxcd.io", "buckets.source.toolkit.fluxcd.io", "helmrepositories.source.toolkit.fluxcd.io",
                    "kustomizations.kustomize.toolkit.fluxcd.io", "receivers.notification.toolkit.fluxcd.io")):
                break
        if self.end.is_set():
            return
        time.sleep(1)
        for program in self.programs:
            self.start_program(program)
        self.end.wait()  # a program ends with the thread that started it

    # The stand-in.

    def get(self, path):
        with contextlib.suppress(OSError):
            status, body = self.cluster.request("GET", path)
            return body if status == 200 else None

    def patch_status(self, path, status):
        self.cluster.request("PATCH", path + "/status", {"status": status}, content_type="application/merge-patch+json")

    def read_secret(self, name):
        secret = self.get("/api/v1/namespaces/%s/secrets/%s" % (self.namespace, name))
        return {key: base64.b64decode(value) for key, value in secret["data"].items()} if secret else None

    def fetch(self, source):
        """The commit of the branch, read with the credentials that the cluster has."""
        secret = self.read_secret(source["spec"]["secretRef"]["name"])
        if secret is None:
            raise RuntimeError("secret not found")
        directory = tempfile.mkdtemp(dir=self.directory)
        env = {"PATH": os.environ["PATH"], "HOME": directory, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}
        for name, text in secret.items():
            with open(os.path.join(directory, name), "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(text)
        words = ["git"]
        if "password" in secret:
            pair = base64.b64encode(secret["username"] + b":" + secret["password"]).decode()
            words += ["-c", "http.extraHeader=Authorization: Basic " + pair, "-c", "http.sslCAInfo=" + os.path.join(directory, "ca.crt")]
        env["GIT_SSH_COMMAND"] = "ssh -F /dev/null -i %s/identity -o IdentitiesOnly=yes -o UserKnownHostsFile=%s/known_hosts" % (directory, directory)
        done = subprocess.run([*words, "ls-remote", source["spec"]["url"], "refs/heads/" + source["spec"]["ref"]["branch"]], env=env, capture_output=True,
                              encoding="utf-8", check=False, timeout=60)
        shutil.rmtree(directory)
        if done.returncode or not done.stdout:
            raise RuntimeError(done.stderr.strip() or "no branch")
        return done.stdout.split()[0]

    def conditions(self, generation, ready, reason, message):
        return [{"type": "Ready", "status": ready, "reason": reason, "message": message, "observedGeneration": generation,
                 "lastTransitionTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}]

    def requested(self, one):
        return one["metadata"].get("annotations", {}).get("reconcile.fluxcd.io/requestedAt")

    def reconcile_source(self):
        path = SOURCES % (self.namespace, self.namespace)
        source = self.get(path)
        if not source or source["spec"].get("suspend"):
            return None
        generation = source["metadata"]["generation"]
        try:
            revision = "%s@sha1:%s" % (source["spec"]["ref"]["branch"], self.fetch(source))
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            self.patch_status(path, {"conditions": self.conditions(generation, "False", "GitOperationFailed", str(error)[:200])})
            return None
        status = source.get("status", {})
        ready = [one["status"] for one in status.get("conditions", ()) if one["type"] == "Ready"]
        handled = self.requested(source)
        found = (status.get("artifact", {}).get("revision"), status.get("observedGeneration"), status.get("lastHandledReconcileAt"), ready)
        if found != (revision, generation, handled, ["True"]):
            conditions = self.conditions(generation, "True", "Succeeded", "stored artifact for revision '%s'" % revision)
            self.patch_status(path, {"conditions": conditions})
            artifact = {"revision": revision, "digest": "sha256:" + "0" * 64, "path": "x", "url": "http://127.0.0.1/x",
                        "lastUpdateTime": conditions[0]["lastTransitionTime"], "size": 1}
            self.patch_status(path, {"artifact": artifact, "observedGeneration": generation, "lastHandledReconcileAt": handled})
        return revision

    def reconcile_sync(self, revision):
        path = SYNCS % (self.namespace, self.namespace)
        sync = self.get(path)
        if not sync or sync["spec"].get("suspend") or not revision:
            return
        generation, status = sync["metadata"]["generation"], sync.get("status", {})
        handled = self.requested(sync)
        found = status.get("lastAppliedRevision"), status.get("observedGeneration"), status.get("lastHandledReconcileAt")
        if found != (revision, generation, handled):
            self.patch_status(path, {"conditions": self.conditions(generation, "True", "ReconciliationSucceeded", "Applied revision: " + revision)})
            self.patch_status(path, {"observedGeneration": generation, "lastAppliedRevision": revision, "lastAttemptedRevision": revision,
                                     "lastHandledReconcileAt": handled})

    def run_deployments(self):
        path = "/apis/apps/v1/namespaces/%s/deployments" % self.namespace
        for one in (self.get(path) or {}).get("items", ()):
            generation = one["metadata"]["generation"]
            if one.get("status", {}).get("observedGeneration") != generation or one["status"].get("availableReplicas") != 1:
                now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                self.patch_status("%s/%s" % (path, one["metadata"]["name"]), {
                    "observedGeneration": generation, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1,
                    "unavailableReplicas": None, "conditions": [
                        {"type": kind, "status": "True", "reason": reason, "message": "", "lastTransitionTime": now, "lastUpdateTime": now}
                        for kind, reason in (("Available", "MinimumReplicasAvailable"), ("Progressing", "NewReplicaSetAvailable"))]})

    def follow(self):
        while not self.end.wait(0.2):
            with contextlib.suppress(OSError, ValueError, KeyError):
                self.run_deployments()
                if not self.is_real and not self.is_paused:
                    self.reconcile_sync(self.reconcile_source())

    def stop(self):
        self.end.set()
        for thread in self.threads:
            thread.join()
        for process in self.processes:
            process.kill()
            process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


@contextlib.contextmanager
def start(cluster, namespace="flux-system", programs=None):
    flux = Controllers(cluster, namespace, programs)
    flux.threads = [threading.Thread(target=target, daemon=True) for target in [flux.follow] + [flux.start_real] * flux.is_real]
    try:
        for thread in flux.threads:
            thread.start()
        yield flux
    finally:
        flux.stop()
