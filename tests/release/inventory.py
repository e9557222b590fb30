"""loam-VERSION.spdx.json: an SPDX 2.3 document with the files of a release and their libraries.

Each file of the release is a package of the document. A package for a distribution depends on libraries (DEPENDS_ON), those that
its objects name; an archive contains copies of libraries (CONTAINS). A library has the name and version of the package of Debian that
it comes from, licence, home page, package URL and the SHA-256 of its file.

licences.tsv has licence and home page of each source package of Debian; a library without a row ends the build."""
import collections, contextlib, csv, datetime, json, os, pathlib, re, subprocess, sys, tempfile, uuid

import objects, processors, roots, signature, tree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import package_cache

# artifact: name of a file of the release; relation: of SPDX; file: name of the library; package, version: of Debian, those of
# the source if it was built from that; sha256: of the file, empty for an archive that is part of another library
Library = collections.namedtuple("Library", "artifact relation file package version licence homepage sha256 is_source")
SOURCE = "?arch=source"  # of a package URL
NONE = "NOASSERTION"
DEVELOPERS = "Organization: The loam developers"
JUDGE = "spdx-tools==0.8.3"


def licences():
    with open(pathlib.Path(__file__).with_name("licences.tsv"), encoding="utf-8", newline="") as file:
        rows = {row["source"]: (row["licence"], row["homepage"]) for row in csv.DictReader(file, delimiter="\t")}

    def find(source):
        if source not in rows:
            sys.exit("licences.tsv has no row for the source package %s" % source)
        return rows[source]
    return find


@contextlib.contextmanager
def unpacked(file):
    """The tree of a package or an archive."""
    with tempfile.TemporaryDirectory(prefix="loam-inventory-") as directory:
        words = ["dpkg-deb", "--extract", file, directory] if file.suffix == ".deb" else ["tar", "-x", "-C", directory, "-f", file]
        subprocess.run(words, check=True)
        place = pathlib.Path(directory)
        yield place / "usr" if file.suffix == ".deb" else next(place.iterdir())  # with the mode that the archive gives it


def needed(directory):
    """The libraries that the objects of a tree name."""
    return sorted({name for file in tree.files(directory) for name in objects.needed(file)})


def find(root, name):
    """The place of a library in a root."""
    for directory in ("usr/lib", "lib"):
        for place in sorted(root.path.glob("%s/*-linux-gnu*/%s" % (directory, name))):
            return place
    sys.exit("%s: no library %s" % (root.distribution.name, name))


def owners(root, names):
    """Returns library → (package, version, source) by dpkg of a root."""
    _, text = root.run("dpkg-query", "--search", *("*/" + name for name in names))
    found = {}
    for package, _, path in (line.partition(": ") for line in text.splitlines()):
        if re.search(r"-linux-gnu[^/]*/[^/]+$", path):
            found.setdefault(path.rpartition("/")[2], package.partition(":")[0])
    _, text = root.run("dpkg-query", "--show", "--showformat", "${Package}\t${Version}\t${source:Package}\n", *sorted(set(found.values())))
    rows = {row[0]: tuple(row) for row in csv.reader(text.splitlines(), delimiter="\t")}
    return {name: rows[package] for name, package in found.items()}


def of_package(root, file):
    """The libraries of a package for a distribution; `root` has its packages."""
    licence = licences()
    with unpacked(file) as directory:
        names = needed(directory)
    known = owners(root, names)
    return [Library(file.name, "DEPENDS_ON", name, *known[name][:2], *licence(known[name][2]), signature.sha256(find(root, name)), False) for name in names]


def of_archive(file, directory):
    """The libraries of an archive, package or image of the tree in `directory`."""
    licence = licences()
    digests = {path.name: signature.sha256(path) for path in directory.glob("lib/*.so*")}
    seen, found = set(), []
    for part in tree.parts(directory):  # only the first part of a file is that file
        found.append(Library(file.name, "CONTAINS", part.file, part.package or part.source, part.version, *licence(part.source),
                             "" if part.file in seen else digests[part.file], not part.package))
        seen.add(part.file)
    return found


def identity(*words):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]+", "-", "-".join(words))


def described(identity, name, version, licence, sha256):
    return {"SPDXID": identity, "name": name, "versionInfo": version, "downloadLocation": NONE, "filesAnalyzed": False,
            "licenseDeclared": licence, "licenseConcluded": NONE, "copyrightText": NONE,
            **({"checksums": [{"algorithm": "SHA256", "checksumValue": sha256}]} if sha256 else {})}


def release_row(file, version):
    return {**described(identity(file.name), "loam", version, "Apache-2.0", signature.sha256(file)), "packageFileName": file.name,
            "supplier": DEVELOPERS, "copyrightText": "Copyright 2026 The loam developers",
            "primaryPackagePurpose": "SOURCE" if ".src." in file.name else "APPLICATION"}


def identities(libraries):
    """The identity of each library in the document. An image for two processors has most libraries twice; the second has a number."""
    seen = collections.Counter()
    for library in libraries:
        words = (library.artifact, library.package, library.file)
        seen[words] += 1
        yield identity(*words, *([str(seen[words])] if seen[words] > 1 else []))


def library_row(identity, library):
    version = library.version.replace("~", "%7E").replace("+", "%2B").replace(":", "%3A")
    return {**described(identity, library.package, library.version, library.licence, library.sha256),
            "packageFileName": library.file, "homepage": library.homepage, "primaryPackagePurpose": "LIBRARY",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                              "referenceLocator": "pkg:deb/debian/%s@%s%s" % (library.package, version, SOURCE if library.is_source else "")}]}


def relation(subject, name, other):
    return {"spdxElementId": subject, "relationshipType": name, "relatedSpdxElement": other}


def document(artifacts, version, libraries, time):
    names = list(identities(libraries))
    packages = [release_row(file, version) for file in artifacts] + [library_row(*row) for row in zip(names, libraries)]
    relations = [relation("SPDXRef-DOCUMENT", "DESCRIBES", identity(file.name)) for file in artifacts]
    relations += [relation(identity(row.artifact), row.relation, name) for name, row in zip(names, libraries)]
    created = datetime.datetime.fromtimestamp(int(time), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "loam-" + version,
            "documentNamespace": "https://spdx.invalid/loam-%s-%s" % (version, uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(packages))),
            "creationInfo": {"created": created, "creators": [DEVELOPERS]},
            "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-public-domain", "name": "Public domain", "extractedText": "In the public domain."}],
            "packages": packages, "relationships": relations}


def name(version):
    return "loam-%s.spdx.json" % version


def listed(directory, version):
    """Returns name of an artifact → [(relation, row of a library)] of the document, and the rows of the artifacts by their names."""
    text = json.loads((directory / name(version)).read_text(encoding="utf-8"))
    rows = {row["SPDXID"]: row for row in text["packages"]}
    found = {row["packageFileName"]: [] for row in rows.values() if row["name"] == "loam"}
    for line in text["relationships"]:
        if line["spdxElementId"] in rows:
            found[rows[line["spdxElementId"]]["packageFileName"]].append((line["relationshipType"], rows[line["relatedSpdxElement"]]))
    return found, {row["packageFileName"]: row for row in rows.values() if row["name"] == "loam"}


def kept(directory, version, built):
    """The libraries that an older document has of files that are there and were not built again."""
    if not (directory / name(version)).exists():
        return []
    return [Library(artifact, kind, row["packageFileName"], row["name"], row["versionInfo"], row["licenseDeclared"], row["homepage"],
                    row.get("checksums", [{"checksumValue": ""}])[0]["checksumValue"], row["externalRefs"][0]["referenceLocator"].endswith(SOURCE))
            for artifact, rows in listed(directory, version)[0].items() if artifact not in built and (directory / artifact).exists() for kind, row in rows]


def write(directory, version, libraries, time):
    """Writes the document of all files that `directory` has; `libraries` are those of the files that were built now."""
    file = directory / name(version)
    rows = sorted([*libraries, *kept(directory, version, {row.artifact for row in libraries})])
    file.unlink(missing_ok=True)
    file.write_text(json.dumps(document(signature.files(directory), version, rows, time), indent=1) + "\n", encoding="utf-8")


def check(directory, version):
    """Ends the program if the document is not valid, or lacks a file of the release, a library that an object of a package names, or
    a copied library."""
    found, artifacts = listed(directory, version)
    for file in signature.files(directory):
        if file.name == name(version):
            continue
        if file.name not in artifacts or artifacts[file.name]["checksums"][0]["checksumValue"] != signature.sha256(file):
            sys.exit("%s: %s is missing, or has another digest" % (name(version), file.name))
        rows = [row for _, row in found[file.name]]
        if re.search(r"\.deb$|-linux-", file.name):
            check_libraries(file, rows)
        elif re.search(r"\.oci\.tar$|\.rpm$", file.name):
            archives = [tree.name(version, row) + ".tar.gz" for row in processors.PROCESSORS if file.suffix == ".tar" or row.machine in file.name]
            if copied(rows) != copied(row for archive in archives for _, row in found.get(archive, [])):
                sys.exit("%s: the inventory has other libraries of it than of the archive" % file.name)
    judge(directory / name(version))
    print("%s: %d files, %d libraries" % (name(version), len(artifacts), sum(map(len, found.values()))))


def copied(rows):
    """File and digest of each library that an archive has."""
    return sorted((row["packageFileName"], row["checksums"][0]["checksumValue"]) for row in rows if "checksums" in row)


def check_libraries(file, rows):
    with unpacked(file) as directory:
        copies = {path.name: signature.sha256(path) for path in directory.glob("lib/*.so*") if path.name != tree.ABSENT}
        names = set(copies) or set(needed(directory))
    absent = sorted(names - {row["packageFileName"] for row in rows})
    digests = {row["packageFileName"]: row["checksums"][0]["checksumValue"] for row in rows if "checksums" in row}
    other = sorted(name for name, digest in copies.items() if digests.get(name) != digest)
    if absent or other or not names:
        sys.exit("%s: the inventory lacks %s, and has other digests of %s" % (file.name, absent, other))
    for row in rows:
        if not row["externalRefs"][0]["referenceLocator"].startswith("pkg:deb/debian/%s@" % row["name"]) or not row["homepage"].startswith("https://"):
            sys.exit("%s: %s has no package URL or home page" % (file.name, row["name"]))


def judge(file):
    """Lets the library spdx-tools validate the document."""
    place = package_cache.python(JUDGE)
    if not place:
        print("%s: not validated: pip cannot install %s" % (file.name, JUDGE))
        return
    done = subprocess.run([os.path.join(place, "bin/pyspdxtools"), "--infile", file], capture_output=True, encoding="utf-8")
    if done.returncode:
        sys.exit("%s: %s%s" % (file.name, done.stdout, done.stderr))
