/* azure_settings: the arguments for the cloud and the identity, as rows for the schema of a block,
 * their environment variables, and their values. The names are those of Terraform and OpenTofu. */
#pragma once

#include "azure_login.h"
#include "schema.h"

/* Reads the arguments of both tables of rows, or else their variables; ignores others. */
void azure_settings_read(const Io *io, Value config, AzureLoginSettings *out);
/* Finds the cloud of the arguments. Sends no request, except to a `metadata_host`. On failure
 * returns false with *problem, the end of a sentence. */
MUST_USE bool azure_settings_cloud(const Io *io, Value config, AzureCloud *out, Str *problem,
                                   Arena *arena);

/* clang-format off */
#define AZURE_SETTINGS_CLOUD_ROWS \
    {"environment", &TYPE_STRING, OPTIONAL, "Cloud of the service (default \"public\").", \
     .one_of = AZURE_CLOUD_NAMES}, \
    {"metadata_host", &TYPE_STRING, OPTIONAL, "Host that names the addresses of another cloud."}
#define AZURE_SETTINGS_LOGIN_ROWS \
    {"tenant_id", &TYPE_STRING, OPTIONAL, "Tenant of the identity."}, \
    {"client_id", &TYPE_STRING, OPTIONAL, "Client ID of the identity."}, \
    {"client_id_file_path", &TYPE_STRING, OPTIONAL, "File with the client ID."}, \
    {"client_certificate", &TYPE_STRING, OPTIONAL | SENSITIVE, \
     "Certificate and key of the identity: a PKCS #12 file in base64. Of several sources of tokens, the first one of this table counts."}, \
    {"client_certificate_path", &TYPE_STRING, OPTIONAL, "PKCS #12 file with certificate and key."}, \
    {"client_certificate_password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Password of the PKCS #12 file."}, \
    {"client_secret", &TYPE_STRING, OPTIONAL | SENSITIVE, "Secret of the identity."}, \
    {"client_secret_file_path", &TYPE_STRING, OPTIONAL, "File with the secret."}, \
    {"use_oidc", &TYPE_BOOL, OPTIONAL, "Whether the token of another issuer, such as a pipeline, is exchanged."}, \
    {"ado_service_connection_id", &TYPE_STRING, OPTIONAL, "With use_oidc in Azure DevOps: ID of the service connection."}, \
    {"oidc_token", &TYPE_STRING, OPTIONAL | SENSITIVE, "With use_oidc: the token."}, \
    {"oidc_token_file_path", &TYPE_STRING, OPTIONAL, "With use_oidc: file with the token, read again at each renewal."}, \
    {"oidc_request_url", &TYPE_STRING, OPTIONAL, "With use_oidc: address at which the pipeline hands out the token."}, \
    {"oidc_request_token", &TYPE_STRING, OPTIONAL | SENSITIVE, "With oidc_request_url: the secret for that address."}, \
    {"use_msi", &TYPE_BOOL, OPTIONAL, "Whether the managed identity of the machine is used."}, \
    {"msi_endpoint", &TYPE_STRING, OPTIONAL, "With use_msi: address of the machine's token service (default: the usual one)."}, \
    {"use_aks_workload_identity", &TYPE_BOOL, OPTIONAL, "Whether the workload identity of a pod of AKS is used."}, \
    {"use_cli", &TYPE_BOOL, OPTIONAL | STARTS_PROGRAM, "Whether the login of the Azure CLI is used (default true)."}
/* Argument and variable; an argument may have several: the first one set is used. */
#define AZURE_SETTINGS_VARIABLES \
    {"environment", "ARM_ENVIRONMENT"}, \
    {"metadata_host", "ARM_METADATA_HOST"}, \
    {"tenant_id", "ARM_TENANT_ID"}, \
    {"client_id", "ARM_CLIENT_ID"}, \
    {"client_id_file_path", "ARM_CLIENT_ID_FILE_PATH"}, \
    {"client_certificate", "ARM_CLIENT_CERTIFICATE"}, \
    {"client_certificate_path", "ARM_CLIENT_CERTIFICATE_PATH"}, \
    {"client_certificate_password", "ARM_CLIENT_CERTIFICATE_PASSWORD"}, \
    {"client_secret", "ARM_CLIENT_SECRET"}, \
    {"client_secret_file_path", "ARM_CLIENT_SECRET_FILE_PATH"}, \
    {"use_oidc", "ARM_USE_OIDC"}, \
    {"ado_service_connection_id", "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID"}, \
    {"ado_service_connection_id", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"}, \
    {"ado_service_connection_id", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"}, \
    {"oidc_token", "ARM_OIDC_TOKEN"}, \
    {"oidc_token_file_path", "ARM_OIDC_TOKEN_FILE_PATH"}, \
    {"oidc_token_file_path", "AZURE_FEDERATED_TOKEN_FILE"}, \
    {"oidc_request_url", "ARM_OIDC_REQUEST_URL"}, \
    {"oidc_request_url", "ACTIONS_ID_TOKEN_REQUEST_URL"}, \
    {"oidc_request_url", "SYSTEM_OIDCREQUESTURI"}, \
    {"oidc_request_token", "ARM_OIDC_REQUEST_TOKEN"}, \
    {"oidc_request_token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"}, \
    {"oidc_request_token", "SYSTEM_ACCESSTOKEN"}, \
    {"use_msi", "ARM_USE_MSI"}, \
    {"msi_endpoint", "ARM_MSI_ENDPOINT"}, \
    {"msi_endpoint", "MSI_ENDPOINT"}, \
    {"use_aks_workload_identity", "ARM_USE_AKS_WORKLOAD_IDENTITY"}, \
    {"use_cli", "ARM_USE_CLI"}
/* clang-format on */
