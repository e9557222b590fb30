/* argocd_repository_access: the arguments that a repository and a credential for many repositories
 * have in common: how Argo CD reaches them. Rows of the tables of such a type. */
#pragma once

#include "argocd_secret.h"

/* clang-format off */
#define ARGOCD_ACCESS_KEYS \
    {"url", "url"}, \
    {"type", "type"}, \
    {"project", "project"}, \
    {"username", "username"}, \
    {"github_app_id", "githubAppID"}, \
    {"github_app_installation_id", "githubAppInstallationID"}, \
    {"github_app_enterprise_base_url", "githubAppEnterpriseBaseUrl"}, \
    {"tls_client_cert_data", "tlsClientCertData"}, \
    {"enable_oci", "enableOCI"}, \
    {"force_http_basic_auth", "forceHttpBasicAuth"}, \
    {"proxy", "proxy"}, \
    {"no_proxy", "noProxy"}, \
    {"use_azure_workload_identity", "useAzureWorkloadIdentity"}

#define ARGOCD_ACCESS_WRITE_ONLY \
    {.name = "password_wo", .revision = "credentials_revision", .key = "password"}, \
    {.name = "bearer_token_wo", .revision = "credentials_revision", .key = "bearerToken"}, \
    {.name = "ssh_private_key_wo", .revision = "credentials_revision", .key = "sshPrivateKey"}, \
    {.name = "github_app_private_key_wo", .revision = "credentials_revision", .key = "githubAppPrivateKey"}, \
    {.name = "tls_client_cert_key_wo", .revision = "credentials_revision", .key = "tlsClientCertKey"}, \
    {.name = "gcp_service_account_key_wo", .revision = "credentials_revision", .key = "gcpServiceAccountKey"}

#define ARGOCD_ACCESS_ATTRIBUTES \
    {"type", &TYPE_STRING, OPTIONAL, \
     "Kind of the repository (default \"git\").", .one_of = "git helm oci"}, \
    {"project", &TYPE_STRING, OPTIONAL, \
     "Name of the project that may use it (default: all)."}, \
    {"username", &TYPE_STRING, OPTIONAL, \
     "Name of the user, for https."}, \
    {"github_app_id", &TYPE_NUMBER, OPTIONAL, \
     "ID of the app of GitHub."}, \
    {"github_app_installation_id", &TYPE_NUMBER, OPTIONAL, \
     "ID of the installation of the app."}, \
    {"github_app_enterprise_base_url", &TYPE_STRING, OPTIONAL, \
     "URL of the API of GitHub Enterprise."}, \
    {"tls_client_cert_data", &TYPE_STRING, OPTIONAL, \
     "Certificate of the client, as PEM text."}, \
    {"enable_oci", &TYPE_BOOL, OPTIONAL, \
     "Whether charts are in an OCI registry (default false)."}, \
    {"force_http_basic_auth", &TYPE_BOOL, OPTIONAL, \
     "Whether the password is sent before the server requests it (default false)."}, \
    {"proxy", &TYPE_STRING, OPTIONAL, \
     "URL of a proxy."}, \
    {"no_proxy", &TYPE_STRING, OPTIONAL, \
     "Hosts that are reached without the proxy, separated by commas."}, \
    {"use_azure_workload_identity", &TYPE_BOOL, OPTIONAL, \
     "Whether the access is by workload identity of Azure (default false)."}, \
    {"password_wo", &TYPE_STRING, OPTIONAL | WRITE_ONLY, \
     "Password or token, for https. Neither plan nor state contains it."}, \
    {"bearer_token_wo", &TYPE_STRING, OPTIONAL | WRITE_ONLY, \
     "Token that is sent as a bearer token. Neither plan nor state contains it."}, \
    {"ssh_private_key_wo", &TYPE_STRING, OPTIONAL | WRITE_ONLY, \
     "Private key, for ssh. Neither plan nor state contains it."}, \
    {"github_app_private_key_wo", &TYPE_STRING, OPTIONAL | WRITE_ONLY, \
     "Private key of the app of GitHub, as PEM text. Neither plan nor state contains it."}, \
    {"tls_client_cert_key_wo", &TYPE_STRING, OPTIONAL | WRITE_ONLY, \
     "Private key of the certificate of the client, as PEM text. Neither plan nor state contains it."}, \
    {"gcp_service_account_key_wo", &TYPE_STRING, OPTIONAL | WRITE_ONLY, \
     "Key of a service account of Google Cloud, as JSON text. Neither plan nor state contains it."}, \
    {"credentials_revision", &TYPE_NUMBER, OPTIONAL, \
     "Revision of the write-only arguments: a change sends their values again."}

#define ARGOCD_ACCESS_RULES \
    {RULE_REQUIRED_WITH, {"password_wo", "credentials_revision"}}, \
    {RULE_REQUIRED_WITH, {"bearer_token_wo", "credentials_revision"}}, \
    {RULE_REQUIRED_WITH, {"ssh_private_key_wo", "credentials_revision"}}, \
    {RULE_REQUIRED_WITH, {"github_app_private_key_wo", "credentials_revision"}}, \
    {RULE_REQUIRED_WITH, {"tls_client_cert_key_wo", "credentials_revision"}}, \
    {RULE_REQUIRED_WITH, {"gcp_service_account_key_wo", "credentials_revision"}}

#define ARGOCD_ACCESS_MEMBERS \
    "type", \
    "project", \
    "username", \
    "github_app_id", \
    "github_app_installation_id", \
    "github_app_enterprise_base_url", \
    "tls_client_cert_data", \
    "enable_oci", \
    "force_http_basic_auth", \
    "proxy", \
    "no_proxy", \
    "use_azure_workload_identity", \
    "password_wo", \
    "bearer_token_wo", \
    "ssh_private_key_wo", \
    "github_app_private_key_wo", \
    "tls_client_cert_key_wo", \
    "gcp_service_account_key_wo"
/* clang-format on */
