#!/usr/bin/env -S python3 -B
"""image.py OUT.tar NAME ENTRYPOINT ROOT [USER [ARGUMENT...]]: a container image of one layer, as an OCI layout with the name for containerd."""
import hashlib, io, json, os, sys, tarfile

OCI = "application/vnd.oci.image."


def described(kind, data, **more):
    return {"mediaType": OCI + kind, "digest": "sha256:" + hashlib.sha256(data).hexdigest(), "size": len(data), **more}


def of_root(entry):
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def main(out, name, entry, root, user="", *arguments):
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for item in sorted(os.listdir(root)):
            archive.add(os.path.join(root, item), item, filter=of_root)
    layer = layer.getvalue()
    digest = "sha256:" + hashlib.sha256(layer).hexdigest()
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest]},
                         "config": {"Entrypoint": [entry], "Cmd": arguments, "User": user, "WorkingDir": "/",
                                    "Env": ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}}).encode()
    manifest = json.dumps({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": described("config.v1+json", config),
                           "layers": [described("layer.v1.tar", layer)]}).encode()
    index = json.dumps({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": [
        described("manifest.v1+json", manifest, platform={"architecture": "amd64", "os": "linux"},
                  annotations={"io.containerd.image.name": name})]}).encode()
    with tarfile.open(out, "w", format=tarfile.GNU_FORMAT) as archive:
        blobs = [("blobs/sha256/" + hashlib.sha256(data).hexdigest(), data) for data in (config, manifest, layer)]
        for path, data in [("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'), ("index.json", index)] + blobs:
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


main(*sys.argv[1:])
