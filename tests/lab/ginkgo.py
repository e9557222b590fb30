"""Kubernetes' own tests, as programs that judge a cluster of tests/lab."""
import os, re
from cluster_nodes import PROGRAMS
from host import Failed, skip


def program(name, version=None):
    """The linked program, or that of a version of Kubernetes."""
    path = os.path.join(PROGRAMS, "programs", name, "v" + version, name) if version else os.path.join(PROGRAMS, "bin", name)
    if not os.path.exists(path):
        skip("%s is missing: tests/programs/build %s" % (os.path.basename(path), "release-" + version[:4] if version else name))
    return path


def judge(cluster, path, *options):
    """The counts of passed and skipped tests; none may fail. The cluster's file `kubeconfig` leads there."""
    done = cluster.inside(path, "--kubeconfig=" + cluster.path("kubeconfig"), "--ginkgo.no-color", *options, check=False)
    found = re.search(r"Ran (\d+) of \d+ Specs.*?(\d+) Passed \| (\d+) Failed \| \d+ Pending \| (\d+) Skipped", done.stdout, re.S)
    if not found or int(found[3]):
        raise Failed("%s:\n%s" % (os.path.basename(path), done.stdout[-12000:]))
    return int(found[2]), int(found[4])
