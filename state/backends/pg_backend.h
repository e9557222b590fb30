/* pg_backend: states as rows of a PostgreSQL table, in the layout of Terraform and OpenTofu, which
 * may take over at any time.
 *
 * table    schema.states (id, name, data): a row is a workspace; ids come from
 *          public.global_states_id_seq, so that one number means one state in the whole database
 * lock     the session's advisory lock on the row's id. A row that is not there yet is made first,
 *          with an empty state, under the locks that the known tools take for creation
 * write    one statement; so old or new
 * journal  rows of schema.states_journal (name, segment, data), made when first needed */
#pragma once

#include "backend.h"

extern const BackendType pg_backend;

/* The number that OpenTofu locks before it makes a row in this table. */
int64_t pg_backend_creation_lock(Str schema, Str table);
