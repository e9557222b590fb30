/* AzureLogin: access tokens of Entra ID for one service, from the first of these sources that the
 * settings name:
 *
 *   1 a client certificate      2 a client secret      3 a service connection of Azure DevOps
 *   4 a token of another issuer (OIDC)                 5 the managed identity of the machine
 *   6 the workload identity of a pod (AKS)             7 the Azure CLI
 *
 * If that source fails, no other one is tried. Secrets are read again for each token, so that a
 * renewed file counts. */
#pragma once

#include "azure_cloud.h"
#include "token_source.h"

typedef struct AzureLoginSettings {
    Str tenant_id;
    Str client_id;
    Str client_id_file;
    Str client_secret;
    Str client_secret_file;
    Str certificate; /* PKCS #12 in base64 */
    Str certificate_file;
    Str certificate_password;
    bool uses_oidc;
    Str oidc_token;
    Str oidc_token_file;
    Str oidc_request_url; /* where a pipeline hands out tokens */
    Str oidc_request_token;
    Str ado_connection; /* ID of the service connection; empty: not Azure DevOps */
    bool uses_machine;
    Str machine_endpoint; /* empty: the usual one */
    bool uses_workload;
    bool uses_cli;
} AzureLoginSettings;

typedef struct AzureLogin {
    const Io *io;
    AzureLoginSettings settings;
    AzureCloud cloud;
    Str resource; /* "https://storage.azure.com"; no slash at its end */
} AzureLogin;

/* Returns false with *problem, the end of a sentence, if the settings name no source, or not all
 * that the source needs. Sends no request. */
MUST_USE bool azure_login_check(const AzureLoginSettings *settings, Str *problem);
/* The TokenFetch of a login: `self` is an AzureLogin. */
bool azure_login_fetch(void *self, const CancelToken *cancel, AccessToken *out, Str *problem,
                       Arena *arena);

/* The key of a storage account, from the resource manager. */
typedef struct AzureAccountKeys {
    AzureLogin login; /* for the resource manager */
    Str subscription_id;
    Str resource_group;
    Str account;
} AzureAccountKeys;

/* The TokenFetch of keys: `self` is an AzureAccountKeys. */
bool azure_login_fetch_key(void *self, const CancelToken *cancel, AccessToken *out, Str *problem,
                           Arena *arena);
