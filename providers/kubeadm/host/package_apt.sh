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
# The proxy of the step wins over that of the machine for this host.
apt_fetch() {
  apt_part=$3/part apt_host=$(sed -n 's|^URIs: [a-z]*://\([^/@]*@\)\{0,1\}\([^/:]*\).*|\2|p' "$3/loam-kubernetes.sources")
  mkdir -p "$apt_part/lists/partial" "$apt_part/cache/archives/partial" || return 1
  set -- "$1=$2-*" -o Dir::Etc::SourceList="$3/loam-kubernetes.sources" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$apt_part/lists" \
    -o Dir::Cache="$apt_part/cache" -o APT::Sandbox::User=root
  if [ -n "${http_proxy:-}" ] && [ -n "$apt_host" ]; then
    set -- "$@" -o "Acquire::http::Proxy::$apt_host=$http_proxy" -o "Acquire::https::Proxy::$apt_host=$http_proxy"
  fi
  apt_package=$1
  shift
  apt_run "$@" update && (cd "$apt_part" && apt_run "$@" download "$apt_package")
}
apt_unpack() { dpkg-deb -x "$1" "$2/part/root"; }
