/* key_server: one request, its limits and its errors. */
#include "key_server.h"

#include "http_send.h"
#include "log.h"
#include "secret.h"
#include "url.h"

#define KEY_SERVER_TIMEOUT_MS 30000
#define RETRIES               2
#define BODY_LIMIT            ((uint64_t)64 << 10)

static bool report_as(const KeyServerCall *call, const char *why, DiagClass otherwise,
                      Diags *diags) {
    const KeyRequest *request = call->request;
    DiagClass class = diag_class_of(str_from_cstr(why), otherwise);
    return diags_fail(diags_as(class, diags), request->range, "Key server failed",
                      "%.*s: the operation \"%s\" with the key \"%.*s\" failed: %s.",
                      STR_ARG(request->name), call->operation, STR_ARG(call->key), why);
}

Str key_server_check_length(Value value, Arena *) {
    int64_t number;
    bool is_good = value_to_int(value, &number) && number >= 1 && number <= 1024;
    return is_good ? STR_EMPTY : STR("The value must be an integer from 1 to 1024.");
}

bool key_server_report(const KeyServerCall *call, const char *why, Diags *diags) {
    return report_as(call, why, DIAG_OTHER, diags);
}

static bool check_url(const KeyServerCall *call, Url *url, Diags *diags) {
    if (!url_parse(call->http.url, url) || url_host_name(url).len == 0)
        return key_server_report(call, "its address is not a URL such as https://keys.example:8200",
                                 diags);
    return str_equal_cstr(url->scheme, "https") ||
           (str_equal_cstr(url->scheme, "http") && url_is_loopback(url)) ||
           key_server_report(call,
                             "its address must begin with https://, because the server sends keys; "
                             "http is allowed only to this computer (localhost, 127.0.0.1, [::1])",
                             diags);
}

/* Returns the hint of a status, or NULL. */
static const char *hint_of(const KeyServerCall *call, int code) {
    for (const KeyServerHint *hint = call->hints; hint && hint->code; hint++) {
        if (hint->code == code)
            return hint->text;
    }
    return code >= 400 && code < 500 ? call->hint : NULL;
}

static bool report_status(const KeyServerCall *call, int code, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("key server");
    const char *hint = hint_of(call, code);
    Str why = str_format(scratch, "the server responded with the HTTP status %d", code);
    if (code >= 300 && code < 400)
        why = str_format(scratch, "%.*s; set the address to the server that it redirects to",
                         STR_ARG(why));
    else if (hint)
        why = str_format(scratch, "%.*s; %s", STR_ARG(why), hint);
    return key_server_report(call, str_to_cstr(why, scratch), diags);
}

static bool key_server_decode(const KeyServerCall *call, Str body, const Record *record, void *out,
                              Arena *arena, Diags *diags) {
    const char *ignored;
    if (!record_from_json(body, record, out, &ignored, arena))
        return key_server_report(call, "the response cannot be read", diags);
    record_clone_texts(record, out, arena);
    return true;
}

bool key_server_send(const KeyServerCall *call, const Record *record, void *out, Arena *arena,
                     Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("key server");
    HttpRequest http = call->http;
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    Url url;
    if (!check_url(call, &url, diags))
        return false;
    http.redirect_limit = -1;
    http.timeout_ms = KEY_SERVER_TIMEOUT_MS;
    http.body_limit = BODY_LIMIT;
    http.retries = RETRIES;
    http.cancel = call->request->cancel;
    HttpStatus status = call->send
                            ? call->send(call->self, &http, &response, &problem, scratch)
                            : http_send(call->request->io, &http, &response, &problem, scratch);
    secret_wipe(http.body);
    log_debug(
        "key server", log_text("provider", call->request->name), log_text("host", url.host),
        log_cstr("operation", call->operation), log_number("status", response.code),
        log_text("request", call->id_header ? http_header(&response, call->id_header) : STR_EMPTY));
    bool ok = false;
    if (status != HTTP_DONE) {
        Str why = str_format(scratch, "the server did not respond: %.*s",
                             STR_ARG(url_scrub(problem, http.url, scratch)));
        (void)report_as(call, str_to_cstr(why, scratch), DIAG_UNREACHABLE, diags);
    } else if (response.code != 200) {
        (void)report_status(call, response.code, diags);
    } else {
        ok = key_server_decode(call, response.body, record, out, arena, diags);
    }
    secret_wipe(response.body);
    return ok;
}
