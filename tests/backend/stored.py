"""The cases for the backends that store plans: the life of a plan under a name, deaths and faults at each request of a write,
a plan of several megabytes."""
import json, os, re, signal

import store as shared
from store import Work, check, equal, in_turn, noise
from sealed import CANARY, Secret, is_sent, secret

NAMED = "state:run-1"


def says(text, *parts):
    for part in parts:
        check(part in " ".join(text.split()), "%r in\n%s" % (part, text))


def plans_of(work):
    """The plans by name, as the program lists them."""
    plans = json.loads(work.run("state", "plans", "-json"))["plans"]
    check(all(plan["complete"] for plan in plans), "all plans are complete")
    return {plan["name"]: plan for plan in plans}


def save(work, *words, name=NAMED, **how):
    """Stores a plan; returns its digest."""
    return re.search(r"Digest: (sha256:[0-9a-f]{64})\n", work.run("plan", "-out=" + name, *words, **how))[1]


def stored_life(store, proxy):
    """A plan is stored, shown, refused with another digest, applied, replaced and deleted. Another directory without
    resources destroys all by the plan that was kept. The canary is never sent in the clear."""
    work = secret(store, proxy)
    work.init()
    equal(work.run("state", "plans"), "No plans are stored with this state.\n", "before")
    lines = [json.loads(line) for line in work.run("plan", "-json", "-out=" + NAMED).splitlines()]
    saved = [line for line in lines if line["type"] == "plan_saved"]
    equal([line["plan"]["path"] for line in saved], [NAMED], "the event")
    digest = saved[0]["plan"]["digest"]
    equal(plans_of(work)["run-1"]["digest"], digest, "the digest in the list")
    says(work.run("state", "plans"), "run-1 2", digest)
    says(work.run("show", NAMED), "local_file.f will be created", "Digest: " + digest)
    shown = json.loads(work.run("show", "-json", NAMED))
    equal((len(shown["resource_changes"]), shown["digest"]), (3, digest), "changes and digest")
    out = work.run("apply", "-expect=" + digest.replace(digest[-4:], "0000"), NAMED, status=1)
    says(out, "Saved plan is not the expected one", digest)
    equal(os.listdir(work.made), [], "nothing was applied")
    work.run("apply", "-expect=" + digest, NAMED)
    equal(os.listdir(work.made), ["f"], "applied")
    equal({name: plan["digest"] for name, plan in plans_of(work).items()}, {"run-1": digest, "last": digest}, "the plan is kept")
    second = save(work, "-replace=terraform_data.u")
    equal(plans_of(work)["run-1"]["digest"], second, "replaced")
    says(work.run("apply", "-expect=" + digest, NAMED, status=1), "Saved plan is not the expected one")
    work.run("state", "plans", "-delete=run-1")
    says(work.run("apply", NAMED, status=1), "Stored plan not found")
    says(work.run("state", "plans", "-delete=state:run-1", status=1), "Stored plan not found")
    other = Secret(store.kind, store.arguments(proxy.port))
    other.configure(store.kind, store.arguments(proxy.port), {"terraform_data": {}})
    other.init()
    with open(os.path.join(other.path, "main.tf.json"), encoding="utf-8") as file:
        config = json.load(file)
    del config["output"]
    with open(os.path.join(other.path, "main.tf.json"), "w", encoding="utf-8") as file:
        json.dump(config, file)
    save(other, "-destroy", "-from=state:last", name="state:gone")
    other.run("apply", "state:gone")
    equal(json.loads(work.run("state", "pull"))["resources"], [], "state after destroy")
    check(not is_sent(proxy), "nothing was sent in the clear")


def stored_elsewhere(store, proxy):
    """Plans belong to one state: not to that of another lineage, nor to another workspace, with which they are deleted."""
    work = secret(store, proxy)
    work.init()
    work.apply()
    save(work, "-replace=terraform_data.u")
    state = json.loads(work.run("state", "pull"))
    state["lineage"] = "another"
    with open(os.path.join(work.path, "main.pushed"), "w", encoding="utf-8") as file:
        json.dump(state, file)
    work.run("state", "push", "-force", "main.pushed")
    says(work.run("apply", NAMED, status=1), "Saved plan does not match the given state")
    if not store.has_workspaces:
        return
    work.run("workspace", "new", "blue")
    says(work.run("apply", NAMED, status=1), "Stored plan not found")
    save(work)
    equal(list(plans_of(work)), ["run-1"], "of the workspace")
    work.run("workspace", "select", "default")
    work.run("workspace", "delete", "-force", "blue")
    work.run("workspace", "new", "blue")
    equal(plans_of(work), {}, "deleted with the workspace")


def stored_refusals(store, proxy):
    """What cannot be stored is rejected before the plan is made."""
    work = secret(store, proxy, encryption="")
    work.init()
    says(work.run("plan", "-out=" + NAMED, status=1), "Stored plan not encrypted", '"encryption" block')
    work.seal()
    for name, summary in (("last", "Reserved name"), ("", "Invalid name"), ("Run", "Invalid name"), ("a.b", "Invalid name"),
                          ("-a", "Invalid name"), ("x" * 64, "Invalid name")):
        out = work.run("plan", "-out=state:" + name, status=1)
        says(out, summary + " of a stored plan")
        check("will be created" not in out, "no plan was made:\n" + out)
    equal(plans_of(work), {}, "nothing was stored")


def noisy(store, proxy, seed, size):
    """A directory whose plan is large and cannot be compressed; its state is small."""
    work = secret(store, proxy)
    work.configure(store.kind, store.arguments(proxy.port), {"local_file": {"f": {"filename": "made/f", "content": "x"}}})
    with open(os.path.join(work.path, "main.tf.json"), encoding="utf-8") as file:
        config = json.load(file)
    config["locals"] = {"noise": noise(size, seed)}
    del config["output"]
    with open(os.path.join(work.path, "main.tf.json"), "w", encoding="utf-8") as file:
        json.dump(config, file)
    work.init()
    return work


def stored_large(store, proxy):
    """A plan of more than 3 MB."""
    work = noisy(store, proxy, 3, 3400000)
    digest = save(work, program=shared.FAST)
    plan = plans_of(work)["run-1"]
    check(plan["size"] > 3 << 20, "it is large: %d" % plan["size"])
    work.run("apply", "-expect=" + digest, NAMED, program=shared.FAST)
    equal([os.listdir(work.made), sorted(plans_of(work))], [["f"], ["last", "run-1"]], "applied and kept")


def stored_torn(store, proxy):
    """The program dies at each request that replaces a plan: readers find the old plan or the new one, and after the new
    one never the old one. The next write removes what remains."""
    work = noisy(store, proxy, 4, 1100000)

    def replace(number, when):
        def die(_):
            process.send_signal(signal.SIGKILL)
            process.wait()
            return "cut"
        proxy.wait_until_idle()  # the end of a session of pg is a request, too
        proxy.arm({number: die if when == "before" else (die, "after")} if number else {})
        process = work.start("plan", "-lock=false", "-destroy", "-from=" + NAMED, "-out=" + NAMED, program=shared.FAST)
        process.communicate(timeout=120)
        return process.returncode

    def put_old():
        proxy.arm()
        save(work, "-lock=false", program=shared.FAST)

    put_old()
    equal(replace(0, None), 0, "without a death")
    total, deaths, found = proxy.count, 0, []
    put_old()
    for number in range(total - 11, total + 1):  # more than those of the write
        deaths += replace(number, "after" if number % 2 else "before") == -signal.SIGKILL
        proxy.arm()
        found.append("f will be created" not in work.run("show", NAMED, program=shared.FAST))
        if found[-1]:
            put_old()
    equal(found, sorted(found), "the new plan after the old one")
    check(found[-1] and not found[0] and deaths > 4, "%d deaths: %s" % (deaths, found))
    equal(list(plans_of(work)), ["run-1"], "one plan is left")


CASES = [in_turn(case) for case in (stored_life, stored_elsewhere, stored_refusals, stored_large, stored_torn)]
ROWS = [(case.__name__.replace("_", " "), case) for case in CASES]
