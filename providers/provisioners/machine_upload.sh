#!/bin/sh
# Arguments: path; name of the file, if the path is a directory; mode. The content comes on standard input.
set -eu
umask 077
# shellcheck source=../../core/remote/remote_path.sh
. ./remote_path.sh
p=$1
[ ! -d "$p" ] || p=${p%/}/$2
if ! enter_directory "$p"; then echo "the directory of $p does not exist" >&2; exit 91; fi
if [ "$is_private" = yes ]; then
  # Links and devices in such a directory are those of root or of this user.
  cat >"./$name"
  chmod "$3" "./$name"
  exit 0
fi
make_file
trap 'rm -f "$t"' EXIT
cat >&4
set_owner '' "$3" 4
mv -fT "$t" "./$name"
