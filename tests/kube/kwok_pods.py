"""Pods of Runs that kwok ends at once: no kubelet runs them, the results are written as a kubelet reports them, and the
serial of the state stays.

  start_pods(cluster)             the controllers, the scheduler and kwok; each plan has changes
  start_pods(cluster, changed)    only the plans of these Stacks have changes"""
import json

import server
from operator_runtime import applied, planned

FAST = ("--kube-api-qps=1000", "--kube-api-burst=2000")
STACK = '.metadata.labels["infra.loam.internal/stack"]'


def stage(name, selector, **step):
    return {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "Stage", "metadata": {"name": name}, "spec": {
        "resourceRef": {"apiGroup": "v1", "kind": "Pod"}, "selector": selector, "next": step}}


def ends(name, phase, result, *which):
    """A pod of this phase succeeds."""
    terminated = {"exitCode": 0, "reason": "Completed", "message": json.dumps(result), "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:01Z"}
    status = {"phase": "Succeeded", "containerStatuses": [{"name": "report" if phase == "plan" else "apply", "image": "x", "imageID": "x", "ready": False,
                                                           "restartCount": 0, "state": {"terminated": terminated}}]}
    return stage(name, {"matchLabels": {"infra.loam.internal/phase": phase}, "matchExpressions": [
        {"key": ".metadata.deletionTimestamp", "operator": "DoesNotExist"}, {"key": ".status.phase", "operator": "In", "values": ["Pending"]}, *which]},
        statusTemplate=json.dumps(status))


def stages(changed):
    plans = [ends("plan", "plan", planned(1))] if changed is None else [
        ends("plan", "plan", planned(1), {"key": STACK, "operator": "In", "values": changed}),
        ends("unchanged", "plan", planned(1, applicable=False), {"key": STACK, "operator": "NotIn", "values": changed})]
    return [*plans, ends("apply", "apply", applied(3)),
            stage("delete", {"matchExpressions": [{"key": ".metadata.deletionTimestamp", "operator": "Exists"}]}, delete=True)]


def start_pods(cluster, changed=None):
    server.skip_without("kwok", "kube-scheduler", command=server.POD_COMMAND)
    cluster.start_controllers(server.CONTROLLERS + server.POD_CONTROLLERS, *FAST)
    cluster.start_nodes("--config", cluster.write("stages.yaml", "---\n".join(json.dumps(each) + "\n" for each in stages(changed))))
