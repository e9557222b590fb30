/* PgSession: the connection of the pg backend: where its tables are, and what happens when it
 * breaks.
 *
 * The lock of a state belongs to the connection. When that breaks, another one is made and the lock
 * taken again, which counts only if the state is still what was last read or written here. If it
 * cannot be had, the session is lost: every statement from then on fails. Guards itself. */
#pragma once

#include "diag.h"
#include "io.h"

typedef struct PgSettings {
    Str address;
    Str schema;
    Str table;
    Str index;
    bool skip_schema;
    bool skip_table;
    bool skip_index;
} PgSettings;

typedef struct PgSession PgSession;

/* Connects and makes what is missing of schema, table and index. The session does not move. */
MUST_USE bool pg_session_open(const Io *io,
                              const PgSettings *settings,
                              Str workspace,
                              PgSession **out,
                              Arena *arena,
                              Diags *diags);
/* Fine when it was never opened (NULL). */
void pg_session_close(PgSession *session);

/* In a statement, {states} and {journal} stand for the tables, schema included. It may be done
 * twice, when a connection broke before its answer came, and must mean the same then. `doing`: the
 * summary of an error ("Failed to read the state"). */
MUST_USE bool pg_session_run(PgSession *session,
                             const char *doing,
                             const char *statement,
                             const Str *values,
                             size_t count,
                             DatabaseAnswer *answer,
                             Arena *arena,
                             Diags *diags);
/* Is there such a table ("{journal}")? */
MUST_USE bool pg_session_has_table(PgSession *session, const char *table, bool *out, Diags *diags);

/* The advisory lock that it has, which goes over to the next connection; empty: none. */
void pg_session_hold(PgSession *session, Str lock_id);
/* What the state's text is from now on, or will be once a write has ended. */
void pg_session_expect(PgSession *session, Str text);
/* The lock went with its connection and somebody else came. */
bool pg_session_is_lost(PgSession *session);
/* How others see who holds the lock: the session's name. */
MUST_USE bool pg_session_set_name(PgSession *session, Str name, Diags *diags);
/* "schema"."table", for messages and sums. */
const PgSettings *pg_session_settings(const PgSession *session);
