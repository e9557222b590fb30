"""A development server of HashiCorp Vault on loopback, with its data in memory.

  with dev_vault.Server() as server:      the test is skipped (exit status 77) if there is no program "vault"
      server.address, server.token        of its HTTP interface; the token has all rights
      server.ask("PUT", "sys/seal")       → status, the JSON object of the response
      server.do("POST", "transit/…", {})  → that object; any status above 299 is an error of the test
      server.token_of(policy, ttl="1h")   a new token with this policy
      server.data_keys()                  each data key of each response
  Server(tls=True)                        https, with server.authority, the file of the certificate authority
  Server(clients="ca.pem", directory=…)   a second address, server.strict, that requires a client certificate of this authority; the
                                          directory has server.pem and server.key"""
import base64, itertools, json, os, re, socket, ssl, subprocess, sys, tempfile, time, urllib.error, urllib.request

from server_program import ServerProgram, find

SKIPPED = 77
ROOT = "Canary-root-token-5d10"  # a token of one's own choice has no prefix "hvs."
numbers = itertools.count(1)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


class Server(ServerProgram):
    def __init__(self, tls=False, clients=None, directory=None):
        program = find("vault")
        if not program:
            print("vault is missing")
            sys.exit(SKIPPED)
        self.token, self.directory, self.context, self.strict = ROOT, tempfile.mkdtemp(prefix="loam-vault-"), None, None
        self.authority = os.path.join(self.directory, "vault-ca.pem") if tls else None
        port = free_port()
        self.address = "%s://127.0.0.1:%d" % ("https" if tls else "http", port)
        words = ["-dev-tls", "-dev-tls-cert-dir=" + self.directory] if tls else ["-dev"]
        if clients:
            second = free_port()
            self.strict = "https://127.0.0.1:%d" % second
            listener = {"address": "127.0.0.1:%d" % second, "tls_cert_file": os.path.join(directory, "server.pem"),
                        "tls_key_file": os.path.join(directory, "server.key"), "tls_client_ca_file": clients,
                        "tls_require_and_verify_client_cert": True}
            with open(os.path.join(self.directory, "config.json"), "w", encoding="utf-8") as file:
                json.dump({"listener": {"tcp": listener}}, file)
            words.append("-config=" + file.name)
        self.log = open(os.path.join(self.directory, "log"), "wb")
        self.process = subprocess.Popen([program, "server", *words, "-dev-no-store-token", "-dev-root-token-id=" + ROOT,
                                         "-dev-listen-address=127.0.0.1:%d" % port], cwd=self.directory, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log, env={"HOME": self.directory, "PATH": os.environ["PATH"]})

    def __enter__(self):
        end = time.monotonic() + 120
        while True:
            try:
                if self.authority and not self.context:
                    self.context = ssl.create_default_context(cafile=self.authority)
                found = re.search(r"Unseal Key: (\S+)", self.read_log())
                if found and self.ask("GET", "sys/mounts")[0] == 200:
                    break
            except (OSError, ssl.SSLError):
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                text = self.read_log()[-2000:]
                self.close()
                raise AssertionError("vault does not start:\n" + text)
            time.sleep(0.1)
        self.unseal_key = found[1]
        # The requests in the order of their arrival, with all of their data and those of the responses.
        self.do("PUT", "sys/audit/file", {"type": "file", "options": {"file_path": os.path.join(self.directory, "audit"), "log_raw": "true"}})
        self.do("POST", "sys/mounts/transit", {"type": "transit"})
        return self

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request("%s/v1/%s" % (self.address, path), data, {"X-Vault-Token": ROOT}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.context) as response:
                return response.status, json.loads(response.read() or b"{}")
        except urllib.error.HTTPError as error:
            return error.code, {"errors": error.read().decode()}

    def do(self, method, path, body=None):
        status, answer = self.ask(method, path, body)
        if status > 299:
            raise AssertionError("%s %s: HTTP status %d %s" % (method, path, status, answer))
        return answer

    def token_of(self, policy, **more):
        name = "p%d" % next(numbers)
        self.do("PUT", "sys/policies/acl/" + name, {"policy": policy})
        return self.do("POST", "auth/token/create", {"policies": [name], "no_default_policy": True, **more})["auth"]["client_token"]

    def make_key(self, name, engine="transit", **more):
        self.do("POST", "%s/keys/%s" % (engine, name), more)

    def rotate(self, name):
        self.do("POST", "transit/keys/%s/rotate" % name, {})

    def seal(self):
        self.do("PUT", "sys/seal")

    def unseal(self):
        self.do("PUT", "sys/unseal", {"key": self.unseal_key})
        while self.ask("GET", "sys/mounts")[0] != 200:  # it becomes the active server
            time.sleep(0.05)

    def audited(self, kind):
        with open(os.path.join(self.directory, "audit"), encoding="utf-8") as file:
            entries = [json.loads(line) for line in file]
        return [entry for entry in entries if entry["type"] == kind]

    def requests(self):
        """Operation and path of each request."""
        return ["%s %s" % (entry["request"]["operation"], entry["request"]["path"]) for entry in self.audited("request")]

    def data_keys(self):
        found = [(entry.get("response") or {}).get("data") or {} for entry in self.audited("response")]
        return [base64.b64decode(data["plaintext"]) for data in found if "plaintext" in data]
