# shellcheck shell=sh
# The configuration of the container runtime, and the way back from a change with which it does not run.

containerd_config=/etc/containerd/config.toml
runtime_former=/var/lib/loam/host/former
# Keeps the file $1 before its change, or that there is none, if only a container runtime reads it.
runtime_keep() {
  case $1 in
  "$containerd_config" | /etc/crio/* | /etc/systemd/system/containerd.service* | /etc/systemd/system/crio.service*) ;;
  *) return 0 ;;
  esac
  mkdir -p "$runtime_former${1%/*}" || return
  if [ -f "$1" ]; then cp -p "$1" "$runtime_former$1"; else : >"$runtime_former$1.absent"; fi
}
# Puts the former files back, starts the service $1 with them, and ends. Without such files, the configuration is not of this run.
runtime_restore() {
  journalctl -u "$1" -n 8 --no-pager -o cat >&2 2>/dev/null
  [ -d $runtime_former ] || fail "$2"
  find $runtime_former -type f | while read -r kept; do
    path=${kept#"$runtime_former"}
    case $path in
    *.absent) rm -f "${path%.absent}" ;;
    *) file_copy "$kept" "$path" ;;
    esac || exit 1
  done || fail "$2. The former configuration cannot be put back"
  systemctl daemon-reload
  systemctl restart "$1" || :
  fail "$2. The former configuration is back"
}
# Prints the first setting of loam that containerd does not have; nothing if it has all. A file that another program left in conf.d can
# replace what loam sets. Only values that loam knows are compared: containerd prints others in forms of its own.
containerd_lacks() {
  dump=$(containerd config dump 2>/dev/null 9>&- </dev/null) || { echo "any (containerd config dump fails)"; return; }
  { cat $containerd_config && printf '\n# the dump\n%s\n' "$dump"; } | awk '
    function plain(text) {
      gsub(/["\047]/, "", text)
      gsub(/^[ \t]+|[ \t]+$/, "", text)
      return text
    }
    function is_known() {
      if (section !~ /^plugins\.io\.containerd\.(grpc\.v1\.cri|cri\.v1\.(runtime|images))/ || value ~ /^[[{]|\\/) return 0
      return key == "sandbox_image" || key == "enable_selinux" || (key == "config_path" && section ~ /\.registry$/) ||
        (key == "sandbox" && section ~ /\.pinned_images$/) || section ~ /\.containerd\.runtimes\./
    }
    $0 == "# the dump" {
      is_dump = 1
      section = ""
      next
    }
    /^[ \t]*\[/ {
      section = plain($0)
      gsub(/^\[|\]$/, "", section)
      next
    }
    /=/ {
      key = plain(substr($0, 1, index($0, "=") - 1))
      value = plain(substr($0, index($0, "=") + 1))
      if (is_dump) found[section "." key] = value
      else if (is_known()) {
        names[count++] = section "." key
        wanted[section "." key] = value
      }
    }
    END {
      for (i = 0; i < count; i++) {
        if (names[i] in found && found[names[i]] == wanted[names[i]]) continue
        print names[i] " = " wanted[names[i]]
        exit
      }
    }'
}
