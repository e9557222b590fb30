#!/bin/sh
# Digests of large files. OpenSSL uses the processor's instructions for SHA-256, so it takes an eighth of the time of coreutils.

# Prints the SHA-256 digest of standard input in hexadecimal. A machine need not have OpenSSL, and it must know the digest of nothing.
large_digest() {
  if [ "$(openssl dgst -sha256 -r </dev/null 2>/dev/null)" = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 *stdin' ]; then
    large_sum=$(openssl dgst -sha256 -r) || return 1
  else
    large_sum=$(sha256sum) || return 1
  fi
  echo "${large_sum%% *}"
}
