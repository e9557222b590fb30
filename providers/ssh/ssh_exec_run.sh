#!/bin/sh
# Arguments: $1 the id; $2 the umask of the user. The start script stores this script
# below the marker and runs it in the background.
# shellcheck source=ssh_exec_prelude.sh
. ./ssh_exec_prelude.sh
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
case $first in
"#!"*) "$d/script" >"$d/out" 2>"$d/err" </dev/null ;;
*) sh "$d/script" >"$d/out" 2>"$d/err" </dev/null ;;
esac
echo $? >"$d/status.new"
rm -f "$d/script"
mv "$d/status.new" "$d/status"
