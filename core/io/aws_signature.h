/* aws_signature: Signature Version 4: who asks is proved by a keyed digest of the request.
 *
 * All headers that the request has when it is signed are part of it; those that the client adds by
 * itself are not. Paths are taken as they stand in the URL (S3's way: nothing is encoded twice). */
#pragma once

#include "http.h"

typedef struct AwsIdentity {
    Str access_key;
    Str secret_key;
    Str token; /* of a session; empty: none */
    Str region;
    Str service; /* "s3" */
} AwsIdentity;

/* Adds x-amz-date, x-amz-content-sha256, with a token x-amz-security-token, and authorization. */
void aws_signature_sign(const AwsIdentity *identity,
                        int64_t now_ms,
                        HttpRequest *request,
                        Arena *arena);
