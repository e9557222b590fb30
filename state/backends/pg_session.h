/* PgSession: the connection of the pg backend, with its tables and with reconnection.
 *
 * The lock of a state belongs to the connection. If the connection breaks, the session connects and
 * acquires the lock again. This counts only if the stored state still is the text that this session
 * last read or wrote. If the lock cannot be acquired, the session is lost: every later statement
 * fails. Thread-safe. */
#pragma once

#include "diag.h"
#include "io.h"
#include "plan_store.h"

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

/* Connects and creates a missing schema, table and index, unless the settings skip that. The texts
 * of `settings` must live as long as the session. */
MUST_USE bool pg_session_open(const Io *io, const PgSettings *settings, Str workspace,
                              PgSession **out, Arena *arena, Diags *diags);
/* `session` may be NULL. */
void pg_session_close(PgSession *session);

/* A statement may be executed twice, if the connection broke before the reply, and must have the
 * same effect then. */
typedef struct PgStatement {
    const char *doing; /* the summary of an error: "Failed to read the state" */
    const char *text;  /* {states}, {journal}, {plans}: the tables, with their schema */
    const Str *values; /* of $1, $2 and so on */
    size_t count;
} PgStatement;

MUST_USE bool pg_session_run(PgSession *session, const PgStatement *statement,
                             DatabaseAnswer *answer, Arena *arena, Diags *diags);
/* Same for a statement whose answer has no rows that matter. */
MUST_USE bool pg_session_execute(PgSession *session, const PgStatement *statement, Diags *diags);
/* Returns the detail of a failure without its full stop, for use in another sentence. */
Str pg_session_problem(const Diags *diags);
/* Sets *out to whether the table or index exists. `table` is a quoted name, "{journal}" or
 * "{plans}". */
MUST_USE bool pg_session_has_table(PgSession *session, const char *table, bool *out, Diags *diags);

/* Sets the advisory lock to acquire again on the next connection; empty: none. */
void pg_session_hold(PgSession *session, Str lock_id);
/* Adds a text that the stored state may have: the one read, or that of a write in progress. The
 * text given before stays valid. */
void pg_session_expect(PgSession *session, Str text);
/* Returns whether the lock was lost with its connection, and could not be acquired again or the
 * state was changed meanwhile. */
bool pg_session_is_lost(PgSession *session);
/* Sets the session's name, from which other runs read the lock's holder. */
MUST_USE bool pg_session_set_name(PgSession *session, Str name, Diags *diags);
/* Returns the settings given to pg_session_open. */
const PgSettings *pg_session_settings(const PgSession *session);

/* Returns the ID of the advisory lock that OpenTofu acquires before it inserts a row into this
 * table (pg_backend.c). */
int64_t pg_backend_creation_lock(Str schema, Str table);
