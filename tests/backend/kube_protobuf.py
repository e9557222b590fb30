"""The part of Kubernetes' protobuf encoding that its newer clients use for Leases.

  read_lease(body)    the object, as its JSON would be
"""
import datetime

TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\0"
METADATA = {1: "name", 3: "namespace", 5: "uid", 6: "resourceVersion"}
MAPS = {11: "labels", 12: "annotations"}
TIMES = {3: "acquireTime", 4: "renewTime"}


def varint(data, at):
    number, shift = 0, 0
    while True:
        number |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return number, at


def fields(data):
    """The values of each field number, in order: integers, and bytes for other types."""
    found, at = {}, 0
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        elif tag & 7:
            raise ValueError("wire type %d" % (tag & 7))
        found.setdefault(tag >> 3, []).append(value)
    return found


def one(found, number, default=b""):
    return found.get(number, [default])[-1]


def time_of(data):
    moment = fields(data)
    at = datetime.datetime.fromtimestamp(one(moment, 1, 0), datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S") + ".%06dZ" % (one(moment, 2, 0) // 1000)


def read_metadata(found):
    metadata = {name: one(found, number).decode() for number, name in METADATA.items() if one(found, number)}
    for number, name in MAPS.items():
        entries = map(fields, found.get(number, []))
        metadata[name] = {one(entry, 1).decode(): one(entry, 2).decode() for entry in entries}
    return metadata


def read_spec(found):
    spec = {name: time_of(one(found, number)) for number, name in TIMES.items() if number in found}
    if 1 in found:
        spec["holderIdentity"] = one(found, 1).decode()
    spec.update({name: one(found, number) for number, name in ((2, "leaseDurationSeconds"), (5, "leaseTransitions")) if number in found})
    return spec


def read_lease(body):
    if not body.startswith(MAGIC):
        raise ValueError("not a Kubernetes object")
    lease = fields(one(fields(body[len(MAGIC):]), 2))
    return {"kind": "Lease", "apiVersion": "coordination.k8s.io/v1",
            "metadata": read_metadata(fields(one(lease, 1))), "spec": read_spec(fields(one(lease, 2)))}
