"""A Consul agent on loopback, with its state in memory.

  with consul_server.Agent() as agent:     the test is skipped (exit status 77) if there is no program "consul"
      agent.port                           of its HTTP interface
      agent.ask("GET", "kv/x?raw")         → status, bytes
  Agent(acl={…}, tls=(certificate, key, authority))    the members of its configuration; with https instead of http"""
import contextlib, http.client, json, os, socket, ssl, subprocess, sys, tempfile, time

from server_program import ServerProgram, find

SKIPPED = 77
ROOT_TOKEN = "b1a5c7d2-0000-4000-8000-1d0f5ea7b001"  # of an agent with ACLs


def program():
    """The path of consul, or None."""
    return find("consul")


def free_ports(count):
    with contextlib.ExitStack() as stack:
        return [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


class Agent(ServerProgram):
    def __init__(self, tls=None, **more):
        path = program()
        if not path:
            print("consul is missing")
            sys.exit(SKIPPED)
        self.directory = tempfile.mkdtemp(prefix="loam-consul-")
        self.port, server, lan = free_ports(3)
        self.context = tls and ssl.create_default_context(cafile=tls[2])
        ports = {"http": -1 if tls else self.port, "https": self.port if tls else -1, "server": server, "serf_lan": lan, "serf_wan": -1,
                 "dns": -1, "grpc": -1, "grpc_tls": -1}
        more.update({"tls": {"https": {"cert_file": tls[0], "key_file": tls[1], "ca_file": tls[2], "verify_incoming": True}}} if tls else {})
        config = {"ports": ports, "bind_addr": "127.0.0.1", "client_addr": "127.0.0.1", "log_level": "error", "disable_update_check": True,
                  "connect": {"enabled": False}, "limits": {"http_max_conns_per_client": 1000}, **more}
        with open(os.path.join(self.directory, "agent.json"), "w", encoding="utf-8") as file:
            json.dump(config, file)
        self.log = open(os.path.join(self.directory, "log"), "wb")
        self.process = subprocess.Popen([path, "agent", "-dev", "-config-file=" + os.path.join(self.directory, "agent.json")],
                                        cwd=self.directory, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        env={key: value for key, value in os.environ.items() if not key.startswith("CONSUL_")})

    def __enter__(self):
        end = time.monotonic() + 120
        while True:
            try:
                status, _ = self.ask("PUT", "session/create", b'{"TTL": "10s"}')
                if status == 200:  # it has a leader
                    return self
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                text = self.read_log()[-2000:]
                self.close()
                raise AssertionError("consul does not start:\n" + text)
            time.sleep(0.1)

    def ask(self, method, path, body=None, token=ROOT_TOKEN):
        connection = (http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.context) if self.context
                      else http.client.HTTPConnection("127.0.0.1", self.port, timeout=60))
        try:
            connection.request(method, "/v1/" + path, body, {"X-Consul-Token": token} if token else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
