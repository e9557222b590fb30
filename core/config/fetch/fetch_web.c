/* Sends HTTP requests; messages show addresses without credentials. */
#include "fetch_web.h"

#include "http_send.h"
#include "url.h"
#include "utf8.h"

#include <strings.h>

#define RETRIES       2
#define SHORT_WAIT_MS 10000
#define ANSWER_LIMIT  ((uint64_t)16 << 20)
/* A download below DOWNLOAD_RATE for DOWNLOAD_WAIT_MS is aborted. */
#define DOWNLOAD_RATE    1024 /* bytes per second */
#define DOWNLOAD_WAIT_MS 20000
#define DOWNLOAD_LIMIT   ((uint64_t)1 << 30)

Str fetch_web_variable(const Io *io, Str name, Arena *arena) {
    static const char *const prefixes[] = {"LOAM_", "TF_"};
    Str value = STR_EMPTY;
    for (size_t i = 0; i < ARRAY_COUNT(prefixes) && value.len == 0; i++) {
        Str full = str_format(arena, "%s%.*s", prefixes[i], STR_ARG(name));
        value = process_variable(io->process, str_to_cstr(full, arena));
    }
    return value;
}

static uint64_t web_number_of(const Io *io, const char *name, uint64_t fallback, Arena *arena) {
    Str text = fetch_web_variable(io, str_from_cstr(name), arena);
    uint64_t number;
    return text.len && str_to_uint64(text, &number) && number < 10000 ? number : fallback;
}

static const char *hint_of_status(HttpStatus status) {
    switch (status) {
    case HTTP_BAD_CERTIFICATE:
        return " If a private certificate authority issued its certificate, set the environment "
               "variable SSL_CERT_FILE.";
    case HTTP_UNKNOWN_NAME:
    case HTTP_NO_CONNECTION:
    case HTTP_TIMED_OUT:
    case HTTP_LOST: return " Check the address and the network connection.";
    case HTTP_REFUSED_URL: return " loam follows only https addresses.";
    case HTTP_DONE:
    case HTTP_TOO_LARGE:
    case HTTP_TOO_MANY_REDIRECTS:
    case HTTP_NOT_KEPT:
    case HTTP_NO_CLIENT:
    case HTTP_CANCELLED: return "";
    }
    return "";
}

static const char *hint_of_code(int code) {
    if (code == 401 || code == 403)
        return " It requires authentication. For a registry, set a token in the environment "
               "variable TF_TOKEN_host_name.";
    if (code == 404 || code == 410)
        return " Check the address.";
    return code >= 500 || code == 429 ? " Try again later." : "";
}

static bool web_refuse(const WebQuestion *question, Str why, const char *hint, Str *problem,
                       Arena *arena) {
    Str shown = url_redact(question->url, arena);
    *problem = str_format(arena, "The request to %s for \"%.*s\" failed: %.*s.%s", question->asker,
                          STR_ARG(shown), STR_ARG(why), hint);
    return false;
}

/* Moves credentials out of the URL, so that no library message contains them. */
static Str web_cut_credentials(Str address, HttpRequest *http, Arena *arena) {
    Url url;
    if (!url_parse(address, &url) || !url.userinfo.len)
        return address;
    size_t colon = str_find_char(url.userinfo, ':', 0);
    Str user = str_slice(url.userinfo, 0, colon);
    Str password = colon == SIZE_MAX ? STR_EMPTY : str_after(url.userinfo, colon + 1);
    if (!url_decode(user, &http->user, arena))
        http->user = user;
    if (!url_decode(password, &http->password, arena))
        http->password = password;
    url.userinfo = STR_EMPTY;
    return url_to_str(&url, arena);
}

static HttpRequest web_request_of(const WebQuestion *question, Arena *arena) {
    const Io *io = question->io;
    bool is_file = question->file.len > 0;
    uint64_t seconds = web_number_of(io, "REGISTRY_CLIENT_TIMEOUT", SHORT_WAIT_MS / 1000, arena);
    HttpRequest http = {
        .idle_timeout_ms = is_file ? DOWNLOAD_WAIT_MS : (int64_t)seconds * 1000,
        .least_rate = is_file ? DOWNLOAD_RATE : 0,
        .body_limit = is_file ? DOWNLOAD_LIMIT : ANSWER_LIMIT,
        .retries = (uint32_t)web_number_of(io, "REGISTRY_DISCOVERY_RETRY", RETRIES, arena),
        .cancel = question->cancel,
    };
    http.url = web_cut_credentials(question->url, &http, arena);
    if (question->accept)
        http_add_header(&http.headers, "Accept", str_from_cstr(question->accept), arena);
    if (question->authorization.len)
        http_add_header(&http.headers, "Authorization", question->authorization, arena);
    else if (question->token.len)
        http_add_header(&http.headers, "Authorization",
                        str_format(arena, "Bearer %.*s", STR_ARG(question->token)), arena);
    if (question->offset)
        http_add_header(&http.headers, "Range",
                        str_format(arena, "bytes=%llu-", (unsigned long long)question->offset),
                        arena);
    if (question->body.ptr) {
        http.method = STR("POST");
        http.body = question->body;
        http_add_header(&http.headers, "Content-Type",
                        str_from_cstr(question->body_type ? question->body_type
                                                          : "application/x-www-form-urlencoded"),
                        arena);
    }
    return http;
}

bool fetch_web_send(const WebQuestion *question, HttpResponse *out, Str *problem, Arena *arena) {
    const Io *io = question->io;
    HttpRequest http = web_request_of(question, arena);
    Str why = STR_EMPTY;
    *out = (HttpResponse){0};
    if (question->needs_https && !str_starts_with(http.url, STR("https://")))
        return web_refuse(question, STR("the address is not https"),
                          hint_of_status(HTTP_REFUSED_URL), problem, arena);
    HttpStatus status = question->file.len
                            ? http_send_to_file(io, &http, question->file, out, &why, arena)
                            : http_send(io, &http, out, &why, arena);
    if (status != HTTP_DONE) {
        out->code = 0;
        return web_refuse(question, url_scrub(why, question->url, arena), hint_of_status(status),
                          problem, arena);
    }
    if (out->code >= 200 && out->code < 300)
        return true;
    return web_refuse(question, str_format(arena, "HTTP status %d", out->code),
                      hint_of_code(out->code), problem, arena);
}

bool fetch_web_get(const WebQuestion *question, SourceRange range, HttpResponse *out, Arena *arena,
                   Diags *diags) {
    Str problem;
    if (fetch_web_send(question, out, &problem, arena))
        return true;
    return diags_fail(diags_as(diag_class_of(problem, DIAG_OTHER), diags), range,
                      "Failed to fetch a module", "%.*s", STR_ARG(problem));
}

static bool web_is_name_char(char c) {
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* Finds the value of an attribute in the text of an HTML tag. */
static bool web_find_attribute(Str tag, const char *name, Str *out) {
    size_t length = strlen(name);
    for (size_t i = 1; i + length + 2 < tag.len; i++) {
        if (web_is_name_char(tag.ptr[i - 1]) || strncasecmp(tag.ptr + i, name, length) != 0)
            continue;
        Str rest = str_trim(str_after(tag, i + length));
        if (!str_starts_with(rest, STR("=")))
            continue;
        rest = str_trim(str_after(rest, 1));
        if (!rest.len || (rest.ptr[0] != '"' && rest.ptr[0] != '\''))
            continue;
        size_t end = str_find_char(rest, rest.ptr[0], 1);
        if (end == SIZE_MAX)
            return false;
        *out = str_slice(rest, 1, end);
        return true;
    }
    return false;
}

static Str web_find_meta(Str page) {
    for (size_t at = 0; (at = str_find_char(page, '<', at)) != SIZE_MAX; at++) {
        size_t end = str_find_char(page, '>', at);
        Str tag = str_slice(page, at, end);
        Str name;
        Str content;
        if (tag.len > 5 && strncasecmp(tag.ptr, "<meta", 5) == 0 &&
            web_find_attribute(tag, "name", &name) && str_equal(name, STR("terraform-get")) &&
            web_find_attribute(tag, "content", &content))
            return content;
    }
    return STR_EMPTY;
}

static Str unescape(Str text, Arena *arena) {
    StrVec parts = {0};
    size_t from = 0;
    for (size_t at; (at = str_find(text, STR("&amp;"), from)) != SIZE_MAX; from = at + 5)
        vec_push(arena, &parts, str_slice(text, from, at));
    vec_push(arena, &parts, str_after(text, from));
    return str_join(parts.items, parts.count, STR("&"), arena);
}

Str fetch_web_location(const HttpResponse *response, Arena *arena) {
    Str location = http_header(response, "x-terraform-get");
    if (!location.len)
        location = unescape(web_find_meta(response->body), arena);
    return module_source_resolve(response->url, utf8_strip_controls(location, arena), arena);
}
