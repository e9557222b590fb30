"""The subjects of deaths and faults: each is a directory with existing objects, a command that changes them, and the
expected objects after the next run. All are local: the program, a shell, a disk.

A world is prepared once; every trial has its own copy. The result is the output of ls, not of loam."""
import base64, collections, hashlib, json, os, re, shutil
from kill import LOAM, Failed, build_shim, end_of, new_directory, read, run, skip, write

UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
APPLY = ("apply", "-auto-approve")
DESTROY = ("destroy", "-auto-approve")


class World:
    """before: rows of configuration and command, which create the initial objects. configuration, command: the interrupted
    run. finish: the commands of the next run; the first may have nothing left to do, and then may fail if may_be_done.
    keeps: no object may be replaced. sealed: with an encrypted state."""

    def __init__(self, name, configuration, command=APPLY, before=(), finish=None, parallelism=1, may_be_done=False, keeps=False,
                 sealed=False):
        self.name, self.configuration, self.command, self.before = name, configuration, command, before
        self.finish = finish or (command,)
        self.destroys = command[0] == "destroy"
        self.parallelism, self.may_be_done, self.keeps, self.sealed = parallelism, may_be_done, keeps, sealed


FILES = """
resource:
  terraform_data: {first: {input: a}, second: {input: "${local_file.two.filename}"}}
  local_file:
    one: {filename: "${path.module}/out/one", content: "one ${terraform_data.first.id}"}
    two: {filename: "${path.module}/out/two", content: "two ${local_file.one.filename}"}
    deep: {filename: "${path.module}/out/deep/er/three", content: "three", file_permission: "0600"}
output: {all: {value: "${local_file.two.content}"}}
"""

# Permission and content change in place or by replacement, as the provider decides; one is removed, one added.
CHANGED = """
resource:
  terraform_data: {first: {input: b}, second: {input: "${local_file.two.filename}"}}
  local_file:
    one: {filename: "${path.module}/out/one", content: "another one ${terraform_data.first.id}"}
    two: {filename: "${path.module}/out/moved/two", content: "two ${local_file.one.filename}"}
    four: {filename: "${path.module}/out/four", content: "four"}
output: {all: {value: "${local_file.two.content}"}}
"""

DATA = """
resource:
  terraform_data:
    first: {input: %s}
    second: {input: "${terraform_data.first.id}", triggers_replace: "${terraform_data.first.output}"}
    many: {count: %d, input: "${terraform_data.second.id}"}
"""

# The successor is created before the predecessor is deleted, which is deposed in between.
DEPOSED = """
resource:
  terraform_data:
    name: {input: %s}
  local_file:
    kept:
      filename: "${path.module}/out/%s"
      content: "${terraform_data.name.output}"
      lifecycle: {create_before_destroy: true}
    user: {filename: "${path.module}/out/user", content: "uses ${local_file.kept.filename}"}
"""

SCRIPTS = """
resource:
  local_file:
    made:
      filename: "${path.module}/out/%s"
      content: made
      provisioner:
        - local-exec: {command: "echo begun >>out/ran; touch out/from-%s"}
        - local-exec: {command: "rm -f out/from-%s", when: destroy}
    behind: {filename: "${path.module}/out/behind", content: "${local_file.made.filename}"}
"""

MANY = """
resource:
  local_file:
    many: {count: %d, filename: "${path.module}/out/${count.index}", content: "content ${count.index}"}
"""

MOVED = """
resource:
  terraform_data: {renamed: {input: a}}
  local_file:
    here: {for_each: [x, y], filename: "${path.module}/out/${each.key}", content: "${each.key}"}
"""

MOVED_TO = """
resource:
  terraform_data: {other: {input: a}, taken: {input: ~}}
  local_file:
    there: {for_each: [x, z], filename: "${path.module}/out/${each.key == "z" ? "y" : each.key}", content: "${each.key == "z" ? "y" : each.key}"}
    new: {filename: "${path.module}/out/new", content: new}
moved:
  - {from: terraform_data.renamed, to: terraform_data.other}
  - {from: "local_file.here", to: "local_file.there"}
  - {from: "local_file.there[\\"y\\"]", to: "local_file.there[\\"z\\"]"}
import: {to: terraform_data.taken, id: 11111111-2222-3333-4444-555555555555}
"""

REMOVED = """
resource:
  terraform_data: {renamed: {input: b}}
removed: {from: local_file.here, lifecycle: {destroy: false}}
"""

MODULE = """
module:
  a: {source: ./sub}
  b: {source: ./copied}
"""

KEY = r"""
      key_provider: {external: {%(name)s: {command: [printf, '{"magic":"OpenTofu-External-Key-Provider","version":1}\n%%s\n',
        '{"keys":{"encryption_key":"%(key)s","decryption_key":"%(key)s"},"meta":{"external_data":{}}}']}}}
      method: {aes_gcm: {%(name)s: {keys: "${key_provider.external.%(name)s}"}}, unencrypted: {plain: {}}}
"""
FIRST = {"name": "first", "key": base64.b64encode(b"1" * 32).decode()}


def encrypted(text, state="{method: method.aes_gcm.first}"):
    return "terraform:\n    encryption:" + KEY % FIRST + "      state: %s\n" % state + text


INTO = "{method: method.aes_gcm.first, fallback: {method: method.unencrypted.plain}}"
NOTHING = "output: {none: {value: none}}\n"


def in_sets(text):
    return text.replace("for_each: [x, y]", 'for_each: "${toset([\\"x\\", \\"y\\"])}"').replace("for_each: [x, z]", 'for_each: "${toset([\\"x\\", \\"z\\"])}"')


MOVED, MOVED_TO = in_sets(MOVED), in_sets(MOVED_TO).replace('== "z" ? "y"', '== \\"z\\" ? \\"y\\"')
MADE = ((FILES, APPLY),)

WORLDS = [
    World("create", FILES),
    World("create side by side", FILES, parallelism=10),
    World("change", CHANGED, before=MADE),
    World("destroy", FILES, DESTROY, before=MADE),
    World("destroy by absence", NOTHING, before=MADE),
    World("replace one", FILES, (*APPLY, "-replace=local_file.one"), before=MADE, finish=(APPLY,)),
    World("values", DATA % ("a", 3), before=()),
    World("values changed", DATA % ("b", 2), before=((DATA % ("a", 3), APPLY),)),
    World("create before destroy", DEPOSED % ("b", "b"), before=((DEPOSED % ("a", "a"), APPLY),)),
    World("scripts", SCRIPTS % ("a", "a", "a")),
    World("scripts at the end", SCRIPTS % ("a", "a", "a"), DESTROY, before=((SCRIPTS % ("a", "a", "a"), APPLY),)),
    World("scripts replaced", SCRIPTS % ("b", "b", "b"), before=((SCRIPTS % ("a", "a", "a"), APPLY),)),
    World("many side by side", MANY % 12, parallelism=10),
    World("many change side by side", MANY % 4, before=((MANY % 12, APPLY),), parallelism=10),
    World("moved and imported", MOVED_TO, before=((MOVED, APPLY),), keeps=True),
    World("removed", REMOVED, before=((MOVED, APPLY),)),
    World("refresh only", FILES, (*APPLY, "-refresh-only"), before=MADE, finish=((*APPLY, "-refresh-only"), APPLY)),
    World("state mv", MOVED.replace("renamed", "other"), ("state", "mv", "terraform_data.renamed", "terraform_data.other"),
          before=((MOVED, APPLY),), may_be_done=True, keeps=True),
    World("state rm", MOVED, ("state", "rm", "terraform_data.renamed"), before=((MOVED, APPLY),), may_be_done=True),
    World("taint", MOVED, ("taint", "terraform_data.renamed"), before=((MOVED, APPLY),)),
    World("untaint", MOVED, ("untaint", "terraform_data.renamed"), may_be_done=True, keeps=True,
          before=((MOVED, APPLY), (MOVED, ("taint", "terraform_data.renamed")))),
    World("import", NOTHING + "resource: {terraform_data: {taken: {input: ~}}}\n",
          ("import", "terraform_data.taken", "11111111-2222-3333-4444-555555555555"), may_be_done=True, keeps=True),
    World("state push", FILES, ("state", "push", "pushed"), before=(*MADE, (FILES, ("state", "pull", ">pushed"))), keeps=True),
    World("workspace new", FILES, ("workspace", "new", "blue"), before=MADE, finish=(("workspace", "select", "-or-create", "blue"), APPLY)),
    World("saved plan", FILES, ("apply", "kept"), before=((FILES, ("plan", "-out=kept")),), finish=(APPLY,)),
    World("create, encrypted", encrypted(FILES), sealed=True),
    World("change, encrypted", encrypted(CHANGED), before=((encrypted(FILES), APPLY),), sealed=True),
    World("into encryption", encrypted(CHANGED, INTO), before=MADE, sealed=True),
]


def without_end(text, old):
    """The text without the bytes that it has in common with the end of an old text of the same length."""
    if len(text) != len(old):
        return text
    return text[:max((at for at in range(len(text)) if text[at] != old[at]), default=-1) + 1]


class Trial:
    """A copy of a world in its own directory."""

    def __init__(self, bench, world, path):
        self.bench, self.world, self.path, self.more = bench, world, path, {}

    def state(self, ending=""):
        return os.path.join(self.path, "terraform.tfstate" + ending)

    def loam(self, *arguments, **shim):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("LOAM_", "TF_", "KILL_", "FAIL_"))}
        if shim:
            env.update(LD_PRELOAD=self.bench.shim, KILL_UNDER=self.path, **{name.upper(): str(shim[name]) for name in shim})
        env.update(self.more, TF_IN_AUTOMATION="1")
        if arguments[-1].startswith(">"):
            done = run(LOAM, *arguments[:-1], check=False, env=env, cwd=self.path)
            write(os.path.join(self.path, arguments[-1][1:]), done.stdout)
            return done
        if arguments[0] in ("apply", "destroy"):
            arguments = (arguments[0], "-parallelism=%d" % self.world.parallelism, *arguments[1:])
        return run(LOAM, *arguments, check=False, env=env, cwd=self.path)

    def succeed(self, *arguments, may_be_done=False, **shim):
        done = self.loam(*arguments, **shim)
        if done.returncode != 0 and not (may_be_done and done.returncode == 1):
            raise Failed("%s: status %d\n%s" % (" ".join(arguments), done.returncode, end_of(done.stdout)))
        return done.stdout

    def write_configuration(self, text):
        write(os.path.join(self.path, "main.loam.yaml"), text)

    def prepare(self):
        os.makedirs(self.path)
        for configuration, command in self.world.before:
            self.write_configuration(configuration)
            self.succeed(*command)
        self.write_configuration(self.world.configuration)

    def finish(self):
        """Runs the same command again, as a user does after a failed run: later, so names with times are others."""
        for number, command in enumerate(self.world.finish):
            self.succeed(*command, may_be_done=self.world.may_be_done and number == 0, kill_later=60)
        if not self.world.destroys:
            self.succeed(*APPLY)
            self.succeed("plan", "-detailed-exitcode")

    # -- the result -------------------------------------------------------------------------------------------

    def objects(self):
        """The objects in the states: address, status and, if no object may be replaced, the attributes."""
        if self.world.sealed:
            return sorted(self.objects_of(json.loads(self.succeed("state", "pull")), "terraform.tfstate"))
        found = []
        for directory, _, names in os.walk(self.path):
            for name in names:
                path = os.path.join(directory, name)
                if name == "terraform.tfstate" and os.path.getsize(path) and "resources" in json.loads(read(path)):
                    found += self.objects_of(json.loads(read(path)), os.path.relpath(path, self.path))
        return sorted(found)

    def check_sealed(self):
        """Checks that only text that was plain before is plain. A death between writing a shorter state over the old one and
        cutting the file off leaves the end of the old text."""
        origin = self.bench.origin(self.world)
        for name in [name for name in os.listdir(self.path) if self.world.sealed and "tfstate" in name]:
            text = read(os.path.join(self.path, name))
            old = read(os.path.join(origin, name)) if name in os.listdir(origin) else b""
            if b"local_file" in without_end(text, old):
                raise Failed("%s is in the clear" % name)

    def objects_of(self, state, where):
        for resource in state["resources"]:
            for instance in resource["instances"]:
                yield "%s: %s.%s[%s] %s%s" % (where, resource["type"], resource["name"], instance.get("index_key"),
                                              instance.get("status", ""), instance.get("deposed", ""))

    def identities(self):
        return sorted(set(UUID.findall(read(self.state()))) if os.path.exists(self.state()) else set())

    def look(self):
        """Every file with the digest of its content."""
        seen = self.objects()
        for directory, directories, names in os.walk(self.path):
            seen += [os.path.relpath(os.path.join(directory, name), self.path) + "/" for name in directories]
            for name in names:
                path = os.path.join(directory, name)
                if re.search(r"tfstate(\.\d+)?\.backup$", name):  # a state command that is repeated keeps one more
                    continue
                text = b"".join(sorted(set(read(path).splitlines()))) if name == "ran" else UUID.sub(b"UUID", read(path))
                what = "" if "tfstate" in name or name in ("kept", "pushed") else hashlib.sha256(text).hexdigest()[:12]
                seen.append("%s %s" % (os.path.relpath(path, self.path), what))
        return collections.Counter(seen)

    def check(self, expected):
        seen = self.look()
        if seen != expected:
            lines = ["  missing:   %s" % line for line in (expected - seen).elements()]
            raise Failed("\n".join(lines + ["  left over: %s" % line for line in (seen - expected).elements()]))
        if self.world.keeps and self.bench.kept[self.world.name] - set(self.identities()):
            raise Failed("an object is another one than before")

    def journal(self):
        """The journal records of the dead run: their kinds in order, and whether an operation has no end."""
        path, kinds, open_ones = self.state(".journal"), [], set()
        for line in read(path).splitlines() if os.path.exists(path) else []:
            try:
                record = json.loads(line.split(b" ", 1)[1])
            except (ValueError, IndexError):
                record = {"kind": "sealed" if self.world.sealed else "torn"}
            kinds.append(record["kind"])
            if record["kind"] == "intent":
                open_ones.add(record["sequence"])
            elif record["kind"] in ("outcome", "end") and not record.get("provisioners"):
                open_ones.discard(record["sequence"])
        return tuple(kinds), bool(open_ones)


class Bench:
    """The place of the trials."""

    def __init__(self):
        if shutil.which("gcc") is None:
            skip("gcc is not installed")
        self.top = new_directory()
        self.shim = os.path.join(self.top, "shim.so")
        self.expected, self.kept, self.calls, self.again, self.number = {}, {}, {}, {}, 0
        build_shim(self.shim)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        if not os.environ.get("KEEP"):
            shutil.rmtree(self.top, ignore_errors=True)

    def origin(self, world):
        return os.path.join(self.top, "origin " + world.name)

    def trial(self, world):
        self.number += 1
        path = os.path.join(self.top, "trial %d" % self.number)
        shutil.copytree(self.origin(world), path, symlinks=True)
        return Trial(self, world, path)

    def measure(self, world, **shim):
        """Runs undisturbed: returns the calls as [name, detail], and the files afterwards."""
        origin = Trial(self, world, self.origin(world))
        if not os.path.exists(origin.path):
            origin.prepare()
        trial = self.trial(world)
        before = set(trial.identities())
        log = trial.path + ".calls"
        done = trial.loam(*world.command, kill_log=log, **shim)
        if done.returncode != 0:
            raise Failed("%s: status %d\n%s" % (world.name, done.returncode, done.stdout))
        calls = [line.split(" ", 2)[1:] for line in read(log).decode().splitlines()]
        trial.finish()
        self.expected[world.name] = trial.look()
        self.kept[world.name] = before & set(trial.identities())
        shutil.rmtree(trial.path)
        return calls
