#!/bin/sh
# Renews the certificates of a control plane in an apply, and restarts its static pods, which read them at their start.
set -eu
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
# shellcheck source=renewal_certificates.sh
. ./renewal_certificates.sh
renewal_lock 900 || { echo "error: another renewal of this machine does not end" >&2; exit 1; }
trap 'if [ ! -d $made ]; then rm -rf $work; fi' EXIT
find_pki
if ! is_made; then make_certificates; fi
place_certificates
for pod in etcd kube-apiserver kube-controller-manager kube-scheduler; do
  restart_pod $pod 120 || { echo "error: the pod of $pod did not start again" >&2; exit 1; }
done
end_renewal
