"""An emulated machine with a kernel of its own, beside the LXC machines of a cluster: its disk is a tree of nodes/build. The kernel is that
of the tree, or Debian's kernel for clouds."""
import glob, os, re, shutil, time

from cluster_nodes import GATEWAY, address_of
from host import Failed, image, read, run, write

NETWORK = """[Unit]
Description=The network of the test
DefaultDependencies=no
Before=network.target ssh.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'ip link set lo up; ip link set eth0 up; ip address add %s/24 dev eth0; ip route add default via %s'
[Install]
WantedBy=multi-user.target
"""
DOMAIN = """<domain type='qemu'>
  <name>%(name)s</name><memory unit='MiB'>2304</memory><vcpu>2</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type>
    <kernel>%(top)s/vmlinuz</kernel><initrd>%(top)s/initrd</initrd><cmdline>console=ttyS0 quiet root=/dev/vda%(options)s</cmdline></os>
  <features><acpi/></features><cpu mode='maximum'/>
  <devices>
    <controller type='usb' model='none'/>
    <disk type='file' device='disk'><driver name='qemu' type='raw' cache='unsafe'/><source file='%(top)s/disk'/><target dev='vda' bus='virtio'/></disk>
    <interface type='network'><source network='kube'/><model type='virtio'/></interface>
    <serial type='file'><source path='%(top)s/console'/></serial>
    <memballoon model='none'/>
  </devices>
</domain>"""


def add_kernel(top):
    """Unpacks Debian's kernel with its modules below `root`."""
    found = re.search(r" Depends: (linux-image-\S+)", run("apt-cache", "depends", "linux-image-cloud-amd64").stdout)
    if not found:
        raise Failed("apt knows no kernel: apt-get update")
    os.makedirs(top + "/deb")
    run("apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", found[1], cwd=top + "/deb")
    run("sh", "-c", "dpkg-deb -x deb/*.deb kernel && mkdir -p root/lib root/boot && cp -a kernel/lib/modules root/lib/ && cp -a kernel/boot/. root/boot/ && "
        "depmod -b root \"$(ls root/lib/modules)\" && rm -r kernel", cwd=top)


def make_boot_files(top):
    """The kernel below `root` as vmlinuz, and a RAM disk with its drivers, without those that are part of it."""
    run("sh", "-c", "mv root/boot/vmlinuz-* vmlinuz && mkdir ram && cd ram && zcat '%s/initrd' | cpio -idm --quiet && for f in lib/drivers/*.ko; do rm $f; "
        "found=$(find ../root/lib/modules/ -name \"${f##*/}\" -o -name \"${f##*/}.xz\"); case $found in *.xz) xz -dc \"$found\" >$f ;; ?*) cp \"$found\" $f ;; esac; done && "
        "find . | cpio -o -H newc -R 0:0 --quiet | gzip -1 >../initrd" % image("boot"), cwd=top)


def label(root):
    """Gives each file the label that the policy of SELinux has for its place, so that the machine need not do so when it starts."""
    for name in ("button", "evdev"):  # the RAM disk writes these files before the policy is there
        write(root + "/lib/drivers/%s.ko" % name, "")
    policy = glob.glob(root + "/etc/selinux/default/policy/policy.*")[0]
    run("chroot", root, "setfiles", "-m", "-F", "-c", policy.removeprefix(root), "/etc/selinux/default/contexts/files/file_contexts", "/")


def define(cluster, name, tree=None, options=""):
    """Defines the machine. It gets the address and the keys that a node of this name has. `options`: further ones of its kernel."""
    top = cluster.path("guest")
    root = top + "/root"
    os.makedirs(top)
    run("cp", "-a", tree or cluster.tree, root)
    if not glob.glob(root + "/boot/vmlinuz-*"):
        add_kernel(top)
    make_boot_files(top)
    files = {
        "etc/hostname": name + "\n",
        "etc/hosts": "127.0.0.1 localhost\n%s %s\n" % (address_of(name), name),
        "etc/fstab": "/swap none swap sw 0 0\n",
        "etc/systemd/system/test-network.service": NETWORK % (address_of(name), GATEWAY),
    }
    for path, text in files.items():
        write(os.path.join(root, path), text)
    os.symlink("../test-network.service", root + "/etc/systemd/system/multi-user.target.wants/test-network.service")
    keys = os.path.join(root, "root", ".ssh")
    os.makedirs(keys, exist_ok=True)
    os.chmod(keys, 0o700)
    for source, path in (("machine", "etc/ssh/ssh_host_ed25519_key"), ("machine.pub", "etc/ssh/ssh_host_ed25519_key.pub"), ("user.pub", "root/.ssh/authorized_keys")):
        shutil.copy(cluster.path(source), os.path.join(root, path))
        os.chmod(os.path.join(root, path), 0o600)
    if os.path.exists(root + "/etc/selinux/config"):
        label(root)
    run("truncate", "-s", "3G", top + "/disk")
    run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", root, top + "/disk")
    shutil.rmtree(root)
    cluster.virsh("define " + cluster.file("guest/domain.xml", DOMAIN % {"name": name, "top": top, "options": options}))


def wait_for_boot(cluster, name):
    until = time.monotonic() + 900
    while cluster.on(name, "true", check=False).returncode != 0:
        if time.monotonic() > until:
            raise Failed("the machine does not respond:\n" + read(cluster.path("guest/console"))[-3000:])
        time.sleep(1)
    cluster.say("the emulated machine responds")
