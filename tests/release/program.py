"""Builds the program in a root, from the source that git knows: changed files count, untracked files do not.

Two variables change the circumstances of a build, for tests/release/twice: LOAM_RELEASE_PLACE is the directory of the source in
the root, LOAM_RELEASE_VARIABLES are variables NAME=VALUE of all programs there, separated by blanks. Among them, FAKETIME is the
difference of the clock."""
import os, pathlib, shutil, subprocess, sys, tempfile

import processors, roots

TOP = pathlib.Path(__file__).resolve().parents[2]
SOURCE = os.environ.get("LOAM_RELEASE_PLACE", "/source")  # in the root
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime"  # of Debian's package faketime


def packages(processor="", more=()):
    """Section [build] of examples/lab/packages, and `more`, with the libraries of a processor."""
    text = (TOP / "examples/lab/packages").read_text()
    names = [*text.split("[build]")[1].split("[")[0].split(), *more]
    if not processor:
        return names
    is_library = lambda name: name.endswith("-dev") and name != "dpkg-dev"
    return [*(name for name in names if not is_library(name) and name != "gcc"), *("%s:%s" % (name, processor) for name in names if is_library(name)),
            *processors.named(processor).packages]


def preset(root):
    """The preset of CMakePresets.json for a root."""
    processor = root.distribution.processor
    return "release" + (processor and "-" + processor)


def directory(root):
    """Where `build` compiles in a root."""
    return "%s/build/%s" % (SOURCE, preset(root))


def version():
    for line in (TOP / "CMakeLists.txt").read_text().splitlines():
        if line.startswith("project(loam VERSION "):
            return line.split()[2]
    sys.exit("CMakeLists.txt has no version")


def time():
    """The time of all files of a release."""
    return os.environ.get("SOURCE_DATE_EPOCH") or roots.output("git", "-C", str(TOP), "log", "-1", "--format=%ct").strip()


def archive(*options):
    """Starts git archive of the tracked files of the working tree; its output is a tar file, with the time of the commit."""
    git = ["git", "-C", str(TOP)]
    index = roots.output(*git, "rev-parse", "--path-format=absolute", "--git-path", "index").strip()
    with tempfile.NamedTemporaryFile(prefix="loam-index-") as copy:  # git locks an index; another build may be reading it
        shutil.copyfile(index, copy.name)
        dates = {"GIT_AUTHOR_DATE": time() + " +0000", "GIT_COMMITTER_DATE": time() + " +0000"}
        # A commit of the changed files; changes nothing.
        changed = roots.output(*git, "stash", "create", env={**os.environ, **dates, "GIT_INDEX_FILE": copy.name}).strip()
    if changed:
        print("the source has changes that are not committed")
    return subprocess.Popen([*git, "-c", "tar.umask=0022", "archive", *options, changed or "HEAD"], stdout=subprocess.PIPE)


def source(directory):
    """Copies the tracked files of the working tree into `directory`."""
    tar = archive()
    subprocess.run(["tar", "-x", "-C", directory], stdin=tar.stdout, check=True)
    if tar.wait():
        sys.exit("git archive: status %d" % tar.returncode)


def compiler_cache():
    """Variables and mounts that give a root the compiler cache of this machine."""
    directory = os.environ.get("CCACHE_DIR")
    if not directory:
        return {"CCACHE_DISABLE": "1"}, []
    return {**{name: value for name, value in os.environ.items() if name.startswith("CCACHE_")},
            "CCACHE_DIR": directory, "CCACHE_BASEDIR": SOURCE}, [(directory, directory)]


def circumstances():
    """Variables and mounts of LOAM_RELEASE_VARIABLES."""
    variables = dict(word.split("=", 1) for word in os.environ.get("LOAM_RELEASE_VARIABLES", "").split())
    if "FAKETIME" not in variables:
        return variables, []
    return {**variables, "LD_PRELOAD": "/faketime/libfaketime.so.1"}, [(FAKETIME, "/faketime")]


def settings():
    """Arguments of Root.run for compilers: the cache, the time, the number of jobs, no network."""
    (variables, mounts), (more, places) = compiler_cache(), circumstances()
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count()))
    return {"mounts": [*mounts, *places], "offline": True,
            "environment": {**variables, **more, "SOURCE_DATE_EPOCH": time(), "CMAKE_BUILD_PARALLEL_LEVEL": jobs}}


def build(root):
    """Compiles the program in `directory`."""
    place = root.path / SOURCE.strip("/")
    place.mkdir(parents=True)
    source(place)
    keys = os.environ.get("LOAM_RELEASE_KEYS", "").split()
    root.run("cmake", "--preset", preset(root), "-DLOAM_RELEASE_KEYS=" + ";".join(keys), directory=SOURCE, **settings())
    root.run("cmake", "--build", "--preset", preset(root), directory=SOURCE, **settings())
