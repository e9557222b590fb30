# shellcheck shell=sh
# Requests to a bucket of S3, signed with AWS Signature Version 4. No key is an argument of a program: every user of the
# machine could read it. So the shell computes the keyed digests, and openssl only the digests of standard input.
#
# The caller sets $base (the URL of the bucket), $region, $access, $secret, $token (may be empty), $work (a private
# directory), and $ca (a file, may be empty).
# shellcheck disable=SC2154
s3_digest() { openssl dgst -sha256 -r | cut -d ' ' -f 1; }
s3_hex() { od -An -v -tx1 | tr -d ' \n'; }
# Prints the bytes of the hex digits $1, each combined with the number $2, and then $2 itself up to $3 bytes.
s3_bytes() (
  digits=$1 list='' count=0
  while [ -n "$digits" ] || [ "$count" -lt "$3" ]; do
    byte=${digits%"${digits#??}"} digits=${digits#??} count=$((count + 1))
    list="$list $((0x${byte:-0} ^ $2))"
  done
  # shellcheck disable=SC2086 # a list of numbers
  printf '%b' "$(printf '\\0%03o' $list)"
)
# Prints the HMAC-SHA-256 of standard input, in hex. $1 is the key, in hex.
s3_hmac() (
  key=$1
  if [ ${#key} -gt 128 ]; then key=$(s3_bytes "$key" 0 0 | s3_digest); fi
  inner=$({ s3_bytes "$key" 54 64; cat; } | s3_digest)
  { s3_bytes "$key" 92 64; s3_bytes "$inner" 0 0; } | s3_digest
)
# Sets $time, $signature_scope and the lines $headers, which are the headers of the signed request without "host". $1 is
# the method, $2 the path, $3 the query, $4 the digest of the body; $5 are further headers, sorted lines "name:value"
# whose names stand between "host" and "x-amz-content-sha256" or after "x-amz-date" ($6).
s3_sign() {
  time=${S3_TIME:-$(date -u +%Y%m%dT%H%M%SZ)}
  signature_scope=${time%T*}/$region/s3/aws4_request
  host=${base#*://} host=${host%%/*}
  case $base in https://*) host=${host%:443} ;; *) host=${host%:80} ;; esac
  headers=$(
    [ -z "$5" ] || printf '%s\n' "$5"
    printf 'x-amz-content-sha256:%s\nx-amz-date:%s\n' "$4" "$time"
    [ -z "$6" ] || printf '%s\n' "$6"
    [ -z "$token" ] || printf 'x-amz-security-token:%s\n' "$token"
  )
  names=host$(printf '%s\n' "$headers" | sed 's/:.*//' | while read -r name; do printf ';%s' "$name"; done)
  digest=$(printf '%s\n%s\n%s\nhost:%s\n%s\n\n%s\n%s' "$1" "$2" "$3" "$host" "$headers" "$names" "$4" | s3_digest)
  key=$(printf 'AWS4%s' "$secret" | s3_hex)
  for part in "${time%T*}" "$region" s3 aws4_request; do key=$(printf %s "$part" | s3_hmac "$key"); done
  signature=$(printf 'AWS4-HMAC-SHA256\n%s\n%s\n%s' "$time" "$signature_scope" "$digest" | s3_hmac "$key")
  headers=$(printf '%s\nauthorization:AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s' \
    "$headers" "$access" "$signature_scope" "$names" "$signature")
}
# Sends the signed request. $1 is the method, $2 the path below the bucket, $3 the query; further arguments are options
# of curl. Sets $code; the files head and answer in $work have the response.
s3_send() {
  method=$1 url=$base$2${3:+"?$3"}
  shift 3
  set -- -q --silent --show-error --connect-timeout 20 --speed-limit 1000 --speed-time 60 --retry 4 --retry-delay 2 \
    --dump-header "$work/head" --output "$work/answer" --write-out '%{http_code}' "$@"
  if [ -n "$ca" ]; then set -- "$@" --cacert "$ca"; fi
  case $method in HEAD) set -- "$@" --head ;; GET) ;; *) set -- "$@" --request "$method" ;; esac
  : >"$work/answer"
  code=$(printf '%s\n' "$headers" | sed 's/^\([^:]*\):\(.*\)$/header = "\1: \2"/' | curl "$@" --header expect: --config - "$url") || return 1
}
# Sets $path to the path of the bucket's URL, which is empty if the bucket is part of the host name.
s3_path() {
  path=${base#*://*/}
  if [ "$path" = "$base" ]; then path=''; else path=/$path; fi
}
# Reports a failed request: what failed ($1), and what the store says.
s3_fail() {
  reason=$(sed -n 's/.*<Code>\([^<]*\)<.*<Message>\([^<]*\)<.*/ \1 (\2)/p' "$work/answer" 2>/dev/null | head -n 1)
  echo "$1: HTTP status $code$reason" >&2
  exit 1
}
# Prints the header $1 of the last response.
s3_header() { tr -d '\r' <"$work/head" | sed -n "s/^$1: *//Ip" | tail -n 1; }
# Writes the file $1 as the object $2, which must not exist; $3 are lines "x-amz-meta-name:value", sorted. Then checks
# size and digest of the object, if the credentials may read it.
s3_put() {
  size=$(wc -c <"$1" | tr -d ' ')
  # The greatest body of one request: 5 GiB.
  if [ "$size" -gt 5368709120 ]; then echo "the snapshot has $size bytes, more than an object of one request may have" >&2; exit 1; fi
  hex=$(s3_digest <"$1")
  sum=$(s3_bytes "$hex" 0 0 | openssl base64 -A)
  s3_path
  s3_sign PUT "$path/$2" '' "$hex" "if-none-match:*
x-amz-checksum-sha256:$sum" "$3"
  s3_send PUT "/$2" '' --upload-file "$1" || exit 1
  case $code in
  200 | 412) ;; # an earlier attempt may have written the object
  501) s3_fail "the store does not support writes on condition that an object does not exist" ;;
  *) s3_fail "the snapshot was not stored as $2" ;;
  esac
  was=$code
  empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  s3_sign HEAD "$path/$2" '' "$empty" x-amz-checksum-mode:ENABLED ''
  s3_send HEAD "/$2" '' || exit 1
  if [ "$code" = 403 ] && [ "$was" = 200 ]; then
    echo "the credentials may not read $2: the store has checked its digest" >&2
    return
  fi
  case $code in
  200) ;;
  403) s3_fail "an object $2 exists already, and the credentials may not read it" ;;
  *) s3_fail "the object $2 is not there" ;;
  esac
  stored=$(s3_header x-amz-checksum-sha256)
  if [ "$(s3_header content-length)" != "$size" ] || [ "${stored:-$sum}" != "$sum" ]; then
    echo "the object $2 has another content than the snapshot" >&2
    exit 1
  fi
}
# Deletes all objects below the prefix $1, which ends with "/", but the newest $2. Their names are
# etcd-VERSION-TIME-NODE.cms.
s3_prune() {
  s3_path
  empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
  query="list-type=2&max-keys=1000&prefix=$(printf %s "$1" | sed 's,/,%2F,g')"
  s3_sign GET "$path/" "$query" "$empty" '' ''
  s3_send GET / "$query" || exit 1
  [ "$code" = 200 ] || s3_fail "the objects of the bucket are not listed"
  sed 's/<Key>/\
&/g' "$work/answer" | sed -n 's/^<Key>\(.*\/etcd-[^-/<]*-\([0-9TZ]*\)-[^/<]*\.cms\)<\/Key>.*/\2 \1/p' | sort -r | tail -n "+$(($2 + 1))" >"$work/old"
  while read -r _ old; do
    s3_sign DELETE "$path/$old" '' "$empty" '' ''
    s3_send DELETE "/$old" '' </dev/null || exit 1
    case $code in 20? | 404) ;; *) s3_fail "the object $old is not deleted" ;; esac
  done <"$work/old"
}
