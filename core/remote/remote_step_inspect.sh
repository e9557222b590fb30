#!/bin/sh
# Argument: the id. Prints "loam-trace ID" and "present", "removed" or "none".
# shellcheck source=remote_step_prelude.sh
. ./remote_step_prelude.sh
if [ -d "$d" ]; then t=present
elif [ -d "$b/exec" ]; then t=removed
else t=none; fi
echo "loam-trace $1 $t"
