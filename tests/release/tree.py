"""The relocatable tree: the program, its plugins, the libraries that they need except glibc, and all licences.

    tree.make(pathlib.Path(tree.name("0.1.0", processors.X86_64)), processors.X86_64)

writes bin, lib and share into that directory, which must not exist. share/doc/loam/libraries.tsv has one Part for each library. The tree comes from a root of Debian 12, the oldest glibc that the program is built with;
libraries.py says which libraries are not those of Debian. Objects find each other by $ORIGIN, so the tree works at any path."""
import collections, csv, json, pathlib, re, shutil, subprocess, sys

import exports, libraries, objects, processors, program, roots

# file: name in lib; source, version: Debian's source package; package: the binary package, or empty if libraries.py built the
# file. An archive that is linked into a library has a row of its own, with the name of the library.
Part = collections.namedtuple("Part", "file source version package")
DOCUMENTS = "share/doc/loam"
LIBRARIES = DOCUMENTS + "/libraries.tsv"
# Stands for libraries whose functions loam never needs, although a library of Debian names them; absent.c says more.
ABSENT, STANDS_FOR = "libloam-absent.so.1", ("libgssapi_krb5.so.2", "libldap-2.5.so.0")
SCHEMA = "share/loam/loam.schema.json"
SUITE = "bookworm"  # of the root, and of the libraries that are copied


def distribution(processor):
    """The distribution in whose root the tree for a processor is made."""
    return next(row for row in roots.DISTRIBUTIONS if row.suite == SUITE and processors.named(row.processor) == processor)


def name(version, processor):
    """The directory of a tree in its archive; the names of archives begin with it."""
    return "loam-%s-linux-%s" % (version, processor.machine)


def files(tree):
    """The program, its plugins and the libraries of a tree."""
    return [tree / "bin/loam", *sorted(tree.glob("lib/loam/*.so")), *sorted(tree.glob("lib/*.so*"))]


def make_absent(root, tree):
    """Compiles ABSENT into lib of a tree."""
    for name in ("absent.c", "absent.map"):
        shutil.copy(libraries.SOURCES.with_name(name), root.path / "usr/src")
    root.run(root.processor.prefix + "gcc", "-std=c17", *libraries.FLAGS["CFLAGS"].split(), "-fPIC", "-shared", *libraries.FLAGS["LDFLAGS"].split(), "-Wl,-soname," + ABSENT,
             "-Wl,--version-script=absent.map", "-o", "/%s/lib/%s" % (tree.relative_to(root.path), ABSENT), "absent.c", directory="/usr/src", offline=True)


def copy_libraries(root, tree, built):
    """Copies each library that an object needs: from the builds of libraries.py, whose rows `built` has by the names of libraries, else
    from Debian. Returns the names."""
    names, waiting = [], files(tree)
    while waiting:
        for name in objects.needed(waiting.pop()):
            if name in names or name in roots.GLIBC or name in STANDS_FOR:
                continue
            names.append(name)
            target = tree / "lib" / name
            shutil.copyfile(exports.result(root, name) if name in built else root.path / exports.debian(root) / name, target)
            target.chmod(0o644)
            waiting.append(target)
    return sorted(names)


def packages_of(root, names):
    """The binary package, its source package and version of each library of Debian."""
    _, text = root.run("dpkg-query", "--search", *("*/%s/%s" % (root.processor.triplet, name) for name in names))
    owners = {line.rpartition("/")[2]: line.partition(": ")[0] for line in text.splitlines()}
    _, text = root.run("dpkg-query", "--show", "--showformat", "${binary:Package}\t${source:Package}\t${source:Version}\n", *sorted(set(owners.values())))
    sources = {row[0].partition(":")[0]: row[1:] for row in csv.reader(text.splitlines(), delimiter="\t")}
    return {name: (owners[name].partition(":")[0], *sources[owners[name].partition(":")[0]]) for name in names}


def write_documents(root, tree, rows, owners):
    """`owners`: the binary packages of Debian whose copyright files are those of the libraries, also of the ones built here."""
    documents = tree / DOCUMENTS
    licences = documents / "licenses"
    licences.mkdir(parents=True)
    for name in ("LICENSE", "CHANGELOG.md"):
        shutil.copyfile(program.TOP / name, documents / name)
    for part in rows:
        shutil.copyfile(root.path / "usr/share/doc" / (part.package or owners[part.file][0]) / "copyright", licences / part.source)
    texts = "".join(file.read_text(errors="replace") for file in licences.iterdir())
    (licences / "common-licenses").mkdir()
    for file in (root.path / "usr/share/common-licenses").iterdir():
        if re.search(r"/usr/share/common-licenses/%s\b" % re.escape(file.name), texts):
            shutil.copyfile(file, licences / "common-licenses" / file.name)
    with open(tree / LIBRARIES, "w", encoding="utf-8") as file:
        for row in [Part._fields, *rows]:
            file.write("\t".join(row) + "\n")


def parts(tree):
    """The rows of a complete tree."""
    with open(tree / LIBRARIES, encoding="utf-8", newline="") as file:
        return [Part(*row) for row in csv.reader(file, delimiter="\t")][1:]


def finish(root, tree):
    """Strips the objects of a tree, and lets them find the libraries that they need."""
    for path, pattern in (("$ORIGIN/../lib", "bin/loam"), ("$ORIGIN/..", "lib/loam/*.so"), ("$ORIGIN", "lib/*.so*")):
        found = {file: "/%s" % file.relative_to(root.path) for file in sorted(tree.glob(pattern))}
        root.run(root.processor.prefix + "strip", "--strip-unneeded", *found.values(), offline=True)
        for file, place in found.items():
            replaced = [word for name in STANDS_FOR if name in objects.needed(file) for word in ("--replace-needed", name, ABSENT)]
            if replaced:
                root.run("patchelf", *replaced, place, offline=True)
            # patchelf moves the names of all symbols to the end of a file, so the others stay as they are.
            if not objects.search_path(file) and not set(objects.needed(file)) <= set(roots.GLIBC):
                root.run("patchelf", "--set-rpath", path, place, offline=True)  # in the run above, it would forget the replacements


def assemble(root, built):
    """Completes /tree of a root, where the program is installed, with libraries and documents. `built` is the result of
    libraries.make."""
    tree = root.path / "tree"
    names = copy_libraries(root, tree, built)
    owners = packages_of(root, names)
    rows = [Part(name, built[name].name, built[name].version, "") if name in built else Part(name, *owners[name][1:], owners[name][0])
             for name in names]
    for name, library in libraries.ARCHIVES.items():
        _, text = root.run("dpkg-query", "--show", "--showformat", "${source:Package}\t${source:Version}", "%s-dev:%s" % (name, root.processor.name))
        rows.append(Part(library, *text.split("\t"), name + "-dev"))
    make_absent(root, tree)
    write_documents(root, tree, rows, owners)
    schema = tree / SCHEMA  # for editors: no person reads it
    schema.write_text(json.dumps(json.loads(schema.read_text()), separators=(",", ":")) + "\n")
    exports.reduce(root, files(tree), built)
    finish(root, tree)


def make(directory, processor, mirror=None, use=lambda root: None):
    """`use` gets the root once the program is built there, before its installation."""
    place = distribution(processor)
    with roots.Root(place, program.packages(place.processor, libraries.PACKAGES), mirror) as root:
        built = libraries.make(root)
        program.build(root)
        use(root)
        root.run("cmake", "--install", program.directory(root), "--prefix", "/tree", offline=True)
        assemble(root, built)
        shutil.copytree(root.path / "tree", directory, symlinks=True)


def pack(tree, time, file):
    """Writes a tree as `file`, whose name ends with .tar.zst or .tar.gz. Equal trees make equal files."""
    compress = {".zst": ["zstd", "--quiet", "-19", "--threads=1"], ".gz": ["gzip", "-9", "-n"]}[file.suffix]
    with open(file, "wb") as out:
        tar = subprocess.Popen(["tar", "--create", "--sort=name", "--format=gnu", "--mtime=@" + time, "--owner=0", "--group=0", "--numeric-owner",
                                "--mode=u=rwX,go=rX", "--directory", str(tree.parent), tree.name], stdout=subprocess.PIPE)
        subprocess.run(compress, stdin=tar.stdout, stdout=out, check=True)
        if tar.wait():
            sys.exit("tar: status %d" % tar.returncode)
