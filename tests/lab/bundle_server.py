"""Serves a directory: bundle_server.py ADDRESS PORT DIRECTORY LOG. Parts of files are allowed. The first answer about each file of more than
a megabyte ends in its middle. LOG gets a line for each answer: path, first byte, bytes sent."""
import http.server, os, re, sys

address, port, directory, log = sys.argv[1:]
LARGE = 1 << 20
cut = set()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = os.path.join(directory, os.path.normpath(self.path).lstrip("/"))
        if not os.path.isfile(path):
            return self.send_error(404)
        size, part = os.path.getsize(path), re.match(r"bytes=(\d+)-$", self.headers.get("Range", ""))
        first = int(part[1]) if part else 0
        if first >= size:
            return self.send_error(416)
        self.send_response(206 if part else 200)
        if part:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (first, size - 1, size))
        self.send_header("Content-Length", str(size - first))
        self.end_headers()
        key = self.client_address[0], path
        count = size // 2 if size > LARGE and key not in cut else size - first
        cut.add(key)
        with open(path, "rb") as file:
            file.seek(first)
            left = count
            while left and (piece := file.read(min(left, LARGE))):
                self.wfile.write(piece)
                left -= len(piece)
        with open(log, "a", encoding="ascii") as out:
            out.write("%s %s %d %d\n" % (self.client_address[0], self.path, first, count))

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer((address, int(port)), Handler).serve_forever()
