# shellcheck shell=sh
# Waits after a restart of the container runtime: for its socket, then for the kubelet of a node. What did not work before
# the restart is not waited for.
# shellcheck source=host_clock.sh
. ./host_clock.sh
# shellcheck source=kubelet_health.sh
. ./kubelet_health.sh
# shellcheck disable=SC2034 # for the script that includes this
runtime_seconds=120 # until the socket responds
node_seconds=180    # until the node is Ready
node_works='' node_name=
kubelet_conf=/etc/kubernetes/kubelet.conf

# Whether the container runtime, a service, responds. Steps hold the lock 9, which their children must not keep.
runtime_responds() {
  case $1 in
  containerd) timeout 10 ctr version >/dev/null 2>&1 9>&- </dev/null ;;
  *) if command -v crictl >/dev/null 2>&1; then timeout 10 crictl version >/dev/null 2>&1 9>&- </dev/null; else systemctl is-active --quiet "$1"; fi ;;
  esac
}
# $1: seconds. Runs the rest until it succeeds.
wait_until() {
  wait_end=$(($(uptime_seconds) + $1))
  shift
  until "$@"; do
    if [ "$(uptime_seconds)" -ge $wait_end ]; then return 1; fi
    sleep 1
  done
}
node_kubectl() { timeout 15 kubectl --cache-dir=/run/loam/kubectl --kubeconfig=$kubelet_conf --request-timeout=10s "$@" 2>/dev/null 9>&- </dev/null; }
# Whether the cluster has the node $node_name as Ready.
node_is_ready() { [ "$(node_kubectl get node "$node_name" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')" = True ]; }
# Notes what works before the restart: $node_works is "", "kubelet" or "Ready". Only a node has both files. The kubeconfig of its
# kubelet has its name.
node_note() {
  [ -r $kubelet_conf ] && [ -r $kubelet_config ] && kubelet_responds || return 0
  node_works=kubelet
  command -v kubectl >/dev/null 2>&1 || return 0
  node_name=$(node_kubectl auth whoami -o 'jsonpath={.status.userInfo.username}')
  node_name=${node_name#system:node:}
  if [ -n "$node_name" ] && node_is_ready; then node_works=Ready; fi
}
node_is_back() { kubelet_responds && { [ "$node_works" != Ready ] || node_is_ready; }; }
# Waits for what node_note has found.
node_wait() { [ -z "$node_works" ] || wait_until $node_seconds node_is_back; }
