#!/bin/sh
# Configures haproxy, from standard input, and keepalived, from $KEEPALIVED. Programs that kubeadm_host has taken out of a bundle to its prefix
# come first, and get units here. Where both a program and its package are missing, the package is installed. ${PREFIX-}: a prefix beside
# those that kubeadm_host chooses.
set -eu
PATH=${PREFIX:+$PREFIX:}/usr/local/bin:/opt/bin:$PATH:/usr/sbin:/sbin
units=/etc/systemd/system
mark='# Written by loam for the program of a bundle.'
missing=
for program in haproxy keepalived; do
  command -v $program >/dev/null || missing="$missing $program"
done
# shellcheck disable=SC2086 # a list of names
if [ -z "$missing" ]; then
  :
elif command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq -o DPkg::Lock::Timeout=300 update
  apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing
elif command -v dnf >/dev/null; then
  dnf -q -y --setopt=exit_on_lock=0 install $missing
elif command -v zypper >/dev/null; then
  ZYPP_LOCK_TIMEOUT=300 zypper -n in --no-recommends $missing
else
  echo "missing:$missing. Add them to the bundle of kubeadm_host as bin/haproxy and bin/keepalived, or to the image of the machine" >&2
  exit 1
fi
# Writes the unit of the program $1, with the lines of $2 for its service, if the program has no package; else removes a former one.
unit() {
  path=$(command -v "$1")
  case $path in
  /usr/sbin/* | /usr/bin/* | /sbin/* | /bin/*)
    if grep -qsxF "$mark" "$units/$1.service"; then rm "$units/$1.service"; fi
    return
    ;;
  esac
  mkdir -p "$units"
  cat >"$units/$1.service" <<END
$mark
[Unit]
Description=$1, for the endpoint of the API servers
Wants=network-online.target
After=network-online.target

[Service]
$2
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
END
}
# With -W, haproxy stays in the foreground, and its first process starts new ones at SIGUSR2.
unit haproxy "ExecStart=$(command -v haproxy) -W -f /etc/haproxy/haproxy.cfg
ExecReload=/bin/kill -USR2 \$MAINPID
KillMode=mixed
SuccessExitStatus=143"
unit keepalived "ExecStart=$(command -v keepalived) --dont-fork -f /etc/keepalived/keepalived.conf
ExecReload=/bin/kill -HUP \$MAINPID
KillMode=process"
mkdir -p /etc/haproxy /etc/keepalived
cat >/etc/haproxy/haproxy.cfg.new
printf '%s' "$KEEPALIVED" >/etc/keepalived/keepalived.conf.new
# A file that its program rejects replaces none.
haproxy -c -q -f /etc/haproxy/haproxy.cfg.new
keepalived -t -f /etc/keepalived/keepalived.conf.new
mv -f /etc/haproxy/haproxy.cfg.new /etc/haproxy/haproxy.cfg
mv -f /etc/keepalived/keepalived.conf.new /etc/keepalived/keepalived.conf
systemctl daemon-reload
systemctl enable --quiet haproxy keepalived
systemctl reload-or-restart haproxy keepalived
