# shellcheck shell=sh
# The patch of a node for the configuration of its kubelet, which joins and upgrades by kubeadm read.
patch=/etc/kubernetes/loam/patches/kubeletconfiguration+strategic.yaml
# Makes the patch equal to the file $1; an empty file is none.
put_patch() {
  if [ ! -s "$1" ]; then
    rm -f "$patch"
  elif ! cmp -s "$1" "$patch"; then
    mkdir -p "${patch%/*}"
    file_copy "$1" "$patch"
  fi
}
