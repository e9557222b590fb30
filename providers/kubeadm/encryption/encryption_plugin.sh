#!/bin/sh
# Asks the plugins of keys (KMS v2) at the sockets on standard input, one path a line, for their status. Prints one line for each that
# does not respond or is not healthy. A curl without HTTP/2 shows only whether a process listens.
set -eu
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
# Prints the printable part of the response, and the status of curl. Five zero bytes are an empty message of gRPC.
ask() {
  {
    printf '\000\000\000\000\000' |
      curl --silent --max-time 10 --http2-prior-knowledge --unix-socket "$1" --header 'content-type: application/grpc' \
        --header 'te: trailers' --data-binary @- http://localhost/v2.KeyManagementService/Status 2>/dev/null && echo ' 0' || echo " $?"
  } | tr -cd '[:print:]'
}
while read -r socket; do
  if [ ! -S "$socket" ]; then
    echo "$socket is not a socket"
  elif command -v curl >/dev/null 2>&1; then
    case $(ask "$socket") in
    *v2*ok*' 0') ;;
    *' 0') echo "the plugin at $socket is not healthy" ;;
    *' 7') echo "no process listens at $socket" ;;
    *' 28') echo "the plugin at $socket does not respond within 10 seconds" ;;
    esac
  fi
done
