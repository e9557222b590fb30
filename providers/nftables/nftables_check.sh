#!/bin/sh
# Arguments: family, name. Checks the commands in standard input without changing anything; prints the messages of nft. Then
# prints two lines of JSON, each possibly empty: the live table, and the new table as nft lists it.
# shellcheck source=nftables_prelude.sh
. ./nftables_prelude.sh
need_nft
new=$(cat)
printf '%s\n' "$new" | nft -c -f - 2>&1 || exit 86
nft -j list table "$f" "$t" 2>/dev/null | tr -d '\n'
echo
# In a network namespace of its own, the new table is loaded without effect.
if command -v unshare >/dev/null 2>&1; then
  # shellcheck disable=SC2016 # the inner shell expands it
  printf '%s\n' "$new" | unshare --net sh -c 'nft -f - && nft -j list table "$1" "$2"' sh "$f" "$t" 2>/dev/null | tr -d '\n'
fi
echo
