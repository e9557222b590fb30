"""The processors that a release is built for: their names, and the programs that compile for them.

Files are built on x86-64. For another processor, a root has the libraries of both, a cross compiler, and an emulator that runs
the result."""
import collections

# name: of Debian and of container images; machine: of the kernel, RPM and archives; triplet: of Debian's libraries; loader: the
# dynamic loader of glibc, and its place; prefix: of the compiler and binutils; emulator: a program of `packages`, which are the
# packages of compiler and emulator
Processor = collections.namedtuple("Processor", "name machine triplet loader place prefix emulator packages")
X86_64 = Processor("amd64", "x86_64", "x86_64-linux-gnu", "ld-linux-x86-64.so.2", "lib64", "", "", ())
AARCH64 = Processor("arm64", "aarch64", "aarch64-linux-gnu", "ld-linux-aarch64.so.1", "lib", "aarch64-linux-gnu-", "qemu-aarch64-static",
                    ("gcc-aarch64-linux-gnu", "qemu-user-static"))
PROCESSORS = (X86_64, AARCH64)


def named(name):
    """The row with a name of Debian, or that of this machine for an empty one."""
    return next(row for row in PROCESSORS if row.name == (name or X86_64.name))


def of_file(name):
    """The row of an archive or a package, by its file name."""
    return next(row for row in PROCESSORS if row.machine in name)
