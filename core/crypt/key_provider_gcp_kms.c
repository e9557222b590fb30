/* Implements key_provider "gcp_kms": Cloud KMS encrypts each data key with a master key that stays
 * in the service. The encrypted data key is the metadata.
 *
 * https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys */
#include "gcp_access.h"
#include "key_server.h"
#include "random.h"
#include "secret.h"
#include "url.h"

#define SCOPE "https://www.googleapis.com/auth/cloudkms"

typedef struct KmsAnswer {
    Str plain;
    Str sealed;
} KmsAnswer;

static const RecordRow gcp_kms_answer_rows[] = {
    ROW_BASE64(KmsAnswer, "plaintext", plain),
    ROW_BASE64(KmsAnswer, "ciphertext", sealed),
};
static const Record gcp_kms_answer_record = RECORD(KmsAnswer, gcp_kms_answer_rows);

typedef struct KmsMeta {
    Str sealed;
} KmsMeta;

static const RecordRow gcp_kms_meta_rows[] = {ROW_BASE64(KmsMeta, "ciphertext", sealed)};
static const Record gcp_kms_meta_record =
    RECORD(KmsMeta, gcp_kms_meta_rows, .unknown = "the member is unknown");

static Str gcp_kms_check_key(Value value, Arena *) {
    Str text = value_text(value);
    bool is_good = str_starts_with(text, STR("projects/")) &&
                   str_find(text, STR("/cryptoKeys/"), 0) != SIZE_MAX;
    return is_good ? STR_EMPTY
                   : STR("The value must be projects/P/locations/L/keyRings/R/cryptoKeys/K.");
}

/* clang-format off */
static const Attribute gcp_kms_attributes[] = {
    {"kms_encryption_key", &TYPE_STRING, REQUIRED,
     "Name of the master key: projects/P/locations/L/keyRings/R/cryptoKeys/K.", .check = gcp_kms_check_key},
    {"key_length", &TYPE_NUMBER, REQUIRED, "Length of the data key in bytes; aes_gcm needs 16, 24 or 32.",
     .check = key_server_check_length},
    {"credentials", &TYPE_STRING, OPTIONAL | SENSITIVE | STARTS_PROGRAM,
     "Credentials file of Google as JSON, or its path. Default: GOOGLE_CREDENTIALS, then as in the backend gcs."},
    {"access_token", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Access token, instead of credentials. Default: GOOGLE_OAUTH_ACCESS_TOKEN."},
    {"impersonate_service_account", &TYPE_STRING, OPTIONAL,
     "E-mail address of a service account to act as. Default: GOOGLE_BACKEND_IMPERSONATE_SERVICE_ACCOUNT, "
     "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT."},
    {"impersonate_service_account_delegates", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Service accounts between the credentials and that account."},
};
/* clang-format on */

/* Returns the argument, else the first of these variables that is set. */
static Str gcp_kms_text(const KeyRequest *request, const char *name, const char *const *variables) {
    Value value = value_attribute(request->config, str_from_cstr(name));
    Str text = value_is_present(value) ? value_text(value) : STR_EMPTY;
    for (; text.len == 0 && *variables; variables++)
        text = process_variable(request->io->process, *variables);
    return text;
}

static GcpOptions gcp_kms_options(const KeyRequest *request, Arena *arena) {
    static const char *const tokens[] = {"GOOGLE_OAUTH_ACCESS_TOKEN", NULL};
    static const char *const files[] = {"GOOGLE_CREDENTIALS", NULL};
    static const char *const accounts[] = {"GOOGLE_BACKEND_IMPERSONATE_SERVICE_ACCOUNT",
                                           "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT", NULL};
    Value delegates;
    GcpOptions options = {
        .access_token = gcp_kms_text(request, "access_token", tokens),
        .credentials = gcp_kms_text(request, "credentials", files),
        .impersonate = gcp_kms_text(request, "impersonate_service_account", accounts),
        .scope = STR(SCOPE),
    };
    if (value_find_present(request->config, STR("impersonate_service_account_delegates"),
                           &delegates)) {
        for (size_t i = 0; i < delegates.count; i++) {
            if (value_is_present(value_at(delegates, i)))
                vec_push(arena, &options.delegates, value_text(value_at(delegates, i)));
        }
    }
    return options;
}

/* Sets the URL and the token of the call. */
static bool gcp_kms_authorize(KeyServerCall *call, Arena *arena, Diags *diags) {
    GcpOptions options = gcp_kms_options(call->request, arena);
    GcpAccess *access = NULL;
    Str token, problem;
    bool ok = gcp_access_open(call->request->io, &options, &access, &problem, arena) &&
              gcp_access_token(access, call->request->cancel, &token, &problem, arena);
    if (ok) {
        call->http.url = str_format(arena, "https://cloudkms.%.*s/v1/%.*s:%s",
                                    STR_ARG(gcp_access_universe(access)),
                                    STR_ARG(url_encode(call->key, true, arena)), call->operation);
        http_add_header(&call->http.headers, "content-type", STR("application/json"), arena);
        http_add_header(&call->http.headers, "authorization",
                        str_concat(STR("Bearer "), token, arena), arena);
    }
    gcp_access_close(access);
    return ok || key_server_report(call, str_to_cstr(problem, arena), diags);
}

/* Sends {"MEMBER": base64 of the bytes}. The text may hold a key: key_server_send wipes it. */
static bool gcp_kms_call(KeyServerCall *call, const char *member, Str bytes, KmsAnswer *out,
                         Arena *arena, Diags *diags) {
    StrBuf body = strbuf_new(arena);
    JsonWriter writer;
    if (!gcp_kms_authorize(call, arena, diags))
        return false;
    strbuf_reserve(&body, bytes.len * 2 + 64);
    json_writer_init(&writer, &body, 0);
    json_object_start(&writer);
    json_key_base64(&writer, member, bytes);
    json_object_end(&writer);
    call->http.body = strbuf_str(&body);
    return key_server_send(call, &gcp_kms_answer_record, out, arena, diags);
}

static KeyServerCall gcp_kms_call_of(const KeyRequest *request, const char *operation) {
    return (KeyServerCall){
        .request = request,
        .operation = operation,
        .key = value_text(value_attribute(request->config, STR("kms_encryption_key"))),
        .http = {.method = STR("POST")},
        .hint = "check \"kms_encryption_key\", and the permissions of the credentials on that key",
    };
}

static bool gcp_kms_new_key(const KeyRequest *request, KeyResult *out, Arena *arena, Diags *diags) {
    KeyServerCall call = gcp_kms_call_of(request, "encrypt");
    KmsAnswer answer = {0};
    int64_t length = 0;
    (void)value_to_int(value_attribute(request->config, STR("key_length")), &length);
    char *bytes = arena_alloc(arena, (size_t)length);
    random_fill(bytes, (size_t)length);
    Str key = {bytes, (size_t)length};
    bool ok = gcp_kms_call(&call, "plaintext", key, &answer, arena, diags) &&
              (answer.sealed.len > 0 ||
               key_server_report(&call, "the response has no encrypted key", diags));
    if (!ok) {
        secret_wipe(key);
        return false;
    }
    KmsMeta meta = {answer.sealed};
    *out = (KeyResult){key, record_to_json(&gcp_kms_meta_record, &meta, 0, arena)};
    return true;
}

static bool gcp_kms_stored_key(const KeyRequest *request, KeyResult *out, Arena *arena,
                               Diags *diags) {
    KeyServerCall call = gcp_kms_call_of(request, "decrypt");
    KmsAnswer answer = {0};
    KmsMeta meta = {0};
    const char *ignored;
    if (!record_from_json(*request->stored, &gcp_kms_meta_record, &meta, &ignored, arena) ||
        meta.sealed.len == 0)
        return key_provider_report_damage(request, diags);
    if (!gcp_kms_call(&call, "ciphertext", meta.sealed, &answer, arena, diags))
        return false;
    out->key = answer.plain;
    return out->key.len > 0 || key_server_report(&call, "the response has no key", diags);
}

static bool gcp_kms_provide(const KeyRequest *request, KeyResult *out, Arena *arena, Diags *diags) {
    return request->stored ? gcp_kms_stored_key(request, out, arena, diags)
                           : gcp_kms_new_key(request, out, arena, diags);
}

const KeyProviderType key_provider_gcp_kms = {
    .name = "gcp_kms",
    .schema = {SCHEMA_ATTRIBUTES(gcp_kms_attributes),
               .description = "Data keys that Cloud KMS encrypts."},
    .provide = gcp_kms_provide,
};
