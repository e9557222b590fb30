#!/bin/sh
# Arguments: $1 the id; $2 the length of the script on standard input. An incomplete script is never run.
# shellcheck source=ssh_exec_prelude.sh
. ./ssh_exec_prelude.sh
m=$(umask)
umask 077
mkdir -p "$b/exec" || exit 91
t=$d.$$
trap 'rm -f "$t"' EXIT
# The SSH client may be gone: then output would raise SIGPIPE and skip the cleanup.
trap '' PIPE
trap 'exit 95' HUP TERM
head -c "$2" >"$t" || exit 91
[ $(($(wc -c <"$t"))) -eq "$2" ] || exit 92
mkdir -p "$d" || exit 91
mkdir "$d/started" 2>/dev/null || exit 0
mv "$t" "$d/script" && chmod 700 "$d/script" || exit 91
trap - EXIT PIPE HUP TERM
cat >"$d/run" <<"END" || exit 91
. ./ssh_exec_run.sh
END
if command -v setsid >/dev/null 2>&1; then set -- "$1" setsid; else set -- "$1"; fi
i=$1
shift
"$@" sh "$d/run" "$i" "$m" </dev/null >/dev/null 2>&1 &
