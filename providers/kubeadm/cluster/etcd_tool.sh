# shellcheck shell=sh
# Finds programs of etcd: those of the machine, else those in the image of etcd.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
mounted=''
unpacked=''
tool=''
# Copies the programs of the image $1 in the storage of CRI-O to the directory $2. The manifest lists the configuration,
# which is no archive, and the layers in their order.
unpack_image() {
  skopeo --insecure-policy copy --quiet "containers-storage:$1" "dir:$2/.layers" || return
  tr ',' '\n' <"$2/.layers/manifest.json" | sed -n 's/.*"digest" *: *"sha256:\([0-9a-f]*\)".*/\1/p' | while read -r layer; do
    tar -xf "$2/.layers/$layer" -C "$2" usr/local/bin usr/bin bin 2>/dev/null || :
  done
  rm -rf "$2/.layers"
}
open_image() {
  if grep -q '^runtime-endpoint:.*/crio\.sock' /etc/crictl.yaml 2>/dev/null; then
    mounted=$(mktemp -d /var/tmp/loam-etcd.XXXXXX)
    unpacked=$mounted
    unpack_image "$1" "$mounted" && return
    drop_tool
    return 1
  fi
  mounted=$(mktemp -d /run/loam-etcd.XXXXXX)
  ctr -n k8s.io images mount "$1" "$mounted" >/dev/null && return
  rmdir "$mounted"
  mounted=
  return 1
}
# Sets $tool to the path of the program $1; $2 is the image of etcd. drop_tool unmounts the image.
find_tool() {
  tool=$(command -v "$1") && return
  if [ -z "$mounted" ]; then open_image "$2" || return 1; fi
  for tool in "$mounted/usr/local/bin/$1" "$mounted/usr/bin/$1" "$mounted/bin/$1"; do
    if [ -x "$tool" ]; then return 0; fi
  done
  return 1
}
drop_tool() {
  [ -n "$mounted" ] || return 0
  if [ -n "$unpacked" ]; then
    rm -rf "$unpacked"
    unpacked=
    mounted=
    return 0
  fi
  ctr -n k8s.io images unmount --rm "$mounted" >/dev/null || umount "$mounted"
  rmdir "$mounted"
  mounted=
}
