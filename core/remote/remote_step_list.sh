#!/bin/sh
# Prints "loam-markers some", or "none" if this user never had a marker; then "loam-marker ID" for each marker, and
# "loam-markers end".
# shellcheck source=remote_step_prelude.sh
. ./remote_step_prelude.sh
if [ -d "$b/exec" ]; then echo 'loam-markers some'
else echo 'loam-markers none'; fi
for d in "$b"/exec/*; do
  if [ -d "$d" ]; then echo "loam-marker ${d##*/}"; fi
done
echo 'loam-markers end'
