#!/bin/sh
# Changes settings of a machine. Each line of standard input is one: "file MODE PATH BASE64", "kernel PATH" after its file,
# "package NAME VERSION" ("-": any), "driver NAME" of packages, "proxy URL" for them, "program SHA256 PATH MEMBER",
# "image RUNTIME SHA256 MEMBER NAME…", "sysctl NAME VALUE", "module NAME", "modes", "swap", "reboots" of Flatcar, "firewall", which stops it, "firewall PORTS NETWORKS", which opens
# it, "firewall-close" for what that opened, "enable SERVICE", "restart SERVICE", "clock";
# "source URL PROXY" (PROXY may be "-"); "stage SHA256 MEMBER" and "download kubelet VERSION" prepare a kubelet for the upgrade of the node; "fetch DIRECTORY NAME
# VERSION" takes a program out of a package. The members are in
# /var/lib/loam/host/bundle.tar, or below the URL of the source. Lines "warning: TEXT" of the output are for the user.
set -u
umask 022
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
export LC_ALL PATH
work=/var/lib/loam/host
fail() { echo "error: $*" >&2; exit 1; }

lines=$(cat)
each() { printf '%s\n' "$lines" | grep "^$1 " | cut -d' ' -f2-; }

driver=$(each driver)
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
# shellcheck source=host_await.sh
. ./host_await.sh
# shellcheck source=host_stage.sh
. ./host_stage.sh
# shellcheck source=host_store.sh
. ./host_store.sh
# shellcheck source=host_runtime.sh
. ./host_runtime.sh
# shellcheck source=../../../core/remote/remote_digest.sh
. ./../../../core/remote/remote_digest.sh

# Downloads the member $2 with the digest $1 to the file $3. A file that was begun before is continued, if the server can.
download() {
  part=$work/part-$1
  target=$3
  for _ in 1 2 3 4; do
    found=
    [ ! -f "$part" ] || found=$(file_digest "$part")
    got=0
    [ "$found" = "$1" ] || source_get "$2" -C - -o "$part" || got=$?
    case $got in
    0)
      cat "$part" >"$target" && rm -f "$part"
      return
      ;;
    22 | 33) rm -f "$part" ;; # nothing to continue, or no part of a file
    esac
    sleep 1
  done
  return 1
}
source_get() (
  if [ "$source_proxy" != - ]; then export http_proxy="$source_proxy" https_proxy="$source_proxy"; fi
  source_member=$1
  shift
  curl -fsSL --proto '=https,http' --proto-redir "=${source%%:*},https" --retry 4 --connect-timeout 10 --speed-limit 100 --speed-time 60 \
    "$@" "$source/$source_member"
)
# Takes a member of the bundle to the file $3, in a directory of root, and compares its digest.
unpack() {
  unpacked=$3
  if [ -n "$source" ]; then
    download "$1" "$2" "$unpacked" || fail "the member $2 of the bundle cannot be downloaded from $source; apply again"
  else
    tar -xOf $work/bundle.tar "$2" >"$unpacked" || fail "the member $2 of the bundle cannot be read; apply again"
  fi
  found=$(file_digest "$unpacked")
  [ "$found" = "$1" ] || fail "the member $2 of the bundle has another digest than its list"
}
# SELinux may confine modprobe and containerd as it does restorecon: see file_label.
module_load() { module_text=$(modprobe "$1" 2>&1 9>&- </dev/null) || { echo "$module_text" >&2; return 1; }; }
# Loads a module. Kernels of Fedora, RHEL and their family have some of them in another package.
load_module() {
  module_load "$1" && return
  [ "$driver" = dnf ] || return
  echo "installing the modules of the kernel $(uname -r)"
  dnf_install "kernel-modules-extra-$(uname -r) -" && module_load "$1" && return
  installed=$(rpm -q --qf '%{VERSION}-%{RELEASE}.%{ARCH} ' kernel-core 2>/dev/null) || installed='no other one '
  fail "the kernel module $1 cannot be loaded: the kernel $(uname -r) runs, and ${installed}is installed; reboot the machine"
}
# Lines of the kernel's log about what SELinux has denied the container runtime and the kubelet since $began, in their domains or,
# as "(kubelet)", before systemd started them. Without --input-logs, ausearch reads standard input if this is a pipe.
denials() {
  [ -e /sys/fs/selinux/enforce ] || return
  if command -v ausearch >/dev/null 2>&1; then
    ausearch --input-logs -m avc -ts "$(date -d "@$began" +%x)" "$(date -d "@$began" +%X)" 2>/dev/null </dev/null
  else
    journalctl -q -k -o cat --no-pager --since "@$began" 2>/dev/null
  fi | grep -e 'denied.*scontext=[^ ]*:\(container\|kubelet\|crio\|dockerd\|spc\)[a-z_]*_t:' \
    -e 'denied.*comm="(\{0,1\}\(kubelet\|containerd\|runc\|crio\)' | tail -n 3
}
# Starts a service that sets the clock, unless one is active, and waits for it.
wait_for_clock() {
  command -v timedatectl >/dev/null 2>&1 || return
  names='chronyd chrony systemd-timesyncd ntpd ntpsec ntp'
  # shellcheck disable=SC2086 # a list of names
  if ! systemctl is-active --quiet $names; then
    for name in $names; do
      [ -z "$(systemctl list-unit-files --no-legend "$name.service" 2>/dev/null)" ] || { systemctl enable --quiet --now "$name" && break; }
    done
  fi
  waited=0
  until=$(($(date +%s) + 60)) # the question itself may take seconds
  while [ $waited -lt 60 ] && [ "$(date +%s)" -lt $until ]; do
    # Debian's policy of SELinux does not let the service of timedatectl reply to a step: then the state is unknown.
    synchronized=$(timedatectl show -p NTPSynchronized --value 2>/dev/null) || return
    [ "$synchronized" != yes ] || return
    sleep 1
    waited=$((waited + 1))
  done
  echo "warning: the clock of the machine is not synchronized. Certificates are valid only with the right time: start chrony or systemd-timesyncd with a server of time that the machine reaches."
}
# Takes the program $2 out of its package of version $3, with the repository in the directory $1 alone. The packages of the
# machine stay, and so do its lists.
fetch() {
  [ ! -x "$1/$2" ] || return 0
  part=$1/part
  rm -rf "$part"
  mkdir -p "$part/root" && "${driver}_fetch" "$2" "$3" "$1" || return 1
  for package in "$part/$2"[_-]*; do
    [ -f "$package" ] && "${driver}_unpack" "$package" "$1" || return 1
  done
  found=$(find "$part/root" -type f -path "*/bin/$2")
  [ -n "$found" ] && chmod 0755 "$found" && mv -f "$found" "$1/$2" && rm -rf "$part"
}
mkdir -p $work || exit 1
began=$(date +%s)
# A run that was interrupted may have left a step that still runs.
if command -v flock >/dev/null 2>&1; then
  exec 9>$work/lock
  flock 9
fi

source=$(each source)
source_proxy=${source#* }
source=${source%% *}

each module | while read -r name; do
  load_module "$name" || fail "the kernel module $name cannot be loaded"
done || exit 1
if printf '%s\n' "$lines" | grep -q '^swap$'; then
  swapoff -a || fail "swap cannot be turned off"
  # The generator of zram makes its unit again at each start.
  for path in /etc/systemd/zram-generator.conf /usr/lib/systemd/zram-generator.conf; do
    [ ! -e $path ] || { : >/etc/systemd/zram-generator.conf; } || fail "swap on zram cannot be turned off"
  done
  sed -i 's|^\([^#].*[[:space:]]swap[[:space:]].*\)|# \1|' /etc/fstab
  systemctl list-units --type=swap --all --plain --no-legend 2>/dev/null | while read -r unit _; do systemctl mask "$unit" >/dev/null 2>&1; done
fi
if printf '%s\n' "$lines" | grep -q '^modes$'; then
  modes_set || fail "the modes of files below $modes_place cannot be changed"
fi
if printf '%s\n' "$lines" | grep -q '^reboots$'; then
  flatcar_stop_reboots || fail "the reboots of Flatcar cannot be turned off"
fi
if printf '%s\n' "$lines" | grep -q '^firewall$'; then
  if firewalld_runs; then
    { systemctl disable --quiet --now firewalld && systemctl mask --quiet firewalld; } || fail "firewalld cannot be stopped"
  fi
  if ufw_runs; then
    ufw --force disable >/dev/null || fail "ufw cannot be stopped"
  fi
fi
each firewall | while read -r ports networks; do
  firewall_open "$ports" "$networks" || fail "the firewall cannot be opened"
done || exit 1
if printf '%s\n' "$lines" | grep -q '^firewall-close$'; then
  firewall_close || fail "the rules for Kubernetes cannot be removed from the firewall"
fi
runtimes=$(each restart | grep -vx kubelet)
# Packages of a runtime restart it, too.
if [ -n "$runtimes" ] || each package | grep -q -e '^containerd[ .]' -e '^cri-o '; then node_note; fi
rm -rf $runtime_former
each file | while read -r _ path _; do
  runtime_keep "$path" || fail "the file $path cannot be copied"
done || exit 1
each file | while read -r mode path content; do
  directory_make "${path%/*}" || fail "the directory of $path cannot be made"
  new=$(file_new "$path") && printf '%s' "$content" | base64 -d >"$new" && chmod "$mode" "$new" &&
    file_move "$new" "$path" || fail "the file $path cannot be written"
done || exit 1
# After the modules: the settings of bridges exist only with br_netfilter.
each sysctl | while read -r name value; do
  echo "$value" >"/proc/sys/$(echo "$name" | tr . /)" || fail "the kernel setting $name cannot be set"
done || exit 1
packages=$(each package)
downloads=$(each download)
if [ -n "$driver" ]; then "${driver}_clean"; fi
http_proxy=$(each proxy)
if [ -n "$http_proxy" ]; then
  https_proxy=$http_proxy
  export http_proxy https_proxy
fi
if [ -n "$packages$downloads" ]; then
  "${driver}_trust" || fail "the keys of the repositories cannot be imported"
  "${driver}_refresh" || fail "the lists of packages cannot be read"
fi
if [ -n "$packages" ]; then
  "${driver}_install" "$packages" || fail "packages cannot be installed"
  # shellcheck disable=SC2046 # a list of names
  "${driver}_hold" $(printf '%s\n' "$packages" | awk '$2 != "-" {print $1}') || fail "packages cannot be held"
  case "
$packages" in *"
kubelet "*) stage_clear ;; esac
fi
if [ -n "$downloads" ]; then
  echo "downloading the kubelet for the upgrade of the node"
  rm -rf $stage/part
  mkdir -p $stage/part
  "${driver}_download" "${downloads% *}" "${downloads#* }" $stage/part || fail "the package of the kubelet cannot be downloaded"
  stage_clear
  echo "$driver" >$stage/driver
  case $driver in
  apt) mv -f $stage/part/kubelet_*.deb $stage/kubelet.deb ;;
  *) mv -f $stage/part/kubelet-*.rpm $stage/kubelet.rpm ;;
  esac || fail "the package of the kubelet cannot be stored"
  rm -rf $stage/part
fi
each stage | while read -r sha256 member; do
  echo "storing the kubelet for the upgrade of the node"
  mkdir -p $stage && new=$(file_new $stage/kubelet) || fail "the kubelet cannot be stored"
  unpack "$sha256" "$member" "$new"
  stage_clear
  chmod 0755 "$new" && file_move "$new" $stage/kubelet || fail "the kubelet cannot be stored"
done || exit 1
each fetch | while read -r directory name version; do
  echo "downloading $name $version"
  fetch "$directory" "$name" "$version" || fail "the package $name $version cannot be read"
done || exit 1
each program | while read -r sha256 path member; do
  echo "installing $path"
  directory_make "${path%/*}" && new=$(file_new "$path") || fail "$path cannot be written"
  unpack "$sha256" "$member" "$new"
  chmod 0755 "$new" && file_move "$new" "$path" || fail "$path cannot be written"
  case $path in /var/lib/loam/rounds/*) ;; */kubelet) stage_clear ;; esac
done || exit 1
systemctl daemon-reload || exit 1
each enable | while read -r name; do
  systemctl enable --quiet "$name" || fail "the service $name cannot be enabled"
  [ "$name" = kubelet ] || systemctl start "$name" || fail "the service $name does not start"
done || exit 1
each restart | while read -r name; do
  # Before init or join the kubelet has no configuration and ends at once.
  case $name in
  kubelet) systemctl try-restart kubelet ;;
  containerd | crio)
    systemctl restart "$name" || runtime_restore "$name" "the service $name does not start"
    [ "$name" = containerd ] && [ -f $containerd_config ] || continue
    missing=$(containerd_lacks)
    [ -z "$missing" ] ||
      runtime_restore containerd "containerd does not have the setting $missing of $containerd_config. A file of /etc/containerd/conf.d may replace it, because containerd 1 does not merge the settings of one plugin: give its content in containerd_config instead, and remove the file. Or this version of containerd does not know the setting"
    ;;
  *) systemctl restart "$name" || fail "the service $name does not start" ;;
  esac
done || exit 1
for name in ${runtimes:-$(each image | grep -o -m 1 '^containerd ')}; do
  wait_until $runtime_seconds runtime_responds "$name" ||
    runtime_restore "$name" "$name does not respond $runtime_seconds seconds after its start"
done
if ! node_wait; then
  journalctl -u kubelet -n 8 --no-pager -o cat 2>/dev/null
  case $node_works in
  Ready) problem="the node $node_name is not Ready" ;;
  *) problem="the kubelet does not respond" ;;
  esac
  problem="$problem $node_seconds seconds after the restart of the container runtime"
  [ -z "$runtimes" ] || runtime_restore "$runtimes" "$problem"
  fail "$problem"
fi
set -f
each image | while read -r runtime sha256 member names; do
  echo "importing $member"
  unpack "$sha256" "$member" $work/member
  # shellcheck disable=SC2086 # a list of names
  store_import "$runtime" $work/member $names || fail "the images of $member cannot be imported"
done || exit 1
set +f
rm -rf $runtime_former
rm -f $work/member $work/bundle.tar $work/part-*
file_label -R /opt/cni/bin 2>/dev/null || :
if printf '%s\n' "$lines" | grep -q '^clock$'; then wait_for_clock; fi
# A boolean of the policy of Debian.
if [ "$(cat /sys/fs/selinux/booleans/container_mounton_non_security 2>/dev/null)" = "0 0" ]; then
  echo "warning: SELinux does not let the container runtime mount directories of the machine, and kube-proxy needs /lib/modules: setsebool -P container_mounton_non_security on"
fi
denials | while read -r line; do echo "warning: SELinux denied an access: $line"; done
