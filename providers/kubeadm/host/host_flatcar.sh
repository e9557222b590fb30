# shellcheck shell=sh
# Flatcar reboots after its updates by itself, without a drain of the node.
flatcar_config=/etc/flatcar/update.conf

is_flatcar() { [ -d "${flatcar_config%/*}" ] || grep -qsx 'ID="\{0,1\}flatcar"\{0,1\}' /etc/os-release; }
# Whether the system is Flatcar and reboots by itself.
flatcar_reboots() {
  is_flatcar || return 1
  strategy=$(sed -n 's/^REBOOT_STRATEGY=//p' $flatcar_config 2>/dev/null | tail -n 1 | tr -d "\"'")
  [ "$strategy" != off ]
}
# Updates install as before, and start with the next reboot. Other lines of the file stay.
flatcar_stop_reboots() {
  directory_make "${flatcar_config%/*}" && new=$(file_new $flatcar_config) || return
  {
    sed '/^REBOOT_STRATEGY=/d' $flatcar_config 2>/dev/null
    echo REBOOT_STRATEGY=off
  } >"$new" && chmod 0644 "$new" && file_move "$new" $flatcar_config || return
  systemctl try-restart locksmithd 2>/dev/null || : # reads the file when it starts
}
