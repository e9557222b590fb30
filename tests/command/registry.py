"""A provider registry on loopback: https with a certificate authority of the test, packages signed by a key of the test.

`faults` maps a path to a function that answers instead; `seen` has (path, Authorization) of each request."""
import base64, hashlib, http.server, io, json, os, re, ssl, subprocess, tempfile, threading, time, zipfile

PLATFORMS = ("linux_amd64", "linux_arm64")


def program(kind, version, platform):
    return "#!/bin/sh\necho %s %s %s\n" % (kind, version, platform)


def archive(files, links=(), compression=zipfile.ZIP_DEFLATED, **more):
    """Returns a zip file; its times are fixed, so that the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression, **more) as packed:
        for name, text in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.external_attr = 0o100755 << 16
            packed.writestr(info, text)
        for name, target in links:
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.external_attr = 0o120777 << 16
            packed.writestr(info, target)
    return out.getvalue()


def h1(files):
    """The hash of an unpacked package."""
    lines = "".join("%s  %s\n" % (hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest(), name)
                    for name, text in sorted(files.items()))
    return "h1:" + base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


def listing(packed):
    """What the member "packages" says of an archive."""
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    return {"hashes": [h1(files), "zh:" + hashlib.sha256(packed).hexdigest()], "package_size": len(packed)}


class Signer:
    """A key of gpg, in a home of its own. `since`: the time of gpg (20200101T000000), also of its signatures; `expires`: 1d."""

    def __init__(self, home, name, kind="rsa2048", since=None, expires="0"):
        self.home, self.name = os.path.join(home, name), name
        self.time = ["--faked-system-time", since + "!"] if since else []
        os.makedirs(self.home, 0o700)
        self.gpg("--quick-gen-key", "%s <%s@localhost>" % (name, name), kind, "sign", expires)
        self.armor = self.gpg("--armor", "--export", name).decode()
        listing = self.gpg("--list-keys", "--with-colons", name).decode()
        self.id = re.search(r"^fpr:+([0-9A-F]+):", listing, re.M)[1][-16:]

    def gpg(self, *words, text=b""):
        done = subprocess.run(["gpg", "--batch", "--quiet", "--yes", "--passphrase", "", "--homedir", self.home, *self.time, *words],
                              input=text, capture_output=True)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return done.stdout

    def sign(self, text, *words):
        return self.gpg("-u", self.name, "--digest-algo", "SHA256", *words, "--detach-sign", text=text)

    def close(self):
        """Ends the agent of gpg."""
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "gpg-agent"], capture_output=True)


def openssl(*words, text=None):
    return subprocess.run(["openssl", *words], check=True, capture_output=True, input=text).stdout


def number(value):
    """A multiprecision integer of OpenPGP."""
    return value.bit_length().to_bytes(2, "big") + value.to_bytes((value.bit_length() + 7) // 8, "big")


def packet(tag, body):
    return bytes([0xC0 | tag, 255]) + len(body).to_bytes(4, "big") + body


class DsaSigner:
    """A key of OpenSSL in packets of OpenPGP: gpg makes no DSA key of 2048 bits whose prime q has 224 bits."""

    def __init__(self, home, name, q_bits=224):
        params, self.key = os.path.join(home, name + ".params"), os.path.join(home, name + ".pem")
        openssl("genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:2048",
                "-pkeyopt", "dsa_paramgen_q_bits:%d" % q_bits, "-out", params)
        openssl("genpkey", "-paramfile", params, "-out", self.key)
        self.q_size = q_bits // 8
        shown = openssl("pkey", "-in", self.key, "-noout", "-text").decode()
        found = {label: int(re.sub(r"[\s:]", "", text), 16)
                 for label, text in re.findall(r"^(pub|P|Q|G):\s*\n((?: +[0-9a-f:]+\n)+)", shown, re.M)}
        self.body = b"\x04" + int(time.time() - 60).to_bytes(4, "big") + b"\x11" + b"".join(number(found[name]) for name in ("P", "Q", "G", "pub"))
        self.hashed_key = b"\x99" + len(self.body).to_bytes(2, "big") + self.body
        self.fingerprint = hashlib.sha1(self.hashed_key).digest()
        self.id = self.fingerprint[-8:].hex().upper()
        user = b"dsa <dsa@localhost>"
        certificate = self.signature(0x13, self.hashed_key + b"\xb4" + len(user).to_bytes(4, "big") + user)
        packets = packet(6, self.body) + packet(13, user) + certificate
        text = base64.encodebytes(packets).decode()
        self.armor = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n%s-----END PGP PUBLIC KEY BLOCK-----\n" % text

    def signature(self, kind, data):
        subpackets = b"\x05\x02" + int(time.time() - 30).to_bytes(4, "big") + b"\x02\x1b\x03" + b"\x16\x21\x04" + self.fingerprint
        head = bytes([4, kind, 17, 8]) + len(subpackets).to_bytes(2, "big") + subpackets
        digest = hashlib.sha256(data + head + b"\x04\xff" + len(head).to_bytes(4, "big")).digest()
        der = openssl("pkeyutl", "-sign", "-inkey", self.key, text=digest[:self.q_size])
        first = 4 + der[3]
        r, s = (int.from_bytes(part, "big") for part in (der[4:first], der[first + 2:]))
        unhashed = b"\x09\x10" + self.fingerprint[-8:]
        return packet(2, head + len(unhashed).to_bytes(2, "big") + unhashed + digest[:2] + number(r) + number(s))

    def sign(self, text):
        return self.signature(0, text)


def certificates(directory):
    """Makes a certificate authority and a certificate for localhost; returns the paths of both."""
    ca, key, request, cert, names = (os.path.join(directory, name) for name in ("ca.pem", "key.pem", "req.pem", "cert.pem", "names"))
    ca_key = os.path.join(directory, "ca-key.pem")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", ca_key, "-out", ca, "-days", "30", "-subj", "/CN=test authority")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=localhost")
    with open(names, "w", encoding="utf-8") as file:
        file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "30", "-extfile", names, "-out", cert)
    return ca, cert, key


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def answer(self, body, code=200, **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        if code == 200:
            is_file = self.path.startswith("/files/") or self.path.endswith(".zip")
            self.send_header("Content-Type", "application/octet-stream" if is_file else "application/json")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        registry = self.server.registry
        registry.seen.append((self.path, self.headers.get("Authorization")))
        fault = registry.faults.get(self.path)
        try:
            if fault:
                return fault(self)
            body = registry.find(self.path)
            self.answer(body if body is not None else b"{}", 200 if body is not None else 404)
        except OSError:
            pass  # the client has gone


class Registry:
    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="registry-")
        self.path = self.temporary.name
        self.ca, cert, key = certificates(self.path)
        self.signer = Signer(self.path, "signer")
        self.faults, self.seen, self.files, self.versions, self.warnings = {}, [], {}, {}, {}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads, self.server.registry = True, self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.host = "localhost:%d" % self.server.server_port

    def close(self):
        self.server.shutdown()
        self.signer.close()
        self.temporary.cleanup()

    def address(self, kind, namespace="acme"):
        return "%s/%s/%s" % (self.host, namespace, kind)

    def add(self, kind, version, packages=None, namespace="acme", signer=None, sums=None, keys=None, listed=None, marked=()):
        """Publishes a version. `packages`: platform → bytes; `sums`: the text of SHA256SUMS instead of the right one; `keys`: the
        ASCII armor of other keys than that of the registry; `listed`: the answers have the member "packages", as this function
        of the right one returns it; `marked`: the keys of these that are marked as keys of partners."""
        packages = packages or {platform: archive({"terraform-provider-%s_v%s" % (kind, version): program(kind, version, platform),
                                                   "LICENSE": "free\n"}) for platform in PLATFORMS}
        signer = signer or self.signer
        base = "/files/%s/%s/%s/" % (namespace, kind, version)
        name = lambda platform: "terraform-provider-%s_%s_%s.zip" % (kind, version, platform)
        text = sums or "".join("%s  %s\n" % (hashlib.sha256(packed).hexdigest(), name(platform)) for platform, packed in packages.items())
        self.files[base + "SHA256SUMS"] = text.encode()
        self.files[base + "SHA256SUMS.sig"] = signer.sign(text.encode())
        keys = [self.signer.armor] if keys is None else keys
        more = {"packages": listed({platform: listing(packed) for platform, packed in packages.items()})} if listed else {}
        for platform, packed in packages.items():
            system, machine = platform.split("_")
            self.files[base + name(platform)] = packed
            self.files["/v1/%s/%s/%s/download/%s/%s" % (namespace, kind, version, system, machine)] = json.dumps({
                "protocols": ["5.0"], "os": system, "arch": machine, "filename": name(platform), "download_url": base + name(platform),
                "shasum": hashlib.sha256(packed).hexdigest(), "shasums_url": base + "SHA256SUMS",
                "shasums_signature_url": base + "SHA256SUMS.sig",
                "signing_keys": {"gpg_public_keys": [{"key_id": self.signer.id, "ascii_armor": armor, "trust_signature": "mark" if armor in marked else ""}
                                                     for armor in keys]},
                **more}).encode()
        self.versions.setdefault((namespace, kind), {})[version] = [dict(zip(("os", "arch"), platform.split("_"))) for platform in packages]

    def find(self, path):
        if path == "/.well-known/terraform.json":
            return json.dumps({"providers.v1": "/v1/"}).encode()
        match = re.fullmatch(r"/v1/([^/]+)/([^/]+)/versions", path)
        if match and match.groups() in self.versions:
            warned = {"warnings": self.warnings[match.groups()]} if match.groups() in self.warnings else {}
            return json.dumps({**warned, "versions": [{"version": version, "protocols": ["5.0"], "platforms": platforms}
                                            for version, platforms in self.versions[match.groups()].items()]}).encode()
        return self.files.get(path)

    def serve_directory(self, directory, prefix):
        """Serves the files below a directory, as a network mirror."""
        for place, _, names in os.walk(directory):
            for name in names:
                path = os.path.join(place, name)
                with open(path, "rb") as file:
                    self.files[prefix + os.path.relpath(path, directory)] = file.read()
