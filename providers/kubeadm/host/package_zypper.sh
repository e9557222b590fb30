# shellcheck shell=sh
# Packages of openSUSE and SLES. Locks hold packages; no command installs a locked one.
zypper_run() {
  # 102 and 103: the system or zypper must be restarted.
  ZYPP_LOCK_TIMEOUT=300 zypper -q -n "$@" || case $? in 102 | 103) ;; *) return 1 ;; esac
}
zypper_clean() { :; }
zypper_refresh() { zypper_run refresh; }
zypper_trust() { rpm_trust; }
zypper_install() {
  # shellcheck disable=SC2046 # lists of words
  zypper_run removelock $(printf '%s\n' "$1" | cut -d' ' -f1) >/dev/null &&
    zypper_run install --no-recommends --oldpackage $(rpm_words "$1" all =)
}
zypper_install_file() { zypper_run removelock kubelet >/dev/null && zypper_run install --no-recommends --oldpackage "$1"; }
zypper_hold() { [ $# = 0 ] || zypper_run addlock "$@" >/dev/null; }
zypper_is_held() { grep -qxF "solvable_name: $1" /etc/zypp/locks 2>/dev/null; }
zypper_version() { rpm_version "$1"; }
zypper_download() {
  zypper_run --pkg-cache-dir "$3/cache" download "$1=$2" && find "$3/cache" -name '*.rpm' -exec mv -f {} "$3" \;
}
# With a pinned key, zypper knows no other one: it is that of a root of its own.
zypper_fetch() {
  zypper_part=$3/part zypper_package=$1=$2
  set -- --reposd-dir "$3" --cache-dir "$zypper_part/cache"
  if [ -f "${zypper_part%/part}/loam-kubernetes.asc" ]; then
    mkdir -p "$zypper_part/system" && rpm --root "$zypper_part/system" --import "${zypper_part%/part}/loam-kubernetes.asc" || return 1
    set -- --root "$zypper_part/system" "$@"
  fi
  zypper_run "$@" download "$zypper_package" && find "$zypper_part/cache" "$zypper_part/system" -name '*.rpm' -exec mv -f {} "$zypper_part" \;
}
zypper_unpack() { rpm_unpack "$@"; }
