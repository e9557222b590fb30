"""The initial corpora of the fuzzers, generated from the conformance vectors and the scenarios."""
import hashlib
import json
import pathlib

TESTS = pathlib.Path(__file__).resolve().parents[1]


def vectors():
    for path in sorted((TESTS / 'conformance/vectors').glob('*.jsonl')):
        with open(path, encoding='utf-8') as file:
            for line in file:
                yield json.loads(line)


def scenarios():
    for path in sorted((TESTS / 'scenario').glob('*/*.json')):
        with open(path, encoding='utf-8') as file:
            yield json.load(file)


def states(node):
    """Every state that a scenario records."""
    if isinstance(node, dict) and 'lineage' in node and 'resources' in node:
        yield node
    elif isinstance(node, (dict, list)):
        for item in node.values() if isinstance(node, dict) else node:
            yield from states(item)


def golden_values():
    """Pairs of a type, as JSON, and a value as msgpack."""
    types = {}
    for line in (TESTS / 'unit/value/msgpack_golden.tsv').read_text().splitlines():
        fields = line.split('\t')
        if fields[0] == 'type':
            types[fields[1]] = fields[2].encode()
        elif fields[0] in types:
            yield types[fields[0]], bytes.fromhex(fields[2])


def varint(number):
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def as_text(content):
    return content if isinstance(content, str) else json.dumps(content)


FUNCTION_LINES = [
    'jsondecode\n{"a": [1, 2.5e3, null, "x\\u00e9"]}', 'yamldecode\na: &x [1, 2]\nb: *x\n<<: {c: ~}',
    'csvdecode\na,b\n1,"2 ""3"""', 'base64gunzip\nH4sIAAAAAAAA/8pIzcnJBwQAAP//hqYQNgUAAAA=',
    'regex\n(\\d+)-(?P<x>[a-z]*)\n12-ab', 'regexall\n[a-c]+|$\nabcxyz', 'replace\nabc\n/(b)/\n<$1>',
    'format\n%-5.2f|%#x|%q|%*d\n3.14', 'formatdate\nDD MMM YYYY hh:mm ZZZ\n2020-02-29T12:00:00+01:00',
    'timeadd\n2020-01-01T00:00:00Z\n-1h30m2.5s', 'cidrsubnet\n10.0.0.0/8\n8\n3', 'cidrhost\nfe80::/64\n-1',
    'parseint\nzZ9\n62', 'urldecode\na%20b%2', 'base64decode\naGVsbG8=', 'textdecodebase64\naABpAA==\nUTF-16LE',
    'rsadecrypt\nAAAA\n-----BEGIN RSA PRIVATE KEY-----', 'templatestring\n${x}', 'title\nhello wörld', 'indent\n2\na b',
    'trim\n?!hello?!\n!?', 'split\n,\na,b,c', 'strrev\ne\u0301a', 'substr\nhello\n1\n3', 'tonumber\n1e400',
]


HANDSHAKES = [
    '1|5|unix|/tmp/plugin4253809855|grpc|', '1|6|unix|/tmp/p|grpc||true', '1|4|tcp|127.0.0.1:1234|netrpc|', '1|6|unix|/p',
    '{"@level":"info","@message":"started","@module":"p"}\n', '2026/01/01 [WARN] late\n', 'panic: x\n\ngoroutine 1 [running]:\n',
]


KUBECONFIG = """apiVersion: v1
kind: Config
current-context: a
clusters: [{name: c, cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: QQ==, insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: t, client-certificate: x.pem, exec: {apiVersion: client.authentication.k8s.io/v1, command: x, args: [a]}}}]
contexts: [{name: a, context: {cluster: c, user: u, namespace: n}}]
"""


PLAN = """{"format":1,"mode":"normal","errored":false,"complete":true,"lineage":"","serial":0,"created_ms":1795639448108,
"workspace":"default","backend":"local terraform.tfstate","variables":[],"changes":[{"address":"terraform_data.r1","provider":
"terraform.io/builtin/terraform","action":"create","before":{"type":["object",{"id":"string","input":"dynamic"}]},"after":{"type":
["object",{"id":"string","input":"string"}],"of":{"id":{"unknown":true},"input":"x"}},"config":{"type":"dynamic"},"dependencies":
["terraform_data.r0"]}],"drift":[],"outputs":[],"configuration":"{}","relevant_attributes":"[]"}"""
# A creation whose outcome is missing, one that has ended, and one that failed.
JOURNAL = """{"kind":"start","lineage":"6f2c1a54-0000-4000-8000-000000000001","serial":0,"program":"loam","time":"2026-01-01T00:00:00Z"}
{"kind":"intent","sequence":1,"address":"a.b","provider":"provider[\\"x/y/z\\"]","action":"create","generation":1,"schema_version":0,"planned":{"id":null}}
{"kind":"intent","sequence":2,"address":"a.c","provider":"provider[\\"x/y/z\\"]","action":"create","generation":1,"schema_version":0,"dependencies":["a.b"]}
{"kind":"outcome","sequence":2,"address":"a.c","provider":"provider[\\"x/y/z\\"]","object":{"schema_version":0,"attributes":{"id":"1"},"sensitive_attributes":[]}}
{"kind":"end","sequence":1}
"""


def seeds(target):
    if target == 'expression':
        for case in vectors():
            yield from (case[key] for key in ('expr', 'template') if isinstance(case.get(key), str))
    if target == 'convert':
        for case in vectors():
            if 'convert' in case:
                yield '%s\n%s' % (case['convert']['type_expr'], json.dumps(case['convert'].get('value')))
    if target == 'config':
        for case in scenarios():
            yield from (as_text(text) for text in case.get('files', {}).values())
    if target == 'json':
        for case in vectors():
            yield json.dumps(case.get('want'))
    if target == 'state':
        for case in scenarios():
            yield from map(json.dumps, states(case))
    if target == 'journal':
        yield JOURNAL
    if target == 'kubeconfig':
        yield KUBECONFIG
    if target == 'plan':
        yield PLAN
    if target == 'image':
        index = {'schemaVersion': 2, 'manifests': [{'mediaType': 'application/vnd.oci.image.manifest.v1+json', 'digest': 'sha256:' + 'a' * 64,
                 'size': 2, 'annotations': {'io.containerd.image.name': 'registry.test/a:1', 'org.opencontainers.image.ref.name': '1'}}]}
        docker = [{'Config': 'c.json', 'RepoTags': ['registry.test/a:1'], 'Layers': ['l.tar']}]
        yield json.dumps(index) + '\0'
        yield '\0' + json.dumps(docker)
    if target == 'nft':
        yield ('{"nftables": [{"table": {"family": "inet", "name": "t", "handle": 1}}, {"chain": {"family": "inet", "table": "t", '
               '"name": "c", "handle": 2}}, {"rule": {"family": "inet", "table": "t", "chain": "c", "handle": 3, "expr": '
               '[{"accept": null}]}}]}\0table inet t {\n\tchain c {\n\t\taccept # handle 3\n\t}\n}\n')
    if target == 'function':
        yield from FUNCTION_LINES
    if target == 'address':
        yield from ('a.b', 'module.x["k"].module.y[0].data.t.n[3]', 'data.t.n["a\\"b"]', 'a.b[-1]')
    if target in ('msgpack', 'wire'):
        for type, value in golden_values():
            yield type + b'\n' + value if target == 'msgpack' else b'\x0a' + varint(len(value)) + value


    if target == 'protocol':
        # the number of a call, then a response with a value as its first field
        for number, (_, value) in enumerate(golden_values()):
            dynamic = b'\x0a' + varint(len(value)) + value
            yield bytes([number % 32]) + b'\x0a' + varint(len(dynamic)) + dynamic
    if target == 'handshake':
        yield from HANDSHAKES


def write(target, directory):
    directory.mkdir(parents=True, exist_ok=True)
    for text in seeds(target):
        data = text if isinstance(text, bytes) else text.encode('utf-8', 'surrogatepass')
        (directory / hashlib.sha1(data).hexdigest()).write_bytes(data)
