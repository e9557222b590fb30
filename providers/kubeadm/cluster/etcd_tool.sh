# shellcheck shell=sh
# Finds programs of etcd: those of the machine, else those in the image of etcd.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
mounted=''
tool=''
# Sets $tool to the path of the program $1; $2 is the image of etcd. drop_tool unmounts the image.
find_tool() {
  tool=$(command -v "$1") && return
  if [ -z "$mounted" ]; then
    mounted=$(mktemp -d /run/loam-etcd.XXXXXX)
    if ! ctr -n k8s.io images mount "$2" "$mounted" >/dev/null; then
      rmdir "$mounted"
      mounted=
      return 1
    fi
  fi
  for tool in "$mounted/usr/local/bin/$1" "$mounted/usr/bin/$1" "$mounted/bin/$1"; do
    if [ -x "$tool" ]; then return 0; fi
  done
  return 1
}
drop_tool() {
  [ -n "$mounted" ] || return 0
  ctr -n k8s.io images unmount --rm "$mounted" >/dev/null || umount "$mounted"
  rmdir "$mounted"
  mounted=
}
