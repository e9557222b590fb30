"""Builds libraries of the relocatable tree from Debian's source packages, with fewer options than Debian's own build.

sources.tsv has a row for each: name and version of the source package, SHA-256 of its .dsc, licence (SPDX), homepage, options.
An option begins with `-`, `no-` or `enable-`, or is NAME=VALUE of configure. `reverse:NAME` takes back a patch of Debian, `archive:NAME` keeps an archive
that the rows below it link, `autoreconf` writes configure anew, `automake:NAME` only the file NAME.in, because a patch of Debian touches
NAME.am. Other words are targets; a target that ends with `/` is a directory. Without a target all is built. The kind of build follows from
the files of the source: configure, Configure of OpenSSL, meson.build or CMakeLists.txt.

The options leave out features, never a symbol that loam or another library of the tree uses: programs are compiled and
linked against Debian's own library of the same version, and the tree has this one. tree.py checks that no symbol is missing.

In a root for another processor, the same rows are compiled by its cross compiler.

Results are kept beside the roots (roots.CACHE), one tar file for each row; another row or root makes another file. It has the
libraries, and the files by which exports.py links them again."""
import collections, csv, hashlib, os, pathlib, re, shutil, subprocess, sys, tarfile

import exports, processors, program, roots

Row = collections.namedtuple("Row", "name version sha256 licence homepage options")
SOURCES = pathlib.Path(__file__).with_name("sources.tsv")
CACHE = roots.CACHE.with_name("libraries")
# Packages beside those of the program that these builds need.
PACKAGES = """autoconf automake bison flex libbz2-dev libffi-dev libglib2.0-dev libgmp-dev liblzma-dev libncurses-dev libtool
    libxml2-utils libzstd-dev meson nettle-dev patchelf perl python3 rpcsvc-proto xsltproc""".split()
# Linked as archives, with the library that has them: of libtirpc, libvirt uses only the XDR functions, and the shared library needs
# Kerberos. The archive of libffi is built here, because Debian's has no position-independent code. Their licences allow it:
# BSD-3-Clause and MIT.
ARCHIVES = {"libtirpc": "libvirt.so.0", "libffi": "libgobject-2.0.so.0"}
# Tables of exceptions need libgcc, whose unwinder needs a function of glibc 2.35; no thread is cancelled, so none is used.
FLAGS = {"CC": "ccache gcc", "LDFLAGS": "-Wl,-z,relro,-z,now -Wl,--as-needed -Wl,--gc-sections",
         "CFLAGS": "-Os -ffunction-sections -fdata-sections -fno-exceptions -fno-asynchronous-unwind-tables -fstack-protector-strong -D_FORTIFY_SOURCE=2"}
DIRECTORIES = ["--prefix=/usr", "--sysconfdir=/etc", "--localstatedir=/var"]
REVERSE, ARCHIVE, AUTOMAKE, REMAKE = "reverse:", "archive:", "automake:", "autoreconf"
MESON_FILE = """[binaries]
c = ['ccache', '%s']
ar = '%s'
nm = '%s'
strip = '%s'
pkgconfig = 'pkg-config'
exe_wrapper = '%s'
[host_machine]
system = 'linux'
cpu_family = '%s'
cpu = '%s'
endian = 'little'
"""
# A patch of Debian that touches configure.ac must not start programs that write configure anew, unless the row asks for it.
NO_REMAKE = ["AUTOCONF=:", "AUTOMAKE=:", "ACLOCAL=:", "AUTOHEADER=:"]


def rows():
    with open(SOURCES, encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if tuple(lines[0]) != Row._fields:
        sys.exit("%s: the columns are %s" % (SOURCES, " ".join(Row._fields)))
    return [Row(*line) for line in lines[1:]]


def named(row, prefix):
    """The names of the options of a row that have a prefix."""
    return [word.removeprefix(prefix) for word in row.options.split() if word.startswith(prefix)]


def variables(processor):
    """FLAGS for a processor: names of tools, and the directory of its pkg-config files."""
    if not processor.prefix:
        return FLAGS
    tools = {name: processor.prefix + name.lower() for name in ("AR", "NM", "OBJCOPY", "RANLIB", "STRIP")}
    return {**FLAGS, **tools, "CC": "ccache %sgcc" % processor.prefix,
            "PKG_CONFIG_LIBDIR": "/usr/lib/%s/pkgconfig:/usr/share/pkgconfig" % processor.triplet}


def cross(root, kind):
    """The options for another processor of configure, meson or cmake."""
    processor, file = root.processor, "/usr/src/cross.ini"
    if not processor.prefix:
        return []
    if kind == "configure":
        return ["--host=" + processor.triplet, "--build=" + processors.X86_64.triplet]
    if kind == "cmake":
        return ["-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=" + processor.machine]
    (root.path / file[1:]).write_text(MESON_FILE % (*(processor.prefix + name for name in ("gcc", "ar", "nm", "strip")), processor.emulator,
                                                   processor.machine, processor.machine))
    return ["--cross-file=" + file]


def cached(row, root):
    """The tar file of the libraries of a row for the processor of a root."""
    key = hashlib.sha256(repr((row, root.file.name, variables(root.processor), DIRECTORIES, ARCHIVES, exports.recorder(root.processor))).encode()).hexdigest()[:12]
    return CACHE / ("%s-%s.tar" % (row.name, key))


def add_sources(root):
    """Lets apt of a root know source packages."""
    sources = (root.path / "etc/apt/sources.list").read_text()
    (root.path / "etc/apt/sources.list.d/sources.list").write_text(re.sub(r"^deb ", "deb-src ", sources, flags=re.MULTILINE))
    root.run("apt-get", "update")


def unpack_source(root, row):
    """Fetches a source package, compares the digest of its .dsc, and unpacks it in /usr/src/NAME."""
    root.run("apt-get", "source", "--download-only", "-o", "APT::Sandbox::User=root", "%s=%s" % (row.name, row.version), directory="/usr/src")
    file = root.path / "usr/src" / ("%s_%s.dsc" % (row.name, row.version.partition(":")[2] or row.version))
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != row.sha256:
        sys.exit("%s %s: the SHA-256 of the .dsc is %s, and sources.tsv has %s" % (row.name, row.version, found, row.sha256))
    root.run("dpkg-source", "--no-check", "-x", file.name, row.name, directory="/usr/src", offline=True)
    for name in named(row, REVERSE):
        root.run("patch", "-R", "-p1", "-i", "debian/patches/" + name, directory="/usr/src/" + row.name, offline=True)


def compile_library(root, row):
    place, more = "/usr/src/" + row.name, program.settings()
    more["environment"] = {**more["environment"], **exports.VARIABLES, **variables(root.processor)}
    jobs = "-j" + more["environment"]["CMAKE_BUILD_PARALLEL_LEVEL"]
    words = [word for word in row.options.split() if word != REMAKE and not word.startswith((REVERSE, ARCHIVE, AUTOMAKE))]
    options = [word for word in words if word.startswith(("-", "no-", "enable-")) or "=" in word]
    targets = [word for word in words if word not in options]
    has = lambda name: (root.path / place[1:] / name).exists()

    def run(*words):
        root.run(*words, directory=place, **more)

    if has("configure") or has("configure.ac"):
        if not has("configure") or REMAKE in row.options.split():
            run("autoreconf", "-fi")
        for name in named(row, AUTOMAKE):
            run("automake", "--foreign", name)
        run("./configure", *cross(root, "configure"), *DIRECTORIES, "--disable-static", *options)
        for target in targets or ["all"]:
            run("make", jobs, *NO_REMAKE, *(["-C", target] if target.endswith("/") else [target]))
    elif has("Configure"):
        run("./config", "shared", *options)
        run("make", jobs, *targets)
    elif has("meson.build"):
        run("meson", "setup", "build", *cross(root, "meson"), *DIRECTORIES, "--libdir=lib", "--buildtype=plain", "--auto-features=disabled", *options)
        run("ninja", jobs, "-C", "build", *targets)
    else:
        run("cmake", "-G", "Ninja", "-S", ".", "-B", "build", "-DCMAKE_BUILD_TYPE=None", *cross(root, "cmake"), *options)
        run("ninja", jobs, "-C", "build", *targets)


def keep(root, row, file, libraries):
    """Writes the objects of a build, and the links of its libraries, into the tar file `file`."""
    other = [name for name in libraries if not (root.path / exports.debian(root) / name).exists()]
    if other:
        sys.exit("%s: the build made %s, and Debian's packages have no such library" % (row.name, other))
    if not libraries and not named(row, ARCHIVE):
        sys.exit("%s: the build made no library" % row.name)
    place = root.path / "usr/src" / row.name
    names = [path for path in place.rglob("*") if re.search(r"\.(o|a|so[\d.]*)$", path.name)] + [root.path / exports.LINKS / name for name in libraries]
    part = file.with_suffix(".%d.part" % os.getpid())
    with tarfile.open(part, "w") as tar:
        for path in names:
            tar.add(path, path.relative_to(root.path))
    part.rename(file)


def make(root):
    """Puts the results of all rows into `root`, whose packages must be program.packages(…, PACKAGES); builds there those that are not in the
    cache. Returns the rows by the names of their libraries."""
    exports.prepare(root)
    for name in ARCHIVES:
        (root.path / exports.debian(root) / (name + ".so")).unlink()
    shutil.copy(SOURCES.with_name("older_glibc.h"), root.path / "usr/src")
    found, has_sources = {}, False
    for row in rows():
        file, known = cached(row, root), exports.names(root)
        with roots.locked(file):
            if file.exists():
                subprocess.run(["tar", "-x", "-C", root.path, "-f", file], check=True)
            else:
                print("build %s %s" % (row.name, row.version), flush=True)
                if not has_sources:
                    add_sources(root)
                    has_sources = True
                unpack_source(root, row)
                compile_library(root, row)
                keep(root, row, file, [name for name in exports.names(root) if name not in known])
        found.update({name: row for name in exports.names(root) if name not in known})
        for name in named(row, ARCHIVE):
            shutil.copy(next((root.path / "usr/src" / row.name).rglob(name)), root.path / exports.debian(root))
    return found
