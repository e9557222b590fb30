#!/bin/sh
# Prints where static pods of this control plane differ from those that kubeadm makes of the configuration of the cluster, a line
# for each flag: "kube-apiserver + --v=4" is one that runs, "kube-apiserver - --v=4" one that kubeadm makes. "kube-apiserver other"
# stands for other lines of the manifest. Standard input has a line with the names of the pods, without "kube-", and the
# InitConfiguration of the machine, which stays as it is.
set -eu
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
read -r pods
work=$(mktemp -d /run/loam-preview.XXXXXX)
trap 'rm -rf "$work"' EXIT
{
  cat
  echo ---
  kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=5s -n kube-system get configmap kubeadm-config \
    -o 'jsonpath={.data.ClusterConfiguration}' </dev/null
} >"$work/config.yaml"
for pod in $pods; do
  phase="control-plane $pod" pod=kube-$pod
  if [ "$pod" = kube-etcd ]; then phase="etcd local" pod=etcd; fi
  # shellcheck disable=SC2086 # two words
  KUBEADM_INIT_DRYRUN_DIR=$work kubeadm init phase $phase --config "$work/config.yaml" --dry-run </dev/null >/dev/null
  # Members of etcd began with different flags.
  for side in now made; do
    from=/etc/kubernetes/manifests/$pod.yaml
    if [ $side = made ]; then from=$work/$pod.yaml; fi
    sed '/^    - --initial-cluster/d' "$from" >"$work/$side"
    sed -n 's/^    - \(--.*\)/\1/p' "$work/$side" | sort >"$work/$side.flags"
    sed '/^    - --/d' "$work/$side" >"$work/$side.other"
  done
  comm -23 "$work/now.flags" "$work/made.flags" | sed "s/^/$pod + /"
  comm -13 "$work/now.flags" "$work/made.flags" | sed "s/^/$pod - /"
  cmp -s "$work/now.other" "$work/made.other" || echo "$pod other"
done
