"""Charts of Helm that contain manifests of other projects, as archives.

  chart_archive.documents(texts)                  the objects of manifests, as a chart can have them
  chart_archive.archive(name, version, objects)   the bytes of a .tgz
  chart_archive.index(directory, archives)        writes index.yaml and the archives {(name, version): bytes}

No pod runs on the server of the tests. The objects therefore ask for none: replicas are 0, jobs are suspended, no address of a load
balancer is awaited, and nothing registers a server of webhooks or of an API. Namespaced objects are in the namespace of the release.

The definitions are in crds/ of a chart within the chart, which Helm leaves out of the Secret of a release: with those of some projects, the
Secret would be too large.

Each chart has one more object, the ConfigMap RELEASE-values: the version of the chart and the values of the release. Definitions have the
version as a label."""
import gzip, hashlib, io, json, os, tarfile

import yaml

import corpus

VERSION_LABEL = "chart-version"
INNER = "definitions"
LEFT_OUT = ("Namespace", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService")
NAMESPACE = "@namespace-of-the-release@"
VALUES = ('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-values"},'
          ' "data": {"version": "{{ .Chart.Version }}", "values": {{ omit .Values "%s" "global" | toJson | quote }}}}' % INNER)


def members(one):
    """The objects of a list, or the object itself."""
    return [part for item in one["items"] for part in members(item)] if one["kind"].endswith("List") and "items" in one else [one]


def without_pods(one):
    kind, spec = one["kind"], one.get("spec", {})
    if one["apiVersion"].startswith("apps/") and kind != "DaemonSet":
        spec["replicas"] = 0
    if kind in ("Job", "CronJob"):
        spec["suspend"] = True
    if kind == "PodDisruptionBudget" and "minAvailable" in spec:
        spec["minAvailable"] = 0
    if kind == "Service" and spec.get("type") == "LoadBalancer":
        spec["type"] = "ClusterIP"
        spec.pop("externalTrafficPolicy", None)


def documents(texts, left_out=()):
    """`left_out`: (kind, name) of further objects."""
    found = {}
    for text in texts:
        for one in yaml.load_all(text, corpus.Loader):
            for part in members(one) if isinstance(one, dict) and "kind" in one else ():
                if part["kind"] in LEFT_OUT or (part["kind"], part["metadata"]["name"]) in left_out:
                    continue
                part.pop("status", None)
                part["metadata"].pop("namespace", None)  # Helm adds that of the release
                for subject in part.get("subjects") or ():
                    if subject["kind"] == "ServiceAccount":
                        subject["namespace"] = NAMESPACE
                without_pods(part)
                found.setdefault((part["apiVersion"].split("/")[0], part["kind"], part["metadata"]["name"]), part)
    return list(found.values())


def template(one):
    text = json.dumps(one)
    return text.replace("{{", '{{ "{{" }}').replace(NAMESPACE, "{{ .Release.Namespace }}")


def head(name, version):
    return json.dumps({"apiVersion": "v2", "name": name, "version": version, "description": "A chart of the tests"})


def files_of(name, version, objects):
    yield "Chart.yaml", head(name, version)
    yield "charts/%s/Chart.yaml" % INNER, head(INNER, version)
    yield "templates/values.yaml", VALUES
    for number, one in enumerate(objects):
        if one["kind"] == corpus.DEFINITION:
            metadata = {**one["metadata"], "labels": {**one["metadata"].get("labels", {}), VERSION_LABEL: version}}
            yield "charts/%s/crds/%d.yaml" % (INNER, number), json.dumps({**one, "metadata": metadata})
        else:
            yield "templates/%d.yaml" % number, template(one)


def archive(name, version, objects):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for path, text in files_of(name, version, objects):
            entry = tarfile.TarInfo("%s/%s" % (name, path))
            entry.size, entry.mode = len(text.encode()), 0o644
            tar.addfile(entry, io.BytesIO(text.encode()))
    return gzip.compress(plain.getvalue(), 6, mtime=0)


def index(directory, archives):
    entries = {}
    for (name, version), content in sorted(archives.items()):
        file = "%s-%s.tgz" % (name, version)
        with open(os.path.join(directory, file), "wb") as out:
            out.write(content)
        entries.setdefault(name, []).append({"apiVersion": "v2", "name": name, "version": version, "urls": [file],
                                             "digest": hashlib.sha256(content).hexdigest()})
    with open(os.path.join(directory, "index.yaml"), "w", encoding="utf-8") as out:
        json.dump({"apiVersion": "v1", "entries": entries}, out)
