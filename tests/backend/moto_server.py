"""moto, a program of PyPI that answers as AWS does: S3 with conditional writes, DynamoDB, the security token service. It does
not check signatures.

  with moto_server.Moto() as moto:      the test is skipped (exit status 77) if pip cannot install it
      moto.port, moto.call(service, operation, …), moto.ask(method, path)
"""
import http.client, json, os, socket, subprocess, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import package_cache

PACKAGE = "moto[server]==5.2.1"
SKIPPED = 77
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/%s/aws4_request, SignedHeaders=host, Signature=0"}
ENV = {"AWS_ACCESS_KEY_ID": "AKIATESTTESTTEST", "AWS_SECRET_ACCESS_KEY": "s3cr3t/of+the/store", "AWS_EC2_METADATA_DISABLED": "true",
       "HOME": "/proc/nonexistent"}

# Moto looks at an object and writes it in two steps, so two conditional writes at the same time would both succeed: it serves one request
# after the other.
SERVE = """import io, sys, threading
import moto.server

run, lock = moto.server.run_simple, threading.Lock()

def run_in_turn(host, port, app, **more):
    def in_turn(environ, start_response):
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length:
            environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
        with lock:
            return list(app(environ, start_response))
    run(host, port, in_turn, **more)

moto.server.run_simple = run_in_turn
sys.exit(moto.server.main())
"""


class Moto:
    def __init__(self):
        top = package_cache.python(PACKAGE)
        if not top:
            print("pip cannot install %s" % PACKAGE)
            sys.exit(SKIPPED)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        env = {**os.environ, "MOTO_ACCOUNT_ID": "123456789012"}
        self.process = subprocess.Popen([os.path.join(top, "bin/python"), "-c", SERVE, "-H", "127.0.0.1", "-p", str(self.port)], env=env,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait()

    def wait(self):
        for _ in range(600):
            try:
                return self.ask("GET", "/moto-api/")
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise AssertionError("moto does not start")

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.process.terminate()
        self.process.wait()

    def ask(self, method, path, body=None, service="s3", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {**{key: value % service for key, value in SIGNED.items()},
                                                    **{key.replace("_", "-"): value for key, value in headers.items()}})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def table(self, operation, **body):
        """One operation of DynamoDB; its result. Moto answers 500 if another request changes the table meanwhile."""
        for _ in range(5):
            status, text = self.ask("POST", "/", json.dumps(body), "dynamodb", X_Amz_Target="DynamoDB_20120810." + operation,
                                    Content_Type="application/x-amz-json-1.0")
            if status != 500:
                break
        assert status == 200, text
        return json.loads(text)

    def kms(self, operation, **body):
        """One operation of the key management service; its result."""
        status, text = self.ask("POST", "/", json.dumps(body), "kms", X_Amz_Target="TrentService." + operation, Content_Type="application/x-amz-json-1.1")
        assert status == 200, text
        return json.loads(text)

    def make_table(self, name):
        self.table("CreateTable", TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
                   AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}])

    def items(self, name):
        """The items of the table, by their LockID."""
        return {item["LockID"]["S"]: {key: value["S"] for key, value in item.items()} for item in self.table("Scan", TableName=name)["Items"]}
