/* Implements key_provider "azure_vault": Azure Key Vault encrypts each data key with a master key
 * that stays in the vault. The encrypted data key is the metadata, with the version of the master
 * key.
 *
 * https://learn.microsoft.com/en-us/rest/api/keyvault/keys/encrypt/encrypt */
#include "azure_settings.h"
#include "base64.h"
#include "key_server.h"
#include "random.h"
#include "secret.h"
#include "url.h"

#define API_VERSION  "7.4"
#define RESOURCE     "https://vault.azure.net"
#define KEY_NAME_MAX 127

/* The response to "encrypt" and "decrypt", in base64url except `key_id`. */
typedef struct VaultAnswer {
    Str key_id; /* https://VAULT/keys/NAME/VERSION */
    Str value;
    Str iv;
    Str tag;
    Str aad;
} VaultAnswer;

static const RecordRow azure_vault_answer_rows[] = {
    ROW_TEXT(VaultAnswer, "kid", key_id),
    ROW_TEXT(VaultAnswer, "value", value),
    ROW_TEXT(VaultAnswer, "iv", iv, .flags = ROW_NULLABLE),
    ROW_TEXT(VaultAnswer, "tag", tag, .flags = ROW_NULLABLE),
    ROW_TEXT(VaultAnswer, "aad", aad, .flags = ROW_NULLABLE),
};
static const Record azure_vault_answer_record = RECORD(VaultAnswer, azure_vault_answer_rows);

typedef struct VaultMeta {
    Str sealed;
    Str iv;
    Str tag;
    Str aad;
    Str version;
    Str algorithm;
} VaultMeta;

static const RecordRow azure_vault_meta_rows[] = {
    ROW_BASE64(VaultMeta, "ciphertext", sealed),
    ROW_BASE64(VaultMeta, "iv", iv, .flags = ROW_NULLABLE),
    ROW_BASE64(VaultMeta, "authentication_tag", tag, .flags = ROW_NULLABLE),
    ROW_BASE64(VaultMeta, "additional_authenticated_data", aad, .flags = ROW_NULLABLE),
    ROW_TEXT(VaultMeta, "key_version", version),
    ROW_TEXT(VaultMeta, "algo", algorithm),
};
static const Record azure_vault_meta_record =
    RECORD(VaultMeta, azure_vault_meta_rows, .unknown = "the member is unknown");

static Str azure_vault_check_size(Value value, Arena *) {
    int64_t number;
    bool is_good =
        value_to_int(value, &number) && (number == 128 || number == 192 || number == 256);
    return is_good ? STR_EMPTY : STR("The value must be 128, 192 or 256.");
}

static bool azure_vault_is_name(Str text) {
    return text.len > 0 && text.len <= KEY_NAME_MAX && str_has_only(text, "-");
}

static Str azure_vault_check_key(Value value, Arena *) {
    return azure_vault_is_name(value_text(value))
               ? STR_EMPTY
               : STR("The value must have 1 to 127 letters, digits and dashes.");
}

static Str azure_vault_check_uri(Value value, Arena *) {
    Url url;
    bool is_good = url_parse(value_text(value), &url) && url.userinfo.len == 0 &&
                   url.query.len == 0 && url.fragment.len == 0;
    return is_good ? STR_EMPTY
                   : STR("The value must be an address such as https://NAME.vault.azure.net.");
}

/* clang-format off */
static const Attribute azure_vault_attributes[] = {
    {"vault_uri", &TYPE_STRING, REQUIRED, "Address of the vault: https://NAME.vault.azure.net.",
     .check = azure_vault_check_uri},
    {"vault_key_name", &TYPE_STRING, REQUIRED, "Name of the master key in the vault.", .check = azure_vault_check_key},
    {"key_length", &TYPE_NUMBER, REQUIRED, "Length of the data key in bytes; aes_gcm needs 16, 24 or 32.",
     .check = key_server_check_length},
    {"symmetric", &TYPE_BOOL, OPTIONAL, "Whether the master key is an AES key, which only a managed HSM has, and not an RSA key."},
    {"symmetric_key_size", &TYPE_NUMBER, OPTIONAL, "With symmetric: size of the master key in bits: 128, 192 or 256.",
     .check = azure_vault_check_size},
    {"subscription_id", &TYPE_STRING, OPTIONAL, "Accepted for compatibility; a vault needs no subscription."},
    AZURE_SETTINGS_CLOUD_ROWS,
    AZURE_SETTINGS_LOGIN_ROWS,
};
/* clang-format on */

static bool azure_vault_is_symmetric(Value config) {
    Value value;
    return value_find_present(config, STR("symmetric"), &value) && value_is_true(value);
}

static bool azure_vault_check(Value config, bool, SourceRange range, Diags *diags) {
    Value size;
    return !azure_vault_is_symmetric(config) ||
           value_find_present(config, STR("symmetric_key_size"), &size) ||
           diags_fail(diags, range, "Invalid key provider",
                      "An AES key has several sizes: with \"symmetric\", set "
                      "\"symmetric_key_size\" to 128, 192 or 256.");
}

static Str azure_vault_algorithm(Value config, Arena *arena) {
    int64_t size = 0;
    if (!azure_vault_is_symmetric(config))
        return STR("RSA-OAEP-256");
    (void)value_to_int(value_attribute(config, STR("symmetric_key_size")), &size);
    return str_format(arena, "A%lldGCM", (long long)size);
}

/* Returns the service that a token for this vault is for: the host without its first label, as in
 * https://managedhsm.azure.net. A token never reaches a host of another service. */
static Str azure_vault_resource(Str address, Arena *arena) {
    Url url;
    if (!url_parse(address, &url) || url_is_loopback(&url))
        return STR(RESOURCE);
    size_t dot = str_find_char(url.host, '.', 0);
    return dot == SIZE_MAX ? STR(RESOURCE)
                           : str_concat(STR("https://"), str_after(url.host, dot + 1), arena);
}

static bool azure_vault_token(const KeyRequest *request, AccessToken *out, Str *problem,
                              Arena *arena) {
    Str address = value_text(value_attribute(request->config, STR("vault_uri")));
    AzureLogin login = {.io = request->io, .resource = azure_vault_resource(address, arena)};
    azure_settings_read(request->io, request->config, &login.settings);
    return azure_login_check(&login.settings, problem) &&
           azure_settings_cloud(request->io, request->config, &login.cloud, problem, arena) &&
           azure_login_fetch(&login, request->cancel, out, problem, arena);
}

/* Sets the URL and the token of the call. `call->key` is the key, also with its version. */
static bool azure_vault_authorize(KeyServerCall *call, Arena *arena, Diags *diags) {
    Str address = value_text(value_attribute(call->request->config, STR("vault_uri")));
    AccessToken token = {0};
    Str problem = STR_EMPTY;
    if (!azure_vault_token(call->request, &token, &problem, arena))
        return key_server_report(call, str_to_cstr(problem, arena), diags);
    while (str_ends_with(address, STR("/")))
        address = str_slice(address, 0, address.len - 1);
    call->http.url =
        str_format(arena, "%.*s/keys/%.*s/%s?api-version=" API_VERSION, STR_ARG(address),
                   STR_ARG(url_encode(call->key, true, arena)), call->operation);
    http_add_header(&call->http.headers, "content-type", STR("application/json"), arena);
    http_add_header(&call->http.headers, "authorization",
                    str_concat(STR("Bearer "), token.text, arena), arena);
    return true;
}

static void azure_vault_add(JsonWriter *writer, const char *key, Str bytes, Arena *arena) {
    if (bytes.len)
        json_key_string(writer, key, base64_url_encode(bytes, arena));
}

/* Sends `sent`, whose text may hold a key: key_server_send wipes it. Sets *value to the decoded
 * result. */
static bool azure_vault_call(KeyServerCall *call, const VaultMeta *sent, VaultAnswer *out,
                             Str *value, Arena *arena, Diags *diags) {
    StrBuf body = strbuf_new(arena);
    JsonWriter writer;
    if (!azure_vault_authorize(call, arena, diags))
        return false;
    Str text = base64_url_encode(sent->sealed, arena);
    strbuf_reserve(&body,
                   text.len + sent->iv.len * 2 + sent->tag.len * 2 + sent->aad.len * 2 + 128);
    json_writer_init(&writer, &body, 0);
    json_object_start(&writer);
    json_key_string(&writer, "alg", sent->algorithm);
    json_key_string(&writer, "value", text);
    azure_vault_add(&writer, "iv", sent->iv, arena);
    azure_vault_add(&writer, "tag", sent->tag, arena);
    azure_vault_add(&writer, "aad", sent->aad, arena);
    json_object_end(&writer);
    secret_wipe(text);
    call->http.body = strbuf_str(&body);
    if (!key_server_send(call, &azure_vault_answer_record, out, arena, diags))
        return false;
    bool ok = out->value.len > 0 && base64_url_decode(out->value, value, arena);
    secret_wipe(out->value);
    return ok || key_server_report(call, "the response has no key", diags);
}

static KeyServerCall azure_vault_call_of(const KeyRequest *request, const char *operation) {
    return (KeyServerCall){
        .request = request,
        .operation = operation,
        .key = value_text(value_attribute(request->config, STR("vault_key_name"))),
        .http = {.method = STR("POST")},
        .id_header = "x-ms-request-id",
        .hint = "check \"vault_uri\", \"vault_key_name\", the kind of that key, and the "
                "permissions of the identity on it",
    };
}

static void azure_vault_member(JsonWriter *writer, const char *key, Str bytes) {
    json_key(writer, str_from_cstr(key));
    if (bytes.len)
        json_base64(writer, bytes);
    else
        json_write_null(writer);
}

/* The members have OpenTofu's order; absent bytes are null. */
static Str azure_vault_meta_json(const VaultMeta *meta, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    azure_vault_member(&writer, "ciphertext", meta->sealed);
    azure_vault_member(&writer, "iv", meta->iv);
    azure_vault_member(&writer, "authentication_tag", meta->tag);
    azure_vault_member(&writer, "additional_authenticated_data", meta->aad);
    json_key_string(&writer, "key_version", meta->version);
    json_key_string(&writer, "algo", meta->algorithm);
    json_object_end(&writer);
    return strbuf_str(&text);
}

/* Reads the version at the end of the key's address, and the other texts of the response. */
static bool azure_vault_read_meta(const VaultAnswer *answer, VaultMeta *out, Arena *arena) {
    size_t slash = str_rfind_char(answer->key_id, '/');
    out->version = slash == SIZE_MAX ? STR_EMPTY : str_after(answer->key_id, slash + 1);
    return azure_vault_is_name(out->version) && base64_url_decode(answer->iv, &out->iv, arena) &&
           base64_url_decode(answer->tag, &out->tag, arena) &&
           base64_url_decode(answer->aad, &out->aad, arena);
}

static bool azure_vault_new_key(const KeyRequest *request, KeyResult *out, Arena *arena,
                                Diags *diags) {
    KeyServerCall call = azure_vault_call_of(request, "encrypt");
    VaultAnswer answer = {0};
    int64_t length = 0;
    (void)value_to_int(value_attribute(request->config, STR("key_length")), &length);
    char *bytes = arena_alloc(arena, (size_t)length);
    random_fill(bytes, (size_t)length);
    Str key = {bytes, (size_t)length};
    VaultMeta sent = {.sealed = key, .algorithm = azure_vault_algorithm(request->config, arena)};
    VaultMeta meta = {.algorithm = sent.algorithm};
    bool ok =
        azure_vault_call(&call, &sent, &answer, &meta.sealed, arena, diags) &&
        (azure_vault_read_meta(&answer, &meta, arena) ||
         key_server_report(&call, "the response does not name the version of the key", diags));
    if (!ok) {
        secret_wipe(key);
        return false;
    }
    *out = (KeyResult){key, azure_vault_meta_json(&meta, arena)};
    return true;
}

static bool azure_vault_stored_key(const KeyRequest *request, KeyResult *out, Arena *arena,
                                   Diags *diags) {
    KeyServerCall call = azure_vault_call_of(request, "decrypt");
    VaultAnswer answer = {0};
    VaultMeta meta = {0};
    const char *ignored;
    if (!record_from_json(*request->stored, &azure_vault_meta_record, &meta, &ignored, arena) ||
        meta.sealed.len == 0 || !azure_vault_is_name(meta.version) ||
        !azure_vault_is_name(meta.algorithm))
        return key_provider_report_damage(request, diags);
    call.key = str_format(arena, "%.*s/%.*s", STR_ARG(call.key), STR_ARG(meta.version));
    return azure_vault_call(&call, &meta, &answer, &out->key, arena, diags);
}

static bool azure_vault_provide(const KeyRequest *request, KeyResult *out, Arena *arena,
                                Diags *diags) {
    return request->stored ? azure_vault_stored_key(request, out, arena, diags)
                           : azure_vault_new_key(request, out, arena, diags);
}

const KeyProviderType key_provider_azure_vault = {
    .name = "azure_vault",
    .schema = {SCHEMA_ATTRIBUTES(azure_vault_attributes),
               .description = "Data keys that Azure Key Vault encrypts."},
    .check = azure_vault_check,
    .provide = azure_vault_provide,
};
