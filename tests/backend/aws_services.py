"""The services that hand out credentials to machines, containers and people, on loopback. Each is as strict as its protocol: a
wrong header, token or method gets nothing.

  services = aws_services.start(keys)     keys() returns (access key, secret key, session token); .port, .log [(method, path)], .secrets
"""
import datetime, http.server, json, threading, urllib.parse

ROLE = "/latest/meta-data/iam/security-credentials/"
MACHINE, CONTAINER = "machine-token-4711", "container token/4712"
CLIENT, REFRESH, ACCESS = "client-secret-4713", "refresh-token-4714", "access-token-4715"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, text=""):
        body = (text if isinstance(text, str) else json.dumps(text)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def keys(self, members):
        access, secret, token = self.server.keys()
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=15)
        shown = end.strftime("%Y-%m-%dT%H:%M:%SZ") if members[3] == "Expiration" else int(end.timestamp() * 1000)
        return dict(zip(members, (access, secret, token, shown)))

    def machine(self, path):
        if self.headers.get("x-aws-ec2-metadata-token") != MACHINE:
            return self.answer(401)
        if path == ROLE:
            return self.answer(200, "worker")
        if path == ROLE + "worker":
            return self.answer(200, {"Code": "Success", "Type": "AWS-HMAC", **self.keys(("AccessKeyId", "SecretAccessKey", "Token", "Expiration"))})
        return self.answer(404)

    def do_PUT(self):
        self.server.log.append(("PUT", self.path))
        seconds = self.headers.get("x-aws-ec2-metadata-token-ttl-seconds", "0")
        if self.path != "/latest/api/token" or not 1 <= int(seconds) <= 21600 or self.headers.get("X-Forwarded-For"):
            return self.answer(400)
        return self.answer(200, MACHINE)

    def do_GET(self):
        self.server.log.append(("GET", self.path))
        url = urllib.parse.urlsplit(self.path)
        if url.path.startswith("/latest/"):
            return self.machine(url.path)
        if url.path == "/container" and self.headers.get("Authorization") == CONTAINER:
            return self.answer(200, self.keys(("AccessKeyId", "SecretAccessKey", "Token", "Expiration")))
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/federation/credentials" and query == {"role_name": "Reader", "account_id": "123456789012"}:
            if self.headers.get("x-amz-sso_bearer_token") != ACCESS:
                return self.answer(401, {"message": "Session token not found or invalid"})
            return self.answer(200, {"roleCredentials": self.keys(("accessKeyId", "secretAccessKey", "sessionToken", "expiration"))})
        return self.answer(403)

    def do_POST(self):
        self.server.log.append(("POST", self.path))
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        wanted = {"grantType": "refresh_token", "clientId": "client", "clientSecret": CLIENT, "refreshToken": REFRESH}
        if self.path != "/token" or body != wanted or self.headers.get("Content-Type") != "application/json":
            return self.answer(400, {"error": "invalid_grant"})
        return self.answer(200, {"accessToken": ACCESS, "expiresIn": 28800, "tokenType": "Bearer", "refreshToken": "next-" + REFRESH})


def start(keys):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.keys, server.log = True, keys, []
    server.secrets = [MACHINE, CONTAINER, CLIENT, REFRESH, ACCESS]
    server.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
