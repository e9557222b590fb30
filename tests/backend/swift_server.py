"""OpenStack Swift with its S3 interface, as packaged by Debian, on loopback: one device, one replica, no conditional
writes. A busy computer exceeds its usual timeouts of half a second, after which it denies access.

A daemon of Swift whose port is taken waits for it, and Swift passes on what the server there answers. So all ports are at
an address of loopback that only this process uses.

  server = swift_server.Server()    .host, .port; .errors(); .close()
"""
import hashlib, hmac, os, shutil, socket, subprocess, tempfile, time, urllib.error, urllib.request

ACCESS, SECRET = "test:tester", "testing"
CONF = """[DEFAULT]
bind_ip = %(host)s
bind_port = %(port)d
workers = 0
user = %(user)s
swift_dir = %(directory)s
devices = %(directory)s/devices
mount_check = false
log_level = ERROR
%(rest)s"""
STORE = """[pipeline:main]
pipeline = %(kind)s-server
[app:%(kind)s-server]
use = egg:swift#%(kind)s
node_timeout = 60
conn_timeout = 30
"""
PROXY = """[pipeline:main]
pipeline = catch_errors cache s3api tempauth copy proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
node_timeout = 60
conn_timeout = 30
error_suppression_limit = 1000000
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
location = eu-test-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:copy]
use = egg:swift#copy
"""


def own_host():
    number = os.getpid() % (1 << 22)
    return "127.%d.%d.%d" % (64 + (number >> 16), number >> 8 & 255, number & 255)


def free_port(host):
    with socket.create_server((host, 0)) as listener:
        return listener.getsockname()[1]


class Server:
    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="loam-swift-")
        os.makedirs(os.path.join(self.directory, "devices", "one"))
        user = subprocess.run(["id", "-un"], check=True, capture_output=True, encoding="utf-8").stdout.strip()
        self.host = own_host()
        ports = {kind: free_port(self.host) for kind in ("account", "container", "object", "proxy")}
        self.processes = []
        self.log = open(os.path.join(self.directory, "log"), "wb")
        for kind, port in ports.items():
            if kind != "proxy":
                self.make_ring(kind, port)
            path = os.path.join(self.directory, kind + ".conf")
            with open(path, "w", encoding="utf-8") as file:
                file.write(CONF % {"host": self.host, "port": port, "user": user, "directory": self.directory, "rest": PROXY if kind == "proxy" else STORE % {"kind": kind}})
        for kind in ports:
            self.processes.append(subprocess.Popen(["/usr/bin/swift-%s-server" % kind, os.path.join(self.directory, kind + ".conf"), "--verbose"],
                                                   stdout=self.log, stderr=self.log))
        self.port = ports["proxy"]
        self.wait(ports.values())

    def make_ring(self, kind, port):
        builder = os.path.join(self.directory, kind + ".builder")
        for words in (("create", "4", "1", "0"), ("add", "r1z1-%s:%d/one" % (self.host, port), "1"), ("rebalance",)):
            subprocess.run(["/usr/bin/swift-ring-builder", builder, *words], check=True, capture_output=True)

    def wait(self, ports):
        end = time.monotonic() + 60
        for port in ports:
            while True:
                try:
                    socket.create_connection((self.host, port), 1).close()
                    break
                except OSError:
                    if time.monotonic() > end:
                        raise AssertionError("Swift does not respond:\n" + self.errors())
                    time.sleep(0.1)

    def errors(self):
        """The last lines of the daemons; there is no memcached."""
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return "".join([line for line in file if "memcached" not in line][-20:])

    def ask(self, method, path):
        """Sends a signed request without a body; returns status and response."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        scope = stamp[:8] + "/eu-test-1/s3/aws4_request"
        empty = hashlib.sha256(b"").hexdigest()
        headers = {"host": "%s:%d" % (self.host, self.port), "x-amz-content-sha256": empty, "x-amz-date": stamp}
        path, _, query = path.partition("?")
        canonical = "\n".join([method, path, query, *("%s:%s" % item for item in headers.items()), "", ";".join(headers), empty])
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + SECRET).encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s" % (
            ACCESS, scope, ";".join(headers), hmac.new(key, text.encode(), hashlib.sha256).hexdigest())
        url = "http://%s:%d%s" % (self.host, self.port, path + ("?" + query if query else ""))
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method=method, headers=headers), timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def make_bucket(self, name):
        """The first one also makes the account, for which a busy Swift needs longer than its own timeouts."""
        end = time.monotonic() + 60
        while (found := self.ask("PUT", "/" + name))[0] not in (200, 409):
            if time.monotonic() > end:
                raise AssertionError("%s: %d %s" % (name, *found))
            time.sleep(0.2)

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)
