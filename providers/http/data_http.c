/* data http: sends a request to a web server and returns the response. */
#include "base64.h"
#include "http_provider.h"
#include "http_send.h"
#include "object_builder.h"
#include "path_error.h"
#include "url.h"
#include "utf8.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#define BODY_MAX (UINT64_C(256) << 20)

static Str check_least(Value value, int64_t least, Arena *arena) {
    int64_t number;
    if (value_to_int(value, &number) && number >= least && number <= INT32_MAX)
        return STR_EMPTY;
    return str_format(arena, "The value must be an integer of at least %lld.", (long long)least);
}

static Str data_http_check_timeout(Value value, Arena *arena) {
    return check_least(value, 1, arena);
}

static Str check_retry(Value value, Arena *arena) {
    return check_least(value, 0, arena);
}

/* clang-format off */
static const Attribute attributes[] = {
    {"url",                  &TYPE_STRING,        REQUIRED, "HTTP or HTTPS address."},
    {"method",               &TYPE_STRING,        OPTIONAL, "\"GET\", \"HEAD\" or \"POST\" (default GET). Every read sends the request, so a POST must not change anything on the server.", .one_of = "GET POST HEAD"},
    {"request_headers",      &TYPE_MAP_OF_STRING, OPTIONAL, "Request headers, by name."},
    {"request_body",         &TYPE_STRING,        OPTIONAL | ANY_TEXT, "Request body."},
    {"request_timeout_ms",   &TYPE_NUMBER,        OPTIONAL, "Maximum duration of each attempt in milliseconds.", .check = data_http_check_timeout},
    {"ca_cert_pem",          &TYPE_STRING,        OPTIONAL, "Certificates of the accepted certificate authorities, in PEM (default: those of the system)."},
    {"client_cert_pem",      &TYPE_STRING,        OPTIONAL, "Client certificate, in PEM."},
    {"client_key_pem",       &TYPE_STRING,        OPTIONAL, "Key of the client certificate, in PEM."},
    {"insecure",             &TYPE_BOOL,          OPTIONAL, "Whether to skip the verification of the server's certificate."},
    {"response_body",        &TYPE_STRING,        COMPUTED, "Response body as text."},
    {"response_body_base64", &TYPE_STRING,        COMPUTED, "Response body in base64."},
    {"response_headers",     &TYPE_MAP_OF_STRING, COMPUTED, "Response headers, by name; several values are joined with \", \"."},
    {"status_code",          &TYPE_NUMBER,        COMPUTED, "Response status code."},
    {"body",                 &TYPE_STRING,        COMPUTED | DEPRECATED, "Response body; use response_body."},
    {"id",                   &TYPE_STRING,        COMPUTED, "The address."},
};
static const Attribute retry_attributes[] = {
    {"attempts",     &TYPE_NUMBER, OPTIONAL, "Maximum number of retries after a lost connection, a status 5xx except 501, or 429.", .check = check_retry},
    {"min_delay_ms", &TYPE_NUMBER, OPTIONAL, "Milliseconds before the first retry, doubled for each further one (default 1000).", .check = check_retry},
    {"max_delay_ms", &TYPE_NUMBER, OPTIONAL, "Maximum milliseconds before a retry (default 30000).", .check = check_retry},
};
static const Block blocks[] = {
    {"retry", NEST_SINGLE, {SCHEMA_ATTRIBUTES(retry_attributes), .description = "Retries; without this block, the request is sent once."}, 0, 0},
};
/* clang-format on */

static const ArgumentRule rules[] = {
    {RULE_CONFLICTS, {"insecure", "ca_cert_pem"}},
    {RULE_REQUIRED_WITH, {"client_cert_pem", "client_key_pem"}},
    {RULE_REQUIRED_WITH, {"client_key_pem", "client_cert_pem"}},
};

static bool validate_headers(const Call *call, Value headers, Diags *diags) {
    bool is_good = true;
    for (size_t i = 0; value_is_present(headers) && i < headers.count; i++) {
        Str name = value_key_at(headers, i);
        Value value = value_at(headers, i);
        if (http_header_is_valid(name, value_is_present(value) ? value_text(value) : STR_EMPTY))
            continue;
        is_good = path_error(call, PATH_AT(call, {"request_headers"}, {.key = name}), diags,
                             "Invalid header",
                             "The name of a header has letters, digits and \"-\", and its value is "
                             "one line without control characters.");
    }
    return is_good;
}

static bool http_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value retry = object_attribute(request->config, "retry");
    bool is_good =
        validate_headers(call, object_attribute(request->config, "request_headers"), diags);
    if (!value_is_present(retry) ||
        object_int(retry, "min_delay_ms", 0) <= object_int(retry, "max_delay_ms", INT64_MAX))
        return is_good;
    return path_error(call, PATH_AT(call, {"retry"}, {"max_delay_ms"}), diags,
                      "Invalid attribute value",
                      "\"max_delay_ms\" must be at least as much as \"min_delay_ms\".");
}

static bool is_certificate(Str pem) {
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    bool is_good = certificate != NULL;
    X509_free(certificate);
    BIO_free(bio);
    ERR_clear_error();
    return is_good;
}

static bool set_certificates(Value config, HttpRequest *http, Diags *diags) {
    http->ca_certs = object_text(config, "ca_cert_pem", STR_EMPTY);
    http->certificate = object_text(config, "client_cert_pem", STR_EMPTY);
    http->key = object_text(config, "client_key_pem", STR_EMPTY);
    http->skip_verify = object_bool(config, "insecure", false);
    const struct {
        const char *name;
        Str pem;
    } rows[] = {
        {"ca_cert_pem", http->ca_certs},
        {"client_cert_pem", http->certificate},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (!object_has(config, rows[i].name) || is_certificate(rows[i].pem))
            continue;
        return diags_fail(diags, NO_RANGE, "TLS not configured",
                          "The value of \"%s\" is not a PEM certificate.", rows[i].name);
    }
    return true;
}

static void set_patience(const Call *call, Value config, HttpRequest *http) {
    int64_t timeout = object_int(config, "request_timeout_ms", 0);
    int64_t left = call_time_left_ms(call);
    http->timeout_ms = left && (!timeout || left < timeout) ? left : timeout;
    Value retry = object_attribute(config, "retry");
    if (!value_is_present(retry))
        return;
    http->retries = (uint32_t)object_int(retry, "attempts", 0);
    int64_t least = object_int(retry, "min_delay_ms", 1000);
    int64_t most = object_int(retry, "max_delay_ms", 30000);
    http->retry_wait_ms = least > 0 ? least : 1; /* 0 would select the default */
    http->retry_wait_max_ms = most > 0 ? most : 1;
}

static void data_http_set_headers(const Call *call, Value config, HttpRequest *http) {
    Value headers = object_attribute(config, "request_headers");
    for (size_t i = 0; value_is_present(headers) && i < headers.count; i++) {
        Value value = value_at(headers, i);
        if (value_is_present(value))
            http_add_header(&http->headers, str_to_cstr(value_key_at(headers, i), call->arena),
                            value_text(value), call->arena);
    }
}

/* Converts "content-type" to "Content-Type". */
static Str canonical_name(Str name, Arena *arena) {
    char *text = arena_alloc(arena, name.len + 1);
    bool begins = true;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        text[i] = (char)(begins ? toupper(c) : tolower(c));
        begins = c == '-';
    }
    return (Str){text, name.len};
}

static Str joined_values(const HttpResponse *received, Str name, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    size_t count = 0;
    vec_each(&received->headers, header) {
        if (!str_equal(header->name, name))
            continue;
        if (count++ > 0)
            strbuf_add_cstr(&text, ", ");
        strbuf_add(&text, header->value);
    }
    return strbuf_str(&text);
}

static Value headers_value(const HttpResponse *received, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    vec_each(&received->headers, header) {
        Str joined = joined_values(received, header->name, arena);
        object_builder_put(&builder, canonical_name(header->name, arena),
                           value_string(joined, arena));
    }
    return object_builder_map(&builder, &TYPE_STRING);
}

static Value data_http_result_of(const Call *call, Value config, const HttpResponse *received) {
    ObjectBuilder builder = object_builder_of(config, call->arena);
    Value body = value_string(received->body, call->arena);
    object_builder_set(&builder, "response_body", body);
    object_builder_set(&builder, "body", body);
    object_builder_set(&builder, "response_body_base64",
                       value_from_str(base64_encode(received->body, call->arena)));
    object_builder_set(&builder, "response_headers", headers_value(received, call->arena));
    object_builder_set(&builder, "status_code", value_int(received->code));
    object_builder_set(&builder, "id", object_attribute(config, "url"));
    return object_builder_value(&builder);
}

static bool data_http_is_refused(int code) {
    return code == 429 || (code >= 500 && code != 501);
}

static bool data_http_read(const Call *call, const DataReadRequest *request,
                           DataReadResponse *response, Diags *diags) {
    HttpRequest http = {
        .method = object_text(request->config, "method", STR("GET")),
        .url = object_text(request->config, "url", STR_EMPTY),
        .body = object_text(request->config, "request_body", STR_EMPTY),
        .body_limit = BODY_MAX,
        .wants_repeated = true,
        .cancel = call->cancel,
    };
    HttpResponse received = {0};
    Str problem = STR_EMPTY;
    if (!set_certificates(request->config, &http, diags))
        return false;
    set_patience(call, request->config, &http);
    data_http_set_headers(call, request->config, &http);
    Str shown = url_redact(http.url, call->arena);
    call_progress(call, 0, 0, "waiting for the server");
    HttpStatus status = http_send(call->io, &http, &received, &problem, call->arena);
    if (status != HTTP_DONE) {
        problem = url_scrub(problem, http.url, call->arena);
        return diags_fail(diags, NO_RANGE, "HTTP request failed", "%.*s %.*s: %.*s.",
                          STR_ARG(http.method), STR_ARG(shown), STR_ARG(problem));
    }
    if (data_http_is_refused(received.code))
        return diags_fail(diags, NO_RANGE, "HTTP request failed",
                          "%.*s %.*s: the response had status %d after %u attempt%s. To allow more "
                          "attempts, set the block \"retry\".",
                          STR_ARG(http.method), STR_ARG(shown), received.code, received.attempts,
                          received.attempts == 1 ? "" : "s");
    if (utf8_valid_prefix(received.body) < received.body.len)
        diags_warning(diags, NO_RANGE, "Response is not UTF-8",
                      "The response body of %.*s is not UTF-8, so \"response_body\" cannot "
                      "represent its bytes. Use \"response_body_base64\".",
                      STR_ARG(shown));
    response->state = data_http_result_of(call, request->config, &received);
    return true;
}

const DataSourceType data_http = {
    .mode = MODE_DATA,
    .name = "http",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), SCHEMA_RULES(rules),
               .description = "The response to an HTTP request."},
    .validate = http_validate,
    .read = data_http_read,
};
