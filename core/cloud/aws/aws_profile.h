/* AwsProfile: the settings of a profile in the files of ~/.aws. Of several files, the first one
 * with a setting counts; credentials files come before config files. */
#pragma once

#include "aws_options.h"

typedef struct AwsProfile {
    Str access_key;
    Str secret_key;
    Str token;
    Str region;
    Str role_arn;
    Str source_profile;
    Str credential_source;
    Str external_id;
    Str role_session_name;
    Str duration_seconds;
    Str mfa_serial;
    Str web_identity_token_file;
    Str credential_process;
    Str sso_session;
    Str sso_start_url;
    Str sso_region;
    Str sso_account_id;
    Str sso_role_name;
    Str login_session;
} AwsProfile;

/* The texts of the files. */
typedef struct AwsFiles {
    StrVec credentials;
    StrVec config;
} AwsFiles;

/* Reads the files that exist. */
AwsFiles aws_profile_read_files(const Io *io, const AwsOptions *options, Arena *arena);
/* Returns false if no file has the profile. */
bool aws_profile_find(const AwsFiles *files, Str name, AwsProfile *out);
/* Finds the section "sso-session NAME", whose settings have the same names. */
bool aws_profile_find_session(const AwsFiles *files, Str name, AwsProfile *out);
/* Returns the profile that applies: that of the options, of AWS_PROFILE, or "default". */
Str aws_profile_name(const Io *io, const AwsOptions *options);
/* Expands "~/x" to the home directory. */
Str aws_profile_expand(const Io *io, Str path, Arena *arena);
