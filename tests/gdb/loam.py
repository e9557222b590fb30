"""Pretty printers of gdb for Str, Type, Value, Number, Path, SourceRange, Diag and Diags.

    gdb -x tests/gdb/loam.py --args build/debug/loam plan

They read memory and call no function, so they serve a core file too. They need full debug information: the preset
`debug` has it, `dev` has not."""
import struct
from fractions import Fraction

import gdb
import gdb.printing

TEXT_MAX = 400
ITEMS_MAX = 20
DEPTH_MAX = 8
# The values in value.h: a compiler omits enumerators that no variable's type names. gdb_sample.c checks them.
VALUE_NULL, VALUE_UNKNOWN = 0, 2
MARKS = {1: "sensitive ", 2: "ephemeral ", 4: "deprecated "}
FLAG_BIG = 1


def text_of(pointer, length):
    length = int(length)
    if length == 0:
        return ""
    raw = gdb.selected_inferior().read_memory(int(pointer), min(length, TEXT_MAX)).tobytes()
    return raw.decode("utf-8", "replace") + ("…" if length > TEXT_MAX else "")


def str_text(text):
    return text_of(text["ptr"], text["len"])


def quote(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"%s"' % escaped


def number_text(address):
    """Exact, or twenty decimal places. struct Number is private to number.c, so this reads its bytes."""
    kinds = {0: "NaN", 1: "infinity", 2: "0"}  # as mpfr_custom_get_kind has them
    memory = gdb.selected_inferior().read_memory
    precision, kind, exponent = struct.unpack("=Iiq", memory(address, 16).tobytes())
    sign = "-" if kind < 0 else ""
    if abs(kind) in kinds:
        return sign + kinds[abs(kind)]
    count = (precision + 63) // 64
    limbs = struct.unpack("=%dQ" % count, memory(address + 16, 8 * count).tobytes())
    mantissa = sum(limb << 64 * i for i, limb in enumerate(limbs))
    exponent -= 64 * count
    if abs(exponent) > 4096:
        return "%s%d × 2^%d" % (sign, mantissa, exponent)
    exact = Fraction(mantissa) * Fraction(2) ** exponent
    if exact.denominator == 1:
        return sign + str(exact.numerator)
    return sign + decimal_text(exact)


def decimal_text(fraction):
    whole, rest = divmod(fraction.numerator, fraction.denominator)
    digits = ""
    while rest and len(digits) < 20:
        digit, rest = divmod(rest * 10, fraction.denominator)
        digits += str(digit)
    return "%d.%s%s" % (whole, digits, "…" if rest else "")


def type_text(pointer, depth=0):
    if int(pointer) == 0:
        return "no type"
    kind = str(pointer["kind"]).replace("KIND_", "").lower()
    if depth > DEPTH_MAX:
        return kind
    count = int(pointer["count"])
    if kind in ("list", "set", "map"):
        return "%s(%s)" % (kind, type_text(pointer["element"], depth + 1))
    inner = []
    for i in range(min(count, ITEMS_MAX)):
        item = pointer["types"][i] if int(pointer["types"]) else pointer["element"]
        name = str_text(pointer["names"][i]) + ": " if kind == "object" else ""
        inner.append(name + type_text(item, depth + 1))
    more = ", …" if count > ITEMS_MAX else ""
    if kind == "tuple":
        return "tuple([%s%s])" % (", ".join(inner), more)
    return "object({%s%s})" % (", ".join(inner), more) if kind == "object" else kind


def marks_text(value):
    return "".join(name for mark, name in MARKS.items() if int(value["marks"]) & mark)


def items_text(value, kind, depth):
    count = int(value["count"])
    shown = range(min(count, ITEMS_MAX))
    items = value["as"]["map"]["items"] if kind == "map" else value["as"]["items"]
    keys = value["as"]["map"]["keys"] if kind == "map" else value["type"]["names"] if kind == "object" else None
    texts = [value_text(items[i], depth + 1) for i in shown]
    if keys is not None:
        texts = ["%s = %s" % (quote(str_text(keys[i])) if kind == "map" else str_text(keys[i]), texts[i]) for i in shown]
    if count > ITEMS_MAX:
        texts.append("… %d in all" % count)
    return ("{%s}" if keys is not None else "[%s]") % ", ".join(texts)


def value_text(value, depth=0):
    if int(value["type"]) == 0:
        return "no value"
    lead, state = marks_text(value), int(value["state"])
    if state == VALUE_NULL:
        return "%snull of %s" % (lead, type_text(value["type"]))
    if state == VALUE_UNKNOWN:
        return "%sunknown of %s" % (lead, type_text(value["type"]))
    kind = str(value["type"]["kind"]).replace("KIND_", "").lower()
    held = value["as"]
    if kind == "bool":
        return lead + str(held["boolean"])
    if kind == "number":
        is_big = int(value["flags"]) & FLAG_BIG
        return lead + (number_text(int(held["number"])) if is_big else str(int(held["integer"])))
    if kind == "string":
        return lead + quote(text_of(held["text"], value["count"]))
    if depth > DEPTH_MAX:
        return lead + "…"
    return lead + items_text(value, kind, depth)


def path_text(path):
    steps = [path["steps"][i] for i in range(min(int(path["count"]), ITEMS_MAX))]
    return "".join("[%s]" % value_text(s["key"]) if bool(s["is_index"]) else "." + str_text(s["name"]) for s in steps)


def range_text(place):
    """File and line if the source is a file; else the bytes within the outer source."""
    source = place["source"]
    if int(source) == 0:
        return ""
    while int(source["outer"]):
        start, source = source["outer_start"], source["outer"]
        place = {"start": start}
    before = gdb.selected_inferior().read_memory(int(source["bytes"]["ptr"]), int(place["start"])).tobytes()
    return "%s:%d" % (str_text(source["path"]), before.count(b"\n") + 1)


def diag_text(diag):
    is_error = str(diag["severity"]) == "DIAG_ERROR"
    text = "%s: %s" % ("error" if is_error else "warning", str_text(diag["summary"]))
    for lead, more in ((" at ", range_text(diag["range"])), (" of ", str_text(diag["address"])), (": ", str_text(diag["detail"]))):
        if more:
            text += lead + more
    return text


class Text:
    """A printer whose whole output is a line."""

    def __init__(self, value, write):
        self.value, self.write = value, write

    def to_string(self):
        try:
            return self.write(self.value)
        except gdb.MemoryError as error:
            return "<%s>" % error


class DiagsPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        counts = int(self.value["error_count"]), int(self.value["warning_count"])
        return "%d errors, %d warnings" % counts

    def children(self):
        for i in range(min(int(self.value["count"]), ITEMS_MAX)):
            yield "[%d]" % i, self.value["items"][i]


def printer_of(write):
    return lambda value: Text(value, write)


def printers():
    found = gdb.printing.RegexpCollectionPrettyPrinter("loam")
    found.add_printer("Str", "^Str$", printer_of(lambda text: quote(str_text(text))))
    found.add_printer("Type", "^Type$", printer_of(lambda value: type_text(value.address)))
    found.add_printer("Number", "^Number$", printer_of(lambda number: number_text(int(number.address))))
    found.add_printer("Value", "^Value$", printer_of(value_text))
    found.add_printer("Path", "^Path$", printer_of(path_text))
    found.add_printer("SourceRange", "^SourceRange$", printer_of(lambda place: range_text(place) or "no place"))
    found.add_printer("Diag", "^Diag$", printer_of(diag_text))
    found.add_printer("Diags", "^Diags$", DiagsPrinter)
    return found


gdb.printing.register_pretty_printer(None, printers(), replace=True)
