"""Git servers on the loopback interface, with Debian's programs: sshd, and git http-backend behind HTTPS.

  with git_server.start() as server:
      server.repository("a.git")            makes a bare repository; returns its path. is_public=True: HTTPS reads it without a password
      server.ssh("a.git"), .https("a.git")  settings of a client: url, and its credentials
      server.token = "…"                    the password that HTTPS accepts from now on
      server.authorize(public_key)          the keys that ssh accepts from now on
      server.hook("a.git", "pre-receive", script)
      server.git("a.git", "log", …)         standard output of git in the repository
      server.push("a.git", {"path": "text"}, "message")   a push of another person, by plain git

Every process is stopped at the end of the block, and by the kernel if the test dies."""
import base64, contextlib, ctypes, getpass, http.server, os, secrets, shutil, signal, socket, ssl, subprocess, sys, tempfile, threading, time

SSHD = "/usr/sbin/sshd"
BACKEND = "/usr/lib/git-core/git-http-backend"
ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
       "GIT_AUTHOR_NAME": "person", "GIT_AUTHOR_EMAIL": "p@e", "GIT_COMMITTER_NAME": "person", "GIT_COMMITTER_EMAIL": "p@e"}


def skip_without_programs():
    for path in (SSHD, BACKEND):
        if not os.access(path, os.X_OK):
            print("missing: %s" % path)
            sys.exit(77)


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            parts.append(self.rfile.read(size))
            self.rfile.readline()
            if size == 0:
                return b"".join(parts)

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self):
        owner, body = self.server.owner, self.body()
        owner.requests.append((self.command, self.path, dict(self.headers)))
        if owner.redirect:
            return self.reply(302, [("Location", owner.redirect + self.path)], b"")
        wanted = ("Bearer " + owner.token, "Basic " + base64.b64encode(("git:" + owner.token).encode()).decode())
        name, is_write = self.path.lstrip("/").split("/")[0], "git-receive-pack" in self.path
        if self.headers.get("Authorization") not in wanted and (is_write or name not in owner.public_repositories):
            return self.reply(401, [("WWW-Authenticate", 'Basic realm="git"')], b"expired\n")
        path, _, query = self.path.partition("?")
        env = {**ENV, "GIT_PROJECT_ROOT": owner.root, "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "git", "PATH_INFO": path,
               "QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
               "CONTENT_LENGTH": str(len(body)), "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
               "GIT_PROTOCOL": self.headers.get("Git-Protocol", "")}
        done = subprocess.run([BACKEND], input=body, env=env, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [line.split(": ", 1) for line in head.decode().split("\r\n") if line]
        status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
        return self.reply(status, [row for row in headers if row[0] != "Status"], content)

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


class Web(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that is killed or rejects the certificate."""


class Server:
    def __init__(self, directory):
        self.directory, self.root, self.token = directory, os.path.join(directory, "repositories"), "Token-" + secrets.token_hex(8)
        self.requests, self.redirect, self.processes, self.public_repositories = [], None, [], set()
        os.makedirs(self.root)
        self.key = self.make_key("client")
        self.authorize(self.public(self.key))

    def path(self, name):
        return os.path.join(self.directory, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def make_key(self, name, kind="ecdsa", bits="384"):
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-b", bits, "-N", "", "-C", name, "-f", self.path(name)], check=True)
        return name

    def public(self, name):
        return self.read(name + ".pub")

    def authorize(self, *lines):
        with open(self.path("authorized_keys"), "w", encoding="utf-8") as file:
            file.writelines(lines)

    # Servers.

    def start_ssh(self, host_key="host"):
        if not os.path.exists(self.path(host_key)):
            self.make_key(host_key)
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.ssh_port = getattr(self, "ssh_port", None) or one.getsockname()[1]
        # A shell that reads its user's startup files would be slow, or wait for another one's lock. OpenSSH's first key exchange takes a client
        # ten times as long as this one.
        with open(self.path("sshd_config"), "w", encoding="utf-8") as file:
            file.write("Port %d\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nStrictModes no\nUsePAM no\n"
                       "PasswordAuthentication no\nPermitRootLogin prohibit-password\nPidFile none\nMaxStartups 200\nPrintMotd no\n"
                       "SetEnv HOME=/nonexistent\nKexAlgorithms curve25519-sha256\n"
                       % (self.ssh_port, self.path(host_key), self.path("authorized_keys")))
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", self.path("sshd_config")], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
        self.processes.append(process)
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.ssh_port), 1):
                break
            if process.poll() is not None:
                raise RuntimeError("sshd ended")
            time.sleep(0.1)
        self.known_hosts = "[127.0.0.1]:%d %s\n" % (self.ssh_port, " ".join(self.public(host_key).split()[:2]))
        return process

    def start_https(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout",
                        self.path("tls.key"), "-out", self.path("tls.crt"), "-subj", "/CN=127.0.0.1", "-addext",
                        "subjectAltName=IP:127.0.0.1,DNS:localhost"], check=True, capture_output=True)
        self.web = Web(("127.0.0.1", 0), Handler)
        self.web.owner = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("tls.crt"), self.path("tls.key"))
        self.web.socket = context.wrap_socket(self.web.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.ca = self.read("tls.crt")

    def stop(self):
        for process in self.processes:
            process.terminate()
            process.wait()
        self.web.shutdown()

    # Clients.

    def ssh(self, name, key=None):
        return {"url": "ssh://%s@127.0.0.1:%d%s" % (getpass.getuser(), self.ssh_port, os.path.join(self.root, name)), "branch": "main",
                "private_key": self.read(key or self.key), "known_hosts": self.known_hosts}

    def https(self, name):
        return {"url": "https://127.0.0.1:%d/%s" % (self.web.server_port, name), "branch": "main", "username": "git", "password": self.token,
                "certificate_authority": self.ca}

    def git(self, name, *words, **more):
        done = subprocess.run(["git", *words], cwd=os.path.join(self.root, name), env=ENV, capture_output=True, encoding="utf-8", check=False, **more)
        if done.returncode:
            raise RuntimeError("git %s: %s" % (" ".join(words), done.stderr))
        return done.stdout.strip()

    def repository(self, name, is_public=False):
        path = os.path.join(self.root, name)
        if is_public:
            self.public_repositories.add(name)
        os.makedirs(path)
        self.git(name, "init", "-q", "--bare", "-b", "main")
        self.git(name, "config", "http.receivepack", "true")
        return path

    def hook(self, name, hook, script):
        path = os.path.join(self.root, name, "hooks", hook)
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + script + "\n")
        os.chmod(path, 0o755)
        return path

    def push(self, name, files, message="change"):
        """With a clone of its own; repeats an overtaken push."""
        with tempfile.TemporaryDirectory(prefix="person-") as directory:
            def git(*words):
                done = subprocess.run(["git", *words], cwd=directory, env=ENV, capture_output=True, encoding="utf-8", check=False)
                return done.returncode == 0, done.stderr
            while True:
                for ok, error in (git("init", "-q", "-b", "main"), git("fetch", "-q", os.path.join(self.root, name), "main")):
                    if not ok and "find remote ref" not in error:
                        raise RuntimeError(error)
                git("reset", "-q", "--hard", "FETCH_HEAD")
                for path, text in files.items():
                    whole = os.path.join(directory, path)
                    os.makedirs(os.path.dirname(whole), exist_ok=True)
                    with open(whole, "w", encoding="utf-8") as file:
                        file.write(text)
                git("add", "-A")
                git("commit", "-q", "--allow-empty", "-m", message)
                ok, error = git("push", "-q", os.path.join(self.root, name), "HEAD:refs/heads/main")
                if ok:
                    return
                if not any(words in error for words in ("fetch first", "non-fast-forward", "lock ref", "failed to update ref", "incorrect old")):
                    raise RuntimeError(error)


@contextlib.contextmanager
def start():
    skip_without_programs()
    directory = tempfile.mkdtemp(prefix="loam-git-server-")
    os.chmod(directory, 0o755)
    server = Server(directory)
    try:
        server.start_ssh()
        server.start_https()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)
