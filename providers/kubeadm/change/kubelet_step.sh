#!/bin/sh
# Changes the configuration of the kubelet of a node, and restarts it if its configuration differs. With LOAM_CONFIG it gets that of
# the cluster, with the patch on standard input (empty: none). With LOAM_DROPPED, a list of names, these flags go, and the lines of
# standard input that begin with "--" come, whose names are LOAM_NAMES. The kubelet must then respond for eight seconds in a row,
# within LOAM_SECONDS, and have these flags, else the former files return. With LOAM_RESET it forgets the processors and the memory
# that it has given to containers; the node must have no pods. Prints the configuration. A death leaves former or new files; the
# next run continues. Status 20: the former kubelet runs again; 21: it does not run.
set -eu
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
seconds=$LOAM_SECONDS resets=$LOAM_RESET renders=$LOAM_CONFIG dropped=$LOAM_DROPPED names_set=$LOAM_NAMES
unset LOAM_SECONDS LOAM_RESET LOAM_CONFIG LOAM_DROPPED LOAM_NAMES
config=/var/lib/kubelet/config.yaml
copies=/etc/kubernetes/tmp
pki=/var/lib/kubelet/pki
work=/var/lib/loam/kubelet
former=$work/former
# shellcheck source=../host/host_clock.sh
. ./../host/host_clock.sh
# shellcheck source=../host/host_files.sh
. ./../host/host_files.sh
# shellcheck source=../host/kubelet_health.sh
. ./../host/kubelet_health.sh
# shellcheck source=kubelet_patch.sh
. ./kubelet_patch.sh
# shellcheck source=kubelet_flags.sh
. ./kubelet_flags.sh

property() { systemctl show kubelet -p "$1" | cut -d = -f 2; }
# Waits until the kubelet responds; one that ended twice, or has no time left, has failed. Some fields are rejected only when it
# looks at the runtime, seconds after its start.
await() {
  end=$(($(uptime_seconds) + seconds)) last=0 steady=0
  while [ "$(uptime_seconds)" -lt $end ]; do
    sleep 1
    process=$(property MainPID)
    if [ "$process" != 0 ] && [ "$process" = "$last" ] && kubelet_responds; then steady=$((steady + 1)); else steady=0 last=$process; fi
    if [ $steady -ge 8 ]; then return 0; fi
    restarts=$(property NRestarts)
    if [ "${restarts:-0}" -ge 2 ]; then return 1; fi
  done
  return 1
}
# A unit that does not read the file of kubeadm starts the kubelet without the flags.
has_flags() {
  tr '\0' '\n' <"/proc/$(property MainPID)/cmdline" >$work/words
  while read -r one; do
    if ! grep -qxF -e "$one" $work/words; then
      why="its unit starts the kubelet without the flag $one of $flags"
      return 1
    fi
  done <$work/flags
}
# A kubelet that asks the cluster for its serving certificate serves nothing without one: until then it has its own.
keep_serving() {
  if [ "$(kubelet_setting serverTLSBootstrap)" = true ] && [ -e $pki/kubelet.crt ] && [ -e $pki/kubelet.key ]; then
    for end in crt key; do [ -e $pki/kubelet-server.$end ] || ln -sf kubelet.$end $pki/kubelet-server.$end; done
  else
    for end in crt key; do [ ! -L $pki/kubelet-server.$end ] || rm -f $pki/kubelet-server.$end; done
  fi
}
restart() {
  keep_serving
  began=$(date '+%Y-%m-%d %H:%M:%S')
  systemctl reset-failed kubelet 2>/dev/null || :
  if [ -n "$resets" ]; then
    systemctl stop kubelet
    rm -f /var/lib/kubelet/cpu_manager_state /var/lib/kubelet/memory_manager_state
    systemctl start kubelet
  else
    systemctl restart kubelet
  fi
}
render() {
  set --
  if [ -e "$patch" ]; then set -- --patches "${patch%/*}"; fi
  kept=$(ls $copies 2>/dev/null) || :
  kubeadm upgrade node phase kubelet-config "$@" </dev/null >/dev/null || return 1
  # kubeadm lets all users read it.
  chmod 600 $config
  # kubeadm keeps each former file.
  for copy in "$copies"/kubeadm-kubelet-config*; do
    printf '%s\n' "$kept" | grep -qxF "${copy##*/}" || rm -rf "$copy"
  done
}
# An empty file is none.
keep_file() {
  if [ -e "$2" ]; then cp -p "$2" "$work/.former/$1"; else : >"$work/.former/$1"; fi
}
keep_former() {
  rm -rf $work/.former
  mkdir -p $work/.former
  cp -p $config $work/.former/
  keep_file patch "$patch"
  keep_file flags $flags
  keep_file names $own_flags
  sync
  mv $work/.former $former
}
# The former files go first: without them no later run takes this one for unfinished.
end_work() {
  if [ -e $former ]; then rm -rf $work/.former && mv $former $work/.former; fi
  rm -rf $work
}
# Earlier versions of loam kept no flags.
put_file() {
  if [ ! -e "$former/$1" ] || cmp -s "$former/$1" "$2"; then return; fi
  if [ -s "$former/$1" ]; then file_copy "$former/$1" "$2"; else rm -f "$2"; fi
}
put_former() {
  put_patch $former/patch
  cmp -s $former/config.yaml $config || file_copy $former/config.yaml $config
  put_file flags $flags
  put_file names $own_flags
}
roll_back() {
  text=$(journalctl -u kubelet --since "$began" --no-pager -o cat 2>/dev/null |
    grep -v -e '^kubelet.service:' -e '^St[a-z]* kubelet' -e '^Flag --' -e '^I[0-9]' | tail -n 15)
  put_former
  : >$work/flags
  restart
  status=20
  if await; then end_work; else status=21; fi
  printf '%s\n' "${why:-$text}" >&2
  exit $status
}
is_changed() {
  [ -n "$resumed" ] || ! cmp -s $former/config.yaml $config || { [ -n "$dropped" ] && ! cmp -s $former/flags $flags; }
}

mkdir -p $work
cat >$work/input
sed '/^--/d' $work/input >$work/patch
sed -n '/^--/p' $work/input >$work/flags
# The kubelet may run with any of the configurations of an interrupted run.
resumed='' why=''
if [ -e $former ]; then resumed=yes; else keep_former; fi
if [ -n "$renders$resumed" ]; then
  put_patch $work/patch
  if ! render; then
    if [ -z "$resumed" ]; then
      put_former
      end_work
    fi
    exit 1
  fi
fi
if [ -n "$dropped" ]; then put_flags $work "$dropped" $work/flags "$names_set"; fi
if is_changed; then
  restart
  { await && has_flags; } || roll_back
fi
end_work
cat $config
