/* pg_journal: the journal as rows of a second table. */
#pragma once

#include "journal_store.h"
#include "pg_session.h"

JournalStore *pg_journal_new(PgSession *session, Str workspace, Arena *arena);
/* What a workspace that is deleted has there. */
MUST_USE bool pg_journal_delete(PgSession *session, Str workspace, Diags *diags);
