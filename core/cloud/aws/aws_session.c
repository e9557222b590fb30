#include "aws_session.h"
#include "aws_chain.h"
#include "aws_profile.h"
#include "aws_signature.h"
#include "aws_sts.h"
#include "http_send.h"
#include "log.h"
#include "problem.h"
#include "token_source.h"

#define BEGINNING 4096 /* bytes of a response in which its error code is */

struct AwsSession {
    const Io *io;
    AwsOptions options;
    Str region;
    TokenSource *source; /* its text holds the keys */
};

static AwsLookup lookup_of(const AwsSession *session, const CancelToken *cancel) {
    return (AwsLookup){.io = session->io,
                       .options = &session->options,
                       .region = session->region,
                       .cancel = cancel};
}

static bool session_fetch(void *self, const CancelToken *cancel, AccessToken *out, Str *problem,
                          Arena *arena) {
    const AwsSession *session = self;
    AwsLookup lookup = lookup_of(session, cancel);
    AwsKeys keys;
    int64_t began = log_clock_ms();
    bool ok = aws_chain_find(&lookup, &keys, problem, arena);
    if (ok)
        *out = (AccessToken){aws_keys_to_text(&keys, arena), keys.expires_ms};
    log_debug("aws credentials", log_cstr("result", ok ? "found" : "none"),
              log_number("expires_ms", ok ? keys.expires_ms : 0), log_took(began));
    return ok;
}

static Str region_of(const Io *io, const AwsOptions *options, Arena *arena) {
    AwsProfile profile;
    if (options->region.len)
        return options->region;
    AwsFiles files = aws_profile_read_files(io, options, arena);
    (void)aws_profile_find(&files, aws_profile_name(io, options), &profile);
    return profile.region;
}

AwsSession *aws_session_open(const Io *io, const AwsOptions *options, Arena *arena) {
    AwsSession *session = arena_new(arena, AwsSession);
    *session = (AwsSession){.io = io, .options = *options, .region = region_of(io, options, arena)};
    session->source = token_source_open(io->clock, session_fetch, session);
    return session;
}

void aws_session_close(AwsSession *session) {
    if (session)
        token_source_close(session->source);
}

Str aws_session_region(const AwsSession *session) {
    return session->region;
}

static bool check_account(const AwsSession *session, Str account, Str *problem, Arena *arena) {
    const StrVec *allowed = &session->options.allowed_accounts;
    const StrVec *forbidden = &session->options.forbidden_accounts;
    bool is_forbidden = str_is_among(account, forbidden->items, forbidden->count);
    bool is_allowed = allowed->count == 0 || str_is_among(account, allowed->items, allowed->count);
    if (is_allowed && !is_forbidden)
        return true;
    return problem_set(
        problem, arena, "the credentials belong to the account %.*s, which %s", STR_ARG(account),
        is_forbidden ? "forbidden_account_ids names" : "allowed_account_ids does not name");
}

bool aws_session_log_in(AwsSession *session, const CancelToken *cancel, Str *problem,
                        Arena *arena) {
    Str ignored;
    return token_source_get(session->source, cancel, &ignored, problem, arena);
}

bool aws_session_check_account(AwsSession *session, const CancelToken *cancel, Str *problem,
                               Arena *arena) {
    Str text, account;
    if (session->options.allowed_accounts.count + session->options.forbidden_accounts.count == 0)
        return true;
    if (!token_source_get(session->source, cancel, &text, problem, arena))
        return false;
    AwsLookup lookup = lookup_of(session, cancel);
    AwsKeys keys = aws_keys_from_text(text);
    return aws_sts_account(&lookup, &keys, &account, problem, arena) &&
           check_account(session, account, problem, arena);
}

/* The codes ExpiredToken (S3) and ExpiredTokenException (other services). */
static bool has_expired(const HttpResponse *response) {
    Str beginning = str_slice(response->body, 0, BEGINNING);
    return response->code >= 400 && response->code < 500 &&
           str_find(beginning, STR("ExpiredToken"), 0) != SIZE_MAX;
}

static HttpStatus send_once(const AwsSession *session, const AwsCall *call, Str text,
                            HttpResponse *out, Str *problem, Arena *arena) {
    const Clock *clock = session->io->clock;
    HttpRequest request = *call->request;
    AwsKeys keys = aws_keys_from_text(text);
    AwsIdentity identity = {keys.access_key, keys.secret_key, keys.token, call->region,
                            str_from_cstr(call->service)};
    request.headers = (HttpHeaders){0};
    vec_each(&call->request->headers, header) {
        vec_push(arena, &request.headers, *header);
    }
    aws_transport_apply(&session->options.transport, &request);
    aws_signature_sign(&identity, clock->now_ms(clock->self), &request, arena);
    /* Unsigned, as only the HTTP client reads it: do not wait for "100 Continue". */
    vec_push(arena, &request.headers, (HttpHeader){STR("expect"), STR_EMPTY});
    return call->path.len
               ? http_send_to_file(session->io, &request, call->path, out, problem, arena)
               : http_send(session->io, &request, out, problem, arena);
}

HttpStatus aws_session_send(AwsSession *session, const AwsCall *call, HttpResponse *out,
                            Str *problem, Arena *arena) {
    HttpStatus sent = HTTP_CANCELLED;
    for (int i = 0; i < 2; i++) {
        Str text;
        if (!token_source_get(session->source, call->request->cancel, &text, problem, arena))
            return HTTP_CANCELLED;
        *out = (HttpResponse){0};
        sent = send_once(session, call, text, out, problem, arena);
        if (sent != HTTP_DONE || !has_expired(out))
            return sent;
        token_source_discard(session->source, text);
    }
    return sent;
}
