#!/bin/sh
# Upgrades the components of a node, then installs its kubelet and restarts it. LOAM_VERSION is the cluster's new version on
# the first control plane, empty on other nodes; LOAM_FLAG is a flag that the new kubelet rejects, or empty.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
version=${LOAM_VERSION:-}
flag=${LOAM_FLAG:-}
unset LOAM_VERSION LOAM_FLAG
# shellcheck source=kubelet_install.sh
. ./kubelet_install.sh
if [ -n "$version" ]; then
  kubeadm upgrade apply --yes "$version" </dev/null
else
  kubeadm upgrade node </dev/null
fi
# kubeadm lets all users read it.
chmod 600 /var/lib/kubelet/config.yaml
install_kubelet
remove_flag "$flag"
restart_kubelet
