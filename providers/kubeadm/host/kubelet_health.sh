# shellcheck shell=sh
# The health of the kubelet of a machine, as the machine itself sees it.
kubelet_config=/var/lib/kubelet/config.yaml
kubelet_setting() { sed -n "s/^$1: *//p" $kubelet_config 2>/dev/null | tr -d "\"'" | head -n 1; }
# Whether /healthz responds; a kubelet that serves none counts as healthy.
kubelet_responds() {
  kubelet_address=$(kubelet_setting healthzBindAddress) kubelet_port=$(kubelet_setting healthzPort)
  kubelet_address=${kubelet_address:-127.0.0.1} kubelet_port=${kubelet_port:-10248}
  if [ "$kubelet_port" = 0 ]; then return 0; fi
  case $kubelet_address in *:*) kubelet_address="[$kubelet_address]" ;; esac
  if command -v curl >/dev/null 2>&1; then
    curl --silent --fail --max-time 5 --noproxy '*' "http://$kubelet_address:$kubelet_port/healthz" >/dev/null 2>&1
  elif command -v wget >/dev/null 2>&1; then
    wget -q -T 5 -O /dev/null "http://$kubelet_address:$kubelet_port/healthz" 2>/dev/null
  else
    ss -Hltn 2>/dev/null | grep -q ":${kubelet_port}[[:space:]]"
  fi
}
