"""Configurations of many instances in native syntax, which both programs read.

Each shape has the requested number of instances; the programs spend most of their time on the state."""


def one_block(count, kind='terraform_data'):
    arguments = {
        'terraform_data': 'input = "value ${count.index}"',
        'local_file': 'filename = "${path.module}/made/${count.index}"\n  content = "value ${count.index}"',
    }[kind]
    return {'main.tf': f'resource "{kind}" "all" {{\n  count = {count}\n  {arguments}\n}}\n'}


def files(count):
    return one_block(count, 'local_file')


def blocks(count):
    """Blocks of ten instances each."""
    return {'main.tf': ''.join(f'resource "terraform_data" "b{n}" {{\n  count = 10\n  input = "value ${{count.index}}"\n}}\n'
                               for n in range(count // 10))}


def modules(count):
    """Modules of a hundred instances each, and an output of all of them."""
    calls = ''.join(f'module "m{n}" {{\n  source = "./part"\n  name = "m{n}"\n}}\n' for n in range(count // 100))
    part = ('variable "name" {}\nresource "terraform_data" "all" {\n  count = 100\n  input = "${var.name} ${count.index}"\n}\n'
            'output "ids" {\n  value = terraform_data.all[*].id\n}\n')
    return {'main.tf': calls, 'part/main.tf': part}


def chain(count, wide=20):
    """Each instance uses the output of the one before it. A state lists all dependencies of an object, so its size grows
    with the square of the depth."""
    text = ''
    for deep in range(count // wide):
        for n in range(wide):
            source = f'terraform_data.c{deep - 1}_{n}.output' if deep else '"begin"'
            text += f'resource "terraform_data" "c{deep}_{n}" {{\n  input = {source}\n}}\n'
    return {'main.tf': text}


def references(count):
    """Blocks with count and for_each that refer to one another by index and by key."""
    third = count // 3
    return {'main.tf': f'''
resource "terraform_data" "a" {{
  count = {third}
  input = "value ${{count.index}}"
}}
resource "terraform_data" "b" {{
  count = {third}
  input = terraform_data.a[count.index].output
}}
resource "terraform_data" "c" {{
  for_each = {{ for n, a in terraform_data.a : "key ${{n}}" => n }}
  input    = "${{each.key}} ${{terraform_data.b[each.value].id}}"
}}
output "all" {{
  value = {{ for key, c in terraform_data.c : key => c.id }}
}}
'''}


def outputs(count):
    """One object, and outputs and locals that refer to it."""
    each = ''.join(f'output "o{n}" {{\n  value = "${{local.l{n}}} {n}"\n}}\nlocals {{\n  l{n} = terraform_data.one.id\n}}\n'
                   for n in range(count))
    return {'main.tf': 'resource "terraform_data" "one" {}\n' + each}


def big_strings(count):
    """A tenth as many instances, each with a string of 20 kB to quote."""
    return {'main.tf': f'resource "terraform_data" "all" {{\n  count = {count // 10}\n'
                       '  input = join("", [for n in range(1000) : "a \\"line\\" of ${count.index}\\n"])\n}\n'}


def moves(count):
    """A tenth as many blocks of one instance, each with a moved block."""
    return {'main.tf': ''.join(f'resource "terraform_data" "b{n}" {{\n  input = {n}\n}}\n'
                               f'moved {{\n  from = terraform_data.a{n}\n  to = terraform_data.b{n}\n}}\n' for n in range(count // 10))}


def gathering(count):
    """Blocks of one instance, and an output that refers to each."""
    ids = ', '.join(f'terraform_data.b{n}.id' for n in range(count))
    return {'main.tf': ''.join(f'resource "terraform_data" "b{n}" {{}}\n' for n in range(count)) + f'output "ids" {{\n  value = [{ids}]\n}}\n'}


def tally(count, wait_ms):
    """Instances of the bench's own provider, whose calls take wait_ms."""
    return {'main.tf': 'terraform {\n  required_providers {\n    tally = { source = "loam.internal/bench/tally" }\n  }\n}\n'
                       f'resource "tally_thing" "all" {{\n  count = {count}\n  input = "value ${{count.index}}"\n  wait_ms = {wait_ms}\n}}\n'}


SHAPES = {'one block': one_block, 'blocks': blocks, 'modules': modules, 'chain': chain, 'references': references,
          'outputs': outputs, 'big strings': big_strings, 'files': files, 'moves': moves, 'gathering': gathering}
