"""Recording: the results of a case's steps in another program.

    run.py LOAM AREA CASE --record terraform                       an old case again
    run.py LOAM AREA CASE --record terraform DIRECTORY COMMAND…    a new case

DIRECTORY contains the configuration, each COMMAND is one argument: 'plan -input=false -json -out=tfplan'. A command
@OTHER copies the files of the directory OTHER over the existing ones before the next command. An old case keeps its
steps, and gets new expectations; PROGRAM must print the texts in `stdout_contains`. Nothing else is checked: read the
record before you commit it."""
import os

DONE = ("run change_files env stdin state_path collect background wait_file wait_background diagnostics stdout_contains").split()
EVENTS = ("plan", "apply", "refresh", "destroy", "test", "query")
TEXTS = ("console", "workspace")
CHANGES = ("apply", "destroy", "refresh")


def content_of(tools, name, text):
    """JSON as an object, so that it can be written in other syntaxes, if its layout is the runner's."""
    if name.endswith(".json"):
        value = tools.parse(text)
        if tools.unparse(value) + "\n" == text:
            return value
    return text


def files_of(tools, directory):
    found = {}
    for base, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(base, name)
            with open(path, encoding="utf-8") as file:
                relative = os.path.relpath(path, directory)
                found[relative] = content_of(tools, relative, file.read())
    return dict(sorted(found.items()))


def new_case(tools, identity, directory, commands):
    steps, changed = [], {}
    for command in commands:
        if command.startswith("@"):
            changed = files_of(tools, command[1:])
            continue
        steps.append({"run": command.split(), **({"change_files": changed} if changed else {})})
        changed = {}
    return {"id": identity, "about": "", "files": files_of(tools, directory), "steps": steps}


def answer(run, tools, step, before):
    """The step with the program's output, and the state after it."""
    words = step["run"]
    status, text, errors = run.call(words, step)
    absent = [piece for piece in step.get("stdout_contains", []) if piece not in text + "\n" + errors]
    if absent:
        raise SystemExit("`%s` does not print %r" % (" ".join(words), absent[0]))
    after = run.state(step)
    new = {name: step[name] for name in DONE if name in step}
    new["exit"] = status
    if after == before:
        new["state_same"] = True
    else:
        new["state"] = after and tools.of_state(after, run.naming)
    if step.get("collect"):
        texts = {name: run.read(name) for name in step["collect"]}
        new["work_files"] = {name: content and run.naming.apply(content) for name, content in texts.items()}
    plans = [word.split("=", 1)[1] for word in words if word.lstrip("-").startswith("out=")]
    if plans and os.path.exists(run.path(plans[-1])):
        new["plan"] = tools.of_document(run.document(["show", "-json", plans[-1]], step), run.naming)
    if words[0] in EVENTS and "-json" in words:
        events, sequence = tools.of_events(text, run.naming)
        new["ui"] = sorted(events, key=tools.order)
        if "ui_order" in step:
            new["ui_order"] = sequence
    if words[0] in CHANGES and status == 0:
        new["outputs"] = run.naming.apply(run.document(["output", "-json"], step))
    new.update(answer_text(run, tools, words, text))
    return new, after


def answer_text(run, tools, words, text):
    if words[0] == "validate" and "-json" in words:
        verdict = tools.parse(text)
        counts = {name: verdict[name] for name in ("valid", "error_count", "warning_count")}
        found = [tools.of_diagnostic(run.naming.apply(d)) for d in verdict["diagnostics"]]
        return {"validate": {**counts, "diagnostics": found}}
    shapes = {"show": tools.of_document, "output": lambda value, naming: naming.apply(value)}
    if words[0] in shapes and "-json" in words:
        return {"stdout_json": shapes[words[0]](tools.parse(text or "null"), run.naming)}
    if words[:2] == ["state", "pull"]:
        return {"stdout_json": tools.of_state(tools.parse(text), run.naming)}
    if words[0] in TEXTS or words[0] == "output" or words[:2] == ["state", "list"] or (words[0] == "query" and "-json" not in words):
        return {"stdout": run.naming.apply(text)}
    return {}


def record(tools, program, case):
    """The case with the results of `program`."""
    run = tools.Run(program, case, tools.respell.SUFFIX)
    try:
        run.write_files(case.get("files"))
        state, steps = run.state({}), []
        for step in case["steps"]:
            if step.get("background") or step.get("wait_background"):
                raise SystemExit("a step in the background cannot be recorded")
            if step.get("change_files"):
                run.write_files(step["change_files"])
                state = run.state(step)
            step, state = answer(run, tools, step, state)
            steps.append(step)
    finally:
        run.close()
    return {**case, "steps": steps}


def main(tools, area, cases, words):
    program, directory, commands = words[0], words[1:2], words[2:]
    if len(cases) != 1 or (directory and not commands):
        raise SystemExit("one CASE, PROGRAM, and for a new case DIRECTORY and COMMANDs are needed")
    path = os.path.join(tools.HERE, area, cases[0] + ".json")
    if directory:
        case = new_case(tools, "%s/%s" % (area, cases[0]), directory[0], commands)
    else:
        with open(path, encoding="utf-8") as file:
            case = tools.parse(file.read())
    text = tools.unparse(record(tools, program, case), indent=" ")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    print("recorded %s" % path)
    return 0
