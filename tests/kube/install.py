"""Install sets (`corpus.py`) applied by loam, on servers of which each returns to its first state after a set.

  install.main(choose(words), run_set, programs=…, **options)
                                     runs run_set(cluster, set) for each set, on two servers; `options` are those of server.start.
                                     Returns the exit status
  install.choose(words, fast, sets)  of these sets, by default of all, the sets of the names `fast` and, for each commit, another one; with
                                     --all [PATTERN] all sets, or those whose name matches
  install.write(project, one, texts, **arguments)
                                     a configuration with kubernetes_manifests.all; returns the namespaces that it makes beside it
  install.check_clean(cluster, before, "loam")
                                     the server's lists have what listing.read returned before, and no more"""
import contextlib, os, queue, re, threading, time, traceback

import yaml

import corpus, listing, rotation, server

ROOT = "kube-system"
SERVERS = 2


def check(condition, *shown):
    if not condition:
        raise AssertionError(" ".join(map(str, shown)))


def equal(found, wanted, what=""):
    check(found == wanted, what, "found:", found, "wanted:", wanted)


def namespace(name):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def write(project, one, texts, **arguments):
    os.makedirs(os.path.join(project.path, "m"))
    for number, text in enumerate(texts):
        project.put("m/%03d.yaml" % number, text)
    has_own = one.space in ("default", ROOT) or any(re.search(r"^ *kind: Namespace$", text, re.M) for text in texts)
    spaces = [*one.needs, *([] if has_own else [one.space])]
    rows = {"all": {"path": "m", "namespace": one.space, **arguments}}
    if spaces:
        rows["space"] = {"content": yaml.safe_dump_all(map(namespace, spaces))}
        rows["all"]["depends_on"] = ["kubernetes_manifests.space"]
    project.write({"resource": {"kubernetes_manifests": rows}})
    return spaces


def is_of_controllers(before, one):
    """Whether controllers created the object: at their start they create service accounts and ConfigMaps in the server's namespaces."""
    metadata = one["metadata"]
    managers = {entry["manager"] for entry in metadata.get("managedFields", ())}
    return "/Namespace//" + metadata.get("namespace", "") in before and managers <= {"kube-controller-manager"}


def left_over(before, after):
    more = {key for key, one in after.items() if not is_of_controllers(before, one)} - before.keys()
    return sorted(more) + sorted(before.keys() - after.keys())


def check_clean(cluster, before, who):
    """Checks that nothing is left. Objects that the server derives from a definition or namespace are deleted a little later."""
    after = listing.wait(cluster, lambda objects: not left_over(before, objects))
    equal(left_over(before, after), [], who + " left over")


def choose(words, fast, sets=None):
    pattern = re.compile("".join([word for word in words if word != "--all"][:1]))
    sets = list(corpus.existing(sets or [*corpus.SETS, *corpus.definition_sets()]))
    if "--all" in words:
        return [one for one in sets if pattern.search(one.name)]
    return [*(one for one in sets if one.name in fast), *rotation.part([one for one in sets if one.name not in fast], 1)]


class Run:
    """Threads take sets from a queue; each has a server, and another one after a failure."""
    def __init__(self, sets, run_set, options):
        self.sets, self.run_set, self.options, self.failed = queue.Queue(), run_set, options, []
        for one in sets:
            self.sets.put(one)

    def work(self):
        while not self.sets.empty():
            try:
                with server.start(**self.options) as cluster:
                    while not self.sets.empty() and self.run_next(cluster):
                        pass
            except Exception:  # pylint: disable=broad-except
                self.failed.append("a server")
                print("failed  a server: %s\n" % traceback.format_exc()[-3000:], end="", flush=True)

    def run_next(self, cluster):
        with contextlib.suppress(queue.Empty):
            return self.run_one(cluster, self.sets.get_nowait())
        return False

    def run_one(self, cluster, one):
        began = time.monotonic()
        try:
            text = self.run_set(cluster, one)
            print("passed  %s (%.1f s): %s\n" % (one.name, time.monotonic() - began, text), end="", flush=True)
            return True
        except Exception as error:  # pylint: disable=broad-except
            self.failed.append(one.name)
            text = str(error) if isinstance(error, (AssertionError, RuntimeError)) else traceback.format_exc()
            print("failed  %s: %s\n" % (one.name, text[-3000:]), end="", flush=True)
            return False


def main(sets, run_set, flags=(), **parts):
    if not sets:
        print("the manifests of other projects are missing: LOAM_MANIFESTS names their directory")
        return 77
    server.skip_without_parts(**parts)  # here: the exit of a thread ends that thread alone
    run = Run(sets, run_set, {"flags": flags, **parts})
    threads = [threading.Thread(target=run.work, daemon=True) for _ in range(min(SERVERS, len(sets)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = run.sets.qsize()
    print("%d sets, %d failed, %d did not run" % (len(sets), len(run.failed), left))
    return 1 if run.failed or left else 0
