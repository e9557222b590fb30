/* s3_client: one request per operation; replies become a status and the end of a sentence. */
#include "s3_client.h"
#include "base64.h"
#include "digest.h"
#include "plugin.h"
#include "s3_answer.h"
#include "url.h"

#define BODY_LIMIT       ((uint64_t)128 << 20)
#define FILE_LIMIT       ((uint64_t)5 << 40) /* of an object, by the rules of S3 */
#define BUSY_WAIT_MS     200
#define BUSY_WAIT_MAX_MS 3200

static Plugin s3_plugin = {
    .file = S3_PLUGIN,
    .symbol = "s3_answers",
    .purpose = "S3 stores",
    .content = &s3_answers,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

Str s3_client_bucket_url(const S3Settings *settings, Arena *arena) {
    Str bucket = url_encode(settings->bucket, false, arena);
    if (settings->path_style)
        return str_format(arena, "%.*s/%.*s", STR_ARG(settings->endpoint), STR_ARG(bucket));
    size_t host = str_find(settings->endpoint, STR("://"), 0) + strlen("://");
    Str before = str_slice(settings->endpoint, 0, host);
    return str_format(arena, "%.*s%.*s.%.*s", STR_ARG(before), STR_ARG(bucket),
                      STR_ARG(str_after(settings->endpoint, host)));
}

static Str object_url(const S3Client *client, Str key, Arena *arena) {
    Str bucket = s3_client_bucket_url(&client->settings, arena);
    Str path = url_encode(key, true, arena);
    return str_format(arena, "%.*s/%.*s", STR_ARG(bucket), STR_ARG(path));
}

static void s3_client_add_headers(HttpRequest *request, const HttpHeaders *headers, Arena *arena) {
    vec_each(headers, header) {
        vec_push(arena, &request->headers, *header);
    }
}

/* s3_client_send loaded the plugin. */
static const S3Answers *s3_client_answers(void) {
    return s3_plugin.content;
}

typedef struct CodeRow {
    const char *code;
    const char *hint;
} CodeRow;

static const CodeRow hints[] = {
    {"NoSuchBucket", "create the bucket first, or correct its name"},
    {"AccessDenied", "the credentials do not have the required permission"},
    {"InvalidAccessKeyId", "the store does not know this access key"},
    {"SignatureDoesNotMatch", "the secret key or the region is wrong"},
    {"AuthorizationHeaderMalformed", "the region is wrong"},
    {"PermanentRedirect", "the bucket is in another region"},
    {"RequestTimeTooSkewed", "this machine's clock is wrong"},
    {"ExpiredToken", "get new credentials"},
};

/* Says which region is the right one, if the store does. */
static void add_region(const S3Client *client, const HttpResponse *response, StrBuf *text) {
    Str region = http_header(response, "x-amz-bucket-region");
    if (region.len && !str_equal(region, client->settings.region))
        strbuf_add_format(text, ". The bucket is in the region \"%.*s\": set \"region\" to it",
                          STR_ARG(region));
}

static Str client_describe(const S3Client *client, const HttpResponse *response, Arena *arena) {
    Str code, message;
    s3_client_answers()->parse_error(response->body, &code, &message, arena);
    StrBuf text = strbuf_new(arena);
    strbuf_add_format(&text, "HTTP status %d", response->code);
    if (code.len)
        strbuf_add_format(&text, " %.*s", STR_ARG(code));
    if (message.len) {
        bool has_stop = str_ends_with(message, STR("."));
        strbuf_add_format(&text, " (%.*s)", STR_ARG(str_slice(message, 0, message.len - has_stop)));
    }
    for (size_t i = 0; i < ARRAY_COUNT(hints); i++) {
        if (str_equal_cstr(code, hints[i].code))
            strbuf_add_format(&text, ": %s", hints[i].hint);
    }
    add_region(client, response, &text);
    return strbuf_str(&text);
}

static S3Status client_status_of(const S3Client *client, HttpStatus sent,
                                 const HttpResponse *response, Str *problem, Arena *arena) {
    Str code, message;
    if (sent != HTTP_DONE)
        return S3_FAILED;
    if (response->code >= 200 && response->code < 300)
        return S3_DONE;
    s3_client_answers()->parse_error(response->body, &code, &message, arena);
    *problem = client_describe(client, response, arena);
    bool no_bucket = str_equal(code, STR("NoSuchBucket"));
    switch (response->code) {
    case 404: return no_bucket ? S3_FAILED : S3_ABSENT;
    case 409: return S3_BUSY;
    case 412: return S3_EXISTS;
    case 501: return S3_UNCONDITIONAL;
    default: return S3_FAILED;
    }
}

/* Loads the plugin, which reads the reply. `path` empty: the body stays in memory. */
static S3Status send_to(const S3Client *client, HttpRequest *request, Str path,
                        HttpResponse *response, Str *problem, Arena *arena) {
    const S3Settings *settings = &client->settings;
    if (!plugin_get(&s3_plugin, problem, arena))
        return S3_FAILED;
    request->retries = settings->retries;
    request->timeout_ms = client->timeout_ms;
    request->body_limit = path.len ? FILE_LIMIT : BODY_LIMIT;
    request->cancel = client->cancel ? *client->cancel : NULL;
    request->cancel_at = CANCEL_NOW;
    AwsCall call = {"s3", settings->region, request, path};
    HttpStatus sent = aws_session_send(settings->session, &call, response, problem, arena);
    return client_status_of(client, sent, response, problem, arena);
}

static S3Status s3_client_send(const S3Client *client, HttpRequest *request, HttpResponse *response,
                               Str *problem, Arena *arena) {
    return send_to(client, request, STR_EMPTY, response, problem, arena);
}

/* Weak versions, which proxies make, match no condition. */
static Str client_version_of(const HttpResponse *response, Arena *arena) {
    Str version = http_header(response, "etag");
    return str_starts_with(version, STR("\"")) ? str_clone(version, arena) : STR_EMPTY;
}

S3Status s3_client_read(const S3Client *client, S3Object *object, Str *problem, Arena *arena) {
    HttpRequest request = {.url = object_url(client, object->key, arena)};
    HttpResponse response = {0};
    s3_client_add_headers(&request, &client->settings.get_headers, arena);
    S3Status status = s3_client_send(client, &request, &response, problem, arena);
    object->bytes = status == S3_DONE ? response.body : STR_EMPTY;
    object->version = status == S3_DONE ? client_version_of(&response, arena) : S3_NO_OBJECT;
    return status == S3_DONE || status == S3_ABSENT ? status : S3_FAILED;
}

S3Status s3_client_get(const S3Client *client, Str key, Str *out, Str *problem, Arena *arena) {
    S3Object object = {.key = key};
    S3Status status = s3_client_read(client, &object, problem, arena);
    *out = object.bytes;
    return status;
}

S3Status s3_client_look(const S3Client *client, Str key, HttpResponse *out, Str *problem,
                        Arena *arena) {
    HttpRequest request = {.method = STR("HEAD"), .url = object_url(client, key, arena)};
    *out = (HttpResponse){0};
    s3_client_add_headers(&request, &client->settings.get_headers, arena);
    S3Status status = s3_client_send(client, &request, out, problem, arena);
    return status == S3_DONE || status == S3_ABSENT ? status : S3_FAILED;
}

S3Status s3_client_fetch(const S3Client *client, Str key, Str path, Str *problem, Arena *arena) {
    HttpRequest request = {.url = object_url(client, key, arena)};
    HttpResponse response = {0};
    s3_client_add_headers(&request, &client->settings.get_headers, arena);
    S3Status status = send_to(client, &request, path, &response, problem, arena);
    return status == S3_DONE || status == S3_ABSENT ? status : S3_FAILED;
}

/* The signature covers the body, but a store with object lock requires a checksum. */
static void add_checksum(const S3Client *client, HttpRequest *request, Arena *arena) {
    if (client->settings.skip_checksum)
        return;
    Str sum = base64_encode(digest_bytes(DIGEST_SHA256, request->body, arena), arena);
    HttpHeader header = {STR("x-amz-checksum-sha256"), sum};
    vec_push(arena, &request->headers, header);
}

static void add_condition(const S3Object *object, HttpRequest *request, Arena *arena) {
    bool is_absent = str_equal(object->version, S3_NO_OBJECT);
    HttpHeader header = {is_absent ? STR("if-none-match") : STR("if-match"), object->version};
    if (object->version.len)
        vec_push(arena, &request->headers, header);
}

static S3Status put_once(const S3Client *client, S3Object *object, Str *problem, Arena *arena) {
    HttpRequest request = {
        .method = STR("PUT"), .url = object_url(client, object->key, arena), .body = object->bytes};
    HttpResponse response = {0};
    HttpHeader type = {STR("content-type"), STR("application/json")};
    vec_push(arena, &request.headers, type);
    add_condition(object, &request, arena);
    add_checksum(client, &request, arena);
    if (object->tags.len)
        http_add_header(&request.headers, "x-amz-tagging", object->tags, arena);
    s3_client_add_headers(&request, &client->settings.put_headers, arena);
    S3Status status = s3_client_send(client, &request, &response, problem, arena);
    if (status == S3_DONE)
        object->version = client_version_of(&response, arena);
    return status;
}

/* Retries while the store reports a conflicting write: another writer's, or an earlier attempt of
 * this call. A store reports an absent object to a write that requires a version of it. */
S3Status s3_client_replace(const S3Client *client, S3Object *object, Str *problem, Arena *arena) {
    const Clock *clock = client->io->clock;
    const CancelToken *cancel = client->cancel ? *client->cancel : NULL;
    bool is_conditional = object->version.len > 0;
    bool creates = str_equal(object->version, S3_NO_OBJECT);
    S3Status status = put_once(client, object, problem, arena);
    for (int64_t wait = BUSY_WAIT_MS; status == S3_BUSY && wait <= BUSY_WAIT_MAX_MS; wait *= 2) {
        (void)clock->sleep_ms(clock->self, wait, cancel);
        status = put_once(client, object, problem, arena);
    }
    bool is_gone = status == S3_ABSENT && !creates && is_conditional;
    if (!is_gone && (status == S3_ABSENT || (status == S3_UNCONDITIONAL && !is_conditional)))
        return S3_FAILED;
    return status == S3_BUSY || is_gone ? S3_EXISTS : status;
}

/* Stores return 501 both for conditional writes and for an encryption that they do not support.
 * Without encryption headers, 501 can only mean the condition. */
S3Status s3_client_put(const S3Client *client, const S3Object *object, Str *problem, Arena *arena) {
    S3Object written = *object;
    S3Status status = s3_client_replace(client, &written, problem, arena);
    bool is_unclear = status == S3_UNCONDITIONAL && client->settings.put_headers.count > 0;
    return is_unclear ? S3_FAILED : status;
}

S3Status s3_client_delete(const S3Client *client, Str key, Str version, Str *problem,
                          Arena *arena) {
    HttpRequest request = {.method = STR("DELETE"), .url = object_url(client, key, arena)};
    HttpResponse response = {0};
    if (version.len > 0)
        http_add_header(&request.headers, "if-match", version, arena);
    S3Status status = s3_client_send(client, &request, &response, problem, arena);
    if (version.len > 0 && status == S3_UNCONDITIONAL)
        return s3_client_delete(client, key, STR_EMPTY, problem, arena);
    if (version.len > 0 && status == S3_EXISTS)
        return S3_EXISTS;
    return status == S3_DONE || status == S3_ABSENT ? S3_DONE : S3_FAILED;
}

static S3Status list_page(const S3Client *client, Str prefix, Str token, S3Page *out, Str *problem,
                          Arena *arena) {
    StrBuf url = strbuf_new(arena);
    prefix = url_encode(prefix, false, arena);
    token = url_encode(token, false, arena);
    strbuf_add(&url, s3_client_bucket_url(&client->settings, arena));
    strbuf_add_format(&url, "/?encoding-type=url&list-type=2&prefix=%.*s", STR_ARG(prefix));
    if (token.len)
        strbuf_add_format(&url, "&continuation-token=%.*s", STR_ARG(token));
    HttpRequest request = {.url = strbuf_str(&url)};
    HttpResponse response = {0};
    S3Status status = s3_client_send(client, &request, &response, problem, arena);
    if (status != S3_DONE)
        return S3_FAILED;
    if (s3_client_answers()->parse_page(response.body, out, arena))
        return S3_DONE;
    *problem = STR("the list of objects is not a valid S3 response");
    return S3_FAILED;
}

S3Status s3_client_list(const S3Client *client, Str prefix, StrVec *out, Str *problem,
                        Arena *arena) {
    S3Page page = {0};
    do {
        S3Status status = list_page(client, prefix, page.next, &page, problem, arena);
        if (status != S3_DONE)
            return status;
        vec_each(&page.keys, key) {
            vec_push(arena, out, *key);
        }
    } while (page.next.len);
    return S3_DONE;
}
