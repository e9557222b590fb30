#!/bin/sh
# Arguments: $1 the family, $2 the name of the table. Sets $d, the directory of loam for the table; $file, the table for
# the next boot; and $unit, the unit that loads it.
#
#   pending    a directory: a change without confirmation. The process that renames it decides the change
#     id, boot   id of the change; boot id of the machine at its start
#     until      Unix time in seconds after which the change counts as ended
#     new.nft, old.nft   the commands that load the new table, and the old one
#     loading    created before the new table is loaded
#     status, log   exit status and messages of nft
#   confirmed  the last confirmed change
#   undone     a change while it is rolled back
#   last       the last change that was rolled back
#   owner      the id of the object that created the table; in a second line its lineage and address
set -u
umask 077
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
f=$1 t=$2
d=${LOAM_STATE_DIR:-/var/lib/loam}/nftables/$f-$t
file=/etc/nftables.d/loam-$f-$t.nft
units=/etc/systemd/system
unit=loam-nftables@$f-$t.service
wanted=$units/sysinit.target.wants/$unit
has_table() { nft list table "$f" "$t" >/dev/null 2>&1; }
# Sets $boot to the id of this boot of the machine.
get_boot() {
  boot=none
  { read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || :
}
# Succeeds if the object with the lineage and address $1 has made the table: its state may have lost it with a machine
# that came back.
is_own() {
  own=
  { read -r own && read -r own; } <"$d/owner" 2>/dev/null || return 1
  [ -n "$own" ] && [ "$own" = "$1" ]
}
# Succeeds if a change of this boot waits for its confirmation.
is_pending() {
  o='' e=0
  get_boot
  { read -r o <"$d/pending/boot" && read -r e <"$d/pending/until"; } 2>/dev/null || return 1
  [ "$o" = "$boot" ] && [ "$(date +%s)" -le "$e" ]
}
# Loads the old table of a change that is rolled back, if the new one was or may be loaded.
undo() {
  s=
  { read -r s <"$d/undone/status"; } 2>/dev/null || :
  if [ "$s" != 1 ] && [ -e "$d/undone/loading" ]; then nft -f "$d/undone/old.nft" >>"$d/undone/log" 2>&1 || :; fi
  rm -rf "$d/last"
  mv "$d/undone" "$d/last" 2>/dev/null || rm -rf "$d/undone"
}
# Loads the old table again, unless the change was confirmed. If several processes call it, one succeeds in renaming.
roll_back() {
  if [ -d "$d/undone" ]; then undo; fi
  if mv "$d/pending" "$d/undone" 2>/dev/null; then undo; fi
}
# Prints facts about the table, then its listing as JSON and as text.
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
    nft -j list table "$f" "$t" | tr -d '\n' && echo && nft -a -s list table "$f" "$t"
  else
    echo "absent yes"
    echo
  fi
}
# Waits until nft has loaded or rejected the table of the change $1, at most 10 s. Exits with 88 if the change has ended.
wait_for_load() {
  n=0
  while :; do
    now=
    { read -r now <"$d/pending/id"; } 2>/dev/null || :
    [ "$now" = "$1" ] || exit 88
    [ ! -e "$d/pending/status" ] || break
    [ $n -lt 200 ] || exit 88
    sleep 0.05 2>/dev/null || sleep 1
    n=$((n + 1))
  done
}
# Exit statuses 80 to 89 are those of table_host.c.
need_nft() {
  command -v nft >/dev/null 2>&1 || exit 81
  [ "$(id -u)" = 0 ] || exit 82
}
