# shellcheck shell=sh
# The etcd of this machine, which kubeadm runs. Needs etcd_tool.sh.
# shellcheck disable=SC2154
etcd_image() { sed -n 's/^ *image: *//p' /etc/kubernetes/manifests/etcd.yaml; }
# Sets $etcdctl; ends the script if there is none.
find_etcdctl() {
  image=$(etcd_image)
  if ! find_tool etcdctl "$image"; then echo "etcdctl is missing on the machine and in the image $image" >&2; exit 1; fi
  etcdctl=$tool
}
# Runs etcdctl for this member, by the certificate of its probes.
etcdctl_local() {
  address=$(sed -n 's/.*--advertise-client-urls=//p' /etc/kubernetes/manifests/etcd.yaml)
  pki=/etc/kubernetes/pki/etcd
  ETCDCTL_API=3 "$etcdctl" --endpoints="$address" --cacert=$pki/ca.crt --cert=$pki/healthcheck-client.crt \
    --key=$pki/healthcheck-client.key "$@"
}
