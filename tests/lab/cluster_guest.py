"""An emulated machine with a kernel of its own, beside the LXC machines of a cluster: its disk is the tree of those machines, and
the modules and the RAM disk are of Debian's kernel for clouds."""
import os, re, shutil

from cluster_nodes import GATEWAY, address_of
from host import Failed, image, run, write

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
    <kernel>%(top)s/vmlinuz</kernel><initrd>%(top)s/initrd</initrd><cmdline>console=ttyS0 quiet root=/dev/vda</cmdline></os>
  <features><acpi/></features><cpu mode='maximum'/>
  <devices>
    <controller type='usb' model='none'/>
    <disk type='file' device='disk'><driver name='qemu' type='raw' cache='unsafe'/><source file='%(top)s/disk'/><target dev='vda' bus='virtio'/></disk>
    <interface type='network'><source network='kube'/><model type='virtio'/></interface>
    <serial type='file'><source path='%(top)s/console'/></serial>
    <memballoon model='none'/>
  </devices>
</domain>"""


def unpack_kernel(top):
    """Debian's kernel: vmlinuz, its RAM disk, and its modules below `root`."""
    found = re.search(r" Depends: (linux-image-\S+)", run("apt-cache", "depends", "linux-image-cloud-amd64").stdout)
    if not found:
        raise Failed("apt knows no kernel: apt-get update")
    os.makedirs(top + "/deb")
    run("apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", found[1], cwd=top + "/deb")
    run("sh", "-c", "dpkg-deb -x deb/*.deb kernel && mv kernel/boot/vmlinuz-* vmlinuz && mkdir ram && cd ram && zcat '%s/initrd' | cpio -idm --quiet && "
        "for f in lib/drivers/*.ko; do cp \"$(find ../kernel/lib/modules -name \"${f##*/}\")\" lib/drivers/; done && "
        "find . | cpio -o -H newc -R 0:0 --quiet | gzip -1 >../initrd" % image("boot"), cwd=top)


def define(cluster, name):
    """Defines the machine. It gets the address and the keys that a node of this name has."""
    top = cluster.path("guest")
    root = top + "/root"
    os.makedirs(top)
    unpack_kernel(top)
    run("cp", "-a", cluster.tree, root)
    run("sh", "-c", "mkdir -p root/lib root/boot && cp -a kernel/lib/modules root/lib/ && cp -a kernel/boot/. root/boot/ && "
        "depmod -b root \"$(ls root/lib/modules)\"", cwd=top)
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
    run("truncate", "-s", "3G", top + "/disk")
    run("mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", root, top + "/disk")
    shutil.rmtree(root)
    shutil.rmtree(top + "/kernel")
    cluster.virsh("define " + cluster.file("guest/domain.xml", DOMAIN % {"name": name, "top": top}))
