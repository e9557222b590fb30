#!/bin/sh
# Arguments: $1 the id; $2 the greatest number of bytes of output; $3 "claim" or "started".
# Waits for the end of the step, see remote_step_wait.sh.
# "claim": a killed run may have sent a start request that is still to arrive. Then this script creates
# "started" to block the request, and removes the marker after two seconds, when the request can no longer arrive.
# shellcheck source=remote_step_prelude.sh
. ./remote_step_prelude.sh
m=$2
if [ ! -d "$d/started" ] && [ "$3" = claim ]; then
  (umask 077; mkdir -p "$d") || exit 91
  if mkdir "$d/started" 2>/dev/null; then
    sleep 2
    rm -rf "$d"
  fi
fi
# shellcheck source=remote_step_wait.sh
. ./remote_step_wait.sh
