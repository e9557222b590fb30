#!/bin/sh
# Waits for the end of the step. Prints lines "loam-live TEXT" about its output, then one line about the marker, then
# out and err. Included after the prelude; $m is the greatest number of bytes of output.
# shellcheck disable=SC2154 # d, i: of the prelude; m: of the script that includes this
say() {
  s=0 e=0
  [ ! -f "$d/out" ] || s=$(($(wc -c <"$d/out")))
  [ ! -f "$d/err" ] || e=$(($(wc -c <"$d/err")))
  [ "$s" -le "$m" ] || s=$m
  [ "$e" -le "$m" ] || e=$m
  echo "loam-step $i $1 $2 $s $e"
  [ "$s" -eq 0 ] || tail -c "$s" "$d/out" | head -c "$s"
  [ "$e" -eq 0 ] || tail -c "$e" "$d/err" | head -c "$e"
  exit 0
}
# Prints the last line of output that is newer than the one before.
live() {
  for f in out err; do
    [ -s "$d/$f" ] || continue
    # shellcheck disable=SC3013 # -nt: POSIX 2024; dash and busybox have it
    if [ -e "$d/seen" ] && [ ! "$d/$f" -nt "$d/seen" ]; then continue; fi
    : >"$d/seen"
    printf 'loam-live %s\n' "$(tail -c 400 "$d/$f" | tail -n 1)"
  done
}
# $n: checks without a process. A marker counts as lost after 40 of them.
n=0 k=0
while [ ! -e "$d/status" ]; do
  [ -d "$d/started" ] || say absent 0
  if alive; then n=0; elif [ -n "$p" ]; then n=40; else n=$((n + 1)); fi
  if [ ! -e "$d/status" ] && [ $n -ge 40 ]; then
    # shellcheck disable=SC2154 # the prelude sets $boot
    if [ -n "$p" ] && [ "$boot" != "$o" ]; then say rebooted 0; fi
    say lost 0
  fi
  k=$((k + 1))
  [ $((k % 3)) -ne 0 ] || live
  if [ $k -lt 20 ]; then sleep 0.05 2>/dev/null || sleep 1
  elif [ $k -lt 100 ]; then sleep 0.1 2>/dev/null || sleep 1
  else sleep 0.25 2>/dev/null || sleep 1; fi
done
read -r c <"$d/status"
say exited "$c"
