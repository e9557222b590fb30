/* AwsOptions: where a session looks for credentials, which roles it assumes, and how it reaches the
 * services. All texts belong to the caller and outlive the session. */
#pragma once

#include "aws_transport.h"

typedef struct AwsTag {
    Str key;
    Str value;
} AwsTag;
typedef VEC(AwsTag) AwsTags;

/* A role to assume. Empty members are not sent. */
typedef struct AwsRole {
    Str arn;
    Str session_name; /* empty: one that loam makes up */
    Str external_id;
    Str source_identity;
    Str policy; /* JSON */
    StrVec policy_arns;
    int64_t duration_s; /* 0: the default of the service */
    AwsTags tags;
    StrVec transitive_tag_keys;
    Str web_token;      /* for AssumeRoleWithWebIdentity: the token, */
    Str web_token_file; /* or its file, which each renewal reads again */
} AwsRole;
typedef VEC(AwsRole) AwsRoles;

typedef struct AwsOptions {
    Str access_key;
    Str secret_key;
    Str token;
    Str profile;              /* chosen by the configuration; empty: AWS_PROFILE, then "default" */
    StrVec credentials_files; /* empty: AWS_SHARED_CREDENTIALS_FILE, then ~/.aws/credentials */
    StrVec config_files;      /* empty: AWS_SHARED_CONFIG_FILE, AWS_CONFIG_FILE, ~/.aws/config */
    AwsRole web_identity;     /* arn empty: none. Replaces the other sources */
    AwsRoles roles;           /* assumed in order, each with the credentials of the one before */
    Str region;               /* empty: that of the profile */
    Str sts_region;           /* empty: `region` */
    Str sts_endpoint;         /* empty: that of the region */
    Str sso_endpoint;         /* empty: that of the login's region */
    Str metadata_endpoint; /* of the machine's service; empty: the variables, then the usual one */
    bool metadata_by_ipv6;
    bool skip_metadata;
    bool fips_endpoints;
    bool dualstack_endpoints;
    StrVec allowed_accounts; /* empty: all */
    StrVec forbidden_accounts;
    AwsTransport transport;
} AwsOptions;

/* One search for credentials. */
typedef struct AwsLookup {
    const Io *io;
    const AwsOptions *options;
    Str region; /* of the services; empty: unknown */
    const CancelToken *cancel;
} AwsLookup;
