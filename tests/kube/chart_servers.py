"""Servers of charts on the loopback interface.

  with chart_servers.tree(directory, user, password) as url:   the files by http; those below private/ need this login
  with chart_servers.registry(cert, key) as registry:          Debian's docker-registry behind TLS, with these PEM files
      registry.url                                             oci://127.0.0.1:PORT/charts
      registry.push(name, version, content, ca)                a chart as the artifact charts/NAME:VERSION"""
import base64, contextlib, functools, hashlib, http.client, http.server, json, os, shutil, socket, ssl, subprocess, sys, tempfile, threading, time

import server

PROGRAM = "docker-registry"
START_SECONDS = 60
REPOSITORY = "charts"
CONFIG_TYPE, CHART_TYPE = "application/vnd.cncf.helm.config.v1+json", "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"


def skip_without_registry():
    if not shutil.which(PROGRAM):
        print("missing: %s: Debian's package of this name" % PROGRAM)
        sys.exit(77)


class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args, login, **more):
        self.login = login
        super().__init__(*args, **more)

    def do_GET(self):
        if self.path.startswith("/private/") and self.headers.get("Authorization") != self.login:
            self.send_error(401)
        else:
            super().do_GET()

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


@contextlib.contextmanager
def tree(directory, user, password):
    login = "Basic " + base64.b64encode(("%s:%s" % (user, password)).encode()).decode()
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=directory, login=login))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        yield "http://127.0.0.1:%d" % web.server_address[1]
    finally:
        web.shutdown()
        web.server_close()


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Registry:
    def __init__(self, port):
        self.port, self.url = port, "oci://127.0.0.1:%d/%s" % (port, REPOSITORY)

    def send(self, connection, method, path, content, kind):
        connection.request(method, path, content, {"Content-Type": kind, "Content-Length": str(len(content))})
        response = connection.getresponse()
        text = response.read()
        if response.status not in (201, 202):
            raise RuntimeError("%s %s: %d %s" % (method, path, response.status, text))
        return response.headers.get("Location")

    def push_blob(self, connection, name, content):
        place = self.send(connection, "POST", "/v2/%s/blobs/uploads/" % name, b"", "application/octet-stream")
        self.send(connection, "PUT", "%s&digest=%s" % (place[place.index("/v2/"):], digest_of(content)), content, "application/octet-stream")

    def push(self, name, version, content, ca):
        repository, config = "%s/%s" % (REPOSITORY, name), json.dumps({"apiVersion": "v2", "name": name, "version": version}).encode()
        context = ssl.create_default_context(cafile=ca)
        with contextlib.closing(http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=context)) as connection:
            for blob in (config, content):
                self.push_blob(connection, repository, blob)
            described = [{"mediaType": kind, "digest": digest_of(blob), "size": len(blob)} for kind, blob in ((CONFIG_TYPE, config), (CHART_TYPE, content))]
            manifest = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "config": described[0], "layers": described[1:]}
            self.send(connection, "PUT", "/v2/%s/manifests/%s" % (repository, version), json.dumps(manifest).encode(), MANIFEST_TYPE)


@contextlib.contextmanager
def registry(cert, key):
    directory, port = tempfile.mkdtemp(prefix="loam-registry-"), server.free_port()
    with open(os.path.join(directory, "config.yml"), "w", encoding="utf-8") as file:
        json.dump({"version": "0.1", "storage": {"filesystem": {"rootdirectory": os.path.join(directory, "data")}},
                   "http": {"addr": "127.0.0.1:%d" % port, "tls": {"certificate": cert, "key": key}}}, file)
    with open(os.path.join(directory, "log"), "wb") as log:
        process = subprocess.Popen([PROGRAM, "serve", file.name], stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=server.die_with_parent)
    try:
        end = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None or time.monotonic() > end:
                with open(log.name, encoding="utf-8", errors="replace") as text:
                    raise RuntimeError("%s: not ready:\n%s" % (PROGRAM, text.read()[-3000:]))
            time.sleep(0.1)
        yield Registry(port)
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(directory, ignore_errors=True)
