# shellcheck shell=sh
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
