"""azurite, the emulator of Azure Storage, on loopback: it checks signatures, leases,
conditions and positions of appends.

  server = azurite.start()    .port; None if it cannot be installed
  server.ask("PUT", "/states", {"restype": "container"})    → status, headers, body; signed with the key of the account
"""
import base64, email.utils, hashlib, hmac, http.client, os, shutil, socket, ssl, subprocess, sys, tempfile, time, urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import package_cache

PACKAGE = "azurite@3.35.0"
ACCOUNT, KEY = "loamtest", base64.b64encode(b"an account key of this test, of 64 bytes; it is no secret at all").decode()
SKIP = 77


def program():
    """The path of azurite-blob, or None."""
    top = shutil.which("node") and package_cache.node(PACKAGE)
    path = top and os.path.join(top, "node_modules/.bin/azurite-blob")
    return path if path and os.path.exists(path) else None


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Server:
    def __init__(self, path, words=(), port=0, authority=None):
        """`authority`: a file with the certificate of the authority, if `words` name a certificate of the server."""
        self.directory = tempfile.mkdtemp(prefix="loam-azurite-")
        self.host, self.port = "127.0.0.1", port or free_port()
        self.tls = authority and ssl.create_default_context(cafile=authority)
        self.process = subprocess.Popen(
            [path, "--inMemoryPersistence", "--disableTelemetry", "--silent", "--skipApiVersionCheck", "--blobHost", self.host,
             "--blobPort", str(self.port), *words],
            cwd=self.directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "AZURITE_ACCOUNTS": "%s:%s" % (ACCOUNT, KEY), "HOME": self.directory})

    def wait(self):
        end = time.monotonic() + 120
        while True:
            try:
                with socket.create_connection((self.host, self.port), timeout=1):
                    return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    self.close()
                    raise AssertionError("azurite does not start")
                time.sleep(0.1)

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def ask(self, method, path, query=None, headers=None, body=b""):
        """One signed request for "/CONTAINER/BLOB"; the path is not encoded."""
        path = "/%s%s" % (ACCOUNT, urllib.parse.quote(path))
        headers = {name.lower(): value for name, value in (headers or {}).items()}
        headers.update({"x-ms-date": email.utils.formatdate(usegmt=True), "x-ms-version": "2021-12-02"})
        lines = [method, "", "", str(len(body)) if body else "", "", headers.get("content-type", ""), "", "", "", "", "", ""]
        lines += ["%s:%s" % (name, headers[name]) for name in sorted(headers) if name.startswith("x-ms-")]
        resource = "/%s%s" % (ACCOUNT, path) + "".join("\n%s:%s" % (name, value) for name, value in sorted((query or {}).items()))
        digest = hmac.new(base64.b64decode(KEY), "\n".join([*lines, resource]).encode(), hashlib.sha256).digest()
        headers["authorization"] = "SharedKey %s:%s" % (ACCOUNT, base64.b64encode(digest).decode())
        connection = (http.client.HTTPSConnection(self.host, self.port, timeout=60, context=self.tls) if self.tls
                      else http.client.HTTPConnection(self.host, self.port, timeout=60))
        try:
            connection.request(method, path + ("?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote) if query else ""), body or None,
                               {**headers, "content-length": str(len(body))})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


def start(*words, **how):
    """The running server; None if it cannot be installed."""
    path = program()
    return path and Server(path, *words, **how).wait()
