"""Root file systems of distribution releases, in which packages are built and tried.

A root is made once by mmdebstrap, kept as a tar file in $LOAM_ROOTS (default ~/.cache/loam/roots), and unpacked anew for each
use. Its archive is the one that apt of this machine uses: roots of Debian need a machine with Debian's archive among apt's
sources, roots of Ubuntu one with Ubuntu's, or the argument `mirror`. The distribution's own keys verify all packages.

    with Root(chosen("deb13")[0], ["gcc"]) as root:
        root.run("gcc", "--version")

A command runs in a mount, process and IPC namespace of its own, with /proc, /sys and /dev; its children end with it. It has an empty
/dev/shm: the names of libfaketime's objects there have process numbers, which repeat in each namespace."""
import collections, contextlib, fcntl, hashlib, json, os, pathlib, re, shutil, subprocess, sys, tempfile

import processors

# name: as in the version of a package; origin: as in apt's lists; keyring: a file in KEYRINGS; package: which has it;
# processor: another one than that of this machine, whose libraries are in the root, too
Distribution = collections.namedtuple("Distribution", "name suite origin components keyring package processor", defaults=[""])
DISTRIBUTIONS = (
    Distribution("deb12", "bookworm", "Debian", "main", "debian-archive-keyring", "debian-archive-keyring"),
    Distribution("deb12-arm64", "bookworm", "Debian", "main", "debian-archive-keyring", "debian-archive-keyring", "arm64"),
    Distribution("deb13", "trixie", "Debian", "main", "debian-archive-keyring", "debian-archive-keyring"),
    Distribution("ubuntu22.04", "jammy", "Ubuntu", "main universe", "ubuntu-archive-keyring", "ubuntu-keyring"),
    Distribution("ubuntu24.04", "noble", "Ubuntu", "main universe", "ubuntu-archive-keyring", "ubuntu-keyring"),
    Distribution("ubuntu26.04", "resolute", "Ubuntu", "main universe", "ubuntu-archive-keyring", "ubuntu-keyring"),
)
KEYRINGS = "/usr/share/keyrings/%s.gpg"
# The libraries of glibc that a program may need, beside the loader; each system has them.
C_LIBRARIES = ("libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "libresolv.so.2", "librt.so.1", "libutil.so.1")
GLIBC = (*(row.loader for row in processors.PROCESSORS), *C_LIBRARIES)
CACHE = pathlib.Path(os.environ.get("LOAM_ROOTS", pathlib.Path.home() / ".cache/loam/roots"))


class Unavailable(Exception):
    """This machine cannot make the root; the text says why."""


def chosen(names):
    """The rows of a list NAME,…; all rows for None."""
    rows = [row for row in DISTRIBUTIONS if names is None or row.name in names.split(",")]
    if names is not None and len(rows) != len(set(names.split(","))):
        sys.exit("--only: %s; the names are %s" % (names, ", ".join(row.name for row in DISTRIBUTIONS)))
    return rows


def distribution_of(package):
    """The distribution of loam_VERSION-1~NAME_ARCHITECTURE.deb."""
    name, processor = re.fullmatch(r"loam_[\d.]+-1~([a-z\d.]+)_(\w+)\.deb", package).groups()
    return chosen(next((row.name for row in DISTRIBUTIONS if row.name == "%s-%s" % (name, processor)), name))[0]


def output(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, encoding="utf-8", **more).stdout


def archives(distribution, mirror=None):
    """The lines of apt's sources for a root: the suite, its updates and its security updates."""
    suite, components = distribution.suite, distribution.components
    if mirror:
        return ["deb %s %s %s" % (mirror, suite + part, components) for part in ("", "-updates", "-security")]
    rows = output("apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI) $(RELEASE)", "Created-By: Packages").splitlines()
    rows = [row.split()[1:] for row in rows if row.startswith(distribution.origin + " ")]
    found = {}
    for address, release in rows:  # the releases of this machine, such as bookworm, bookworm-updates, bookworm-security
        found.setdefault(release.partition("-")[2], address)
    if "" not in found:
        raise Unavailable("apt of this machine has no archive of %s; --mirror=%s=ADDRESS names one" % (distribution.origin, distribution.name))
    return ["deb %s %s %s" % (address, suite + (part and "-" + part), components)
            for part, address in sorted(found.items()) if part in ("", "updates", "security")]


def apt_options():
    """The settings of this machine's apt by which it reaches its archives, such as a proxy."""
    lines = output("apt-config", "dump", "Acquire::http", "Acquire::https").splitlines() if shutil.which("apt-config") else []
    return ["--aptopt=" + line for line in lines if line.strip() and '""' not in line]


@contextlib.contextmanager
def locked(file):
    """Lets one process at a time make a file of a cache: two builds that start together make it once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file.with_suffix(".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(distribution, packages, mirror):
    """Returns the tar file of a root that has `packages`; makes it if it is not in the cache."""
    sources = archives(distribution, mirror)
    keyring = KEYRINGS % distribution.keyring
    if not os.path.exists(keyring):
        raise Unavailable("%s is missing: install the package %s of %s" % (keyring, distribution.package, distribution.origin))
    if not shutil.which("mmdebstrap"):
        raise Unavailable("the program mmdebstrap is missing")
    architectures = ["--architectures=%s,%s" % (output("dpkg", "--print-architecture").strip(), distribution.processor)] if distribution.processor else []
    key = hashlib.sha256("\n".join([distribution.suite, *sources, *sorted(packages), *architectures]).encode()).hexdigest()[:12]
    file = CACHE / ("%s-%s.tar" % (distribution.name, key))
    with locked(file):
        if not file.exists():
            print("%s: make a root with %d packages more than apt needs" % (distribution.name, len(packages)), flush=True)
            write(file, distribution, packages, keyring, architectures, sources)
    return file


def write(file, distribution, packages, keyring, architectures, sources):
    """Writes the tar file of a root."""
    part = file.with_suffix(".%d.part.tar" % os.getpid())
    try:
        done = subprocess.run(["mmdebstrap", "--quiet", "--variant=apt", "--keyring=" + keyring,
                               *architectures, *(["--include=" + ",".join(packages)] if packages else []), *apt_options(), distribution.suite, str(part),
                               "-"], input="\n".join(sources) + "\n", encoding="utf-8")
        if done.returncode:
            raise Unavailable("mmdebstrap of %s ended with status %d" % (distribution.suite, done.returncode))
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


class Root:
    """An unpacked root, removed at the end of the `with` block."""

    home, user = "/root", 0  # of its commands

    def __init__(self, distribution, packages=(), mirror=None):
        self.distribution, self.file = distribution, make(distribution, packages, mirror)

    @property
    def processor(self):
        """The row of the processor whose libraries the root has."""
        return processors.named(self.distribution.processor)

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="loam-root-")
        self.path = pathlib.Path(self.temporary.name, "root")
        self.path.mkdir()
        subprocess.run(["tar", "--numeric-owner", "--xattrs", "-xpf", self.file, "-C", self.path], check=True)
        for name in ("etc/resolv.conf", "etc/hosts"):
            if os.path.exists("/" + name):
                shutil.copyfile("/" + name, self.path / name)
        return self

    def __exit__(self, *_):
        self.temporary.cleanup()

    def run(self, *words, directory="/", environment=None, mounts=(), offline=False, accept=(0,)):
        """Runs a command and returns (status, output). Its mounts end with it: directories of this machine as (source, path in the
        root), or (source, path, "ro"). `offline`: without a network. Another status than those of `accept` ends the program."""
        # The root is a mount of its own, so that programs there can have private mounts.
        script = ['set -e', 'mount --bind "$root" "$root"', 'mount -t proc proc "$root/proc"', 'mount --rbind /dev "$root/dev"', 'mount -t tmpfs tmpfs "$root/dev/shm"', 'mount -t sysfs -o ro sysfs "$root/sys" || :']
        for number, (_, place, *mode) in enumerate(mounts):
            (self.path / place.strip("/")).mkdir(parents=True, exist_ok=True)
            script.append('mount --bind "$source%d" "$root%s"' % (number, place))
            if mode:
                script.append('mount -o remount,bind,%s "$root%s"' % (mode[0], place))
        # The environment is set here, because env of BusyBox has no -C.
        script.append('exec env -i "$@"')
        variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": self.home, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive",
                     **(environment or {})}
        spaces = ["--mount", "--propagation=private", "--ipc", "--pid", "--fork", "--kill-child", *(["--net"] if offline else [])]
        done = subprocess.run(
            ["unshare", *spaces, "sh", "-c", "\n".join(script), "sh", *("%s=%s" % pair for pair in variables.items()),
             "chroot", "--userspec=%d:%d" % (self.user, self.user), str(self.path), "/bin/sh", "-c", 'cd "$0" && exec "$@"', directory, *map(str, words)],
            env={**os.environ, "root": str(self.path), **{"source%d" % n: str(row[0]) for n, row in enumerate(mounts)}},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
        if done.returncode not in accept:
            sys.exit("%s: %s: status %d\n%s" % (self.distribution.name, " ".join(map(str, words)), done.returncode, done.stdout[-6000:]))
        return done.returncode, done.stdout


def emulation(distribution):
    """The packages by which programs for the processor of a distribution run in its root, if it is not that of this machine."""
    return ["qemu-user-static", "libc6:" + distribution.processor] if distribution.processor else []


class BareRoot(Root):
    """A root with this machine's BusyBox, which is linked statically, and the files of a distribution's glibc, and nothing else:
    no /etc/passwd, no other library. For another processor, it also has the emulator."""

    def __init__(self, distribution, mirror=None):
        if not shutil.which("busybox"):
            raise Unavailable("the program busybox is missing")
        super().__init__(distribution, emulation(distribution), mirror)

    def __enter__(self):
        super().__enter__()
        whole, self.path = self.path, self.path.with_name("bare")
        for name in ("bin", "dev", "etc", "lib", "lib64", "proc", "root", "sys", "tmp"):
            (self.path / name).mkdir(parents=True)
        shutil.copy(shutil.which("busybox"), self.path / "bin/busybox")
        (self.path / "bin/sh").symlink_to("busybox")
        libraries = "lib/" + self.processor.triplet
        for name in (self.processor.loader, *C_LIBRARIES):
            place = self.processor.place if name == self.processor.loader else libraries
            (self.path / place).mkdir(exist_ok=True)
            shutil.copy(whole / libraries / name, self.path / place / name)
        if self.processor.emulator:
            shutil.copy(whole / "usr/bin" / self.processor.emulator, self.path / "bin")
        return self


class ImageRoot(Root):
    """The files of a container image in an OCI layout, with its entry point, and the user that its commands have. `bare`, for a
    distribution of the image's processor, gives an image for another processor the emulator, and the shell that Root.run starts."""

    def __init__(self, layout, name, bare=None):
        if not shutil.which("skopeo") or not shutil.which("umoci"):
            raise Unavailable("the program skopeo or umoci is missing")
        self.layout, self.name, self.bare = layout, name, bare
        self.distribution = Distribution(name, *[""] * 5, bare.distribution.processor if bare else "")
        self.config = json.loads(output("skopeo", "inspect", "--config", "oci:%s:%s" % (layout, name)))["config"]
        self.home, self.user = self.config["WorkingDir"], int(self.config["User"].partition(":")[0])

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="loam-root-")
        self.path = pathlib.Path(self.temporary.name, "bundle/rootfs")
        output("umoci", "unpack", "--image", "%s:%s" % (self.layout, self.name), str(self.path.parent))
        if self.bare:
            (self.path / "bin/sh").unlink()
            for source, target in (("busybox", "sh"), (self.processor.emulator, self.processor.emulator)):
                shutil.copy(self.bare.path / "bin" / source, self.path / "bin" / target)
        return self


def mirrors(words):
    """Reads arguments --mirror=NAME=ADDRESS."""
    return dict(word.split("=", 1) for word in words)
