/* aws_profile: parses the files in ~/.aws: sections of "name = value" lines. */
#pragma once

#include "io.h"

typedef struct AwsProfile {
    Str access_key;
    Str secret_key;
    Str token;
    Str region;
    Str credential_process; /* this and the following: credentials that loam does not support; kept
                               for messages */
    Str role_arn;
    Str sso_session;
} AwsProfile;

/* Adds the settings of the profile `name`; those of earlier texts win. In the credentials file a
 * section is named after its profile, in the config file it is named "profile NAME". Returns
 * whether the section exists. */
bool aws_profile_read(Str text, Str name, bool is_credentials, AwsProfile *profile);
