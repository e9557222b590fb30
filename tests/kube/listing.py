"""All objects of an API server, from its own lists.

  listing.read(cluster)              {"GROUP/KIND/NAMESPACE/NAME": object}, without events and leases
  listing.wait(cluster, is_done)     reads until is_done(objects) is true, at most a minute; returns the last objects
  listing.put(cluster, one, "hand", dry_run=False)
                                     (status, response) of an update by this manager; `one` has its resourceVersion"""
import json, time

WAIT_SECONDS = 60
NOT_LISTED = ("events", "leases", "componentstatuses")


class Connection:
    """Requests of the user root over one connection."""
    def __init__(self, cluster):
        self.http = cluster.connect()
        self.headers = {"Authorization": "Bearer " + cluster.token("root"), "Content-Type": "application/json"}

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.http.close()

    def get(self, path):
        """None if there is no such object, or no server of its group."""
        self.http.request("GET", path, headers=self.headers)
        response = self.http.getresponse()
        body = response.read()
        return json.loads(body) if response.status == 200 else None


def resources_of(connection):
    """(prefix, group, resource) of all kinds that can be listed; a kind may be in several versions, the preferred one first."""
    for group in [{"name": "", "prefixes": ["/api/v1"]}, *(connection.get("/apis") or {"groups": []})["groups"]]:
        first = group.get("preferredVersion")
        versions = sorted(group.get("versions", ()), key=lambda one: one != first)
        for prefix in group.get("prefixes") or ["/apis/" + one["groupVersion"] for one in versions]:
            for resource in (connection.get(prefix) or {"resources": []})["resources"]:
                if "list" in resource["verbs"] and resource["name"] not in NOT_LISTED:
                    yield prefix, group["name"], resource


def read(cluster):
    objects, kinds = {}, set()
    with Connection(cluster) as connection:
        for prefix, group, resource in resources_of(connection):
            if (group, resource["kind"]) in kinds:
                continue
            kinds.add((group, resource["kind"]))
            found = connection.get("%s/%s" % (prefix, resource["name"])) or {"items": ()}
            for one in found["items"]:
                key = "%s/%s/%s/%s" % (group, resource["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"])
                objects[key] = {"apiVersion": found["apiVersion"], "kind": resource["kind"], **one}
    return objects


def wait(cluster, is_done):
    end = time.monotonic() + WAIT_SECONDS
    objects = read(cluster)
    while not is_done(objects) and time.monotonic() < end:
        time.sleep(0.5)
        objects = read(cluster)
    return objects


def put(cluster, one, manager, dry_run):
    path = "%s?fieldManager=%s%s" % (cluster.object_path(one), manager, "&dryRun=All" if dry_run else "")
    return cluster.request("PUT", path, one)
