#!/bin/sh
# Waits until nft has loaded the table of the change $3, or rejected it. After . ./nftables_prelude.sh
n=0
while :; do
  now=
  { read -r now <"$d/pending/id"; } 2>/dev/null || :
  [ "$now" = "$3" ] || exit 88
  [ ! -e "$d/pending/status" ] || break
  [ $n -lt 200 ] || exit 88
  sleep 0.05 2>/dev/null || sleep 1
  n=$((n + 1))
done
