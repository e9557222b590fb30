#!/bin/sh
# The pod network of one node. Standard input is the configuration of the plugins. $ROUTES has NETWORK=ADDRESS of each other
# node; if it is not set, the routes stay as they are. Routes have a protocol number of their own, so that those of removed
# nodes are found.
set -eu
number=76
for plugin in bridge host-local loopback portmap; do
  [ -x /opt/cni/bin/$plugin ] || { echo "/opt/cni/bin/$plugin is missing: add the reference plugins to the bundle or to the image" >&2; exit 1; }
done
mkdir -p /etc/cni/net.d
# containerd does not notice files that are moved from another directory.
cat >/etc/cni/net.d/.new
mv /etc/cni/net.d/.new /etc/cni/net.d/10-bridge.conflist
[ "${ROUTES+set}" ] || exit 0
ip=$(command -v ip)
{
  printf '%s\n' '[Unit]' 'Description=Routes to the pods of other nodes' 'Wants=network-online.target' 'After=network-online.target' \
    '[Service]' 'Type=oneshot' 'RemainAfterExit=yes' 'Restart=on-failure' 'RestartSec=2'
  for route in $ROUTES; do echo "ExecStart=$ip route replace ${route%%=*} via ${route#*=} proto $number"; done
  echo "ExecStart=$ip route show proto $number" # a unit needs a command
  printf '%s\n' '[Install]' 'WantedBy=multi-user.target'
} >/etc/systemd/system/pod-routes.service
systemctl daemon-reload
systemctl enable --quiet pod-routes.service
systemctl restart pod-routes.service
"$ip" route show proto $number | while read -r network _; do
  case " $ROUTES" in
    *" $network="*) ;;
    *) "$ip" route delete "$network" proto $number ;;
  esac
done
