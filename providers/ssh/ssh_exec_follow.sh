#!/bin/sh
# Arguments: $1 the id; $2 the greatest number of bytes of output; $3 "claim" or "started".
# Waits for the end of the script. Prints one line about the marker, then out and err.
# "claim": a killed run may have sent a start request that is still to arrive. Then this script creates
# "started" to block the request, and removes the marker after two seconds, when the request can no longer arrive.
# shellcheck source=ssh_exec_prelude.sh
. ./ssh_exec_prelude.sh
say() {
  s=0 e=0
  [ ! -f "$d/out" ] || s=$(($(wc -c <"$d/out")))
  [ ! -f "$d/err" ] || e=$(($(wc -c <"$d/err")))
  [ "$s" -le "$4" ] || s=$4
  [ "$e" -le "$4" ] || e=$4
  echo "loam-exec $1 $2 $3 $s $e"
  [ "$s" -eq 0 ] || tail -c "$s" "$d/out" | head -c "$s"
  [ "$e" -eq 0 ] || tail -c "$e" "$d/err" | head -c "$e"
  exit 0
}
if [ ! -d "$d/started" ]; then
  [ "$3" = claim ] || say "$1" absent 0 "$2"
  (umask 077; mkdir -p "$d") || exit 91
  if mkdir "$d/started" 2>/dev/null; then
    sleep 2
    rm -rf "$d"
    say "$1" absent 0 "$2"
  fi
fi
# $n: checks without a process. A marker counts as lost after 40 of them.
n=0 k=0
while [ ! -e "$d/status" ]; do
  [ -d "$d/started" ] || say "$1" absent 0 "$2"
  if alive; then n=0; elif [ -n "$p" ]; then n=40; else n=$((n + 1)); fi
  [ -e "$d/status" ] || [ $n -lt 40 ] || say "$1" lost 0 "$2"
  k=$((k + 1))
  if [ $k -lt 40 ]; then sleep 0.1 2>/dev/null || sleep 1
  else sleep 0.5 2>/dev/null || sleep 1; fi
done
read -r c <"$d/status"
say "$1" exited "$c" "$2"
