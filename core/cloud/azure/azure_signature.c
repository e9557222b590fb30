/* azure_signature: the canonical text of a request, and its keyed digest. */
#include "azure_signature.h"
#include "base64.h"
#include "digest.h"
#include "url.h"
#include "utf8.h"

#include <stdlib.h>
#include <time.h>

Str azure_signature_date(int64_t now_ms, Arena *arena) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm parts;
    CHECK(gmtime_r(&seconds, &parts));
    return str_format(arena, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[parts.tm_wday],
                      parts.tm_mday, months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour,
                      parts.tm_min, parts.tm_sec);
}

static int signature_compare_names(const void *a, const void *b) {
    const HttpHeader *left = a, *right = b;
    return str_compare(left->name, right->name);
}

/* Returns the headers with names in lower case, in the order of the names. */
static HttpHeaders signature_sorted(const HttpHeaders *headers, Arena *arena) {
    HttpHeaders out = {0};
    vec_each(headers, header) {
        HttpHeader lower = {utf8_lower(header->name, arena), str_trim(header->value)};
        vec_push(arena, &out, lower);
    }
    if (out.count > 1)
        qsort(out.items, out.count, sizeof *out.items, signature_compare_names);
    return out;
}

static Str signature_value(const HttpHeaders *headers, const char *name) {
    vec_each(headers, header) {
        if (str_equal_cstr(header->name, name))
            return header->value;
    }
    return STR_EMPTY;
}

/* The length is empty instead of zero. */
static void signature_add_standard(const HttpRequest *request, const HttpHeaders *headers,
                                   StrBuf *text) {
    static const char *const names[] = {"content-encoding",
                                        "content-language",
                                        "content-length",
                                        "content-md5",
                                        "content-type",
                                        "date",
                                        "if-modified-since",
                                        "if-match",
                                        "if-none-match",
                                        "if-unmodified-since",
                                        "range"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (strcmp(names[i], "content-length") != 0)
            strbuf_add(text, signature_value(headers, names[i]));
        else if (request->body.len > 0)
            strbuf_add_format(text, "%zu", request->body.len);
        strbuf_add_char(text, '\n');
    }
}

static void signature_add_own(const HttpHeaders *headers, StrBuf *text) {
    vec_each(headers, header) {
        if (str_starts_with(header->name, STR("x-ms-")))
            strbuf_add_format(text, "%.*s:%.*s\n", STR_ARG(header->name), STR_ARG(header->value));
    }
}

/* Adds "\nname:value" of each parameter, decoded and sorted. Values of one name are in one line. */
static bool signature_add_query(Str query, StrBuf *text, Arena *arena) {
    HttpHeaders parameters = {0};
    Str part, previous = {0};
    while (query.len && str_next_field(&query, '&', &part)) {
        size_t equals = str_find_char(part, '=', 0);
        HttpHeader row = {.value = equals == SIZE_MAX ? STR_EMPTY : str_after(part, equals + 1)};
        if (!url_decode(str_slice(part, 0, equals == SIZE_MAX ? part.len : equals), &row.name,
                        arena) ||
            !url_decode(row.value, &row.value, arena))
            return false;
        row.name = utf8_lower(row.name, arena);
        vec_push(arena, &parameters, row);
    }
    if (parameters.count > 1)
        qsort(parameters.items, parameters.count, sizeof *parameters.items,
              signature_compare_names);
    vec_each(&parameters, row) {
        if (previous.ptr && str_equal(previous, row->name))
            strbuf_add_char(text, ',');
        else
            strbuf_add_format(text, "\n%.*s:", STR_ARG(row->name));
        strbuf_add(text, row->value);
        previous = row->name;
    }
    return true;
}

bool azure_signature_sign(const AzureAccount *account, int64_t now_ms, HttpRequest *request,
                          Arena *arena) {
    Url url = {0};
    Str key;
    StrBuf text = strbuf_new(arena);
    Str method = request->method.len ? request->method : STR("GET");
    CHECK(url_parse(request->url, &url));
    if (account->key.len == 0 || !base64_decode(account->key, &key, arena))
        return false;
    http_add_header(&request->headers, "x-ms-date", azure_signature_date(now_ms, arena), arena);
    HttpHeaders headers = signature_sorted(&request->headers, arena);
    strbuf_add_format(&text, "%.*s\n", STR_ARG(method));
    signature_add_standard(request, &headers, &text);
    signature_add_own(&headers, &text);
    strbuf_add_format(&text, "/%.*s%.*s", STR_ARG(account->name), STR_ARG(url.path));
    if (!signature_add_query(url.query, &text, arena))
        return false;
    Str digest = digest_hmac(DIGEST_SHA256, key, strbuf_str(&text), arena);
    Str value = str_format(arena, "SharedKey %.*s:%.*s", STR_ARG(account->name),
                           STR_ARG(base64_encode(digest, arena)));
    http_add_header(&request->headers, "authorization", value, arena);
    return true;
}
