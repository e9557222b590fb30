"""A temporary directory in which the program runs, and checks of its output.

LOAM is the program with sanitizers, RELEASE the installed one; the runner sets both variables."""
import json, os, pathlib, re, subprocess, sys, tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
LOAM = os.path.abspath(os.environ.get("LOAM_DEV", TOP / "build/dev/loam"))
RELEASE = os.path.abspath(os.environ.get("LOAM", TOP / "build/release/loam"))
# The environment without variables that change the program's output.
ENV = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "LOAM_"))}
# The record of installed packages.
STATE = tempfile.TemporaryDirectory(prefix="loam-state-")
ENV["XDG_STATE_HOME"] = STATE.name
# The directory of the programs that the tests are made of: the release build has none.
PROGRAMS = next(filter(os.path.isdir, (os.path.join(os.path.dirname(LOAM), "tests"), TOP / "build/dev/tests")), None)
DECORATION = re.compile(r"\x1b\[[0-9;]*m|[│╷╵]")


def fail(text):
    sys.exit(text)


def check(holds, text):
    if not holds:
        fail(text)


def equal(got, wanted, text):
    check(got == wanted, "%s: got %r, wanted %r" % (text, got, wanted))


def each(texts):
    return (texts,) if isinstance(texts, str) else texts


def write(directory, files):
    for name, text in files.items():
        path = pathlib.Path(directory, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


class Directory:
    program = LOAM

    def __init__(self, files=None):
        self.temporary = tempfile.TemporaryDirectory(prefix="loam-")
        self.path = pathlib.Path(self.temporary.name)
        self.env = dict(ENV)
        write(self.path, files or {})

    def put(self, name, text):
        write(self.path, {name: text})

    def read(self, name):
        return (self.path / name).read_bytes()

    def remove(self, name):
        (self.path / name).unlink()

    def state(self, name="terraform.tfstate"):
        return json.loads((self.path / name).read_text(encoding="utf-8"))

    def start(self, *words):
        return subprocess.Popen([self.program, *words], cwd=self.path, env=self.env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")

    def call(self, *words, typed="", env=None, program=None):
        return subprocess.run([program or self.program, *words], cwd=self.path, env={**self.env, **(env or {})}, input=typed,
                              capture_output=True, encoding="utf-8", errors="replace", timeout=120)

    def run(self, *words, status=0, says=(), hides=(), **more):
        """Runs the program and returns its standard output. All output must contain some texts and not others, however
        lines are broken."""
        done = self.call(*words, **more)
        text = DECORATION.sub("", done.stdout + done.stderr)
        flat, command = " ".join(text.split()), " ".join(words)
        if done.returncode != status:
            fail("%s: status %d instead of %d\n%s" % (command, done.returncode, status, text))
        for wanted in each(says):
            if wanted not in flat:
                fail("%s does not say %r:\n%s" % (command, wanted, text))
        for unwanted in each(hides):
            if unwanted in flat:
                fail("%s says %r:\n%s" % (command, unwanted, text))
        return done.stdout

    def apply(self, **more):
        return self.run("apply", "-auto-approve", **more)

    def events(self, *words, **more):
        return [json.loads(line) for line in self.run(*words, **more).splitlines()]
