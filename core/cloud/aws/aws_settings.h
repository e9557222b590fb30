/* aws_settings: the arguments that every service of AWS has, as rows for the schema of a block, and
 * their values. The names are those of Terraform and OpenTofu. */
#pragma once

#include "aws_options.h"
#include "schema.h"

#define AWS_SETTINGS_RETRIES 5 /* default of max_retries */

extern const Attribute aws_settings_web_identity[7];
/* Checks assume_role: an object, or a list of objects. */
Str aws_settings_check_roles(Value value, Arena *arena);

/* Reads the arguments of both tables of rows and the addresses in `endpoints`; ignores others.
 * Sends no request. Returns false, with errors, if arguments are invalid. */
MUST_USE bool aws_settings_read(const Io *io, Value config, AwsOptions *out, Arena *arena,
                                Diags *diags);
/* Returns the address of a service: endpoints.<name>, else the former argument, else empty. Has a
 * scheme, and no slash at its end. */
Str aws_settings_endpoint(Value config, const char *name, const char *former, Arena *arena);
/* Returns whether the argument is true; false if it is absent or null. */
bool aws_settings_flag(Value config, const char *name);

/* clang-format off */
#define AWS_SETTINGS_ROWS \
    {"access_key", &TYPE_STRING, OPTIONAL, "Access key (default: $AWS_ACCESS_KEY_ID, then the profile's)."}, \
    {"secret_key", &TYPE_STRING, OPTIONAL | SENSITIVE, \
     "Secret key (default: $AWS_SECRET_ACCESS_KEY, then the profile's)."}, \
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE, \
     "Session token (default: $AWS_SESSION_TOKEN, then the profile's)."}, \
    {"profile", &TYPE_STRING, OPTIONAL | STARTS_PROGRAM, \
     "Profile in the credentials files (default: $AWS_PROFILE, then \"default\")."}, \
    {"shared_credentials_files", &TYPE_SET_OF_STRING, OPTIONAL, \
     "Credentials files (default: $AWS_SHARED_CREDENTIALS_FILE, then \"~/.aws/credentials\")."}, \
    {"shared_config_files", &TYPE_SET_OF_STRING, OPTIONAL, \
     "Settings files (default: $AWS_SHARED_CONFIG_FILE, then $AWS_CONFIG_FILE, then \"~/.aws/config\")."}, \
    {"assume_role", &TYPE_DYNAMIC, OPTIONAL, \
     "Role to assume, or a list of roles, each assumed with the credentials of the one before: objects with role_arn, " \
     "session_name, external_id, duration (such as \"1h\"), policy, policy_arns, tags and transitive_tag_keys.", \
     .check = aws_settings_check_roles}, \
    {"assume_role_with_web_identity", NULL, OPTIONAL, \
     "Role to assume with a token of an identity provider.", NESTED(NEST_SINGLE, aws_settings_web_identity)}, \
    {"sts_region", &TYPE_STRING, OPTIONAL, "Region of the security token service (default: region)."}, \
    {"ec2_metadata_service_endpoint", &TYPE_STRING, OPTIONAL, \
     "Address of the machine's metadata service (default: $AWS_EC2_METADATA_SERVICE_ENDPOINT, then \"http://169.254.169.254\")."}, \
    {"ec2_metadata_service_endpoint_mode", &TYPE_STRING, OPTIONAL, \
     "Protocol of the usual address of that service (default: $AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE, then \"IPv4\").", \
     .one_of = "IPv4 IPv6"}, \
    {"allowed_account_ids", &TYPE_SET_OF_STRING, OPTIONAL, "Accounts that the credentials may belong to (default: all)."}, \
    {"forbidden_account_ids", &TYPE_SET_OF_STRING, OPTIONAL, "Accounts that the credentials must not belong to."}, \
    {"max_retries", &TYPE_NUMBER, OPTIONAL, "Maximum number of retries of a request (default 5)."}, \
    {"custom_ca_bundle", &TYPE_STRING, OPTIONAL, \
     "File with the certificates of the services' certificate authorities."}, \
    {"http_proxy", &TYPE_STRING, OPTIONAL, "Proxy for http endpoints (default: $http_proxy)."}, \
    {"https_proxy", &TYPE_STRING, OPTIONAL, "Proxy for https endpoints (default: $https_proxy)."}, \
    {"no_proxy", &TYPE_STRING, OPTIONAL, \
     "Hosts without proxy, separated by commas (default: $NO_PROXY)."}, \
    {"retry_mode", &TYPE_STRING, OPTIONAL, \
     "Accepted for compatibility; loam always waits longer before each retry.", .one_of = "standard adaptive"}, \
    {"insecure", &TYPE_BOOL, OPTIONAL, "Whether to skip the verification of the services' certificates."}, \
    {"use_fips_endpoint", &TYPE_BOOL, OPTIONAL, "Whether to use the region's FIPS addresses."}, \
    {"use_dualstack_endpoint", &TYPE_BOOL, OPTIONAL, "Whether to use the region's IPv6 addresses."}, \
    {"skip_credentials_validation", &TYPE_BOOL, OPTIONAL, \
     "Accepted for compatibility; loam validates no credentials."}, \
    {"skip_region_validation", &TYPE_BOOL, OPTIONAL, "Accepted for compatibility; loam accepts any region name."}, \
    {"skip_requesting_account_id", &TYPE_BOOL, OPTIONAL, \
     "Accepted for compatibility; loam requests it only to compare it with the lists of accounts."}, \
    {"skip_metadata_api_check", &TYPE_BOOL, OPTIONAL, \
     "Whether to take no credentials from the machine's metadata service."}
/* Former names, of the backend s3. */
#define AWS_SETTINGS_FORMER_ROWS \
    {"shared_credentials_file", &TYPE_STRING, OPTIONAL | DEPRECATED, \
     "Former form of shared_credentials_files."}, \
    {"role_arn", &TYPE_STRING, OPTIONAL | DEPRECATED, "Former form of assume_role.role_arn."}, \
    {"session_name", &TYPE_STRING, OPTIONAL | DEPRECATED, "Former form of assume_role.session_name."}, \
    {"external_id", &TYPE_STRING, OPTIONAL | DEPRECATED, "Former form of assume_role.external_id."}, \
    {"assume_role_duration_seconds", &TYPE_NUMBER, OPTIONAL | DEPRECATED, "Former form of assume_role.duration."}, \
    {"assume_role_policy", &TYPE_STRING, OPTIONAL | DEPRECATED, "Former form of assume_role.policy."}, \
    {"assume_role_policy_arns", &TYPE_SET_OF_STRING, OPTIONAL | DEPRECATED, \
     "Former form of assume_role.policy_arns."}, \
    {"assume_role_tags", &TYPE_MAP_OF_STRING, OPTIONAL | DEPRECATED, "Former form of assume_role.tags."}, \
    {"assume_role_transitive_tag_keys", &TYPE_SET_OF_STRING, OPTIONAL | DEPRECATED, \
     "Former form of assume_role.transitive_tag_keys."}, \
    {"sts_endpoint", &TYPE_STRING, OPTIONAL | DEPRECATED, "Former name of endpoints.sts."}, \
    {"iam_endpoint", &TYPE_STRING, OPTIONAL | DEPRECATED, "Former name of endpoints.iam."}
/* clang-format on */
