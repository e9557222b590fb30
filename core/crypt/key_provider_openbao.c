/* Implements key_provider "openbao": the transit engine of OpenBao or Vault makes each data key and
 * encrypts it with a master key that stays in the server. The encrypted data key is the metadata.
 *
 * https://openbao.org/api-docs/secret/transit/ */
#include "key_server.h"
#include "secret.h"
#include "url.h"

#include <string.h>

#define ADDRESS_DEFAULT "https://127.0.0.1:8200"

typedef struct DataKey {
    Str plain;
    Str sealed; /* "vault:v1:…" */
} DataKey;

static const RecordRow data_rows[] = {
    ROW_BASE64(DataKey, "plaintext", plain),
    ROW_TEXT(DataKey, "ciphertext", sealed),
};
static const Record data_record = RECORD(DataKey, data_rows);

typedef struct DataAnswer {
    DataKey data;
} DataAnswer;

static const RecordRow openbao_answer_rows[] = {
    ROW_OBJECT(DataAnswer, "data", data, DataKey, data_record)};
static const Record openbao_answer_record = RECORD(DataAnswer, openbao_answer_rows);

typedef struct OpenbaoMeta {
    Str sealed;
} OpenbaoMeta;

static const RecordRow openbao_meta_rows[] = {ROW_BASE64(OpenbaoMeta, "ciphertext", sealed)};
static const Record openbao_meta_record =
    RECORD(OpenbaoMeta, openbao_meta_rows, .unknown = "the member is unknown");

static Str openbao_check_length(Value value, Arena *) {
    int64_t number;
    bool is_good = value_to_int(value, &number) && (number == 16 || number == 32 || number == 64);
    return is_good ? STR_EMPTY : STR("The value must be 16, 32 or 64.");
}

/* The engine responds with 400 to all errors of keys, and the server with 403 to all errors of
 * tokens. */
static const KeyServerHint openbao_hints[] = {
    {400,
     "check \"key_name\": no key has this name, the key cannot encrypt, or the stored data key is "
     "of another key or of a version that the server no longer accepts"},
    {403, "check whether \"token\" (or BAO_TOKEN) is valid and not expired, and whether its policy "
          "allows \"update\" of this operation at \"transit_engine_path\""},
    {404, "check \"transit_engine_path\": no transit engine has this path"},
    {429, "the server limits the rate of requests: run loam again later"},
    {500, "see the log of the server; keys of the RSA kinds also fail like this if another key "
          "encrypted the stored data key"},
    {503, "the server is sealed or not ready: unseal it, then run loam again"},
    {0},
};

/* clang-format off */
static const Attribute openbao_attributes[] = {
    {"key_name", &TYPE_STRING, REQUIRED, "Name of the key in the transit engine."},
    {"address", &TYPE_STRING, OPTIONAL,
     "URL of the server. Default: BAO_ADDR, VAULT_ADDR, or " ADDRESS_DEFAULT "."},
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE, "Token of the server. Default: BAO_TOKEN or VAULT_TOKEN."},
    {"key_length", &TYPE_NUMBER, OPTIONAL | COMPUTED, "Length of the data key in bytes: 16, 32 or 64.",
     .default_json = "32", .check = openbao_check_length},
    {"transit_engine_path", &TYPE_STRING, OPTIONAL | COMPUTED, "Path of the transit engine.",
     .default_json = "\"/transit\""},
};
/* clang-format on */

/* Returns the environment variable BAO_… or else VAULT_…; empty if neither is set. */
static Str openbao_variable(const KeyRequest *request, const char *name, Arena *arena) {
    static const char *const prefixes[] = {"BAO_", "VAULT_"};
    Str found = STR_EMPTY;
    for (size_t i = 0; i < ARRAY_COUNT(prefixes) && found.len == 0; i++) {
        Str full = str_format(arena, "%s%s", prefixes[i], name);
        found = process_variable(request->io->process, str_to_cstr(full, arena));
    }
    return found;
}

static Str openbao_text_of(const KeyRequest *request, const char *name, const char *variable,
                           Arena *arena) {
    Value value = value_attribute(request->config, str_from_cstr(name));
    bool is_set = value_is_present(value) && value_text(value).len > 0;
    return is_set ? value_text(value) : openbao_variable(request, variable, arena);
}

/* Sets *out to the content of the file that a variable names; leaves it if the variable is not set.
 */
static bool read_pem(const KeyRequest *request, const char *name, Str *out, Arena *arena,
                     Diags *diags) {
    const Disk *disk = request->io->disk;
    Str path = openbao_variable(request, name, arena);
    if (path.len == 0)
        return true;
    int error = disk->read_file(disk->self, path, out, arena);
    return error >= 0 ||
           diags_fail(diags, request->range, "Invalid key provider",
                      "%.*s: the file \"%.*s\" of the environment variable BAO_%s or "
                      "VAULT_%s cannot be read: %s.",
                      STR_ARG(request->name), STR_ARG(path), name, name, strerror(-error));
}

static bool openbao_tls(const KeyRequest *request, HttpRequest *http, Arena *arena, Diags *diags) {
    Str skip = openbao_variable(request, "SKIP_VERIFY", arena);
    http->skip_verify = str_equal_cstr(skip, "1") || str_equal_cstr(skip, "true");
    http->server_name = openbao_variable(request, "TLS_SERVER_NAME", arena);
    return read_pem(request, "CACERT", &http->ca_certs, arena, diags) &&
           read_pem(request, "CLIENT_CERT", &http->certificate, arena, diags) &&
           read_pem(request, "CLIENT_KEY", &http->key, arena, diags);
}

static Str without_slashes(Str path) {
    while (str_starts_with(path, STR("/")))
        path = str_after(path, 1);
    while (str_ends_with(path, STR("/")))
        path = str_slice(path, 0, path.len - 1);
    return path;
}

/* Returns ADDRESS/v1/TRANSIT/OPERATION/KEY. */
static Str openbao_url(const KeyRequest *request, const char *operation, Arena *arena) {
    Str address = openbao_text_of(request, "address", "ADDR", arena);
    Str engine = value_text(value_attribute(request->config, STR("transit_engine_path")));
    Str key = value_text(value_attribute(request->config, STR("key_name")));
    return str_format(arena, "%.*s/v1/%.*s/%s/%.*s",
                      STR_ARG(without_slashes(address.len ? address : STR(ADDRESS_DEFAULT))),
                      STR_ARG(url_encode(without_slashes(engine), true, arena)), operation,
                      STR_ARG(url_encode(key, false, arena)));
}

static bool openbao_call(const KeyRequest *request, const char *operation, Str body, DataKey *out,
                         Arena *arena, Diags *diags) {
    DataAnswer answer = {0};
    KeyServerCall call = {
        .request = request,
        .operation = operation,
        .key = value_text(value_attribute(request->config, STR("key_name"))),
        .http = {.method = STR("POST"),
                 .url = openbao_url(request, operation, arena),
                 .body = body},
        .hints = openbao_hints,
        .hint = "check \"key_name\", \"transit_engine_path\", and \"token\" (or BAO_TOKEN) with "
                "its policy",
    };
    Str token = openbao_text_of(request, "token", "TOKEN", arena);
    Str space = openbao_variable(request, "NAMESPACE", arena);
    http_add_header(&call.http.headers, "Content-Type", STR("application/json"), arena);
    http_add_header(&call.http.headers, "X-Vault-Request", STR("true"), arena);
    if (token.len > 0)
        http_add_header(&call.http.headers, "X-Vault-Token", token, arena);
    if (space.len > 0)
        http_add_header(&call.http.headers, "X-Vault-Namespace", space, arena);
    if (!openbao_tls(request, &call.http, arena, diags) ||
        !key_server_send(&call, &openbao_answer_record, &answer, arena, diags))
        return false;
    *out = answer.data;
    return out->plain.len > 0 || key_server_report(&call, "the response has no key", diags);
}

static bool new_key(const KeyRequest *request, KeyResult *out, Arena *arena, Diags *diags) {
    static const char operation[] = "datakey/plaintext";
    DataKey key;
    int64_t length = 0;
    (void)value_to_int(value_attribute(request->config, STR("key_length")), &length);
    Str body = str_format(arena, "{\"bits\": %lld}", (long long)length * 8);
    if (!openbao_call(request, operation, body, &key, arena, diags))
        return false;
    if ((int64_t)key.plain.len != length || key.sealed.len == 0) {
        secret_wipe(key.plain);
        return diags_fail(diags, request->range, "Key server failed",
                          "%.*s: the response to the operation \"%s\" has no encrypted key, or a "
                          "key of another length than \"key_length\".",
                          STR_ARG(request->name), operation);
    }
    OpenbaoMeta meta = {key.sealed};
    *out = (KeyResult){key.plain, record_to_json(&openbao_meta_record, &meta, 0, arena)};
    return true;
}

static bool stored_key(const KeyRequest *request, KeyResult *out, Arena *arena, Diags *diags) {
    OpenbaoMeta meta = {0};
    DataKey key;
    const char *ignored;
    if (!record_from_json(*request->stored, &openbao_meta_record, &meta, &ignored, arena) ||
        meta.sealed.len == 0)
        return key_provider_report_damage(request, diags);
    StrBuf body = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &body, 0);
    json_object_start(&writer);
    json_key_string(&writer, "ciphertext", meta.sealed);
    json_object_end(&writer);
    if (!openbao_call(request, "decrypt", strbuf_str(&body), &key, arena, diags))
        return false;
    out->key = key.plain;
    return true;
}

static bool openbao_provide(const KeyRequest *request, KeyResult *out, Arena *arena, Diags *diags) {
    return request->stored ? stored_key(request, out, arena, diags)
                           : new_key(request, out, arena, diags);
}

const KeyProviderType key_provider_openbao = {
    .name = "openbao",
    .schema = {SCHEMA_ATTRIBUTES(openbao_attributes),
               .description = "Data keys from the transit engine of OpenBao or Vault."},
    .provide = openbao_provide,
};
