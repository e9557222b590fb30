"""A Kubernetes API server on loopback, as far as states need it: Secrets and Leases with resource versions, names and
labels, error messages as in version 1.33, paginated lists.

  kube_server.make_certificates(directory) writes ca.pem, server.pem and server.key there
  server = kube_server.start(directory)    a thread; .port, .objects {(kind, namespace, name): object}, .log [(method,
path)],
                                           .tokens {accepted tokens}
                                           without a directory it serves plain HTTP
"""
import base64, copy, http.server, json, os, re, ssl, subprocess, threading, urllib.parse, uuid

import kube_protobuf

TOKEN = "t0k3n-of-the-account"
PATHS = {"secrets": "/api/v1", "leases": "/apis/coordination.k8s.io/v1"}
KINDS = {"secrets": "Secret", "leases": "Lease"}
VERSIONS = {"secrets": "v1", "leases": "coordination.k8s.io/v1"}
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
LABEL = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\Z")
SECRET_SIZE = 1 << 20


class Refusal(Exception):
    def __init__(self, code, reason, message):
        self.code, self.reason, self.message = code, reason, message


def make_certificates(directory, *names):
    """An authority and the certificate of a server on loopback, which may have more names."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-days", "2", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    with open(os.path.join(directory, "san"), "w", encoding="utf-8") as file:
        file.write(",".join(["subjectAltName=DNS:localhost,IP:127.0.0.1", *("DNS:" + name for name in names)]))
    openssl("x509", "-req", "-days", "2", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "san", "-out", "server.pem")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, code, document):
        is_text = isinstance(document, str)
        body = document.encode() if is_text else json.dumps(document).encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/plain; charset=utf-8" if is_text else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            with self.server.lock:
                self.server.log.append((self.command, self.path))
                code, document = self.serve(self.document(body))
        except Refusal as refusal:
            code = refusal.code
            document = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                        "message": refusal.message, "reason": refusal.reason, "details": {}, "code": code}
            if not refusal.reason:
                del document["reason"], document["details"]
        self.answer(code, document)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

    def document(self, body):
        """The body, from JSON or protobuf; the body of a DELETE (delete options) is ignored."""
        if not body or self.command == "DELETE":
            return None
        if self.headers.get("Content-Type") == kube_protobuf.TYPE and "/leases" in self.path:
            return kube_protobuf.read_lease(body)
        return json.loads(body)

    def serve(self, document):
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.server.tokens:
            raise Refusal(401, "Unauthorized", "Unauthorized")
        url = urllib.parse.urlsplit(self.path)
        found = re.match(r"(/api/v1|/apis/coordination\.k8s\.io/v1)/namespaces/([^/]+)/(secrets|leases)(?:/([^/]+))?$", urllib.parse.unquote(url.path))
        if not found or PATHS[found[3]] != found[1]:
            if not re.match("/apis?/", url.path):
                return 404, "404 page not found\n"
            raise Refusal(404, "NotFound", "the server could not find the requested resource")
        _, space, plural, name = found.groups()
        query = dict(urllib.parse.parse_qsl(url.query))
        if self.command == "GET":
            return self.get(plural, space, name) if name else self.list(plural, space, query)
        if space not in self.server.namespaces:
            raise Refusal(404, "NotFound", 'namespaces "%s" not found' % space)
        if self.command == "POST":
            return self.create(plural, space, document)
        if self.command == "PUT":
            return self.update(plural, space, name, document)
        if self.command == "DELETE":
            old = self.find(plural, space, name)
            del self.server.objects[plural, space, name]
            return 200, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
                         "details": {"name": name, "kind": plural, "uid": old["metadata"]["uid"]}}
        raise Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")

    def group(self, plural):
        return plural if plural == "secrets" else plural + ".coordination.k8s.io"

    def find(self, plural, space, name):
        if (plural, space, name) not in self.server.objects:
            raise Refusal(404, "NotFound", '%s "%s" not found' % (self.group(plural), name))
        return self.server.objects[plural, space, name]

    def get(self, plural, space, name):
        return 200, self.find(plural, space, name)

    def list(self, plural, space, query):
        wanted = dict(term.split("=", 1) for term in query.get("labelSelector", "").split(",") if term)
        names = sorted(name for kind, where, name in self.server.objects if (kind, where) == (plural, space))
        items = [self.server.objects[plural, space, name] for name in names]
        items = [item for item in items if all(item["metadata"].get("labels", {}).get(key) == value for key, value in wanted.items())]
        metadata = {"resourceVersion": str(self.server.version)}
        after = base64.b64decode(query.get("continue", "")).decode()
        items = [item for item in items if item["metadata"]["name"] > after]
        limit = min(int(query.get("limit") or 500), self.server.page)
        if "limit" in query and len(items) > limit:
            items = items[:limit]
            metadata["continue"] = base64.b64encode(items[-1]["metadata"]["name"].encode()).decode()
        items = [{key: value for key, value in item.items() if key not in ("kind", "apiVersion")} for item in items]
        return 200, {"kind": KINDS[plural] + "List", "apiVersion": VERSIONS[plural], "metadata": metadata, "items": items}

    def check(self, plural, space, document):
        kind, metadata = KINDS[plural], document.get("metadata", {})
        name = metadata.get("name", "")
        if document.get("kind", kind) != kind or document.get("apiVersion", VERSIONS[plural]) != VERSIONS[plural]:
            raise Refusal(400, "BadRequest", "%s in version \"%s\" cannot be handled as a %s" % (document.get("kind"), document.get("apiVersion"), kind))
        if metadata.get("namespace", space) != space:
            raise Refusal(400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request")
        invalid = '%s "%s" is invalid: ' % (kind, name)
        if not NAME.match(name) or len(name) > 253:
            raise Refusal(422, "Invalid", invalid + "metadata.name: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters")
        for key, value in (metadata.get("labels") or {}).items():
            if not LABEL.match(value) or len(value) > 63:
                raise Refusal(422, "Invalid", invalid + "metadata.labels: Invalid value: %s" % value)
        if plural == "secrets":
            data = document.get("data") or {}
            if sum(len(base64.b64decode(value, validate=True)) for value in data.values()) > SECRET_SIZE:
                raise Refusal(422, "Invalid", invalid + "data: Too long: may not be more than 1048576 bytes")

    def keep(self, plural, space, document, uid):
        self.server.version += 1
        document = copy.deepcopy(document)
        document.update(kind=KINDS[plural], apiVersion=VERSIONS[plural])
        document["metadata"].update(namespace=space, uid=uid, resourceVersion=str(self.server.version), creationTimestamp="2026-01-01T00:00:00Z",
                                    managedFields=[{"manager": "loam", "operation": "Update", "apiVersion": VERSIONS[plural], "fieldsType": "FieldsV1", "fieldsV1": {"f:metadata": {}}}])
        self.server.objects[plural, space, document["metadata"]["name"]] = document
        return document

    def create(self, plural, space, document):
        self.check(plural, space, document)
        name = document["metadata"]["name"]
        if document["metadata"].get("resourceVersion"):
            raise Refusal(500, "", "resourceVersion should not be set on objects to be created")
        if (plural, space, name) in self.server.objects:
            raise Refusal(409, "AlreadyExists", '%s "%s" already exists' % (self.group(plural), name))
        return 201, self.keep(plural, space, document, str(uuid.uuid4()))

    def update(self, plural, space, name, document):
        self.check(plural, space, document)
        if document["metadata"].get("name") != name:
            raise Refusal(400, "BadRequest", "the name of the object (%s) does not match the name on the URL (%s)" % (document["metadata"].get("name"), name))
        if plural == "leases" and (plural, space, name) not in self.server.objects:
            return 201, self.keep(plural, space, document, str(uuid.uuid4()))  # whatever version it names
        old = self.find(plural, space, name)
        version = document["metadata"].get("resourceVersion")
        if plural == "leases" and not version:
            raise Refusal(422, "Invalid", 'leases.coordination.k8s.io "%s" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update' % name)
        if version and version != old["metadata"]["resourceVersion"] or document["metadata"].get("uid") not in (None, old["metadata"]["uid"]):
            raise Refusal(409, "Conflict", 'Operation cannot be fulfilled on %s "%s": the object has been modified; please apply your changes to the latest version and try again' % (self.group(plural), name))
        if plural == "secrets" and document.get("type", "Opaque") != old.get("type", "Opaque"):
            raise Refusal(422, "Invalid", 'Secret "%s" is invalid: type: Invalid value: "%s": field is immutable' % (name, document["type"]))
        if version and document == old:
            return 200, old  # unchanged, with its current version
        return 200, self.keep(plural, space, document, old["metadata"]["uid"])


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *args):
        """Ignores connections of killed programs."""


def start(directory=None):
    server = Server(("127.0.0.1", 0), Handler)
    if directory:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(directory, "server.pem"), os.path.join(directory, "server.key"))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = True
    server.lock, server.tokens = threading.Lock(), {TOKEN}
    server.namespaces, server.objects, server.log, server.version, server.page = {"default", "states"}, {}, [], 1000, 3
    server.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
