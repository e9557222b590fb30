"""Builds the program in a root, from the source that git knows: changed files count, untracked files do not."""
import os, pathlib, subprocess, sys

import roots

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = "/source/build/release"  # in the root


def packages():
    """Section [build] of examples/lab/packages."""
    text = (TOP / "examples/lab/packages").read_text()
    return text.split("[build]")[1].split("[")[0].split()


def version():
    for line in (TOP / "CMakeLists.txt").read_text().splitlines():
        if line.startswith("project(loam VERSION "):
            return line.split()[2]
    sys.exit("CMakeLists.txt has no version")


def time():
    """The time of all files of a release."""
    return os.environ.get("SOURCE_DATE_EPOCH") or roots.output("git", "-C", str(TOP), "log", "-1", "--format=%ct").strip()


def source(directory):
    """Copies the tracked files of the working tree into `directory`."""
    git = ["git", "-C", str(TOP)]
    changed = roots.output(*git, "stash", "create").strip()  # a commit of the changed files; changes nothing
    if changed:
        print("the source has changes that are not committed")
    archive = subprocess.Popen([*git, "-c", "tar.umask=0022", "archive", changed or "HEAD"], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", directory], stdin=archive.stdout, check=True)
    if archive.wait():
        sys.exit("git archive: status %d" % archive.returncode)


def compiler_cache():
    """Variables and mounts that give a root the compiler cache of this machine."""
    directory = os.environ.get("CCACHE_DIR")
    if not directory:
        return {"CCACHE_DISABLE": "1"}, []
    return {**{name: value for name, value in os.environ.items() if name.startswith("CCACHE_")},
            "CCACHE_DIR": directory, "CCACHE_BASEDIR": "/source"}, [(directory, directory)]


def settings():
    """Arguments of Root.run for compilers: the cache, the time, the number of jobs, no network."""
    variables, mounts = compiler_cache()
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count()))
    return {"mounts": mounts, "offline": True,
            "environment": {**variables, "SOURCE_DATE_EPOCH": time(), "CMAKE_BUILD_PARALLEL_LEVEL": jobs}}


def build(root):
    """Compiles the program in BUILD."""
    (root.path / "source").mkdir()
    source(root.path / "source")
    root.run("cmake", "--preset", "release", directory="/source", **settings())
    root.run("cmake", "--build", "--preset", "release", directory="/source", **settings())
