"""Machines of a cluster: LXC machines with systemd and containerd on a private libvirt, their images at hand, and the
provider kubeadm that makes a cluster of them.

    cp1, cp2 …  10.88.0.11 …    w1, w2 …  10.88.0.21 …    the network's bridge  10.88.0.1"""
import fcntl, glob, json, os, re, shutil, subprocess, sys, time
from host import HERE, LAB, LOAM, TOP, Failed, Host, read, run, skip, write

VERSION = "1.37.2"
FORMER = ("1.34.4", "1.35.4", "1.36.3")  # the last one of each minor version before
GATEWAY = "10.88.0.1"
ROLES = {"cp": 10, "w": 20}
NEEDED = {"cp": 31, "w": 17}  # instances of inotify
LOCK = "/run/loam-cluster.lock"
PROGRAMS = os.environ.get("LOAM_PROGRAMS", os.path.expanduser("~/.cache/loam/programs"))

DOMAIN = """<domain type='lxc'>
  <name>%(name)s</name><memory unit='MiB'>3072</memory><vcpu>2</vcpu>
  <os><type>exe</type><init>/usr/local/sbin/first</init></os>
  <features><capabilities policy='default'><mknod state='on'/></capabilities></features>
  <devices>
    <filesystem type='mount'><source dir='%(root)s'/><target dir='/'/></filesystem>
    <filesystem type='mount'><source dir='%(own)s/containerd'/><target dir='/var/lib/containerd'/></filesystem>
    <filesystem type='mount'><source dir='%(own)s/kubelet'/><target dir='/var/lib/kubelet'/></filesystem>
    <interface type='network'><source network='kube'/><target dev='kube-nic%(number)d'/></interface>
    <console type='pty'/>
  </devices>
</domain>"""
NETWORK = """<network><name>kube</name><bridge name='kube0' stp='off' delay='0'/><dns enable='no'/>
  <ip address='%s' prefix='24'/></network>""" % GATEWAY


def built(versions=FORMER):
    """Those of the versions whose programs are here; they are optional."""
    return [version for version in versions if os.path.exists(os.path.join(PROGRAMS, "programs/kubelet/v" + version))]


def check_programs():
    for program in ("kubeadm", "kubelet", "kubectl", "etcd", "coredns", "kube-proxy"):
        if not os.path.exists(os.path.join(PROGRAMS, "bin", program)):
            skip("%s is missing: tests/programs/build cluster" % program)


def build(*arguments):
    """The path of what the recipe makes. Without programs of a former version it would take those of another one."""
    check_programs()
    if arguments[-1] in FORMER and not built(arguments[-1:]):
        skip("Kubernetes %s is not here: tests/programs/build release-%s" % (arguments[-1], arguments[-1].rpartition(".")[0]))
    return run(os.path.join(HERE, "nodes/build"), *arguments).stdout.splitlines()[-1]


def inotify_instances():
    return sum("inotify" in link for path in glob.glob("/proc/[0-9]*/fd/*") for link in [_link(path)])


def _link(path):
    try:
        return os.readlink(path)
    except OSError:
        return ""


def wait_for_inotify(names):
    limit = int(read("/proc/sys/fs/inotify/max_user_instances"))
    needed = sum(NEEDED[name.rstrip("0123456789")] for name in names)
    for _ in range(600):
        used = inotify_instances()
        if used + needed <= limit:
            return
        time.sleep(1)
    skip("%d machines need %d instances of inotify; %d of %d are in use" % (len(names), needed, used, limit))


def number_of(name):
    role = name.rstrip("0123456789")
    return ROLES[role] + int(name[len(role):])


def address_of(name):
    return "10.88.0.%d" % number_of(name)


class Cluster(Host):
    STORE = "store"  # of nodes/build: the images of prepared machines

    def __init__(self, name, prepared=VERSION):
        """`prepared`: the version of Kubernetes whose programs and images the machines have, or None."""
        super().__init__(name, ("virsh", "sshd", "ssh-keygen", "mmdebstrap"))
        check_programs()
        self.prepared = prepared
        self.names = []
        self.disks = []  # of each machine, also of former ones
        self.lock = open(LOCK, "w")

    def begin(self):
        self.tree = build("tree") + "/root"
        self.store = build(self.STORE, self.prepared) + "/containerd" if self.prepared else None
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.sweep()  # of a killed run
        super().begin()
        self.make_key("user")
        self.make_key("machine")
        self.virsh("net-define %s" % self.file("network.xml", NETWORK), "net-start kube")
        self.variables.update(key_file=self.path("user"), host_key=" ".join(read(self.path("machine.pub")).split()[:2]))
        self.say("a private libvirt with a network")

    def __exit__(self, *exception):
        if exception[0] and os.environ.get("WAIT"):
            print("FAILED: %s\nwaiting in %s" % (exception[1], self.top), flush=True)
            while os.path.exists(self.top):
                time.sleep(1)
        for name in self.names:
            self.virsh("undefine " + name, driver="lxc", check=False)
        super().__exit__(*exception)
        self.sweep()
        self.lock.close()

    @staticmethod
    def sweep():
        """Removes the empty control groups of the machines, also in hierarchies that this computer does not mount."""
        run("unshare", "--mount", "bash", "-c", """mount -t tmpfs t /mnt
            for c in cpu cpuacct cpuset memory devices freezer blkio pids perf_event net_cls,net_prio hugetlb none,name=systemd; do
              mkdir -p /mnt/$c; mount -t cgroup -o $c cgroup /mnt/$c 2>/dev/null || continue
              for d in /mnt/$c/machine/lxc-*cp[0-9]* /mnt/$c/machine/lxc-*w[0-9]* /mnt/$c/machine/*-cp[0-9]*.libvirt-lxc /mnt/$c/machine/*-w[0-9]*.libvirt-lxc; do
                [ ! -d "$d" ] || find "$d" -depth -type d -exec rmdir {} \\; 2>/dev/null; done; umount /mnt/$c; done
            mkdir /mnt/v2; mount -t cgroup2 cgroup2 /mnt/v2 2>/dev/null && for d in /mnt/v2/machine/lxc-{cp,w}[0-9]*; do
              [ ! -d "$d" ] || find "$d" -depth -type d -exec rmdir {} \\; 2>/dev/null; done""", check=False)

    def file(self, name, text):
        write(self.path(name), text)
        return self.path(name)

    def environment(self, **variables):
        return {**super().environment(**variables), "XDG_CACHE_HOME": self.path("cache")}

    # -- machines -------------------------------------------------------------------------------------------------

    def layer(self):
        """The programs and units of a prepared machine, over the tree."""
        top = self.path("layer")
        if os.path.exists(top):
            return top
        os.makedirs(top + "/usr/local/bin")
        for program in ("kubeadm", "kubelet", "kubectl"):
            shutil.copy(os.path.join(PROGRAMS, "programs", program, "v" + self.prepared, program), top + "/usr/local/bin/" + program)
        for program in ("crictl", "kms"):
            if os.path.exists(os.path.join(PROGRAMS, "bin", program)):
                shutil.copy(os.path.join(PROGRAMS, "bin", program), top + "/usr/local/bin/" + program)
        units = top + "/etc/systemd/system/"
        write(units + "kubelet.service", "[Service]\nExecStart=/usr/local/bin/kubelet\nRestart=always\nRestartSec=2\n"
              "StartLimitInterval=0\n[Install]\nWantedBy=multi-user.target\n")
        write(units + "kubelet.service.d/10-kubeadm.conf", """[Service]
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=
ExecStart=/usr/local/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS
""")
        os.makedirs(units + "multi-user.target.wants")
        os.symlink("../kubelet.service", units + "multi-user.target.wants/kubelet.service")
        images = run(top + "/usr/local/bin/kubeadm", "config", "images", "list", "--kubernetes-version", "v" + self.prepared).stdout
        write(top + "/etc/containerd/config.toml", """version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "%s"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
""" % re.search(r"\S+/pause:\S+", images)[0])
        return top

    def fill_store(self, own):
        """Hard links of the images; the databases of containerd are copied, because it writes them."""
        if not self.store:
            os.makedirs(own + "/containerd")
            return
        run("cp", "-al", self.store, own + "/containerd")
        for path in glob.glob(own + "/containerd/**/*.db", recursive=True):
            source = os.path.join(self.store, os.path.relpath(path, own + "/containerd"))
            os.remove(path)
            shutil.copy(source, path)

    def tree_of(self, _name):
        return self.tree

    def define(self, name):
        number = number_of(name)
        disk = "%s-%d" % (name, sum(made.startswith(name + "-") for made in self.disks))
        own = self.path("machines", disk)
        self.disks.append(disk)
        os.makedirs(own + "/kubelet")
        self.fill_store(own)
        lower = self.layer() + ":" + self.tree_of(name) if self.prepared else self.tree_of(name)
        root = run(os.path.join(LAB, "libvirt"), "root", self.path("libvirt"), disk, lower).stdout.strip()
        files = {
            "etc/node": "address=%s/24 gateway=%s name=%s\n" % (address_of(name), GATEWAY, name),
            "etc/hostname": name + "\n",
            "etc/hosts": "127.0.0.1 localhost\n%s %s\n" % (address_of(name), name),
            "etc/ssh/ssh_host_ed25519_key": read(self.path("machine")),
            "etc/ssh/ssh_host_ed25519_key.pub": read(self.path("machine.pub")),
            "root/.ssh/authorized_keys": read(self.path("user.pub")),
        }
        for path, text in files.items():
            source = self.file("files/" + name + "/" + path, text)
            self.outside("install", "-D", "-m", "0600" if "ssh" in path else "0644", source, os.path.join(root, path))
        self.outside("chmod", "700", os.path.join(root, "root/.ssh"))
        xml = DOMAIN % {"name": name, "root": root, "own": own, "number": number}
        self.virsh("define " + self.file("files/" + name + ".xml", xml), driver="lxc")

    def start(self, *names):
        wait_for_inotify(names)
        for name in names:
            self.define(name)
        self.start_again(*names)

    def start_again(self, *names):
        """Machines that were stopped, with their files."""
        for name in names:
            self.names.append(name)
            self.virsh("start " + name, driver="lxc")
        until = time.monotonic() + 300
        for name in names:
            while self.on(name, "true", check=False).returncode != 0:
                if time.monotonic() > until:
                    raise Failed("%s does not respond" % name)
                time.sleep(0.2)
        self.say("%s respond" % ", ".join(names))

    def replace(self, name):
        """Puts a new machine at the address of a former one."""
        self.stop(name)
        self.virsh("undefine " + name, driver="lxc")
        self.start(name)

    def stop(self, name):
        """Ends a machine at once. libvirt gives up early if it has many processes."""
        for _ in range(20):
            self.virsh("destroy " + name, driver="lxc", check=False)
            if name not in self.virsh("list --name", driver="lxc").split():
                break
            time.sleep(0.5)
        self.names.remove(name)

    def ssh(self, name):
        known = self.file("known_hosts", "".join("10.88.0.%d %s\n" % (i, self.variables["host_key"]) for i in range(2, 255)))
        return ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-o", "LogLevel=ERROR", "-o", "StrictHostKeyChecking=yes",
                "-o", "UserKnownHostsFile=" + known, "-i", self.path("user"), "root@" + address_of(name)]

    def on(self, name, command, **options):
        return self.inside(*self.ssh(name), command, **options)

    def kubectl(self, command, **options):
        return self.on("cp1", "kubectl --kubeconfig /etc/kubernetes/admin.conf " + command, **options).stdout

    # -- deaths of loam -------------------------------------------------------------------------------------------

    def start_apply(self):
        return subprocess.Popen(self.command(LOAM, "-chdir=" + self.work, "apply", "-no-color", "-auto-approve"), stdin=subprocess.DEVNULL,
                                stdout=open(self.path("killed.log"), "w"), stderr=subprocess.STDOUT, env=self.environment())

    def kill_at(self, seconds):
        """Kills loam with SIGKILL at this time after its start, unless it has ended."""
        process = self.start_apply()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self.say("loam killed after %.1f s" % seconds)

    def watch(self, name, condition, process):
        """Starts a command on the machine that ends with the output "reached" when the condition holds. With `process`, a pattern of
        command lines, it holds only while such a process runs, which is then stopped."""
        found = "pids=$(pgrep -xf '%s')" % process if process else "pids="
        loop = ("until %s && { %s; } >/dev/null 2>&1 && { [ -z \"$pids\" ] || kill -STOP $pids; } 2>/dev/null; do sleep 0.02; done; echo reached"
                % (found, condition))
        return subprocess.Popen(self.command(*self.ssh(name), loop), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def kill_during(self, name, process, condition="true"):
        """Kills loam with SIGKILL at a step on the machine: while a process with this command line runs and the condition holds. The
        process rests until loam is dead, so the step has not ended. Without a process, loam may have ended before."""
        loam = self.start_apply()
        watch, until, reached = self.watch(name, condition, process), time.monotonic() + 900, False
        step = "%s: %s" % (process or "a step", condition)
        try:
            while not reached:
                if loam.poll() is not None and not (process is None and loam.returncode == 0):
                    raise Failed("loam ended before it was killed (%s):\n%s" % (step, read(self.path("killed.log"))[-4000:]))
                if loam.poll() is not None:
                    break
                if time.monotonic() > until:
                    raise Failed("%s is not reached on %s" % (step, name))
                if watch.poll() is None:
                    time.sleep(0.01)
                elif "reached" in watch.stdout.read():
                    reached = True
                else:  # the machine did not accept the connection yet
                    watch = self.watch(name, condition, process)
        finally:
            is_late = loam.poll() is not None
            loam.kill()
            loam.wait()
            watch.kill()
            watch.wait()
        if process:
            self.on(name, "kill -CONT $(pgrep -xf '%s')" % process)
            if is_late:
                raise Failed("loam ended before it was killed (%s)" % step)
        self.say("loam %s at the step %s on %s" % ("ended by itself" if is_late else "killed", step, name))

    # -- the cluster ----------------------------------------------------------------------------------------------

    def configure(self, name):
        super().configure(name)
        os.symlink(os.path.join(TOP, "modules"), self.path("work/modules"))
        self.loam("init")

    def loam(self, *arguments, **options):
        if arguments[0] == "destroy" and "cp1" in self.names:
            self.check_health()
        return super().loam(*arguments, **options)

    def check_health(self):
        """Programs of others judge the first control plane: kubeadm its certificates, etcdctl the members, crictl the runtime, and the API
        server itself."""
        health = ("-n kube-system exec etcd-cp1 -- etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt "
                  "--key /etc/kubernetes/pki/etcd/server.key endpoint health --cluster")
        if self.on("cp1", "test -e /etc/kubernetes/admin.conf", check=False).returncode != 0:
            return
        certificates = self.on("cp1", "kubeadm certs check-expiration 2>/dev/null").stdout
        lacking = [line for line in certificates.splitlines() if "!MISSING!" in line and "super-admin.conf" not in line]
        if lacking or "admin.conf" not in certificates or "invalid" in certificates:
            raise Failed("kubeadm certs check-expiration:\n" + certificates)
        if "unhealthy" in self.kubectl(health) or "readyz check passed" not in self.kubectl("get --raw '/readyz?verbose'"):
            raise Failed("etcd or the API server is not healthy")
        if self.on("cp1", "command -v crictl", check=False).returncode == 0:
            conditions = json.loads(self.on("cp1", "crictl info 2>/dev/null").stdout)["status"]["conditions"]
            if not all(one["status"] for one in conditions if one["type"] in ("RuntimeReady", "NetworkReady")):
                raise Failed("crictl info: %s" % conditions)
        self.say("kubeadm certs, etcdctl, crictl and readyz have no objection")

    def size(self, control_planes, workers):
        self.variables.update(control_planes=str(control_planes), workers=str(workers))

    def nodes(self):
        """The nodes: name → whether it is ready."""
        items = json.loads(self.kubectl("get nodes -o json"))["items"]
        return {item["metadata"]["name"]: any(c["type"] == "Ready" and c["status"] == "True" for c in item["status"]["conditions"])
                for item in items}

    def check_nodes(self, *names):
        for _ in range(300):
            found = self.nodes()
            if found == dict.fromkeys(names, True):
                return
            time.sleep(1)
        raise Failed("nodes: %s\n%s" % (found, self.kubectl("get nodes,pods -A -o wide; kubectl --kubeconfig /etc/kubernetes/admin.conf describe nodes | tail -40", check=False)))

    def check_no_tokens(self):
        left = self.kubectl("-n kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token -o name").strip()
        if left:
            raise Failed("tokens are left: " + left)

    def check_files(self, name, is_control_plane):
        """Keys of the cluster are on control planes alone, with mode 0600."""
        modes = self.on(name, "cd /etc/kubernetes; find . -name '*.key' -printf '%P %m\\n' | sort; ls super-admin.conf 2>/dev/null; true").stdout.split("\n")
        keys = dict(line.split() for line in modes if " " in line)
        if any(mode != "600" for mode in keys.values()) or ("pki/ca.key" in keys) != is_control_plane or "super-admin.conf" in modes:
            raise Failed("files of %s: %s" % (name, modes))
        places = "/var/lib/loam /etc/loam /tmp /var/log /root" + ("" if is_control_plane else " /etc/kubernetes")
        left = self.on(name, "grep -rl 'PRIVATE KEY' %s 2>/dev/null; true" % places).stdout.split()
        if left:
            raise Failed("private keys on %s: %s" % (name, left))


class MachinesWithTools(Cluster):
    """The machines have programs of this computer, which has the same Debian, with their libraries and units."""
    TOOLS = ("curl", "openssl")

    def layer(self):
        top = self.path("layer")
        if os.path.exists(top):
            return top
        super().layer()
        for name in self.TOOLS:
            program = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
            if not program:
                skip("%s is not installed" % name)
            libraries = re.findall(r"=> (/\S+)", subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True).stdout)
            units = [path for path in ["/lib/systemd/system/%s.service" % name] if os.path.exists(path)]
            for path in (program, *libraries, *units):
                if path == program or not os.path.exists(self.tree + path):
                    place = top + "/usr" + path.removeprefix("/usr")
                    os.makedirs(os.path.dirname(place), exist_ok=True)
                    shutil.copy(os.path.realpath(path), place)
        return top
