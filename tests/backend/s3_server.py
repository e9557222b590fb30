"""An S3 store on loopback, as far as states need it: objects in memory, Signature Version 4 checked with another
implementation than loam's, conditional writes, lists in small pages; error messages as Amazon's and MinIO's.

  server = s3_server.start(conditional=True)      a thread; .port, .objects {(bucket, key): bytes}, .log [(method, path)],
                                                  .busy: the number of conditional writes that must be retried;
                                                  .keeps: object retention, which requires checksums;
                                                  .is_token(token): whether a session token is valid
                                                  .region: of the bucket, if it is another one
                                                  conditional: "ignored" writes under any condition
                                                  .replaces: whether If-Match is honoured, or "unsupported"
                                                  with a directory of certificates (kube_server's) it serves TLS
"""
import base64, hashlib, hmac, http.server, os, ssl, threading, urllib.parse, uuid
from xml.sax.saxutils import escape

ACCESS, SECRET = "AKIATESTTESTTEST", "s3cr3t/of+the/store"
PAGE = 3  # names per page, so that few objects make several pages


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def expected_signature(handler, body, day, region, names):
    """The signature that the request should have, computed from the received bytes."""
    url = urllib.parse.urlsplit(handler.path)
    query = "&".join(sorted(urllib.parse.quote(key, safe="-_.~") + "=" + urllib.parse.quote(value, safe="-_.~")
                            for key, value in urllib.parse.parse_qsl(url.query, keep_blank_values=True)))
    headers = "".join("%s:%s\n" % (name, " ".join(handler.headers[name].split())) for name in names)
    canonical = "\n".join([handler.command, url.path, query, headers, ";".join(names), hashlib.sha256(body).hexdigest()])
    scope = "%s/%s/s3/aws4_request" % (day, region)
    text = "\n".join(["AWS4-HMAC-SHA256", handler.headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for part in (day, region, "s3", "aws4_request"):
        key = sign(key, part)
    return sign(key, text).hex()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, message):
        text = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>%s</Message></Error>' % (code, message)
        self.answer(status, text.encode(), Content_Type="application/xml")

    def is_signed(self, body):
        fields = self.headers.get("Authorization", "").replace("AWS4-HMAC-SHA256", "").replace(" ", "").split(",")
        fields = dict(field.split("=", 1) for field in fields if "=" in field)
        if "Credential" not in fields:
            return self.refuse(403, "AccessDenied", "Access Denied.")
        access, day, region, _, _ = fields["Credential"].split("/")
        if access != ACCESS:
            return self.refuse(403, "InvalidAccessKeyId", "The access key does not exist.")
        if region != "eu-test-1":
            return self.refuse(400, "AuthorizationHeaderMalformed", "the region is wrong; expecting 'eu-test-1'")
        if self.server.is_token and not self.server.is_token(self.headers.get("x-amz-security-token")):
            return self.refuse(400, "ExpiredToken", "The provided token has expired.")
        sent = self.headers.get("x-amz-content-sha256", "")
        names = fields["SignedHeaders"].split(";")
        if "host" not in names or (not sent.startswith("STREAMING") and sent != "UNSIGNED-PAYLOAD" and sent != hashlib.sha256(body).hexdigest()):
            return self.refuse(400, "XAmzContentSHA256Mismatch", "The digest of the body is another one.")
        if not sent.startswith("STREAMING") and fields["Signature"] != expected_signature(self, body, day, region, names):
            return self.refuse(403, "SignatureDoesNotMatch", "The signature is another one.")
        return True

    def read_body(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.headers.get("x-amz-content-sha256", "").startswith("STREAMING"):
            return body, body
        content, rest = b"", body  # chunks with trailers, as other clients send them
        while rest:
            size, rest = rest.split(b"\r\n", 1)
            length = int(size.split(b";")[0], 16)
            if length == 0:
                break
            content, rest = content + rest[:length], rest[length + 2:]
        return body, content

    def handle_any(self):
        raw, body = self.read_body()
        with self.server.lock:
            self.server.log.append((self.command, self.path))
            if self.is_signed(raw):
                url = urllib.parse.urlsplit(self.path)
                bucket, _, key = urllib.parse.unquote(url.path).lstrip("/").partition("/")
                query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
                self.serve(bucket, key, query, body)

    do_GET = do_PUT = do_DELETE = do_HEAD = handle_any

    def serve(self, bucket, key, query, body):
        objects = self.server.objects
        if self.server.region:
            return self.answer(301, x_amz_bucket_region=self.server.region)
        if bucket not in self.server.buckets:
            return self.refuse(404, "NoSuchBucket", "The specified bucket does not exist")
        if not key and self.command == "GET":
            return self.list(bucket, query)
        if not key:
            return self.answer(200)
        place = (bucket, key)
        if self.command == "PUT":
            return self.put(place, body)
        if self.command == "DELETE":
            if self.is_refused(place):
                return None
            objects.pop(place, None)
            return self.answer(204)
        if place not in objects:
            return self.refuse(404, "NoSuchKey", "The specified key does not exist.")
        if self.refuses_encryption():
            return None
        needed = self.server.keys.get(place)
        if needed != self.headers.get("x-amz-server-side-encryption-customer-key-md5"):
            return self.refuse(400, "InvalidRequest", "The key that it was stored with is missing.")
        return self.answer(200, objects[place], ETag='"%s"' % hashlib.md5(objects[place]).hexdigest(), Content_Type="application/json")

    def refuses_encryption(self):
        if self.headers.get("x-amz-server-side-encryption") and not self.server.encrypts:
            return self.refuse(501, "NotImplemented", "Server side encryption specified but KMS is not configured") or True
        if self.headers.get("x-amz-server-side-encryption-customer-key") and not isinstance(self.server.socket, ssl.SSLSocket):
            return self.refuse(400, "InvalidRequest", "Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.") or True
        return False

    def put(self, place, body):
        if len(place[1].encode()) > 1024:
            return self.refuse(400, "KeyTooLongError", "Your key is too long")
        if self.refuses_encryption():
            return None
        checksum = self.headers.get("x-amz-checksum-sha256")
        if checksum and checksum != base64.b64encode(hashlib.sha256(body).digest()).decode():
            return self.refuse(400, "BadDigest", "The SHA256 you specified did not match the calculated checksum.")
        if self.server.keeps and not any(name.lower().startswith(("x-amz-checksum-", "content-md5", "x-amz-trailer")) for name in self.headers):
            return self.refuse(400, "InvalidRequest", "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters")
        if "If-None-Match" in self.headers:
            if self.server.busy > 0:
                self.server.busy -= 1
                return self.refuse(409, "ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation against this resource.")
            if not self.server.conditional:
                return self.refuse(501, "NotImplemented", "This store writes under no conditions.")
            if place in self.server.objects and self.server.conditional != "ignored":
                return self.refuse(412, "PreconditionFailed", "There is an object already.")
        if self.is_refused(place):
            return None
        own = self.headers.get("x-amz-server-side-encryption-customer-key")
        if own and base64.b64encode(hashlib.md5(base64.b64decode(own)).digest()).decode() != self.headers["x-amz-server-side-encryption-customer-key-md5"]:
            return self.refuse(400, "InvalidArgument", "The digest of the key is another one.")
        self.server.objects[place] = body
        self.server.keys[place] = self.headers.get("x-amz-server-side-encryption-customer-key-md5")
        self.server.headers[place] = dict(self.headers.items())
        return self.answer(200, ETag='"%s"' % hashlib.md5(body).hexdigest())

    def is_refused(self, place):
        """Whether If-Match is not met, or not supported: of a write or, in S3 since 2025, of a deletion."""
        if "If-Match" not in self.headers or not self.server.replaces:
            return False
        if self.server.replaces == "unsupported":
            self.refuse(501, "NotImplemented", "This store changes no object under a condition.")
        elif place not in self.server.objects:
            self.refuse(404, "NoSuchKey", "The specified key does not exist.")
        elif self.headers["If-Match"] != '"%s"' % hashlib.md5(self.server.objects[place]).hexdigest():
            self.refuse(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
        else:
            return False
        return True

    def list(self, bucket, query):
        prefix = query.get("prefix", "")
        names = sorted(key for owner, key in self.server.objects if owner == bucket and key.startswith(prefix))
        start = self.server.tokens.get(query.get("continuation-token"), "")
        names = [name for name in names if name > start]
        page, more = names[:PAGE], len(names) > PAGE
        encode = (lambda name: urllib.parse.quote_plus(name, safe="/")) if query.get("encoding-type") == "url" else escape
        text = '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>%s</Name>' % bucket
        text += "<Prefix>%s</Prefix><IsTruncated>%s</IsTruncated>" % (encode(prefix), "true" if more else "false")
        if "encoding-type" in query:
            text += "<EncodingType>url</EncodingType>"
        if more:
            token = uuid.uuid4().hex + "/+="
            self.server.tokens[token] = page[-1]
            text += "<NextContinuationToken>%s</NextContinuationToken>" % token
        text += "".join("<Contents><Key>%s</Key><Size>%d</Size></Contents>" % (encode(name), len(self.server.objects[bucket, name])) for name in page)
        self.answer(200, (text + "</ListBucketResult>").encode(), Content_Type="application/xml")


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *args):
        """Ignores connections of killed programs."""


def start(conditional=True, directory=None, encrypts=True):
    server = Server(("127.0.0.1", 0), Handler)
    if directory:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(directory, "server.pem"), os.path.join(directory, "server.key"))
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = True
    server.lock = threading.Lock()
    server.region = server.is_token = None
    server.conditional, server.encrypts, server.busy, server.keeps, server.replaces = conditional, encrypts, 0, False, True
    server.buckets, server.objects, server.keys, server.headers, server.tokens, server.log = {"states"}, {}, {}, {}, {}, []
    server.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
