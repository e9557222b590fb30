"""A store with the JSON interface of Google Cloud Storage, as strict as loam's use of it: generations and their conditions,
customer keys, encoded names, pages; and the servers that issue tokens. fake-gcs-server checks neither tokens nor customer
keys, and cannot be asked for errors. Other programs upload in two parts and read by the XML interface.

    server = start()                 the bucket "states" exists; requests need the header "Authorization: Bearer TOKEN"
    server.objects                   name → Object(bytes, generation)
    server.before                    called with method and path before each request to the store
    server.statuses                  statuses for the next requests to the store, instead of an answer
    Issuer(server, directory)        serves below /issuer/ on the same port"""
import base64, collections, email, functools, hashlib, http.server, json, os, socket, ssl, subprocess, threading, time, urllib.parse

PAGE = 3
TOKEN = "ya29.fixed-token-of-the-test"

Object = collections.namedtuple("Object", "bytes generation key type kms", defaults=(None, None, None))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        if isinstance(body, dict):
            body, headers = json.dumps(body).encode(), {"Content_Type": "application/json", **headers}
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, code, message, **more):
        self.answer(code, {"error": {"code": code, "message": message, **more}})

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def handle_any(self):
        body = self.body()
        with self.server.lock:
            self.server.log.append((self.command, self.path, dict(self.headers.items()), body))
            url = urllib.parse.urlsplit(self.path)
            if url.path.startswith(("/issuer/", "/computeMetadata/")) or self.headers.get("Host", "").startswith(("iamcredentials.", "cloudkms.")):
                return self.server.issuer.serve(self, url.path, body)
            if self.server.before:
                self.server.before(self.command, self.path)
            if self.server.statuses:
                return self.refuse(self.server.statuses.pop(0), "A fault of the test.")
            if self.server.tokens is not None and self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.server.tokens:
                return self.refuse(401, "Invalid Credentials", status="UNAUTHENTICATED")
            query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True, strict_parsing=True)) if url.query else {}
            parts = url.path.split("/")
            for prefix, serve in ((["", "upload", "storage", "v1", "b"], self.upload), (["", "storage", "v1", "b"], self.serve)):
                if parts[:len(prefix)] == prefix and parts[len(prefix) + 1:len(prefix) + 2] == ["o"]:
                    rest = [urllib.parse.unquote(part) for part in parts[len(prefix):]]
                    if rest[0] not in self.server.buckets:
                        return self.refuse(404, "The specified bucket does not exist.")
                    return serve(rest[2:], query, body)
            if parts[1:2] == ["states"] and self.command == "GET":  # the XML interface
                return self.read(urllib.parse.unquote("/".join(parts[2:])))
            return self.refuse(404, "Not Found")

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = handle_any

    def is_rejected(self, name, query):
        """Whether the condition of the request does not hold."""
        if "ifGenerationMatch" not in query:
            return False
        there = self.server.objects.get(name)
        if int(query["ifGenerationMatch"]) == (there.generation if there else 0):
            return False
        if self.command == "DELETE" and not there:
            return False  # 404 instead
        self.refuse(412, "At least one of the pre-conditions you specified did not hold.")
        return True

    def customer_key(self):
        """The digest of the request's key; None: it has none; False: an error was sent."""
        names = ["x-goog-encryption-algorithm", "x-goog-encryption-key", "x-goog-encryption-key-sha256"]
        algorithm, key, digest = (self.headers.get(name) for name in names)
        if key is None:
            return None
        sum = base64.b64encode(hashlib.sha256(base64.b64decode(key)).digest()).decode()
        if algorithm != "AES256" or len(base64.b64decode(key)) != 32 or digest != sum:
            self.refuse(400, "Missing or invalid encryption key.")
            return False
        return digest

    def upload(self, rest, query, body):
        kind = query.get("uploadType")
        if rest or self.command != "POST" or kind not in ("media", "multipart"):
            return self.refuse(400, "A media upload is expected.")
        name, key = query["name"], self.customer_key()
        if kind == "multipart":
            head = b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n"
            body = email.message_from_bytes(head + body).get_payload()[1].get_payload(decode=True)
        if key is False or self.is_rejected(name, query):
            return None
        if len(name.encode()) > 1024:
            return self.refuse(400, "The maximum object length is 1024 characters, but got a name with %d characters." % len(name.encode()))
        self.server.generation += 7
        self.server.objects[name] = Object(body, self.server.generation, key, self.headers.get("Content-Type"), query.get("kmsKeyName"))
        return self.answer(200, self.attributes(name))

    def attributes(self, name):
        there = self.server.objects[name]
        return {"kind": "storage#object", "bucket": "states", "name": name, "generation": str(there.generation), "metageneration": "1", "size": str(len(there.bytes))}

    def serve(self, rest, query, _):
        if not rest and self.command == "GET":
            return self.list(query)
        if len(rest) != 1:  # a name whose "/" is not encoded
            return self.refuse(404, "Not Found")
        there = self.server.objects.get(rest[0])
        if self.command == "DELETE":
            if self.is_rejected(rest[0], query):
                return None
            if not there:
                return self.refuse(404, "No such object: states/" + rest[0])
            del self.server.objects[rest[0]]
            return self.answer(204)
        if self.command != "GET":
            return self.refuse(400, "Not supported by this server.")
        if query.get("alt") == "media":
            return self.read(rest[0])
        return self.answer(200, self.attributes(rest[0])) if there else self.refuse(404, "No such object: states/" + rest[0])

    def read(self, name):
        there = self.server.objects.get(name)
        if not there:
            return self.answer(404, ("No such object: states/" + name).encode(), Content_Type="text/html")
        key = self.customer_key()
        if key is False:
            return None
        if key != there.key:
            return self.refuse(400, "The target object is encrypted by a customer-supplied encryption key." if there.key else "The target object is not encrypted by a customer-supplied encryption key.")
        return self.answer(200, there.bytes, Content_Type="application/json", X_Goog_Generation=str(there.generation))

    def list(self, query):
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter")
        names = sorted(name for name in self.server.objects if name.startswith(prefix) and not (delimiter and delimiter in name[len(prefix):]))
        names = [name for name in names if name > query.get("pageToken", "")]
        page = {"kind": "storage#objects"}
        if names:
            page["items"] = [self.attributes(name) for name in names[:PAGE]]
        if len(names) > PAGE:
            page["nextPageToken"] = names[PAGE - 1]
        return self.answer(200, page)


@functools.cache  # a pair takes a quarter of a second
def key_pair():
    """A private key and its public key, as PEM."""
    openssl = lambda *words, **how: subprocess.run(["openssl", *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **how).stdout
    key = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    return key, openssl("pkey", "-pubout", input=key)


class Issuer:
    """Issues tokens that the store accepts, and expects the forms that Google's servers expect. Each token is accepted for
    `seconds`; then the store rejects it. `log` has the kinds of requests."""

    def __init__(self, server, directory):
        self.server, self.directory, self.seconds, self.log, self.count = server, directory, 3600, [], 0
        self.plain = []  # data keys of Cloud KMS
        server.issuer = self
        self.key, self.public = os.path.join(self.directory, "key.pem"), os.path.join(self.directory, "public.pem")
        for path, text in zip((self.key, self.public), key_pair()):
            with open(path, "wb") as file:
                file.write(text)

    def address(self, name):
        return "http://127.0.0.1:%d/issuer/%s" % (self.server.port, name)

    def new_token(self, kind):
        self.log.append(kind)
        self.count += 1
        token = "ya29.%s-%d-of-the-test" % (kind, self.count)
        self.server.tokens.add(token)
        if self.seconds < 3600:
            threading.Timer(self.seconds, self.server.tokens.discard, [token]).start()
        return token

    def answer(self, handler, kind, **headers):
        handler.answer(200, {"access_token": self.new_token(kind), "expires_in": self.seconds, "token_type": "Bearer"}, **headers)

    def serve(self, handler, path, body):
        name = path.rpartition("/")[2]
        try:
            if path == "/computeMetadata/v1/instance/service-accounts/default/token":
                assert handler.headers["Metadata-Flavor"] == "Google" and handler.command == "GET", "metadata"
                return self.answer(handler, "metadata", Metadata_Flavor="Google")
            assert handler.command == "POST", handler.command
            if path.startswith("/v1/projects/p/"):
                return self.on_key(handler, urllib.parse.unquote(path), json.loads(body))
            if name.endswith(":generateAccessToken"):
                return self.impersonate(handler, json.loads(body))
            assert handler.headers["Content-Type"] == "application/x-www-form-urlencoded", handler.headers["Content-Type"]
            return getattr(self, "on_" + name)(handler, dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True)))
        except (AssertionError, KeyError, ValueError) as error:
            return handler.answer(400, {"error": "invalid_grant", "error_description": repr(error)})

    def verify(self, token):
        """Checks the signature with the public key; returns header and claims."""
        text, _, signature = token.rpartition(".")
        decode = lambda part: base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        paths = [os.path.join(self.directory, name) for name in ("text", "signature")]
        for path, data in zip(paths, (text.encode(), decode(signature))):
            with open(path, "wb") as file:
                file.write(data)
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", self.public, "-signature", paths[1], paths[0]], capture_output=True, check=False)
        assert done.returncode == 0, "Invalid JWT Signature."
        return [json.loads(decode(part)) for part in text.split(".")]

    def on_jwt(self, handler, form):
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer", form["grant_type"]
        header, claims = self.verify(form["assertion"])
        assert header == {"alg": "RS256", "typ": "JWT", "kid": "k1"}, header
        assert claims["iss"] == "robot@p.example" and claims["aud"] == self.address("jwt"), claims
        assert claims["iat"] <= time.time() < claims["exp"] <= claims["iat"] + 3600, claims
        assert claims["scope"].startswith("https://www.googleapis.com/auth/"), claims
        self.answer(handler, "jwt")

    def on_refresh(self, handler, form):
        assert form == {"grant_type": "refresh_token", "refresh_token": "1//refresh-secret", "client_id": "client", "client_secret": "client-secret"}, form
        self.answer(handler, "refresh")

    def on_sts(self, handler, form):
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:token-exchange" and form["subject_token"] == "subject-secret", form
        assert form["audience"] == "//iam.example/pool" and form["subject_token_type"] == "urn:ietf:params:oauth:token-type:jwt", form
        self.answer(handler, "sts")

    def impersonate(self, handler, form):
        assert handler.headers["Authorization"].removeprefix("Bearer ") in self.server.tokens, "token"
        assert form["scope"] == ["https://www.googleapis.com/auth/devstorage.read_write"] and form["lifetime"].endswith("s"), form
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.seconds))
        handler.answer(200, {"accessToken": self.new_token("impersonate"), "expireTime": expires})

    def on_key(self, handler, path, form):
        """Cloud KMS: a ciphertext names the key and the number of the plaintext."""
        if handler.headers["Authorization"].removeprefix("Bearer ") not in self.server.tokens:
            return handler.refuse(401, "Invalid Credentials", status="UNAUTHENTICATED")
        key, _, operation = path.removeprefix("/v1/").rpartition(":")
        if key.endswith("/denied"):
            return handler.refuse(403, "Permission denied on echo-%s" % form, status="PERMISSION_DENIED")
        self.log.append(operation)
        if operation == "encrypt":
            assert list(form) == ["plaintext"], form
            self.plain.append(base64.b64decode(form["plaintext"], validate=True))
            sealed = base64.b64encode(("%s|%d" % (key, len(self.plain) - 1)).encode()).decode()
            return handler.answer(200, {"name": key + "/cryptoKeyVersions/1", "ciphertext": sealed, "ciphertextCrc32c": "1"})
        assert operation == "decrypt" and list(form) == ["ciphertext"], form
        name, _, number = base64.b64decode(form["ciphertext"], validate=True).decode().partition("|")
        if name != key:
            return handler.refuse(400, "Decryption failed: the ciphertext is invalid.", status="INVALID_ARGUMENT")
        return handler.answer(200, {"plaintext": base64.b64encode(self.plain[int(number)]).decode(), "plaintextCrc32c": "1"})

    def service_account(self):
        with open(self.key, encoding="ascii") as file:
            return {"type": "service_account", "client_email": "robot@p.example", "private_key_id": "k1", "private_key": file.read(), "token_uri": self.address("jwt")}

    def authorized_user(self):
        return {"type": "authorized_user", "client_id": "client", "client_secret": "client-secret", "refresh_token": "1//refresh-secret", "token_uri": self.address("refresh")}

    def external_account(self, source, **more):
        return {"type": "external_account", "audience": "//iam.example/pool", "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                "token_url": self.address("sts"), "credential_source": source, **more}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args):
        """Ignores connections of killed programs."""


class Tunnel:
    """A proxy that pretends to be every host of Google; its connections end at the store, with a certificate of `directory`."""

    def __init__(self, server, directory):
        self.server, self.hosts = server, set()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(os.path.join(directory, "google.pem"), os.path.join(directory, "google.key"))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += connection.recv(1)
        self.hosts.add(head.split()[1].decode())
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            self.server.process_request(self.context.wrap_socket(connection, server_side=True), ("127.0.0.1", 0))
        except OSError:
            pass


def make_certificate(directory):
    """Writes ca.pem, and google.pem with its key for the hosts of Google."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=directory, check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    with open(os.path.join(directory, "google.ext"), "w", encoding="ascii") as file:
        file.write("subjectAltName=DNS:*.googleapis.com")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test", "-days", "2")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "google.key", "-out", "google.csr", "-subj", "/CN=google")
    openssl("x509", "-req", "-in", "google.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "google.pem", "-days", "2", "-extfile", "google.ext")


def start():
    server = Server(("127.0.0.1", 0), Handler)
    server.lock = threading.Lock()
    server.buckets, server.objects, server.log, server.statuses = {"states"}, {}, [], []
    server.tokens, server.generation = {TOKEN}, 1700000000000000
    server.port = server.server_address[1]
    server.issuer = server.before = None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
