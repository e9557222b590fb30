#!/bin/sh
# Prints facts about a machine between the lines "facts 1" and "end": one name and value per line. Changes nothing.
# Argument "clock": also whether the clock is synchronized.
# shellcheck source=host_facts_prelude.sh
. ./host_facts_prelude.sh
# Prints a name and the content of a file. The shell's "read" reads single bytes, which fails for files in /proc/sys.
print_file() {
  if [ -r "$2" ]; then print_fact "$1" "$(cat "$2" 2>/dev/null)"; fi
}
has() { command -v "$1" >/dev/null 2>&1; }

echo "facts 1"
print_fact user "$(id -u)"

os=/etc/os-release
[ -r $os ] || os=/usr/lib/os-release
if [ -r $os ]; then
  # A subshell, because the file sets variables.
  # shellcheck disable=SC1090,SC2153
  (. $os; print_fact os_id "${ID:-}"; print_fact os_version "${VERSION_ID:-}"; print_fact os_like "${ID_LIKE:-}"; print_fact os_name "${PRETTY_NAME:-}")
fi
print_fact kernel "$(uname -r)"
print_fact machine "$(uname -m)"
print_fact hostname "$(uname -n)"
print_fact processors "$(getconf _NPROCESSORS_ONLN 2>/dev/null || grep -c ^processor /proc/cpuinfo)"
while read -r name value _; do
  case $name in
  MemTotal:) print_fact memory_kib "$value" ;;
  SwapTotal:) print_fact swap_kib "$value" ;;
  esac
done </proc/meminfo
for place in /var/lib /var/log; do
  print_fact free_kib "$place $(df -Pk "$place" 2>/dev/null | awk 'NR == 2 {print $4}')"
done
print_file machine_id /etc/machine-id
print_file product_uuid /sys/class/dmi/id/product_uuid
print_file boot_id /proc/sys/kernel/random/boot_id
print_fact cgroup "$(stat -fc %T /sys/fs/cgroup 2>/dev/null)"
print_fact init "$(cat /proc/1/comm 2>/dev/null)"
if has systemd-detect-virt; then
  print_fact container "$(systemd-detect-virt --container 2>/dev/null)"
elif { tr '\0' '\n' </proc/1/environ; } 2>/dev/null | grep -q ^container=; then
  print_fact container unknown
fi

for device in /sys/class/net/*; do
  name=${device##*/}
  [ "$name" = lo ] && continue
  print_fact interface "$name $(cat "$device/address" 2>/dev/null)"
done
if has ip; then
  ip -o addr show scope global 2>/dev/null | while read -r _ name _ address _; do
    print_fact address "$name $address"
  done
  ip route show default 2>/dev/null | while read -r _ _ gateway _ name _; do
    print_fact default_route "$name $gateway"
  done
fi
if has ss; then
  ss -Hltn 2>/dev/null | while read -r _ _ _ address _; do
    case ${address##*:} in
    6443 | 10250 | 10257 | 10259 | 2379 | 2380) print_fact listening "$address" ;;
    esac
  done
fi

if [ "${1:-}" = clock ] && has timedatectl; then
  print_fact time_synchronized "$(timedatectl show -p NTPSynchronized --value 2>/dev/null)"
fi
print_file selinux /sys/fs/selinux/enforce
# The policy of container-selinux.
grep -qs kubelet_exec_t /etc/selinux/*/contexts/files/file_contexts && print_fact selinux_containers yes
# Whether programs can be written there: systems whose /usr is an image have /opt/bin.
place=/usr/local/bin
[ -e $place ] || place=/usr/local
[ -w $place ] || print_fact read_only /usr/local/bin
[ -d /sys/kernel/security/apparmor ] && print_fact apparmor yes

for name in net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv6.conf.all.forwarding \
  fs.inotify.max_user_instances fs.inotify.max_user_watches vm.overcommit_memory kernel.panic; do
  print_file "sysctl $name" "/proc/sys/$(echo "$name" | tr . /)"
done
for name in overlay br_netfilter nf_conntrack ip_vs; do
  [ -d "/sys/module/$name" ] && print_fact module "$name"
done

has containerd && print_fact version "containerd $(containerd --version 2>/dev/null | awk '{print $3}')"
# Directories of containerd that a configuration of the machine names.
if [ -f /etc/containerd/config.toml ]; then
  sed -n '/^[[:space:]]*\[/q; s/^\(root\|state\|oom_score\)[[:space:]]*=[[:space:]]*["'"'"']\{0,1\}\([^"'"'"'#]*[^"'"'"'# ]\).*/\1 \2/p' /etc/containerd/config.toml |
    while read -r name text; do print_fact containerd_kept "$name $text"; done
fi
has runc && print_fact version "runc $(runc --version 2>/dev/null | awk 'NR == 1 {print $3}')"
has crio && print_fact version "crio $(crio --version 2>/dev/null | awk 'NR == 1 {print $3}')"
has kubelet && print_fact version "kubelet $(kubelet --version 2>/dev/null | awk '{print $2}')"
# shellcheck source=host_stage.sh
. ./host_stage.sh
print_fact staged_kubelet "$(stage_version)"
# One process for all units: each takes as long as many of the other facts.
pid=0 units=
names='containerd crio kubelet firewalld ufw nftables NetworkManager systemd-resolved'
if has systemctl; then
  # shellcheck disable=SC2086 # a list of names
  units=$(systemctl show -p ActiveState -p MainPID $names 2>/dev/null | awk -v names="$names" '
    BEGIN {split(names, name, " "); i = 1}
    /^$/ {i++}
    /^ActiveState=(active|reloading)$/ {print "active", name[i]}
    /^MainPID=/ && name[i] == "kubelet" {print "pid", substr($0, 9)}')
fi
while read -r name value; do
  case $name in
  active) print_fact active "$value" ;;
  pid) pid=$value ;;
  esac
done <<UNITS
$units
UNITS
case "
$units
" in *"
active firewalld
"*) print_fact firewall firewalld ;; esac
# Its service is also active while the firewall is off.
if grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf; then print_fact firewall ufw; fi
# The kubelet that runs may be older than its file.
if [ "$pid" != 0 ]; then
  case $(readlink "/proc/$pid/exe") in
  *\ \(deleted\)) print_fact running "kubelet $("/proc/$pid/exe" --version 2>/dev/null | awk '{print $2}')" ;;
  esac
fi
if [ -r /etc/crictl.yaml ]; then
  print_fact runtime_endpoint "$(sed -n 's/^runtime-endpoint: *"\{0,1\}\([^" ]*\).*/\1/p' /etc/crictl.yaml)"
fi
has kubeadm && print_fact version "kubeadm $(kubeadm version -o short 2>/dev/null)"
has crictl && print_fact version "crictl $(crictl --version 2>/dev/null | awk '{print $3}')"
for name in nft iptables ip6tables conntrack ethtool socat ebtables skopeo restorecon apt-get dnf zypper; do
  has "$name" && print_fact program "$name"
done

for path in /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf \
  /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/manifests/kube-apiserver.yaml \
  /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/ca.key /var/lib/etcd/member \
  /var/lib/kubelet/config.yaml; do
  [ -e "$path" ] && print_fact exists "$path"
done
# A joining kubelet writes kubelet.conf before it has the certificate that this file names.
conf=/etc/kubernetes/kubelet.conf
if [ -r $conf ]; then
  file=$(sed -n 's/^ *client-certificate: *//p' $conf | head -n 1)
  if grep -q '^ *client-certificate-data: *[^ ]' $conf; then file=$conf; fi
  [ -n "$file" ] && [ -s "$file" ] && print_fact kubelet_certificate "$file"
elif [ -e $conf ]; then
  print_fact kubelet_certificate unreadable
fi
# The file has the private key, too.
serving=/var/lib/kubelet/pki/kubelet-server-current.pem
if grep -qs '^serverTLSBootstrap: true' /var/lib/kubelet/config.yaml && [ -r $serving ]; then
  print_fact serving_certificate "$(sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p; /END CERTIFICATE/q' $serving | base64 | tr -d '\n')"
fi
if [ -r /var/lib/kubelet/kubeadm-flags.env ]; then
  print_fact kubelet_flags "$(base64 </var/lib/kubelet/kubeadm-flags.env | tr -d '\n')"
fi
if [ -r /var/lib/kubelet/loam-flags ]; then print_fact kubelet_own_flags "$(tr '\n' ' ' </var/lib/kubelet/loam-flags)"; fi
[ -e /etc/loam/unfinished ] && print_fact unfinished yes
[ -e /etc/loam/changing ] && print_fact changing yes
[ -e /var/lib/loam/change/former ] && print_fact former_files yes
if [ -r /etc/kubernetes/pki/ca.crt ]; then
  print_fact ca_certificate "$(base64 </etc/kubernetes/pki/ca.crt | tr -d '\n')"
fi
if [ -r /etc/kubernetes/manifests/kube-apiserver.yaml ]; then
  # shellcheck source=host_certificates.sh
  . ./host_certificates.sh
  print_fact server_repository "$(sed -n 's|.*image: *\(.*\)/kube-apiserver:.*|\1|p' /etc/kubernetes/manifests/kube-apiserver.yaml)"
  print_fact server_version "$(sed -n 's|.*image: .*/kube-apiserver:||p' /etc/kubernetes/manifests/kube-apiserver.yaml)"
fi
for path in /var/lib/loam/exec/*; do
  [ -d "$path" ] && print_fact step "${path##*/}"
done
for path in /var/lib/loam/rounds/*; do
  [ -d "$path" ] && print_fact round "${path##*/}"
done
print_file restored /etc/loam/restored
if [ -r /etc/loam/node.json ]; then
  print_fact marker "$(base64 </etc/loam/node.json | tr -d '\n')"
fi
# The time comes last: loam compares it with its own time when it has read the output.
print_fact time "$(date +%s.%N)"
echo end
