#!/bin/sh
# Arguments: $1 the id; $2 the maximum bytes of each output stream; $3, $4, $5 the lengths of script, environment and
# input, which standard input contains in this order. Starts the step unless it was started before, and waits for its
# end. An incomplete script is never run.
# shellcheck source=remote_step_prelude.sh
. ./remote_step_prelude.sh
m=$2
start() {
  u=$(umask)
  umask 077
  mkdir -p "$b/exec" || exit 91
  t=$(mktemp "$d.XXXXXX") || exit 91
  trap 'rm -f "$t"' EXIT
  # If the connection is lost, output would raise SIGPIPE and skip the cleanup.
  trap '' PIPE
  trap 'exit 95' HUP TERM
  head -c $(($1 + $2 + $3)) >"$t" || exit 91
  [ $(($(wc -c <"$t"))) -eq $(($1 + $2 + $3)) ] || exit 92
  mkdir -p "$d" || exit 91
  if ! mkdir "$d/started" 2>/dev/null; then rm -f "$t"; return; fi
  [ "$2" -eq 0 ] || tail -c "+$(($1 + 1))" "$t" | head -c "$2" >"$d/env" || exit 91
  [ "$3" -eq 0 ] || tail -c "$3" "$t" >"$d/in" || exit 91
  if [ $(($2 + $3)) -eq 0 ]; then mv "$t" "$d/script"; else head -c "$1" "$t" >"$d/script" && rm -f "$t"; fi || exit 91
  chmod 700 "$d/script" || exit 91
  trap - EXIT PIPE HUP TERM
  cat >"$d/run" <<"END" || exit 91
. ./remote_step_run.sh
END
  # systemd may end the processes of a login session (KillUserProcesses), but not a transient unit.
  if [ "$(id -u)" = 0 ] && [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1 &&
    systemd-run --quiet --collect --unit="loam-$i" --property=KillMode=process \
      --setenv=HOME="${HOME:-/root}" --setenv=PATH="$PATH" --setenv=USER="${USER:-root}" \
      --setenv=LOGNAME="${LOGNAME:-root}" --setenv=LANG="${LANG:-C}" --setenv=LOAM_STATE_DIR="$b" \
      sh "$d/run" "$i" "$u" </dev/null >/dev/null 2>&1; then return; fi
  if command -v setsid >/dev/null 2>&1; then set -- setsid; else set --; fi
  "$@" sh "$d/run" "$i" "$u" </dev/null >/dev/null 2>&1 &
}
[ -d "$d/started" ] || start "$3" "$4" "$5"
# shellcheck source=remote_step_wait.sh
. ./remote_step_wait.sh
