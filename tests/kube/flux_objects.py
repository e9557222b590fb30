"""The definitions of Flux from LOAM_MANIFESTS, or ../shared/manifests beside the checkout, and objects of their kinds in a project of
loam. Without the definitions, the program that imports this skips."""
import glob, os, sys, time

import yaml

import corpus

DEFINITIONS = "*-controller/config/crd/bases/*.yaml"
SPACE = "flux-system"
# Kinds, by type. The definitions have more kinds, which other controllers write.
TYPES = {"Alert": "flux_alert", "Bucket": "flux_bucket", "GitRepository": "flux_git_repository", "HelmChart": "flux_helm_chart",
         "HelmRelease": "flux_helm_release", "HelmRepository": "flux_helm_repository", "ImagePolicy": "flux_image_policy",
         "ImageRepository": "flux_image_repository", "ImageUpdateAutomation": "flux_image_update_automation",
         "Kustomization": "flux_kustomization", "OCIRepository": "flux_oci_repository", "Provider": "flux_notification_provider",
         "Receiver": "flux_receiver"}


def check(condition, *shown):
    if not condition:
        raise AssertionError(" ".join(map(str, shown)))


def equal(found, wanted, what=""):
    check(found == wanted, what, "found:", found, "wanted:", wanted)


def definitions():
    found = {}
    for path in sorted(glob.glob(os.path.join(corpus.CORPUS, DEFINITIONS))):
        one = yaml.load(corpus.read(path), corpus.Loader)
        if one["spec"]["group"].endswith(".toolkit.fluxcd.io"):
            found[one["spec"]["names"]["kind"]] = one
    return found


def version_of(definition):
    return next(version for version in definition["spec"]["versions"] if version["storage"])


def resources(project, rows, more=None):
    project.put("main.tf.json", {"provider": {"flux": project.provider, "kubernetes": project.provider}, "resource": rows, **(more or {})})


def named(kind, name):
    definition = FLUX[kind]
    return {"apiVersion": "%s/%s" % (definition["spec"]["group"], version_of(definition)["name"]), "kind": kind,
            "metadata": {"name": name, "namespace": SPACE}}


def metadata(name):
    return {"name": name, "namespace": SPACE}


def until(test, what):
    end = time.monotonic() + 60
    while not test():
        check(time.monotonic() < end, "timeout:", what)
        time.sleep(0.05)


def prepare(cluster):
    for one in FLUX.values():
        cluster.apply(one)
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    for kind in TYPES:
        until(lambda kind=kind: is_served(cluster, kind), kind)


def is_served(cluster, kind):
    try:
        return cluster.object_path(named(kind, "x")) and cluster.request("GET", cluster.object_path(named(kind, "x")))[1]["kind"] == "Status"
    except (KeyError, TypeError):
        return False


FLUX = definitions()
if not set(TYPES) <= set(FLUX):
    print("missing: the definitions of Flux; LOAM_MANIFESTS names the directory of manifests")
    sys.exit(77)
