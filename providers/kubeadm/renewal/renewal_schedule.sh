#!/bin/sh
# The timer of renewals. $1 is "read", "remove" or "write".
#
# "read" prints lines: the digest of the files, the state of the timer, the longest time between two runs in seconds, the age of
# the timer and that of the certificates in seconds, whether a renewal is not finished ("yes"), and the report of the
# last run.
# "write" reads the files from standard input. Without kubectl there is no Lease: status 3.
set -u
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
name=loam-renewal
units=/etc/systemd/system
# shellcheck source=../host/host_timer.sh
. ./../host/host_timer.sh
# shellcheck source=renewal_pki.sh
. ./renewal_pki.sh
case $1 in
read)
  cat /etc/loam/renewal $units/$name.service $units/$name.timer 2>/dev/null | sha256sum | cut -d ' ' -f 1
  systemctl is-active $name.timer
  calendar_interval "$(sed -n 's/^OnCalendar=//p' $units/$name.timer 2>/dev/null)"
  now=$(date +%s)
  echo $((now - $(stat -c %Y $units/$name.timer 2>/dev/null || echo "$now")))
  find_pki
  made=$(certificate_time)
  echo $((now - ${made:-$now}))
  if [ -e /var/lib/loam/renewal/made ] && [ "$(systemctl show -p ActiveState --value $name.service)" != activating ]; then echo yes; else echo; fi
  cat /var/lib/loam/renewal.json 2>/dev/null
  exit 0
  ;;
remove)
  systemctl disable --now $name.timer >/dev/null 2>&1
  rm -f /etc/loam/renewal $units/$name.service $units/$name.timer /var/lib/loam/renewal.json
  systemctl daemon-reload
  exit 0
  ;;
esac
command -v kubectl >/dev/null || exit 3
write_files
start_timer $name.timer
