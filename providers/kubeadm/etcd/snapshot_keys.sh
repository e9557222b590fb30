# shellcheck shell=sh
# Prints with which keys the objects in the etcd of this machine may be encrypted: "NAME=FINGERPRINT,… RESOURCE,…", as
# snapshot_keys.h describes. The keys themselves are no argument of a program and are not printed.
snapshot_keys() {
  manifest=/etc/kubernetes/manifests/kube-apiserver.yaml
  place=/etc/kubernetes/loam/encryption/config.json
  if [ ! -r $manifest ]; then echo unknown; return; fi
  flag=$(sed -n 's/^ *- --encryption-provider-config=//p' $manifest)
  if [ -z "$flag" ]; then echo none; return; fi
  if [ "$flag" != $place ] || [ ! -r $place ]; then echo unknown; return; fi
  names=$(tr '{' '\n' <$place | sed -n 's/^.*"name":"\([^"]*\)","secret":"\([^"]*\)".*$/\1 \2/p; s/^.*"name":"\([^"]*\)"}.*$/\1/p' | sort -u |
    while read -r name secret; do
      digest=kms
      if [ -n "$secret" ]; then digest=$(printf '%s %s' "$name" "$secret" | sha256sum | cut -c 1-16); fi
      printf '%s=%s,' "$name" "$digest"
    done)
  resources=$(tr '{' '\n' <$place | sed -n 's/^.*"resources":\["\([^]]*\)"\].*$/\1/p' | sed 's/","/,/g' | tr '\n' ',')
  if [ -z "$names" ] || [ -z "$resources" ]; then echo unknown; return; fi
  echo "${names%,} ${resources%,}"
}
