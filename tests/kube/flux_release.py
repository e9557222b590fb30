"""The releases of Flux in LOAM_MANIFESTS, or in ../shared/manifests beside the checkout."""
import os

import yaml

import corpus

RELEASES = os.path.join(corpus.CORPUS, "flux-operator/config/data/flux")


def rendered(release):
    """The objects that the templates of `flux install` make of a release, with default settings, in their order."""
    labels = {"app.kubernetes.io/instance": "flux-system", "app.kubernetes.io/version": release, "app.kubernetes.io/part-of": "flux"}
    found = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "flux-system", "labels": {
        "pod-security.kubernetes.io/warn": "restricted", "pod-security.kubernetes.io/warn-version": "latest"}}}]
    for name in ("policies", "rbac", "source-controller", "kustomize-controller", "helm-controller", "notification-controller"):
        with open(os.path.join(RELEASES, release, name + ".yaml"), encoding="utf-8") as file:
            found += yaml.load_all(file, yaml.CSafeLoader)
    for one in found:
        kind, metadata = one["kind"], one["metadata"]
        metadata.setdefault("labels", {}).update(labels)
        if kind in ("ResourceQuota", "ClusterRole", "ClusterRoleBinding"):
            metadata["name"] += "-flux-system"
        if kind not in ("Namespace", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding"):
            metadata["namespace"] = "flux-system"
        if kind == "ClusterRoleBinding" and one["roleRef"]["name"] == "crd-controller":
            one["roleRef"]["name"] += "-flux-system"
        if kind == "Deployment":
            template = one["spec"]["template"]
            template["metadata"]["labels"].update(labels)
            template["spec"]["nodeSelector"] = {"kubernetes.io/os": "linux"}
            container, = template["spec"]["containers"]
            container["image"] = "ghcr.io/" + container["image"]
            first = 0 if metadata["name"] == "notification-controller" else 1
            if first:
                container["args"][0] = "--events-addr=http://notification-controller.$(RUNTIME_NAMESPACE).svc.cluster.local./"
            container["args"][first] = "--watch-all-namespaces=true"
    return found
