# shellcheck shell=sh
# New certificates of a control plane, for renewal_step.sh and renewal_run.sh.
#
# kubeadm makes them in copies below $made, which exists when they are complete. Then each file replaces that of its place, and
# the static pods get new processes. A death leaves former or new files, and $made; the next run continues.
work=/var/lib/loam/renewal
made=$work/made
# shellcheck source=../cluster/static_pod.sh
. ./../cluster/static_pod.sh
# shellcheck source=../host/host_clock.sh
. ./../host/host_clock.sh
# shellcheck source=../host/host_files.sh
. ./../host/host_files.sh
# shellcheck source=renewal_pki.sh
. ./renewal_pki.sh

# Waits for another run on this machine. An apply and the timer share the lock.
renewal_lock() {
  mkdir -p /var/lib/loam
  exec 9>>/var/lib/loam/renewal.lock
  flock -w "$1" 9
}
file_digest() { sha256sum <"$1" | cut -d ' ' -f 1; }
# Prints the files that kubeadm has made: keys, then certificates, then kubeconfig files. Each line is that below $made and that
# of the machine. A key comes before its certificate, so that kubeadm never keeps a certificate of another key.
list_made() {
  for suffix in key crt; do
    find "$1/pki" -name "*.$suffix" | sort | while read -r file; do echo "$file $pki${file#"$1/pki"}"; done
  done
  for file in "$1"/top/*.conf; do
    [ ! -e "$file" ] || echo "$file $top/${file##*/}"
  done
}
# Runs a command that finds the copies of the directory $1 in the places of the files of the machine.
in_copies() {
  copies=$1
  shift
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount sh -c 'mount --bind "$1/top" "$2" && mount --bind "$1/pki" "$3" && shift 3 && exec "$@"' loam \
    "$copies" "$top" "$pki" "$@" </dev/null
}
make_certificates() {
  new=$work/.made
  rm -rf $work
  mkdir -p $new/top $new/pki
  cp -p "$top"/*.conf $new/top/
  cp -pR "$pki/." $new/pki/
  case $pki in "$top"/*) mkdir -p "$new/top/${pki#"$top"/}" ;; esac
  list_made $new | while read -r file place; do echo "$place $(file_digest "$file")"; done >$new/former
  in_copies $new kubeadm certs renew all 2>$work/errors || { cat $work/errors >&2; return 1; }
  for pod in etcd kube-apiserver kube-controller-manager kube-scheduler; do identify_processes $pod >$new/$pod.old; done
  find $new -exec sync {} + 2>/dev/null || sync
  mv $new $made
}
# Whether $made has the successors of the files on the machine: another change, which came after a death, wins.
is_made() {
  [ -d $made ] || return 1
  list_made $made | while read -r file place; do
    if cmp -s "$file" "$place"; then continue; fi
    [ -e "$place" ] && grep -qxF "$place $(file_digest "$place")" $made/former || exit 1
  done
}
# The pods restart afterwards. A renewal that fails between leaves the endpoint for a while.
place_certificates() {
  leave_endpoint
  list_made $made | while read -r file place; do
    if ! cmp -s "$file" "$place"; then file_copy "$file" "$place"; fi
  done
}
# Ends the former processes of the static pod $1, and waits up to $2 seconds for another one that stays; the kubelet starts the
# container again.
restart_pod() {
  [ -e "$top/manifests/$1.yaml" ] || return 0
  end=$(($(uptime_seconds) + $2)) last=''
  while [ "$(uptime_seconds)" -lt $end ]; do
    found=$(identify_processes "$1") former=''
    for one in $found; do
      if grep -qxF "$one" "$made/$1.old"; then
        former=yes
        kill "${one%:*}" 2>/dev/null || :
      fi
    done
    if [ -n "$found" ] && [ -z "$former" ] && [ "$found" = "$last" ]; then
      echo "[restart] $1"
      return 0
    fi
    last=$found
    sleep 1
  done
  return 1
}
end_renewal() {
  return_to_endpoint
  # Without this directory no later run takes this one for unfinished.
  mv $made $work/.made
  rm -rf $work
}
