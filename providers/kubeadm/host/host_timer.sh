# shellcheck shell=sh
# Parts of the scripts that write, read and remove a timer.
# Prints the greatest distance of the next times of the calendar event $1, in seconds; 0 if it is unknown.
calendar_interval() {
  TZ=UTC systemd-analyze calendar --iterations=8 "$1" 2>/dev/null | sed -n 's/^ *\(Next elapse\|Iter[a-z.]* #[0-9]*\): *//p' | {
    last='' most=0
    while read -r text; do
      at=$(date -d "$text" +%s 2>/dev/null) || continue
      if [ -n "$last" ] && [ $((at - last)) -gt $most ]; then most=$((at - last)); fi
      last=$at
    done
    echo $most
  }
}
# Writes the files on standard input: each line has path, mode and content in Base64. Mode "-" removes the file.
write_files() {
  (umask 022; mkdir -p /etc/loam)
  while read -r path mode content; do
    if [ "$mode" = - ]; then
      rm -f "$path"
    else
      printf '%s' "$content" | base64 -d >"$path.loam" && chmod "$mode" "$path.loam" && mv -f "$path.loam" "$path" || exit 91
    fi
  done
  systemctl daemon-reload
}
start_timer() { systemctl enable "$1" && systemctl restart "$1"; }
