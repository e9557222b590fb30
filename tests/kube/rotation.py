"""The part of many items that a test runs by default: another part for each commit, so that all of them run in time.

  rotation.part(items, count)   `count` of the items, evenly spread, in their order
  rotation.is_in(index)         whether this item of many is in the part of a seventh

LOAM_ROTATION is a number instead of the commit: it repeats the part of another run, which prints it."""
import functools, os, subprocess

import server

PARTS = 7


@functools.cache
def number():
    if "LOAM_ROTATION" in os.environ:
        return int(os.environ["LOAM_ROTATION"])
    done = subprocess.run(["git", "rev-parse", "--short=8", "HEAD"], cwd=server.TOP, capture_output=True, text=True, check=False)
    return int(done.stdout, 16) if done.returncode == 0 else 0


def part(items, count):
    items, first = list(items), number()
    if count >= len(items):
        return items
    print("LOAM_ROTATION=%d: %d of %d" % (first, count, len(items)), flush=True)
    return [items[i] for i in sorted((first + i * len(items) // count) % len(items) for i in range(count))]


def is_in(index):
    return (index + number()) % PARTS == 0
