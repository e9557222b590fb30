#!/bin/sh
# Waits for the end of the step. Prints lines "loam-live TEXT" with its newest output, then the report: a line
# "loam-step ID STATE EXIT_STATUS OUT_BYTES ERR_BYTES" and the ends of out and err. Included after the prelude; $m is
# the maximum bytes of each output stream.
# shellcheck disable=SC2154 # d, i: of the prelude; m: of the script that includes this
report() {
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
# Prints the last line of each output stream that has changed since the last call.
show_output() {
  for f in out err; do
    [ -s "$d/$f" ] || continue
    # shellcheck disable=SC3013 # -nt: POSIX 2024; dash and busybox have it
    if [ -e "$d/seen" ] && [ ! "$d/$f" -nt "$d/seen" ]; then continue; fi
    : >"$d/seen"
    printf 'loam-live %s\n' "$(tail -c 400 "$d/$f" | tail -n 1)"
  done
}
# $n: checks in a row that found no process. After 40 of them, or at once if the process had started, the step counts
# as lost.
n=0 k=0
while [ ! -e "$d/status" ]; do
  [ -d "$d/started" ] || report absent 0
  if is_running; then n=0; elif [ -n "$p" ]; then n=40; else n=$((n + 1)); fi
  if [ ! -e "$d/status" ] && [ $n -ge 40 ]; then
    # shellcheck disable=SC2154 # the prelude sets $boot
    if [ -n "$p" ] && [ "$boot" != "$o" ]; then report rebooted 0; fi
    report lost 0
  fi
  k=$((k + 1))
  [ $((k % 3)) -ne 0 ] || show_output
  if [ $k -lt 20 ]; then sleep 0.05 2>/dev/null || sleep 1
  elif [ $k -lt 100 ]; then sleep 0.1 2>/dev/null || sleep 1
  else sleep 0.25 2>/dev/null || sleep 1; fi
done
read -r c <"$d/status"
report exited "$c"
