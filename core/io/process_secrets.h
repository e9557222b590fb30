/* process_secrets: environment variables that programs started by loam do not inherit, as lists of
 * prefixes for ProcessRequest.withheld. This is the only home of these names.
 *
 * A program gets the credentials that it may need to do its job, and no others:
 *
 *   SECRETS_OF_STORES    of backends, of state encryption and of loam's own features. No program
 *                        needs them; git of module sources inherits all else, because its
 *                        credential helpers may read any variable
 *   SECRETS_OF_LOAM      also all variables of loam and Terraform, and those of Google that no
 *                        program of Google reads; the list `process_secrets` of process.h.
 *                        Credentials of AWS and Azure stay: programs such as "aws ssm", kubelogin
 *                        and credential_process log in with them
 *   SECRETS_OF_CLOUDS    credentials of clouds. Together with SECRETS_OF_LOAM: for programs that
 *                        log in to nothing, such as "helm template"
 *
 * Programs that the user's configuration names inherit all variables: provisioners, data sources,
 * key programs, credentials helpers; so do providers, except for those of encryption. */
#pragma once

/* clang-format off */
#define SECRETS_OF_STORES                                                                  \
    "LOAM_ENCRYPTION", "LOAM_BUNDLE_PASSWORD", "LOAM_NOTIFY_SECRET", "TF_ENCRYPTION",      \
    "TF_HTTP_PASSWORD", "TF_HTTP_HEADERS", "TF_HTTP_CLIENT_PRIVATE_KEY_PEM",               \
    "TF_ETCD_PASSWORD", "KUBE_TOKEN", "KUBE_PASSWORD", "KUBE_CLIENT_KEY_DATA",             \
    "PG_CONN_STR", "PGPASSWORD", "AWS_SSE_CUSTOMER_KEY", "ARM_ACCESS_KEY", "ARM_SAS_TOKEN", \
    "ARM_CUSTOMER_PROVIDED_KEY", "GOOGLE_BACKEND_CREDENTIALS", "GOOGLE_ENCRYPTION_KEY",    \
    "CONSUL_HTTP_TOKEN", "CONSUL_HTTP_AUTH", "BAO_TOKEN", "VAULT_TOKEN"

#define SECRETS_OF_LOAM \
    SECRETS_OF_STORES, "LOAM_", "TF_", "GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN"

#define SECRETS_OF_CLOUDS \
    "AWS_", "ARM_", "AZURE_", "GOOGLE_", "CLOUDSDK_AUTH_ACCESS_TOKEN", \
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"
/* clang-format on */
