#!/bin/sh
# Arguments: path, expected digest, maximum size of content to print. Prints "loam-file absent", or "loam-file present"
# with digest, size, mode, owner and group; then the content if its digest differs.
set -u
p=$1
# The shell of a run that was killed may still remove the file.
look_again() {
  if [ ! -f "$p" ]; then echo "loam-file absent"; exit 0; fi
  exit 91
}
if [ ! -f "$p" ]; then echo "loam-file absent"; exit 0; fi
h=$(sha256sum <"$p") || look_again
h=${h%% *}
n=$(($(wc -c <"$p")))
o=$(stat -c "%a %U %G %u %g" "$p") || look_again
echo "loam-file present $h $n $o"
if [ "$h" != "$2" ] && [ $n -le "$3" ]; then cat "$p"; fi
