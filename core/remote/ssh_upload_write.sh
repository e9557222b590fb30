#!/bin/sh
# Arguments: path, length, mode, owner, SHA-256, "small" or "large". Standard input is the content. For a large content,
# prints "loam-upload at OFFSET" first, and then reads the content from this offset on.
set -u
umask 077
p=$1
if [ -d "$p" ]; then echo "the path is a directory" >&2; exit 93; fi
f=${p%/*}
[ -z "$f" ] || (umask 022; mkdir -p "$f") || exit 91
# Sets owner and mode of the file $1.
set_owner() {
  if [ -n "$o" ]; then chown "$o" "$1" || exit 94; fi
  chmod "$m" "$1" || exit 91
}
# Prints the digest of the file $1.
digest() {
  h=$(sha256sum <"$1") || return 1
  echo "${h%% *}"
}
m=$3 o=$4 n=0
# A symbolic link is replaced by a file.
if [ -f "$p" ] && [ ! -L "$p" ] && [ $(($(wc -c <"$p"))) -eq "$2" ] && [ "$(digest "$p" 2>/dev/null)" = "$5" ]; then
  set_owner "$p"
  echo "loam-upload same"
  exit 0
fi
# If the connection is lost, output would raise SIGPIPE and skip the cleanup.
trap '' PIPE
trap 'exit 95' HUP TERM
if [ "$6" = small ]; then
  t=$p.loam.$$
  trap 'rm -f "$t"' EXIT
else
  # An interrupted upload leaves this file; the next upload of the same content appends to it.
  t=$p.loam.$(printf %.16s "$5")
  [ ! -f "$t" ] || n=$(($(wc -c <"$t")))
  if [ "$n" -gt "$2" ]; then rm -f "$t"; n=0; fi
  echo "loam-upload at $n"
fi
if ! cat >>"$t"; then rm -f "$t"; exit 91; fi
if [ $(($(wc -c <"$t"))) -ne "$2" ]; then
  echo "the upload is incomplete" >&2
  exit 92
fi
if [ "$6" = large ] && [ "$(digest "$t")" != "$5" ]; then
  rm -f "$t"
  echo "the uploaded content differs from the source" >&2
  exit 96
fi
set_owner "$t"
mv -f "$t" "$p" || exit 91
[ "$6" = small ] || rm -f "$p".loam.*
