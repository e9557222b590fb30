"""Proxies on the loopback interface: HTTP CONNECT, and SOCKS 5.

  proxy = Proxy(socks5)
  proxy.url, proxy.targets, proxy.close()      targets: the hosts that clients have asked for"""
import contextlib, socket, threading


class Proxy:
    def __init__(self, serve):
        self.serve, self.targets = serve, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = "%s://127.0.0.1:%d" % ("socks5" if serve is socks5 else "http", self.port)
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        with contextlib.suppress(OSError), client:
            host, port = self.serve(client)
            self.targets.append(host)
            with socket.create_connection(("127.0.0.1", port)) as upstream:
                threads = [threading.Thread(target=self.copy, args=pair, daemon=True) for pair in ((client, upstream), (upstream, client))]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()

    def copy(self, source, sink):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


def exactly(client, size):
    data = b""
    while len(data) < size:
        piece = client.recv(size - len(data))
        if not piece:
            raise OSError("the client left")
        data += piece
    return data


def http_connect(client):
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        data += exactly(client, 1)
    method, target, _ = data.split(b" ", 2)
    if method != b"CONNECT":
        raise OSError("the client sent %s" % method)
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    host, port = target.decode().rsplit(":", 1)
    return host, int(port)


def socks5(client):
    exactly(client, exactly(client, 2)[1])
    client.sendall(b"\x05\x00")
    kind = exactly(client, 4)[3]
    host = socket.inet_ntoa(exactly(client, 4)) if kind == 1 else exactly(client, exactly(client, 1)[0]).decode()
    port = int.from_bytes(exactly(client, 2), "big")
    client.sendall(b"\x05\x00\x00\x01" + bytes(6))
    return host, port
