"""Calls of the modules over modules/gitops-app, as their own tests make them, in a project of loam.

  module_calls.batches()                the first run of the tests of each module, then the second one of each: lists of Call
  module_calls.write(project, calls, more)   the configuration with these calls and the blocks of `more`, initialized
  module_calls.definitions()            {name: definition} of the kinds that the modules use, from LOAM_MANIFESTS
  module_calls.differences(a, b)        (path, before, after) of each value that differs"""
import collections, os, re

import yaml

import corpus, server

MODULES = os.path.join(server.TOP, "modules")
# `name`: of the block, if it is not that of the module.
Call = collections.namedtuple("Call", "module variables name", defaults=(None,))
# Kinds of which the modules make objects themselves.
KINDS = {"Application", "GitRepository", "HelmRepository", "OCIRepository", "Kustomization", "HelmRelease", "ClusterIssuer", "ClusterSecretStore", "PodMonitor",
         "ServiceMonitor", "PrometheusRule", "PeerAuthentication", "MetricTemplate", "ClusterAnalysisTemplate", "ConstraintTemplate", "Gateway",
         "Schedule"}
GROUPS = (".toolkit.fluxcd.io", "cert-manager.io", "external-secrets.io", "monitoring.coreos.com", "security.istio.io", "flagger.app", "argoproj.io",
          "templates.gatekeeper.sh", "gateway.networking.k8s.io", "velero.io")


def definitions():
    """One definition of each kind."""
    found = {}
    for project in sorted(os.listdir(corpus.CORPUS)) if os.path.isdir(corpus.CORPUS) else ():
        for path in corpus.files_of(os.path.join(corpus.CORPUS, project)) if os.path.isdir(os.path.join(corpus.CORPUS, project)) else ():
            text = corpus.read(path)
            if "kind: CustomResourceDefinition" not in text or not any("kind: %s\n" % kind in text for kind in KINDS):
                continue
            for one in yaml.load_all(text, corpus.Loader):
                spec = isinstance(one, dict) and one.get("kind") == corpus.DEFINITION and one["spec"]
                if spec and spec["names"]["kind"] in KINDS and spec["group"].endswith(GROUPS):
                    found.setdefault(one["metadata"]["name"], one)
    return found


def batches():
    """Without runs that must fail, and without waits."""
    found = []
    for name in sorted(os.listdir(MODULES)):
        main, tests = (os.path.join(MODULES, name, file) for file in ("main.loam.yaml", "tests/%s.loamtest.yaml" % name))
        if name in ("gitops-app", "network-policies") or re.search(r"source: ../gitops-app$", corpus.read(main), re.M):
            runs = [run["variables"] for run in yaml.load(corpus.read(tests), yaml.CSafeLoader)["run"].values() if "expect_failures" not in run]
            for number, variables in enumerate(runs):
                if name == "gitops-app":
                    variables["namespace"] = "app"
                if name != "network-policies":
                    variables["wait"] = False
                found += [[]] if number == len(found) else []
                found[number].append(Call(name, variables))
    return found


def write(project, calls, more=None):
    engines = {call.variables.get("engine", "flux") for call in calls}  # a module needs the provider of its engine alone
    project.put("main.tf.json", {"provider": {name: project.provider for name in ("kubernetes", *engines)},
                                 "module": {call.name or call.module: {"source": "./modules/" + call.module, **call.variables} for call in calls},
                                 **(more or {})})
    if not os.path.exists(os.path.join(project.path, "modules")):
        os.symlink(MODULES, os.path.join(project.path, "modules"))
    project.run("init")


def differences(before, after, at=""):
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            yield from differences(before.get(name), after.get(name), "%s.%s" % (at, name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, pair in enumerate(zip(before, after)):
            yield from differences(*pair, "%s[%d]" % (at, i))
    elif before != after:
        yield at, before, after
