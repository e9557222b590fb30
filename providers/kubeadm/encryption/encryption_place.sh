#!/bin/sh
# The file below /etc/kubernetes/loam by which the API server knows keys. $1 is "read", which prints it; or "place", which replaces
# it by standard input unless they are equal, and prints the time of its last change in seconds.
set -eu
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
file=/etc/kubernetes/loam/encryption/config.json
# shellcheck source=../host/host_files.sh
. ./../host/host_files.sh
if [ "$1" = read ]; then
  if [ -e $file ]; then cat $file; fi
  exit 0
fi
mkdir -p ${file%/*}
new=$(file_new $file)
cat >"$new"
if cmp -s "$new" $file; then
  rm -f "$new"
else
  sync "$new" 2>/dev/null || sync
  file_move "$new" $file
fi
stat -c %.6Y $file
