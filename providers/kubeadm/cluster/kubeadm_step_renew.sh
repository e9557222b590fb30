#!/bin/sh
# Renews the certificates of a control plane, and restarts its static pods, which read them at their start.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL

# shellcheck source=static_pod.sh
. ./static_pod.sh
# The kubelet starts a container again that has ended.
restart() {
  [ -e "/etc/kubernetes/manifests/$1.yaml" ] || return 0
  old=$(pod_processes "$1")
  # shellcheck disable=SC2086 # a list of numbers
  if [ -n "$old" ]; then kill $old; fi
  for _ in $(seq 240); do
    new=$(pod_processes "$1")
    if [ -n "$new" ] && [ "$new" != "$old" ]; then
      echo "[restart] $1"
      return 0
    fi
    sleep 0.5
  done
  echo "error: the pod of $1 did not start again" >&2
  exit 1
}

kubeadm certs renew all </dev/null
for name in etcd kube-apiserver kube-controller-manager kube-scheduler; do restart $name; done
