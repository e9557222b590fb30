# shellcheck shell=sh
# Packages of Fedora, RHEL and their family, with dnf 4 or 5. "excludepkgs" in the files of the repositories holds packages:
# only commands that name these repositories see them.
dnf_run() {
  dnf -q -y --setopt=exit_on_lock=0 --setopt=install_weak_deps=0 --setopt=disable_excludes=loam-kubernetes,loam-runtime "$@"
}
dnf_clean() { :; }
dnf_refresh() { dnf_run makecache; }
dnf_trust() { rpm_trust; }
# dnf installs a version that is older than the installed one only by "downgrade".
dnf_install() {
  dnf_newer=$(rpm_words "$1" newer -) dnf_older=$(rpm_words "$1" older -)
  # shellcheck disable=SC2086 # lists of words
  { [ -z "$dnf_newer" ] || dnf_run install $dnf_newer; } && { [ -z "$dnf_older" ] || dnf_run downgrade $dnf_older; }
}
dnf_install_file() { dnf_run --setopt=localpkg_gpgcheck=1 install "$1"; }
dnf_hold() { :; }
dnf_is_held() {
  sed -n 's/^excludepkgs=//p' /etc/yum.repos.d/loam-*.repo 2>/dev/null | tr ' ' '\n' | grep -qxF "$1"
}
dnf_version() { rpm_version "$1"; }
dnf_download() { dnf_run --downloadonly --downloaddir="$3" install "$1-$2"; }
# A package that is installed in another version is an upgrade or a downgrade, one in this version is installed again.
dnf_fetch() {
  dnf_part=$3/part
  set -- "$1" "$2" --setopt=reposdir="$3" --setopt=cachedir="$dnf_part/cache" --downloadonly --downloaddir="$dnf_part"
  if [ "$(rpm_version "$1")" = "$2" ]; then
    dnf_word=reinstall
  elif [ -n "$(rpm_words "$1 $2" older -)" ]; then
    dnf_word=downgrade
  else
    dnf_word=install
  fi
  dnf_package=$1-$2
  shift 2
  dnf_run "$@" $dnf_word "$dnf_package"
}
dnf_unpack() { rpm_unpack "$@"; }
