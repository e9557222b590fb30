#!/bin/sh
# Prints the certificates of a control plane. Included after the prelude.
for path in /etc/kubernetes/pki/apiserver*.crt /etc/kubernetes/pki/front-proxy-client.crt \
  /etc/kubernetes/pki/etcd/server.crt /etc/kubernetes/pki/etcd/peer.crt /etc/kubernetes/pki/etcd/healthcheck-client.crt; do
  [ -r "$path" ] && print_fact certificate "${path##*/} $(base64 <"$path" | tr -d '\n')"
done
for name in admin controller-manager scheduler; do
  [ -r /etc/kubernetes/$name.conf ] &&
    print_fact certificate "$name.conf $(sed -n 's/.*client-certificate-data: *//p' /etc/kubernetes/$name.conf)"
done
