#!/bin/sh
# Configures haproxy, from standard input, and keepalived, from $KEEPALIVED.
set -eu
for program in haproxy keepalived; do
  command -v $program >/dev/null || { echo "$program is missing: add its package to the image of the machine" >&2; exit 1; }
done
cat >/etc/haproxy/haproxy.cfg.new
haproxy -c -q -f /etc/haproxy/haproxy.cfg.new
mv /etc/haproxy/haproxy.cfg.new /etc/haproxy/haproxy.cfg
mkdir -p /etc/keepalived
printf '%s' "$KEEPALIVED" >/etc/keepalived/keepalived.conf
systemctl enable --quiet haproxy keepalived
systemctl reload-or-restart haproxy keepalived
