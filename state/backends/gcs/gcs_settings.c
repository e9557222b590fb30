/* gcs_settings: endpoint, keys and credentials of the gcs backend. */
#include "gcs_settings.h"
#include "backend_settings.h"
#include "base64.h"
#include "cloud_address.h"

#define SCOPE         "https://www.googleapis.com/auth/devstorage.read_write"
#define API_PATH      "/storage/v1/"
#define CUSTOMER_SIZE 32
#define INVALID       "Invalid backend configuration"

static Str gcs_settings_text(Value config, const char *name) {
    return backend_settings_text(config, name, "");
}

Str gcs_settings_prefix(Value config, Arena *arena) {
    Str prefix = gcs_settings_text(config, "prefix");
    while (str_starts_with(prefix, STR("/")))
        prefix = str_after(prefix, 1);
    prefix = prefix.len > 0 ? disk_clean(prefix, arena) : STR_EMPTY;
    if (prefix.len == 0 || str_equal(prefix, STR(".")))
        return STR_EMPTY;
    return str_concat(prefix, STR("/"), arena);
}

/* Requests to an emulator carry no token, so plain http is fine. */
static Str emulator_endpoint(const Io *io, Arena *arena) {
    Str host = process_variable(io->process, "STORAGE_EMULATOR_HOST");
    Url url;
    if (host.len == 0)
        return STR_EMPTY;
    if (!url_parse(host, &url))
        return str_format(arena, "http://%.*s" API_PATH, STR_ARG(disk_without_end_slashes(host)));
    url.path = STR(API_PATH);
    return url_to_str(&url, arena);
}

static bool read_endpoint(Value config, GcsClient *client, Arena *arena, Diags *diags) {
    Str given = gcs_settings_text(config, "storage_custom_endpoint");
    Str problem;
    if (given.len == 0) {
        client->settings.endpoint = str_format(arena, "https://storage.%.*s" API_PATH,
                                               STR_ARG(gcp_access_universe(client->api.access)));
        return true;
    }
    if (!cloud_address_check(given, &problem, arena))
        return diags_fail(diags, NO_RANGE, INVALID,
                          "The argument \"storage_custom_endpoint\" must be the https address of a "
                          "store: %.*s.",
                          STR_ARG(problem));
    Url url = {0};
    CHECK(url_parse(given, &url));
    if (url.path.len <= 1)
        url.path = STR(API_PATH);
    client->settings.endpoint = url_to_str(&url, arena);
    return true;
}

/* The key in base64, or the path of a file with it. */
static bool read_encryption_key(const Io *io, Str given, Str *out, Arena *arena, Diags *diags) {
    Str text = given;
    if (given.len == 0)
        return true;
    if (disk_exists(io->disk, given) &&
        io->disk->read_file(io->disk->self, given, &text, arena) != 0)
        return diags_fail(diags, NO_RANGE, INVALID,
                          "The file that \"encryption_key\" names cannot be read.");
    return (base64_decode(str_trim(text), out, arena) && out->len == CUSTOMER_SIZE) ||
           diags_fail(
               diags, NO_RANGE, INVALID,
               "\"encryption_key\" must be a key of 32 bytes in base64, or the path of a file "
               "with such a key.");
}

static bool read_keys(const Io *io, Value config, GcsSettings *out, Arena *arena, Diags *diags) {
    Str given = gcs_settings_text(config, "encryption_key");
    out->kms_key = gcs_settings_text(config, "kms_encryption_key");
    if (given.len > 0 && out->kms_key.len > 0)
        return diags_fail(diags, NO_RANGE, INVALID,
                          "\"encryption_key\" and \"kms_encryption_key\" cannot be combined.");
    return read_encryption_key(io, given, &out->encryption_key, arena, diags);
}

static bool open_access(const Io *io, Value config, GcpAccess **out, Arena *arena, Diags *diags) {
    Str problem;
    Value delegates;
    GcpOptions options = {
        .access_token = gcs_settings_text(config, "access_token"),
        .credentials = gcs_settings_text(config, "credentials"),
        .impersonate = gcs_settings_text(config, "impersonate_service_account"),
        .universe = gcs_settings_text(config, "universe_domain"),
        .scope = STR(SCOPE),
    };
    if (value_find_present(config, STR("impersonate_service_account_delegates"), &delegates)) {
        for (size_t i = 0; i < delegates.count; i++) {
            if (value_is_present(value_at(delegates, i)))
                vec_push(arena, &options.delegates, value_text(value_at(delegates, i)));
        }
    }
    return gcp_access_open(io, &options, out, &problem, arena) ||
           diags_fail(diags, NO_RANGE, "No valid credentials",
                      "The backend \"gcs\" cannot use its credentials: %.*s.", STR_ARG(problem));
}

bool gcs_settings_read(const Io *io, Value config, GcsClient *client, Arena *arena, Diags *diags) {
    client->settings.bucket = gcs_settings_text(config, "bucket");
    if (!read_keys(io, config, &client->settings, arena, diags))
        return false;
    client->settings.endpoint = emulator_endpoint(io, arena);
    if (client->settings.endpoint.len > 0)
        return true;
    if (!open_access(io, config, &client->api.access, arena, diags))
        return false;
    if (read_endpoint(config, client, arena, diags))
        return true;
    gcp_access_close(client->api.access);
    return false;
}

static Str gcs_settings_check_bucket(Value value, Arena *) {
    Str text = value_text(value);
    bool is_bad = text.len == 0 || str_find_char(text, '/', 0) != SIZE_MAX;
    return is_bad ? STR("The value must be the name of a bucket, without \"/\".") : STR_EMPTY;
}

/* clang-format off */
const Attribute gcs_settings_attributes[] = {
    {"bucket", &TYPE_STRING, REQUIRED, "Name of the bucket.", .check = gcs_settings_check_bucket},
    {"prefix", &TYPE_STRING, OPTIONAL,
     "Directory of the states in the bucket: a state is the object PREFIX/WORKSPACE.tfstate (default: none)."},
    {"credentials", &TYPE_STRING, OPTIONAL | SENSITIVE | STARTS_PROGRAM,
     "Credentials file of Google as JSON, or its path (default: see above)."},
    {"access_token", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Access token, instead of credentials. loam cannot renew it: most expire after an hour."},
    {"impersonate_service_account", &TYPE_STRING, OPTIONAL,
     "E-mail address of a service account to act as."},
    {"impersonate_service_account_delegates", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Service accounts between the credentials and that account, in order; each may issue tokens of the next."},
    {"encryption_key", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Your own key for the store to encrypt with: 32 bytes in base64, or the path of a file with them."},
    {"kms_encryption_key", &TYPE_STRING, OPTIONAL,
     "Key of Cloud KMS for the store to encrypt with: projects/P/locations/L/keyRings/R/cryptoKeys/K."},
    {"storage_custom_endpoint", &TYPE_STRING, OPTIONAL,
     "Address of the store's JSON interface, with its path (default \"https://storage.googleapis.com/storage/v1/\")."},
    {"universe_domain", &TYPE_STRING, OPTIONAL,
     "Domain of the services (default: that of the credentials, else \"googleapis.com\")."},
};
/* clang-format on */
static_assert(ARRAY_COUNT(gcs_settings_attributes) == GCS_SETTINGS_COUNT, "the table is whole");

const BackendVariable gcs_settings_variables[] = {
    {"access_token", "GOOGLE_OAUTH_ACCESS_TOKEN"},
    {"credentials", "GOOGLE_BACKEND_CREDENTIALS"},
    {"credentials", "GOOGLE_CREDENTIALS"},
    {"impersonate_service_account", "GOOGLE_BACKEND_IMPERSONATE_SERVICE_ACCOUNT"},
    {"impersonate_service_account", "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"},
    {"encryption_key", "GOOGLE_ENCRYPTION_KEY"},
    {"kms_encryption_key", "GOOGLE_KMS_ENCRYPTION_KEY"},
    {"storage_custom_endpoint", "GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT"},
    {"storage_custom_endpoint", "GOOGLE_STORAGE_CUSTOM_ENDPOINT"},
    {"universe_domain", "GOOGLE_BACKEND_UNIVERSE_DOMAIN"},
};
static_assert(ARRAY_COUNT(gcs_settings_variables) == GCS_SETTINGS_VARIABLES, "the table is whole");
