#!/bin/sh
# Argument: the id. Ends the step with all processes of its group: SIGTERM, after 3 s SIGKILL. Removes the marker.
# shellcheck source=remote_step_prelude.sh
. ./remote_step_prelude.sh
if [ -d "$d" ]; then
  if [ ! -e "$d/status" ] && is_running; then
    kill -TERM -- "-$p" 2>/dev/null || kill -TERM "$p" 2>/dev/null
    k=0
    while is_running && [ $k -lt 30 ]; do
      k=$((k + 1))
      sleep 0.1 2>/dev/null || sleep 1
    done
    if is_running; then kill -KILL -- "-$p" 2>/dev/null || kill -KILL "$p" 2>/dev/null; fi
  fi
  rm -rf "$d" || exit 91
fi
