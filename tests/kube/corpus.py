"""Install sets and definitions of other projects, as texts of manifests.

  corpus.SETS                        the install sets; each is a Set
  corpus.definition_sets()           a Set for the definitions of each other project; two if a definition has two versions
  one.texts(cluster)                 the texts of its files, in their order
  corpus.existing(sets)              those whose files are here; prints the others

LOAM_MANIFESTS is the directory of the manifests; the default is shared/manifests beside the checkout."""
import os, re

import yaml

import server

CORPUS = os.environ.get("LOAM_MANIFESTS") or os.path.join(os.path.dirname(server.TOP), "shared/manifests")
SUFFIXES = (".yaml", ".yml")
DEFINITION = "CustomResourceDefinition"
SEPARATOR = re.compile(r"^---.*$", re.M)


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Reads a plain "=" as text, as YAML 1.2 does."""


Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: node.value)


class Set:
    """`paths` are files, directories and kustomizations; objects that name no namespace are in `space`. `needs` are
    namespaces of other sets. `documents` replaces the files by texts."""
    def __init__(self, name, space, *paths, needs=(), documents=()):
        self.name, self.space, self.paths, self.needs, self.documents = name, space, paths, needs, documents

    def texts(self, cluster):
        return list(self.documents) or [text for path in self.paths for text in texts_of(cluster, os.path.join(CORPUS, path))]


def files_of(path):
    if os.path.isfile(path):
        return [path]
    return sorted(os.path.join(top, name) for top, _, names in os.walk(path) for name in names if name.endswith(SUFFIXES))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def texts_of(cluster, path):
    """The manifests of a file, of a kustomization, or of all files below a directory."""
    if os.path.exists(os.path.join(path, "kustomization.yaml")):
        return [cluster.kubectl("kustomize", path)]
    return [read(file) for file in files_of(path)]


ARGO = "argo-cd/manifests/"
ARGO_CRDS = ARGO + "crds"
OLD_ARGO = "argo-cd/v3.5.1/manifests/"
LINKERD = "linkerd2/cli/cmd/testdata/install_"
LINKERD_CRDS = LINKERD + "crds.golden.yaml"
LINKERD_PLANE = LINKERD + "helm_control_plane_output.golden.yaml"
ROLLOUTS = "argo-rollouts/manifests/"
FLUX = "flux-operator/config/data/flux/"
METALLB = "metallb/config/manifests/metallb-"
METRICS = "metrics-server/manifests/overlays/"
TIGERA = "tigera-operator/pkg/imports/crds/operator"
PROMETHEUS_CRDS = "prometheus-operator/example/prometheus-operator-crd"

SETS = (
    Set("argo-cd", "argocd", ARGO + "install.yaml"),
    Set("argo-cd-core", "argocd", ARGO + "core-install.yaml"),
    Set("argo-cd-namespaced", "argocd", ARGO + "namespace-install.yaml", ARGO_CRDS),
    Set("argo-cd-ha", "argocd", ARGO + "ha/install.yaml"),
    Set("argo-cd-ha-namespaced", "argocd", ARGO + "ha/namespace-install.yaml", ARGO_CRDS),
    Set("argo-cd-old-namespaced", "argocd", OLD_ARGO + "namespace-install.yaml", ARGO_CRDS),
    Set("argo-cd-old-ha-namespaced", "argocd", OLD_ARGO + "ha/namespace-install.yaml", ARGO_CRDS),
    Set("argo-rollouts", "argo-rollouts", ROLLOUTS + "install.yaml", ROLLOUTS + "notifications-install.yaml"),
    Set("argo-rollouts-namespaced", "argo-rollouts", ROLLOUTS + "namespace-install.yaml", ROLLOUTS + "dashboard-install.yaml"),
    Set("calico", "kube-system", "calico/manifests/calico.yaml"),
    Set("calico-operator", "tigera-operator", TIGERA, "calico/manifests/tigera-operator.yaml", "calico/manifests/custom-resources.yaml"),
    Set("flannel", "kube-flannel", "flannel/Documentation/kube-flannel.yml"),
    Set("flux", "flux-system", FLUX + "v2.9.4"),
    Set("flux-old", "flux-system", FLUX + "v2.8.8"),
    Set("gatekeeper", "gatekeeper-system", "gatekeeper/deploy/gatekeeper.yaml"),
    Set("kube-prometheus", "monitoring", PROMETHEUS_CRDS, "kube-prometheus/manifests"),
    Set("linkerd", "linkerd-dev", LINKERD_CRDS, LINKERD_PLANE),
    Set("linkerd-ha", "linkerd-dev", LINKERD_CRDS, LINKERD + "helm_control_plane_output_ha.golden.yaml"),
    Set("linkerd-viz", "linkerd-viz", LINKERD_CRDS, "linkerd2/viz/cmd/testdata/install_default.golden.yaml", needs=["linkerd"]),
    Set("linkerd-multicluster", "linkerd-multicluster", LINKERD_CRDS, "linkerd2/multicluster/cmd/testdata/install_default.golden.yaml"),
    Set("metallb", "metallb-system", METALLB + "native.yaml"),
    Set("metallb-frr", "metallb-system", METALLB + "frr.yaml"),
    Set("metallb-frr-k8s", "metallb-system", METALLB + "frr-k8s.yaml"),
    Set("metrics-server", "kube-system", METRICS + "release"),
    Set("metrics-server-ha", "kube-system", METRICS + "release-ha-1.21+"),
)
# Their definitions are in install sets.
INSTALLED = ("argo-cd", "argo-rollouts", "calico", "gatekeeper", "linkerd2", "metallb", "prometheus-operator", "tigera-operator")


def definition_name(text):
    """None unless the text is a whole definition: some files are patches of one."""
    document = yaml.load(text, Loader) if DEFINITION in text else None
    is_definition = isinstance(document, dict) and document.get("kind") == DEFINITION and "versions" in document.get("spec", {})
    return document["metadata"]["name"] if is_definition else None


def versions_of(project):
    """{name: text} of the definitions of a project; two of them if a definition has two versions."""
    versions = []
    for path in files_of(os.path.join(CORPUS, project)):
        text = read(path)
        for part in SEPARATOR.split(text) if DEFINITION in text else ():
            name = definition_name(part)
            if name and not any(part == one.get(name) for one in versions):
                free = next((one for one in versions if name not in one), None)
                if free is None:
                    versions.append(free := {})
                free[name] = part
    return versions


def definition_sets():
    for project in sorted(os.listdir(CORPUS)) if os.path.isdir(CORPUS) else ():
        versions = versions_of(project) if os.path.isdir(os.path.join(CORPUS, project)) and project not in INSTALLED else ()
        for number, version in enumerate(versions, 1):
            yield Set("%s-definitions%s" % (project, "-%d" % number if number > 1 else ""), "default", documents=version.values())


def existing(sets):
    for one in sets:
        missing = [path for path in one.paths if not os.path.exists(os.path.join(CORPUS, path))]
        if missing:
            print("skipped %s: no %s; LOAM_MANIFESTS names the directory of install sets" % (one.name, missing[0]), flush=True)
        else:
            yield one
