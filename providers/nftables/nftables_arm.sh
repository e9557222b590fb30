#!/bin/sh
# Arguments: family, name; $3 the id of the change; $4 seconds until the rollback; $5 "create": the table must not exist,
# or be one that object $8 has made; $6 "alone": another active firewall is an error; $7 the length of the commands in
# standard input; $8 lineage and address of the object.
# Starts the process that loads the new table, and returns before the table is loaded.
# shellcheck source=nftables_prelude.sh
. ./nftables_prelude.sh
need_nft
if [ "$6" = alone ]; then
  # On Ubuntu the unit of ufw is always active; ufw filters only if its configuration has ENABLED=yes.
  if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf 2>/dev/null; then echo ufw; exit 83; fi
  if command -v systemctl >/dev/null 2>&1 && systemctl --quiet is-active firewalld 2>/dev/null; then
    echo firewalld
    exit 83
  fi
fi
mkdir -p "$d" || exit 91
# Rolls back the unconfirmed change of an earlier run that was killed.
roll_back
if [ "$5" = create ] && has_table && ! is_own "$8"; then exit 84; fi
mkdir "$d/pending" 2>/dev/null || exit 85
trap 'rm -rf "$d/pending"' EXIT
# If the connection is lost, output would raise SIGPIPE and skip the cleanup.
trap '' PIPE
trap 'exit 95' HUP TERM
cd "$d/pending" || exit 91
head -c "$7" >new.nft || exit 91
[ $(($(wc -c <new.nft))) -eq "$7" ] || exit 92
{
  echo "table $f $t"
  echo "delete table $f $t"
  ! has_table || nft list table "$f" "$t" || exit 91
} >old.nft
nft -c -f old.nft >log 2>&1 || { cat log; exit 87; }
nft -c -f new.nft >log 2>&1 || { cat log; exit 86; }
echo "$3" >id
get_boot
echo "$boot" >boot
echo $(($(date +%s) + $4 + 30)) >until
cat >"$d/guard" <<"END" || exit 91
. ./nftables_guard.sh
END
trap - EXIT HUP TERM
# systemd may end the processes of a login session (KillUserProcesses), but not a transient unit.
if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1 &&
  systemd-run --quiet --collect --unit="loam-nftables-$3" --setenv=PATH="$PATH" \
    --setenv=LOAM_STATE_DIR="${LOAM_STATE_DIR:-/var/lib/loam}" \
    sh "$d/guard" "$f" "$t" "$3" "$4" </dev/null >/dev/null 2>&1; then :
else
  if command -v setsid >/dev/null 2>&1; then set -- setsid "$@"; else set -- env "$@"; fi
  "$1" sh "$d/guard" "$f" "$t" "$4" "$5" </dev/null >/dev/null 2>&1 &
fi
echo loam-armed
