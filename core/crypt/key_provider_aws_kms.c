/* Implements key_provider "aws_kms": the key management service of AWS makes each data key and
 * encrypts it with a master key that stays in the service. The encrypted data key is the metadata.
 *
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html */
#include "aws_session.h"
#include "aws_settings.h"
#include "base64.h"
#include "key_server.h"
#include "secret.h"

typedef struct AwsKey {
    Str plain;
    Str sealed;
} AwsKey;

static const RecordRow aws_kms_answer_rows[] = {
    ROW_BASE64(AwsKey, "Plaintext", plain),
    ROW_BASE64(AwsKey, "CiphertextBlob", sealed),
};
static const Record aws_kms_answer_record = RECORD(AwsKey, aws_kms_answer_rows);

typedef struct AwsMeta {
    Str sealed;
} AwsMeta;

static const RecordRow aws_kms_meta_rows[] = {ROW_BASE64(AwsMeta, "ciphertext_blob", sealed)};
static const Record aws_kms_meta_record =
    RECORD(AwsMeta, aws_kms_meta_rows, .unknown = "the member is unknown");

/* clang-format off */
static const Attribute aws_kms_attributes[] = {
    {"kms_key_id", &TYPE_STRING, REQUIRED, "The master key: its ID, ARN or alias."},
    {"key_spec", &TYPE_STRING, REQUIRED, "Kind of the data key; aes_gcm needs AES_128 or AES_256.",
     .one_of = "AES_256 AES_128"},
    {"region", &TYPE_STRING, OPTIONAL,
     "Region of the master key. Default: AWS_REGION, AWS_DEFAULT_REGION, then that of the profile."},
    AWS_SETTINGS_ROWS,
};
static const Attribute endpoint_attributes[] = {
    {"kms", &TYPE_STRING, OPTIONAL, "Address of the key management service (default: AWS_ENDPOINT_URL_KMS, then that of the region)."},
    {"sts", &TYPE_STRING, OPTIONAL, "Address of the security token service (default: that of the region)."},
    {"iam", &TYPE_STRING, OPTIONAL, "Accepted for compatibility; loam does not ask this service."},
};
/* clang-format on */

static const Block aws_kms_blocks[] = {
    {"endpoints",
     NEST_SINGLE,
     {SCHEMA_ATTRIBUTES(endpoint_attributes),
      .description = "Addresses of services, instead of those of the region."}},
};

typedef struct KmsSession {
    AwsSession *session;
    Str region;
} KmsSession;

static HttpStatus aws_kms_send(void *self, const HttpRequest *http, HttpResponse *out, Str *problem,
                               Arena *arena) {
    const KmsSession *kms = self;
    AwsCall call = {"kms", kms->region, http};
    return aws_session_send(kms->session, &call, out, problem, arena);
}

static Str aws_kms_first_variable(const Io *io, const char *const *names) {
    Str text = STR_EMPTY;
    for (; text.len == 0 && *names; names++)
        text = process_variable(io->process, *names);
    return text;
}

/* Opens a session by the arguments; sets the region and the URL of the call. */
static bool aws_kms_open(KeyServerCall *call, KmsSession *kms, Arena *arena, Diags *diags) {
    static const char *const regions[] = {"AWS_REGION", "AWS_DEFAULT_REGION", NULL};
    const KeyRequest *request = call->request;
    AwsOptions *options = arena_new(arena, AwsOptions);
    if (!aws_settings_read(request->io, request->config, options, arena, diags))
        return false;
    if (options->region.len == 0)
        options->region = aws_kms_first_variable(request->io, regions);
    kms->session = aws_session_open(request->io, options, arena);
    kms->region = aws_session_region(kms->session);
    if (kms->region.len == 0)
        return key_server_report(
            call, "no region is known; set \"region\" in the block, or AWS_REGION", diags);
    call->http.url = aws_settings_endpoint(request->config, "kms", "", arena);
    if (call->http.url.len == 0)
        call->http.url = aws_transport_variable(request->io->process, "KMS", arena);
    if (call->http.url.len == 0)
        call->http.url = aws_transport_endpoint("kms", kms->region, options->fips_endpoints,
                                                options->dualstack_endpoints, arena);
    return true;
}

/* Sends the members of the request. The response may hold a key: key_server_send wipes it. */
static bool aws_kms_call(KeyServerCall *call, AwsKey *out, Arena *arena, Diags *diags) {
    KmsSession kms = {0};
    Str target = str_format(arena, "TrentService.%s", call->operation);
    call->send = aws_kms_send;
    call->self = &kms;
    http_add_header(&call->http.headers, "content-type", STR("application/x-amz-json-1.1"), arena);
    http_add_header(&call->http.headers, "x-amz-target", target, arena);
    bool ok = aws_kms_open(call, &kms, arena, diags) &&
              key_server_send(call, &aws_kms_answer_record, out, arena, diags) &&
              (out->plain.len > 0 || key_server_report(call, "the response has no key", diags));
    aws_session_close(kms.session);
    return ok;
}

static KeyServerCall aws_kms_call_of(const KeyRequest *request, const char *operation, Str body) {
    return (KeyServerCall){
        .request = request,
        .operation = operation,
        .key = value_text(value_attribute(request->config, STR("kms_key_id"))),
        .http = {.method = STR("POST"), .body = body},
        .id_header = "x-amzn-requestid",
        .hint = "check \"kms_key_id\", \"region\", and the permissions of the credentials on that "
                "key",
    };
}

/* Returns {"KeyId": the argument, MEMBER: text}. */
static Str aws_kms_body(const KeyRequest *request, const char *member, Str text, Arena *arena) {
    StrBuf body = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &body, 0);
    json_object_start(&writer);
    json_key_string(&writer, "KeyId",
                    value_text(value_attribute(request->config, STR("kms_key_id"))));
    json_key_string(&writer, member, text);
    json_object_end(&writer);
    return strbuf_str(&body);
}

static bool aws_kms_new_key(const KeyRequest *request, KeyResult *out, Arena *arena, Diags *diags) {
    Str kind = value_text(value_attribute(request->config, STR("key_spec")));
    KeyServerCall call =
        aws_kms_call_of(request, "GenerateDataKey", aws_kms_body(request, "KeySpec", kind, arena));
    AwsKey key = {0};
    if (!aws_kms_call(&call, &key, arena, diags))
        return false;
    if (key.sealed.len == 0) {
        secret_wipe(key.plain);
        return key_server_report(&call, "the response has no encrypted key", diags);
    }
    AwsMeta meta = {key.sealed};
    *out = (KeyResult){key.plain, record_to_json(&aws_kms_meta_record, &meta, 0, arena)};
    return true;
}

static bool aws_kms_stored_key(const KeyRequest *request, KeyResult *out, Arena *arena,
                               Diags *diags) {
    AwsMeta meta = {0};
    AwsKey key = {0};
    const char *ignored;
    if (!record_from_json(*request->stored, &aws_kms_meta_record, &meta, &ignored, arena) ||
        meta.sealed.len == 0)
        return key_provider_report_damage(request, diags);
    Str sealed = base64_encode(meta.sealed, arena);
    KeyServerCall call =
        aws_kms_call_of(request, "Decrypt", aws_kms_body(request, "CiphertextBlob", sealed, arena));
    if (!aws_kms_call(&call, &key, arena, diags))
        return false;
    out->key = key.plain;
    return true;
}

static bool aws_kms_provide(const KeyRequest *request, KeyResult *out, Arena *arena, Diags *diags) {
    return request->stored ? aws_kms_stored_key(request, out, arena, diags)
                           : aws_kms_new_key(request, out, arena, diags);
}

const KeyProviderType key_provider_aws_kms = {
    .name = "aws_kms",
    .schema = {SCHEMA_ATTRIBUTES(aws_kms_attributes), SCHEMA_BLOCKS(aws_kms_blocks),
               .description = "Data keys from the key management service of AWS."},
    .provide = aws_kms_provide,
};
