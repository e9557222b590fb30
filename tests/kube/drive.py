"""The program kube_drive as a Python object: one client of core/kube, one request a call.

  with Drive(cluster, user="limited", rate=5) as drive:
      drive("get", "v1", "ConfigMap", "name", namespace="default")   dict: outcome, code, object, diags …
      drive.start("watch", …); drive.wait_for("listed"); drive.finish()   while the test changes objects

`cluster` is a cluster of server.py, or the URL of a server without TLS. `env` is the whole environment of the program, `prefix` a
command that runs it."""
import json, os, subprocess, threading

import server

PROGRAM = server.built("kube_drive")


class Drive:
    def __init__(self, cluster, user="root", env=None, prefix=(), **options):
        first = {"server": cluster} if isinstance(cluster, str) else {} if "kubeconfig" in options else {
            "server": cluster.url, "ca": open(cluster.ca_path, encoding="utf-8").read(), "token": cluster.token(user)}
        self.process = subprocess.Popen([*prefix, PROGRAM], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.progress, self.changed = [], threading.Condition()
        threading.Thread(target=self.read_progress, daemon=True).start()
        self.send({**first, **options})

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.process.stdin.close()
        status = self.process.wait(60)
        assert args[0] or status == 0, "kube_drive: status %d\n%s" % (status, "\n".join(self.progress))

    def read_progress(self):
        for line in self.process.stderr:
            with self.changed:
                self.progress.append(line.strip())
                self.changed.notify_all()

    def wait_for(self, line, count=1):
        """Waits until the watch has reported this line `count` times."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.progress.count(line) >= count, 60):
                raise RuntimeError("no \"%s\" in: %s" % (line, self.progress))

    def send(self, what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def start(self, do, version="", kind="", name="", **more):
        self.progress.clear()
        self.send({"do": do, "apiVersion": version, "kind": kind, "name": name, **more})

    def finish(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait(60)
            raise RuntimeError("kube_drive ended: " + "\n".join(self.progress))
        return json.loads(line)

    def __call__(self, *args, **more):
        self.start(*args, **more)
        return self.finish()

    def apply(self, one, manager="loam", **more):
        return self("apply", one["apiVersion"], one["kind"], one["metadata"]["name"],
                    namespace=one["metadata"].get("namespace", ""), body=one, manager=manager, **more)
