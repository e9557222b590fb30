#!/bin/sh
# Restores a snapshot of etcd in a directory of its own, starts an etcd there that only a socket reaches, and compares the
# number of keys of each resource with the running cluster. $1 is the file of a snapshot, which is removed; empty: a new
# one is taken. A directory: its newest snapshot, which stays. $2 is the greatest difference, in percent. The result is
# the last line of the output, and in $3, if that is not empty. Removes all other files.
set -eu
umask 077
# shellcheck source=../cluster/etcd_tool.sh
. ./../cluster/etcd_tool.sh
# shellcheck source=etcd_local.sh
. ./etcd_local.sh
given=$1 percent=$2 result=$3
top=/var/lib/loam/etcd-rehearsal
mkdir -p "$top"
exec 8>"$top/lock"
flock 8
rm -rf "$top"/work.*
work=$(mktemp -d "$top/work.XXXXXX")
server=''
# shellcheck disable=SC2317
finish() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || :
    wait "$server" 2>/dev/null || :
  fi
  drop_tool
  rm -rf "$work"
  if [ -n "$given" ] && [ ! -d "$given" ]; then
    rm -f "$given"
    rmdir "${given%/*}" 2>/dev/null || :
  fi
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
# Ends with the result $1: "passed" or "failed", and a sentence $2.
conclude() {
  line="$1 $(date -u +%Y-%m-%dT%H:%M:%SZ) $2"
  if [ -n "$result" ]; then
    printf '%s\n' "$line" >"$result.new"
    mv -f "$result.new" "$result"
  fi
  printf '%s\n' "$line"
  exit 0
}
# Prints "RESOURCE COUNT" of the keys on standard input. Events expire within an hour, so they are left out. Keys of
# custom resources have the group before the resource.
count_keys() { awk -F/ '$2 == "registry" && $3 != "events" && NF > 3 { name = $3; if (name ~ /[.]/) name = $3 "/" $4; n[name]++ } END { for (name in n) print name, n[name] }' | sort; }
last_words() { tail -n 3 "$1" | tr -d '\r' | tr '\n' ' ' | cut -c 1-400; }

find_etcdctl
file=$given
if [ -d "$given" ]; then
  file=$(find "$given" -maxdepth 1 -name 'etcd-*Z.db' | sort | tail -n 1)
  if [ -z "$file" ]; then conclude failed "There is no snapshot in $given."; fi
elif [ -z "$given" ]; then
  file=$work/snapshot
  etcdctl_local snapshot save "$file" >"$work/log" 2>&1 || conclude failed "No snapshot was taken: $(last_words "$work/log")"
fi
find_tool etcdutl "$image" || tool=$etcdctl
restorer=$tool
if ! find_tool etcd "$image"; then conclude failed "The program etcd is missing on the machine and in the image $image."; fi
# Members of etcd need an address with a port, but the only member connects to none.
client=unix://$work/client nowhere=http://127.0.0.1:1
if ! ETCDCTL_API=3 "$restorer" snapshot restore "$file" --name rehearsal --data-dir "$work/data" \
  --initial-cluster "rehearsal=$nowhere" --initial-advertise-peer-urls "$nowhere" >"$work/log" 2>&1; then
  conclude failed "The snapshot cannot be restored: $(last_words "$work/log")"
fi
# The limit ends the etcd of a script that was killed.
timeout -k 5 1800 nice -n 19 "$tool" --name rehearsal --data-dir "$work/data" --unsafe-no-fsync --log-level error \
  --listen-client-urls "$client" --advertise-client-urls "$nowhere" --listen-peer-urls "unix://$work/peer" \
  --initial-advertise-peer-urls "$nowhere" --initial-cluster "rehearsal=$nowhere" >"$work/server" 2>&1 8>&- &
server=$!
tries=0
until ETCDCTL_API=3 "$etcdctl" --endpoints="$client" endpoint health >/dev/null 2>&1; do
  tries=$((tries + 1))
  if [ $tries -ge 60 ] || ! kill -0 "$server" 2>/dev/null; then conclude failed "The restored etcd does not start: $(last_words "$work/server")"; fi
  sleep 1
done
ETCDCTL_API=3 "$etcdctl" --endpoints="$client" --command-timeout=300s get /registry/ --prefix --keys-only 2>"$work/log" | count_keys >"$work/restored"
etcdctl_local --command-timeout=300s get /registry/ --prefix --keys-only 2>"$work/log" | count_keys >"$work/live"
if [ ! -s "$work/live" ]; then conclude failed "The running etcd does not list its keys: $(last_words "$work/log")"; fi
# A difference of five keys is no fault: small clusters change by more than a few percent.
other=$(join -a 1 -a 2 -e 0 -o 0,1.2,2.2 "$work/restored" "$work/live" | awk -v percent="$percent" '
  { d = $2 - $3; if (d < 0) d = -d; if (d > 5 && d * 100 > percent * $3) printf "%s%s %d instead of %d", n++ ? ", " : "", $1, $2, $3 }')
keys=$(awk '{ n += $2 } END { print n + 0 }' "$work/restored")
if [ -n "$other" ]; then conclude failed "The snapshot has other numbers of keys than the cluster: $other."; fi
conclude passed "$keys keys of $(wc -l <"$work/restored" | tr -d ' ') resources."
