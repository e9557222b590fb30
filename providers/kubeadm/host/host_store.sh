# shellcheck shell=sh
# Images in the storage of a container runtime: $1 is its program. CRI-O shares its storage with skopeo, whose policy does
# not matter here: the digest of the archive was compared.

# Whether the storage has the image $2.
store_has() {
  if [ "$1" = crio ]; then
    skopeo --insecure-policy inspect --raw "containers-storage:$2" >/dev/null 2>&1
    return
  fi
  if [ -z "${store_listed:-}" ]; then
    store_images=$(ctr -n k8s.io images ls -q 2>/dev/null)
    store_listed=yes
  fi
  case "
$store_images
" in *"
$2
"*) return 0 ;; esac
  return 1
}
# Copies the image $2 of the archive $1 to the storage of CRI-O. An archive of one image may not have its name.
store_copy() {
  for store_source in "oci-archive:$1:$2" "docker-archive:$1:$2" "oci-archive:$1"; do
    store_problem=$(skopeo --insecure-policy copy --quiet "$store_source" "containers-storage:$2" 2>&1) && return
  done
  printf '%s\n' "$store_problem" >&2
  return 1
}
# Imports the archive $2, which has the images with the names that follow. CRI-O: those that it lacks.
store_import() {
  if [ "$1" != crio ]; then
    ctr -n k8s.io images import "$2" >/dev/null
    return
  fi
  store_archive=$2
  shift 2
  for store_name; do
    store_has crio "$store_name" || store_copy "$store_archive" "$store_name" || return 1
  done
}
