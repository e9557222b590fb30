# shellcheck shell=sh
# A new version of the kubelet that kubeadm_host has staged in /var/lib/loam/stage: a program or a package. The former program
# and its flags stay there until the node is ready.
stage=/var/lib/loam/stage
flags=/var/lib/kubelet/kubeadm-flags.env

# shellcheck source=../host/host_files.sh
. ./../host/host_files.sh
# shellcheck source=../host/package_apt.sh
. ./../host/package_apt.sh
# shellcheck source=../host/package_rpm.sh
. ./../host/package_rpm.sh
# shellcheck source=../host/package_dnf.sh
. ./../host/package_dnf.sh
# shellcheck source=../host/package_zypper.sh
. ./../host/package_zypper.sh

# Installs the staged kubelet; sets $kubelet to its path. Can be repeated.
install_kubelet() {
  kubelet=$(command -v kubelet || echo /usr/local/bin/kubelet)
  for package in $stage/kubelet.deb $stage/kubelet.rpm ''; do [ ! -f "$package" ] || break; done
  if [ -f $stage/kubelet ] || [ -n "$package" ]; then
    [ -e $stage/former ] || [ ! -e "$kubelet" ] || file_copy "$kubelet" $stage/former
  fi
  if [ -f $stage/kubelet ]; then
    file_copy $stage/kubelet "$kubelet"
    rm -f $stage/kubelet
  elif [ -n "$package" ]; then
    # Earlier versions of loam knew apt only.
    driver=$(cat $stage/driver 2>/dev/null || echo apt)
    "${driver}_install_file" "$package"
    "${driver}_hold" kubelet
    rm -f "$package" $stage/driver
  fi
}

# Removes a flag that kubeadm wrote for older kubelets, and that a newer one rejects.
remove_flag() {
  if [ -n "$1" ] && grep -q -e "--$1=" $flags 2>/dev/null; then
    mkdir -p $stage
    [ -e $stage/flags ] || file_copy $flags $stage/flags
    sed -i "s/ *--$1=[^ \"]*//" $flags
  fi
}

# Whether the kubelet keeps running: it listens, or it has run for ten seconds.
kubelet_runs() {
  since=0 waited=0
  while [ $waited -lt 40 ]; do
    sleep 1
    waited=$((waited + 1)) since=$((since + 1))
    [ "$(systemctl is-active kubelet)" = active ] || since=0
    if [ $since -ge 10 ]; then return 0; fi
    if [ $since -gt 0 ] && ss -Hltn 2>/dev/null | grep -q ':10250[[:space:]]'; then return 0; fi
  done
  return 1
}

# Restarts the kubelet. If it does not run, the former one returns, which may be older than the API server.
restart_kubelet() {
  systemctl daemon-reload
  systemctl restart kubelet
  if kubelet_runs; then return; fi
  text=$(journalctl -u kubelet -n 20 --no-pager -o cat 2>/dev/null | grep -v -e '^kubelet.service:' -e '^Started ' | tail -n 3)
  if [ -e $stage/former ]; then
    file_copy $stage/former "$kubelet"
    if [ -e $stage/flags ]; then file_copy $stage/flags $flags; fi
    systemctl restart kubelet
    echo "error: the new kubelet does not run, so the former one runs again: $text" >&2
  else
    echo "error: the kubelet does not run: $text" >&2
  fi
  exit 1
}
