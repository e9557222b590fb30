# shellcheck shell=sh
# The static pods of a control plane. Other processes of their names do not read /etc/kubernetes.

# Prints the processes of the static pod $1.
pod_processes() { pgrep -f "^([^ ]*/)?$1 .*/etc/kubernetes/" || :; }
# Prints a name of each process of the static pod $1 that no later process has: its id and its start.
identify_processes() {
  for pid in $(pod_processes "$1"); do
    awk -v pid="$pid" '{sub(/^.*\) /, ""); print pid ":" $20}' "/proc/$pid/stat" 2>/dev/null || :
  done
}
# Ends the processes of the API server among the names $2, once none of etcd's among the names $1 runs any more: that server waits
# for its lost member, and the kubelet for the server before it goes on. The kubelet starts the server again at once. A server that
# is still there at the next call is killed.
end_stalled_server() {
  [ -n "$1" ] || return 0
  for one in $(identify_processes etcd); do
    if printf '%s\n' "$1" | grep -qxF -e "$one"; then return 0; fi
  done
  for one in $(identify_processes kube-apiserver); do
    printf '%s\n' "$2" | grep -qxF -e "$one" || continue
    if [ "$one" = "${ended:-}" ]; then kill -KILL "${one%:*}" 2>/dev/null || :; else kill "${one%:*}" 2>/dev/null || :; fi
    ended=$one
  done
}
# Whether the API server $1, which is the name of a process, listens at its port.
server_listens() {
  port=$(tr '\0' '\n' 2>/dev/null <"/proc/${1%:*}/cmdline" | sed -n 's/^--secure-port=//p')
  grep -q ":$(printf %04X "${port:-6443}") 0*:0000 0A " "/proc/${1%:*}/net/tcp" "/proc/${1%:*}/net/tcp6" 2>/dev/null
}
# Kills an API server that has closed its port, in the eleventh call after that; one call a second. Until then, it answers the
# requests that it has, of which a webhook may take ten seconds; then it waits for its watches alone, half a minute.
end_closed_server() {
  process=$(identify_processes kube-apiserver)
  if [ -z "$process" ]; then return 0; fi
  if server_listens "$process"; then
    listened=$process silent=0
  elif [ "$process" = "${listened:-}" ]; then
    silent=$((silent + 1))
    if [ $silent -ge 11 ]; then kill -KILL "${process%:*}" 2>/dev/null || :; fi
  fi
}
# Restarts the kubelet after it has replaced the member of etcd that had the processes $1. A kubelet that starts neither waits up to 40
# seconds before it starts the API server, which ended with the member, nor up to 90 before it reports the new pod of etcd, which it
# could not do without that server. One call a second.
hasten_kubelet() {
  [ -n "$1" ] || return 0
  member=$(identify_processes etcd)
  [ -n "$member" ] || return 0
  for one in $member; do
    if printf '%s\n' "$1" | grep -qxF -e "$one"; then return 0; fi
  done
  if [ -z "$(identify_processes kube-apiserver)" ]; then
    absent=$((${absent:-0} + 1))
    if [ $absent -eq 3 ]; then systemctl restart kubelet || :; fi
  elif [ -z "${reported:-}" ] && ask_server "$(advertised_server)" /readyz; then
    reported=yes
    systemctl restart kubelet || :
  fi
}
# Prints the address of the API server of this machine.
advertised_server() {
  sed -n 's|.*kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: *||p' /etc/kubernetes/manifests/kube-apiserver.yaml | tr -d '"'
}
# Asks the API server at $1, or without it one at the endpoint of the cluster, for the path $2. Without kubectl, the authority is in $pki.
ask_server() {
  if command -v kubectl >/dev/null 2>&1; then
    kubectl --kubeconfig=/etc/kubernetes/admin.conf ${1:+"--server=https://$1"} --request-timeout=5s get --raw "$2" </dev/null >/dev/null 2>&1
  else
    url=$(sed -n 's/^ *server: *//p' /etc/kubernetes/admin.conf)
    if [ -n "$1" ]; then url=https://$1; fi
    ask_code=$(curl --silent --max-time 5 --noproxy '*' --cacert "${pki:-/etc/kubernetes/pki}/ca.crt" -o /dev/null -w '%{http_code}' "$url$2" 2>/dev/null) || :
    case $2:$ask_code in *:200 | /apis/*:40[13]) return 0 ;; esac # it has no user: a refusal of a group is an answer
    return 1
  fi
}
# Whether the API server of this machine responds, now and for six seconds, and then serves a group of its API. The script has a
# function "get", a request of a path.
server_responds() {
  get /readyz || return 1
  for _ in 1 2 3; do
    sleep 2
    get /livez || return 1
  done
  get /apis/apps/v1
}

# Refuses new connections of haproxy to the API server of this machine, so that all haproxies pass requests to other servers while this
# one is replaced; open ones end by themselves. haproxy of modules/endpoint is known by its ports. The rule has no effect after 15 minutes,
# in case that this machine dies. Without another server that answers, nothing is refused.
leave_endpoint() {
  grep -qs ':61000-65000 *$' /etc/haproxy/haproxy.cfg && command -v nft >/dev/null 2>&1 || return 0
  nft -f - <<'TABLE' 2>/dev/null || return 0
table inet loam_endpoint
delete table inet loam_endpoint
table inet loam_endpoint {
  set left {
    type inet_service
    flags timeout
    elements = { 6443 timeout 15m }
  }
  chain input {
    type filter hook input priority -10
    tcp sport 61000-65000 tcp dport @left tcp flags & (syn | ack) == syn reject with tcp reset
  }
}
TABLE
  for _ in 1 2 3; do
    sleep 1
    if ask_server '' /readyz; then return 0; fi
  done
  return_to_endpoint
}
return_to_endpoint() { nft delete table inet loam_endpoint 2>/dev/null || :; }
