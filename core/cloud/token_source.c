/* token_source: the current token under a mutex, which is free during a renewal. */
#include "token_source.h"
#include "problem.h"
#include "thread.h"

#define EARLY_MS  ((int64_t)300000)
#define RETRY_MS  ((int64_t)30000) /* after a failed renewal of a token that is still valid */
#define WAKE_MS   100
#define TOKEN_MAX ((size_t)65536)

struct TokenSource {
    const Clock *clock;
    TokenFetch *fetch;
    void *self;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    Arena *arena; /* of this struct and of the token */
    char *text;   /* TOKEN_MAX bytes */
    size_t len;   /* 0: no token */
    int64_t renew_ms;
    int64_t expires_ms;
    bool is_renewing;
};

TokenSource *token_source_open(const Clock *clock, TokenFetch *fetch, void *self) {
    Arena *arena = arena_open("token");
    TokenSource *source = arena_new(arena, TokenSource);
    *source = (TokenSource){
        .clock = clock,
        .fetch = fetch,
        .self = self,
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
        .arena = arena,
        .text = arena_alloc(arena, TOKEN_MAX),
    };
    return source;
}

void token_source_close(TokenSource *source) {
    if (!source)
        return;
    explicit_bzero(source->text, TOKEN_MAX);
    pthread_cond_destroy(&source->changed);
    pthread_mutex_destroy(&source->lock);
    arena_close(source->arena);
}

static int64_t source_now_ms(const TokenSource *source) {
    return source->clock->now_ms(source->clock->self);
}

static bool source_is_valid(const TokenSource *source) {
    return source->len > 0 && source_now_ms(source) < source->expires_ms;
}

static bool source_is_fresh(const TokenSource *source) {
    return source->len > 0 && source_now_ms(source) < source->renew_ms;
}

static void source_copy(const TokenSource *source, Str *out, Arena *arena) {
    *out = str_clone((Str){source->text, source->len}, arena);
}

/* Sets *out if a token can be used now; else makes this thread the one that renews. Returns false
 * if the wait was cancelled. */
static bool source_begin(TokenSource *source, const CancelToken *cancel, Str *out, Str *problem,
                         Arena *arena) {
    LOCKED(&source->lock);
    while (source->is_renewing && !source_is_valid(source)) {
        if (cancel_level(cancel) >= CANCEL_NOW)
            return problem_text(problem, "the wait for an access token was interrupted");
        thread_wait(&source->changed, &source->lock, WAKE_MS);
    }
    if (source->is_renewing || source_is_fresh(source))
        source_copy(source, out, arena);
    else
        source->is_renewing = true;
    return true;
}

static void source_keep(TokenSource *source, const AccessToken *token) {
    int64_t now_ms = source_now_ms(source);
    int64_t left_ms = token->expires_ms - now_ms;
    memcpy(source->text, token->text.ptr, token->text.len);
    source->len = token->text.len;
    source->expires_ms = token->expires_ms ? token->expires_ms : INT64_MAX;
    source->renew_ms = INT64_MAX;
    if (token->expires_ms > 0)
        source->renew_ms = now_ms + (left_ms / 2 < EARLY_MS ? left_ms / 2 : left_ms - EARLY_MS);
}

static bool source_renew(TokenSource *source, const CancelToken *cancel, Str *out, Str *problem,
                         Arena *arena) {
    AccessToken token = {0};
    bool ok = source->fetch(source->self, cancel, &token, problem, arena);
    if (ok && (token.text.len == 0 || token.text.len > TOKEN_MAX))
        ok = problem_text(problem, "the access token is empty or longer than 64 KiB");
    LOCKED(&source->lock);
    source->is_renewing = false;
    pthread_cond_broadcast(&source->changed);
    if (ok)
        source_keep(source, &token);
    else if (!source_is_valid(source))
        return false;
    else
        source->renew_ms = source_now_ms(source) + RETRY_MS;
    source_copy(source, out, arena);
    return true;
}

bool token_source_get(TokenSource *source, const CancelToken *cancel, Str *out, Str *problem,
                      Arena *arena) {
    Str token = STR_EMPTY;
    if (!source_begin(source, cancel, &token, problem, arena))
        return false;
    if (token.len == 0 && !source_renew(source, cancel, &token, problem, arena))
        return false;
    *out = token;
    return true;
}

void token_source_discard(TokenSource *source, Str token) {
    LOCKED(&source->lock);
    if (str_equal((Str){source->text, source->len}, token))
        source->len = 0;
}
