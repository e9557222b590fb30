/* azurerm_settings: the account, its address and its credentials. */
#include "azurerm_settings.h"
#include "azure_settings.h"
#include "backend_settings.h"
#include "base64.h"
#include "cloud_address.h"
#include "digest.h"
#include "url.h"

#include <ctype.h>

#define DEFAULT_TIMEOUT_S 300
#define KEY_SIZE          32 /* of the customer's encryption key */
#define STORAGE_RESOURCE  "https://storage.azure.com"

static Str azurerm_settings_text(Value config, const char *name) {
    return backend_settings_text(config, name, "");
}

static bool azurerm_settings_reject(Diags *diags, const char *detail) {
    return diags_fail(diags, NO_RANGE, "Invalid backend configuration", "%s", detail);
}

static bool azurerm_settings_endpoint(Value config, const AzureCloud *cloud, AzureBlobSettings *out,
                                      Arena *arena, Diags *diags) {
    Str given = azurerm_settings_text(config, "blob_endpoint");
    Str problem;
    Url url;
    if (given.len == 0) {
        out->endpoint = str_format(arena, "https://%.*s.blob.%.*s", STR_ARG(out->account.name),
                                   STR_ARG(cloud->storage_suffix));
        return true;
    }
    while (str_ends_with(given, STR("/")))
        given = str_slice(given, 0, given.len - 1);
    if (!cloud_address_check(given, &problem, arena) || !url_parse(given, &url) || url.query.len ||
        url.fragment.len)
        return azurerm_settings_reject(
            diags, "\"blob_endpoint\" must be an https address without user or query, such as "
                   "\"https://ACCOUNT.privatelink.example.com\". Only addresses of this machine "
                   "may begin with http.");
    out->endpoint = given;
    return true;
}

static bool azurerm_settings_no_credentials(Diags *diags, Str why) {
    return diags_fail(
        diags, NO_RANGE, "No credentials for the storage account",
        "%.*s. Set \"access_key\" (ARM_ACCESS_KEY), \"sas_token\" (ARM_SAS_TOKEN), or "
        "a source of access tokens.",
        STR_ARG(why));
}

/* An access key precedes a signature, which precedes access tokens. Without `use_azuread_auth`, an
 * access token only serves to list the access keys. */
static bool azurerm_settings_credentials(const AzureLogin *login, Value config,
                                         AzureBlobSettings *out, Arena *arena, Diags *diags) {
    Str problem = STR_EMPTY;
    out->account.key = azurerm_settings_text(config, "access_key");
    out->sas = azurerm_settings_text(config, "sas_token");
    if (out->account.key.len)
        out->sas = STR_EMPTY;
    if (str_starts_with(out->sas, STR("?")))
        out->sas = str_after(out->sas, 1);
    if (out->account.key.len || out->sas.len)
        return true;
    if (!azure_login_check(&login->settings, &problem))
        return azurerm_settings_no_credentials(diags, problem);
    if (backend_settings_bool(config, "use_azuread_auth", false)) {
        AzureLogin *storage = arena_new(arena, AzureLogin);
        *storage = *login;
        storage->resource = STR(STORAGE_RESOURCE);
        out->tokens = token_source_open(login->io->clock, azure_login_fetch, storage);
        return true;
    }
    AzureAccountKeys *keys = arena_new(arena, AzureAccountKeys);
    *keys = (AzureAccountKeys){
        .login = *login,
        .subscription_id = azurerm_settings_text(config, "subscription_id"),
        .resource_group = azurerm_settings_text(config, "resource_group_name"),
        .account = out->account.name,
    };
    keys->login.resource = login->cloud.manager;
    if (keys->subscription_id.len == 0 || keys->resource_group.len == 0)
        return azurerm_settings_no_credentials(
            diags, STR("To list the access keys of the account, loam needs \"resource_group_name\" "
                       "and \"subscription_id\"; with \"use_azuread_auth\", it needs neither"));
    out->keys = token_source_open(login->io->clock, azure_login_fetch_key, keys);
    return true;
}

static bool azurerm_settings_encryption(Value config, AzureBlobSettings *out, Arena *arena,
                                        Diags *diags) {
    Str text = azurerm_settings_text(config, "customer_provided_key");
    Str scope = azurerm_settings_text(config, "encryption_scope");
    Str key;
    if (text.len && scope.len)
        return azurerm_settings_reject(
            diags, "\"customer_provided_key\" and \"encryption_scope\" cannot be combined. The "
                   "first is your own key, the second is a key of the account.");
    if (scope.len)
        http_add_header(&out->write_headers, "x-ms-encryption-scope", scope, arena);
    if (text.len == 0)
        return true;
    if (!base64_decode(text, &key, arena) || key.len != KEY_SIZE)
        return azurerm_settings_reject(
            diags, "\"customer_provided_key\" must be a key of 32 bytes, encoded in base64.");
    Str sum = base64_encode(digest_bytes(DIGEST_SHA256, key, arena), arena);
    HttpHeaders *both[] = {&out->read_headers, &out->write_headers};
    for (size_t i = 0; i < ARRAY_COUNT(both); i++) {
        http_add_header(both[i], "x-ms-encryption-algorithm", STR("AES256"), arena);
        http_add_header(both[i], "x-ms-encryption-key", text, arena);
        http_add_header(both[i], "x-ms-encryption-key-sha256", sum, arena);
    }
    return true;
}

bool azurerm_settings_read(const Io *io, Value config, AzureBlobSettings *out, Arena *arena,
                           Diags *diags) {
    AzureLogin login = {.io = io};
    Str problem = STR_EMPTY;
    AzureBlobSettings settings = {
        .account.name = azurerm_settings_text(config, "storage_account_name"),
        .container = azurerm_settings_text(config, "container_name"),
    };
    int64_t timeout_s = backend_settings_int(config, "timeout_seconds", DEFAULT_TIMEOUT_S);
    if (timeout_s < 0 || timeout_s > 86400)
        return azurerm_settings_reject(diags,
                                       "\"timeout_seconds\" must be an integer from 0 to 86400.");
    settings.timeout_ms = timeout_s * 1000;
    azure_settings_read(io, config, &login.settings);
    if (!azure_settings_cloud(io, config, &login.cloud, &problem, arena))
        return diags_fail(diags_as(diag_class_of(problem, DIAG_UNREACHABLE), diags), NO_RANGE,
                          "Addresses of the cloud not found", "%.*s.", STR_ARG(problem));
    if (!azurerm_settings_endpoint(config, &login.cloud, &settings, arena, diags) ||
        !azurerm_settings_encryption(config, &settings, arena, diags) ||
        !azurerm_settings_credentials(&login, config, &settings, arena, diags))
        return false;
    *out = settings;
    return true;
}

/* Returns whether the text has only lower-case letters, digits and `more`. Both names become parts
 * of addresses that receive credentials. */
static bool azurerm_settings_is_name(Str text, char more) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (!islower(c) && !isdigit(c) && text.ptr[i] != more)
            return false;
    }
    return text.len >= 3;
}

static Str azurerm_settings_check_account(Value value, Arena *) {
    Str text = value_text(value);
    bool ok = text.len <= 24 && azurerm_settings_is_name(text, '0');
    return ok ? STR_EMPTY : STR("The value must have 3 to 24 lower-case letters and digits.");
}

static Str azurerm_settings_check_container(Value value, Arena *) {
    Str text = value_text(value);
    bool is_special = str_equal(text, STR("$root")) || str_equal(text, STR("$web"));
    bool ok = text.len <= 63 && azurerm_settings_is_name(text, '-');
    return ok || is_special
               ? STR_EMPTY
               : STR("The value must have 3 to 63 lower-case letters, digits and dashes.");
}

static Str azurerm_settings_check_key(Value value, Arena *) {
    Str text = value_text(value);
    bool is_bad = text.len == 0 || str_starts_with(text, STR("/")) || str_ends_with(text, STR("/"));
    return is_bad ? STR("The value must not be empty, nor begin or end with \"/\".") : STR_EMPTY;
}

/* clang-format off */
const Attribute azurerm_settings_attributes[] = {
    {"storage_account_name", &TYPE_STRING, REQUIRED, "Name of the storage account.",
     .check = azurerm_settings_check_account},
    {"container_name", &TYPE_STRING, REQUIRED, "Name of the container.", .check = azurerm_settings_check_container},
    {"key", &TYPE_STRING, REQUIRED, "Name of the state's blob.", .check = azurerm_settings_check_key},
    AZURE_SETTINGS_CLOUD_ROWS,
    {"blob_endpoint", &TYPE_STRING, OPTIONAL,
     "Address of the blob service of the account, for an emulator or a private endpoint (default: "
     "\"https://ACCOUNT.blob.core.windows.net\" in the public cloud). Terraform and OpenTofu do not have this argument."},
    {"endpoint", &TYPE_STRING, OPTIONAL | DEPRECATED, "Has no effect, as in OpenTofu. Use environment or metadata_host."},
    {"access_key", &TYPE_STRING, OPTIONAL | SENSITIVE, "Access key of the account."},
    {"sas_token", &TYPE_STRING, OPTIONAL | SENSITIVE, "Shared access signature, if there is no access key."},
    {"snapshot", &TYPE_BOOL, OPTIONAL, "Whether to make a snapshot of the blob before each write of the state."},
    {"timeout_seconds", &TYPE_NUMBER, OPTIONAL, "Limit for each attempt of a request (default 300; 0: none)."},
    {"customer_provided_key", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Your own encryption key, 32 bytes in base64, which the service uses and does not store."},
    {"encryption_scope", &TYPE_STRING, OPTIONAL, "Encryption scope of the account for new content."},
    {"use_azuread_auth", &TYPE_BOOL, OPTIONAL,
     "Whether blobs are accessed with an access token of Entra ID. Otherwise the token serves to list the access keys."},
    {"resource_group_name", &TYPE_STRING, OPTIONAL, "Resource group of the account, to list its access keys."},
    {"subscription_id", &TYPE_STRING, OPTIONAL, "Subscription of the account, to list its access keys."},
    AZURE_SETTINGS_LOGIN_ROWS,
};
/* clang-format on */
static_assert(ARRAY_COUNT(azurerm_settings_attributes) == AZURERM_SETTINGS_COUNT,
              "the table is whole");

const BackendVariable azurerm_settings_variables[] = {
    AZURE_SETTINGS_VARIABLES,
    {"blob_endpoint", "ARM_BLOB_ENDPOINT"},
    {"access_key", "ARM_ACCESS_KEY"},
    {"sas_token", "ARM_SAS_TOKEN"},
    {"snapshot", "ARM_SNAPSHOT"},
    {"timeout_seconds", "ARM_TIMEOUT_SECONDS"},
    {"customer_provided_key", "ARM_CUSTOMER_PROVIDED_KEY"},
    {"encryption_scope", "ARM_ENCRYPTION_SCOPE"},
    {"encryption_scope", "ARM_ENCYRPTION_SCOPE"}, /* as OpenTofu spells it */
    {"use_azuread_auth", "ARM_USE_AZUREAD"},
    {"resource_group_name", "ARM_RESOURCE_GROUP_NAME"},
    {"subscription_id", "ARM_SUBSCRIPTION_ID"},
};
static_assert(ARRAY_COUNT(azurerm_settings_variables) == AZURERM_SETTINGS_VARIABLES,
              "the table is whole");
