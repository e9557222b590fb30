/* Signs the digest of the canonical request with a key derived for the day. */
#include "aws_signature.h"
#include "clock.h"
#include "digest.h"
#include "hex.h"
#include "url.h"
#include "utf8.h"

#include <stdlib.h>

#define ALGORITHM "AWS4-HMAC-SHA256"

/* 20130524T000000Z */
static Str basic_time(int64_t now_ms, Arena *arena) {
    Str text = clock_format_rfc3339(now_ms, arena);
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '-' && text.ptr[i] != ':')
            strbuf_add_char(&out, text.ptr[i]);
    }
    return strbuf_str(&out);
}

/* The client sends the host without the default port. */
static Str host_of(const Url *url) {
    bool is_https = str_equal(url->scheme, STR("https"));
    Str port = is_https ? STR(":443") : STR(":80");
    size_t end = url->host.len - (str_ends_with(url->host, port) ? port.len : 0);
    return str_slice(url->host, 0, end);
}

static int compare_headers(const void *a, const void *b) {
    const HttpHeader *left = a, *right = b;
    return str_compare(left->name, right->name);
}

static HttpHeaders signed_headers(const HttpRequest *request, Str host, Arena *arena) {
    HttpHeaders headers = {0};
    vec_push(arena, &headers, (HttpHeader){STR("host"), host});
    vec_each(&request->headers, header) {
        HttpHeader lower = {utf8_lower(header->name, arena), str_trim(header->value)};
        vec_push(arena, &headers, lower);
    }
    qsort(headers.items, headers.count, sizeof *headers.items, compare_headers);
    return headers;
}

static Str signature_names_of(const HttpHeaders *headers, Arena *arena) {
    StrVec names = {0};
    vec_each(headers, header) {
        vec_push(arena, &names, header->name);
    }
    return str_join(names.items, names.count, STR(";"), arena);
}

/* Sorts the parameters; "acl" becomes "acl=". */
static Str canonical_query(Str query, Arena *arena) {
    StrVec parts = {0};
    Str part;
    while (str_next_field(&query, '&', &part)) {
        if (part.len == 0)
            continue;
        bool has_value = str_find_char(part, '=', 0) != SIZE_MAX;
        Str whole = has_value ? part : str_concat(part, STR("="), arena);
        vec_push(arena, &parts, whole);
    }
    str_sort(parts.items, parts.count);
    return str_join(parts.items, parts.count, STR("&"), arena);
}

static Str canonical_request(const HttpRequest *request, const Url *url, const HttpHeaders *headers,
                             Str content, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str method = request->method.len ? request->method : STR("GET");
    Str path = url->path.len ? url->path : STR("/");
    Str query = canonical_query(url->query, arena);
    strbuf_add_format(&text, "%.*s\n%.*s\n%.*s\n", STR_ARG(method), STR_ARG(path), STR_ARG(query));
    vec_each(headers, header) {
        strbuf_add_format(&text, "%.*s:%.*s\n", STR_ARG(header->name), STR_ARG(header->value));
    }
    strbuf_add_format(&text, "\n%.*s\n%.*s", STR_ARG(signature_names_of(headers, arena)),
                      STR_ARG(content));
    return strbuf_str(&text);
}

static Str signing_key(const AwsIdentity *identity, Str day, Arena *arena) {
    Str steps[] = {day, identity->region, identity->service, STR("aws4_request")};
    Str key = str_concat(STR("AWS4"), identity->secret_key, arena);
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++)
        key = digest_hmac(DIGEST_SHA256, key, steps[i], arena);
    return key;
}

void aws_signature_sign(const AwsIdentity *identity, int64_t now_ms, HttpRequest *request,
                        Arena *arena) {
    Url url = {0};
    CHECK(url_parse(request->url, &url));
    Str time = basic_time(now_ms, arena);
    Str day = str_slice(time, 0, strlen("20130524"));
    Str content = digest_hex(DIGEST_SHA256, request->body, arena);
    http_add_header(&request->headers, "x-amz-date", time, arena);
    http_add_header(&request->headers, "x-amz-content-sha256", content, arena);
    if (identity->token.len)
        http_add_header(&request->headers, "x-amz-security-token", identity->token, arena);
    HttpHeaders headers = signed_headers(request, host_of(&url), arena);
    Str canonical = canonical_request(request, &url, &headers, content, arena);
    Str scope = str_format(arena, "%.*s/%.*s/%.*s/aws4_request", STR_ARG(day),
                           STR_ARG(identity->region), STR_ARG(identity->service));
    Str to_sign = str_format(arena, ALGORITHM "\n%.*s\n%.*s\n%.*s", STR_ARG(time), STR_ARG(scope),
                             STR_ARG(digest_hex(DIGEST_SHA256, canonical, arena)));
    Str signature = hex_encode(
        digest_hmac(DIGEST_SHA256, signing_key(identity, day, arena), to_sign, arena), arena);
    Str value =
        str_format(arena, ALGORITHM " Credential=%.*s/%.*s,SignedHeaders=%.*s,Signature=%.*s",
                   STR_ARG(identity->access_key), STR_ARG(scope),
                   STR_ARG(signature_names_of(&headers, arena)), STR_ARG(signature));
    http_add_header(&request->headers, "authorization", value, arena);
}
