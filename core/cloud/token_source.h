/* TokenSource: an access token that is renewed before it expires.
 *
 * A token is renewed when less than 5 minutes of it remain, or less than half of its term if that
 * is shorter. One thread renews; other threads use the old token while it is valid, and wait
 * otherwise. If a renewal fails while the old token is valid, the old one is returned. Thread-safe.
 */
#pragma once

#include "cancel.h"
#include "clock.h"

typedef struct AccessToken {
    Str text;
    int64_t expires_ms; /* Unix time; 0: it does not expire */
} AccessToken;

/* Obtains a token. Returns false with *problem, the end of a sentence without secrets. */
typedef bool TokenFetch(void *self, const CancelToken *cancel, AccessToken *out, Str *problem,
                        Arena *arena);

typedef struct TokenSource TokenSource;

/* Returns a source without a token: the first token_source_get calls `fetch`. `self` and `clock`
 * must live as long. */
TokenSource *token_source_open(const Clock *clock, TokenFetch *fetch, void *self);
/* Accepts NULL. Overwrites the token. */
void token_source_close(TokenSource *source);
/* Returns a copy of the token. CANCEL_NOW of `cancel`, which may be NULL, ends the wait for another
 * thread. */
MUST_USE bool token_source_get(TokenSource *source, const CancelToken *cancel, Str *out,
                               Str *problem, Arena *arena);
/* Discards the token if it still is this one, because a server has rejected it. */
void token_source_discard(TokenSource *source, Str token);
