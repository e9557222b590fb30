#!/bin/sh
# Configures haproxy, from standard input, and keepalived, from $KEEPALIVED; installs both where they are missing.
set -eu
PATH=$PATH:/usr/sbin:/sbin
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
  echo "missing:$missing. Add them to the image of the machine" >&2
  exit 1
fi
mkdir -p /etc/haproxy /etc/keepalived
cat >/etc/haproxy/haproxy.cfg.new
printf '%s' "$KEEPALIVED" >/etc/keepalived/keepalived.conf.new
# A file that its program rejects replaces none.
haproxy -c -q -f /etc/haproxy/haproxy.cfg.new
keepalived -t -f /etc/keepalived/keepalived.conf.new
mv -f /etc/haproxy/haproxy.cfg.new /etc/haproxy/haproxy.cfg
mv -f /etc/keepalived/keepalived.conf.new /etc/keepalived/keepalived.conf
systemctl enable --quiet haproxy keepalived
systemctl reload-or-restart haproxy keepalived
