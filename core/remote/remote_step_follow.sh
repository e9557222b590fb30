#!/bin/sh
# Arguments: $1 the id; $2 the maximum bytes of each output stream; $3 "claim" or "started".
# Waits for the end of the step, see remote_step_wait.sh.
# "claim": the start request of a killed run may still arrive. If the step was not started, this script creates
# "started", so that a late request starts nothing, and removes the marker after two seconds.
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
