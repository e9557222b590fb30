#!/bin/sh
# Prints facts about the table, then its listing as JSON and as text. After . ./nftables_prelude.sh
list_table() {
  boot=no
  if [ -e "$wanted" ]; then boot=yes; fi
  sum=
  if [ -f "$file" ]; then sum=$(sha256sum <"$file") sum=${sum%% *}; fi
  owner=
  { read -r owner <"$d/owner"; } 2>/dev/null || :
  echo "file $sum"
  echo "boot $boot"
  echo "owner $owner"
  if [ -d /run/systemd/system ] || command -v systemctl >/dev/null 2>&1; then echo "systemd yes"; fi
  if is_pending; then echo "pending yes"; fi
  if has_table; then
    echo
    nft -j list table "$f" "$t" | tr -d '\n' && echo && nft -a list table "$f" "$t"
  else
    echo "absent yes"
    echo
  fi
}
