"""OpenStack Swift with its S3 interface, as packaged by Debian, on loopback: one device, one replica, no conditional
writes. A busy computer exceeds its usual timeouts of half a second, after which it denies access.

  server = swift_server.Server()    .port; .close()
"""
import hashlib, hmac, os, shutil, socket, subprocess, tempfile, time, urllib.error, urllib.request

ACCESS, SECRET = "test:tester", "testing"
CONF = """[DEFAULT]
bind_ip = 127.0.0.1
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


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="loam-swift-")
        os.makedirs(os.path.join(self.directory, "devices", "one"))
        user = subprocess.run(["id", "-un"], check=True, capture_output=True, encoding="utf-8").stdout.strip()
        ports = {kind: free_port() for kind in ("account", "container", "object", "proxy")}
        self.processes = []
        self.log = open(os.path.join(self.directory, "log"), "wb")
        for kind, port in ports.items():
            if kind != "proxy":
                self.make_ring(kind, port)
            path = os.path.join(self.directory, kind + ".conf")
            with open(path, "w", encoding="utf-8") as file:
                file.write(CONF % {"port": port, "user": user, "directory": self.directory, "rest": PROXY if kind == "proxy" else STORE % {"kind": kind}})
        for kind in ports:
            self.processes.append(subprocess.Popen(["/usr/bin/swift-%s-server" % kind, os.path.join(self.directory, kind + ".conf")],
                                                   stdout=self.log, stderr=self.log))
        self.port = ports["proxy"]
        self.wait(ports.values())

    def make_ring(self, kind, port):
        builder = os.path.join(self.directory, kind + ".builder")
        for words in (("create", "4", "1", "0"), ("add", "r1z1-127.0.0.1:%d/one" % port, "1"), ("rebalance",)):
            subprocess.run(["/usr/bin/swift-ring-builder", builder, *words], check=True, capture_output=True)

    def wait(self, ports):
        end = time.monotonic() + 60
        for port in ports:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if time.monotonic() > end:
                        with open(self.log.name, encoding="utf-8", errors="replace") as file:
                            raise AssertionError("Swift does not respond:\n" + file.read())
                    time.sleep(0.1)

    def ask(self, method, path):
        """Sends a signed request without a body; returns status and response."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        scope = stamp[:8] + "/eu-test-1/s3/aws4_request"
        empty = hashlib.sha256(b"").hexdigest()
        headers = {"host": "127.0.0.1:%d" % self.port, "x-amz-content-sha256": empty, "x-amz-date": stamp}
        path, _, query = path.partition("?")
        canonical = "\n".join([method, path, query, *("%s:%s" % item for item in headers.items()), "", ";".join(headers), empty])
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + SECRET).encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s" % (
            ACCESS, scope, ";".join(headers), hmac.new(key, text.encode(), hashlib.sha256).hexdigest())
        url = "http://127.0.0.1:%d%s" % (self.port, path + ("?" + query if query else ""))
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
