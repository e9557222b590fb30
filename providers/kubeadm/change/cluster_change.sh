#!/bin/sh
# A change of the cluster's configuration, on its first machine. $1 is "begin", which keeps the configurations on standard input
# as the former ones, unless an unfinished change has kept some, and prints them; "proxy", which prints the objects of kube-proxy
# that kubeadm makes of those on standard input; "upload" or "upload-kubelet", which give the cluster those on standard input; or
# "end", which removes the former ones.
set -eu
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
file=/etc/loam/changing
case $1 in
begin)
  cat >$file.new
  if [ ! -s $file ]; then
    sync $file.new 2>/dev/null || sync
    mv -f $file.new $file
  fi
  rm -f $file.new
  cat $file
  ;;
proxy) kubeadm init phase addon kube-proxy --config /dev/stdin --print-manifest ;;
upload) kubeadm init phase upload-config kubeadm --config /dev/stdin ;;
upload-kubelet) kubeadm init phase upload-config kubelet --config /dev/stdin ;;
end) rm -f $file ;;
esac
