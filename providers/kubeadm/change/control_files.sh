# shellcheck shell=sh
# Files below /etc/kubernetes/loam, which components of the control plane read.
files=/etc/kubernetes/loam
# Writes the files of standard input, up to a line ".", to the new directory $1. A line has path, mode, content in Base64.
stage_files() {
  rm -rf "$1"
  mkdir -p "$1"
  while read -r path mode content; do
    if [ "$path" = . ]; then break; fi
    file=$1/$path
    mkdir -p "${file%/*}"
    printf '%s' "$content" | base64 -d >"$file"
    chmod "$mode" "$file"
  done
}
# Without the patches of the kubelet.
list_files() { (cd "$1" 2>/dev/null && find . -path ./patches -prune -o -type f -exec stat -c '%a %n' {} + | sort) || :; }
same_files() {
  [ "$(list_files "$1")" = "$(list_files $files)" ] || return 1
  list_files "$1" | while read -r _ path; do cmp -s "$1/$path" "$files/$path" || exit 1; done
}
# Makes the files equal to those of the directory $1, each at once.
put_files() {
  mkdir -p $files
  list_files "$1" | while read -r _ path; do
    mkdir -p "$files/${path%/*}"
    file_copy "$1/$path" "$files/$path" || exit 1
  done
  list_files $files | while read -r _ path; do
    [ -e "$1/$path" ] || rm -f "$files/$path"
  done
}
