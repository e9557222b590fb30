/* plan_store: saved plans beside a state, each under a name. A plan is stored as several objects:
 *
 *    NAME              the index: JSON with the digest and the size of the plan
 *    NAME.DIGEST.NN    its pieces; DIGEST is the start of the digest
 *
 * The pieces are written from the last to the first, and then the index, which a store replaces as
 * a whole. Only then the pieces of the plan before are deleted. So a reader finds the old plan, the
 * new plan, or none, and compares the digest of the pieces with that of the index.
 *
 * The bytes are those of an encrypted plan file; this file does not interpret them. */
#pragma once

#include "diag.h"
#include "named_objects.h"

#define PLAN_STORE_PREFIX "state:" /* begins the name of a stored plan on the command line */
#define PLAN_STORE_PIECE  ((size_t)960 << 10) /* a Secret holds 1 MiB, a request of etcd 1.5 MiB */
#define PLAN_STORE_LAST   "last"              /* the stored plan that was applied last */

typedef struct StoredPlan {
    Str name;
    Str digest; /* "sha256:…" of the bytes; empty: a write was interrupted before its index */
    uint64_t size;
    Str lineage; /* of the state that the plan was made for */
    uint64_t serial;
    int64_t created_ms;
} StoredPlan;

typedef VEC(StoredPlan) StoredPlans;

/* Returns false, with an error, unless the name can be stored everywhere: lower-case letters,
 * digits and dashes. */
MUST_USE bool plan_store_check_name(Str name, Diags *diags);
/* Stores the bytes under plan->name; sets plan->size. plan->digest is their digest. */
MUST_USE bool plan_store_write(const NamedObjects *store, StoredPlan *plan, Str bytes,
                               Diags *diags);
/* Returns the bytes, whose digest is that of the index. A missing plan is an error. */
MUST_USE bool plan_store_read(const NamedObjects *store, Str name, Str *out, Arena *arena,
                              Diags *diags);
/* Lists the plans, sorted by name. */
MUST_USE bool plan_store_list(const NamedObjects *store, StoredPlans *out, Arena *arena,
                              Diags *diags);
/* Deletes the plan with the pieces of interrupted writes. A missing plan is an error. */
MUST_USE bool plan_store_delete(const NamedObjects *store, Str name, Diags *diags);
/* Deletes everything, for a backend that deletes its workspace; `store` may be NULL. */
MUST_USE bool plan_store_clear(const NamedObjects *store, Str *problem, Arena *arena);
