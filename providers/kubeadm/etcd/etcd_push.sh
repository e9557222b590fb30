#!/bin/sh
# Takes a snapshot of this machine's etcd, encrypts it for a certificate, and writes it to a bucket. Lines "name value" of
# standard input are the settings; "certificate" and "ca" are in Base64. Prints the object, then size and digest of the
# clear text, its revision, and the record of keys (snapshot_keys.h).
set -eu
umask 077
# shellcheck source=../cluster/etcd_tool.sh
. ./../cluster/etcd_tool.sh
# shellcheck source=etcd_local.sh
. ./etcd_local.sh
# shellcheck source=s3_put.sh
. ./s3_put.sh
# shellcheck source=snapshot_keys.sh
. ./snapshot_keys.sh
top=/var/lib/loam/etcd-push
base='' prefix='' region='' access='' secret='' token='' keep=0 ca='' certificate=''
while read -r name value; do
  case $name in
  base) base=$value ;;
  prefix) prefix=$value ;;
  region) region=$value ;;
  keep) keep=$value ;;
  certificate) certificate=$value ;;
  ca) ca=$value ;;
  access) access=$value ;;
  secret) secret=$value ;;
  token) token=$value ;;
  esac
done
if [ -z "$access" ]; then echo "there are no credentials for the bucket: set access_key and secret_key" >&2; exit 1; fi
mkdir -p "$top"
# One snapshot at a time: that of the timer, or that of an apply.
exec 8>"$top/lock"
flock 8
rm -rf "$top"/work.*
work=$(mktemp -d "$top/work.XXXXXX")
trap 'drop_tool; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
printf %s "$certificate" | openssl base64 -d -A >"$work/certificate"
if [ -n "$ca" ]; then
  printf %s "$ca" | openssl base64 -d -A >"$work/ca"
  ca=$work/ca
fi
find_etcdctl
keys=$(snapshot_keys)
etcdctl_local snapshot save "$work/snapshot" >/dev/null
find_tool etcdutl "$image" || tool=$etcdctl
revision=$(ETCDCTL_API=3 "$tool" snapshot status "$work/snapshot" -w json | sed -n 's/.*"revision":\([0-9]*\).*/\1/p')
members=$(etcdctl_local member list -w simple | sed -n 's/.*, \(https:[^ ]*\), [a-z]*$/\1/p' | tr '\n' ' ' | sed 's/ $//')
version=$(sed -n 's/^ *image: .*kube-apiserver:v//p' /etc/kubernetes/manifests/kube-apiserver.yaml | tr - _)
plain=$(s3_digest <"$work/snapshot")
bytes=$(wc -c <"$work/snapshot" | tr -d ' ')
openssl cms -encrypt -binary -stream -outform DER -aes-256-gcm -in "$work/snapshot" -out "$work/sealed" \
  -recip "$work/certificate" -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256
rm -f "$work/snapshot"
object=$prefix/etcd-$version-$(date -u +%Y%m%dT%H%M%SZ)-$(uname -n | tr -cd 'A-Za-z0-9.-').cms
s3_put "$work/sealed" "$object" "x-amz-meta-loam-encryption:$keys
x-amz-meta-loam-members:${members:-none}
x-amz-meta-loam-revision:${revision:-0}"
if [ "$keep" -gt 0 ]; then s3_prune "$prefix/" "$keep"; fi
printf '%s %s %s %s %s\n' "$object" "$bytes" "$plain" "$revision" "$keys"
