#!/bin/sh
# Runs kubeadm with the configuration on standard input. LOAM_VERB is its command, LOAM_MARK the content of
# /etc/loam/node.json. LOAM_DATA is the directory of the data of etcd, on control planes. With LOAM_RESTORE, the path of a
# snapshot, etcd gets its data from it: LOAM_SNAPSHOT is its id, LOAM_NAME and LOAM_PEER the name and the peer URL of the member.
set -eu
# shellcheck source=etcd_tool.sh
. ./etcd_tool.sh
# shellcheck source=kubelet_install.sh
. ./kubelet_install.sh
# Writes the files of /etc/loam to the disk: after a loss of power they tell how far kubeadm came.
store() { sync /etc/loam/node.json /etc/loam 2>/dev/null || sync; }
if [ -n "${LOAM_MARK:-}" ]; then
  mkdir -p /etc/loam
  printf '%s\n' "$LOAM_MARK" >/etc/loam/node.json.new
  mv -f /etc/loam/node.json.new /etc/loam/node.json
  : >/etc/loam/unfinished
  store
fi
verb=$LOAM_VERB
snapshot=${LOAM_RESTORE:-}
unset LOAM_VERB LOAM_MARK LOAM_RESTORE

# Makes the directories of the kubelet, of the network of pods and of etcd. kubeadm, and a kubelet outside of /usr/bin, run in domains in which
# these would get labels that the container runtime cannot use.
label_directories() {
  [ -e /sys/fs/selinux/enforce ] || return 0
  for path in /etc/kubernetes /etc/cni/net.d /opt/cni/bin /var/log/containers; do directory_make $path; done
  (umask 077 && directory_make /var/lib/kubelet)
  (umask 027 && for path in kubelet/device-plugins kubelet/plugins kubelet/plugins_registry kubelet/pods; do directory_make /var/lib/$path; done &&
    directory_make /var/log/pods)
  # A disk for the data may be mounted there, with a label of its own.
  [ -z "${LOAM_DATA:-}" ] || { (umask 077 && directory_make "$LOAM_DATA") && file_label -R "$LOAM_DATA"; }
}

# Sets $tool to the newest program that restores snapshots; kubeadm may have to pull the image.
find_restorer() {
  image=$(printf '%s\n' "$config" | kubeadm config images list --config /dev/stdin 2>/dev/null | grep '/etcd:')
  find_tool etcdutl "$image" || find_tool etcdctl "$image"
}
restore() {
  former=$(umask)
  umask 077
  trap 'drop_tool; rm -rf "${snapshot%/*}"' EXIT
  if ! find_restorer; then
    printf '%s\n' "$config" | kubeadm config images pull --config /dev/stdin
    find_restorer
  fi
  rmdir "$LOAM_DATA" 2>/dev/null || :
  set -- --name "$LOAM_NAME" --initial-cluster "$LOAM_NAME=$LOAM_PEER" --initial-advertise-peer-urls "$LOAM_PEER" \
    --initial-cluster-token "$LOAM_SNAPSHOT" --data-dir "$LOAM_DATA"
  # Clients that know later revisions must read everything again.
  if "$tool" snapshot restore --help 2>&1 | grep -q bump-revision; then
    set -- "$@" --bump-revision 1000000000 --mark-compacted
  fi
  ETCDCTL_API=3 "$tool" snapshot restore "$snapshot" "$@"
  umask "$former"
  file_label -R "$LOAM_DATA"
  echo "$LOAM_SNAPSHOT" >/etc/loam/restored
}

# A machine that left its cluster before its upgrade.
install_kubelet
label_directories
case $verb in
init)
  if [ -n "$snapshot" ]; then
    config=$(cat)
    restore
    printf '%s\n' "$config" | kubeadm init --config /dev/stdin --skip-token-print \
      --ignore-preflight-errors "DirAvailable-$(printf '%s' "$LOAM_DATA" | tr / -)"
  else
    kubeadm init --config /dev/stdin --skip-token-print
  fi
  # Its group bypasses all access rules; loam signs certificates at need.
  rm -f /etc/kubernetes/super-admin.conf
  ;;
*) kubeadm "$verb" --config /dev/stdin ;;
esac
# kubeadm lets all users read it.
[ ! -e /var/lib/kubelet/config.yaml ] || chmod 600 /var/lib/kubelet/config.yaml
if [ -e /etc/loam/unfinished ]; then
  rm -f /etc/loam/unfinished
  store
fi
