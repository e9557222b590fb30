#!/bin/sh
# Prints the values of settings, one a line after a tab, between the lines "settings 1" and "settings end". The first
# argument is the program of the container runtime; each other one is a setting, such as "file /etc/crictl.yaml". Changes
# nothing but its own list of digests.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
export LC_ALL PATH
list=/var/lib/loam/host/digests

# The digest of a program. Large files are read again only if size, time or inode differ from the list.
digest() {
  stamp=$(stat -c '%s %Y %i' "$1" 2>/dev/null) || return
  known=$(sed -n "s|^\(sha256:[0-9a-f]*\) $stamp $1\$|\1|p" $list 2>/dev/null | tail -n 1)
  if [ -z "$known" ]; then
    known=$(sha256sum <"$1") && known=sha256:${known%% *}
    if mkdir -p "${list%/*}" 2>/dev/null; then echo "$known $stamp $1" 2>/dev/null >>$list; fi
  fi
  echo "$known"
}
# shellcheck source=host_store.sh
. ./host_store.sh
runtime=$1
shift
echo "settings 1"
for setting; do
  name=${setting#* }
  value=''
  case $setting in
  file\ *)
    if [ -f "$name" ]; then
      value=$(sha256sum <"$name" 2>/dev/null)
      value="$(printf '%04d' "$(stat -c %a "$name")") sha256:${value%% *}"
    fi
    ;;
  program\ *) [ -f "$name" ] && value=$(digest "$name") ;;
  package\ *)
    # The version without that of the package, "-1.1".
    value=$(dpkg-query -W -f '${db:Status-Abbrev}${Version}' "$name" 2>/dev/null)
    case $value in ?i\ *) value=${value#?i } value=${value%-*} ;; *) value='' ;; esac
    if [ -n "$value" ] && apt-mark showhold "$name" 2>/dev/null | grep -q .; then value="$value held"; fi
    ;;
  image\ *) store_has "$runtime" "$name" && value=present ;;
  sysctl\ *) value=$(cat "/proc/sys/$(echo "$name" | tr . /)" 2>/dev/null) ;;
  module\ *) [ -d "/sys/module/$name" ] && value=loaded ;;
  swap) if [ "$(wc -l </proc/swaps)" -gt 1 ]; then value=on; else value=off; fi ;;
  service\ kubelet) systemctl is-enabled --quiet "$name" 2>/dev/null && value=enabled ;;
  service\ *)
    systemctl is-enabled --quiet "$name" 2>/dev/null && value=enabled
    systemctl is-active --quiet "$name" 2>/dev/null && value="$value active"
    ;;
  esac
  printf '%s\t%s\n' "$setting" "$value"
done
echo "settings end"
