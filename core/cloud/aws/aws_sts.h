/* aws_sts: requests to the security token service. Each fails with *problem, the end of a sentence
 * that has no secret. */
#pragma once

#include "aws_keys.h"
#include "aws_options.h"

/* Assumes the role with these keys. */
MUST_USE bool aws_sts_assume(const AwsLookup *lookup, const AwsRole *role, const AwsKeys *keys,
                             AwsKeys *out, Str *problem, Arena *arena);
/* Assumes the role by a token of an identity provider, without keys. */
MUST_USE bool aws_sts_assume_by_token(const AwsLookup *lookup, const AwsRole *role, AwsKeys *out,
                                      Str *problem, Arena *arena);
/* Returns the account that the keys belong to. */
MUST_USE bool aws_sts_account(const AwsLookup *lookup, const AwsKeys *keys, Str *out, Str *problem,
                              Arena *arena);
