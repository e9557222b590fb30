#!/bin/sh
# Takes a snapshot of this machine's etcd, with the record of its keys (snapshot_keys.h) beside it. Arguments: $1 the
# directory, $2 the number of snapshots to keep there.
set -eu
umask 077
# shellcheck source=../cluster/etcd_tool.sh
. ./../cluster/etcd_tool.sh
# shellcheck source=etcd_local.sh
. ./etcd_local.sh
# shellcheck source=../../../core/remote/remote_path.sh
. ./remote_path.sh
# shellcheck source=snapshot_keys.sh
. ./snapshot_keys.sh
trap drop_tool EXIT
find_etcdctl
file=etcd-$(date -u +%Y%m%dT%H%M%SZ).db
record=${file%.db}.keys
is_new=yes
if [ -d "$1" ]; then is_new=no; fi
if ! enter_directory "$1/$file" make; then echo "the directory $1 cannot be made" >&2; exit 1; fi
if [ $is_new = yes ] && [ "$owner" = "$me" ]; then chmod 700 .; fi
rm -rf ./.etcd-*
# The users of a shared directory can replace the names in it, but not those in a new directory of root.
work=$here/.etcd-$(head -c 8 /dev/urandom | sha256sum | cut -c 1-16)
mkdir "$work"
trap 'drop_tool; rm -rf "$work"' EXIT
enter_directory "$work/$file"
if [ "$is_private" != yes ]; then echo "another user replaced the directory $work" >&2; exit 1; fi
snapshot_keys >"$record"
etcdctl_local snapshot save "$file"
mv -fT "./$record" "../$record"
mv -fT "./$file" "../$file"
cd ..
kept=0
find . -maxdepth 1 -name 'etcd-*Z.db' | sort -r | while read -r old; do
  kept=$((kept + 1))
  if [ $kept -gt "$2" ]; then rm -f "$old" "${old%.db}.keys"; fi
done
