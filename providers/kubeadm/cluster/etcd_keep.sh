#!/bin/sh
# Takes a snapshot of this machine's etcd. Arguments: $1 the directory, $2 the number of snapshots to keep there.
set -eu
umask 077
# shellcheck source=etcd_tool.sh
. ./etcd_tool.sh
trap drop_tool EXIT
pki=/etc/kubernetes/pki/etcd
image=$(sed -n 's/^ *image: *//p' /etc/kubernetes/manifests/etcd.yaml)
address=$(sed -n 's/.*--advertise-client-urls=//p' /etc/kubernetes/manifests/etcd.yaml)
if ! find_tool etcdctl "$image"; then echo "etcdctl is missing on the machine and in the image $image" >&2; exit 1; fi
mkdir -p "$1"
rm -f "$1"/.etcd-*
name=etcd-$(date -u +%Y%m%dT%H%M%SZ).db
ETCDCTL_API=3 "$tool" --endpoints="$address" --cacert=$pki/ca.crt --cert=$pki/healthcheck-client.crt \
  --key=$pki/healthcheck-client.key snapshot save "$1/.$name"
mv -f "$1/.$name" "$1/$name"
kept=0
find "$1" -maxdepth 1 -name 'etcd-*Z.db' | sort -r | while read -r file; do
  kept=$((kept + 1))
  if [ $kept -gt "$2" ]; then rm -f "$file"; fi
done
