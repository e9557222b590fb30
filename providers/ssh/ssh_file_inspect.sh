#!/bin/sh
# Arguments: path, expected digest, maximum size of content to print. Prints "loam-file absent", or "loam-file present"
# with digest, size, mode, owner and group; then the content if its digest differs. In a directory that other users can
# change, a link counts as absent: it may lead to a file that only root may read.
set -u
# shellcheck source=../../core/remote/remote_path.sh
. ./remote_path.sh
# shellcheck source=../../core/remote/remote_digest.sh
. ./remote_digest.sh
absent() { echo "loam-file absent"; exit 0; }
enter_directory "$1" || absent
[ -f "./$name" ] || absent
if ! command exec 3<"./$name"; then
  # The shell of a run that was killed may have removed the file.
  [ -f "./$name" ] || absent
  exit 91
fi
if [ "$is_private" = no ] && [ "$(readlink /proc/self/fd/3)" != "${here%/}/$name" ]; then absent; fi
h=$(file_digest /proc/self/fd/3) || exit 91
n=$(($(wc -c <"/proc/self/fd/3")))
o=$(stat -L -c "%a %U %G %u %g" /proc/self/fd/3) || exit 91
echo "loam-file present $h $n $o"
if [ "$h" != "$2" ] && [ $n -le "$3" ]; then cat <&3; fi
