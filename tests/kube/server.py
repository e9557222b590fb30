"""A real Kubernetes API server with its etcd, on the loopback interface, for one test program.

  with server.start() as cluster:             skips the test (exit status 77) if a program is missing
      cluster.url, .port, .ca_path            https://127.0.0.1:PORT, and the PEM file of its certificate authority
      cluster.kubeconfig("admin")             path of a kubeconfig file: "admin" has a client certificate of the group
                                              system:masters, the users of `tokens` have a token
      cluster.token("limited")                the token of this user
      cluster.request("GET", "/api/v1/…")     (status, decoded JSON or text); as admin unless token=…
      cluster.apply(object)                   server-side apply by the manager "test"; returns the object
      cluster.allow("limited", rules)         a ClusterRole with these rules, bound to the user
      cluster.kubectl("get", "pods")          standard output
      cluster.audit()                         the events of the audit log (level Metadata), oldest first
      cluster.compact()                       etcd forgets old versions: lists and watches of them expire
      cluster.restart()                       kills the API server and starts it again; etcd keeps the objects
      cluster.save() -> path                  a copy of etcd
      cluster.restore(path)                   all processes start anew, with that copy: watches end, and revisions do not come again

  start(controllers=True)                     kube-controller-manager too: namespaces end, definitions clean up
  start(pods=True)                            the scheduler and kwok too: pods run on nodes that do not exist
  start(version="v1.36")                      the API server of this minor version

Every process is stopped by its process ID at the end of the block, and by the kernel if the test dies."""
import base64, contextlib, ctypes, fcntl, functools, glob, http.client, itertools, json, os, random, shutil, signal, socket, ssl, subprocess, sys, tempfile, time
import urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMAND = "tests/programs/build api"
POD_COMMAND = "tests/programs/build cluster tools"
UPGRADE_COMMAND = "tests/programs/build release-1.36"
USERS = {"root": "system:masters", "limited": "", "other": ""}
START_SECONDS = 120
IDLE_SECONDS = 30  # the API server closes a connection without requests after 90
BUILD_SECONDS = 900
PR_SET_PDEATHSIG = 1
AUDIT_POLICY = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": [{"level": "Metadata"}]}
CONTROLLERS = ("namespace-controller,garbage-collector-controller,serviceaccount-controller,serviceaccount-token-controller,"
               "root-ca-certificate-publisher-controller,clusterrole-aggregation-controller,replicaset-controller,deployment-controller,job-controller")
POD_CONTROLLERS = ",daemonset-controller,statefulset-controller,disruption-controller,resourcequota-controller,cronjob-controller"
NODES = 3
CAPACITY = {"cpu": "64", "memory": "256Gi", "ephemeral-storage": "1Ti", "pods": "500"}


def programs_directory():
    return os.environ.get("LOAM_PROGRAMS") or os.path.expanduser("~/.cache/loam/programs")


def built(name):
    """A program of the tests, from the build of LOAM_DEV; the release build has none."""
    places = [os.path.dirname(os.environ.get("LOAM_DEV", "")), os.path.join(TOP, "build/dev")]
    return next((path for path in (os.path.join(place, "tests", name) for place in places) if os.path.exists(path)), name)


def find_program(name, version=None):
    """The path of a built program; None if it is missing. Debian's etcd serves too."""
    if version:
        paths = glob.glob(os.path.join(programs_directory(), "programs", name, version + ".*", name))
        return max(paths, default=None)
    path = os.path.join(programs_directory(), "bin", name)
    if os.access(path, os.X_OK):
        return path
    return shutil.which(name) if name == "etcd" else None


def is_building():
    """tests/programs/build holds its lock, for instance because tests/run has started it."""
    try:
        with open(os.path.join(programs_directory(), ".lock"), encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def skip_without(*names, command=COMMAND, version=None):
    def missing():
        return [name for name in names if not find_program(name, version)]
    end = time.monotonic() + BUILD_SECONDS
    while missing() and is_building() and time.monotonic() < end:
        time.sleep(1)
    if missing():
        print("missing: %s; \"%s\" builds them" % (", ".join(missing()), command))
        sys.exit(77)


def free_port():
    """A port below those that the kernel gives to outgoing connections, so that none of them takes it before a server does."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        end = int(file.read().split()[0])
    while True:
        port = random.randrange(min(10000, end - 1000), end)
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def openssl(directory, *args, text=None):
    subprocess.run(["openssl", *args], cwd=directory, check=True, capture_output=True, input=text)


def make_certificates(directory):
    """ca.crt signs server.crt, admin.crt and controllers.crt; sa.key and sa.pub sign tokens of service accounts."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(directory, "req", "-x509", *key, "-days", "2", "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=loam test")
    for name, subject, more in (("server", "/CN=kube-apiserver", "subjectAltName=IP:127.0.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes.default.svc"),
                                ("admin", "/O=system:masters/CN=admin", "extendedKeyUsage=clientAuth"),
                                ("controllers", "/CN=system:kube-controller-manager", "extendedKeyUsage=clientAuth")):
        with open(os.path.join(directory, name + ".ext"), "w", encoding="utf-8") as file:
            file.write(more + "\n")
        openssl(directory, "req", *key, "-keyout", name + ".key", "-out", name + ".csr", "-subj", subject)
        openssl(directory, "x509", "-req", "-days", "2", "-in", name + ".csr", "-CA", "ca.crt", "-CAkey", "ca.key",
                "-CAcreateserial", "-extfile", name + ".ext", "-out", name + ".crt")
    openssl(directory, "genrsa", "-out", "sa.key", "2048")
    openssl(directory, "rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub")


class Cluster:
    def __init__(self, directory, flags):
        self.directory, self.flags, self.version = directory, flags, None
        self.processes = []
        self.numbers = itertools.count()
        self.kinds = {}  # that were found
        self.kept = []  # connections to the API server that serve no request, and since when
        self.ca_path = self.path("ca.crt")
        self.port = None

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    @property
    def url(self):
        return "https://127.0.0.1:%d" % self.port

    def token(self, user):
        return "token-of-" + user

    def kubeconfig(self, user="admin", **cluster):
        """`cluster` has more members of the cluster's entry, for instance server="https://…"."""
        name = "kubeconfig-%s-%d" % (user, next(self.numbers))
        as_user = {"token": self.token(user)} if user in USERS else {
            "client-certificate": self.path(user + ".crt"), "client-key": self.path(user + ".key")}
        return self.write(name, json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": self.url, "certificate-authority": self.ca_path, **cluster}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": user}}],
            "users": [{"name": user, "user": as_user}]}))

    # Processes.

    def spawn(self, name, *args):
        with open(self.path(name + ".log"), "ab") as log:
            version = self.version if name == "kube-apiserver" else None
            process = subprocess.Popen([find_program(name, version), *args], cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=subprocess.STDOUT, preexec_fn=die_with_parent)
        self.processes.append((name, process))
        return process

    def stop(self, *names, kill=False):
        """Stops these processes, or all, the newest first. An API server waits for watches to end."""
        for name, process in reversed(self.processes[:]):
            if names and name not in names:
                continue
            (process.kill if kill else process.terminate)()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self.processes.remove((name, process))
            if name == "kube-apiserver":
                self.drop_connections()

    def fail(self, name, why):
        with open(self.path(name + ".log"), encoding="utf-8", errors="replace") as log:
            raise RuntimeError("%s %s:\n%s" % (name, why, log.read()[-3000:]))

    def wait_for(self, name, process, is_ready):
        end = time.monotonic() + START_SECONDS
        while not is_ready():
            if process.poll() is not None:
                self.fail(name, "ended with status %d" % process.returncode)
            if time.monotonic() > end:
                self.fail(name, "was not ready after %d s" % START_SECONDS)
            time.sleep(0.1)

    def start_etcd(self):
        client, peer = ("http://127.0.0.1:%d" % free_port() for _ in range(2))
        process = self.spawn("etcd", "--data-dir", self.path("etcd"), "--listen-client-urls", client, "--advertise-client-urls", client,
                             "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer,
                             "--unsafe-no-fsync")
        self.etcd_url = client

        def is_ready():
            try:
                with socket.create_connection(("127.0.0.1", int(client.rsplit(":", 1)[1])), 1):
                    return True
            except OSError:
                return False
        self.wait_for("etcd", process, is_ready)

    def start_apiserver(self):
        self.port = self.port or free_port()
        process = self.spawn(
            "kube-apiserver", "--etcd-servers", self.etcd_url, "--bind-address", "127.0.0.1", "--secure-port", str(self.port),
            "--advertise-address", "127.0.0.1", "--endpoint-reconciler-type", "none", "--tls-cert-file", "server.crt",
            "--tls-private-key-file", "server.key", "--client-ca-file", "ca.crt", "--cert-dir", self.directory,
            "--service-account-key-file", "sa.pub", "--service-account-signing-key-file", "sa.key",
            "--service-account-issuer", "https://kubernetes.default.svc", "--api-audiences", "https://kubernetes.default.svc",
            "--service-cluster-ip-range", "10.96.0.0/16", "--authorization-mode", "RBAC", "--token-auth-file", "tokens.csv",
            "--enable-priority-and-fairness=false", "--profiling=false", "--audit-policy-file", "audit.json",
            "--audit-log-path", "audit.log", "--audit-log-mode", "blocking-strict", *self.flags)

        def is_ready():
            try:
                return self.request("GET", "/readyz")[0] == 200 and self.request("GET", "/api/v1/namespaces/default")[0] == 200
            except OSError:
                return False
        self.wait_for("kube-apiserver", process, is_ready)

    def start_controllers(self, names=CONTROLLERS, *flags):
        process = self.spawn(
            "kube-controller-manager", *("--%s=%s" % (name, self.kubeconfig("controllers")) for name in
                                         ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")),
            "--bind-address", "127.0.0.1", "--secure-port", str(free_port()), "--leader-elect=false", "--authentication-skip-lookup",
            "--use-service-account-credentials=true", "--service-account-private-key-file", "sa.key", "--root-ca-file", "ca.crt",
            "--controllers", names, *flags)
        self.wait_for("kube-controller-manager", process,
                      lambda: self.request("GET", "/api/v1/namespaces/default/serviceaccounts/default")[0] == 200)

    def start_nodes(self, *flags):
        """Ready nodes without machines; the flags are those of kwok. No controller runs that taints them."""
        config = self.kubeconfig("admin")
        self.spawn("kube-scheduler", *("--%s=%s" % (name, config) for name in ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")),
                   "--bind-address", "127.0.0.1", "--secure-port", str(free_port()), "--leader-elect=false")
        nodes = [{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-%d" % number, "labels": {
            "kubernetes.io/hostname": "node-%d" % number, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}}} for number in range(NODES)]
        for path in map(self.object_path, map(self.apply, nodes)):
            for where, more in (("", {"spec": {"taints": None}}), ("/status", {"status": {"capacity": CAPACITY, "allocatable": CAPACITY}})):
                self.request("PATCH", path + where, more, content_type="application/merge-patch+json")
        process = self.spawn("kwok", "--kubeconfig", config, "--manage-all-nodes", "--enable-crds=", "--node-ip", "127.0.0.1",
                             "--server-address", "127.0.0.1:%d" % free_port(), *flags)

        def is_ready():
            conditions = [one for node in nodes for one in self.get(node)["status"].get("conditions", ())]
            return sum(one["type"] == "Ready" and one["status"] == "True" for one in conditions) == NODES
        self.wait_for("kwok", process, is_ready)

    def restart(self):
        self.stop("kube-apiserver", kill=True)
        self.start_apiserver()

    # Requests of the test itself.

    def request(self, method, path, body=None, token="root", content_type="application/json", headers=None):
        sent = {"Authorization": "Bearer " + self.token(token), "Content-Type": content_type, **(headers or {})}
        with self.connection() as connection:
            connection.request(method, path, json.dumps(body) if body is not None else None, sent)
            response = connection.getresponse()
            text = response.read().decode()
        is_json = response.headers.get_content_type() == "application/json"
        return response.status, json.loads(text) if is_json else text

    @contextlib.contextmanager
    def connection(self):
        """Kept for the next request, because a handshake costs more than a request; not if the API server was stopped meanwhile. A response
        that was not read to its end must be followed by `close`."""
        kept, connection = self.kept, self.idle_connection()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        kept.append((connection, time.monotonic()))

    @functools.cached_property
    def tls(self):
        return ssl.create_default_context(cafile=self.ca_path)

    def idle_connection(self):
        with contextlib.suppress(IndexError):
            while True:
                connection, since = self.kept.pop()
                if time.monotonic() - since < IDLE_SECONDS:
                    return connection
                connection.close()
        return self.connect()

    def connect(self):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=120, context=self.tls)

    def drop_connections(self):
        kept, self.kept = self.kept, []
        for connection, _ in kept:
            connection.close()

    def plural(self, version, kind):
        if (version, kind) in self.kinds:
            return self.kinds[version, kind]
        prefix = "/apis/" + version if "/" in version else "/api/" + version
        for resource in self.request("GET", prefix)[1]["resources"]:
            if resource["kind"] == kind and "/" not in resource["name"]:
                self.kinds[version, kind] = prefix, resource
                return prefix, resource
        raise KeyError("%s %s" % (version, kind))

    def object_path(self, one):
        prefix, resource = self.plural(one["apiVersion"], one["kind"])
        space = "/namespaces/" + one["metadata"].get("namespace", "default") if resource["namespaced"] else ""
        return "%s%s/%s/%s" % (prefix, space, resource["name"], one["metadata"]["name"])

    def apply(self, one, manager="test", force=True):
        path = "%s?fieldManager=%s&force=%s" % (self.object_path(one), manager, str(force).lower())
        status, answer = self.request("PATCH", path, one, content_type="application/apply-patch+yaml")
        if status not in (200, 201):
            raise RuntimeError("apply: %s %s" % (status, answer))
        return answer

    def get(self, one):
        status, answer = self.request("GET", self.object_path(one))
        return answer if status == 200 else None

    def allow(self, user, rules):
        name = "test-" + user
        self.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules})
        self.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name},
                    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
                    "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": user}]})

    def ask_etcd(self, path, body):
        address = urllib.request.Request(self.etcd_url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(address, timeout=30) as response:
            return json.load(response)

    def revision(self):
        return int(self.ask_etcd("/v3/kv/range", {"key": base64.b64encode(b"x").decode()})["header"]["revision"])

    def compact(self):
        """Makes etcd forget all versions but the newest."""
        self.ask_etcd("/v3/kv/compaction", {"revision": self.revision(), "physical": True})

    def save(self):
        """The files are those of a computer that lost its power, while etcd stands still."""
        path = self.path("saved-%d" % next(self.numbers))
        process = dict(self.processes)["etcd"]
        process.send_signal(signal.SIGSTOP)
        try:
            shutil.copytree(self.path("etcd"), path)
        finally:
            process.send_signal(signal.SIGCONT)
        return path

    def restore(self, path, is_bumped=True):
        """As `etcdutl snapshot restore --bump-revision --mark-compacted` does it, or without these options."""
        newest = self.revision()
        has_controllers = "kube-controller-manager" in dict(self.processes)
        self.stop("kube-controller-manager")
        self.stop("kube-apiserver", "etcd", kill=True)
        shutil.rmtree(self.path("etcd"))
        shutil.copytree(path, self.path("etcd"))
        self.start_etcd()
        while is_bumped and self.revision() <= newest:
            for _ in range(100):
                self.ask_etcd("/v3/kv/put", {"key": base64.b64encode(b"revision").decode()})
        if is_bumped:
            self.compact()
        self.start_apiserver()
        if has_controllers:
            self.start_controllers()

    def kubectl(self, *args, text=None):
        env = {"PATH": os.environ["PATH"], "HOME": self.directory, "KUBECONFIG": self.kubeconfig("admin")}
        done = subprocess.run([find_program("kubectl"), *args], env=env, input=text, text=True, capture_output=True, timeout=120)
        if done.returncode:
            raise RuntimeError("kubectl %s: %s" % (" ".join(args), done.stderr))
        return done.stdout

    def wait_for_definitions(self, *names):
        """Waits until these custom resource definitions, or all, are established. kubectl rejects one without conditions."""
        end = time.monotonic() + 120
        while True:
            try:
                return self.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", *(names or ("--all",)))
            except RuntimeError as error:
                if ".status.conditions accessor" not in str(error) or time.monotonic() > end:
                    raise
            time.sleep(0.2)

    def audit(self):
        with open(self.path("audit.log"), encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]


def skip_without_parts(controllers=False, pods=False, version=None):
    """The arguments are those of start."""
    skip_without("etcd", "kube-apiserver", *(["kube-controller-manager"] if controllers or pods else []))
    skip_without(*(["kube-scheduler", "kwok"] if pods else []), command=POD_COMMAND)
    skip_without("kube-apiserver", command=UPGRADE_COMMAND, version=version)


@contextlib.contextmanager
def start(controllers=False, pods=False, version=None, flags=()):
    skip_without_parts(controllers, pods, version)
    directory = tempfile.mkdtemp(prefix="loam-kube-")
    cluster = Cluster(directory, list(flags))
    try:
        make_certificates(directory)
        cluster.write("tokens.csv", "".join('%s,%s,%s%s\n' % (cluster.token(user), user, user, ',"%s"' % group if group else "")
                                            for user, group in USERS.items()))
        cluster.write("audit.json", json.dumps(AUDIT_POLICY))
        cluster.version = version
        cluster.start_etcd()
        cluster.start_apiserver()
        if controllers or pods:
            cluster.start_controllers(CONTROLLERS + (POD_CONTROLLERS if pods else ""))
        if pods:
            cluster.start_nodes()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)
