#!/bin/sh
# Removes the node from the machine: kubeadm reset, and the leftovers of pods and their network.
set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
# The runtime that kubeadm_host has set up; else the one that runs.
socket=$(sed -n 's|^runtime-endpoint: *"\{0,1\}unix://\([^" ]*\).*|\1|p' /etc/crictl.yaml 2>/dev/null)
[ -n "$socket" ] || socket=/run/containerd/containerd.sock
[ -S "$socket" ] || socket=/run/crio/crio.sock
if [ -e /etc/systemd/system/loam-renewal.timer ]; then
  systemctl disable --now loam-renewal.timer >/dev/null 2>&1
  systemctl stop loam-renewal.service >/dev/null 2>&1
  rm -f /etc/systemd/system/loam-renewal.*
fi
if command -v kubeadm >/dev/null 2>&1; then
  kubeadm reset --force --cri-socket "unix://$socket" </dev/null || exit 1
fi
# A certificate of a former node would make the next one look whole.
rm -rf /var/lib/kubelet/pki /var/lib/kubelet/config.yaml
# The runtime watches the directory of CNI, so only its content is removed.
find /etc/cni/net.d -mindepth 1 -delete 2>/dev/null
rm -rf /var/lib/cni /var/lib/etcd /etc/kubernetes /etc/loam/unfinished /etc/loam/restored /etc/loam/changing \
  /var/lib/loam/restore /var/lib/loam/change /var/lib/loam/kubelet /var/lib/loam/renewal
rm -f /etc/loam/node.json /etc/loam/renewal /var/lib/loam/renewal.json
for device in cni0 flannel.1 flannel-v6.1 vxlan.calico kube-ipvs0 cilium_host cilium_net cilium_vxlan; do
  ip link delete "$device" >/dev/null 2>&1
done
if command -v nft >/dev/null 2>&1; then
  for family in ip ip6; do nft delete table $family kube-proxy >/dev/null 2>&1; done
fi
for tables in iptables ip6tables; do
  command -v $tables-save >/dev/null 2>&1 || continue
  if $tables-save 2>/dev/null | grep -q KUBE-; then
    $tables-save | grep -v -e KUBE- -e CNI- | $tables-restore
  fi
done
exit 0
