#!/bin/sh
# Argument: the id. Ends a step that runs in a session (setsid) together with all its children, and
# removes the marker.
# shellcheck source=remote_step_prelude.sh
. ./remote_step_prelude.sh
if [ -d "$d" ]; then
  if [ ! -e "$d/status" ] && alive; then
    kill -TERM -- "-$p" 2>/dev/null || kill -TERM "$p" 2>/dev/null
    k=0
    while alive && [ $k -lt 30 ]; do
      k=$((k + 1))
      sleep 0.1 2>/dev/null || sleep 1
    done
    if alive; then kill -KILL -- "-$p" 2>/dev/null || kill -KILL "$p" 2>/dev/null; fi
  fi
  rm -rf "$d" || exit 91
fi
