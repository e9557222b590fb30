/* aws_profile: what the files in ~/.aws say: sections of "name = value" lines. */
#pragma once

#include "io.h"

typedef struct AwsProfile {
    Str access_key;
    Str secret_key;
    Str token;
    Str region;
    Str credential_process; /* kinds of identity that loam does not make: only named */
    Str role_arn;
    Str sso_session;
} AwsProfile;

/* Adds what the text says of the profile `name` (where earlier texts have said nothing). In the
 * file of credentials a section is named after its profile, in that of settings "profile NAME".
 * True: there is such a section. */
bool aws_profile_read(Str text, Str name, bool is_credentials, AwsProfile *profile);
