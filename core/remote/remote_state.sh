#!/bin/sh
# Sets $b to the directory of loam on this machine. Only this user can change its entries.
# shellcheck disable=SC2034 # for the script that includes this
if [ -n "${LOAM_STATE_DIR:-}" ]; then b=$LOAM_STATE_DIR
elif [ "$(id -u)" = 0 ]; then b=/var/lib/loam
else b=${XDG_STATE_HOME:-$HOME/.local/state}/loam; fi
