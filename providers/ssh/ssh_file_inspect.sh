#!/bin/sh
# Arguments: path, expected digest, maximum size of content to print. Prints "loam-file absent", or "loam-file present"
# with digest, size, mode, owner and group; then the content if its digest differs.
set -u
p=$1
if [ ! -f "$p" ]; then echo "loam-file absent"; exit 0; fi
h=$(sha256sum <"$p") || exit 91
h=${h%% *}
n=$(($(wc -c <"$p")))
o=$(stat -c "%a %U %G %u %g" "$p") || exit 91
echo "loam-file present $h $n $o"
if [ "$h" != "$2" ] && [ $n -le "$3" ]; then cat "$p"; fi
