/* pg_journal: the journal as rows of a second table. */
#pragma once

#include "journal_store.h"
#include "pg_session.h"

/* *out is NULL if the table does not exist and the role may not create it. Some users share the
 * table of states with roles that have no other rights. */
MUST_USE bool pg_journal_open(
    PgSession *session, Str workspace, JournalStore **out, Arena *arena, Diags *diags);
/* Deletes the journal of a workspace that is being deleted. */
MUST_USE bool pg_journal_delete(PgSession *session, Str workspace, Diags *diags);
