# shellcheck shell=sh
# A clock that no change of the time of day moves.
uptime_seconds() { read -r up _ </proc/uptime && echo "${up%%.*}"; }
