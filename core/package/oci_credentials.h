/* oci_credentials: finds the credentials of a repository in an OCI registry: in blocks
 * oci_credentials of the CLI configuration, and in files that other programs wrote at their login
 * (containers/auth.json, ~/.docker/config.json).
 *
 * The longest matching prefix of the repository wins; of equal ones, the CLI configuration, then
 * the first file. */
#pragma once

#include "package.h"

typedef struct OciCredentials {
    Str user;
    Str password;
    Str access_token;   /* sent as it is */
    Str identity_token; /* exchanged for a token of the repository */
} OciCredentials;

/* `repository`: HOST/NAME. All members are empty if there are none. Returns false if a helper
 * program fails. */
MUST_USE bool oci_credentials_find(const PackageQuery *query, Str repository, OciCredentials *out);
