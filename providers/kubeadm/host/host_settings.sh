#!/bin/sh
# Prints the values of settings, one a line after a tab, between the lines "settings 1" and "settings end". The first
# argument is the program of the container runtime, the second the driver of packages; each other one is a setting, such as
# "file /etc/crictl.yaml". Changes nothing but its own list of digests.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
export LC_ALL PATH
list=/var/lib/loam/host/digests
# shellcheck source=../../../core/remote/remote_digest.sh
. ./../../../core/remote/remote_digest.sh

# The digest of a program. Large files are read again only if size, time or inode differ from the list.
digest() {
  stamp=$(stat -c '%s %Y %i' "$1" 2>/dev/null) || return
  known=$(sed -n "s|^\(sha256:[0-9a-f]*\) $stamp $1\$|\1|p" $list 2>/dev/null | tail -n 1)
  if [ -z "$known" ]; then
    known=$(file_digest "$1") && known=sha256:$known
    if mkdir -p "${list%/*}" 2>/dev/null; then echo "$known $stamp $1" 2>/dev/null >>$list; fi
  fi
  echo "$known"
}
# The version of a package without that of its packaging, "-1.1", and whether it is held.
package() {
  if [ "$driver" = none ]; then return; fi
  found=$("${driver}_version" "$1")
  if [ -n "$found" ] && "${driver}_is_held" "$1"; then found="$found held"; fi
  echo "$found"
}
# shellcheck source=package_apt.sh
. ./package_apt.sh
# shellcheck source=package_rpm.sh
. ./package_rpm.sh
# shellcheck source=package_dnf.sh
. ./package_dnf.sh
# shellcheck source=package_zypper.sh
. ./package_zypper.sh
# shellcheck source=host_files.sh
. ./host_files.sh
# shellcheck source=host_flatcar.sh
. ./host_flatcar.sh
# shellcheck source=host_firewall.sh
. ./host_firewall.sh
# shellcheck source=host_modes.sh
. ./host_modes.sh
# shellcheck source=host_stage.sh
. ./host_stage.sh
# shellcheck source=host_store.sh
. ./host_store.sh
runtime=$1 driver=$2
shift 2
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
  program\ /var/lib/loam/rounds/*) [ -f "$name" ] && value=$(digest "$name") ;;
  program\ */kubelet) if [ -f $stage/kubelet ]; then value=$(digest $stage/kubelet); elif [ -f "$name" ]; then value=$(digest "$name"); fi ;;
  program\ *) [ -f "$name" ] && value=$(digest "$name") ;;
  package\ kubelet)
    if [ -f $stage/kubelet.deb ] || [ -f $stage/kubelet.rpm ]; then value=$(stage_version) value="${value#v} held"; else value=$(package kubelet); fi
    ;;
  package\ *) value=$(package "$name") ;;
  image\ *) store_has "$runtime" "$name" && value=present ;;
  sysctl\ *) value=$(cat "/proc/sys/$(echo "$name" | tr . /)" 2>/dev/null) ;;
  module\ *) [ -d "/sys/module/$name" ] && value=loaded ;;
  modes)
    value=$(modes_wrong | paste -s -d ';' -)
    value=${value:-restricted}
    ;;
  reboots) if flatcar_reboots; then value=on; else value=off; fi ;;
  swap) if [ "$(wc -l </proc/swaps)" -gt 1 ]; then value=on; else value=off; fi ;;
  firewall)
    value=off
    if firewalld_runs || ufw_runs; then value=on; fi
    ;;
  firewall\ *) if firewall_is_open "${name% *}" "${name#* }"; then value=open; else value=closed; fi ;;
  service\ kubelet) systemctl is-enabled --quiet "$name" 2>/dev/null && value=enabled ;;
  service\ *)
    systemctl is-enabled --quiet "$name" 2>/dev/null && value=enabled
    systemctl is-active --quiet "$name" 2>/dev/null && value="$value active"
    ;;
  esac
  printf '%s\t%s\n' "$setting" "$value"
done
echo "settings end"
