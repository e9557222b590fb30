"""Machines with a network of their own: each is a network namespace on a bridge, with its own /etc, SSH server and packet
filter. The test itself is at 10.9.0.1 and fd09::1.

    net = Machines("name")      net.machine("a", 2)      net.probe("a", ["tcp/10.9.0.3/80"])      net.listen("a", "tcp/80")"""
import json, os, subprocess, sys

from host import Failed, read, run, write
from machines_ssh import Servers

# An independent prober: states by plain sockets, one thread for each. Arguments: "tcp/10.9.0.2/22" …
PROBER = """
import json, socket, sys, threading
states = {}
def probe(text):
    protocol, address, port = text.split("/")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
    one.settimeout(1.0)
    try:
        one.connect((address, int(port)))
        if protocol == "udp":
            one.send(b"hello")
            one.recv(100)
        states[text] = "open"
    except ConnectionRefusedError:
        states[text] = "closed"
    except (TimeoutError, socket.timeout):
        states[text] = "filtered"
    except OSError as error:
        states[text] = "error %d" % error.errno
threads = [threading.Thread(target=probe, args=(text,)) for text in json.load(sys.stdin)]
[one.start() for one in threads]
[one.join() for one in threads]
print(json.dumps(states))
"""

# Accepts connections and returns datagrams. Arguments: "tcp/80" …
LISTENER = """
import selectors, socket, sys
waiting = selectors.DefaultSelector()
for text in sys.argv[1:]:
    protocol, port = text.split("/")
    one = socket.socket(socket.AF_INET6, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("::", int(port)))
    if protocol == "tcp":
        one.listen(100)
    waiting.register(one, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in waiting.select():
        if key.fileobj.type == socket.SOCK_STREAM:
            key.fileobj.accept()[0].close()
        else:
            data, address = key.fileobj.recvfrom(100)
            key.fileobj.sendto(data, address)
"""


class Machines(Servers):
    def __init__(self, name):
        run("mount", "-t", "tmpfs", "tmpfs", "/run")
        super().__init__(name)
        os.makedirs(self.path("etc"))
        run("mount", "-t", "tmpfs", "tmpfs", self.path("etc"))
        self.addresses, self.listeners, self.pids = {}, [], {}
        run("ip", "link", "add", "br0", "type", "bridge")
        run("ip", "address", "add", "10.9.0.1/24", "dev", "br0")
        run("ip", "-6", "address", "add", "fd09::1/64", "dev", "br0", "nodad")
        run("ip", "link", "set", "br0", "up")

    def __exit__(self, *exception):
        for listener in self.listeners:
            listener.kill()
        run("umount", "--lazy", self.path("etc"), check=False)
        super().__exit__(*exception)

    def within(self, name):
        return ["nsenter", "--target", str(self.pids[name]), "--net", "--mount"]

    def machine(self, name, number, *options):
        """Starts a machine at 10.9.0.NUMBER; returns this address."""
        address = "10.9.0.%d" % number
        self.addresses[name] = address
        run("ip", "netns", "add", name)
        run("ip", "link", "add", "to-" + name, "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", "to-" + name, "master", "br0", "up")
        for command in ("link set lo up", "address add %s/24 dev eth0" % address,
                        "-6 address add fd09::%d/64 dev eth0 nodad" % number, "link set eth0 up"):
            run("ip", "-n", name, *command.split())
        own = self.path("etc", name)
        for directory in ("upper", "work"):
            os.makedirs(os.path.join(own, directory))
        script = ("mount -t overlay overlay -o lowerdir=/etc,upperdir=%s/upper,workdir=%s/work /etc && echo ready && "
                  "exec sleep 100000" % (own, own))
        self.servers[name] = subprocess.Popen(
            ["nsenter", "--net=/run/netns/" + name, "unshare", "--mount", "sh", "-c", script],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8")
        self.pids[name] = self.servers[name].pid
        if self.servers[name].stdout.readline() != "ready\n":
            raise Failed("machine %s did not start" % name)
        return self.sshd(address, *options, within=self.within(name))

    def on(self, name, *command, check=True, **options):
        return run(*self.within(name), *command, check=check, **options)

    def state_of(self, name):
        """The directory of loam on the machine."""
        return self.path("run", self.addresses[name] + "-22")

    def listen(self, name, *ports):
        one = subprocess.Popen([*self.within(name), sys.executable, "-c", LISTENER, *ports], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, encoding="utf-8")
        self.listeners.append(one)
        if one.stdout.readline() != "ready\n":
            raise Failed("no listener on %s" % name)

    def probe(self, name, targets):
        """Returns the states that the independent prober finds from a machine, or from the test itself if the name is None."""
        prefix = self.within(name) if name else []
        done = subprocess.run([*prefix, sys.executable, "-c", PROBER], input=json.dumps(list(targets)),
                              stdout=subprocess.PIPE, encoding="utf-8", check=True)
        return json.loads(done.stdout)

    def expect_states(self, name, **groups):
        """Keywords are states: open=["tcp/10.9.0.2/22", …]."""
        wanted = {target: state for state, targets in groups.items() for target in targets}
        got = self.probe(name, wanted)
        wrong = ["%s: %s, expected %s" % (target, got[target], wanted[target]) for target in wanted
                 if got[target] != wanted[target]]
        if wrong:
            raise Failed("from %s: %s" % (name or "the test", "; ".join(sorted(wrong)[:20])))

    def listing(self, name, table):
        return self.on(name, "nft", "-s", "list", "table", *table.split(), check=False).stdout

    def tables(self, name):
        return sorted(self.on(name, "nft", "list", "tables").stdout.split("\n"))
