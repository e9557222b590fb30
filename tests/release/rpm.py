"""The RPM package of a relocatable tree: the tree in /opt/loam, and the link /usr/bin/loam. Needs the program rpmbuild.

The package requires glibc alone, because the tree has all other libraries. It runs no script, so dnf changes nothing else."""
import pathlib, shutil, subprocess, sys, tempfile

SPEC = """
Name: %(name)s
Version: %(version)s
Release: %(release)s
Summary: declarative machines, networks, firewalls and clusters
License: Apache-2.0
AutoReqProv: no
%(relations)s

%%description
loam plans and applies declarative configurations for libvirt machines, packet filters, Kubernetes clusters and their objects.
Configuration language, commands and state are those of Terraform and OpenTofu.

%%install
%(install)s

%%files
%(files)s
"""
RELATIONS = """Requires: glibc >= 2.34
Recommends: ca-certificates
Recommends: git-core
Recommends: openssh-clients"""
INSTALL = """mkdir -p %%{buildroot}/opt %%{buildroot}/usr/bin
cp -a '%s' %%{buildroot}/opt/loam
ln -s ../../opt/loam/bin/loam %%{buildroot}/usr/bin/loam"""
# No objects are stripped or indexed: their bytes are those of the archive. Times and the host are those of no machine.
SETTINGS = {"__os_install_post": "%{nil}", "debug_package": "%{nil}", "_build_id_links": "none", "_binary_payload": "w19.zstdio", "_buildhost": "localhost",
            "use_source_date_epoch_as_buildtime": "1", "clamp_mtime_to_source_date_epoch": "1", "source_date_epoch_from_changelog": "0"}


def build(out, time, machine, **fields):
    """Writes NAME-VERSION-RELEASE.MACHINE.rpm into `out` and returns its path. `fields` are those of SPEC."""
    if not shutil.which("rpmbuild"):
        sys.exit("the program rpmbuild is missing: Debian's package rpm")
    with tempfile.TemporaryDirectory(prefix="loam-rpm-") as work:
        spec = pathlib.Path(work, "loam.spec")
        spec.write_text(SPEC % fields, encoding="utf-8")
        settings = {**SETTINGS, "_topdir": work, "_rpmdir": work, "_rpmfilename": "made.rpm"}
        done = subprocess.run(["rpmbuild", "-bb", "--target=%s-linux" % machine, *("--define=%s %s" % row for row in settings.items()), spec], capture_output=True,
                              encoding="utf-8", env={"PATH": "/usr/bin:/bin", "HOME": work, "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": time})
        if done.returncode:
            sys.exit("rpmbuild: status %d\n%s" % (done.returncode, done.stderr[-6000:]))
        target = out / ("%(name)s-%(version)s-%(release)s" % fields + ".%s.rpm" % machine)
        shutil.copyfile(pathlib.Path(work, "made.rpm"), target)
    return target


def make(tree, version, time, out, machine, release="1"):
    """Writes the package of a tree. `release` is another one for tests of an upgrade."""
    return build(out, time, machine, name="loam", version=version, release=release, relations=RELATIONS, install=INSTALL % tree, files="/opt/loam\n/usr/bin/loam")
