#!/bin/sh
# Arguments: family, name; $3 the id of the change; $4 the id of the object; $5 "yes": the machine loads the table at
# boot, "no": it does not, "deleted": the change deletes the table; $6 "wait": only waits until the new table is loaded,
# "confirm": confirms it, in a connection that was made after that; $7 lineage and address of the object.
# shellcheck source=nftables_prelude.sh
. ./nftables_prelude.sh
need_nft
wait_for_load "$3"
# A connection that is older than the rules does not prove that they allow new connections.
[ "$6" != wait ] || exit 80
s=1
read -r s <"$d/pending/status"
if [ "$s" != 0 ]; then
  cat "$d/pending/log"
  roll_back
  exit 86
fi
# After this rename, no process rolls the change back.
rm -rf "$d/confirmed"
mv "$d/pending" "$d/confirmed" 2>/dev/null || exit 88
printf '%s\n%s\n' "$4" "$7" >"$d/owner.new" && mv "$d/owner.new" "$d/owner"
trap '' PIPE HUP
is_deletion=no
if [ "$5" = deleted ]; then is_deletion=yes; fi
reload() { if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi; }
if [ "$5" = yes ]; then
  (
    umask 022
    mkdir -p /etc/nftables.d "$units/sysinit.target.wants"
    {
      echo "# Written by loam, and loaded at boot by $unit. Changes are overwritten."
      cat "$d/confirmed/new.nft"
    } >"$file.new" && chmod 600 "$file.new" || exit 89
    sync "$file.new" 2>/dev/null || :
    mv "$file.new" "$file"
  ) || exit 89
  # nftables.service flushes all tables when it starts.
  body="[Unit]
Description=nftables table %i, made by loam
Documentation=man:nft(8)
DefaultDependencies=no
After=nftables.service
PartOf=nftables.service
Wants=network-pre.target
Before=network-pre.target kubelet.service shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=$(command -v nft) -f /etc/nftables.d/loam-%i.nft

[Install]
WantedBy=sysinit.target"
  if [ "$(cat "$units/loam-nftables@.service" 2>/dev/null)" != "$body" ] || [ ! -e "$wanted" ]; then
    (umask 022 && echo "$body" >"$units/loam-nftables@.service" &&
      ln -sf "../loam-nftables@.service" "$wanted") || exit 89
    reload
    # An active unit loads the table again when nftables.service starts again.
    if [ -d /run/systemd/system ]; then systemctl --no-block start "$unit" >/dev/null 2>&1; fi
  fi
else
  if [ -e "$wanted" ] || [ -e "$file" ]; then
    rm -f "$wanted" "$file"
    set -- "$units"/sysinit.target.wants/loam-nftables@*
    [ -e "$1" ] || [ -L "$1" ] || rm -f "$units/loam-nftables@.service"
    reload
  fi
fi
list_table
[ $is_deletion = no ] || rm -rf "$d"
