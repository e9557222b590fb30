"""The services that hand out access tokens of Azure, on loopback: the login service of Entra ID, pipelines, the token service of a
machine, and the resource manager with its list of access keys. No package has them. This one is strict: it checks addresses,
methods, headers, forms, and the signature and the claims of signed tokens.

  server = entra_server.start(directory)    directory has server.pem, server.key and the client's client.pem
  server.log      (what, resource) of each token; server.faults: requests that the server did not expect
"""
import base64, hashlib, http.server, json, os, ssl, subprocess, tempfile, threading, time, urllib.parse, uuid

TENANT, CLIENT, SECRET = "11111111-2222-3333-4444-555555555555", "client-1", "s3cret+/=& client"
OIDC, REQUEST, CONNECTION = "oidc-token-of-a-pipeline", "request-secret", "connection-1"
SUBSCRIPTION, GROUP = "sub-1", "group-1"
STORAGE = "https://storage.azure.com"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Refused(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Refused(text)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, code, document):
        body = json.dumps(document).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        try:
            with self.server.lock:
                self.server.requests += 1
                status = self.server.failures.pop(0) if self.server.failures else 200
            if status != 200:
                return self.answer(status, {"error": "temporarily_unavailable", "error_description": "AADSTS90033: " + SECRET})
            return self.answer(200, self.route(url.path, query, body))
        except Refused as error:
            with self.server.lock:
                self.server.faults.append(str(error))
            return self.answer(401, {"error": "invalid_client", "error_description": "AADSTS7000215: no " + body})

    do_GET = do_POST = do_PUT = handle_any

    def route(self, path, query, body):
        base = "https://localhost:%d" % self.server.server_port
        if path == "/metadata/endpoints":
            expect(query.get("api-version"), "no version")
            return {"authentication": {"loginEndpoint": base + "/"}, "resourceManager": base + "/", "suffixes": {"storage": "core.test"}}
        if path == "/%s/oauth2/v2.0/token" % TENANT:
            expect(self.command == "POST" and self.headers["Content-Type"] == "application/x-www-form-urlencoded", "not a form")
            return self.exchange(base + path, dict(urllib.parse.parse_qsl(body, strict_parsing=True)))
        if path == "/pipeline":
            expect(self.command == "GET" and query == {"run": "7", "audience": "api://AzureADTokenExchange"}, "pipeline: %s" % query)
            expect(self.headers["Authorization"] == "Bearer " + REQUEST, "pipeline's secret")
            return {"value": OIDC}
        if path == "/ado":
            expect(self.command == "POST" and query == {"api-version": "7.1", "serviceConnectionId": CONNECTION}, "ado: %s" % query)
            expect(self.headers["Authorization"] == "Bearer " + REQUEST and self.headers["X-TFS-FedAuthRedirect"] == "Suppress", "ado's headers")
            return {"oidcToken": OIDC}
        if path == "/metadata/identity/oauth2/token":
            expect(self.command == "GET" and self.headers["Metadata"] == "true" and query["api-version"] == "2018-02-01", "machine")
            return self.token("machine " + query.get("client_id", "-"), query["resource"])
        if path == "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Storage/storageAccounts/%s/listKeys" % (SUBSCRIPTION, GROUP, self.server.account):
            expect(self.command == "POST" and query.get("api-version"), "listKeys")
            token = self.headers["Authorization"].removeprefix("Bearer ")
            expect(self.server.tokens.get(token) == base, "listKeys with a token for %s" % self.server.tokens.get(token))
            self.server.log.append(("keys", self.server.account))
            return {"keys": [{"keyName": "key1", "value": self.server.key}, {"keyName": "key2", "value": "x"}]}
        raise Refused("%s %s" % (self.command, self.path))

    def exchange(self, address, form):
        expect(form.pop("grant_type") == "client_credentials" and form.pop("client_id") == CLIENT, "grant or client")
        scope = form.pop("scope")
        expect(scope.endswith("/.default"), scope)
        if "client_secret" in form:
            expect(form == {"client_secret": SECRET}, "secret")
            return self.token("secret", scope.removesuffix("/.default"))
        expect(form.pop("client_assertion_type") == ASSERTION and list(form) == ["client_assertion"], "assertion")
        if form["client_assertion"] == OIDC:
            return self.token("oidc", scope.removesuffix("/.default"))
        self.verify(address, form["client_assertion"])
        return self.token("certificate", scope.removesuffix("/.default"))

    def verify(self, address, assertion):
        head, claims, signature = assertion.split(".")
        header, body = json.loads(decode(head)), json.loads(decode(claims))
        with open(os.path.join(self.server.directory, "client.pem"), encoding="utf-8") as file:
            der = ssl.PEM_cert_to_DER_cert(file.read())
        expect(header == {"alg": "RS256", "typ": "JWT", "x5t#S256": encode(hashlib.sha256(der).digest())}, "header %s" % header)
        now = time.time()
        expect([body["aud"], body["iss"], body["sub"]] == [address, CLIENT, CLIENT], "claims %s" % body)
        expect(str(uuid.UUID(body["jti"])) == body["jti"] and now - 60 < body["nbf"] <= now + 1 < body["exp"] <= now + 3600, "times %s" % body)
        expect(body["jti"] not in self.server.used, "an assertion is used twice")
        self.server.used.add(body["jti"])
        public = subprocess.run(["openssl", "x509", "-in", "client.pem", "-noout", "-pubkey"], cwd=self.server.directory, check=True, capture_output=True).stdout
        with tempfile.TemporaryDirectory() as place:
            for name, data in (("key", public), ("signature", decode(signature))):
                with open(os.path.join(place, name), "wb") as file:
                    file.write(data)
            done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", "key", "-signature", "signature"], cwd=place, input=("%s.%s" % (head, claims)).encode(), capture_output=True)
        expect(done.returncode == 0, "signature")

    def token(self, what, resource):
        now = int(time.time())
        claims = {"aud": resource, "iss": "https://sts.windows.net/%s/" % TENANT, "iat": now, "nbf": now, "exp": now + self.server.term, "jti": str(uuid.uuid4())}
        text = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims)) + "." + encode(b"x" * 32)
        with self.server.lock:
            self.server.log.append((what, resource))
            self.server.tokens[text] = resource
        # The service of a machine writes numbers as texts.
        return {"token_type": "Bearer", "expires_in": str(self.server.term) if what.startswith("machine") else self.server.term, "access_token": text}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, directory, account, key, tls=True, handler=Handler, port=0):
        super().__init__(("127.0.0.1", port), handler)
        self.directory, self.account, self.key = directory, account, key
        self.lock, self.requests, self.failures, self.faults, self.log, self.tokens, self.used, self.term = threading.Lock(), 0, [], [], [], {}, set(), 3600
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(os.path.join(directory, "server.pem"), os.path.join(directory, "server.key"))
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()
