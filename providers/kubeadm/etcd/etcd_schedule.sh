#!/bin/sh
# The timers of snapshots and of their rehearsals. $1 is "read", "remove" or "write".
#
# "read" prints lines: the digest of the files, the first line of the credentials, the states of both timers, the longest
# time between two snapshots in seconds, the age of the schedule in seconds, the name of the machine, the record of keys of the
# oldest snapshot in the directory, and the result of the last rehearsal.
# "write" reads the files from standard input.
set -u
umask 077
name=loam-etcd-snapshot
rehearsal=loam-etcd-rehearsal
units=/etc/systemd/system
credentials=/etc/loam/etcd-snapshot.key
result=/var/lib/loam/etcd-rehearsal/result
# shellcheck source=../host/host_timer.sh
. ./../host/host_timer.sh
case $1 in
read)
  cat /etc/loam/etcd-snapshot $units/$name.service $units/$name.timer /etc/loam/etcd-snapshot.s3 /etc/loam/etcd-rehearsal \
    $units/$rehearsal.service $units/$rehearsal.timer 2>/dev/null | sha256sum | cut -d ' ' -f 1
  head -n 1 $credentials 2>/dev/null || echo
  systemctl is-active $name.timer
  systemctl is-active $rehearsal.timer
  calendar_interval "$(sed -n 's/^OnCalendar=//p' $units/$name.timer 2>/dev/null)"
  echo $(($(date +%s) - $(stat -c %Y $units/$name.timer 2>/dev/null || date +%s)))
  uname -n | tr -cd 'A-Za-z0-9.-' # as in the names of snapshots
  echo
  directory=$(sed -n 's|^ExecStart=/bin/sh /etc/loam/etcd-snapshot \(/[^ ]*\) [0-9]*$|\1|p' $units/$name.service 2>/dev/null)
  oldest=$(find "${directory:-/nowhere}" -maxdepth 1 -type f -name 'etcd-*Z.keys' 2>/dev/null | sort | head -n 1)
  printf '%s\n' "${oldest:+$(head -n 1 "$oldest")}"
  cat $result 2>/dev/null
  exit 0
  ;;
remove)
  systemctl disable --now $name.timer $rehearsal.timer >/dev/null 2>&1
  rm -f /etc/loam/etcd-snapshot /etc/loam/etcd-snapshot.s3 /etc/loam/etcd-rehearsal $credentials $result
  rm -f $units/$name.service $units/$name.timer $units/$rehearsal.service $units/$rehearsal.timer
  systemctl daemon-reload
  exit 0
  ;;
esac
systemctl disable --now $rehearsal.timer >/dev/null 2>&1
write_files
if [ -e $units/$rehearsal.timer ]; then
  start_timer $rehearsal.timer || exit
else
  rm -f $result
fi
start_timer $name.timer
