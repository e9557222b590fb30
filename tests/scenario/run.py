#!/usr/bin/env python3
"""Replays recorded runs.

    run.py LOAM AREA [CASE…] [-v] [-s SPELLING] [--keep]
    run.py LOAM AREA CASE --show               write the files, run the steps and print their output
    run.py LOAM AREA CASE --gdb STEP           the steps before STEP as with --show, then STEP in gdb
    run.py LOAM AREA CASE --record PROGRAM [DIRECTORY COMMAND…]
                                               record the steps with PROGRAM: terraform, tofu (record.py)

AREA is a directory beside this file. A case is a JSON file in it: files of a configuration, and steps, each with the
arguments of the program and the recorded result of Terraform or OpenTofu. A missing member of a step is not compared.
`name` of a case is the name that the program is called by.
Ids, lineages, times and the directory get names, so that two runs can be compared; texts for people are not compared.
Plans, states, events and results are otherwise equal to the record, and so are the start positions of diagnostics.

With -s yaml or -s hcl each JSON configuration is first rewritten in that syntax. The results must be the same, except for
positions of diagnostics and those parts of a plan that depend on the syntax. Other cases are skipped.

The areas foreign-* run programs of Terraform providers (foreign.py); exit status 77 if they are not built.

--keep leaves the directory of each case and prints its name. The last line has the total; exit status 1 if any case
failed."""
import argparse, json, os, re, shutil, subprocess, sys, tempfile, time
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import foreign
import record
import respell
import web

SECONDS = 60
SPELLINGS = {"json": respell.SUFFIX, "yaml": ".loam.yaml", "hcl": ".tf"}
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
HASH = re.compile(r"h1:[A-Za-z0-9+/]{43}=")  # of a package: differs with the compiler
COLOR = re.compile(r"\x1b\[[0-9;]*m")

# Values of the user: compared exactly.
VALUES = set("before after values value attributes constant_value default index index_key config_values".split())
# Trees of true and false: false may be omitted.
MASKS = set("after_unknown before_sensitive after_sensitive sensitive_values config_sensitive config_unknown".split())
# The presence of these members has a meaning, so an unexpected one is a difference.
TELLING = set(
    "dependencies depends_on action_reason replace_paths previous_address importing deposed deposed_key status tainted "
    "create_before_destroy resource_drift output_changes checks check_results index index_key module module_address "
    "child_modules resources outputs provisioners count_expression for_each_expression errored actions action_invocations "
    "lifecycle_action_trigger invoke_action_trigger calling_resource_address".split())
# Maps by name: exactly these names.
NAMED = set("outputs output_changes variables module_calls expressions".split())
HOOKS = set("apply_start apply_complete apply_errored refresh_start refresh_complete provision_start provision_complete "
            "provision_errored ephemeral_op_start ephemeral_op_complete".split())
INVOCATIONS = set("action_start action_progress action_complete action_errored".split())
LISTS = set("list_start list_resource_found list_complete".split())
PLAN_PARTS = ("planned_values resource_changes output_changes resource_drift prior_state configuration variables checks "
              "relevant_attributes errored applyable complete values action_invocations").split()


class Difference(Exception):
    pass


def parse(text):
    return json.loads(text, parse_float=Decimal)


def unparse(value, level=0, indent="  "):
    """JSON with numbers as they were read; `indent` per level."""
    if isinstance(value, Decimal):
        return str(value)
    if not isinstance(value, (dict, list)) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner, outer = "\n" + indent * (level + 1), "\n" + indent * level
    if isinstance(value, list):
        return "[" + inner + ("," + inner).join(unparse(v, level + 1, indent) for v in value) + outer + "]"
    members = (json.dumps(k, ensure_ascii=False) + ": " + unparse(v, level + 1, indent) for k, v in value.items())
    return "{" + inner + ("," + inner).join(members) + outer + "}"


def order(value):
    return json.dumps(value, sort_keys=True, default=str)


def brief(value):
    text = json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    return text if len(text) <= 200 else text[:200] + "…"


# Names for values that differ from run to run.


def address_of(resource, instance):
    module = resource["module"] + "." if resource.get("module") else ""
    key = "[%s]" % json.dumps(instance["index_key"]) if "index_key" in instance else ""
    return "%s%s.%s%s" % (module, resource["type"], resource["name"], key)


class Naming:
    def __init__(self, directory, mask):
        self.directories = sorted({directory, os.path.realpath(directory)}, key=len, reverse=True)
        self.ids, self.uses, self.lineages = {}, {}, []
        self.mask, self.masked = mask or {}, {}

    def meet(self, state):
        self.meet_masked(state)
        self.meet_ids(state)

    def meet_masked(self, state):
        """Names the random text of an attribute that the case lists after that attribute's address."""
        places = ("module", "mode", "type", "name")
        for resource in sorted(state.get("resources") or [], key=lambda r: [r.get(p, "") for p in places]):
            for instance in resource.get("instances") or []:
                for name in self.mask.get(resource["type"], []):
                    found = (instance.get("attributes") or {}).get(name)
                    if not isinstance(found, str) or not found or found in self.masked:
                        continue
                    address = "%s.%s" % (address_of(resource, instance), name)
                    self.uses[address] = self.uses.get(address, 0) + 1
                    again = "" if self.uses[address] == 1 else "#%d" % self.uses[address]
                    self.masked[found] = "<%s%s>" % (address, again)

    def meet_ids(self, state):
        """Names an object of terraform_data after its first address."""
        for resource in sorted(state.get("resources") or [], key=lambda r: (r.get("module", ""), r.get("name", ""))):
            if resource.get("mode") != "managed" or resource.get("type") != "terraform_data":
                continue
            for instance in resource.get("instances") or []:
                found = (instance.get("attributes") or {}).get("id")
                if not isinstance(found, str) or not ID.fullmatch(found) or found in self.ids:
                    continue
                address = address_of(resource, instance)
                self.uses[address] = self.uses.get(address, 0) + 1
                again = "" if self.uses[address] == 1 else "#%d" % self.uses[address]
                self.ids[found] = "<id:%s%s>" % (address, again)

    def lineage(self, text):
        if text not in self.lineages:
            self.lineages.append(text)
        at = self.lineages.index(text)
        return "<lineage>" if at == 0 else "<lineage#%d>" % (at + 1)

    def apply(self, value):
        if isinstance(value, str):
            for text in sorted(self.masked, key=len, reverse=True):
                value = value.replace(text, self.masked[text])
            for directory in self.directories:
                value = value.replace(directory, "<dir>")
            value = web.hide(value)
            value = HASH.sub("h1:<hash>", value)
            return MOMENT.sub("<time>", ID.sub(lambda m: self.ids.get(m.group(), "<uuid>"), value))
        if isinstance(value, list):
            return [self.apply(v) for v in value]
        if isinstance(value, dict):
            return {self.apply(k): self.apply(v) for k, v in value.items()}
        return value


# The program's output and files in one form.


def of_state(state, naming):
    def of_instance(instance):
        ignored = ("private",) if "identity" in instance else ("private", "identity_schema_version")
        instance = {k: v for k, v in instance.items() if k not in ignored}
        if "deposed" in instance:
            instance["deposed"] = "<deposed>"
        for name in ("dependencies", "sensitive_attributes"):
            if isinstance(instance.get(name), list):
                instance[name] = sorted(instance[name], key=order if name != "dependencies" else None)
        return naming.apply(instance)

    def of_check(check):
        return dict(check, objects=sorted(check["objects"], key=order)) if check.get("objects") else check

    def place(instance):
        return (str(type(instance.get("index_key"))), instance.get("index_key", 0), instance.get("deposed", ""), order(instance))

    out = {k: v for k, v in state.items() if k not in ("terraform_version", "serial")}
    if "lineage" in out:
        out["lineage"] = naming.lineage(out["lineage"])
    names = ("module", "mode", "type", "name", "provider")
    resources = sorted(state.get("resources") or [], key=lambda r: [str(r.get(n, "")) for n in names])
    out["resources"] = [dict(r, instances=sorted(map(of_instance, r.get("instances") or []), key=place)) for r in resources]
    if isinstance(out.get("check_results"), list):
        out["check_results"] = sorted(map(of_check, naming.apply(out["check_results"])), key=order)
    if "outputs" in out:
        out["outputs"] = naming.apply(out["outputs"])
    return out


def of_module(module):
    def of_resource(resource):
        resource = dict(resource)
        if "deposed_key" in resource:
            resource["deposed_key"] = "<deposed>"
        if isinstance(resource.get("depends_on"), list):
            resource["depends_on"].sort()
        return resource

    module = dict(module)
    if "resources" in module:
        module["resources"] = sorted(map(of_resource, module["resources"]), key=lambda r: (r.get("address", ""), order(r)))
    if "child_modules" in module:
        module["child_modules"] = sorted(map(of_module, module["child_modules"]), key=lambda m: m.get("address", ""))
    return module


def of_values(values):
    return dict(values, root_module=of_module(values["root_module"])) if values.get("root_module") else values


def of_checks(checks):
    def of_instance(instance):
        return dict(instance, problems=len(instance["problems"])) if instance.get("problems") else instance

    return sorted((dict(c, instances=sorted(map(of_instance, c.get("instances") or []), key=order)) for c in checks), key=order)


def of_changes(changes):
    changes = [dict(c, deposed="<deposed>") if "deposed" in c else c for c in changes]
    return sorted(changes, key=lambda c: (c.get("address", ""), c.get("deposed", ""), order(c)))


def of_document(document, naming):
    """`show -json` of a plan or a state."""
    document = naming.apply(document)
    shapes = {
        "planned_values": of_values, "values": of_values, "resource_changes": of_changes, "resource_drift": of_changes,
        "prior_state": lambda v: {"values": of_values(v.get("values") or {})}, "checks": of_checks,
        "relevant_attributes": lambda v: sorted(v, key=order), "action_invocations": lambda v: sorted(v, key=order),
    }
    out = {name: shapes.get(name, lambda v: v)(document[name]) for name in PLAN_PARTS if name in document}
    out["format_version"] = str(document.get("format_version")).split(".")[0]
    return out


def of_diagnostic(diagnostic):
    out = {"severity": diagnostic.get("severity")}
    if diagnostic.get("address"):
        out["address"] = diagnostic["address"]
    if diagnostic.get("range"):
        out["filename"] = diagnostic["range"].get("filename")
        out["line"] = diagnostic["range"]["start"]["line"]
        out["range"] = {"start": diagnostic["range"]["start"]}
    return out


def of_events(text, naming):
    events, sequence = [], []
    for line in text.splitlines():
        event = parse(line) if line.startswith("{") else {}
        kind = event.get("type")
        if kind in ("planned_change", "resource_drift"):
            change = event["change"]
            out = {"resource": change["resource"]["addr"], "action": change["action"]}
            out.update({k: change[k] for k in ("reason", "importing") if k in change})
            if "previous_resource" in change:
                out["previous_resource"] = change["previous_resource"]["addr"]
        elif kind in HOOKS:
            hook = event["hook"]
            out = {"resource": hook["resource"]["addr"]}
            out.update({k: hook[k] for k in ("action", "provisioner") if k in hook})
            if not kind.startswith(("refresh", "ephemeral")):
                sequence.append([kind] + list(out.values()))
        elif kind == "planned_action_invocation":
            planned = event["invocation"]
            out = {"action": planned["action_addr"]["addr"], "key": planned["action_addr"]["action_key"]}
            out.update({k: planned[k] for k in ("lifecycle_trigger", "action_trigger") if k in planned})
        elif kind in INVOCATIONS:
            hook = event["hook"]
            out = {"action": hook["action"]["addr"]}
            out.update({k: hook[k] for k in ("message", "error", "lifecycle", "invoke") if k in hook})
            sequence.append([kind, out["action"]])
        elif kind in LISTS:
            out = dict(event[kind])
            sequence.append([kind] + [out[k] for k in ("address", "display_name") if k in out])
        elif kind in ("change_summary", "outputs"):
            member = "changes" if kind == "change_summary" else kind
            out = {member: {k: v for k, v in event[member].items() if v or not k.startswith("action_")}}
        elif kind == "diagnostic":
            out = of_diagnostic(event["diagnostic"])
        elif kind in ("test_file", "test_run") and event[kind]["progress"] == "complete":
            out = {k: event[kind][k] for k in ("path", "run", "status") if k in event[kind]}
        elif kind == "test_summary":
            out = {kind: event[kind]}
        else:
            continue
        events.append(naming.apply(dict(out, type=kind)))
    return events, sequence


def is_ephemeral(event):
    return event["type"].startswith("ephemeral_op")


def plain_event(event):
    """The compared parts of a recorded or actual event."""
    event = {k: v for k, v in event.items() if k not in ("summary", "line", "range")}
    if event["type"] == "change_summary":
        event["changes"] = {k: v for k, v in event["changes"].items() if v}
    if event["type"] == "outputs":
        wanted = ("sensitive", "type", "value", "action")
        event["outputs"] = {n: {k: v for k, v in o.items() if k in wanted} for n, o in event["outputs"].items()}
    return event


def column_of(event):
    return ((event.get("range") or {}).get("start") or {}).get("column")


# Comparing.


def is_nothing(value):
    return value is None or value is False or value == "" or (isinstance(value, (dict, list)) and not value)


def only_true(mask):
    if isinstance(mask, dict):
        return {k: v for k, v in ((k, only_true(v)) for k, v in mask.items()) if v} or False
    if isinstance(mask, list):
        inner = [only_true(v) for v in mask]
        return inner if any(inner) else False
    return bool(mask)


def equal(a, b):
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, (int, Decimal)) and isinstance(b, (int, Decimal)):
        return Decimal(a) == Decimal(b)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    return type(a) is type(b) and a == b


def demand(holds, where, wanted, got):
    if not holds:
        raise Difference("%s: expected %s, got %s" % (where, brief(wanted), brief(got)))


def match_expression(wanted, got, where):
    """Only references are compared if there are any, and a template may be recorded as its value."""
    if "references" in wanted:
        got = got.get("references") or [] if isinstance(got, dict) else []
        demand(sorted(wanted["references"]) == sorted(got), where, wanted["references"], got)
        return True
    return "constant_value" in wanted and re.search(r"[$%]\{", order(wanted["constant_value"]))


def match_members(wanted, got, where):
    if ("references" in wanted and (set(wanted) == {"references"} or "constant_value" in wanted)) or "constant_value" in wanted:
        if match_expression(wanted, got, where):
            return
    for name, value in wanted.items():
        if name in MASKS:
            demand(only_true(value) == only_true(got.get(name)), where + "." + name, value, got.get(name))
        elif name in got:
            match(value, got[name], where + "." + name, name)
        elif name != "summary":
            demand(is_nothing(value), where + "." + name, value, None)
    last = where.rsplit(".", 1)[-1]
    for name in got.keys() - wanted.keys():
        if name in MASKS:
            demand(not only_true(got[name]), where + "." + name, None, got[name])
        elif last in NAMED or name in TELLING:
            demand(last not in NAMED and is_nothing(got[name]), where + "." + name, None, got[name])


def match(wanted, got, where, name=""):
    if name in VALUES:
        demand(equal(wanted, got), where, wanted, got)
    elif is_nothing(wanted) and is_nothing(got):
        return
    elif isinstance(wanted, dict) and isinstance(got, dict):
        match_members(wanted, got, where)
    elif isinstance(wanted, list) and isinstance(got, list):
        demand(len(wanted) == len(got), where, wanted, got)
        for i, (a, b) in enumerate(zip(wanted, got)):
            match(a, b, "%s[%d]" % (where, i))
    else:
        demand(equal(wanted, got), where, wanted, got)


def match_bags(wanted, got, where, once):
    """Compares regardless of the order; `once`: also regardless of repetitions."""
    wanted, got = [sorted(map(order, side)) for side in (wanted, got)]
    if once:
        wanted, got = sorted(set(wanted)), sorted(set(got))
    rest = list(got)
    missing = [w for w in wanted if w not in rest or rest.remove(w)]
    if missing or rest:
        raise Difference("%s: missing %s; unexpected %s" % (where, missing[:2], rest[:2]))


def without_lines(event):
    return {k: v for k, v in event.items() if k not in ("line", "range")}


def match_exactly(wanted, got, where, once):
    """Compares regardless of the order; a record without a column matches any; `once`: also regardless of repetitions."""
    def pairs(events):
        all = [(order({k: v for k, v in e.items() if k not in ("summary", "range")}), column_of(e)) for e in events]
        return list(dict.fromkeys(all)) if once else all

    rest, missing = pairs(got), []
    for text, column in sorted(pairs(wanted), key=lambda p: p[1] is None):
        found = [p for p in rest if p[0] == text and column in (None, p[1])]
        for pair in found if once else found[:1]:
            rest.remove(pair)
        if not found:
            missing.append((text, column))
    if missing or rest:
        raise Difference("%s: missing %s; unexpected %s" % (where, missing[:2], rest[:2]))


def find_strange(wanted, got, where):
    """The first place where two documents differ."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for name in sorted(wanted.keys() | got.keys()):
            if name not in got or name not in wanted:
                return "%s.%s: %s" % (where, name, "missing" if name in wanted else "unexpected " + brief(got[name]))
            if not equal(wanted[name], got[name]):
                return find_strange(wanted[name], got[name], where + "." + name)
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        at = next(i for i in range(len(wanted)) if not equal(wanted[i], got[i]))
        return find_strange(wanted[at], got[at], "%s[%d]" % (where, at))
    return "%s: expected %s, got %s" % (where, brief(wanted), brief(got))


# Running.


def texts_of(files):
    def text(content):
        return content if content is None or isinstance(content, str) else unparse(content) + "\n"

    return {name: text(content) for name, content in (files or {}).items()}


class Run:
    def __init__(self, loam, case, suffix):
        self.loam, self.case, self.suffix = loam, case, suffix
        self.is_respelled = suffix != respell.SUFFIX
        self.directory = tempfile.mkdtemp(prefix="scenario-")
        self.naming = Naming(self.directory, case.get("mask"))
        self.background = None
        self.names = None
        if "name" in case:
            self.names = tempfile.mkdtemp(prefix="scenario-name-")
            self.loam = os.path.join(self.names, case["name"])
            os.symlink(os.path.abspath(loam), self.loam)

    def close(self, is_kept=False):
        if self.background and self.background.poll() is None:
            self.background.kill()
            self.background.wait()
        if self.names:
            shutil.rmtree(self.names, ignore_errors=True)
        if is_kept:
            print("kept %s" % self.directory)
        else:
            shutil.rmtree(self.directory, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.directory, name)

    def read(self, name):
        try:
            with open(self.path(name), encoding="utf-8") as file:
                return file.read()
        except OSError:
            return None

    def write_files(self, files):
        for name, content in respell.spell(texts_of(files), self.suffix).items():
            path = self.path(name)
            if content is None:
                shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.remove(path)
                continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(web.show(content))

    def environment(self, step):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "LOAM"))}
        quiet = {"TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
        programs = foreign.environment() if foreign.is_foreign(self.case["id"]) else {}
        return {**env, **quiet, **programs, **(step.get("env") or {})}

    def call(self, words, step):
        done = subprocess.run([self.loam] + words, cwd=self.directory, env=self.environment(step), input=step.get("stdin", ""),
                              timeout=SECONDS, capture_output=True, encoding="utf-8", errors="replace")
        return done.returncode, COLOR.sub("", done.stdout), COLOR.sub("", done.stderr)

    def start(self, step):
        null = subprocess.DEVNULL
        self.background = subprocess.Popen([self.loam] + step["run"], cwd=self.directory, env=self.environment(step), stdin=null,
                                           stdout=null, stderr=null)
        end = time.monotonic() + 20
        while not os.path.exists(self.path(step["wait_file"])) and time.monotonic() < end and self.background.poll() is None:
            time.sleep(0.02)

    def state(self, step):
        for base, directories, names in os.walk(self.directory):
            directories.sort()
            for name in sorted(names, key=lambda n: (n != "terraform.tfstate", n)):
                if name.endswith(".tfstate"):
                    try:
                        self.naming.meet(parse(self.read(os.path.join(base, name))))
                    except (ValueError, AttributeError, TypeError):
                        pass  # some cases have an invalid state
        try:
            return parse(self.read(step.get("state_path", "terraform.tfstate")) or "null")
        except ValueError:
            return None

    def document(self, words, step):
        quiet = dict(step, env={k: v for k, v in (step.get("env") or {}).items() if not k.startswith("TF_CLI_ARGS")}, stdin="")
        status, text, errors = self.call(words, quiet)
        if status != 0:
            raise Difference("%s failed: %s" % (" ".join(words), errors.strip()[:300]))
        return parse(text)

    def check_document(self, wanted, got, where):
        if self.is_respelled:  # its text depends on the syntax of the configuration
            wanted, got = [{k: v for k, v in side.items() if k != "configuration"} for side in (wanted, got)]
        match(wanted, got, where)
        if not equal(wanted, got):
            raise Difference(find_strange(wanted, got, where))

    def check_events(self, wanted, got, once):
        if not any(is_ephemeral(event) for event in wanted):  # older records have no events of ephemeral resources
            got = [event for event in got if not is_ephemeral(event)]
        match_bags(map(plain_event, wanted), map(plain_event, got), "ui", once)
        self.check_exactly(wanted, got, "ui", once)

    def check_exactly(self, wanted, got, where, once):
        if self.is_respelled:
            wanted, got = [map(without_lines, side) for side in (wanted, got)]
        match_exactly(wanted, got, where, once)

    def seen_events(self, text):
        """Rewritten files get their recorded names."""
        events, sequence = of_events(text, self.naming)
        return [self.as_recorded(e) for e in events], sequence

    def as_recorded(self, diagnostic):
        name = diagnostic.get("filename") or ""
        if not self.is_respelled or not name.endswith(self.suffix):
            return diagnostic
        return dict(diagnostic, filename=name[: -len(self.suffix)] + respell.SUFFIX)

    def check_state(self, step, before):
        state = self.state(step)
        if step.get("state_same"):
            demand(state == before, "state", "no change", state)
        if "state" in step:
            demand(state != before, "state", "a change", state)
            if step["state"] is None or state is None:
                demand(step["state"] is state, "state", step["state"], state)
            else:
                self.check_document(step["state"], of_state(state, self.naming), "state")
            if "serial_delta" in step and state and before:
                rose = state.get("serial", 0) - before.get("serial", 0)
                demand((rose > 0) == (step["serial_delta"] > 0), "serial", step["serial_delta"], rose)
        for name, content in step.get("work_files", {}).items():
            got = self.read(name)
            got = got and self.naming.apply(got)
            demand(got == content, name, content, got)
        return state

    def check_output(self, step, text, errors):
        words, naming = step["run"], self.naming
        # Providers of loam warn once where the imitated program warns in several calls.
        once = step.get("diagnostics") == "set" and self.case["id"].startswith("plugin-")
        if "plan" in step:
            file = [w.split("=", 1)[1] for w in words if w.lstrip("-").startswith("out=")][-1]
            self.check_document(step["plan"], of_document(self.document(["show", "-json", file], step), naming), "plan")
        if "outputs" in step:
            got = naming.apply(self.document(["output", "-json"], step))
            demand(equal(step["outputs"], got), "outputs", step["outputs"], got)
        if "ui" in step or "ui_order" in step:
            events, sequence = self.seen_events(text)
            self.check_events(step.get("ui", []), events, once)
            demand(step.get("ui_order", sequence) == sequence, "order of events", step.get("ui_order"), sequence)
        if "validate" in step:
            self.check_validation(step["validate"], parse(text), once)
        if "stdout_json" in step:
            self.check_json(step, parse(text or "null"))
        if "graph" in step:
            got = sorted({" -> ".join(e) for e in re.findall(r'"([^"]+)"\s*->\s*"([^"]+)"', text)})
            demand(step["graph"] == got, "graph", step["graph"], got)
        if "stdout" in step:
            wanted, got = [self.lines(words[0], t) for t in (step["stdout"], naming.apply(text))]
            demand(wanted == got, "output", wanted, got)
        for piece in step.get("stdout_contains", []):
            demand(piece in text + "\n" + errors, "output", piece, text[-300:])

    @staticmethod
    def lines(command, text):
        """The compared form of a text. Lists of a query run side by side, so the order of their results differs."""
        if command == "output":
            return text
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        return sorted(lines) if command == "query" else lines

    def check_validation(self, wanted, got, once):
        for name in ("valid",) if once else ("valid", "error_count", "warning_count"):
            demand(wanted[name] == got[name], "validate." + name, wanted[name], got[name])
        keep = lambda d: {k: d[k] for k in ("severity", "filename") if k in d}
        found = [self.as_recorded(self.naming.apply(of_diagnostic(d))) for d in got["diagnostics"]]
        match_bags(map(keep, wanted["diagnostics"]), map(keep, found), "validate", once)
        self.check_exactly(wanted["diagnostics"], found, "validate", once)

    def check_json(self, step, got):
        wanted = step["stdout_json"]
        shapes = {"state": of_state, "show": of_document}
        if step["run"][0] in shapes:
            match(wanted, got and shapes[step["run"][0]](got, self.naming), step["run"][0])
        else:
            got = self.naming.apply(got)
            demand(equal(wanted, got), "output", wanted, got)

    def replay(self):
        self.write_files(self.case.get("files"))
        state = self.state({})
        for number, step in enumerate(self.case["steps"], 1):
            if step.get("change_files"):
                self.write_files(step["change_files"])
                state = self.state(step)
            text = errors = ""
            try:
                if step.get("background"):
                    self.start(step)
                    continue
                if step.get("wait_background"):
                    status = self.background.wait(SECONDS)
                else:
                    status, text, errors = self.call(step["run"], step)
                if status != step.get("exit", status):
                    raise Difference("exit status %d instead of %d\n%s" % (status, step["exit"], (errors or text)[-600:]))
                state = self.check_state(step, state)
                if "run" in step:
                    self.check_output(step, text, errors)
            except (Difference, ValueError, KeyError, subprocess.TimeoutExpired) as error:
                raise Difference("step %d `%s`: %s" % (number, " ".join(step.get("run", [])), error)) from error


def can_respell(case):
    """Cases with fmt cannot be rewritten: the result is not formatted."""
    if any(step.get("run", [""])[0] == "fmt" for step in case["steps"]):
        return False
    steps = [step.get("change_files") for step in case["steps"]]
    return any(name.endswith(respell.SUFFIX) for name in case["files"]) and all(
        respell.can_spell(texts_of(files)) for files in (case["files"], *steps))


def cases_of(area, names, suffix):
    directory = os.path.join(HERE, area)
    for name in sorted(os.listdir(directory)):
        if not name.endswith(".json") or (names and name[:-5] not in names):
            continue
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            case = parse(file.read())
        if suffix == respell.SUFFIX or can_respell(case):
            yield area + "/" + name[:-5], case


def debug(run, words, step):
    """gdb uses the terminal; the step's input is in a file."""
    with open(run.path(".stdin"), "w", encoding="utf-8") as file:
        file.write(step.get("stdin", ""))
    print("== in gdb; its standard input: run < .stdin")
    printers = os.path.join(HERE, os.pardir, "gdb/loam.py")
    command = ["gdb", "-q", "-x", printers, "--args", run.loam] + words
    return subprocess.call(command, cwd=run.directory, env=run.environment(step))


def show(run, debugged=None):
    """Prints the output of each step; keeps files and plans for inspection. Ends with the debugged step."""
    run.write_files(run.case.get("files"))
    for number, step in enumerate(run.case["steps"], 1):
        run.write_files(step.get("change_files"))
        words = [word for word in step.get("run", []) if word != "-json"]
        if number == debugged:
            return debug(run, words, step)
        print("== step %d: %s" % (number, " ".join(words)))
        if words:
            status, text, errors = run.call(words, step)
            print("%s%s== exit status %d" % (text, errors, status))


def replay(run, name, is_told):
    """Returns whether the program behaved as recorded."""
    try:
        run.replay()
    except Difference as error:
        print("FAILED %s: %s" % (name, error))
        return False
    if is_told:
        print("passed %s" % name)
    return True


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("loam")
    parser.add_argument("area")
    parser.add_argument("cases", nargs="*")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("-s", choices=SPELLINGS, default="json")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--gdb", type=int, metavar="STEP")
    parser.add_argument("--record", nargs="+")
    wanted = parser.parse_args(arguments)
    if wanted.record:
        return record.main(sys.modules[__name__], wanted.area, wanted.cases, wanted.record)
    if foreign.is_foreign(wanted.area) and foreign.missing():
        print("providers are missing: \"tests/programs/build providers\" builds %s" % ", ".join(foreign.missing()))
        return 77
    failed = count = 0
    suffix = SPELLINGS[wanted.s]
    for name, case in cases_of(wanted.area, wanted.cases, suffix):
        run = Run(os.path.abspath(wanted.loam), case, suffix)
        count += 1
        try:
            if wanted.show or wanted.gdb:
                show(run, wanted.gdb)
            elif not replay(run, name, wanted.v):
                failed += 1
        finally:
            run.close(wanted.keep or wanted.show)
    if (wanted.show or wanted.gdb) and count:
        return 0
    print("%d passed, %d failed" % (count - failed, failed))
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
