# shellcheck shell=sh
# Packages of Debian and its family. Each driver has the same functions; see package_driver.h.
apt_run() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"
}
apt_change() {
  apt_run -y --no-install-recommends --allow-change-held-packages --allow-downgrades -o Dpkg::Options::=--force-confold "$@"
}
# Removes the lists that loam wrote before it had files in the format deb822.
apt_clean() {
  for package_list in /etc/apt/sources.list.d/loam-*.sources; do
    [ ! -e "$package_list" ] || rm -f "${package_list%sources}list"
  done
}
apt_refresh() { apt_run update; }
apt_trust() { :; }
apt_install() {
  # shellcheck disable=SC2046 # a list of words
  apt_change install $(printf '%s\n' "$1" | awk '{print $2 == "-" ? $1 : $1 "=" $2 "-*"}')
}
apt_install_file() { apt_change --reinstall install "$1"; }
# Without names apt-mark fails.
apt_hold() { [ $# = 0 ] || apt-mark hold "$@" >/dev/null; }
apt_is_held() { apt-mark showhold "$1" 2>/dev/null | grep -q .; }
apt_version() {
  package_found=$(dpkg-query -W -f '${db:Status-Abbrev}${Version}' "$1" 2>/dev/null)
  case $package_found in ?i\ *) package_found=${package_found#?i } && echo "${package_found%-*}" ;; esac
}
apt_download() { (cd "$3" && apt_run -o APT::Sandbox::User=root download "$1=$2-*"); }
