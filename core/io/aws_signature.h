/* aws_signature: signs requests with AWS Signature Version 4, a keyed digest of the request.
 *
 * The signature covers the host and all headers of the request at the time of signing, but not
 * other headers that the HTTP client adds. Paths are signed as they are in the URL (the rule of S3:
 * nothing is encoded twice). */
#pragma once

#include "http.h"

typedef struct AwsIdentity {
    Str access_key;
    Str secret_key;
    Str token; /* session token; empty: none */
    Str region;
    Str service; /* "s3", "sts" */
} AwsIdentity;

/* Adds x-amz-date, x-amz-content-sha256, authorization and, if there is a token,
 * x-amz-security-token. */
void aws_signature_sign(const AwsIdentity *identity, int64_t now_ms, HttpRequest *request,
                        Arena *arena);
