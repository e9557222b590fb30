#!/bin/sh
# Arguments: $1 the id; $2 the umask of the user. The start script stores this script
# below the marker and runs it in the background.
# shellcheck source=remote_step_prelude.sh
. ./remote_step_prelude.sh
trap "" HUP
boot
echo "$boot" >"$d/boot"
began $$
echo "$began" >"$d/began"
echo $$ >"$d/pid.new"
mv "$d/pid.new" "$d/pid"
read -r first <"$d/script" || :
umask "$2"
cd || cd /
t=/dev/null
[ ! -e "$d/in" ] || t=$d/in
set -- "$d/script"
case $first in "#!"*) ;; *) set -- sh "$d/script" ;; esac
(
  # The environment of the step.
  # shellcheck source=/dev/null
  [ ! -e "$d/env" ] || . "$d/env"
  exec "$@"
) >"$d/out" 2>"$d/err" <"$t"
echo $? >"$d/status.new"
rm -f "$d/script" "$d/env" "$d/in"
mv "$d/status.new" "$d/status"
