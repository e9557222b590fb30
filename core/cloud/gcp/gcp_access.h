/* GcpAccess: access tokens of Google for one scope, renewed before they expire. Thread-safe. */
#pragma once

#include "gcp_credential.h"

typedef struct GcpAccess GcpAccess;

/* Finds the credential; sends no request. `io` and the texts of the options must live as long.
 * Returns false with *problem, the end of a sentence without secrets. */
MUST_USE bool gcp_access_open(const Io *io, const GcpOptions *options, GcpAccess **out,
                              Str *problem, Arena *arena);
/* Accepts NULL. */
void gcp_access_close(GcpAccess *access);
/* Returns the domain of the services ("googleapis.com"). */
Str gcp_access_universe(const GcpAccess *access);
/* Returns a token. CANCEL_NOW of `cancel`, which may be NULL, ends the wait. */
MUST_USE bool gcp_access_token(GcpAccess *access, const CancelToken *cancel, Str *out, Str *problem,
                               Arena *arena);
/* Discards a token that a server has rejected. Returns false if there will be no other one. */
bool gcp_access_discard(GcpAccess *access, Str token);
