"""Rounds of plan and apply, with -allow-deferral or other options, and their comparison with recorded rounds of Terraform.

A round is a list of options of plan; a text in its place is a file to remove, a dictionary has files to write. Identifiers
that a provider draws are replaced. RECORD=PROGRAM writes the records again, with the answers of PROGRAM, an experimental
build of Terraform."""
import json, os, pathlib, re

from directory import Directory, fail, write

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# of the run, compared elsewhere, or not of Terraform
OMITTED = ("format_version", "terraform_version", "timestamp", "configuration", "prior_state", "variables", "checks", "code", "code_files")


def is_newer(name, value):
    """Objects of terraform_data have the member only if they have the block; in Terraform 1.16 and later always."""
    return name == "store" and value is None


def plain(value):
    if isinstance(value, dict):
        if "child_modules" in value:  # in any order
            value["child_modules"].sort(key=lambda module: module["address"])
        return {name: plain(one) for name, one in value.items() if name not in OMITTED and not is_newer(name, one)}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return UUID.sub("uuid", value) if isinstance(value, str) else value


def plan_of(text):
    """Terraform stores a null for an output that depends on a deferred change, so its next plan updates it."""
    plan = plain(json.loads(text))
    plan.get("relevant_attributes", []).sort(key=json.dumps)
    for output in plan.get("output_changes", {}).values():
        if output["before"] is None and output["actions"] == ["update"]:
            output["actions"] = ["create"]
    return plan


def state_of(text):
    values = plain(json.loads(text)).get("values", {})
    outputs = {name: output for name, output in values.pop("outputs", {}).items() if output["value"] is not None}
    return {**values, "outputs": outputs}


def rounds(case, environment, options, program=None):
    directory = Directory(case["files"])
    directory.env.update(environment, CHECKPOINT_DISABLE="1")
    found = []

    def run(*words):
        done = directory.call(*words, program=program)
        if done.returncode:
            fail("%s: %s" % (" ".join(words), done.stdout + done.stderr))
        return done.stdout

    run("init", "-input=false")
    for own in case["rounds"]:
        if isinstance(own, str):
            directory.remove(own)
            continue
        if isinstance(own, dict):
            write(directory.path, own)
            continue
        run("plan", "-input=false", "-out=p", *options, *own)
        plan = plan_of(run("show", "-json", "p"))
        run("apply", "-input=false", "p")
        found.append({"plan": plan, "state": state_of(run("show", "-json"))})
    return found


def difference(wanted, got, path="", allowed=()):
    """The first difference, as text; None if there is none. `allowed`: beginnings of paths that may differ."""
    if any(path.startswith(beginning) for beginning in allowed) or wanted == got:
        return None
    if isinstance(wanted, dict) and isinstance(got, dict):
        pairs = [(str(name), wanted.get(name), got.get(name)) for name in sorted({*wanted, *got})]
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        pairs = [(str(i), *pair) for i, pair in enumerate(zip(wanted, got))]
    else:
        return "%s: %s instead of %s" % (path, json.dumps(got), json.dumps(wanted))
    for name, one, other in pairs:
        found = difference(one, other, "%s/%s" % (path, name) if path else name, allowed)
        if found:
            return found
    return None


def compare(cases, recorded, environment=None, options=("-allow-deferral",)):
    """Compares all cases with the file, or writes it."""
    file, program = pathlib.Path(recorded), os.environ.get("RECORD")
    if program:
        record = {name: rounds(case, environment or {}, options, program) for name, case in cases.items()}
        lines = ["%s: %s" % (json.dumps(name), json.dumps(case, sort_keys=True, separators=(",", ":"))) for name, case in record.items()]
        file.write_text("{\n%s\n}\n" % ",\n".join(lines), encoding="utf-8")
        return
    wanted = json.loads(file.read_text(encoding="utf-8"))
    for name, case in cases.items():
        found = difference(wanted[name], rounds(case, environment or {}, options), allowed=case.get("differs", ()))
        if found:
            fail("%s, round/%s" % (name, found))
