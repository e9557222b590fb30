#!/bin/sh
# Arguments: family, name; $3 the id of the change; $4 seconds. Loads the new table, and rolls it back unless it is
# confirmed in time. nftables_arm.sh stores this script on the machine and runs it in the background.
# shellcheck source=nftables_prelude.sh
. ./nftables_prelude.sh
trap '' HUP PIPE
cd / || exit 91
# The new rules may cut the connection that started this process, so its last output is sent first.
sleep 0.1 2>/dev/null || sleep 1
is_mine() {
  now=
  { read -r now <"$d/pending/id"; } 2>/dev/null && [ "$now" = "$1" ]
}
is_mine "$3" || exit 0
: >"$d/pending/loading" || exit 91
if nft -f "$d/pending/new.nft" >"$d/pending/log" 2>&1; then s=0; else s=1; fi
echo $s >"$d/pending/status.new" && mv "$d/pending/status.new" "$d/pending/status"
n=0
while [ $n -lt "$4" ]; do
  sleep 1
  is_mine "$3" || exit 0
  n=$((n + 1))
done
roll_back
