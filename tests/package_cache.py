"""Programs of PyPI and npm that tests run, each package in a directory of its own below ~/.cache/loam/packages, or
$LOAM_PACKAGES. The first test that needs a package installs it; later runs find it there.

  package_cache.python("moto[server]==5.2.1")   a virtual environment; its programs are in bin/
  package_cache.node("azurite@3.35.0")          node_modules; its programs are in node_modules/.bin/

Both return the directory, or None if the package cannot be installed: then a test skips itself."""
import os, re, shutil, subprocess, sys

SECONDS = 600  # for one step of an installation


def directory():
    return os.path.abspath(os.environ.get("LOAM_PACKAGES") or os.path.expanduser("~/.cache/loam/packages"))


def installed(name, steps):
    """Runs the commands that fill a directory, unless an earlier run has. Tests that run at once each fill their own, and one stays."""
    top = os.path.join(directory(), re.sub(r"[^\w.-]+", "-", name))
    if os.path.exists(os.path.join(top, "complete")):
        return top
    # Programs of a virtual environment hold its path, so it is filled in its place.
    fresh = "%s.%d" % (top, os.getpid())
    os.makedirs(fresh, exist_ok=True)
    try:
        for words in steps(fresh):
            subprocess.run(words, check=True, capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError):
        shutil.rmtree(fresh, ignore_errors=True)
        return None
    with open(os.path.join(fresh, "complete"), "w", encoding="utf-8"):
        pass
    try:
        os.symlink(os.path.basename(fresh), top)
    except FileExistsError:
        shutil.rmtree(fresh, ignore_errors=True)
    return top


def python(requirement):
    return installed("python-" + requirement, lambda at: (
        (os.path.realpath(sys.executable), "-m", "venv", at), (os.path.join(at, "bin/python"), "-m", "pip", "install", "--quiet", "--no-input", requirement)))


def node(package):
    return installed("node-" + package, lambda at: (("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", at, package),))
