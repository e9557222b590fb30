#!/bin/sh
# Prints facts about a machine: a name and a value a line, between the lines "facts 1" and "end". Changes nothing.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
export LC_ALL PATH

# A name and a text; nothing if the text is empty.
say() {
  if [ -n "$2" ]; then printf '%s %s\n' "$1" "$2"; fi
}
# A name and the content of a file. The shell's own "read" takes single bytes, which files of /proc/sys do not give.
say_file() {
  if [ -r "$2" ]; then say "$1" "$(cat "$2" 2>/dev/null)"; fi
}
has() { command -v "$1" >/dev/null 2>&1; }
is_active() { has systemctl && systemctl is-active --quiet "$1" 2>/dev/null; }

echo "facts 1"
say user "$(id -u)"

os=/etc/os-release
[ -r $os ] || os=/usr/lib/os-release
if [ -r $os ]; then
  # A subshell, because the file sets variables.
  # shellcheck disable=SC1090,SC2153
  (. $os; say os_id "${ID:-}"; say os_version "${VERSION_ID:-}"; say os_like "${ID_LIKE:-}"; say os_name "${PRETTY_NAME:-}")
fi
say kernel "$(uname -r)"
say machine "$(uname -m)"
say hostname "$(uname -n)"
say processors "$(getconf _NPROCESSORS_ONLN 2>/dev/null || grep -c ^processor /proc/cpuinfo)"
while read -r name value _; do
  case $name in
  MemTotal:) say memory_kib "$value" ;;
  SwapTotal:) say swap_kib "$value" ;;
  esac
done </proc/meminfo
for place in /var/lib /var/log; do
  say free_kib "$place $(df -Pk "$place" 2>/dev/null | awk 'NR == 2 {print $4}')"
done
say_file machine_id /etc/machine-id
say_file product_uuid /sys/class/dmi/id/product_uuid
say_file boot_id /proc/sys/kernel/random/boot_id
say cgroup "$(stat -fc %T /sys/fs/cgroup 2>/dev/null)"
say init "$(cat /proc/1/comm 2>/dev/null)"
if has systemd-detect-virt; then
  say container "$(systemd-detect-virt --container 2>/dev/null)"
elif { tr '\0' '\n' </proc/1/environ; } 2>/dev/null | grep -q ^container=; then
  say container unknown
fi

for device in /sys/class/net/*; do
  name=${device##*/}
  [ "$name" = lo ] && continue
  say interface "$name $(cat "$device/address" 2>/dev/null)"
done
if has ip; then
  ip -o addr show scope global 2>/dev/null | while read -r _ name _ address _; do
    say address "$name $address"
  done
  ip route show default 2>/dev/null | while read -r _ _ gateway _ name _; do
    say default_route "$name $gateway"
  done
fi
if has ss; then
  ss -Hltn 2>/dev/null | while read -r _ _ _ address _; do
    case ${address##*:} in
    6443 | 10250 | 10257 | 10259 | 2379 | 2380) say listening "$address" ;;
    esac
  done
fi

if has timedatectl; then
  say time_synchronized "$(timedatectl show -p NTPSynchronized --value 2>/dev/null)"
fi
say_file selinux /sys/fs/selinux/enforce
[ -d /sys/kernel/security/apparmor ] && say apparmor yes

for name in net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.ipv6.conf.all.forwarding \
  fs.inotify.max_user_instances fs.inotify.max_user_watches vm.overcommit_memory kernel.panic; do
  say_file "sysctl $name" "/proc/sys/$(echo "$name" | tr . /)"
done
for name in overlay br_netfilter nf_conntrack ip_vs; do
  [ -d "/sys/module/$name" ] && say module "$name"
done

has containerd && say version "containerd $(containerd --version 2>/dev/null | awk '{print $3}')"
has runc && say version "runc $(runc --version 2>/dev/null | awk 'NR == 1 {print $3}')"
has crio && say version "crio $(crio --version 2>/dev/null | awk 'NR == 1 {print $3}')"
has kubelet && say version "kubelet $(kubelet --version 2>/dev/null | awk '{print $2}')"
has kubeadm && say version "kubeadm $(kubeadm version -o short 2>/dev/null)"
has crictl && say version "crictl $(crictl --version 2>/dev/null | awk '{print $3}')"
for name in nft iptables ip6tables conntrack ethtool socat ebtables; do
  has "$name" && say program "$name"
done
for name in containerd crio kubelet firewalld ufw nftables NetworkManager systemd-resolved; do
  is_active "$name" && say active "$name"
done

for path in /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/kubelet.conf \
  /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/manifests/kube-apiserver.yaml \
  /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/ca.key /var/lib/etcd/member \
  /var/lib/kubelet/config.yaml; do
  [ -e "$path" ] && say exists "$path"
done
if [ -r /etc/kubernetes/pki/ca.crt ]; then
  say ca_certificate "$(base64 </etc/kubernetes/pki/ca.crt | tr -d '\n')"
fi
if [ -r /etc/loam/node.json ]; then
  say marker "$(base64 </etc/loam/node.json | tr -d '\n')"
fi
# The time comes last: the caller compares it with the time at which it has read the output.
say time "$(date +%s.%N)"
echo end
