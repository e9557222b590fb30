"""Runs the test functions of a program on one API server.

  cases.main((slow,), (first, second), last)     tuples run side by side, the functions of one tuple one after the other; a function
                                                 outside of tuples runs alone, after those before it. Ends the program
  PROGRAM PATTERN                                runs the functions whose name matches

Tuples that run side by side must not share names of objects, roles of a user, or counts of the audit log, nor start processes of the
server: the kernel ends a process with the thread that started it."""
import re, sys, threading, time, traceback

import server

ERRORS = (AssertionError, RuntimeError, KeyError, IndexError, TypeError)


def shortened(text):
    """The failure is at the beginning, and the observation at the end."""
    return text if len(text) <= 2500 else text[:700] + "\n[…]\n" + text[-1800:]


def run_lane(tests, cluster, failed):
    for test in tests:
        began = time.monotonic()
        try:
            test(cluster)
            print("passed  %s (%.1f s)\n" % (test.__name__, time.monotonic() - began), end="", flush=True)
        except ERRORS as error:
            failed.append(test)
            print("failed  %s: %s: %s\n" % (test.__name__, type(error).__name__, shortened(str(error))), end="", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed.append(test)
            print("failed  %s: %s\n" % (test.__name__, traceback.format_exc()), end="", flush=True)


def run(lanes, cluster):
    """Returns the number of failures."""
    failed = []
    if len(lanes) == 1:
        run_lane(lanes[0], cluster, failed)
        return len(failed)
    threads = [threading.Thread(target=run_lane, args=(lane, cluster, failed), daemon=True) for lane in lanes if lane]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(failed)


def groups_of(lanes):
    """Lists of tuples that run side by side."""
    group = []
    for lane in lanes:
        if callable(lane):
            yield group
            yield [(lane,)]
            group = []
        else:
            group.append(lane)
    yield group


def main(*lanes, programs=(), prepare=None, words=None, failed=0, **options):
    """`options` are those of server.start, `programs` more that it needs; `failed`: failures of the program so far."""
    pattern = re.compile("".join((sys.argv[1:] if words is None else words)[:1]))
    server.skip_without(*programs)
    with server.start(**options) as cluster:
        if prepare:
            prepare(cluster)
        for group in groups_of(lanes):
            failed += run([[test for test in lane if pattern.search(test.__name__)] for lane in group], cluster)
    sys.exit(1 if failed else 0)
