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
# Whether the API server of this machine responds, now and for six seconds. The script has a function "get", a request of a path.
server_responds() {
  get /readyz || return 1
  for _ in 1 2 3; do
    sleep 2
    get /livez || return 1
  done
}
