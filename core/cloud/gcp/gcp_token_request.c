/* gcp_token_request: forms, and the errors of OAuth 2.0 (RFC 6749, section 5.2). */
#include "gcp_token_request.h"
#include "cloud_address.h"
#include "http_send.h"
#include "json.h"
#include "log.h"
#include "problem.h"
#include "utf8.h"

#define TOKEN_RETRIES       4
#define TOKEN_RETRY_WAIT_MS 500
#define REASON_MAX          300

void gcp_token_request_add(StrBuf *form, const char *name, Str value) {
    if (form->len > 0)
        strbuf_add_char(form, '&');
    strbuf_add_format(form, "%s=", name);
    strbuf_add(form, url_encode(value, false, form->arena));
}

/* Returns " (invalid_grant: Bad Request)": the error of OAuth, or of an API of Google. */
static Str request_reason(const HttpResponse *response, const StrVec *secrets, Arena *arena) {
    Value answer, inner;
    if (!json_parse_object(response->body, &answer, arena))
        return STR_EMPTY;
    Str code = value_text_at(answer, STR("error"));
    Str text = value_text_at(answer, STR("error_description"));
    if (value_find_present(answer, STR("error"), &inner) && inner.type->kind == KIND_OBJECT) {
        code = value_text_at(inner, STR("status"));
        text = value_text_at(inner, STR("message"));
    }
    if (code.len == 0)
        return STR_EMPTY;
    text = str_format(arena, "%.*s%s%.*s", STR_ARG(code), text.len ? ": " : "", STR_ARG(text));
    if (secrets)
        text = log_scrub(text, secrets, arena);
    text = utf8_shorten(utf8_one_line(text, arena), REASON_MAX, arena);
    text = str_ends_with(text, STR(".")) ? str_slice(text, 0, text.len - 1) : text;
    return str_format(arena, " (%.*s)", STR_ARG(text));
}

static Str request_host(const HttpRequest *request) {
    Url url;
    return url_parse(request->url, &url) ? url.host : STR_EMPTY;
}

bool gcp_token_request_send(const GcpExchange *exchange, HttpRequest *request,
                            const StrVec *secrets, HttpResponse *response, Str *problem,
                            Arena *arena) {
    Str why;
    if (!cloud_address_check(request->url, problem, arena))
        return false;
    cloud_address_limit(request);
    request->cancel = exchange->cancel;
    request->retries = TOKEN_RETRIES;
    request->retry_wait_ms = TOKEN_RETRY_WAIT_MS;
    Str host = request_host(request);
    if (http_send(exchange->io, request, response, &why, arena) != HTTP_DONE)
        return problem_set(problem, arena, "no token from \"%.*s\": %.*s", STR_ARG(host),
                           STR_ARG(why));
    if (response->code >= 200 && response->code < 300)
        return true;
    why = request_reason(response, secrets, arena);
    return problem_set(problem, arena, "no token from \"%.*s\": HTTP status %d%.*s", STR_ARG(host),
                       response->code, STR_ARG(why));
}

/* Some servers send the number as a text. */
static int64_t request_seconds(Value answer) {
    int64_t seconds = 0;
    Str text = value_text_at(answer, STR("expires_in"));
    if (text.len > 0)
        return str_to_int64(text, &seconds) ? seconds : 0;
    return value_find_int(answer, STR("expires_in"), &seconds) ? seconds : 0;
}

bool gcp_token_request_read(const GcpExchange *exchange, const HttpResponse *response,
                            AccessToken *out, Str *problem, Arena *arena) {
    Value answer;
    const Clock *clock = exchange->io->clock;
    AccessToken token = {0};
    if (json_parse_object(response->body, &answer, arena))
        token.text = value_text_at(answer, STR("access_token"));
    if (token.text.len == 0)
        return problem_text(problem, "the answer of the token server has no access token");
    int64_t seconds = request_seconds(answer);
    if (seconds > 0)
        token.expires_ms = clock->now_ms(clock->self) + seconds * 1000;
    *out = token;
    return true;
}

bool gcp_token_request_form(const GcpExchange *exchange, HttpRequest *request,
                            const StrVec *secrets, AccessToken *out, Str *problem, Arena *arena) {
    HttpResponse response = {0};
    request->method = STR("POST");
    http_add_header(&request->headers, "content-type", STR("application/x-www-form-urlencoded"),
                    arena);
    return gcp_token_request_send(exchange, request, secrets, &response, problem, arena) &&
           gcp_token_request_read(exchange, &response, out, problem, arena);
}
