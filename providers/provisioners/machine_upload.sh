#!/bin/sh
# Arguments: path; name of the file, if the path is a directory; mode. The content comes on standard input.
set -e
p=$1
[ ! -d "$p" ] || p=${p%/}/$2
umask 077
cat >"$p"
chmod "$3" "$p"
