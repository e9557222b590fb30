"""SHA256SUMS of a release, and its signature by minisign.

The secret key is in the variable LOAM_RELEASE_SECRET_KEY: the text of a key file without a password, from the store of secrets of
the job that releases. It reaches minisign by a descriptor: no file has it, and no program in a root sees it. The public keys are
in LOAM_RELEASE_KEYS, separated by blanks; builds compile them in."""
import hashlib, os, pathlib, shutil, subprocess, sys, tempfile

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
    if not secret:
        (directory / SIGNATURE).unlink(missing_ok=True)
        print("not signed: %s is not set" % SECRET)
        return
    sign(directory, version, secret)


def sign(directory, version, secret):
    """Writes the signature of the list."""
    if not shutil.which("minisign"):
        sys.exit("the program minisign is missing: Debian's package minisign")
    (directory / SIGNATURE).unlink(missing_ok=True)
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


def is_intact(directory, version):
    """Whether a user with minisign and sha256sum accepts the files that are there."""
    done = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "--ignore-missing", SUMS], cwd=directory, capture_output=True)
    return done.returncode == 0 and any(accepts(directory, version, key) for key in public_keys())


def forge_file(directory, forged, _):
    """One byte of a file differs."""
    for name in (SUMS, SIGNATURE):
        shutil.copy(directory / name, forged)
    file = min(files(directory), key=lambda file: file.stat().st_size)
    data = file.read_bytes()
    (forged / file.name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    return 'files differ from their digests in SHA256SUMS: "%s"' % file.name


def forge_list(directory, forged, version):
    """The list has the digest of the changed file."""
    forge_file(directory, forged, version)
    lines = (forged / SUMS).read_text().splitlines()
    there = {file.name: sha256(file) for file in files(forged)}
    (forged / SUMS).write_text("".join("%s  %s\n" % (there.get(name, digest), name) for digest, name in (line.split("  ", 1) for line in lines)))
    return "Release not verified"


def forge_key(directory, forged, version):
    """Another key signed the list of the changed file."""
    forge_list(directory, forged, version)
    with tempfile.TemporaryDirectory(prefix="loam-keys-") as keys:
        secret = pathlib.Path(keys, "key")
        subprocess.run(["minisign", "-G", "-W", "-p", pathlib.Path(keys, "public"), "-s", secret], check=True, stdin=subprocess.DEVNULL, capture_output=True)
        sign(forged, version, secret.read_text())
    return "another key signed it"


FORGERIES = (forge_file, forge_list, forge_key)


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
