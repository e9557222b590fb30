"""One configuration, run by loam and by Terraform 1.11.4 with the same unmodified providers, over the same objects.

  pair.need("random", "loam/loamtest")    ends the test with status 77 if one of these providers, or terraform, is missing
  pair.Pair(title, configuration).live()  each program in turn plans, applies and finds nothing to change; the other one then
                                          finds nothing to change in that state, and destroys it
  pair.Pair(title, configuration).fails() each program in turn applies and fails, and destroys what there is
  pair.Pair(title, configuration).interrupted(is_time)
                                          each program in turn is interrupted during an apply; the other one destroys what there is
  pair.Pair(title, configuration).checked()
                                          validation and schemas alone
  pair.Pair(title, configuration, varying=("uid",))
                                          the server chooses the values of attributes with these names

Compared are the plans as JSON and the resources of the states, without versions and times, and the errors of a failed apply.
Each command is measured: elapsed time, the peak memory of the
program and of the largest process of a provider, and the number of these processes. A run prints the measures as rows of
docs/coverage.md. It fails if loam needs more memory than Terraform, or asks a provider too often for its schemas."""
import collections, glob, json, os, pathlib, re, shutil, signal, subprocess, sys, threading, time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / name) for name in ("command", "scenario")]
import foreign
from directory import Directory, RELEASE, check, equal

SKIPPED = 77
TERRAFORM = shutil.which("terraform")
SCHEMA = re.compile(r"provider method provider=(\S+) method=GetProviderSchema\b")
CONFIGURED = re.compile(r"provider method provider=(\S+) method=ConfigureProvider\b")
SPARING = ("loam/loamtest", "vault")  # providers whose other processes need no call for schemas
INTERVAL = 0.02  # between looks at the processes, in seconds
# What differs between two runs of the same program, names its version, or is in loam's plans alone.
NEWER = ("action_schemas", "list_resource_schemas", "resource_identity_schemas")  # sections that Terraform 1.11 does not print
VERSIONS = ("format_version", "terraform_version", "timestamp", "code", "code_files")


def is_built(kind):
    name = kind if "/" in kind else "hashicorp/" + kind
    return bool(glob.glob(os.path.join(foreign.MIRROR, "registry.terraform.io", name, "*", "*", "*")))


def need(*kinds, group="providers"):
    missing = [kind for kind in kinds if not is_built(kind)]
    if missing or not TERRAFORM:
        print("missing: %s; \"tests/programs/build %s\" builds providers"
              % (", ".join(["provider " + kind for kind in missing] or ["terraform"]), group))
        sys.exit(SKIPPED)


class Measure:
    """The processes of a command, looked at while it runs. Sizes are in MB."""
    def __init__(self, top):
        self.top, self.own, self.largest, self.providers = top, 0, 0, set()

    def look(self):
        self.own = max(self.own, peak_of(self.top))
        for process in children_of(self.top):
            name, size = name_of(process), peak_of(process)
            if name.startswith("terraform-provi"):
                self.providers.add(process)
                self.largest = max(self.largest, size)


def text_of(process, name):
    try:
        return pathlib.Path("/proc", str(process), name).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def peak_of(process):
    found = re.search(r"^VmHWM:\s+(\d+) kB", text_of(process, "status"), re.M)
    return int(found.group(1)) / 1024 if found else 0


def name_of(process):
    return text_of(process, "comm").strip()


def children_of(process):
    """Of each thread: a child belongs to the thread that started it."""
    threads = glob.glob("/proc/%d/task/*" % process)
    found = [int(word) for thread in threads for word in text_of(process, "task/%s/children" % os.path.basename(thread)).split()]
    return found + [each for one in found for each in children_of(one)]


class Side(Directory):
    """A directory in which one of the programs runs."""
    def __init__(self, name, program, files, env):
        super().__init__(files)
        self.name, self.program, self.measures = name, program, {}
        self.env.update(foreign.environment(), CHECKPOINT_DISABLE="1", TF_IN_AUTOMATION="1", **env)

    def measured(self, label, *words, status=0):
        """Runs a command; returns its standard output."""
        process = subprocess.Popen([self.program, *words], cwd=self.path, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
        measure, began = Measure(process.pid), time.monotonic()
        ended = threading.Event()

        def watch():
            while not ended.wait(INTERVAL):
                measure.look()
        watcher = threading.Thread(target=watch)
        watcher.start()
        out, error = process.communicate()
        measure.seconds = time.monotonic() - began
        ended.set()
        watcher.join()
        check(process.returncode == status, "%s: %s: status %d instead of %d\n%s%s" % (self.name, " ".join(words), process.returncode, status, out, error))
        self.measures[label] = measure
        return out

    def count_schemas(self):
        """Each provider is asked for its schemas once; one that says that its processes need no such call is not asked again for other
        configurations."""
        done = self.call("plan", "-input=false", env={"LOAM_LOG": "trace"})
        equal(done.returncode, 0, done.stdout + done.stderr[-2000:])
        asked, configured = (collections.Counter(pattern.findall(done.stderr)) for pattern in (SCHEMA, CONFIGURED))
        check(asked and configured, "the log has no calls of providers")
        for provider, count in asked.items():
            wanted = 1 if provider in SPARING else max(configured[provider], 1)
            equal(count, wanted, "calls of %s for its schemas, with %d configurations" % (provider, configured[provider]))

    def no_change(self, label="plan again"):
        self.measured(label, "plan", "-input=false", "-detailed-exitcode")


def strip(plan):
    """The order of the relevant attributes differs between runs of Terraform."""
    plan["relevant_attributes"] = sorted(plan.get("relevant_attributes", []), key=json.dumps)
    return without_replaced_marks({key: value for key, value in plan.items() if key not in VERSIONS})


def without_replaced_marks(plan):
    """Terraform 1.11 does not mark the secrets of objects that it plans to replace in `planned_values`; loam does."""
    replaced = {change["address"] for change in plan["resource_changes"] if len(change["change"]["actions"]) > 1}
    for resource in plan["planned_values"]["root_module"].get("resources", ()):
        if resource["address"] in replaced:
            del resource["sensitive_values"]
    return plan


def resources_of(state):
    """The resources of a state, by address. The programs order dependencies, and paths of secrets, in their own ways. After an apply,
    Terraform stores null for a list of blocks if an older provider returns that; loam stores the empty list, as both do later."""
    found = {}
    for resource in state["resources"]:
        for instance in resource["instances"]:
            for name in ("dependencies", "sensitive_attributes"):
                instance[name] = sorted(instance.get(name, []), key=json.dumps)
            instance["attributes"] = without_empty_lists(instance["attributes"])
        found[".".join(filter(None, (resource.get("module"), resource["mode"], resource["type"], resource["name"])))] = resource
    return found


def without_empty_lists(value):
    if isinstance(value, dict):
        return {key: without_empty_lists(member) for key, member in value.items()}
    return [without_empty_lists(each) for each in value] or None if isinstance(value, list) else value


def without(value, names, is_named=False):
    """The value, in which members with these names, and the elements of such lists, are empty."""
    if isinstance(value, dict):
        return {key: without(member, names, key in names) for key, member in value.items()}
    if isinstance(value, list):
        return [without(each, names, is_named) for each in value]
    return None if is_named else value


def without_own_drift(plan):
    """Without objects of which only such members have changed: whether they have, depends on the time."""
    drift = [one for one in plan.get("resource_drift", ()) if one["change"]["before"] != one["change"]["after"]]
    return {**{key: value for key, value in plan.items() if key != "resource_drift"}, **({"resource_drift": drift} if drift else {})}


def errors_of(events):
    """The diagnostics of a command with -json."""
    found = [json.loads(line) for line in events.splitlines() if line.startswith("{")]
    found = [event["diagnostic"] for event in found if event["type"] == "diagnostic"]
    return sorted(([one.get(name) for name in ("severity", "summary", "detail", "address")] for one in found), key=json.dumps)


def difference(path, one, two):
    """Lines about each place where two documents differ."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in sorted(set(one) | set(two)):
            yield from difference("%s.%s" % (path, key), one.get(key, "(absent)"), two.get(key, "(absent)"))
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for i, pair in enumerate(zip(one, two)):
            yield from difference("%s[%d]" % (path, i), *pair)
    elif one != two or type(one) is not type(two):
        yield "%s: %.300r and %.300r" % (path, one, two)


def same(what, one, two):
    found = list(difference("", one, two))
    check(not found, "%s: loam and Terraform differ in %d places:\n%s" % (what, len(found), "\n".join(found[:40])))


class Pair:
    def __init__(self, title, files, env=None, varying=()):
        self.title, self.varying = title, varying
        files = {"main.tf": files} if isinstance(files, str) else files
        self.loam, self.terraform = (Side(name, program, files, env or {}) for name, program in (("loam", RELEASE), ("terraform", TERRAFORM)))
        self.sides = self.loam, self.terraform

    def put(self, name, text):
        for side in self.sides:
            side.put(name, text)

    def checked(self):
        for side in self.sides:
            side.measured("init", "init", "-input=false")
            side.measured("validate", "validate")
        schemas = [json.loads(side.measured("schemas", "providers", "schema", "-json"))["provider_schemas"] for side in self.sides]
        for sections in schemas[0].values():
            for name in NEWER:
                sections.pop(name, None)
        same("providers schema", *schemas)
        self.bars()

    def plan(self, side, label="plan"):
        side.measured(label, "plan", "-input=false", "-out=p")
        plan = without(strip(json.loads(side.measured("show", "show", "-json", "p"))), self.varying)
        return without_own_drift(plan) if self.varying else plan

    def live(self, change=None, applied=None):
        """Each side creates the objects, and the other one removes them. `change` is a second configuration, of which the plans over
        the existing objects are compared too. applied(side, number) is called after each apply of a configuration."""
        applied = applied or (lambda side, number: None)
        plans, updates, states = [], [], []
        for side in self.sides:
            side.measured("init", "init", "-input=false")
            side.measured("validate", "validate")
        for side, other in (self.sides, self.sides[::-1]):
            before = {name: side.read(name) for name in change or ()}
            plans.append(self.plan(side))
            if side is self.loam:
                side.count_schemas()
            side.measured("apply", "apply", "-input=false", "p")
            states.append(without(resources_of(side.state()), self.varying))
            applied(side, 1)
            side.no_change()
            if change:
                self.write(change)
                updates.append(self.plan(side, "plan of a change"))
                side.measured("update", "apply", "-input=false", "p")
                applied(side, 2)
                side.no_change()
            other.put("terraform.tfstate", side.read("terraform.tfstate"))
            other.no_change("plan of the other's state")
            other.measured("destroy", "destroy", "-auto-approve", "-input=false")
            check(not other.state()["resources"], "%s: destroy leaves objects" % other.name)
            side.remove("terraform.tfstate")
            if change:
                self.write(before)
        same("plan", *plans)
        same("state", *states)
        if change:
            same("plan of a change", *({key: value for key, value in plan.items() if key != "prior_state"} for plan in updates))
        self.bars()

    def fails(self, *wanted):
        """Each side fails to create the objects, with errors that contain these texts, and removes those that exist."""
        found, states = [], []
        for side in self.sides:
            side.measured("init", "init", "-input=false")
            found.append(errors_of(side.measured("failing", "apply", "-auto-approve", "-input=false", "-json", status=1)))
            states.append(without(resources_of(side.state()), self.varying) if (side.path / "terraform.tfstate").exists() else None)
            side.measured("destroy", "destroy", "-auto-approve", "-input=false")
        self.compare_failures(found, states, wanted)

    def interrupted(self, is_time, *wanted):
        """Each side is interrupted during an apply, as soon as is_time() holds, and the other one destroys what there is."""
        found, states = [], []
        for side in self.sides:
            side.measured("init", "init", "-input=false")
        for side, other in (self.sides, self.sides[::-1]):
            process = side.start("apply", "-auto-approve", "-input=false", "-json")
            while not is_time() and process.poll() is None:
                time.sleep(INTERVAL)
            process.send_signal(signal.SIGINT)
            events = process.communicate()[0]
            equal(process.returncode, 1, "%s: status after an interrupt\n%s" % (side.name, events))
            found.append([one for one in errors_of(events) if one[1] != "execution halted"])  # Terraform reports this of no object
            states.append(without(resources_of(side.state()), self.varying))
            other.put("terraform.tfstate", side.read("terraform.tfstate"))
            other.measured("destroy", "destroy", "-auto-approve", "-input=false")
        self.compare_failures(found, states, wanted)

    @staticmethod
    def compare_failures(errors, states, wanted):
        for text in wanted:
            check(text in json.dumps(errors[1]), "Terraform does not report %r: %s" % (text, errors[1]))
        same("errors", *errors)
        same("state after errors", *states)

    def write(self, files):
        for name, text in files.items():
            self.put(name, text)

    def bars(self):
        """Prints the measures; fails if loam needs more memory than Terraform."""
        more = []
        for label in ("validate", "schemas", "plan", "apply", "plan again", "destroy"):
            ours, theirs = (side.measures.get(label) for side in self.sides)
            if ours is None:
                continue
            print("| %s | %s | %s | %s |" % (self.title, label, figures(ours), figures(theirs)), flush=True)
            if ours.own > theirs.own:
                more.append("%s: %.0f MB, Terraform %.0f MB" % (label, ours.own, theirs.own))
        check(not more, "loam needs more memory: " + "; ".join(more))


def figures(measure):
    return "%.1f s, %.0f MB, %d × %.0f MB" % (measure.seconds, measure.own, len(measure.providers), measure.largest)
