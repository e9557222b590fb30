/* pg_journal: the journal as rows of a second table. */
#pragma once

#include "journal_store.h"
#include "pg_session.h"

/* *out is NULL where there is no such table and the role may not make it: others share the states'
 * table with roles that may do nothing else. */
MUST_USE bool pg_journal_open(
    PgSession *session, Str workspace, JournalStore **out, Arena *arena, Diags *diags);
/* What a workspace that is deleted has there. */
MUST_USE bool pg_journal_delete(PgSession *session, Str workspace, Diags *diags);
