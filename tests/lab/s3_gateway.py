"""versitygw as an S3 store with a bucket "snapshots": its owner, and the user "node", whose policy permits PutObject alone.

    with Gateway(directory, "10.88.0.1:7070", prefix) as store: store.objects()

`prefix` starts commands in the network namespace of the test. curl signs the requests of this file."""
import json, os, re, subprocess, time

PROGRAM = os.path.join(os.environ.get("LOAM_PROGRAMS", os.path.expanduser("~/.cache/loam/programs")), "bin/versitygw")
BUCKET = "snapshots"
REGION = "us-east-1"
OWNER = ("owner", "secret-of-the-owner")
NODE = ("node", "secret-of-the-node")
POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": NODE[0]}, "Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::%s/*" % BUCKET]}]}


class Gateway:
    def __init__(self, top, address, prefix=()):
        self.top, self.prefix = top, list(prefix)
        self.url = "http://" + address
        self.address = address
        self.data = os.path.join(top, "data")

    def __enter__(self):
        for name in ("data", "sidecar", "iam"):
            os.makedirs(os.path.join(self.top, name))
        self.log = open(os.path.join(self.top, "log"), "w", encoding="utf-8")
        environment = {**os.environ, "ROOT_ACCESS_KEY": OWNER[0], "ROOT_SECRET_KEY": OWNER[1]}
        self.process = subprocess.Popen([*self.prefix, PROGRAM, "--port", self.address, "--iam-dir", self.top + "/iam", "posix", "--sidecar",
                                         self.top + "/sidecar", self.data], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment)
        for _ in range(300):
            if self.request("PUT", "/" + BUCKET) == "200":
                break
            time.sleep(0.1)
        else:
            raise RuntimeError("versitygw does not start: " + self.log_text()[-2000:])
        account = "<Account><Access>%s</Access><Secret>%s</Secret><Role>user</Role></Account>" % NODE
        statuses = self.request("PATCH", "/create-user", account), self.request("PUT", "/%s?policy=" % BUCKET, json.dumps(POLICY))
        if statuses != ("201", "204"):
            raise RuntimeError("the user of the store was not made: %s" % (statuses,))
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def log_text(self):
        with open(self.log.name, encoding="utf-8") as file:
            return file.read()

    def request(self, method, path, body="", user=OWNER):
        """The status of the response."""
        return subprocess.run([*self.prefix, "curl", "-q", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", method, "-d", body,
                               "-H", "content-type: application/octet-stream", "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD",
                               "--aws-sigv4", "aws:amz:%s:s3" % REGION, "--user", ":".join(user), self.url + path],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False).stdout

    def objects(self):
        """Names of the snapshots, sorted by the time in them."""
        top = os.path.join(self.data, BUCKET)
        found = [os.path.relpath(os.path.join(place, name), top) for place, _, names in os.walk(top) for name in names if name.endswith(".cms")]
        return sorted(found, key=lambda name: re.search(r"-(\d{8}T\d{6}Z)-", name).group(1))

    def path(self, name):
        """The file with the content of the object."""
        return os.path.join(self.data, BUCKET, name)
