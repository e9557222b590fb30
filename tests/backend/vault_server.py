"""Azure Key Vault and the login service of Entra ID, at the addresses that they have in Azure: for a network namespace whose hosts
file has the names of NAMES. The vault encrypts as the real one does. Each of its keys has versions; the newest one encrypts.

  server = vault_server.Server(directory)      directory has server.pem and server.key, for all NAMES
  server.plain    the data keys that it has seen; server.asked: host and path; server.faults: requests that it did not expect
"""
import json, secrets, urllib.parse

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import entra_server as entra

VAULT, HSM, LOGIN = "keys-1.vault.azure.net", "hsm-1.managedhsm.azure.net", "login.microsoftonline.com"
NAMES = (VAULT, HSM, LOGIN)
SECRET = "Canary-of-the-vault"
OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


class RsaKey:
    algorithm = "RSA-OAEP-256"

    def __init__(self):
        self.key = rsa.generate_private_key(65537, 2048)

    def encrypt(self, plain):
        return {"value": self.key.public_key().encrypt(plain, OAEP)}

    def decrypt(self, form):
        entra.expect(set(form) == {"value"}, "members of an RSA request: %s" % sorted(form))
        return self.key.decrypt(form["value"], OAEP)


class AesKey:
    def __init__(self, bits):
        self.algorithm, self.key = "A%dGCM" % bits, AESGCM(AESGCM.generate_key(bits))

    def encrypt(self, plain):
        iv = secrets.token_bytes(12)
        sealed = self.key.encrypt(iv, plain, None)
        return {"value": sealed[:-16], "iv": iv, "tag": sealed[-16:]}

    def decrypt(self, form):
        entra.expect(set(form) == {"value", "iv", "tag"}, "members of an AES request: %s" % sorted(form))
        return self.key.decrypt(form["iv"], form["value"] + form["tag"], None)


class Failed(Exception):
    """A status that the vault answers on purpose."""


class Handler(entra.Handler):
    def handle_any(self):
        with self.server.lock:
            status = self.server.statuses.pop(0) if self.server.statuses and "/keys/" in self.path else 0
        if status:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            return self.fail(status)
        try:
            return super().handle_any()
        except Failed as error:
            return self.challenge() if error.args[0] == 401 else self.fail(error.args[0])

    def fail(self, status):
        self.answer(status, {"error": {"code": "Failed", "message": SECRET}})

    do_GET = do_POST = do_PUT = handle_any

    def challenge(self):
        """OpenTofu asks without a token first."""
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Bearer authorization="https://%s/%s", resource="%s"' % (LOGIN, entra.TENANT, self.resource()))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def resource(self):
        return "https://" + self.headers["Host"].split(".", 1)[1]

    def route(self, path, query, body):
        if self.headers["Host"] == LOGIN:
            return self.login(path, query, body)
        return self.vault(path, query, body)

    def login(self, path, query, body):
        base = "https://" + LOGIN
        if path == "/common/discovery/instance":
            return {"tenant_discovery_endpoint": "%s/%s/v2.0/.well-known/openid-configuration" % (base, entra.TENANT),
                    "metadata": [{"preferred_network": LOGIN, "preferred_cache": LOGIN, "aliases": [LOGIN]}]}
        if path == "/%s/v2.0/.well-known/openid-configuration" % entra.TENANT:
            tenant = "%s/%s" % (base, entra.TENANT)
            return {"token_endpoint": tenant + "/oauth2/v2.0/token", "authorization_endpoint": tenant + "/oauth2/v2.0/authorize", "issuer": tenant + "/v2.0"}
        entra.expect(self.command == "POST" and path == "/%s/oauth2/v2.0/token" % entra.TENANT, "%s %s" % (self.command, path))
        form = dict(urllib.parse.parse_qsl(body, strict_parsing=True))
        wanted = ("grant_type", "client_id", "scope", "client_secret")
        scope = [word for word in form.get("scope", "").split() if word.endswith("/.default")]  # OpenTofu asks for more scopes
        return self.exchange(base + path, {name: scope[0] if name == "scope" else form[name] for name in wanted})

    def vault(self, path, query, body):
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        if not token:
            raise Failed(401)
        entra.expect(self.server.tokens.get(token) == self.resource(), "a token for %s" % self.server.tokens.get(token))
        entra.expect(self.command == "POST" and query.get("api-version"), "%s %s" % (self.command, path))
        _, keys, name, *version, operation = path.replace("//", "/").split("/")
        entra.expect(keys == "keys" and operation in ("encrypt", "decrypt") and len(version) <= 1, path)
        self.server.asked.append("%s %s" % (self.headers["Host"], path))
        if name == "denied":
            raise Failed(403)
        versions = self.server.keys.get(name)
        if not versions or (version and version[0] not in versions):
            raise Failed(404)
        version = version[0] if version else list(versions)[-1]
        form = {member: text if member == "alg" else entra.decode(text) for member, text in json.loads(body).items()}
        key = versions[version]
        if form.pop("alg") != key.algorithm:
            raise Failed(400)
        return {"kid": "https://%s/keys/%s/%s" % (self.headers["Host"], name, version), **self.result(key, operation, form)}

    def result(self, key, operation, form):
        try:
            result = key.encrypt(form["value"]) if operation == "encrypt" else {"value": key.decrypt(form)}
        except (ValueError, InvalidTag) as error:
            raise Failed(400) from error
        self.server.plain.append(form["value"] if operation == "encrypt" else result["value"])
        return {member: entra.encode(data) for member, data in result.items()}


class Server(entra.Server):
    def __init__(self, directory, port=443):
        super().__init__(directory, "", "", handler=Handler, port=port)
        self.keys, self.plain, self.statuses, self.asked = {}, [], [], []

    def make_version(self, name, kind=RsaKey, *words):
        """Returns the new version of this key, which it also makes."""
        version = secrets.token_hex(16)
        self.keys.setdefault(name, {})[version] = kind(*words)
        return version
