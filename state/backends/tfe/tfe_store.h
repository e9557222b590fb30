/* TfeStore: the state and the lock of one workspace of HCP Terraform, for the backends "remote" and
 * "cloud". */
#pragma once

#include "tfe_client.h"

typedef struct TfeStore {
    Backend backend;
    const Io *io;
    TfeClient client;
    Str name;                /* of the workspace at the server */
    const TfeLabels *labels; /* of new workspaces, and of those in lists; NULL: any */
    TfeWorkspace workspace;  /* its id is empty until it was read */
    bool is_locked;
    bool must_exist; /* a missing workspace is an error, and is not made */
    Arena *arena;
} TfeStore;

/* The arguments of both backends, for their schemas. */
extern const Attribute tfe_store_attributes[3];
#define TFE_STORE_ATTRIBUTES SCHEMA_ATTRIBUTES(tfe_store_attributes)

/* Opens the host of the arguments hostname, organization and token. tfe_store_name must follow
 * before any operation of the backend. */
MUST_USE bool tfe_store_open(const Io *io, const BackendType *type, Value config, TfeStore **out,
                             Arena *arena, Diags *diags);
/* Selects the workspace of this name at the server. */
void tfe_store_name(TfeStore *store, Str name);
/* Creates the workspace; succeeds if it exists. */
MUST_USE bool tfe_store_make(TfeStore *store, Diags *diags);
/* Returns the workspaces that have the labels, and whose names begin with `prefix`. */
MUST_USE bool tfe_store_list(TfeStore *store, Str prefix, TfeWorkspaces *out, Diags *diags);
/* Reports a failed request with the address of the workspace. Returns false. */
bool tfe_store_report(const TfeStore *store, const char *summary, Str problem, Diags *diags);
