#!/bin/sh
# Arguments: path, length, mode, owner, SHA-256, "small" or "large". Standard input is the content. For a large content,
# prints "loam-upload at OFFSET" first, and then reads the content from this offset on.
set -u
umask 077
# shellcheck source=remote_path.sh
. ./remote_path.sh
if [ -d "$1" ]; then echo "the path is a directory" >&2; exit 93; fi
enter_directory "$1" make || exit 91
# shellcheck source=remote_digest.sh
. ./remote_digest.sh
# Print length and digest of the file of descriptor $1.
length() { echo $(($(wc -c <"/proc/self/fd/$1"))); }
digest() { file_digest "/proc/self/fd/$1"; }
same=no
# A symbolic link is replaced by a file.
if [ -f "./$name" ] && [ ! -L "./$name" ] && command exec 3<"./$name"; then
  if [ "$(length 3)" -eq "$2" ] && [ "$(digest 3 2>/dev/null)" = "$5" ]; then same=yes; fi
fi 2>/dev/null
# In a shared directory, the file may be a hard link to another one, so its content goes to a new file.
if [ $same = yes ] && [ "$is_private" = yes ]; then
  set_owner "$4" "$3" 3
  echo "loam-upload same"
  exit 0
fi
# If the connection is lost, output would raise SIGPIPE and skip the cleanup.
trap '' PIPE
trap 'exit 95' HUP TERM
t=
trap '[ -z "$t" ] || rm -f "$t"' EXIT
u=
if [ "$6" = small ]; then
  make_file && cat >&4 || exit 91
elif [ $same = yes ]; then
  echo "loam-upload same"
  make_file && cat <&3 >&4 || exit 91
else
  # An interrupted upload leaves this file; the next upload of the same content appends to it. It lies in a directory
  # of this user, because its name can be predicted.
  # shellcheck source=remote_state.sh
  . ./remote_state.sh
  u=$(printf '%s' "${here%/}/$name" | sha256sum)
  u=$b/uploads/${u%% *}
  mkdir -p "$u" || exit 91
  part=$u/$5 n=0
  [ ! -f "$part" ] || n=$(($(wc -c <"$part")))
  if [ "$n" -gt "$2" ]; then rm -f "$part"; n=0; fi
  echo "loam-upload at $n"
  if ! cat >>"$part"; then rm -f "$part"; exit 91; fi
  exec 4<"$part"
fi
if [ "$(length 4)" -ne "$2" ]; then
  echo "the upload is incomplete" >&2
  exit 92
fi
if [ "$6" = large ] && [ "$(digest 4)" != "$5" ]; then
  [ -z "$u" ] || rm -f "$part"
  echo "the uploaded content differs from the source" >&2
  exit 96
fi
if [ -n "$u" ]; then
  # With SELinux a link would keep the label of the directory of parts. Another file system refuses the link.
  choose_name || exit 91
  if [ -e /sys/fs/selinux/enforce ] || ! ln "$part" "$t" 2>/dev/null; then
    make_file && cat "$part" >&4 || exit 91
  fi
  # From here on, the file may belong to another user, so no later upload may resume it.
  rm -rf "$u"
fi
set_owner "$4" "$3" 4
mv -fT "$t" "./$name" || exit 91
