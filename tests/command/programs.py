"""Programs that tests/programs/build makes; a test without one is skipped."""
import os, sys


def program(name, group):
    top = os.environ.get("LOAM_PROGRAMS") or os.path.expanduser("~/.cache/loam/programs")
    path = os.path.join(top, "bin", name)
    if not os.access(path, os.X_OK):
        print("%s is missing: \"tests/programs/build %s\" builds it" % (name, group))
        sys.exit(77)
    return path
