#!/bin/sh
# Pulls the images of the configuration of kubeadm on standard input, which names one of etcd, through the container runtime.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
kubeadm config images pull --config /dev/stdin
