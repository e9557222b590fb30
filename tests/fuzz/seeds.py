"""The initial corpora of the fuzzers: generated from the conformance vectors and the scenarios, and found by long runs.

Those found are in corpus/TARGET.tar.xz. After a long run, "seeds.py keep TARGET…" merges the corpora in build/fuzz into them: inputs
that reach no more than others do are left out."""
import hashlib
import io
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
KEPT = pathlib.Path(__file__).resolve().parent / 'corpus'
LONGEST = 2048  # bytes of an input that is kept


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


LISTING = """{"nftables": [{"metainfo": {"json_schema_version": 1}}, {"table": {"family": "inet", "name": "t", "handle": 1}}, {"chain":
{"family": "inet", "table": "t", "name": "in", "handle": 2, "type": "filter", "hook": "input", "prio": 0, "policy": "drop", "dev": ["a", "b"]}},
{"set": {"family": "inet", "name": "s", "table": "t", "type": ["ipv4_addr", "inet_service"], "handle": 3, "flags": ["interval", "timeout"],
"timeout": 60, "size": 9, "auto-merge": true, "elem": [{"prefix": {"addr": "10.0.0.0", "len": 8}}, {"range": ["1", "2"]}, {"concat": ["x", 80]},
{"elem": {"val": "y", "timeout": 9, "expires": 3, "comment": "c"}}]}}, {"map": {"family": "inet", "name": "m", "table": "t", "type":
"ipv4_addr", "map": "verdict", "handle": 4, "elem": [["z", {"accept": null}], ["w", {"jump": {"target": "in"}}]]}}, {"counter": {"name": "n",
"packets": 1, "bytes": 2}}, {"rule": {"family": "inet", "table": "t", "chain": "in", "handle": 5, "expr": [{"counter": {"packets": 5, "bytes":
6}}, {"drop": null}]}}]}\0\tchain in {\n\t\tcounter packets 5 bytes 6 drop # handle 5\n"""


DOMAIN = """<domain type='kvm'><name>a</name><uuid>6f2c1a54-0000-4000-8000-000000000001</uuid><title>t</title>
<metadata><loam:object xmlns:loam='https://loam.test'/></metadata><memory unit='KiB'>1048576</memory>
<currentMemory unit='KiB'>524288</currentMemory><vcpu placement='static' current='1' cpuset='0-1'>2</vcpu>
<os firmware='efi'><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><loader readonly='yes' type='pflash'>/l</loader>
<nvram template='/t'>/n</nvram><boot dev='hd'/><kernel>/k</kernel><initrd>/i</initrd><cmdline>console=ttyS0</cmdline></os>
<features><acpi/><apic/><hyperv><relaxed state='on'/></hyperv></features>
<cpu mode='host-passthrough' check='none'><topology sockets='1' dies='1' cores='2' threads='1'/><feature policy='require' name='vmx'/>
<numa><cell id='0' cpus='0-1' memory='1048576' unit='KiB'/></numa></cpu>
<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock><on_poweroff>destroy</on_poweroff>
<devices><emulator>/usr/bin/qemu</emulator>%s</devices></domain>"""
DEVICES = (
    """<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none' io='native'/><source file='/a.qcow2'/>
<target dev='vda' bus='virtio'/><serial>s</serial><boot order='1'/><iotune><total_iops_sec>10</total_iops_sec></iotune></disk>
<disk type='block' device='cdrom'><source dev='/dev/sr0'/><target dev='sda' bus='sata'/><readonly/></disk>
<disk type='volume' device='disk'><source pool='default-pool' volume='v'/><target dev='vdb' bus='virtio'/></disk>
<disk type='network' device='disk'><source protocol='http' name='x'><host name='h' port='80'/></source><target dev='vdc'/></disk>""",
    """<interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/><model type='virtio'/>
<filterref filter='f'><parameter name='IP' value='10.0.0.1'/></filterref><link state='down'/><mtu size='1400'/></interface>
<interface type='bridge'><source bridge='br0'/><vlan><tag id='3'/></vlan></interface>
<interface type='direct'><source dev='eth0' mode='bridge'/></interface>""",
    """<serial type='pty'><target type='isa-serial' port='0'/></serial><console type='pty'><target type='serial' port='0'/></console>
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel><graphics type='vnc' port='-1' autoport='yes'
listen='127.0.0.1' passwd='p'><listen type='address' address='127.0.0.1'/></graphics><video><model type='virtio' heads='1'/></video>
<filesystem type='mount'><source dir='/d'/><target dir='t'/><readonly/></filesystem><rng model='virtio'><backend model='random'>/dev/random</backend></rng>
<memballoon model='virtio'/><watchdog model='i6300esb' action='reset'/><tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>
<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0' bus='1' slot='0' function='0'/></source></hostdev>
<memory model='dimm'><target><size unit='KiB'>524288</size><node>0</node></target></memory><input type='tablet' bus='usb'/>""",
)


def domains():
    for devices in ('',) + DEVICES + (''.join(DEVICES),):
        yield DOMAIN % devices


def plan_files():
    """Archives with the right digests, and one with a wrong one; stored and compressed."""
    entries = {'plan.json': PLAN, 'prior-state.json': '', 'previous-state.json': '', 'configuration/1-main.tf': 'locals {}\n'}
    listed = [{'name': name, 'path': 'main.tf', 'sha256': hashlib.sha256(text.encode()).hexdigest()} for name, text in entries.items()]
    for method, change in ((zipfile.ZIP_STORED, ''), (zipfile.ZIP_DEFLATED, ''), (zipfile.ZIP_STORED, ' ')):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, 'w', method) as archive:
            for name, text in entries.items():
                archive.writestr(zipfile.ZipInfo(name), text + change, method)
            archive.writestr(zipfile.ZipInfo('manifest.json'), json.dumps({'format': 1, 'entries': listed}), method)
        yield packed.getvalue()


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
    if target == 'planfile':
        yield from plan_files()
    if target == 'domain':
        yield from domains()
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
        yield LISTING
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


def found(target):
    """The inputs that long runs have found."""
    path = KEPT / (target + '.tar.xz')
    if path.exists():
        with tarfile.open(path) as archive:
            for member in archive:
                yield archive.extractfile(member).read()


def write(target, directory):
    directory.mkdir(parents=True, exist_ok=True)
    for text in (*seeds(target), *found(target)):
        data = text if isinstance(text, bytes) else text.encode('utf-8', 'surrogatepass')
        (directory / hashlib.sha1(data).hexdigest()).write_bytes(data)


def keep(target, fuzzer, corpus):
    with tempfile.TemporaryDirectory() as top:
        merged, own = pathlib.Path(top) / 'merged', pathlib.Path(top) / 'own'
        merged.mkdir()
        write(target, own)
        subprocess.run([fuzzer, '-merge=1', '-max_len=%d' % LONGEST, merged, own, corpus], check=True, stderr=subprocess.DEVNULL)
        with tarfile.open(KEPT / (target + '.tar.xz'), 'w:xz') as archive:
            for path in sorted(merged.iterdir()):
                row = tarfile.TarInfo(path.name)
                row.size = path.stat().st_size
                archive.addfile(row, io.BytesIO(path.read_bytes()))
        print('%s: %d inputs' % (target, len(list(merged.iterdir()))))


if __name__ == '__main__':
    if sys.argv[1:2] != ['keep']:
        sys.exit(__doc__)
    for target in sys.argv[2:]:
        build = TESTS.parent / 'build/fuzz'
        keep(target, build / 'tests/fuzz' / ('fuzz_' + target), build / 'corpus' / target)
