#!/bin/sh
# Changes static pods of a control plane to the configuration on standard input, one after the other. A pod must run in a new
# process and respond, else the former files return. LOAM_PODS are the names of the pods without "kube-". LOAM_CERTIFICATES are
# new certificates that they get in the directory LOAM_PKI, such as "apiserver etcd/peer". With LOAM_FILES, the pods that use them
# or "none", the lines before the configuration are the files below /etc/kubernetes/loam. With LOAM_ETCD, etcd gets this image, and
# the rest of its manifest stays. LOAM_SERVER is the address of the API server on this machine, LOAM_SECONDS the time that each pod
# has. With LOAM_RESTORE, only the former files of an unfinished run return. A death leaves former or new files; the next run
# continues. Status 20: the former pods run again; 21: they do not respond.
set -eu
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
pairs=$LOAM_CERTIFICATES pki=$LOAM_PKI server=$LOAM_SERVER seconds=$LOAM_SECONDS restores=$LOAM_RESTORE users=$LOAM_FILES etcd=$LOAM_ETCD
pods=
for pod in $LOAM_PODS; do
  if [ "$pod" != etcd ]; then pod=kube-$pod; fi
  pods="$pods $pod"
done
unset LOAM_FILES LOAM_ETCD LOAM_RESTORE LOAM_PODS LOAM_CERTIFICATES LOAM_PKI LOAM_SERVER LOAM_SECONDS
top=/etc/kubernetes
work=/var/lib/loam/change
former=$work/former
# shellcheck source=../cluster/static_pod.sh
. ./../cluster/static_pod.sh
# shellcheck source=../host/host_clock.sh
. ./../host/host_clock.sh
# shellcheck source=../host/host_files.sh
. ./../host/host_files.sh
# shellcheck source=control_files.sh
. ./control_files.sh

# Notes the processes of the pod $1 that must end, beside those of earlier notes.
begin_restart() {
  cat "$work/$1.old" >"$work/.old" 2>/dev/null || :
  identify_processes "$1" >>"$work/.old"
  mv -f "$work/.old" "$work/$1.old"
}
# Further arguments are conditions of find.
newest_log() {
  one=$1
  shift
  find /var/log/pods -path "/var/log/pods/kube-system_$one-*/$one/*.log" "$@" -exec ls -t {} + 2>/dev/null | head -n 1
}
get() { ask_server "$server" "$1"; }
is_old() { grep -qxF -e "$1" "$work/$2.old" 2>/dev/null; }
# Whether the pod $1 runs in new processes only; sets $found to them.
is_new() {
  found=$(identify_processes "$1")
  [ -n "$found" ] || return 1
  for one in $found; do
    if is_old "$one" "$1"; then return 1; fi
  done
}
# Waits until the pod $1 responds; one that ended twice, or has no time left, has failed.
await() {
  end=$(($(uptime_seconds) + seconds))
  last='' steady=0 starts=0 log=$(newest_log "$1")
  while [ "$(uptime_seconds)" -lt $end ]; do
    sleep 1
    case $1 in
    etcd)
      end_stalled_server "$(cat "$work/etcd.old" 2>/dev/null)" "$(cat "$work/kube-apiserver.old" 2>/dev/null)"
      hasten_kubelet "$(cat "$work/etcd.old" 2>/dev/null)"
      ;;
    kube-apiserver) end_closed_server ;;
    esac
    if is_new "$1" && [ "$found" = "$last" ]; then steady=$((steady + 1)); else steady=0 last=$found; fi
    now=$(newest_log "$1")
    if [ "$now" != "$log" ]; then starts=$((starts + 1)) log=$now; fi
    case $1 in
    kube-apiserver)
      if [ $steady -gt 0 ] && server_responds && is_new "$1" && [ "$found" = "$last" ]; then return 0; fi
      ;;
    # The API server of this machine uses it.
    etcd) if [ $steady -ge 5 ] && server_responds && is_new "$1" && [ "$found" = "$last" ]; then return 0; fi ;;
    # Its port may be another one. A process that rejects its configuration ends at once.
    *) if [ $steady -ge 10 ]; then return 0; fi ;;
    esac
    if [ $starts -ge 3 ]; then return 1; fi
  done
  return 1
}
# Ends the former processes of the pod $1, if its manifest stays; the kubelet starts the container again.
end_old() {
  for one in $(identify_processes "$1"); do
    if is_old "$one" "$1"; then kill "${one%:*}" 2>/dev/null || :; fi
  done
}
# A pod that was not replaced may wait for its API server.
finish_restart() {
  [ -e "$work/$1.old" ] || return 0
  await "$1" || return 1
  rm -f "$work/$1.old"
}
same() { cmp -s "$1" "$2"; }

# A member knows the others from its data; its flags tell how it began.
keep_cluster() {
  made=$work/preview/etcd.yaml now=$top/manifests/etcd.yaml
  began=$(grep -e '- --initial-cluster=' "$now") || return 0
  if ! grep -q -e '- --initial-cluster-state=' "$made"; then
    state=$(grep -e '- --initial-cluster-state=' "$now") || :
  else
    state=
  fi
  BEGAN=$began STATE=$state awk '/- --initial-cluster=/ {print ENVIRON["BEGAN"]; if (ENVIRON["STATE"] != "") print ENVIRON["STATE"]; next} {print}' \
    "$made" >"$made.new"
  mv "$made.new" "$made"
}
# The new manifest of etcd is the present one with another image.
replace_image() {
  sed "s|^\( *image: *\)[^ ]*/etcd:[^ ]*|\1$etcd|" $top/manifests/etcd.yaml >$work/preview/etcd.yaml
  if ! grep -q "^ *image: *$etcd\$" $work/preview/etcd.yaml; then
    echo "the manifest of etcd has an image of another name" >&2
    exit 1
  fi
}
render() {
  rm -rf $work/preview $work/pki
  mkdir -p $work/preview $work/pki/etcd
  for pod in $pods; do
    if [ "$pod" = etcd ] && [ -n "$etcd" ]; then
      replace_image
      continue
    fi
    set -- control-plane "${pod#kube-}"
    if [ "$pod" = etcd ]; then set -- etcd local; fi
    KUBEADM_INIT_DRYRUN_DIR=$work/preview kubeadm init phase "$@" --config $work/config.yaml --dry-run </dev/null >/dev/null
    if [ "$pod" = etcd ]; then keep_cluster; fi
  done
  sed "s|^certificatesDir: .*|certificatesDir: $work/pki|" $work/config.yaml >$work/certificate.yaml
  # kubeadm keeps a certificate that exists, also one without the names.
  for pair in $pairs; do
    case $pair in
    etcd/*) ca=etcd/ca phase=etcd-${pair#etcd/} ;;
    *) ca=ca phase=$pair ;;
    esac
    for end in crt key; do ln -sf "$pki/$ca.$end" "$work/pki/$ca.$end"; done
    kubeadm init phase certs "$phase" --config $work/certificate.yaml </dev/null >/dev/null
  done
}
differs() {
  [ -z "$pairs" ] || return 0
  [ -z "$users" ] || same_files $work/files || return 0
  for pod in $pods; do same "$work/preview/$pod.yaml" "$top/manifests/$pod.yaml" || return 0; done
  return 1
}
all_pairs="apiserver etcd/server etcd/peer"
keep_former() {
  [ ! -e $former ] || return 0
  rm -rf $work/.former
  mkdir -p $work/.former/loam $work/.former/etcd
  [ ! -d $files ] || cp -pR $files/. $work/.former/loam/
  cp -p $top/manifests/kube-*.yaml $work/.former/
  # A control plane with an external etcd has no other.
  [ ! -e $top/manifests/etcd.yaml ] || cp -p $top/manifests/etcd.yaml $work/.former/
  for pair in $all_pairs; do
    [ ! -e "$pki/$pair.crt" ] || cp -p "$pki/$pair.crt" "$pki/$pair.key" "$work/.former/${pair%"${pair##*/}"}"
  done
  sync
  mv $work/.former $former
}
# Makes the files equal to those of the directory $1.
replace_files() {
  if [ -z "$users" ] || same_files "$1"; then return 0; fi
  for pod in $users; do
    if [ "$pod" != none ]; then begin_restart "kube-$pod"; fi
  done
  put_files "$1"
}
# Puts the key and the certificate $2 of the directory $1. A death between both leaves the former certificate: its names decide
# what the next run does.
put_pair() {
  ends="key crt"
  if [ "$1" = $former ]; then ends="crt key"; fi
  for end in $ends; do file_copy "$1/$2.$end" "$pki/$2.$end"; done
}
# Completes former pairs of which a death has left the certificate alone.
mend_pairs() {
  for pair in $all_pairs; do
    if [ -e "$former/$pair.crt" ] && same "$former/$pair.crt" "$pki/$pair.crt" && ! same "$former/$pair.key" "$pki/$pair.key"; then
      file_copy "$former/$pair.key" "$pki/$pair.key"
    fi
  done
}
# Replaces the files of the pod $1 by those in the directories $2 and $3; the latter has certificates, or is empty.
replace() {
  restarts=
  case $1 in kube-apiserver) own=apiserver ;; etcd) own="etcd/server etcd/peer" ;; *) own= ;; esac
  for pair in $own; do
    if [ -n "$3" ] && [ -e "$3/$pair.crt" ] && ! same "$3/$pair.crt" "$pki/$pair.crt"; then
      begin_restart "$1"
      put_pair "$3" "$pair"
      restarts=yes
    fi
  done
  if ! same "$2/$1.yaml" "$top/manifests/$1.yaml"; then
    begin_restart "$1"
    # It ends with its member of etcd; see end_stalled_server.
    if [ "$1" = etcd ]; then begin_restart kube-apiserver; fi
    # The kubelet takes each file in its directory for a pod.
    file_copy "$2/$1.yaml" "$top/manifests/$1.yaml" "$top/$1.yaml"
    restarts=
  elif [ -e "$work/$1.old" ]; then
    restarts=yes
  fi
  if [ -n "$restarts" ]; then end_old "$1"; fi
}
# The former files go first: without them no later run takes this one for unfinished.
end_work() {
  if [ -e $former ]; then rm -rf $work/.former && mv $former $work/.former; fi
  rm -rf $work
}
restore() {
  status=20
  replace_files $former/loam
  for pod in $pods; do
    if [ -e "$former/$pod.yaml" ]; then replace "$pod" $former $former; fi
  done
  for pod in $pods; do
    if ! finish_restart "$pod"; then status=21; fi
  done
  if [ $status = 20 ]; then end_work; fi
}
roll_back() {
  # A container that has just started has an empty log.
  text=$(tail -n 40 "$(newest_log "$1" -size +0)" 2>/dev/null | cut -d ' ' -f 4-)
  restore
  echo "$1"
  printf '%s\n' "$text" >&2
  exit $status
}

mend_pairs
if [ -n "$restores" ]; then
  if [ -e $former ]; then roll_back kube-apiserver; fi
  exit 0
fi
mkdir -p $work
stage_files $work/files
cat >$work/config.yaml
render
if [ ! -e $former ] && ! differs; then
  end_work
  exit 0
fi
keep_former
trap return_to_endpoint EXIT
leave_endpoint
replace_files $work/files
for pod in $pods; do
  replace "$pod" $work/preview "${pairs:+$work/pki}"
  if ! finish_restart "$pod"; then roll_back "$pod"; fi
done
end_work
