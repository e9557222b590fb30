#!/bin/sh
# Writes files below /etc/kubernetes/pki; each line of standard input has path, mode and content in Base64. Ends with
# status 20, and the path, if the machine has another file.
set -u
umask 077
top=/etc/kubernetes/pki
(umask 022; mkdir -p $top/etcd) || exit 91
while read -r path mode content; do
  file=$top/$path
  printf '%s' "$content" | base64 -d >"$file.loam" || exit 91
  if [ -s "$file" ]; then # an empty one is left by a loss of power
    if ! cmp -s "$file" "$file.loam"; then rm -f "$file.loam"; echo "$path"; exit 20; fi
  fi
  chmod "$mode" "$file.loam" && mv -f "$file.loam" "$file" || exit 91
done
