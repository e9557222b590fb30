"""Links libraries of the relocatable tree again, so that each exports only the symbols that another object of the tree needs. The linker
leaves out the functions and data that none of them reaches: libvirt has 5,150 symbols, and loam needs 160.

The builds of libraries.py keep the command of each link, by the program recorder, and the files that it reads. Libraries of Debian are
linked from the archives in its packages for developers, so they have the same version and the same objects."""
import collections, json, pathlib, shutil, sys

import objects, roots

RECORDER = pathlib.Path(__file__).with_name("recorder")
PROGRAMS, LINKS, WORK = "usr/src/linker", "usr/src/links", "usr/src/work"  # in a root
VARIABLES = {"COMPILER_PATH": "/" + PROGRAMS}  # gcc finds the recorder there
# Options of the library's own build: scripts and lists of symbols, and the plugin of link-time optimisation, which is not used.
LEFT_OUT = ("version-script", "retain-symbols-file", "dynamic-list", "plugin", "o")
# Libraries of Debian, and their archives. Those of bzip2, GMP, ncurses and nghttp2 have no position-independent code, those of zlib and libpq are not
# complete. The linker takes from `also` only the objects that the library lacks.
Archive = collections.namedtuple("Archive", "file also", defaults=[""])
ARCHIVES = {"libcrypto.so.3": Archive("libcrypto.a"), "libhogweed.so.6": Archive("libhogweed.a"), "liblzma.so.5": Archive("liblzma.a"),
            "libnettle.so.8": Archive("libnettle.a"), "libpcre2-8.so.0": Archive("libpcre2-8.a"), "libssh.so.4": Archive("libssh.a"),
            "libssl.so.3": Archive("libssl.a", "libcrypto.a"), "libutf8proc.so.2": Archive("libutf8proc.a"),
            "libyaml-0.so.2": Archive("libyaml.a"), "libzstd.so.1": Archive("libzstd.a")}
ADDED = ["--gc-sections", "-rpath", "$ORIGIN", "--enable-new-dtags"]


def debian(root):
    """The directory of Debian's libraries in a root."""
    return "usr/lib/" + root.processor.triplet


def recorder(processor):
    """The text of the program recorder, which runs the linker for a processor."""
    return RECORDER.read_text().replace("/usr/bin/ld", "/usr/bin/%sld" % processor.prefix)


def prepare(root):
    """Lets the compilers of a root keep the commands of their links."""
    for place in (PROGRAMS, LINKS, WORK):
        (root.path / place).mkdir(parents=True, exist_ok=True)
    program = root.path / PROGRAMS / "ld"
    program.write_text(recorder(root.processor))
    program.chmod(0o755)


def names(root):
    """The libraries whose links a root has."""
    return sorted(file.name for file in (root.path / LINKS).iterdir())


def link(root, name):
    """The directory of the link of a library, and its words."""
    kept = json.loads((root.path / LINKS / name).read_text(encoding="utf-8"))
    return kept["directory"], kept["words"]


def result(root, name):
    """The file that the link of a library writes."""
    directory, words = link(root, name)
    return root.path / directory[1:] / words[words.index("-o") + 1]


def version_script(library, wanted):
    """The script with which a library exports the symbols `wanted` with the versions that they have now."""
    nodes, others = {version: set() for version in objects.versions(library)}, {"*"}
    for symbol in objects.symbols(library):
        if symbol.is_defined:
            names = nodes.setdefault(symbol.version, set())
            if symbol.name in wanted:
                names.add(symbol.name)
    # Symbols without a version, beside others that have one, are in no node, so the symbols that are left out need their names.
    if len(nodes) > 1 and nodes.pop("", None):
        others = {symbol.name for symbol in objects.symbols(library) if symbol.is_defined} - wanted
    texts = []
    for number, (version, names) in enumerate(sorted(nodes.items())):
        rows = (("global", names), ("local", others if number == 0 else ()))
        texts.append("%s {%s };\n" % (version, "".join(" %s: %s;" % (kind, "; ".join(sorted(row))) for kind, row in rows if row)))
    return "".join(texts)


def words_of_build(root, name):
    """The directory and the words of the link of a library that libraries.py has built, without the file that it writes and its script."""
    directory, words = link(root, name)
    kept, following = [], iter(words)
    for word in following:
        plain = word.lstrip("-")
        if plain in LEFT_OUT and word != plain:
            next(following)
        elif word == plain or not plain.startswith(LEFT_OUT[:-1]):
            kept.append(word)
    return directory, [root.processor.prefix + "ld", *kept]


def words_of_archive(root, name):
    """The same for a library of Debian. The tables of the unwinder are left out, as in libraries.py."""
    archive, place, prefix = ARCHIVES[name], debian(root), root.processor.prefix
    root.run(prefix + "objcopy", "--remove-section=.eh_frame", "--remove-section=.rela.eh_frame", "/%s/%s" % (place, archive.file),
             "/%s/%s" % (WORK, archive.file), offline=True)
    library = root.path / place / name
    others = ["/%s/%s" % (place, other) for other in objects.needed(library) if other not in roots.GLIBC]
    options = ["-Wl,-z,%s" % word for word in ("relro", "now", "defs", *(["nodelete"] if objects.is_never_unloaded(library) else []))]
    return "/" + WORK, [prefix + "gcc", "-shared", "-Wl,-soname," + name, *options, "-Wl,--as-needed,-Bsymbolic", "-Wl,--whole-archive", archive.file,
                         "-Wl,--no-whole-archive", *others, *(["/%s/%s" % (place, archive.also)] if archive.also else [])]


def link_again(root, library, wanted, is_built):
    """Links a library of the tree so that it exports the symbols `wanted`."""
    script, made = (root.path / WORK / (library.name + end) for end in (".map", ""))
    script.write_text(version_script(library, wanted))
    directory, words = (words_of_build if is_built else words_of_archive)(root, library.name)
    added = [*ADDED, "--version-script=/%s/%s" % (WORK, script.name)]
    root.run(*words, "-o", "/%s/%s" % (WORK, made.name), *(added if is_built else ["-Wl," + ",".join(added)]), directory=directory, offline=True)
    shutil.copyfile(made, library)


def reduce(root, files, built):
    """Links the libraries `built` and those of ARCHIVES again. `files` are all objects of the tree. A library comes after those that need it."""
    waiting = {file for file in files if file.name in built or file.name in ARCHIVES}
    while waiting:
        users = {name for file in waiting for name in objects.needed(file)}
        free = sorted(file for file in waiting if file.name not in users)
        if not free:
            sys.exit("libraries need each other: %s" % sorted(file.name for file in waiting))
        for library in free:
            wanted = {symbol.name for file in files if file != library for symbol in objects.symbols(file) if not symbol.is_defined}
            link_again(root, library, wanted, library.name in built)
        waiting -= set(free)
