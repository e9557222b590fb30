#!/bin/sh
# Digests of files on the machine.

# Prints the SHA-256 digest of the file $1 in hexadecimal. OpenSSL uses the processor's instructions for it, so a large file takes an
# eighth of the time of coreutils. A machine need not have it, and it must know the digest of nothing.
file_digest() {
  if [ $(($(wc -c <"$1"))) -gt 1048576 ] &&
    [ "$(openssl dgst -sha256 -r </dev/null 2>/dev/null)" = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 *stdin' ]; then
    file_sum=$(openssl dgst -sha256 -r <"$1") || return 1
  else
    file_sum=$(sha256sum <"$1") || return 1
  fi
  echo "${file_sum%% *}"
}
