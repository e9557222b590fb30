#!/bin/sh
# Prints the pause image of kubeadm for the version $1 and the repository on standard input.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
export PATH
repository=$(cat)
kubeadm config images list --kubernetes-version "v$1" --image-repository "$repository" 2>/dev/null | sed -n '/\/pause:/{p;q;}'
