"""Programs that tests/programs/build makes; a test without one is skipped."""
import os, sys

DIRECTORY = os.environ.get("LOAM_PROGRAMS") or os.path.expanduser("~/.cache/loam/programs")


def program(name, group):
    path = os.path.join(DIRECTORY, "bin", name)
    if not os.access(path, os.X_OK):
        print("%s is missing: \"tests/programs/build %s\" builds it" % (name, group))
        sys.exit(77)
    return path
