#!/bin/sh
# Renews the certificates of a control plane that expire soon; a timer runs it. $1 is the name of the node, $2 the days before the
# end. The result is in /var/lib/loam/renewal.json. Certificates that live shorter than twice these days are renewed in the second
# half of their life.
set -eu
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
node=$1 days=$2
report=/var/lib/loam/renewal.json
lease_seconds=900
# shellcheck source=renewal_certificates.sh
. ./renewal_certificates.sh
# shellcheck source=renewal_lease.sh
. ./renewal_lease.sh

kube() { timeout 30 kubectl --cache-dir=/run/loam/kubectl --kubeconfig=$top/admin.conf --server="https://$server" --request-timeout=10s "$@"; }
get() { kube get --raw "$1" >/dev/null 2>&1; }
# Sets $end_time to the end of the first certificate, in seconds; empty if kubeadm does not print it. The arguments are a command
# that runs kubeadm elsewhere.
read_end() {
  end_time=$("$@" timeout 120 kubeadm certs check-expiration </dev/null 2>/dev/null | awk '
    /^CERTIFICATE AUTHORITY/ {exit}
    $1 !~ /^!/ && $6 == "UTC" {print $2, $3, $4, $5, $6}' | while read -r text; do date -d "$text" +%s; done | sort -n | head -n 1)
}
is_due() {
  find_pki
  read_end
  [ -n "$end_time" ] || fail "kubeadm does not print when the certificates expire"
  left=$((end_time - $(date +%s)))
  life=$((end_time - $(certificate_time)))
  [ $left -lt $((days * 86400)) ] && [ $left -lt $((life / 2)) ]
}
# Writes the report: the result $1 and an error.
write_report() {
  text=$(printf %s "${2:-}" | tr '\n\t' '  ' | tr -cd '\40-\176' | head -c 1500 | sed 's/[\\"]/\\&/g')
  new=$(file_new $report)
  printf '{"result":"%s","time":"%s","error":"%s"}\n' "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$text" >"$new"
  chmod 600 "$new"
  file_move "$new" $report
}
fail() {
  reason=$1
  echo "error: $1" >&2
  exit 1
}
# The end of a run. A report of a renewal stays until another renewal or failure.
finish() {
  status=$?
  trap - EXIT
  if [ -n "$has_lease" ]; then lease_release; fi
  if [ $status -ne 0 ]; then
    [ -n "$reason" ] || reason=$(tail -n 5 $work/errors 2>/dev/null || :)
    write_report failed "${reason:-the script ended with status $status}"
  elif [ -n "$renewed" ]; then
    write_report renewed
  elif ! grep -q '"result":"\(renewed\|current\)"' $report 2>/dev/null; then
    write_report current
  fi
  # Copies of private keys stay only for a run that continues with them.
  if [ ! -d $made ] && { [ -n "$has_lock" ] || renewal_lock 0; }; then rm -rf $work; fi
  exit $status
}
# Waits up to $1 seconds until the API server of this machine responds.
await_server() {
  end=$(($(uptime_seconds) + $1))
  until server_responds; do
    [ "$(uptime_seconds)" -lt $end ] || return 1
    sleep 1
  done
}
# Prints the names of the objects of the kind $1, with the label $2, that are not ready.
list_unready() {
  found=$(kube get "$1" -A -l "$2" -o 'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}') ||
    found='the API server'
  printf '%s\n' "$found" | while read -r name state; do
    if [ "$state" != True ]; then echo "$name"; fi
  done
}
# Waits up to $1 seconds until the control planes, and the members of etcd that run as pods, are ready: a restart may not cost the
# quorum of etcd.
await_others() {
  end=$(($(uptime_seconds) + $1))
  while :; do
    unready="$(list_unready nodes node-role.kubernetes.io/control-plane) $(list_unready pods component=etcd)"
    if [ "$unready" = ' ' ]; then return 0; fi
    [ "$(uptime_seconds)" -lt $end ] || return 1
    sleep 2
  done
}
# An apply that died in a change of the static pods completes it.
check_changes() {
  if [ -e /var/lib/loam/change ] || [ -e /etc/loam/changing ]; then fail "a change of the control plane is not finished: apply again"; fi
}

reason='' renewed='' has_lease='' has_lock=''
mkdir -p /var/lib/loam
trap finish EXIT
trap 'reason="the run was ended"; exit 143' HUP INT TERM
server=$(advertised_server)
[ -n "$server" ] || fail "this machine has no API server"
find_pki
if ! is_made && ! is_due; then exit 0; fi
lease_take 5400 || fail "no turn to renew: $problem"
has_lease=yes
renewal_lock 30 || fail "another renewal of this machine does not end"
has_lock=yes
if ! is_made && ! is_due; then exit 0; fi
check_changes
await_server 60 || fail "the API server of this machine does not respond"
await_others 60 || fail "not ready: $unready"
if ! is_made; then
  make_certificates
  former_end=$end_time
  read_end in_copies $made
  # kubeadm renews no certificate of an authority without its key, which is no error for it.
  if [ "${end_time:-0}" -le "$former_end" ]; then
    rm -rf $work
    fail "kubeadm has not renewed all certificates; is the private key of an authority missing on this machine?"
  fi
fi
place_certificates
restart_pod etcd 90 || fail "etcd did not start again"
restart_pod kube-apiserver 90 || fail "the API server did not start again"
await_server 180 || fail "the API server of this machine does not respond with the renewed certificates"
for pod in kube-controller-manager kube-scheduler; do restart_pod $pod 60 || fail "$pod did not start again"; done
await_others 90 || fail "not ready with the renewed certificates: $unready"
# A run that dies before the end of the renewal is followed by one that takes the Lease again.
lease_release
has_lease=''
end_renewal
renewed=yes
