"""SHA256SUMS of a release, and its signature by minisign.

The secret key is in the variable LOAM_RELEASE_SECRET_KEY: the text of a key file without a password, from the store of secrets of
the job that releases. It reaches minisign by a descriptor: no file has it, and no program in a root sees it. The public keys are
in LOAM_RELEASE_KEYS, separated by blanks; builds compile them in."""
import hashlib, os, shutil, subprocess, sys

SUMS = "SHA256SUMS"
SIGNATURE = SUMS + ".minisig"
SECRET = "LOAM_RELEASE_SECRET_KEY"


def take_secret():
    """Returns the secret key, or None, and removes it from the environment of the programs that are started later."""
    return os.environ.pop(SECRET, None)


def public_keys():
    return os.environ.get("LOAM_RELEASE_KEYS", "").split()


def files(directory):
    """The files of a release that SHA256SUMS lists."""
    return sorted(file for file in directory.iterdir() if file.name not in (SUMS, SIGNATURE))


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def comment(version):
    return "loam " + version


def write(directory, version, secret):
    """Writes SHA256SUMS, and signs it if there is a key. An older signature does not stay."""
    (directory / SUMS).write_text("".join("%s  %s\n" % (sha256(file), file.name) for file in files(directory)))
    (directory / SIGNATURE).unlink(missing_ok=True)
    if not secret:
        print("not signed: %s is not set" % SECRET)
        return
    if not shutil.which("minisign"):
        sys.exit("the program minisign is missing: Debian's package minisign")
    descriptor = os.memfd_create("key")
    with os.fdopen(descriptor, "wb") as key:
        key.write(secret.encode())
        key.flush()
        key.seek(0)
        done = subprocess.run(["minisign", "-S", "-s", "/proc/self/fd/%d" % descriptor, "-m", directory / SUMS, "-t", comment(version)],
                              pass_fds=[descriptor], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
    if done.returncode or not (directory / SIGNATURE).exists():
        sys.exit("minisign did not sign: the variable %s must have the text of a secret key without a password" % SECRET)


def accepts(directory, version, key):
    """Whether minisign accepts the signature by one public key, with the comment of this version."""
    done = subprocess.run(["minisign", "-V", "-Q", "-P", key, "-m", directory / SUMS], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8")
    return done.returncode == 0 and done.stdout == comment(version) + "\n"


def check(directory, version):
    """Ends the program if the list, the files or the signature do not agree. Returns whether the release is signed."""
    listed = [row.split("  ", 1)[1] for row in (directory / SUMS).read_text().splitlines()]
    if listed != [file.name for file in files(directory)]:
        sys.exit("%s has %s" % (SUMS, listed))
    done = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", SUMS], cwd=directory, capture_output=True, encoding="utf-8")
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    if not (directory / SIGNATURE).exists():
        return False
    if not any(accepts(directory, version, key) for key in public_keys()):
        sys.exit("%s: no key of LOAM_RELEASE_KEYS made it for %r" % (SIGNATURE, comment(version)))
    return True
