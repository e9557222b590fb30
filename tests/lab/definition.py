"""Definitions of libvirt's objects, compared by content."""
import difflib, re
import xml.etree.ElementTree as ElementTree

from host import Failed


def lines(text):
    """A definition as lines, each a path with an attribute or a text: its content without its layout."""
    seen = []

    def walk(element, path):
        path += "/" + re.sub(r"\{.*\}", "", element.tag)
        seen.append(path)
        seen.extend("%s@%s=%s" % (path, name, value) for name, value in sorted(element.attrib.items()))
        if (element.text or "").strip():
            seen.append("%s=%s" % (path, element.text))
        for child in element:
            walk(child, path)
        seen.append(path + "/")

    try:
        walk(ElementTree.fromstring(text), "")
    except ElementTree.ParseError as error:
        raise Failed("%s in\n%s" % (error, text))
    return seen


def difference(before, after):
    return [line[0] + line[2:] for line in difflib.ndiff(lines(before), lines(after)) if line[0] in "+-"]
