"""The objects of one list, kept up to date by a watch: a test that waits for a change asks the API server for nothing.

  with Followed(cluster, "/api/v1/namespaces/x/configmaps") as maps:
      maps.objects                              the objects as they are now; replaced at each change, so a reader may keep it
  followed = Followed(cluster, path, see)       .start(), .stop(); calls see(object) in its thread for each object, and again whenever one differs

The API server may be away for a while, and may come back with older objects: they are listed anew, and all are seen again."""
import contextlib, http.client, json, socket, threading

PAUSE_SECONDS = 0.5


class Followed:
    def __init__(self, cluster, path, see=lambda one: None):
        self.cluster, self.path, self.see, self.objects = cluster, path, see, ()
        self.ends, self.socket = threading.Event(), None
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.thread.start()

    def stop(self):
        self.ends.set()
        open_socket = self.socket
        if open_socket:
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)  # the thread reads from it
        self.thread.join()

    def run(self):
        while not self.ends.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.watch(self.list())
            self.ends.wait(PAUSE_SECONDS)

    def list(self):
        """The version of the list."""
        status, answer = self.cluster.request("GET", self.path)
        if status != 200:
            raise OSError(status)
        self.objects = tuple(answer["items"])
        for one in self.objects:
            self.see(one)
        return answer["metadata"]["resourceVersion"]

    def watch(self, version):
        """Until the server ends the watch, or refuses this version."""
        connection = self.cluster.connect()
        try:
            connection.connect()
            self.socket = connection.sock
            if self.ends.is_set():
                return
            self.socket.settimeout(None)
            connection.request("GET", "%s?watch=true&resourceVersion=%s" % (self.path, version),
                               headers={"Authorization": "Bearer " + self.cluster.token("root")})
            response = connection.getresponse()
            while (line := response.readline()).endswith(b"\n"):  # the server may die within a line
                event = json.loads(line)
                if event["type"] == "ERROR":
                    return
                self.change(event["object"], event["type"] == "DELETED")
        finally:
            connection.close()

    def change(self, one, is_deleted):
        others = [each for each in self.objects if each["metadata"]["uid"] != one["metadata"]["uid"]]
        self.objects = (*others, *(() if is_deleted else (one,)))
        if not is_deleted:
            self.see(one)
