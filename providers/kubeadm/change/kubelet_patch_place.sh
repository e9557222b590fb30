#!/bin/sh
# Gives the machine the patch on standard input for its kubelet (empty: none), before kubeadm runs.
set -eu
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
# shellcheck source=../host/host_files.sh
. ./../host/host_files.sh
# shellcheck source=kubelet_patch.sh
. ./kubelet_patch.sh
staged=/var/lib/loam/patch
mkdir -p /var/lib/loam
cat >$staged
put_patch $staged
rm -f $staged
