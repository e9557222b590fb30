#!/bin/sh
# Arguments: path, length, mode, owner. The content comes on standard input.
set -u
umask 077
p=$1
if [ -d "$p" ]; then echo "the path is a directory" >&2; exit 93; fi
f=${p%/*}
[ -z "$f" ] || (umask 022; mkdir -p "$f") || exit 91
t=$p.loam.$$
trap 'rm -f "$t"' EXIT
# The SSH client may be gone: then output would raise SIGPIPE and skip the cleanup.
trap '' PIPE
trap 'exit 95' HUP TERM
cat >"$t" || exit 91
if [ $(($(wc -c <"$t"))) -ne "$2" ]; then
  echo "the upload is incomplete" >&2
  exit 92
fi
if [ -n "$4" ]; then chown "$4" "$t" || exit 94; fi
chmod "$3" "$t" && mv -f "$t" "$p" || exit 91
