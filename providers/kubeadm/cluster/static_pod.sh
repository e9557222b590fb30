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
# Whether the API server of this machine responds, now and for six seconds. The script has a function "get", a request of a path.
server_responds() {
  get /readyz || return 1
  for _ in 1 2 3; do
    sleep 2
    get /livez || return 1
  done
}
