#!/bin/sh
# Reaches files in directories that other users of the machine can change. A script that includes this file opens no
# name there that existed before, and sets owner and mode through a descriptor.

# Sets $owner to the user id of the current directory, $is_shared to yes if its mode lets others than the owner change
# its entries, and $is_private to yes if only root and this user can change them.
look_at_directory() {
  # shellcheck disable=SC2012,SC2046 # one directory; the fields become arguments
  set -- $(ls -ldn .)
  owner=$3 is_shared=yes is_private=no
  case $1 in d[!.][!.][!.][!.]-[!.][!.]-*) is_shared=no ;; esac
  if [ "$owner" = 0 ] || [ "$owner" = "$me" ]; then
    if [ $is_shared = no ]; then is_private=yes; fi
  fi
}
# Changes to the directory of the file $1; $2 "make" creates missing directories. Sets $here to the physical path of the
# directory and $name to the name of the file. Fails if the directory is missing. A link that another user may have
# placed is followed only to a directory of this user; any other one ends the script with status 97.
enter_directory() {
  me=$(id -u)
  # shellcheck disable=SC2034 # $name is for the script that includes this
  rest=$1 name=${1##*/}
  case $rest in /*) cd / || return 1 ;; esac
  here=$(pwd -P)
  look_at_directory
  while :; do
    case $rest in */*) ;; *) return 0 ;; esac
    part=${rest%%/*} rest=${rest#*/}
    case $part in '' | .) continue ;; esac
    if [ "${2:-}" = make ] && [ ! -d "./$part" ]; then
      (umask 022; mkdir "./$part" 2>/dev/null) || [ -d "./$part" ] || (umask 022; mkdir "./$part") || return 1
    fi
    was_private=$is_private was_shared=$is_shared was_owner=$owner from=${here%/}
    cd -P "./$part" 2>/dev/null || return 1
    here=$(pwd -P)
    look_at_directory
    if [ "$was_private" = yes ] || [ "$here" = "$from/$part" ]; then continue; fi
    if [ "$was_shared" = no ] && [ "$owner" = "$was_owner" ]; then continue; fi
    echo "\"$from/$part\" leads to \"$here\", and a user of the machine may have placed this link: use a path without it" >&2
    exit 97
  done
}
# Sets $t to a name beside the target that no other user can predict.
choose_name() {
  t=$(head -c 32 /dev/urandom | sha256sum) || return 1
  t=./.loam-$(printf %.16s "$t")
}
# Creates a file of such a name, and opens it as descriptor 4.
make_file() {
  choose_name || return 1
  set -C
  command exec 4>"$t" || return 1
  set +C
}
# Sets the owner $1, unless it is empty, and the mode $2 of the file of descriptor $3. A name could have been replaced.
set_owner() {
  if [ -n "$1" ]; then chown "$1" "/proc/self/fd/$3" || exit 94; fi
  chmod "$2" "/proc/self/fd/$3" || exit 91
}
