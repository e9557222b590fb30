# shellcheck shell=bash
# Paths and functions shared by up, loam, ssh and down.
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
top=$(readlink -f "$here/../..")
lab=$top/examples/lab
work=$(readlink -m "${LOAM_QUICKSTART_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/loam/quickstart}")
build=$top/build/release
external=${LIBVIRT_DEFAULT_URI:-} # an existing libvirt is used as it is

export LOAM_IMAGES=${LOAM_IMAGES:-$work/images}
export LOAM_VAR_dir=$work

say() { if [ -t 1 ]; then printf '\n\033[1m== %s\033[0m\n' "$*"; else printf '\n== %s\n' "$*"; fi; }

# Runs a command in the network namespace of the machines.
in_place() {
  if [ -n "$external" ]; then "$@"
  elif ! "$lab/libvirt" pid "$work/libvirt" >/dev/null; then
    echo "No machines run from $work. This starts them: examples/quickstart/up" >&2
    return 1
  else "$lab/libvirt" enter "$work/libvirt" env LIBVIRT_DEFAULT_URI=qemu:///system "$@"; fi
}

loam() {
  LOAM_VAR_accel=$(cat "$work/accel" 2>/dev/null || echo tcg) in_place "$build/loam" -chdir="$here" "$@"
}
