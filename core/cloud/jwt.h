/* jwt: JSON web tokens (RFC 7519), signed with RS256 (RFC 7518, section 3.3). OpenSSL signs. */
#pragma once

#include "str.h"

typedef struct JwtRequest {
    Str key;         /* PEM: an RSA private key without a passphrase, of at least 2048 bits */
    Str key_id;      /* header member `kid`; empty: none */
    Str certificate; /* PEM: the SHA-256 digest of its first certificate becomes the header member
                        `x5t#S256`; empty: none */
    Str claims;      /* a JSON object */
} JwtRequest;

/* Returns false with *problem, the end of a sentence that contains no secret, if the key or the
 * certificate cannot be used. */
MUST_USE bool jwt_sign(const JwtRequest *request, Str *out, Str *problem, Arena *arena);
