# shellcheck shell=bash
# Paths and functions shared by up, loam, ssh, kubectl and down. $LOAM_EXAMPLE is the example: kubeadm or kubeadm-ha.
example=${LOAM_EXAMPLE:-kubeadm}
examples=$(readlink -f "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/..")
here=$examples/$example
top=$(readlink -f "$examples/..")
lab=$examples/lab
work=$(readlink -m "${LOAM_KUBEADM_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/loam/$example}")
program=${LOAM:-$top/build/release/loam}
export LOAM_IMAGES=${LOAM_IMAGES:-${XDG_CACHE_HOME:-$HOME/.cache}/loam/images}
export LOAM_VAR_dir=$work

say() { if [ -t 1 ]; then printf '\n\033[1m== %s\033[0m\n' "$*"; else printf '\n== %s\n' "$*"; fi; }

# Runs a command in the network namespace of the machines.
in_place() {
  "$lab/libvirt" pid "$work/libvirt" >/dev/null || { echo "No machines run from $work. This starts them: examples/$example/up" >&2; return 1; }
  "$lab/libvirt" enter "$work/libvirt" "$@"
}

loam() {
  # shellcheck disable=SC1091 # written by up
  . "$work/variables"
  # Packed bundles and clones of git repositories go with the directory.
  LOAM_VAR_passphrase=$(cat "$work/passphrase") XDG_CACHE_HOME=$work/cache in_place "$program" -chdir="$here" "$@"
}

on() { in_place ssh -F "$work/ssh/config" "$@"; }
