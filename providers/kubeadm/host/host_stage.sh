# shellcheck shell=sh
# A kubelet that waits for the upgrade of its node, because it must not be newer than the API server: its program, or its
# package. The upgrade installs it; see kubelet_install.sh.
stage=/var/lib/loam/stage

stage_clear() { rm -f $stage/kubelet $stage/kubelet.deb $stage/kubelet.rpm $stage/driver $stage/former $stage/flags; }
# Prints the version of the staged kubelet; nothing if there is none.
stage_version() {
  if [ -f $stage/kubelet ]; then
    $stage/kubelet --version 2>/dev/null | awk '{print $2}'
  elif [ -f $stage/kubelet.deb ]; then
    version=$(dpkg-deb -f $stage/kubelet.deb Version 2>/dev/null) && echo "v${version%-*}"
  elif [ -f $stage/kubelet.rpm ]; then
    rpm -qp --qf 'v%{VERSION}\n' $stage/kubelet.rpm 2>/dev/null
  fi
}
