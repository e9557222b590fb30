"""An issuer of tokens for OpenID Connect, with a certificate of its own.

    with Issuer(directory, "10.88.0.1", 7443, prefix) as issuer: issuer.certificate, issuer.token("user")

`prefix` starts commands in the network namespace of the test."""
import base64, json, os, subprocess, sys, time

SERVER = """import functools, http.server, ssl, sys
address, port, directory = sys.argv[1:]
server = http.server.ThreadingHTTPServer((address, int(port)), functools.partial(http.server.SimpleHTTPRequestHandler, directory=directory + "/www"))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(directory + "/server.crt", directory + "/server.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"""


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    def __init__(self, top, address, port, prefix=()):
        self.top, self.address, self.port, self.prefix = top, address, port, list(prefix)
        self.url = "https://%s:%d" % (address, port)

    def openssl(self, *arguments, data=None):
        return subprocess.run(["openssl", *arguments], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, cwd=self.top).stdout

    def write(self, name, document):
        path = os.path.join(self.top, "www", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as file:
            json.dump(document, file)

    def __enter__(self):
        os.makedirs(self.top)
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out", "server.crt", "-days", "2", "-subj", "/CN=issuer",
                     "-addext", "subjectAltName=IP:" + self.address)
        self.openssl("genrsa", "-out", "token.key", "2048")
        with open(os.path.join(self.top, "server.crt"), encoding="ascii") as file:
            self.certificate = file.read()
        modulus = bytes.fromhex(self.openssl("rsa", "-in", "token.key", "-noout", "-modulus").decode().strip().partition("=")[2])
        self.write("keys", {"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "one", "n": encode(modulus), "e": "AQAB"}]})
        self.write(".well-known/openid-configuration", {
            "issuer": self.url, "jwks_uri": self.url + "/keys", "authorization_endpoint": self.url + "/login", "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"]})
        self.process = subprocess.Popen([*self.prefix, sys.executable, "-c", SERVER, self.address, str(self.port), self.top], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def token(self, user, client="kubernetes"):
        parts = ({"alg": "RS256", "kid": "one", "typ": "JWT"}, {"iss": self.url, "aud": client, "sub": user, "iat": int(time.time()), "exp": int(time.time()) + 600})
        text = ".".join(encode(json.dumps(part).encode()) for part in parts)
        return text + "." + encode(self.openssl("dgst", "-sha256", "-sign", "token.key", data=text.encode()))
