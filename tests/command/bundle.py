"""Files and inventories for the tests of `loam bundle`."""
import hashlib, io, json, tarfile


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def tar(entries, mode="w"):
    """A tar file of (name, bytes)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in entries:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def image(name, annotation="io.containerd.image.name"):
    """An archive with the index of an OCI layout, without blobs, which the tests do not read."""
    index = {"schemaVersion": 2, "manifests": [{"digest": "sha256:" + "0" * 64, "size": 1, "annotations": {annotation: name}}]}
    return tar([("oci-layout", b"{}"), ("index.json", json.dumps(index).encode())])


PAUSE = "registry.k8s.io/pause:3.10.1"
FILES = {"programs/kubeadm": b"\x7fELF kubeadm" * 1000, "programs/bridge": b"bridge", "programs/pause.tar": image(PAUSE),
         "programs/net.yaml": b"kind: Namespace\n"}
INVENTORY = """kubernetes_version: "1.34.4"
architecture: amd64
files:
  - path: bin/kubeadm
    version: "1.34.4"
    source: programs/kubeadm
  - path: images/pause.tar
    version: "3.10.1"
    source: programs/pause.tar
  - path: cni/bridge
    source: programs/bridge
  - path: manifests/net.yaml
    source: programs/net.yaml
"""
