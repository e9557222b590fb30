/* http_store: requests with the arguments of the backend block. */
#include "http_store.h"

#include "backend_settings.h"
#include "base64.h"
#include "digest.h"
#include "url.h"

#define HTTP_BODY_LIMIT ((uint64_t)128 << 20)

Str http_store_text(const HttpStore *store, const char *name, const char *fallback) {
    return backend_settings_text(store->config, name, fallback);
}

static int64_t milliseconds_of(const HttpStore *store, const char *name, int64_t fallback) {
    int64_t seconds = backend_settings_int(store->config, name, fallback);
    return seconds > 0 ? seconds * 1000 : 1;
}

HttpRequest http_store_request(const HttpStore *store, Str method, Str url, Str body,
                               Arena *arena) {
    HttpRequest request = {
        .method = method,
        .url = url,
        .body = body,
        .user = http_store_text(store, "username", ""),
        .password = http_store_text(store, "password", ""),
        .ca_certs = http_store_text(store, "client_ca_certificate_pem", ""),
        .certificate = http_store_text(store, "client_certificate_pem", ""),
        .key = http_store_text(store, "client_private_key_pem", ""),
        .skip_verify = backend_settings_bool(store->config, "skip_cert_verification", false),
        .body_limit = HTTP_BODY_LIMIT,
        .retries = (uint32_t)backend_settings_int(store->config, "retry_max", 2),
        .retry_wait_ms = milliseconds_of(store, "retry_wait_min", 1),
        .retry_wait_max_ms = milliseconds_of(store, "retry_wait_max", 30),
        .cancel = store->backend.cancel,
        .cancel_at = store->backend.is_read_only ? CANCEL_STOP : CANCEL_NOW,
    };
    Value headers;
    bool given = value_find(store->config, STR("headers"), &headers) && value_is_present(headers);
    for (size_t i = 0; given && i < headers.count; i++)
        vec_push(arena, &request.headers,
                 (HttpHeader){value_key_at(headers, i), value_text(value_at(headers, i))});
    http_add_header(&request.headers, "Expect", STR_EMPTY,
                    arena); /* do not wait for "100 Continue" */
    if (body.len == 0)
        return request;
    http_add_header(&request.headers, "Content-Type", STR("application/json"), arena);
    Str md5 = digest_bytes(DIGEST_MD5, body, arena);
    http_add_header(&request.headers, "Content-MD5", base64_encode(md5, arena), arena);
    return request;
}

Str http_store_with_lock(const HttpStore *store, Str address, Arena *arena) {
    Url url;
    if (store->lock_id.len == 0 || !url_parse(address, &url))
        return address;
    Str id = url_encode(store->lock_id, false, arena);
    url.query = url.query.len == 0
                    ? str_format(arena, "ID=%.*s", STR_ARG(id))
                    : str_format(arena, "%.*s&ID=%.*s", STR_ARG(url.query), STR_ARG(id));
    return url_to_str(&url, arena);
}

bool http_store_is_intact(const HttpResponse *response) {
    SCOPED(ArenaRef) scratch = arena_open("digest");
    Str expected = http_header(response, "content-md5");
    Str found = base64_encode(digest_bytes(DIGEST_MD5, response->body, scratch), scratch);
    return expected.len == 0 || str_equal(expected, found);
}
