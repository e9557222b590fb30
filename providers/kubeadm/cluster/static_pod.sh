# shellcheck shell=sh
# The static pods of a control plane. Other processes of their names do not read /etc/kubernetes.

# Prints the processes of the static pod $1.
pod_processes() { pgrep -f "^([^ ]*/)?$1 .*/etc/kubernetes/" || :; }
