"""A web server on loopback for cases whose files contain @URL@; it starts with the first of them.

    /text /json /binary     fixed responses
    /status/CODE            that status
    /echo                   method and body of the request
    /echo-header/NAME       value of a header of the request
    /twice                  one header twice
    /redirect               redirects to /text
    /flaky/KEY/N            status 503 N times, then 200"""
import http.server
import threading

PLACE = "@URL@"
started = []


class Handler(http.server.BaseHTTPRequestHandler):
    seen = {}

    def answer(self):
        words = self.path.strip("/").split("/")
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        code, kind, body, more = 200, "text/plain; charset=utf-8", b"hello\n", []
        if words[0] == "json":
            kind, body = "application/json", b'{"a": 1, "b": ["x", "y"]}'
        elif words[0] == "binary":
            body = b"\xff\x00\xfe"
        elif words[0] == "status":
            code, body = int(words[1]), b"status %s\n" % words[1].encode()
        elif words[0] == "echo":
            body = b"%s %s\n" % (self.command.encode(), sent)
        elif words[0] == "echo-header":
            body = (self.headers.get(words[1], "") + "\n").encode()
        elif words[0] == "twice":
            more = [("X-Two", "a"), ("X-Two", "b")]
        elif words[0] == "redirect":
            code, body, more = 302, b"", [("Location", "/text")]
        elif words[0] == "flaky":
            count = self.seen[self.path] = self.seen.get(self.path, 0) + 1
            if count % (int(words[2]) + 1):
                code, body = 503, b"later\n"
        self.send_response_only(code)
        for name, value in [("Content-Type", kind), ("Content-Length", str(len(body))), *more]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = answer

    def log_message(self, *words):
        pass


def url():
    if not started:
        started.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=started[0].serve_forever, daemon=True).start()
    return "http://127.0.0.1:%d" % started[0].server_port


def show(text):
    return text.replace(PLACE, url()) if PLACE in text else text


def hide(text):
    return text.replace(url(), PLACE) if started else text
