"""Servers that fail while loam has a secret, and the forms in which the secret would show."""
import base64, json, os, shutil, socket, subprocess, sys, threading

FAILURES = ("401", "403", "500", "reset", "malformed", "echo")


class Server:
    """Fails each request in the same way."""

    def __init__(self, failure):
        self.failure, self.count = failure, 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.loop, daemon=True).start()

    def loop(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            try:
                self.answer(connection)
            except OSError:
                pass

    def answer(self, connection):
        connection.settimeout(5)
        data = connection.recv(65536)
        self.count += bool(data)
        if self.failure == "reset" or not data:
            return
        if self.failure == "malformed":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{\"a\": [[\x00")
            return
        is_echo, said = self.failure == "echo", "denied"
        if is_echo:  # some servers repeat the request
            said += ": " + data.decode("utf-8", "replace")
        text = json.dumps({"error": {"code": 403 if is_echo else int(self.failure), "message": said}, "message": said, "errors": [{"detail": said}]}).encode()
        connection.sendall(b"HTTP/1.1 %s Failed\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
            b"403" if is_echo else self.failure.encode(), len(text), text))


def private_key():
    """A new key in PEM; the test is skipped without the program that makes it."""
    if not shutil.which("openssl"):
        print("openssl is missing")
        sys.exit(77)
    return subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], check=True, capture_output=True, text=True).stdout


def forms(secret):
    data = secret.encode()
    yield from (secret, json.dumps(secret)[1:-1], data.hex(), secret.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"))
    for i in range(3):  # in base64, whatever stands before it
        yield base64.b64encode(data[i:len(data) - (len(data) - i) % 3]).decode()


def files_of(directory):
    for place, _, names in os.walk(directory.path):
        for name in names:
            yield os.path.join(place, name)
