"""The transit engine of OpenBao and Vault on loopback: keys that never leave the server, with versions.

Requests must have the form that the real servers accept; everything else is an error, and the server remembers each request.
tests/backend/vault runs loam with a real server."""
import base64, http.server, json, os, re, shutil, ssl, threading

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "hvs.Canary-token-91c4"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, code, body=None, headers=()):
        text = json.dumps(body if body is not None else {"errors": ["Canary-error"]}).encode()
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def serve(self):
        owner, text = self.server.owner, self.rfile.read(int(self.headers.get("Content-Length") or 0))
        owner.requests.append(self.path)
        owner.spaces.append(self.headers.get("X-Vault-Namespace"))
        if owner.is_down():
            return self.answer(500)
        if owner.location:
            return self.answer(307, headers=[("Location", owner.location + self.path)])
        if self.headers.get("X-Vault-Token") != TOKEN:
            return self.answer(403)
        match = re.fullmatch(r"/v1/(%s)/(datakey/plaintext|decrypt|keys)/([\w-]+)(/rotate)?" % owner.engine, self.path)
        if not match or self.command not in ("POST", "PUT"):
            return self.answer(404)
        try:
            return self.answer(200, {"request_id": "x", "data": owner.act(match[2], match[3], json.loads(text or b"{}"))})
        except (KeyError, ValueError, InvalidTag):
            return self.answer(400)

    do_POST = do_PUT = do_GET = serve


class Server:

    def __init__(self, engine="transit", certificate=None):
        self.engine, self.keys, self.requests, self.spaces, self.location = engine, {}, [], [], None
        self.plain = []        # every data key that the server has made
        self.down_file = None  # while the file exists, each request fails
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.owner, self.http.daemon_threads = self, True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.address = "%s://127.0.0.1:%d" % ("https" if certificate else "http", self.http.server_port)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def is_down(self):
        return self.down_file is not None and os.path.exists(self.down_file)

    def make_key(self, name):
        self.keys[name] = [AESGCM.generate_key(256)]

    def rotate(self, name):
        self.keys[name].append(AESGCM.generate_key(256))

    def act(self, operation, name, body):
        versions = self.keys[name]
        if operation == "decrypt":
            kind, version, data = body.pop("ciphertext").split(":")
            if body or kind != "vault":
                raise ValueError(body)
            sealed = base64.b64decode(data, validate=True)
            plain = AESGCM(versions[int(version[1:]) - 1]).decrypt(sealed[:12], sealed[12:], None)
            return {"plaintext": base64.b64encode(plain).decode()}
        bits = body.pop("bits")
        if body or bits not in (128, 256, 512):
            raise ValueError(body)
        plain, nonce = os.urandom(bits // 8), os.urandom(12)
        self.plain.append(plain)
        sealed = nonce + AESGCM(versions[-1]).encrypt(nonce, plain, None)
        return {"plaintext": base64.b64encode(plain).decode(), "key_version": len(versions),
                "ciphertext": "vault:v%d:%s" % (len(versions), base64.b64encode(sealed).decode())}

    def decrypt(self, name, ciphertext):
        return base64.b64decode(self.act("decrypt", name, {"ciphertext": ciphertext})["plaintext"])

    def close(self):
        self.http.shutdown()
        self.http.server_close()


def find(name):
    """Returns the path of a program that tests/programs/build made or that is installed, or None."""
    directory = os.environ.get("LOAM_PROGRAMS") or os.path.expanduser("~/.cache/loam/programs")
    return shutil.which(name, path=os.path.join(directory, "bin") + ":" + os.environ["PATH"])
