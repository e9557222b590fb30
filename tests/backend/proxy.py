"""A proxy between the program and a server on loopback, which counts requests and makes the Nth one fail.

A request is a turn of the talk: what the client says until the server answers. So it serves any protocol in which the
client asks and HTTP status (HTTP with or without TLS, PostgreSQL's); TLS passes through unread, and then "500"
cannot be used.

    with Proxy(("127.0.0.1", 2379)) as proxy:
        proxy.arm({3: "lost"})           # from now on, counting anew: the third request
        ... run the program against proxy.port ...
        proxy.count                      # requests since it was armed
        proxy.hit                        # the faults that occurred, as (number, kind)
    proxy.listen(); proxy.sent       # all bytes of the clients since then, one item per connection

Kinds:
    cut          the connection ends before the server receives the request
    lost         the server handles the request, and its response is lost
    half         half of the first packet of the response is forwarded, then the connection ends
    500          the server never receives it; the client reads "500 Internal Server Error" (HTTP)
    delay:S      the request is delayed by S seconds
    late:S       the connection ends, and the server receives the request S seconds later
    keep         the connection ends, and the server receives the request when deliver() is called
    hang         no response, and an open connection, until the proxy is closed or armed again
A callable is called with the number before the server receives the request, and may return one of these or None (to kill
the program there: os.kill(pid, 9); return "cut"). The pair (callable, "after") is called when the server has responded,
before the client receives it. The key "*" stands for every request without its own row; a range of numbers is
written as range(2, 5). A pattern stands for the first request that begins with a match. A client that does not wait for the response to its last request may end while a callable of that
request still runs: proxy.wait_until_idle() returns when every connection has ended."""
import re, select, socket, threading, time


class Victim:
    """A program that dies at a request, which can arrive before the test has the process: `die` waits for it.

    victim = Victim(); proxy.arm({3: victim.die}); text = victim.run(start_the_program())"""

    def __init__(self):
        self.process, self.started = None, threading.Event()

    def run(self, process, seconds=180):
        """Waits for the end of the program; returns its output."""
        self.process = process
        self.started.set()
        return process.communicate(timeout=seconds)[0]

    def die(self, _):
        self.started.wait()
        self.process.kill()
        self.process.wait()
        return "cut"


class Proxy:
    def __init__(self, target):
        self.target = target
        self.lock = threading.Lock()
        self.faults, self.count, self.hit = {}, 0, []
        self.sent = None
        self.released = threading.Event()
        self.kept = []  # pairs of events: deliver the request; the server has responded
        self.open = True
        self.connections = set()
        self.idle = threading.Condition(self.lock)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def arm(self, faults=None):
        with self.lock:
            self.faults, self.count, self.hit = dict(faults or {}), 0, []
            self.released.set()
            self.released = threading.Event()

    def deliver(self):
        """Sends the kept requests to the server, and returns when it has responded."""
        with self.lock:
            kept, self.kept = self.kept, []
        for go, done in kept:
            go.set()
            if not done.wait(timeout=60):
                raise TimeoutError("a late request has no response")

    def wait_until_idle(self):
        with self.idle:
            is_idle = self.idle.wait_for(lambda: not self.connections, timeout=120)
        if not is_idle:
            raise TimeoutError("a connection is still open")

    def listen(self):
        """Records all bytes of the clients in .sent from now on, one item per connection."""
        with self.lock:
            self.sent = []

    def cut_all(self):
        """Ends every open connection now."""
        with self.lock:
            connections = list(self.connections)
        for connection in connections:
            _end(connection)

    def close(self):
        self.open = False
        self.released.set()
        for go, _ in self.kept:
            go.set()
        _end(self.listener)
        self.cut_all()

    # -- one connection ---------------------------------------------------------------------

    def _accept(self):
        while self.open:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        server = None
        try:
            server = socket.create_connection(self.target, timeout=20)
            server.settimeout(None)
            for connection in (client, server):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.connections |= {client, server}
            self._talk(client, server)
        except (OSError, ValueError):  # or closed by close()
            pass
        finally:
            with self.lock:
                self.connections -= {client, server}
                self.idle.notify_all()
            for connection in (client, server):
                if connection:
                    _end(connection)

    def _talk(self, client, server):
        answered, fault, sent = True, None, bytearray()
        with self.lock:
            if self.sent is not None:
                self.sent.append(sent)
        while self.open:
            ready, _, _ = select.select([client, server], [], [], 1)
            if client in ready:
                data = client.recv(1 << 16)
                if not data:
                    return
                sent += data
                if answered:  # a new request
                    answered = False
                    fault = self._next(data)
                    if not self._before(fault, client, server, data):
                        return
                server.sendall(data)
            if server in ready:
                data = server.recv(1 << 16)
                if not data:
                    return
                if not answered:
                    answered = True
                    if not self._after(fault, client, data):
                        return
                client.sendall(data)

    def _next(self, data):
        with self.lock:
            self.count += 1
            number = self.count
            pattern = next((key for key in self.faults if isinstance(key, re.Pattern) and key.match(data)), None)
            fault = self.faults.pop(pattern) if pattern else self.faults.get(number)
            if fault is None:
                fault = next((kind for key, kind in self.faults.items() if isinstance(key, range) and number in key),
                             self.faults.get("*"))
        if callable(fault):
            fault = fault(number)
        if fault is not None:
            with self.lock:
                self.hit.append((number, fault))
        return fault

    def _send_late(self, client, server, data, wait):
        data += _drain(client)
        _end(client)
        wait()
        server.sendall(data)
        server.settimeout(20)
        server.recv(1 << 16)
        return False

    def _keep(self, client, server, data):
        go, done = threading.Event(), threading.Event()
        with self.lock:
            self.kept.append((go, done))
        try:
            return self._send_late(client, server, data, go.wait)
        finally:
            done.set()

    def _before(self, fault, client, server, data):
        """Returns whether to forward the request."""
        if fault == "cut":
            return False
        if fault == "500":
            client.sendall(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            _drain(client)
            return False
        if fault == "hang":
            self.released.wait()
            return False
        if isinstance(fault, str) and fault.startswith("late:"):
            return self._send_late(client, server, data, lambda: time.sleep(float(fault[5:])))
        if fault == "keep":
            return self._keep(client, server, data)
        if isinstance(fault, str) and fault.startswith("delay:"):
            time.sleep(float(fault[6:]))
        return True

    def _after(self, fault, client, data):
        """Returns whether to forward the response."""
        if fault == "lost":
            return False
        if fault == "half":
            client.sendall(data[:len(data) // 2])
            return False
        if isinstance(fault, tuple):
            return fault[0](self.count) != "cut"
        return True


def _end(connection):
    for act in (lambda: connection.shutdown(socket.SHUT_RDWR), connection.close):
        try:
            act()
        except OSError:
            pass


def _drain(client):
    """Returns the rest of the request: otherwise closing the connection would reset it and lose the response."""
    client.settimeout(0.2)
    rest = b""
    try:
        while data := client.recv(1 << 16):
            rest += data
    except OSError:
        pass
    return rest
