"""The workloads of the bench: one configuration in three syntaxes, expressions and equivalent JSON texts.

Everything is generated from a seed, so two runs measure the same bytes. A configuration is built once as data, and then
written as YAML, JSON and native syntax."""
import json
import random

TYPES = ['string', 'number', 'bool', 'list(string)', 'map(number)',
         'object({name = string, size = optional(number, 10)})']
DEFAULTS = {'string': 'a text', 'number': 12, 'bool': True, 'list(string)': ['a', 'b'],
            'map(number)': {'x': 1, 'y': 2}, TYPES[5]: {'name': 'disk', 'size': 40}}


class Code(str):
    """Text that native syntax writes without quotes and the others as a string: a type, a reference."""


def unit(n, rng):
    """The blocks of the n-th part of the configuration; about 45 lines of YAML."""
    kind = rng.choice(TYPES)
    ports = [rng.randrange(1, 65536) for _ in range(3)]
    resource = {
        'count': rng.randrange(1, 4),
        'depends_on': [Code(f'terraform_data.server_{n - 1}')] if n else [],
        'lifecycle': {'create_before_destroy': True,
                      'precondition': {'condition': f'${{length(local.server_{n}.tags) > 0}}',
                                       'error_message': 'A server has at least one tag.'}},
        'input': {
            'name': f'server-${{count.index}}-{n}',
            'zone': rng.choice(['eu-west', 'eu-north', 'us-east']),
            'memory': 2 ** rng.randrange(8, 14),
            'running': rng.random() < 0.5,
            'label': f'${{upper(local.server_{n}.name)}} in ${{var.server_{n}_note}}',
            'network': {'address': f'10.{n // 250 % 250}.{n % 250}.1/24', 'ports': ports,
                        'rules': [{'from': port, 'to': port + 1, 'open': True} for port in ports]},
            'script': f'#!/bin/sh\nset -eu\necho "server {n}" > /etc/motd\n'
                      f'for port in {" ".join(map(str, ports))}; do\n  open "$port"\ndone\n',
        },
    }
    return {
        'variable': [(f'server_{n}', {'type': Code(kind), 'default': DEFAULTS[kind],
                                      'description': f'What server {n} is given'}),
                     (f'server_{n}_note', {'default': 'the lab'})],
        'locals': [(f'server_{n}', {'name': f'${{var.server_{n}_note}}', 'size': n * 3,
                                    'tags': ['web', f'tier-{n % 5}', '${path.module}']})],
        'resource': [(f'server_{n}', resource)],
        'output': [(f'server_{n}', {'value': f'${{terraform_data.server_{n}[*].output}}',
                                    'description': f'All of server {n}'})],
    }


def configuration(units, seed=1):
    rng = random.Random(seed)
    return [unit(n, rng) for n in range(units)]


def nested(depth, width, seed=1):
    """A configuration of `width` locals, each `depth` levels deep."""
    rng = random.Random(seed)
    items = []
    for n in range(width):
        value = rng.randrange(1000)
        for level in range(depth):
            value = {f'level_{level}': value} if level % 2 else [value]
        items.append((f'deep_{n}', value))
    return [{'variable': [], 'locals': items, 'resource': [], 'output': []}]


# JSON.

def joined(parts):
    top = {'variable': {}, 'locals': {}, 'resource': {}, 'output': {}}
    for part in parts:
        for key in ('variable', 'locals', 'output'):
            top[key].update(part[key])
        for name, body in part['resource']:
            top['resource'].setdefault('terraform_data', {})[name] = body
    return {key: value for key, value in top.items() if value}


def as_json(parts, indent=2):
    return json.dumps(joined(parts), indent=indent) + '\n'


# YAML.

def yaml_scalar(value, indent):
    if isinstance(value, str) and '\n' in value:
        return '|\n' + ''.join(f'{indent}  {line}\n' for line in value.splitlines())[:-1]
    if isinstance(value, str) and not isinstance(value, Code) and '$' not in value \
            and not any(c in value for c in ':#"{[') and not value[0].isdigit():
        return value
    return json.dumps(value)


def yaml_lines(value, indent, out):
    """The lines of a mapping or list, each at `indent`."""
    pairs = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    for key, item in pairs:
        head = indent + ('-' if key is None else f'{key}:')
        if isinstance(item, (dict, list)) and item:
            out.append(head)
            yaml_lines(item, indent + '  ', out)
        else:
            text = yaml_scalar(item, indent) if not isinstance(item, (dict, list)) else \
                ('{}' if isinstance(item, dict) else '[]')
            out.append(f'{head} {text}')


def as_yaml(parts):
    out = []
    yaml_lines(joined(parts), '', out)
    return '\n'.join(out) + '\n'


# On one line, so that the indentation does not grow with the depth.

def flat(parts, spelling):
    if spelling == 'JSON':
        return as_json(parts, indent=None)
    locals_ = [(name, json.dumps(value)) for part in parts for name, value in part['locals']]
    if spelling == 'YAML':
        return 'locals:\n' + ''.join(f'  {name}: {text}\n' for name, text in locals_)
    return 'locals {\n' + ''.join(f'  {name} = {text}\n' for name, text in locals_) + '}\n'


# Native syntax.

def native_value(value, indent):
    deeper = indent + '  '
    if isinstance(value, dict):
        return '{\n' + ''.join(f'{deeper}{key} = {native_value(item, deeper)}\n'
                               for key, item in value.items()) + indent + '}'
    if isinstance(value, list):
        return '[\n' + ''.join(f'{deeper}{native_value(item, deeper)},\n' for item in value) \
            + indent + ']'
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, str) and '\n' in value:
        return '<<-EOT\n' + ''.join(f'{deeper}{line}\n' for line in value.splitlines()) \
            + indent + 'EOT'
    if isinstance(value, str) and value.startswith('${') and value.endswith('}') \
            and value.count('${') == 1:
        return value[2:-1]
    return json.dumps(value)


def native_body(body, indent, blocks=('lifecycle', 'precondition')):
    out = ''
    for key, value in body.items():
        if key in blocks:
            out += f'{indent}{key} {{\n{native_body(value, indent + "  ")}{indent}}}\n'
        else:
            out += f'{indent}{key} = {native_value(value, indent)}\n'
    return out


def as_native(parts):
    out = []
    for part in parts:
        for kind in ('variable', 'output'):
            for name, body in part[kind]:
                out.append(f'{kind} "{name}" {{\n{native_body(body, "  ")}}}\n')
        out.append('locals {\n' + native_body(dict(part['locals']), '  ') + '}\n')
        for name, body in part['resource']:
            out.append(f'resource "terraform_data" "{name}" {{\n{native_body(body, "  ")}}}\n')
    return '\n'.join(out)


# Expressions.

def expression_as_json(items, seed=2):
    """A JSON text that is also an expression of the language."""
    rng = random.Random(seed)
    return json.dumps([{'name': f'server-{n}', 'size': rng.randrange(10 ** 6), 'running': n % 2 == 0,
                        'load': rng.randrange(1000) / 8, 'tags': ['web', 'lab', f'tier-{n % 7}'],
                        'parent': None, 'network': {'address': f'10.0.{n % 250}.1', 'mtu': 1500}}
                       for n in range(items)], indent=1)


# Each with the JSON array that has the same leaves, and one nesting for each of its nodes.
SPELLINGS = [
    ('var.size_{n} + 1', ['var', 'size_{n}', '+', 1]),
    ('"${{var.name}}-${{count.index}}-{n}"', ['"', ['var', 'name'], '-', ['count', 'index'], '-{n}']),
    ('upper(local.names[{n}])', ['upper', ['local', 'names', '{n}']]),
    ('var.enabled && local.count_{n} > 0 ? "on" : "off"',
     ['?', ['&&', ['var', 'enabled'], ['>', ['local', 'count_{n}'], 0]], 'on', 'off']),
    ('[for key, item in var.map_{n} : "${{key}}=${{item.value}}" if item.enabled]',
     ['for', 'key', 'item', ['var', 'map_{n}'], ['"', 'key', '=', ['item', 'value']],
      ['item', 'enabled']]),
    ('merge(var.tags, {{Name = "server-{n}", tier = local.tier}})',
     ['merge', ['var', 'tags'], {'Name': 'server-{n}', 'tier': ['local', 'tier']}]),
    ('module.network_{n}.subnets[*].address', ['module', 'network_{n}', 'subnets', '*', 'address']),
    ('cidrhost("10.{n}.0.0/16", (var.index * 2 - 1) % 4)',
     ['cidrhost', '10.{n}.0.0/16', ['%', ['-', ['*', ['var', 'index'], 2], 1], 4]]),
]


def small_expressions(count):
    """`count` lines, and the JSON array of their equivalents."""
    native, like = [], []
    for n in range(count):
        text, shape = SPELLINGS[n % len(SPELLINGS)]
        native.append(text.format(n=n))
        like.append(json.dumps(shape).replace('{n}', str(n)))
    return '\n'.join(native) + '\n', '[' + ',\n'.join(like) + ']\n'


def deep_expressions(depth, count):
    """`count` lines, each nested `depth` deep in brackets, calls, templates and objects."""
    opens = [('[', ']'), ('upper(', ')'), ('"${', '}"'), ('{a = ', '}'), ('(1 + ', ')')]
    rng = random.Random(3)
    lines = []
    for _ in range(count):
        picks = [rng.choice(opens) for _ in range(depth)]
        lines.append(''.join(o for o, _ in picks) + 'var.x' + ''.join(c for _, c in reversed(picks)))
    return '\n'.join(lines) + '\n'
