#!/bin/sh
# Writes the static pod of standard input. Only before the first initialization there is no admin.conf.
set -eu
config=admin.conf
[ -e /etc/kubernetes/admin.conf ] || config=super-admin.conf
mkdir -p /etc/kubernetes/manifests
sed "s|/etc/kubernetes/KUBECONFIG|/etc/kubernetes/$config|" >/etc/kubernetes/.kube-vip.yaml
chmod 600 /etc/kubernetes/.kube-vip.yaml
mv /etc/kubernetes/.kube-vip.yaml /etc/kubernetes/manifests/kube-vip.yaml
