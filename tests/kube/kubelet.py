"""A kubelet for the pods of Runs: it runs their containers as processes of this machine, one after the other, and reports them to the API
server. Each container has namespaces of its own for mounts and processes, with the volumes of its pod at their places; its user is that of
the pod. Its image is this machine, with the build in /opt/loam.

  with Kubelet(cluster, program) as kubelet:   runs new pods until the end of the block
      kubelet.before = function                called with (pod, container name, process) after the start of each container; may raise Killed
      kubelet.port_of = function               the port of the API server for the containers of a pod
      kubelet.text                             the output of the containers"""
import base64, http.client, json, os, shutil, signal, subprocess, tempfile, threading, time

from followed import Followed


class Killed(Exception):
    """The pod dies."""


class Kubelet:
    def __init__(self, cluster, program, namespace):
        self.cluster, self.program, self.namespace = cluster, program, namespace
        self.before, self.text, self.seen, self.threads = None, "", set(), []
        self.ended = {}  # UID -> its report
        self.port_of = lambda pod: cluster.port
        self.pods = "/api/v1/namespaces/%s/pods" % namespace
        self.followed = Followed(cluster, self.pods, self.see)

    def __enter__(self):
        self.followed.start()
        return self

    def __exit__(self, *_):
        self.followed.stop()
        for thread in self.threads:
            thread.join()

    def ask(self, method, path, body=None, **more):
        """The API server may be away for a while."""
        while True:
            try:
                status, answer = self.cluster.request(method, path, body, **more)
                if status != 429 and status < 500:
                    return status, answer
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.5)

    def request(self, method, path, body=None, **more):
        status, answer = self.ask(method, path, body, **more)
        assert status in (200, 201), (method, path, status, answer)
        return answer

    def see(self, pod):
        uid = pod["metadata"]["uid"]
        if uid in self.ended and pod["status"].get("phase") == "Pending":  # its report was forgotten
            self.report(pod, *self.ended[uid])
        if uid in self.seen or pod["status"].get("phase") != "Pending" or "deletionTimestamp" in pod["metadata"]:
            return
        self.seen.add(uid)
        self.threads.append(threading.Thread(target=self.run, args=(pod,)))
        self.threads[-1].start()

    # Volumes.

    def data_of(self, kind, name, is_optional=False):
        path = "/api/v1/namespaces/%s/%s/%s" % (self.namespace, kind, name)
        if is_optional and self.cluster.request("GET", path)[0] == 404:
            return {}
        answer = self.request("GET", path)
        return {key: base64.b64decode(value) if kind == "secrets" else value.encode() for key, value in (answer.get("data") or {}).items()}

    def field(self, pod, path):
        if path.startswith("metadata.annotations"):
            return pod["metadata"]["annotations"][path.split("'")[1]]
        return {"metadata.uid": pod["metadata"]["uid"], "metadata.namespace": self.namespace}[path]

    def files_of(self, pod, source):
        """path -> bytes of one source of a volume."""
        if "downwardAPI" in source:
            return {item["path"]: self.field(pod, item["fieldRef"]["fieldPath"]).encode() for item in source["downwardAPI"]["items"]}
        if "serviceAccountToken" in source:
            answer = self.request("POST", "/api/v1/namespaces/%s/serviceaccounts/%s/token" % (self.namespace, pod["spec"]["serviceAccountName"]),
                                  {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}})
            return {source["serviceAccountToken"]["path"]: answer["status"]["token"].encode()}
        for kind, plural in (("secret", "secrets"), ("configMap", "configmaps")):
            if kind in source:
                is_optional = source[kind].get("optional", False)
                data = self.data_of(plural, source[kind].get("name") or source[kind]["secretName"], is_optional)
                items = source[kind].get("items")
                return {item["path"]: data[item["key"]] for item in items if item["key"] in data or not is_optional} if items else data
        return {}

    def make_volumes(self, pod, place):
        for volume in pod["spec"]["volumes"]:
            directory = os.path.join(place, volume["name"])
            os.makedirs(directory)
            if "emptyDir" in volume:
                os.chmod(directory, 0o777)
            for source in volume.get("projected", {}).get("sources") or [volume]:
                for path, data in self.files_of(pod, source).items():
                    with open(os.path.join(directory, path), "wb") as file:
                        file.write(data)

    # Containers.

    def environment(self, pod, container):
        env = {"PATH": os.environ["PATH"], "KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(self.port_of(pod))}
        for row in container.get("envFrom", []):
            env.update({key: value.decode() for key, value in self.data_of("secrets", row["secretRef"]["name"]).items()})
        for row in container.get("env", []):
            value = row.get("value", "")
            if "valueFrom" in row:
                value = self.field(pod, row["valueFrom"]["fieldRef"]["fieldPath"])
            for name in list(env):
                value = value.replace("$(%s)" % name, env[name])
            env[row["name"]] = value
        return env

    def start(self, pod, container, place):
        """The process of a container, with the volumes at their places."""
        message = os.path.join(place, "message-" + container["name"])
        open(message, "wb").close()
        os.chmod(message, 0o666)
        root = os.path.join(place, "root-" + container["name"])
        os.makedirs(root)
        script = [  # this machine, but files are written to memory
            "mount -t tmpfs none %s" % root, "cd %s" % root, "mkdir upper work root",
            "mount -t overlay overlay -o lowerdir=/,upperdir=$PWD/upper,workdir=$PWD/work root", "cd root", "mount -t proc proc proc",
            "mount -t tmpfs none run", "mount -t tmpfs none dev", "mount -t tmpfs none tmp", "mkdir -p var opt/loam", "ln -s /proc/self/fd dev/fd",
            "mount --bind %s opt/loam" % os.path.dirname(self.program),
            "for d in null zero random urandom; do touch dev/$d; mount --bind /dev/$d dev/$d; done",
            "touch dev/termination-log", "mount --bind %s dev/termination-log" % message]
        for mount in container["volumeMounts"]:
            path = mount["mountPath"].replace("/var/run/", "/run/").lstrip("/")
            script += ["mkdir -p %s" % path, "mount --bind %s %s" % (os.path.join(place, mount["name"]), path)]
            if mount.get("readOnly"):
                script.append("mount -o remount,bind,ro %s" % path)
        user = pod["spec"]["securityContext"]["runAsUser"]
        script.append('exec setpriv --no-new-privs chroot --userspec=%d:%d --groups= . "$@"' % (user, user))
        words = ["unshare", "-m", "-p", "-f", "--kill-child", "sh", "-ec", "\n".join(script), "sh",
                 os.path.join("/opt/loam", os.path.basename(self.program)), *container["args"]]
        return message, subprocess.Popen(words, env=self.environment(pod, container), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT, start_new_session=True, encoding="utf-8", errors="replace")

    def report(self, pod, phase, statuses, inits):
        name = pod["metadata"]["name"]
        rows = {kind: [{"name": each, "image": "x", "imageID": "x", "ready": False, "restartCount": 0,
                        "state": {"terminated": {"exitCode": status, "reason": "Error" if status else "Completed", "message": message,
                                                 "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:01Z"}}}
                       for each, (status, message) in statuses.items() if (each in inits) == (kind == "initContainerStatuses")]
                for kind in ("initContainerStatuses", "containerStatuses")}
        self.ended[pod["metadata"]["uid"]] = phase, statuses, inits
        self.ask("PATCH", "%s/%s/status" % (self.pods, name), {"metadata": {"uid": pod["metadata"]["uid"]}, "status": {"phase": phase, **rows}},
                             content_type="application/merge-patch+json")

    def run(self, pod):
        inits = [each["name"] for each in pod["spec"]["initContainers"]]
        place, statuses = tempfile.mkdtemp(prefix="loam-pod-"), {}
        try:
            self.make_volumes(pod, place)
            for container in pod["spec"]["initContainers"] + pod["spec"]["containers"]:
                message, process = self.start(pod, container, place)
                try:
                    if self.before:
                        self.before(pod, container["name"], process)
                    text, _ = process.communicate(timeout=300)
                except Killed:
                    os.killpg(process.pid, signal.SIGKILL)
                    text, _ = process.communicate()
                self.text += "== %s %s\n%s" % (pod["metadata"]["name"], container["name"], text)
                status = process.returncode if process.returncode >= 0 else 128 - process.returncode
                with open(message, encoding="utf-8", errors="replace") as file:
                    statuses[container["name"]] = status, file.read()
                if status:
                    break
            self.report(pod, "Failed" if status else "Succeeded", statuses, inits)
        finally:
            shutil.rmtree(place, ignore_errors=True)
