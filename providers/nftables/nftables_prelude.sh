#!/bin/sh
# Arguments: $1 the family, $2 the name of the table. Sets $d, the directory of loam for the table, $file, the file that
# the machine loads at boot, and $unit, the unit that does it.
#
#   pending    a change that waits for its confirmation: a directory, which exactly one process moves away
#     id, boot   of the change; of the boot of the machine in which it began
#     until   second of the clock after which it cannot be pending any more
#     new.nft, old.nft   the commands that load the new table, and the old one
#     loading, status, log   made before and after the new table is loaded; exit status and messages of nft
#   undone     a change while it is rolled back
#   last       the last change that was rolled back
#   owner      the id of the object that made the table
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
# Loads the old table again, unless the change was confirmed. Of several processes one moves the directory away.
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
    nft -j list table "$f" "$t" | tr -d '\n' && echo && nft -a list table "$f" "$t"
  else
    echo "absent yes"
    echo
  fi
}
# Waits until nft has loaded the table of the change $1, or rejected it.
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
# Exit statuses 81 to 89 have a meaning for loam.
need_nft() {
  command -v nft >/dev/null 2>&1 || exit 81
  [ "$(id -u)" = 0 ] || exit 82
}
