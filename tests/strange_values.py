"""Values of other kinds in the places of a JSON document: what a broken or foreign server may answer.

  places_of(document)             each place, as a tuple of keys
  others_than(value)              values of other kinds, also an empty and a mixed array and object
  changed(document, path, other)  the document with that value there; unchanged if it has no such place"""
import contextlib

OTHERS = (None, -7, 1.5, 10 ** 30, "x", "", True, [], [7, "x", None, {}], {}, {"a": [1]})


def kind_of(value):
    return "number" if type(value) in (int, float) else type(value).__name__


def places_of(value, path=()):
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places_of(inner, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def others_than(value):
    return [other for other in OTHERS if kind_of(other) != kind_of(value) or isinstance(other, (list, dict))]


def changed(document, path, other):
    if not path:
        return other
    with contextlib.suppress(LookupError, TypeError):
        at(document, path[:-1])[path[-1]] = other
    return document
