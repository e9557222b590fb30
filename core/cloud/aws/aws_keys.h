/* AwsKeys: an access key with its secret, as the sources of credentials hand it out. */
#pragma once

#include "value.h"

typedef struct AwsKeys {
    Str access_key;
    Str secret_key;
    Str token;          /* of a session; empty: none */
    int64_t expires_ms; /* Unix time; 0: they do not expire */
} AwsKeys;

bool aws_keys_are_whole(const AwsKeys *keys);
/* Reads the members AccessKeyId, SecretAccessKey, `token_name` and Expiration. Returns false with
 * *problem, without the text, if it has no such members. */
MUST_USE bool aws_keys_from_json(Str json, const char *token_name, AwsKeys *out, Str *problem,
                                 Arena *arena);
/* Sets expires_ms by an RFC 3339 time; empty: they do not expire. */
MUST_USE bool aws_keys_set_expiry(AwsKeys *keys, Str time, Str *problem, Arena *arena);
/* One text for all three, and back. */
Str aws_keys_to_text(const AwsKeys *keys, Arena *arena);
AwsKeys aws_keys_from_text(Str text);
