# shellcheck shell=sh
# What the firewall of the machine accepts for Kubernetes: ports from everywhere, and all packets of some networks, also forwarded
# ones. With firewalld these are a service, a zone and a policy of loam; with ufw, rules whose comment is the name. Arguments are
# lists with commas: ports such as "6443/tcp,30000-32767/udp", and networks.
firewall_name=loam-kubernetes
firewall_policy=loam-ports # no zone may have its name
firewalld_files="services/$firewall_name.xml zones/$firewall_name.xml policies/$firewall_policy.xml"

firewalld_runs() { systemctl is-active --quiet firewalld 2>/dev/null; }
ufw_runs() { grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf; }
each_word() { printf '%s\n' "$1" | tr , '\n' | sed '/^$/d'; }

firewalld_text() { # file, ports, networks
  echo '<?xml version="1.0" encoding="utf-8"?>'
  case $1 in
  services/*)
    echo '<service>'
    each_word "$2" | sed 's|\(.*\)/\(.*\)|  <port protocol="\2" port="\1"/>|'
    echo '</service>'
    ;;
  zones/*)
    echo '<zone target="ACCEPT">'
    each_word "$3" | sed 's|.*|  <source address="&"/>|'
    echo '</zone>'
    ;;
  policies/*)
    echo '<policy target="CONTINUE" priority="-1">'
    echo '  <ingress-zone name="ANY"/>'
    echo '  <egress-zone name="HOST"/>'
    echo "  <service name=\"$firewall_name\"/>"
    echo '</policy>'
    ;;
  esac
}
# The files must be those of loam, and firewalld must have loaded them.
firewalld_is_open() {
  for firewall_file in $firewalld_files; do
    firewalld_text "$firewall_file" "$1" "$2" | cmp -s - "/etc/firewalld/$firewall_file" || return 1
  done
  firewall_sources=$(firewall-cmd --zone=$firewall_name --list-sources 2>/dev/null) || return 1
  firewall_ports=$(firewall-cmd --info-service=$firewall_name 2>/dev/null | sed -n 's/^ *ports: *//p')
  [ "$(printf '%s\n' "$firewall_sources" | tr ' ' '\n' | sort)" = "$(each_word "$2" | sort)" ] &&
    [ "$(printf '%s\n' "$firewall_ports" | tr ' ' '\n' | sort)" = "$(each_word "$1" | sort)" ] &&
    firewall-cmd --info-policy=$firewall_policy 2>/dev/null | grep -q "services:.*$firewall_name"
}
# A configuration that firewalld rejects does not stay: with it, firewalld would not start again.
firewalld_open() {
  mkdir -p /etc/firewalld/services /etc/firewalld/zones /etc/firewalld/policies || return 1
  for firewall_file in $firewalld_files; do
    new=$(file_new "/etc/firewalld/$firewall_file") && firewalld_text "$firewall_file" "$1" "$2" >"$new" && chmod 0600 "$new" &&
      file_move "$new" "/etc/firewalld/$firewall_file" || return 1
  done
  if ! firewall_text=$(firewall-cmd --check-config 2>&1) || ! firewall_text=$(firewall-cmd --reload 2>&1); then
    firewalld_remove
    echo "$firewall_text" >&2
    return 1
  fi
}
# shellcheck disable=SC2086 # a list of files
firewalld_remove() { (cd /etc/firewalld && rm -f $firewalld_files); }
firewalld_close() {
  for firewall_file in $firewalld_files; do
    if [ -e "/etc/firewalld/$firewall_file" ]; then
      firewalld_remove
      if firewalld_runs; then firewall-cmd --quiet --reload; fi
      return
    fi
  done
}

# The rules as "ufw show added" prints them, without the name of the program.
ufw_rules() { # ports, networks
  each_word "$1" | sed 's|\(.*\)/\(.*\)|allow \1/\2|; s|\([0-9]\)-\([0-9]\)|\1:\2|'
  each_word "$2" | sed 's|.*|allow from &\nroute allow from &\nroute allow to &|'
}
ufw_own() { LC_ALL=C ufw show added 2>/dev/null | sed -n "s/^ufw \(.*\) comment '$firewall_name'\$/\1/p"; }
ufw_is_open() { [ "$(ufw_own | sort)" = "$(ufw_rules "$1" "$2" | sort)" ]; }
ufw_delete() {
  case $1 in
  route\ *) set -- "route delete ${1#route }" ;;
  *) set -- "delete $1" ;;
  esac
  # shellcheck disable=SC2086 # words of a rule
  ufw --force $1 >/dev/null
}
# New rules come before former ones go.
ufw_open() {
  ufw_rules "$1" "$2" | while read -r rule; do
    # shellcheck disable=SC2086 # words of a rule
    ufw $rule comment $firewall_name >/dev/null || exit 1
  done || return 1
  ufw_own | while read -r rule; do
    ufw_rules "$1" "$2" | grep -qxF "$rule" || ufw_delete "$rule" || exit 1
  done
}
ufw_close() {
  if ! command -v ufw >/dev/null 2>&1; then return 0; fi
  ufw_own | while read -r rule; do ufw_delete "$rule" || exit 1; done
}

firewall_is_open() {
  if firewalld_runs && ! firewalld_is_open "$1" "$2"; then return 1; fi
  if ufw_runs && ! ufw_is_open "$1" "$2"; then return 1; fi
}
firewall_open() {
  if firewalld_runs && ! firewalld_is_open "$1" "$2"; then firewalld_open "$1" "$2" || return 1; fi
  if ufw_runs; then ufw_open "$1" "$2" || return 1; fi
}
firewall_close() {
  firewalld_close && ufw_close
}
