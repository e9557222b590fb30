/* aws_sso: keys by single sign-on. A person logs in with the program aws, which stores an access
 * token in ~/.aws/sso/cache; loam renews that token if the login permits it. */
#pragma once

#include "aws_keys.h"
#include "aws_profile.h"

typedef struct AwsSso {
    Str profile; /* for messages */
    Str session; /* name of the section; empty: the older form without one */
    Str start_url;
    Str region;
    Str account;
    Str role;
} AwsSso;

bool aws_sso_is_configured(const AwsProfile *profile);
/* Returns false with *problem if a setting is missing. */
MUST_USE bool aws_sso_read(const AwsFiles *files, const AwsProfile *profile, Str name, AwsSso *out,
                           Str *problem, Arena *arena);
/* Returns false with *problem, the end of a sentence that names the login command. */
MUST_USE bool aws_sso_keys(const AwsLookup *lookup, const AwsSso *sso, AwsKeys *out, Str *problem,
                           Arena *arena);
