#!/bin/sh
# Upgrades the components of a node, then restarts its kubelet. LOAM_VERSION is the cluster's new version on the first
# control plane, empty on other nodes.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
version=${LOAM_VERSION:-}
unset LOAM_VERSION
if [ -n "$version" ]; then
  kubeadm upgrade apply --yes "$version" </dev/null
else
  kubeadm upgrade node </dev/null
fi
# kubeadm lets all users read it.
chmod 600 /var/lib/kubelet/config.yaml
systemctl daemon-reload
systemctl restart kubelet
