#!/bin/sh
# Arguments: family, name; $3 the id of a change; $4 seconds. Waits until the change is
# neither pending nor being rolled back.
# shellcheck source=nftables_prelude.sh
. ./nftables_prelude.sh
n=0
while [ $n -lt "$4" ]; do
  now=
  { read -r now <"$d/pending/id"; } 2>/dev/null || :
  if [ "$now" != "$3" ] && [ ! -d "$d/undone" ]; then exit 0; fi
  sleep 1
  n=$((n + 1))
done
exit 88
