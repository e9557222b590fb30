"""Rewrites JSON configurations in YAML and in native syntax: SPELLINGS has a row for each syntax, and spell() rewrites all
files of a configuration."""
import json

SUFFIX = ".tf.json"


class Raw(str):
    """A number as it was written."""


# YAML.


def scalar(value):
    return str(value) if isinstance(value, Raw) else json.dumps(value, ensure_ascii=False)


def yaml(value, indent=0):
    """Block style; YAML reads texts in double quotes as JSON does."""
    pad = "\n" + "  " * indent
    if isinstance(value, dict) and value:
        return "".join(pad + scalar(key) + ":" + yaml(item, indent + 1) for key, item in value.items())
    if isinstance(value, list) and value:
        return "".join(pad + "-" + yaml(item, indent + 1) for item in value)
    return " " + scalar(value)


# Native syntax.

LITERAL, CODE, TEMPLATE = "literal", "code", "template"

# Block type → its labels, arguments that are no templates, nested blocks.
CONDITION = (0, {}, {})
LIFECYCLE = (0, {"create_before_destroy": LITERAL, "ignore_changes": CODE, "replace_triggered_by": CODE},
             {"precondition": CONDITION, "postcondition": CONDITION,
              "action_trigger": (0, {"events": CODE, "actions": CODE, "on_failure": CODE}, {})})
CONNECTION = (0, {}, {})
PROVISIONER = (1, {"when": CODE, "on_failure": CODE}, {"connection": CONNECTION})
RESOURCE = (2, {"depends_on": CODE, "provider": CODE},
            {"lifecycle": LIFECYCLE, "provisioner": PROVISIONER, "connection": CONNECTION, "field_manager": (0, {}, {}),
             "store": (0, {}, {}), "dynamic": (1, {}, {"content": (0, {}, {})}), "metadata": (0, {}, {}), "timeouts": (0, {}, {})})
TEXTS = {"description": LITERAL, "sensitive": LITERAL, "nullable": LITERAL, "ephemeral": LITERAL, "deprecated": LITERAL}
ENCRYPTED = (0, {"method": CODE}, {})
ENCRYPTION = (0, {}, {"key_provider": (2, {}, {}), "method": (2, {}, {}), "state": ENCRYPTED, "plan": ENCRYPTED})
BLOCKS = {
    "terraform": (0, {"required_version": LITERAL},
                  {"required_providers": (0, {"": LITERAL}, {}), "backend": (1, {}, {}), "encryption": ENCRYPTION}),
    "provider": (1, {"alias": LITERAL, "version": LITERAL}, {"git": (0, {}, {"ssh": (0, {}, {}), "http": (0, {}, {})})}),
    "variable": (1, {"type": CODE, "default": LITERAL, **TEXTS}, {"validation": CONDITION}),
    "locals": (0, {}, {}),
    "output": (1, {"type": CODE, "depends_on": CODE, **TEXTS}, {"precondition": CONDITION}),
    "resource": RESOURCE,
    "data": RESOURCE,
    "ephemeral": RESOURCE,
    "action": (2, {"provider": CODE}, {"config": (0, {}, {"target": (0, {}, {})})}),
    "module": (1, {"depends_on": CODE, "providers": CODE}, {}),
    "moved": (0, {"from": CODE, "to": CODE}, {}),
    "removed": (0, {"from": CODE}, {"lifecycle": (0, {}, {}), "provisioner": PROVISIONER}),
    "import": (0, {"to": CODE, "provider": CODE}, {}),
    "check": (1, {}, {"data": RESOURCE, "assert": CONDITION}),
    "environments": (1, {"": LITERAL}, {}),
}


def sequence_end(text, at):
    """The end of the sequence that ${ or %{ starts; strings within may contain sequences again."""
    depth = 0
    while at < len(text):
        if text[at] == '"':
            at = string_end(text, at + 1)
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
        if depth == 0:
            return at
    raise ValueError("a sequence without end")


def string_end(text, at):
    while text[at] != '"':
        if text[at] == "\\":
            at += 2
        elif text[at : at + 3] in ("$${", "%%{"):
            at += 3
        elif text[at : at + 2] in ("${", "%{"):
            at = sequence_end(text, at + 1)
        else:
            at += 1
    return at


ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text, form):
    out, at = "", 0
    while at < len(text):
        if text[at : at + 2] in ("${", "%{") and form == LITERAL:
            out, at = out + text[at] + text[at : at + 2], at + 2
        elif text[at : at + 3] in ("$${", "%%{") and form == TEMPLATE:
            out, at = out + text[at : at + 3], at + 3
        elif text[at : at + 2] in ("${", "%{"):
            end = sequence_end(text, at + 1)
            out, at = out + text[at:end], end
        else:
            plain = text[at] if text[at] >= " " else "\\u%04x" % ord(text[at])
            out, at = out + ESCAPES.get(text[at], plain), at + 1
    return '"' + out + '"'


def expression(value, form):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, str):
        if form == CODE and value.startswith("${"):
            raise ValueError("a template where JSON has code")
        return value if form == CODE else quoted(value, form)
    if isinstance(value, list):
        return "[" + ", ".join(expression(item, form) for item in value) + "]"
    if isinstance(value, dict):
        return "{\n" + "".join("%s = %s\n" % (expression(k, form), expression(v, form)) for k, v in value.items()) + "}"
    return json.dumps(value)


def bodies(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def named(label):
    if label == "//":  # a label in JSON only
        raise ValueError("a comment where a label stands")
    return label


def block(kind, shape, value, labels=()):
    if len(labels) < shape[0]:
        return "".join(block(kind, shape, item, (*labels, named(label))) for body in bodies(value) for label, item in body.items())
    head = " ".join((kind, *(quoted(label, LITERAL) for label in labels)))
    return "".join("%s {\n%s}\n" % (head, native_body(body, shape)) for body in bodies(value))


def native_body(value, shape):
    _, forms, nested = shape
    out = ""
    for name, item in ((n, i) for body in bodies(value) for n, i in body.items() if n != "//"):
        if name in nested:
            out += block(name, nested[name], item)
        else:
            out += "%s = %s\n" % (name, expression(item, forms.get(name, forms.get("", TEMPLATE))))
    return out


def native(document):
    return "".join(block(kind, BLOCKS[kind], item)
                   for body in bodies(document) for kind, item in body.items() if kind != "//")


# Files.

SPELLINGS = {
    SUFFIX: lambda document: None,
    ".loam.yaml": lambda document: yaml(document).lstrip("\n") + "\n",
    ".tf": native,
}


def unique(pairs):
    """An object without a duplicate key: other syntaxes cannot express one."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)


def rename(path, suffix):
    return path[: -len(SUFFIX)] + suffix if path.endswith(SUFFIX) else path


def spell(files, suffix):
    """Path → text, or None for a removed file; other files stay unchanged."""
    out = {}
    for path, text in files.items():
        if path.endswith(SUFFIX) and suffix != SUFFIX and text is not None:
            text = SPELLINGS[suffix](json.loads(text, parse_int=Raw, parse_float=Raw, object_pairs_hook=unique))
        out[rename(path, suffix)] = text
    return out


def can_spell(files):
    """JSON only, without JSON's special forms (other tests check their errors)."""
    try:
        for suffix in SPELLINGS:
            spell(files, suffix)
    except (ValueError, KeyError, AttributeError, TypeError):
        return False
    return not any(path.endswith((".tf", ".tofu", ".hcl")) for path in files)
