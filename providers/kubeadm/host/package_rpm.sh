# shellcheck shell=sh
# What the drivers dnf and zypper share.

# Lets rpm accept the pinned keys.
rpm_trust() {
  for rpm_key in /etc/pki/rpm-gpg/loam-*.asc; do
    [ ! -e "$rpm_key" ] || rpm --import "$rpm_key" || return 1
  done
}
# The version without that of the packaging; nothing if the package is not installed.
rpm_version() { rpm -q --qf '%{VERSION}\n' "$1" 2>/dev/null | grep -v ' ' | tail -n 1; }
# Prints the words for a command that installs the lines "NAME VERSION" of $1, with $3 between name and version. $2: "older" for
# versions that are older than the installed ones, "newer" for the rest, "all".
rpm_words() {
  printf '%s\n' "$1" | while read -r rpm_name rpm_wanted; do
    if [ "$rpm_wanted" = - ]; then
      [ "$2" = older ] || echo "$rpm_name"
      continue
    fi
    rpm_found=$(rpm_version "$rpm_name") rpm_order=newer
    if [ -n "$rpm_found" ] && [ "$rpm_found" != "$rpm_wanted" ] &&
      [ "$(printf '%s\n' "$rpm_found" "$rpm_wanted" | sort -V | head -n 1)" = "$rpm_wanted" ]; then
      rpm_order=older
    fi
    case $2 in all | "$rpm_order") echo "$rpm_name$3$rpm_wanted" ;; esac
  done
}
# Takes a package apart, which must have the signature of the pinned key, or without one of a key that the machine trusts. The
# packages in that root are none of the machine.
rpm_unpack() {
  rpm_root=$2/part/root
  if [ -f "$2/loam-kubernetes.asc" ]; then
    mkdir -p "$2/part/keys" && rpm --dbpath "$2/part/keys" --import "$2/loam-kubernetes.asc" || return 1
    rpm_signed=$(rpmkeys --dbpath "$2/part/keys" --checksig "$1")
  else
    rpm_signed=$(rpmkeys --checksig "$1")
  fi
  case $rpm_signed in *'signatures OK') ;; *) echo "$rpm_signed" >&2 && return 1 ;; esac
  rpm --root "$rpm_root" --install --nodeps --noscripts --notriggers --excludedocs --ignorearch --ignoreos --nosignature "$1"
}
