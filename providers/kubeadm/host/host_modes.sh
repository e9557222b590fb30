# shellcheck shell=sh
# Files of a node that only root may change, and of which only certificates may be read by others (CIS 1.1, 4.1).
modes_place=/etc/kubernetes

# The paths that differ, with mode and owner. A machine that is no node yet has none of them. With the gate RootlessControlPlane, kubeadm
# gives files to users of its own, and they stay so.
modes_wrong() {
  if id kubeadm-etcd >/dev/null 2>&1; then return; fi
  {
    find $modes_place/manifests $modes_place/pki /var/lib/kubelet/config.yaml $modes_place/*.conf -type f ! -name '*.crt' ! -name '*.pub' \
      \( -perm /0177 -o ! -user root -o ! -group root \)
    find $modes_place/pki -type f \( -name '*.crt' -o -name '*.pub' \) \( -perm /0133 -o ! -user root -o ! -group root \)
    find /var/lib/etcd -maxdepth 0 -perm /0077
  } 2>/dev/null | sort | while read -r path; do stat -c '%04a %U:%G %n' "$path"; done
}
modes_set() {
  modes_wrong | while read -r _ _ path; do
    case $path in
    *.crt | *.pub) chmod go-wx,u-x "$path" ;;
    /var/lib/etcd) chmod go= "$path" && continue ;;
    *) chmod u-x,go= "$path" ;;
    esac && chown -h root:root "$path" || return
  done
}
