# shellcheck shell=bash
# Common parts of the lab's tests: a private libvirt, seeds, machines. Sourced with $work set to an empty directory.
# Machines are created with virsh: these tests are about the lab itself, without loam.
lab=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../examples/lab
gateway=10.77.0.1 # the hypervisor's own address on the machines' network
options=(-o BatchMode=yes -o ConnectTimeout=10 -o LogLevel=ERROR -o StrictHostKeyChecking=yes
  -o UserKnownHostsFile="$work/known_hosts" -o IdentitiesOnly=yes -i "$work/user")

fail() { echo "FAILED: $*" >&2; exit 1; }
inside() { "$lab/libvirt" enter "$work/libvirt" "$@"; }
qemu() { inside virsh -q -c qemu:///system "$@"; }
lxc() { inside virsh -q -c lxc:///system "$@"; }
since() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN {printf "%.1f s", to - from}'; }

begin() {
  "$lab/libvirt" start "$work/libvirt"
  ssh-keygen -q -t ed25519 -N '' -f "$work/user"
  : >"$work/known_hosts"
  qemu net-define <(cat <<XML
<network><name>lab</name><bridge name='lab0' stp='off' delay='0'/><dns enable='no'/>
  <ip address='$gateway' prefix='24'><dhcp><range start='10.77.0.200' end='10.77.0.220'/></dhcp></ip></network>
XML
  ) >/dev/null
  qemu net-start lab >/dev/null
}

finish() { "$lab/libvirt" stop "$work/libvirt"; }

# A machine's seed files, with a host key that is known before it boots.
seed() { # name, number
  local directory=$work/seed/$1
  mkdir -p "$directory"
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$work/$1-host"
  echo "10.77.0.$2 $(cut -d' ' -f1,2 "$work/$1-host.pub")" >>"$work/known_hosts"
  printf 'instance-id: %s-1\nlocal-hostname: %s\n' "$1" "$1" >"$directory/meta-data"
  cat >"$directory/user-data" <<YAML
#cloud-config
hostname: $1
users:
  - name: ada
    ssh_authorized_keys: ["$(cat "$work/user.pub")"]
    shell: /bin/bash
    sudo: ALL=(ALL) NOPASSWD:ALL
ssh_deletekeys: true
ssh_keys:
  ed25519_private: |
$(sed 's/^/    /' "$work/$1-host")
  ed25519_public: $(cat "$work/$1-host.pub")
write_files:
  - {path: /srv/www/index.html, content: "I am $1\n", permissions: "0644"}
bootcmd:
  - [mkdir, -p, /srv/www]
  - [busybox, httpd, -p, "80", -h, /srv/www]
  - busybox httpd -p 8080 -h /srv/www
runcmd:
  - [touch, /tmp/ran]
YAML
  cat >"$directory/network-config" <<YAML
version: 2
ethernets:
  nic0:
    match: {macaddress: "52:54:00:77:00:$(printf %02x "$2")"}
    set-name: eth0
    addresses: [10.77.0.$2/24]
    routes: [{to: 0.0.0.0/0, via: $gateway}] # Debian 12's cloud-init does not know "default"
YAML
  genisoimage -quiet -V cidata -J -R -o "$directory.iso" "$directory"
}

interface() { # number, filter
  # shellcheck disable=SC2016 # the quotes are those of XML: the shell expands the names
  cat <<XML
<interface type='network'><source network='lab'/><mac address='52:54:00:77:00:$(printf %02x "$1")'/>
  <target dev='lab-nic$1'/><model type='virtio'/>
  ${2:+<filterref filter='$2'><parameter name='HYPERVISOR' value='$gateway'/></filterref>}</interface>
XML
}

# A machine that runs from the RAM disk only, or from the given disk image.
define_vm() { # name, number, MiB, image or "", filter or ""
  local boot disk='' root=''
  boot=$("$lab/image" boot)
  if [ -n "$4" ]; then
    qemu-img create -q -f qcow2 -F qcow2 -b "$("$lab/image" "$4")/disk.qcow2" "$work/$1.qcow2"
    disk="<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='unsafe'/><source file='$work/$1.qcow2'/><target dev='vda' bus='virtio'/></disk>"
    root=root=/dev/vda
  fi
  cat >"$work/$1.xml" <<XML
<domain type='qemu'>
  <name>$1</name><memory unit='MiB'>$3</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type>
    <kernel>$boot/vmlinuz</kernel><initrd>$boot/initrd</initrd><cmdline>console=ttyS0 quiet $root</cmdline></os>
  <features><acpi/></features><cpu mode='maximum'/>
  <devices>
    <controller type='usb' model='none'/>
    $disk
    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='$work/seed/$1.iso'/><target dev='vdb' bus='virtio'/><readonly/></disk>
    $(interface "$2" "$5")
    <serial type='file'><source path='$work/$1.log'/></serial>
    <memballoon model='none'/>
  </devices>
</domain>
XML
  qemu define "$work/$1.xml" >/dev/null
}

# A container whose root is an overlay on a tree: its writes are stored in $work.
define_container() { # name, number, tree, init, filter or ""
  local root
  root=$("$lab/libvirt" root "$work/libvirt" "$1" "$("$lab/image" "$3")/root")
  inside mkdir -p "$root/var/lib/cloud/seed/nocloud"
  inside cp "$work/seed/$1/"* "$root/var/lib/cloud/seed/nocloud/"
  cat >"$work/$1.xml" <<XML
<domain type='lxc'>
  <name>$1</name><memory unit='MiB'>512</memory><vcpu>1</vcpu>
  <os><type>exe</type><init>$4</init></os>
  <devices>
    <filesystem type='mount'><source dir='$root'/><target dir='/'/></filesystem>
    $(interface "$2" "$5")
    <console type='pty'/>
  </devices>
</domain>
XML
  lxc define "$work/$1.xml" >/dev/null
}

run_on() { # number, command...
  local number=$1
  shift
  inside ssh "${options[@]}" "ada@10.77.0.$number" "$@" </dev/null
}

wait_for() { # number, name, seconds
  local until=$((SECONDS + $3))
  while [ $SECONDS -lt $until ]; do
    [ "$(run_on "$1" hostname 2>/dev/null)" != "$2" ] || return 0
    sleep 0.1
  done
  tail -n 20 "$work/$2.log" >&2 2>/dev/null || true
  fail "$2 did not answer within $3 s"
}
