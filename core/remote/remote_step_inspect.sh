#!/bin/sh
# Argument: the id. Prints "loam-trace ID", then "present", "removed" or "none" (see RemoteStepTrace).
# shellcheck source=remote_step_prelude.sh
. ./remote_step_prelude.sh
if [ -d "$d" ]; then t=present
elif [ -d "$b/exec" ]; then t=removed
else t=none; fi
echo "loam-trace $1 $t"
