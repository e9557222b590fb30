/* SshShare: what the SSH clients of a run share: their sessions, and the outputs of scripts that
 * read facts about a machine for several objects of a plan.
 *
 * Io has the share of the run; a client without it opens its own. The last client that leaves
 * closes the sessions and discards the outputs.
 *
 * Calls that want an output of one machine at the same time wait for the first of them, which reads
 * it. A command that may change a machine makes all outputs outdated, also those that are being
 * read. Thread-safe. */
#pragma once

#include "ssh_pool.h"

typedef struct SshShare SshShare;

SshShare *ssh_share_open(const Ssh *ssh);
/* All clients have left. Accepts NULL. */
void ssh_share_close(SshShare *share);
void ssh_share_enter(SshShare *share);
void ssh_share_leave(SshShare *share);
/* The sessions; valid between enter and leave. */
SshPool *ssh_share_pool(const SshShare *share);

/* The reading of outputs of one machine; zero: none. While it lasts, other calls wait. */
typedef struct SshReading {
    Str machine;      /* the machine and the user; empty: none */
    uint64_t changes; /* before the reading */
} SshReading;

typedef struct SshOutput {
    Str text;
    int64_t at_ms; /* monotonic time of its end */
} SshOutput;

typedef struct SshRecall {
    Str machine; /* the machine and the user */
    Str name;    /* of the output */
    int64_t min_at_ms;
    SshTimeout timeout;
} SshRecall;

/* Returns true with an output that was kept at min_at_ms or later. Else starts a reading in
 * *reading, unless another reading lasts longer than the timeout. */
MUST_USE bool ssh_share_recall(SshShare *share, const SshRecall *wanted, SshOutput *out,
                               SshReading *reading);
/* Keeps an output of a reading. */
void ssh_share_keep(SshShare *share, const SshReading *reading, Str name, SshOutput output);
/* Ends the reading, if any, and sets *reading to zero. */
void ssh_share_end(SshShare *share, SshReading *reading);
/* The output of ssh for a file and a host, which stays for the whole run. Returns true with it.
 * Else the caller produces it, and keeps it; other callers wait for that. */
MUST_USE bool ssh_share_claim_config(SshShare *share, Str key, Str *out);
/* Empty: it could not be produced, and the next caller tries it. */
void ssh_share_keep_config(SshShare *share, Str key, Str text);
/* Discards all outputs. */
void ssh_share_discard(SshShare *share);
