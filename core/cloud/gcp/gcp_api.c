/* gcp_api: one place for tokens, retries and errors. */
#include "gcp_api.h"
#include "cloud_address.h"
#include "http_send.h"
#include "json.h"
#include "problem.h"
#include "utf8.h"

#define API_RETRIES       5
#define API_RETRY_WAIT_MS ((int64_t)500)
#define BODY_LIMIT        ((uint64_t)128 << 20)
#define MESSAGE_MAX       500

/* http_send does not repeat requests after 408, which Google's services ask for. */
static bool api_send_patiently(const GcpApi *api, const HttpRequest *request, HttpResponse *out,
                               Str *problem, Arena *arena) {
    uint32_t attempts = 0;
    int64_t wait_ms = API_RETRY_WAIT_MS;
    for (uint32_t i = 0;; i++) {
        HttpStatus status = http_send(api->io, request, out, problem, arena);
        attempts += out->attempts;
        out->attempts = attempts;
        if (status != HTTP_DONE)
            return false;
        if (out->code != 408 || i >= request->retries)
            return true;
        http_pause(request, wait_ms, api->io->clock);
        if (http_is_cancelled(request))
            return problem_text(problem, "interrupted");
        wait_ms *= 2;
    }
}

/* Sends the request with a token. *token is empty if the requests carry none. */
static bool api_send_once(const GcpApi *api, HttpRequest *request, Str *token,
                          HttpResponse *response, Str *problem, Arena *arena) {
    size_t count = request->headers.count;
    *token = STR_EMPTY;
    if (api->access) {
        if (!gcp_access_token(api->access, request->cancel, token, problem, arena))
            return false;
        http_add_header(&request->headers, "authorization",
                        str_concat(STR("Bearer "), *token, arena), arena);
    }
    bool ok = api_send_patiently(api, request, response, problem, arena);
    request->headers.count = count;
    return ok;
}

bool gcp_api_send(const GcpApi *api, HttpRequest *request, HttpResponse *response, Str *problem,
                  Arena *arena) {
    Str token;
    request->redirect_limit = -1;
    request->body_limit = BODY_LIMIT;
    request->timeout_ms = api->timeout_ms;
    request->retries = api->is_single ? 0 : API_RETRIES;
    request->retry_wait_ms = API_RETRY_WAIT_MS;
    request->cancel = api->cancel ? *api->cancel : NULL;
    request->cancel_at = CANCEL_NOW;
    if (api->access && !cloud_address_check(request->url, problem, arena))
        return false;
    if (!api_send_once(api, request, &token, response, problem, arena))
        return false;
    if (response->code != 401 || !api->access || !gcp_access_discard(api->access, token))
        return true;
    uint32_t attempts = response->attempts;
    bool ok = api_send_once(api, request, &token, response, problem, arena);
    response->attempts += attempts;
    return ok;
}

typedef struct HintRow {
    int code;
    const char *hint;
} HintRow;

static const HintRow hints[] = {
    {401, "the access token is invalid or has expired"},
    {403, "the account does not have the required permission"},
};

Str gcp_api_reason(const HttpResponse *response, Arena *arena) {
    Value answer, error;
    StrBuf text = strbuf_new(arena);
    Str status = STR_EMPTY, message = STR_EMPTY;
    if (json_parse_object(response->body, &answer, arena) &&
        value_find_present(answer, STR("error"), &error) && error.type->kind == KIND_OBJECT) {
        status = value_text_at(error, STR("status"));
        message = value_text_at(error, STR("message"));
    }
    strbuf_add_format(&text, "HTTP status %d", response->code);
    if (status.len > 0)
        strbuf_add_format(&text, " %.*s", STR_ARG(status));
    message = utf8_shorten(utf8_one_line(message, arena), MESSAGE_MAX, arena);
    message = str_slice(message, 0, message.len - str_ends_with(message, STR(".")));
    if (message.len > 0)
        strbuf_add_format(&text, " (%.*s)", STR_ARG(message));
    for (size_t i = 0; i < ARRAY_COUNT(hints); i++) {
        if (response->code == hints[i].code)
            strbuf_add_format(&text, ": %s", hints[i].hint);
    }
    return strbuf_str(&text);
}
