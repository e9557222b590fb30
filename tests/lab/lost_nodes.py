"""Machines that are lost while a plan runs, while it waits for its approval, and while it is applied. An administrator
says so by a taint, or deletes the Node, or else the operator takes the pod over.

    lose(site, WAY)             what interrupts an apply, for Site.lose_in_apply; the ways are taint, take_over and delete
    lose_nodes(site, COUNT)     one trial after the other; each machine comes back, as after a power failure"""
import collections, statistics, time
from host import Failed
from operator_site import STEPS, TEAM, condition, is_ready, slow

PROVIDER = 'provider "kubernetes" {}\n'
PHASES = ("plan", "waiting", "apply")


def wait_lost(site, pod):
    node = pod["spec"]["nodeName"]
    site.wait("nodes", "the node is lost", lambda item: item["metadata"]["name"] == node and condition(item)[0] != "True")


def taint(site, pod):
    wait_lost(site, pod)
    began = time.monotonic()
    site.kubectl("taint", "node", pod["spec"]["nodeName"], "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute")
    return began


def take_over(site, pod):
    if pod["status"]["phase"] == "Succeeded":  # the pod of the apply may get that node while it counts as ready, and waits for its eviction
        wait_lost(site, pod)
    began = time.monotonic()
    site.kubectl("-n", TEAM, "delete", "pod", pod["metadata"]["name"], "--wait=false")
    return began


def delete(site, pod):
    began = time.monotonic()
    site.kubectl("delete", "node", pod["spec"]["nodeName"], "--wait=false")
    return began


WAYS = (taint, take_over, delete)


def lose(site, way):
    """The machine of the pod is gone."""
    def interrupt(pod):
        site.cluster.stop(pod["spec"]["nodeName"])
        return way(site, pod)
    return interrupt


def bring_back(site, node):
    site.cluster.start_again(node)
    site.kubectl("taint", "node", node, "node.kubernetes.io/out-of-service-", check=False)
    site.cluster.check_nodes(*site.cluster.names)


def one_trial(site, number, phase, way):
    """Returns the seconds until another pod works, from the taint or the deletion."""
    name, machines = "n%02d" % number, list(site.cluster.names)
    commit = site.commit({name: PROVIDER + slow(name)})
    site.put(site.stack(name, commit, "Manual" if phase == "waiting" else "Auto"))
    run, _ = site.run_of(name, commit)
    interrupt = lose(site, way)
    if phase == "apply":
        _, began = site.lose_in_apply(name, name, commit, interrupt)
        ended = time.monotonic()
    else:
        if phase == "waiting":
            site.wait("stacks", "the plan waits", lambda stack: stack["metadata"]["name"] == name and is_ready("ApprovalRequired")(stack))
        pod, _ = site.wait("pods", "a pod of the plan", lambda pod: pod["metadata"]["labels"].get("job-name") == run + "-plan" and pod["spec"].get("nodeName"))
        began = interrupt(pod)
        if phase == "waiting":
            site.approve(run, name)
        _, ended = site.wait("jobs", "the Job of the apply", lambda job: job["metadata"]["name"] == run + "-apply")
    site.wait("stacks", "applied", lambda stack: stack["metadata"]["name"] == name and is_ready("Applied")(stack))
    site.check_maps(name, STEPS)
    runs = [item for item in site.watches["runs"].items.values() if item["spec"]["stack"]["name"] == name]
    if len(runs) != 1:
        raise Failed("Runs of %s: %d\n%s" % (name, len(runs), site.describe()))
    bring_back(site, next(machine for machine in machines if machine not in site.cluster.names))
    if way is delete:  # the Node has another range of pods now
        site.cluster.apply()
    site.route_pods()
    return ended - began


def lose_nodes(site, count):
    times = collections.defaultdict(list)
    for number in range(count):
        phase, way = PHASES[number % len(PHASES)], WAYS[number // len(PHASES) % len(WAYS)]
        times[phase, way.__name__].append(one_trial(site, number, phase, way))
        site.say("%d: lost in %s, %s: goes on" % (number, phase, way.__name__), times[phase, way.__name__][-1])
    for (phase, way), each in sorted(times.items()):
        site.cluster.say("%d lost in %s, %s: half within %.1f s, all within %.1f s" % (len(each), phase, way, statistics.median(each), max(each)))
    site.kubectl("-n", TEAM, "annotate", "lst", "--all", "reconcile.fluxcd.io/requestedAt=now")
    for number in range(count):
        site.wait("stacks", "no changes", lambda stack: stack["metadata"]["name"] == "n%02d" % number and is_ready("NoChanges")(stack))
    deleted = [name for name in site.watches["configmaps"].deleted if name.startswith("n")]
    if deleted:
        raise Failed("objects were deleted: %s" % deleted)
    site.cluster.say("%d empty plans" % count)
