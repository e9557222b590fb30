# shellcheck shell=sh
top=/etc/kubernetes
# Sets $pki to the directory of the certificates.
find_pki() {
  pki=$(sed -n 's|.*--tls-cert-file=\(/.*\)/apiserver.crt.*|\1|p' $top/manifests/kube-apiserver.yaml 2>/dev/null || :)
  [ -n "$pki" ] || pki=$top/pki
}
# Prints when the oldest certificate was made, in seconds: a change of names in that of the API server makes it alone anew.
certificate_time() {
  stat -c %Y "$pki"/apiserver*.crt "$pki/front-proxy-client.crt" $top/admin.conf 2>/dev/null | sort -n | head -n 1
}
