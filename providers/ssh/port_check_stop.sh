#!/bin/sh
# Arguments: $1 the process id of a listener; $2 its token. Ends the process if its name contains the token: another
# process may have the id by now.
case $(tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null) in
"loam-port-check $2"*) kill "$1" ;;
esac
