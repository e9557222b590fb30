"""Reads shared libraries and programs: the libraries that they name, and their symbols."""
import collections, re

import roots

# version: of the symbol, empty if it has none
Symbol = collections.namedtuple("Symbol", "name version is_weak is_defined")


def needed(file):
    """The libraries that an object names."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", roots.output("readelf", "--dynamic", "--wide", str(file)))


def rows(file):
    """The rows of the table of dynamic symbols; an absolute one is the name of a version."""
    for line in roots.output("readelf", "--dyn-syms", "--wide", str(file)).splitlines():
        row = line.split()
        if len(row) >= 8 and row[0][:-1].isdigit():
            yield row


def symbols(file):
    """The symbols that an object needs or defines for others."""
    for row in rows(file):
        name, _, version = row[7].replace("@@", "@").partition("@")
        if row[6] != "ABS":
            yield Symbol(name, version, row[4] == "WEAK", row[6] != "UND")


def versions(file):
    """The versions of symbols that an object defines."""
    return {row[7] for row in rows(file) if row[6] == "ABS"}


def search_path(file):
    """Where the loader looks for the libraries that an object names, or an empty text."""
    return ":".join(re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", roots.output("readelf", "--dynamic", "--wide", str(file))))


def is_never_unloaded(file):
    return "NODELETE" in roots.output("readelf", "--dynamic", "--wide", str(file))
