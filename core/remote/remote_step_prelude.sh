#!/bin/sh
# Argument: $1 the id, or none. Sets $i, the id, $b, the directory of loam, and $d, the directory of the marker.
set -u
i=${1:-}
# shellcheck source=remote_state.sh
. ./remote_state.sh
d=$b/exec/$i
# Sets $began to the start time of the process $1; "ended" if it is a zombie, empty if /proc has no such process.
began() {
  s=
  { read -r s <"/proc/$1/stat"; } 2>/dev/null || :
  s=${s##*) }
  # shellcheck disable=SC2086 # the fields of the line become arguments
  set -- $s
  # A zombie has ended.
  case ${1:-} in Z) began=ended ;; *) began=${20:-} ;; esac
}
# Sets $boot to the id of this boot of the machine.
boot() {
  boot=none
  { read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || :
}
# Succeeds if the process of the marker still runs. Sets $p to its process id, $o to its boot id and $boot to the
# current boot id.
is_running() {
  p='' o='' g=''
  { read -r p <"$d/pid" && read -r o <"$d/boot"; } 2>/dev/null || return 1
  { read -r g <"$d/began"; } 2>/dev/null || :
  boot
  [ "$boot" = "$o" ] && kill -0 "$p" 2>/dev/null || return 1
  began "$p"
  [ "$began" = "$g" ]
}
