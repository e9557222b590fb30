"""A configuration of the provider kubernetes in a directory of its own, and loam's runs in it.

  with Project(cluster, user="limited") as project:
      project.write(a=manifest, b={"manifest": …, "adopt_existing": True})   resources kubernetes_manifest.a and .b
      project.apply()                     standard output; `fails=True`, `says`, `hides` are checks of all output
      project.plan()                      {"kubernetes_manifest.a": Change}, without no-ops
      project.object("a")                 the attribute `object` in the state

The sanitizers take ten times the time. With them run: the first apply of each project, the first run of each other command in a test, and
a seventh of all other runs, which rotation.py chooses; all of them if LOAM_EVERY is set. The others are of the release.

`Manifests` has one resource kubernetes_manifests instead: set(objects), parts(), objects()."""
import json, os, re, subprocess, tempfile

import yaml

import rotation, server

LOAM = os.environ.get("LOAM_DEV") or os.path.join(server.TOP, "build/dev/loam")
RELEASE = os.environ.get("LOAM") or os.path.join(server.TOP, "build/release/loam")
ENV = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "LOAM_", "KUBE"))}
IS_EVERY = "LOAM_EVERY" in os.environ or not os.path.exists(RELEASE)
DECORATION = re.compile(r"\x1b\[[0-9;]*m|[│╷╵]")


class Change:
    """The planned change of an instance."""
    def __init__(self, row):
        change = row["change"]
        self.actions = "/".join(change["actions"])
        self.before, self.after, self.unknown = change["before"], change["after"], change.get("after_unknown") or {}
        self.sensitive = change.get("after_sensitive")
        self.notes = [note["text"] for note in row.get("notes", change.get("notes", []))]
        self.row = row


class Project:
    commands = set()  # of this test, so far

    def __init__(self, cluster, user="root", provider=None):
        self.cluster, self.program = cluster, LOAM
        self.provider = {"config_path": cluster.kubeconfig(user)} if provider is None else provider
        self.temporary = tempfile.TemporaryDirectory(prefix="loam-project-")
        self.path = self.temporary.name
        self.env = {**ENV, "HOME": self.path}
        self.prefix = []  # a command that runs loam
        self.count, self.has_applied = 0, False
        self.output = ""

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.temporary.cleanup()

    def put(self, name, text):
        with open(os.path.join(self.path, name), "w", encoding="utf-8") as file:
            file.write(text if isinstance(text, str) else json.dumps(text, indent=2))

    def write(self, more=None, **resources):
        rows = {name: row if "manifest" in row else {"manifest": row} for name, row in resources.items()}
        blocks = {"provider": {"kubernetes": self.provider}, **(more or {})}
        if rows:
            blocks["resource"] = {**blocks.get("resource", {}), "kubernetes_manifest": rows}
        self.put("main.tf.json", blocks)

    def choose_program(self, command):
        """The program of the next run."""
        is_first = command not in self.commands or (command == "apply" and not self.has_applied)
        self.commands.add(command)
        self.has_applied |= command == "apply"
        self.count += 1
        return self.program if self.program != LOAM or is_first or IS_EVERY or rotation.is_in(self.count) else RELEASE

    def run(self, *words, fails=False, says=(), hides=()):
        done = subprocess.run([*self.prefix, self.choose_program(words[0]), *words], cwd=self.path, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, timeout=300,
                              encoding="utf-8", errors="replace")
        self.output = DECORATION.sub("", done.stdout + done.stderr)
        flat = " ".join(self.output.split())
        if (done.returncode != 0) != fails:
            raise AssertionError("%s: exit status %d\n%s" % (" ".join(words), done.returncode, self.output))
        for wanted in (says,) if isinstance(says, str) else says:
            if wanted not in flat:
                raise AssertionError("%s does not say %r:\n%s" % (" ".join(words), wanted, self.output))
        for unwanted in (hides,) if isinstance(hides, str) else hides:
            if unwanted in flat:
                raise AssertionError("%s says %r:\n%s" % (" ".join(words), unwanted, self.output))
        return done.stdout

    def start(self, *words):
        return subprocess.Popen([*self.prefix, self.program, *words], cwd=self.path, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def apply(self, *words, **more):
        return self.run("apply", "-auto-approve", *words, **more)

    def destroy(self, *words, **more):
        return self.run("destroy", "-auto-approve", *words, **more)

    def plan(self, *words, **more):
        self.run("plan", "-out=plan", *words, **more)
        shown = json.loads(self.run("show", "-json", "plan"))
        return {row["address"]: Change(row) for row in shown.get("resource_changes", []) if row["change"]["actions"] != ["no-op"]}

    def state(self):
        with open(os.path.join(self.path, "terraform.tfstate"), encoding="utf-8") as file:
            return json.load(file)

    def attributes(self, name, kind="kubernetes_manifest"):
        for resource in self.state()["resources"]:
            if resource["type"] == kind and resource["name"] == name:
                return resource["instances"][0]["attributes"]
        return None

    def object(self, name):
        return self.attributes(name)["object"]["value"]


class Manifests(Project):
    """A project with the one resource kubernetes_manifests.all."""
    ADDRESS = "kubernetes_manifests.all"

    def set(self, objects=None, **arguments):
        if objects is not None:
            arguments["content"] = objects if isinstance(objects, str) else yaml.safe_dump_all(objects)
        self.write({"resource": {"kubernetes_manifests": {"all": {"wait_for_ready": False, **arguments}}}})

    def parts(self, **more):
        """{key: action} of the plan; None if nothing changes."""
        change = self.plan(**more).get(self.ADDRESS)
        self.planned = change
        return change and {part["key"]: "/".join(part["change"]["actions"]) for part in change.row.get("parts", [])}

    def objects(self):
        attributes = self.attributes("all", "kubernetes_manifests")
        return attributes and attributes["objects"]["value"]
