"""The program of a server that a test starts on loopback, with its directory and its log.

  server_program.find("vault")         its path, as installed or as tests/programs/build made it; or None
  class Server(ServerProgram):         `process`, `directory` and the open file `log` are ended, removed and closed by close(), or at
                                       the end of a `with`"""
import os, shutil


def find(name):
    built = os.path.join(os.environ.get("LOAM_PROGRAMS") or os.path.expanduser("~/.cache/loam/programs"), "bin")
    return shutil.which(name) or shutil.which(name, path=built)


class ServerProgram:
    process = directory = log = None

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def read_log(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return file.read()
