/* gcp_subject_aws: keys from the environment or the metadata service of AWS sign GetCallerIdentity.
 */
#include "gcp_subject_aws.h"
#include "aws_signature.h"
#include "json.h"
#include "problem.h"
#include "url.h"

#define SESSION_SECONDS "300"

typedef struct AwsMetadata {
    const GcpExchange *exchange;
    Str session; /* token of the second version of the service; empty: the first version */
} AwsMetadata;

static bool metadata_get(const AwsMetadata *metadata, Str url, Str *out, Str *problem,
                         Arena *arena) {
    HttpRequest request = {.url = url};
    HttpResponse response = {0};
    if (metadata->session.len > 0)
        http_add_header(&request.headers, "x-aws-ec2-metadata-token", metadata->session, arena);
    if (!gcp_token_request_send(metadata->exchange, &request, NULL, &response, problem, arena))
        return false;
    *out = str_trim(response.body);
    return out->len > 0 ||
           problem_text(problem, "the metadata service of AWS sends an empty answer");
}

static bool metadata_open(const GcpExchange *exchange, Value source, AwsMetadata *out, Str *problem,
                          Arena *arena) {
    HttpResponse response = {0};
    HttpRequest request = {
        .method = STR("PUT"),
        .url = value_text_at(source, STR("imdsv2_session_token_url")),
    };
    *out = (AwsMetadata){.exchange = exchange};
    if (request.url.len == 0)
        return true;
    http_add_header(&request.headers, "x-aws-ec2-metadata-token-ttl-seconds", STR(SESSION_SECONDS),
                    arena);
    if (!gcp_token_request_send(exchange, &request, NULL, &response, problem, arena))
        return false;
    out->session = response.body;
    return true;
}

/* The service names a zone ("us-east-1b"); the region is all but its last letter. */
static bool aws_region(const AwsMetadata *metadata, Value source, Str *out, Str *problem,
                       Arena *arena) {
    const Process *process = metadata->exchange->io->process;
    Str url = value_text_at(source, STR("region_url"));
    *out = process_variable(process, "AWS_REGION");
    if (out->len == 0)
        *out = process_variable(process, "AWS_DEFAULT_REGION");
    if (out->len > 0)
        return true;
    if (url.len == 0)
        return problem_text(problem, "no region of AWS: set AWS_REGION");
    if (!metadata_get(metadata, url, out, problem, arena))
        return false;
    *out = str_slice(*out, 0, out->len - 1);
    return true;
}

static bool aws_role_keys(const AwsMetadata *metadata, Value source, AwsIdentity *out, Str *problem,
                          Arena *arena) {
    Str url = value_text_at(source, STR("url"));
    Str role, text;
    Value answer;
    if (url.len == 0)
        return problem_text(problem, "no keys of AWS: set AWS_ACCESS_KEY_ID and "
                                     "AWS_SECRET_ACCESS_KEY");
    if (!metadata_get(metadata, url, &role, problem, arena))
        return false;
    url = str_format(arena, "%.*s/%.*s", STR_ARG(disk_without_end_slashes(url)),
                     STR_ARG(url_encode(role, false, arena)));
    if (!metadata_get(metadata, url, &text, problem, arena))
        return false;
    if (!json_parse_object(text, &answer, arena) ||
        value_text_at(answer, STR("AccessKeyId")).len == 0)
        return problem_text(problem, "the metadata service of AWS sends no keys");
    out->access_key = value_text_at(answer, STR("AccessKeyId"));
    out->secret_key = value_text_at(answer, STR("SecretAccessKey"));
    out->token = value_text_at(answer, STR("Token"));
    return true;
}

static bool aws_identity(const GcpExchange *exchange, Value source, AwsIdentity *out, Str *problem,
                         Arena *arena) {
    const Process *process = exchange->io->process;
    AwsMetadata metadata;
    *out = (AwsIdentity){
        .access_key = process_variable(process, "AWS_ACCESS_KEY_ID"),
        .secret_key = process_variable(process, "AWS_SECRET_ACCESS_KEY"),
        .token = process_variable(process, "AWS_SESSION_TOKEN"),
        .service = STR("sts"),
    };
    bool has_keys = out->access_key.len > 0 && out->secret_key.len > 0;
    bool has_region = process_variable(process, "AWS_REGION").len > 0 ||
                      process_variable(process, "AWS_DEFAULT_REGION").len > 0;
    Value nothing = value_null(&TYPE_DYNAMIC);
    /* Outside of AWS, the environment has all, and no service answers. */
    return metadata_open(exchange, has_keys && has_region ? nothing : source, &metadata, problem,
                         arena) &&
           aws_region(&metadata, source, &out->region, problem, arena) &&
           (has_keys || aws_role_keys(&metadata, source, out, problem, arena));
}

/* Replaces "{region}". */
static Str aws_place(Str url, Str region, Arena *arena) {
    Str mark = STR("{region}");
    size_t at = str_find(url, mark, 0);
    if (at == SIZE_MAX)
        return url;
    return str_format(arena, "%.*s%.*s%.*s", STR_ARG(str_slice(url, 0, at)), STR_ARG(region),
                      STR_ARG(str_after(url, at + mark.len)));
}

static void aws_write_header(JsonWriter *writer, Str name, Str value) {
    json_object_start(writer);
    json_key_string(writer, "key", name);
    json_key_string(writer, "value", value);
    json_object_end(writer);
}

static Str aws_to_json(const HttpRequest *request, Str host, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "url", request->url);
    json_key_string(&writer, "method", request->method);
    json_key_array(&writer, "headers");
    aws_write_header(&writer, STR("host"), host);
    vec_each(&request->headers, header) {
        aws_write_header(&writer, header->name, header->value);
    }
    json_array_end(&writer);
    json_object_end(&writer);
    return strbuf_str(&text);
}

bool gcp_subject_aws_token(const GcpExchange *exchange, const GcpCredential *credential,
                           Value source, Str *out, Str *problem, Arena *arena) {
    const Clock *clock = exchange->io->clock;
    AwsIdentity identity;
    Url url;
    Str place = value_text_at(source, STR("regional_cred_verification_url"));
    if (!str_equal(value_text_at(source, STR("environment_id")), STR("aws1")))
        return problem_set(problem, arena, "%.*s has an \"environment_id\" other than \"aws1\"",
                           STR_ARG(credential->origin));
    if (!aws_identity(exchange, source, &identity, problem, arena))
        return false;
    HttpRequest request = {.method = STR("POST"), .url = aws_place(place, identity.region, arena)};
    if (!url_parse(request.url, &url) || !str_equal(url.scheme, STR("https")))
        return problem_set(problem, arena,
                           "%.*s has no https address as \"regional_cred_verification_url\"",
                           STR_ARG(credential->origin));
    http_add_header(&request.headers, "x-goog-cloud-target-resource",
                    value_text_at(credential->file, STR("audience")), arena);
    aws_signature_sign(&identity, clock->now_ms(clock->self), &request, arena);
    *out = url_encode(aws_to_json(&request, url.host, arena), false, arena);
    return true;
}
