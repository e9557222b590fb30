#!/bin/sh
# Upgrades the components of a node, then installs its kubelet and restarts it. LOAM_VERSION is the cluster's new version on
# the first control plane, empty on other nodes; LOAM_FLAG is a flag that the new kubelet rejects, or empty. LOAM_IGNORED is a check
# of kubeadm that does not matter, or empty. LOAM_ROUND is the directory with the programs of a version between, or empty; without a kubelet in it, that of the node stays.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
version=${LOAM_VERSION:-}
flag=${LOAM_FLAG:-}
ignored=${LOAM_IGNORED:-}
round=${LOAM_ROUND:-}
unset LOAM_VERSION LOAM_FLAG LOAM_IGNORED LOAM_ROUND
# shellcheck source=kubelet_install.sh
. ./kubelet_install.sh
# shellcheck source=static_pod.sh
. ./static_pod.sh
# Ends an API server that waits, and restarts a kubelet that does, while kubeadm replaces that server or its member of etcd.
watcher=
watch_server() {
  members=$(identify_processes etcd) servers=$(identify_processes kube-apiserver)
  [ -n "$servers" ] || return 0
  while sleep 1 && kill -0 $$; do
    end_stalled_server "$members" "$servers"
    end_closed_server
    hasten_kubelet "$members"
  done </dev/null >/dev/null 2>&1 &
  watcher=$!
  trap 'end_watch; return_to_endpoint' EXIT
  leave_endpoint
}
end_watch() {
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || :
  watcher=
}
program=kubeadm
if [ -n "$round" ]; then program=$round/kubeadm stage=$round; fi
set --
if [ -d /etc/kubernetes/loam/patches ]; then set -- --patches /etc/kubernetes/loam/patches; fi
if [ -n "$ignored" ]; then set -- "$@" "--ignore-preflight-errors=$ignored"; fi
watch_server
if [ -n "$version" ]; then
  "$program" upgrade apply --yes "$version" "$@" </dev/null
else
  "$program" upgrade node "$@" </dev/null
fi
end_watch
# kubeadm lets all users read it.
chmod 600 /var/lib/kubelet/config.yaml
if [ -n "$round" ] && [ ! -e "$stage/kubelet" ] && [ ! -e "$stage/former" ]; then exit 0; fi
install_kubelet
remove_flag "$flag"
restart_kubelet
