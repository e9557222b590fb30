# shellcheck shell=sh
# Files that replace others at once: a death leaves the former file or the new one.

# Prints the path of a new file in the directory of $1. Removes files that a death has left there.
file_new() {
  rm -f "${1%/*}"/.loam.?????? && mktemp "${1%/*}/.loam.XXXXXX"
}
# Makes the directory $1, and those above it. New ones get the label of their place: other programs' files inherit it.
directory_make() {
  [ ! -d "$1" ] || return 0
  topmost=$1
  while [ -n "${topmost%/*}" ] && [ ! -e "${topmost%/*}" ]; do topmost=${topmost%/*}; done
  mkdir -p "$1" && file_label -R "$topmost"
}
# Gives a file the label of its place. A moved file keeps that of its former directory, and systemd does not start a program
# with the label of /var/lib.
# restorecon runs in a domain of its own, which may write to pipes, but not to the files that the script has open: its output, and a lock as
# descriptor 9.
file_label() {
  [ -e /sys/fs/selinux/enforce ] && command -v restorecon >/dev/null 2>&1 || return 0
  label_text=$(restorecon "$@" 2>&1 9>&- </dev/null) || { echo "$label_text" >&2; return 1; }
}
# Moves the file $1, which file_new has made, to $2.
file_move() {
  file_label "$1" && mv -f "$1" "$2" && file_label "$2"
}
# Copies the file $1 to $2. The copy is made beside $3, by default beside $2.
file_copy() {
  new=$(file_new "${3:-$2}")
  cp -p "$1" "$new"
  sync "$new" 2>/dev/null || sync
  file_move "$new" "$2"
}
