# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # node, lease_seconds: of the script that includes this, which reads problem
# The Lease that lets one control plane at a time renew its certificates. $node is the holder; $lease_seconds is its duration.
lease=loam-renewal

# Writes the Lease with the verb $1 and the holder $2; $3 is the version that it must have.
lease_write() {
  kube "$1" --validate=false -f - >/dev/null <<END
{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"$lease","namespace":"kube-system"${3:+,\"resourceVersion\":\"$3\"}},
"spec":{"holderIdentity":"$2","leaseDurationSeconds":$lease_seconds,"renewTime":"$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)"}}
END
}
# Prints version, duration and holder of the Lease; nothing if there is none.
lease_read() {
  kube -n kube-system get lease $lease --ignore-not-found -o 'jsonpath={.metadata.resourceVersion} {.spec.leaseDurationSeconds} {.spec.holderIdentity}'
}
# Takes the Lease, and waits up to $1 seconds for its holder. A holder that has not renewed it for its duration, by the clock of
# this machine, has died. A failure sets $problem.
lease_take() {
  seen='' since=0 end=$(($(uptime_seconds) + $1)) lost_end=$(($(uptime_seconds) + 60))
  while :; do
    now=$(uptime_seconds)
    if found=$(lease_read); then
      read -r version duration holder <<END
$found
END
      problem="$holder has the Lease $lease of kube-system" lost_end=$((now + 60))
      if [ "$version" != "$seen" ]; then seen=$version since=$now; fi
      if [ -z "$version" ]; then
        if lease_write create "$node" ''; then return 0; fi
      elif [ -z "$holder" ] || [ "$holder" = "$node" ] || [ $((now - since)) -ge "${duration:-$lease_seconds}" ]; then
        if lease_write replace "$node" "$version"; then return 0; fi
      fi
    elif [ "$now" -ge $lost_end ]; then
      problem="the API server of this machine does not respond"
      return 1
    fi
    [ "$now" -lt $end ] || return 1
    sleep 3
  done
}
lease_release() {
  found=$(lease_read) || return 0
  read -r version _ holder <<END
$found
END
  if [ "$holder" = "$node" ]; then lease_write replace '' "$version" || :; fi
}
