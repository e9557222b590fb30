# shellcheck shell=sh
# The flags that a node gives its kubelet, in the file of kubeadm. Beside it is a list of the names of those that loam has set: a
# change that dies leaves flags that no later configuration names.
flags=/var/lib/kubelet/kubeadm-flags.env
own_flags=/var/lib/kubelet/loam-flags
# Prints the flags of the file without those of the names.
kept_flags() {
  names=" $* "
  text=$(sed -n 's/^KUBELET_KUBEADM_ARGS="\(.*\)"$/\1/p' $flags 2>/dev/null)
  set -f
  for word in $text; do
    name=${word#--} name=${name%%=*}
    case $names in *" $name "*) ;; *) printf '%s ' "$word" ;; esac
  done
  set +f
}
# Makes the list of names equal to the arguments after the first one, a directory for new files.
put_names() {
  new_names=$1/names
  shift
  if [ $# = 0 ]; then
    rm -f $own_flags
    return
  fi
  printf '%s\n' "$@" >"$new_names"
  cmp -s "$new_names" $own_flags || file_copy "$new_names" $own_flags
}
# Removes the flags with the names $2 and those that loam has set before, and adds the lines of the file $3, whose names are $4.
# $1 is a directory for new files.
put_flags() {
  past=$(cat $own_flags 2>/dev/null | tr '\n' ' ')
  # A death leaves more names than flags.
  # shellcheck disable=SC2086 # lists of names
  put_names "$1" $past $4
  # shellcheck disable=SC2086
  text=$(kept_flags $2 $past; tr '\n' ' ' <"$3")
  new_flags=$1/env
  if [ -e $flags ]; then cp -p $flags "$new_flags"; fi
  { sed '/^KUBELET_KUBEADM_ARGS=/d' $flags 2>/dev/null || :; printf 'KUBELET_KUBEADM_ARGS="%s"\n' "${text% }"; } >"$new_flags"
  cmp -s "$new_flags" $flags || file_copy "$new_flags" $flags
  # shellcheck disable=SC2086
  put_names "$1" $4
}
