"""fake-gcs-server, the server of Google's object storage that other projects test with, on loopback.

  with fake_gcs.start() as server:    .port; None if tests/programs/build has not made the program
      bucket = server.bucket()        a new one; .name, .objects() {name: (bytes, generation)}, .put(name, bytes), .delete(name)

It numbers generations and checks the conditions of writes. It ignores the condition of a deletion, tokens and customer keys:
gcs_server.py checks those."""
import http.client, itertools, json, os, socket, subprocess, sys, time, urllib.parse


def program():
    path = os.path.join(os.environ.get("LOAM_PROGRAMS") or os.path.expanduser("~/.cache/loam/programs"), "bin/fake-gcs-server")
    return path if os.access(path, os.X_OK) else None


class Bucket:
    def __init__(self, server, name):
        self.server, self.name = server, name
        server.ask("POST", "/storage/v1/b?project=p", json.dumps({"name": name}).encode())

    def path(self, name=None):
        return "/storage/v1/b/%s/o" % self.name + ("/" + urllib.parse.quote(name, safe="") if name else "")

    def objects(self):
        items = json.loads(self.server.ask("GET", self.path())).get("items", [])
        return {item["name"]: (self.server.ask("GET", self.path(item["name"]) + "?alt=media"), item["generation"]) for item in items}

    def put(self, name, data):
        self.server.ask("POST", "/upload%s?uploadType=media&name=%s" % (self.path(), urllib.parse.quote(name, safe="")), data)

    def delete(self, name):
        self.server.ask("DELETE", self.path(name))


class Server:
    def __init__(self, path):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self.numbers = itertools.count(1)
        # Other programs read at the path /BUCKET/NAME of the public host; without a port, each port of it counts.
        self.process = subprocess.Popen([path, "-scheme=http", "-host=127.0.0.1", "-port=%d" % self.port, "-backend=memory", "-log-level=error",
                                         "-public-host=127.0.0.1", "-external-url=http://127.0.0.1:%d" % self.port],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        end = time.monotonic() + 120
        while True:
            try:
                self.ask("GET", "/storage/v1/b?project=p")
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    self.__exit__()
                    sys.exit("fake-gcs-server does not start")
                time.sleep(0.1)

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def bucket(self):
        return Bucket(self, "states-%04d" % next(self.numbers))

    def ask(self, method, path, body=None):
        """The body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            data = answer.read()
            if answer.status >= 300 and not (method == "DELETE" and answer.status == 404):
                raise AssertionError("%s %s: HTTP status %d %s" % (method, path, answer.status, data[:200]))
            return data
        finally:
            connection.close()


def start():
    path = program()
    return path and Server(path)
