"""A proxy between a client and a real API server, which forwards every request unless a test injects a fault.

  with Fake(cluster) as fake:
      fake.url, fake.provider(token=…)          https://127.0.0.1:PORT with the certificate of the cluster; arguments of a provider block
      fake.on("PATCH", "/configmaps/a[?]", status(409, "Conflict", "…"), times=3)
      fake.requests("PATCH", "/configmaps/")    the requests so far: Request(method, path, token, time)

A fault is one of
  Reply(code, body, headers)     the response, without the real server
  edit(document)                 changes the JSON of the real response
  path(text)                     changes the path that is sent on
  Stream(size, pause_s, tail)    cuts the body after `size` bytes, adds `tail` and closes; or sends it in pieces of one byte, with a pause

The first `skip` requests are forwarded, then `times` requests get the fault. `token`: only requests with this token. Of several faults,
the first one applies. `fake.tokens` maps tokens that only the fake accepts to those of the real server."""
import collections, contextlib, http.server, json, re, ssl, threading, time

Reply = collections.namedtuple("Reply", "code body headers", defaults=("", {}))
Stream = collections.namedtuple("Stream", "size pause_s tail", defaults=(None, 0, b""))
Request = collections.namedtuple("Request", "method path token time")
HOP_HEADERS = {"connection", "keep-alive", "transfer-encoding", "content-length", "upgrade"}


def status(code, reason, message, **details):
    """Returns a Status of the API server as a reply."""
    body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason,
            **({"details": details} if details else {}), "code": code}
    return Reply(code, json.dumps(body, separators=(",", ":")) + "\n", {"Content-Type": "application/json", "Cache-Control": "no-cache, private"})


def conflict(plural, name):
    return status(409, "Conflict", "Operation cannot be fulfilled on %s \"%s\": the object has been modified; please apply your changes to the latest "
                  "version and try again" % (plural, name), name=name, kind=plural)


def unauthorized():
    return status(401, "Unauthorized", "Unauthorized")


def expired():
    """The response to an expired continue token of a list; its new token continues with an inconsistent list."""
    text = ("The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, "
            "or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an "
            "inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.")
    reply = status(410, "Expired", text)
    return reply._replace(body=reply.body.replace('"metadata":{}', '"metadata":{"continue":"eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiYVx1MDAwMCJ9"}'))


def unavailable(seconds=1):
    return Reply(503, "service unavailable\n", {"Content-Type": "text/plain; charset=utf-8", "Retry-After": str(seconds)})


class Fault:
    def __init__(self, method, pattern, reply=None, edit=None, path=None, stream=None, times=None, skip=0, token=None):
        self.method, self.pattern, self.times, self.skip, self.token = method, re.compile(pattern), times, skip, token
        self.reply, self.edit, self.path, self.stream = reply, edit, path, stream
        self.count = 0

    def applies(self, request):
        if request.method != self.method or not self.pattern.search(request.path) or self.token not in (None, request.token):
            return False
        self.count += 1
        return self.count > self.skip and (self.times is None or self.count <= self.skip + self.times)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    fake = None  # of the subclass

    def log_message(self, *args):  # pylint: disable=arguments-differ
        pass

    def handle(self):
        with contextlib.suppress(OSError):
            super().handle()

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.fake.record(Request(self.command, self.path, self.headers.get("Authorization", "").replace("Bearer ", ""), time.time()))
        if fault and fault.reply:
            reply = fault.reply() if callable(fault.reply) else fault.reply
            self.respond(reply.code, reply.headers.items(), reply.body.encode() if isinstance(reply.body, str) else reply.body)
        else:
            self.forward(body, fault)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = serve

    def respond(self, code, headers, body):
        self.send_response_only(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def forward(self, body, fault):
        sent = {name: value for name, value in self.headers.items() if name.lower() not in HOP_HEADERS}
        path = fault.path(self.path) if fault and fault.path else self.path
        for ours, real in self.fake.tokens.items():
            if self.headers.get("Authorization") == "Bearer " + ours:
                sent["Authorization"] = "Bearer " + real
        if fault and fault.edit:
            sent.pop("Accept-Encoding", None)
        with self.fake.cluster.connection() as upstream:
            upstream.request(self.command, path, body or None, sent)
            response = upstream.getresponse()
            headers = [(name, value) for name, value in response.getheaders() if name.lower() not in HOP_HEADERS]
            length = response.headers.get("Content-Length")
            if response.status in (204, 304):
                self.send_response_only(response.status)
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
            elif fault and fault.edit:
                document = json.loads(response.read())
                fault.edit(document)
                self.respond(response.status, headers, json.dumps(document).encode())
            elif length is not None and not (fault and fault.stream):
                self.respond(response.status, headers, response.read())
            else:
                self.send_stream(response, headers, fault.stream if fault and fault.stream else Stream())
            if not response.isclosed():
                upstream.close()

    def send_stream(self, response, headers, stream):
        """Forwards chunks as they arrive; a stream that is cut gets no final chunk."""
        self.send_response_only(response.status)
        for name, value in [*headers, ("Transfer-Encoding", "chunked")]:
            self.send_header(name, value)
        self.end_headers()
        sent = 0
        while piece := response.read1(65536):
            if stream.size is not None and sent + len(piece) >= stream.size:
                self.chunk(piece[:stream.size - sent] + stream.tail)
                self.close_connection = True
                self.connection.close()
                return
            sent += len(piece)
            for part in (piece[i:i + 1] for i in range(len(piece))) if stream.pause_s else (piece,):
                self.chunk(part)
                time.sleep(stream.pause_s)
        self.wfile.write(b"0\r\n\r\n")

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()


class Fake:
    def __init__(self, cluster):
        self.cluster, self.faults, self.seen, self.tokens, self.lock = cluster, [], [], {}, threading.Lock()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cluster.path("server.crt"), cluster.path("server.key"))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"fake": self}))
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.server.handle_error = lambda *args: None
        self.port = self.server.server_address[1]
        self.url = "https://127.0.0.1:%d" % self.port

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()

    def provider(self, **more):
        block = {"host": self.url, "cluster_ca_certificate": "${file(\"%s\")}" % self.cluster.ca_path, "token": self.cluster.token("root"), **more}
        return {name: value for name, value in block.items() if value is not None}

    def kubeconfig(self):
        return self.cluster.kubeconfig("root", server=self.url)

    def on(self, method, pattern, reply=None, **more):
        """Adds a fault and returns it; its `count` is the number of matching requests."""
        fault = Fault(method, pattern, reply, **more)
        with self.lock:
            self.faults.append(fault)
        return fault

    def clear(self):
        with self.lock:
            self.faults, self.seen = [], []

    def record(self, request):
        """Records the request. Returns its fault, or None."""
        with self.lock:
            self.seen.append(request)
            return next((fault for fault in self.faults if fault.applies(request)), None)

    def requests(self, method, pattern):
        with self.lock:
            return [one for one in self.seen if one.method == method and re.search(pattern, one.path)]
