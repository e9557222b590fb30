/* aws_chain: finds keys, in the order of the programs of AWS:
 *
 *   1 the options      2 the profile of the options     3 AWS_ACCESS_KEY_ID …
 *   4 AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN     5 the profile of AWS_PROFILE, or "default"
 *   6 the service of a container, by a path             7 by a URL (pods of EKS)
 *   8 the metadata service of a machine
 *
 * The first source that is configured counts; if it fails, the search ends. Then the roles of the
 * options are assumed, in order. */
#pragma once

#include "aws_keys.h"
#include "aws_options.h"

/* Returns false with *problem, the end of a sentence without secrets: why there are no keys, and
 * how to get some. */
MUST_USE bool aws_chain_find(const AwsLookup *lookup, AwsKeys *out, Str *problem, Arena *arena);
