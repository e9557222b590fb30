"""The controller of the operator on an API server of `server`, and a namespace with Stacks whose pods a test ends.

  install(cluster), install_flux(cluster)      the definitions
  Operator(cluster, *options), .stop(), .text  `loam operator serve`
  team = Team(cluster)                         a namespace; .stack(name, **spec), .current(name), .finish(run, phase, result), .wait(…)
  collector = Collector()                      a collector of traces on loopback: .spans, .requests; .status is its answer
  Source(team, name).publish(text, revision)   an artifact of a GitRepository with the file net/main.tf"""
import functools, hashlib, http.server, io, json, os, subprocess, tarfile, tempfile, threading, time, urllib.parse

import yaml

import server

LOAM = os.environ.get("LOAM_DEV", os.path.join(server.TOP, "build/dev/loam"))
RELEASE = os.environ.get("LOAM", os.path.join(server.TOP, "build/release/loam"))
GROUP = "/apis/infra.loam.internal/v1alpha1"
COMMIT = "0123456789012345678901234567890123456789"
SPEC = {"source": {"git": {"url": "https://git.example/x", "commit": COMMIT}}}
WAIT = 180


def install(cluster):
    """The definitions that `loam operator install` prints, without policies: no other user works here."""
    text = subprocess.run([LOAM, "operator", "install"], capture_output=True, encoding="utf-8", check=True).stdout
    for one in yaml.load_all(text, yaml.CSafeLoader):
        if one and one["kind"] == "CustomResourceDefinition":
            cluster.apply(one)
    cluster.wait_for_definitions(*("%s.infra.loam.internal" % name for name in ("stacks", "runs", "approvals", "lanes")))


def install_flux(cluster):
    """The one definition of Flux that the test needs."""
    cluster.apply({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                   "metadata": {"name": "gitrepositories.source.toolkit.fluxcd.io"}, "spec": {
                       "group": "source.toolkit.fluxcd.io", "scope": "Namespaced",
                       "names": {"kind": "GitRepository", "plural": "gitrepositories", "singular": "gitrepository"},
                       "versions": [{"name": "v1", "served": True, "storage": True, "subresources": {"status": {}}, "schema": {
                           "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}})
    cluster.wait_for_definitions("gitrepositories.source.toolkit.fluxcd.io")


class Operator:
    """Its log goes to a file: a pipe that is read only at the end would stop it when it is full."""

    def __init__(self, cluster, *options, kubeconfig=None, log="warn", env=None, program=LOAM, image="loam:test"):
        env = {**os.environ, "KUBECONFIG": kubeconfig or cluster.kubeconfig("admin"), "LOAM_LOG": log, **(env or {})}
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, "operator", "serve", "-runner-image=" + image, *options], env=env, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=subprocess.STDOUT)

    @property
    def text(self):
        """The log so far."""
        return os.pread(self.log.fileno(), os.fstat(self.log.fileno()).st_size, 0).decode("utf-8", "replace")

    def wait(self):
        return self.process.wait(60)

    def stop(self, signal=15):
        self.process.send_signal(signal)
        return self.wait()


class Collector:
    def __init__(self):
        self.requests, self.status = [], 200

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
                self.requests.append((handler.path, handler.headers["Content-Type"], body))
                handler.send_response(self.status)
                handler.end_headers()
        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.web.server_port
        threading.Thread(target=self.web.serve_forever, daemon=True).start()

    @property
    def spans(self):
        """Of all requests, each with its service."""
        found = []
        for _, _, body in self.requests:
            for resource in json.loads(body)["resourceSpans"]:
                named = {each["key"]: each["value"].get("stringValue") for each in resource["resource"]["attributes"]}
                found += [{**span, "service": named["service.name"]} for scope in resource["scopeSpans"] for span in scope["spans"]]
        return found


class Team:
    """A namespace with Stacks."""

    def __init__(self, cluster, name="team"):
        self.cluster, self.name = cluster, name
        cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        cluster.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "loam-runner", "namespace": name}})

    def path(self, plural, name="", rest=""):
        group = {"pods": "/api/v1", "jobs": "/apis/batch/v1", "events": "/apis/events.k8s.io/v1"}.get(plural, GROUP)
        return "%s/namespaces/%s/%s%s%s" % (group, self.name, plural, "/" + name if name else "", rest)

    def get(self, plural, name=""):
        status, answer = self.cluster.request("GET", self.path(plural, name))
        return answer["items"] if status == 200 and not name else answer if status == 200 else None

    def patch(self, plural, name, body, rest=""):
        status, answer = self.cluster.request("PATCH", self.path(plural, name, rest), body, content_type="application/merge-patch+json")
        assert status == 200, answer
        return answer

    def stack(self, name, **spec):
        return self.cluster.apply({"apiVersion": "infra.loam.internal/v1alpha1", "kind": "Stack",
                                   "metadata": {"name": name, "namespace": self.name}, "spec": {**SPEC, **spec}})

    def ready_condition(self, name):
        stack = self.get("stacks", name) or {}
        return next((one for one in stack.get("status", {}).get("conditions", []) if one["type"] == "Ready"), {})

    def ready(self, name):
        """(status, reason) of the condition Ready."""
        condition = self.ready_condition(name)
        return condition.get("status"), condition.get("reason")

    def message(self, name):
        return self.ready_condition(name).get("message", "")

    def wait(self, what, check, seconds=WAIT):
        end = time.monotonic() + seconds
        while not (found := check()):
            assert time.monotonic() < end, "%s\n%s" % (what, self.describe()[:6000])
            time.sleep(0.1)
        return found

    def describe(self):
        return "\n".join(json.dumps({"name": each["metadata"]["name"], "status": each.get("status")})
                         for plural in ("stacks", "runs", "jobs", "pods") for each in self.get(plural) or [])

    def pod_of(self, run, phase):
        labels = "infra.loam.internal/run=%s,infra.loam.internal/phase=%s" % (run, phase)
        status, answer = self.cluster.request("GET", "%s?labelSelector=%s" % (self.path("pods"), urllib.parse.quote(labels)))
        for pod in answer["items"] if status == 200 else ():
            if "ownerReferences" in pod["metadata"] and "deletionTimestamp" not in pod["metadata"]:
                return pod
        return None

    def finish(self, run, phase, result=None, status=0, container=None):
        """What a kubelet reports of the pod of this phase."""
        pod = self.wait("a pod of %s %s" % (run, phase), lambda: self.pod_of(run, phase))
        self.end_pod(pod["metadata"]["name"], container or ("report" if phase == "plan" else "apply"), result, status)
        return pod

    def end_pod(self, pod, container, result=None, status=0):
        rows = "initContainerStatuses" if container == "plan" else "containerStatuses"
        ended = {"exitCode": status, "reason": "Error" if status else "Completed", "startedAt": "2026-01-01T00:00:00Z",
                 "finishedAt": "2026-01-01T00:00:01Z", "message": json.dumps(result) if result else ""}
        self.patch("pods", pod, {"status": {
            "phase": "Failed" if status else "Succeeded",
            rows: [{"name": container, "image": "x", "imageID": "x", "ready": False, "restartCount": 0, "state": {"terminated": ended}}]}},
            "/status")

    def current(self, name):
        return self.wait("a Run of " + name, lambda: (self.get("stacks", name) or {}).get("status", {}).get("currentRun"))


def digest_of(number):
    return "sha256:%064x" % number


def planned(number, applicable=True, code=None, **more):
    return {"v": 1, "plan": {"digest": digest_of(number), "code": digest_of(code or number), "applicable": applicable},
            "changes": {"add": 1 if applicable else 0}, "state": {"lineage": "l", "serial": 3}, **more}


def applied(serial=4):
    return {"v": 1, "changes": {"add": 1}, "state": {"lineage": "l", "serial": serial}, "outputs": digest_of(77), "outputNames": ["id"]}


def approve(team, stack, run, decision="Approve", digest=None):
    uid = team.get("runs", run)["metadata"]["uid"]
    team.cluster.apply({"apiVersion": "infra.loam.internal/v1alpha1", "kind": "Approval",
                        "metadata": {"name": "%s-%s" % (run, decision.lower()), "namespace": team.name},
                        "spec": {"stack": stack, "run": {"name": run, "uid": uid}, "planDigest": digest, "user": "ann", "decision": decision}})


class Source:
    """An artifact of a GitRepository, served on loopback."""

    def __init__(self, team, name):
        self.team, self.name, self.files = team, name, tempfile.TemporaryDirectory(prefix="loam-artifact-")
        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass
        self.handler = functools.partial(Handler, directory=self.files.name)
        self.start()
        team.cluster.apply({"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
                            "metadata": {"name": name, "namespace": team.name}, "spec": {"url": "https://git.example/x", "interval": "1h"}})

    def start(self, port=0):
        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", port), self.handler)
        threading.Thread(target=self.web.serve_forever, daemon=True).start()

    def stop(self):
        """Returns the port, which refuses connections now."""
        self.web.shutdown()
        self.web.server_close()
        return self.web.server_port

    def publish(self, text, revision, entries=()):
        """`text` is that of net/main.tf, or texts by their paths; `entries`: (tarfile.TarInfo, bytes). Returns the path of the archive."""
        texts = text if isinstance(text, dict) else {"net/main.tf": text}
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w:gz") as archive:
            for info, content in (*((tarfile.TarInfo(path), part.encode()) for path, part in texts.items()), *entries):
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        name = hashlib.sha256(data.getvalue()).hexdigest()
        path_of_file = os.path.join(self.files.name, name)
        with open(path_of_file, "wb") as file:
            file.write(data.getvalue())
        path = "/apis/source.toolkit.fluxcd.io/v1/namespaces/%s/gitrepositories/%s" % (self.team.name, self.name)
        generation = self.team.cluster.request("GET", path)[1]["metadata"]["generation"]
        status, answer = self.team.cluster.request("PATCH", path + "/status", {"status": {
            "observedGeneration": generation,
            "conditions": [{"type": "Ready", "status": "True", "reason": "Succeeded", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}],
            "artifact": {"url": "http://127.0.0.1:%d/%s" % (self.web.server_port, name), "digest": "sha256:" + name, "revision": revision,
                                                        "path": name, "lastUpdateTime": "2026-01-01T00:00:00Z"}}},
            content_type="application/merge-patch+json")
        assert status == 200, answer
        return path_of_file
