/* TfeClient: requests to the service tfe.v2 of a host: workspaces with their state and lock.
 *
 * Documents are those of JSON:API. The host and the token come from the CLI configuration and the
 * environment, as those of registries do. */
#pragma once

#include "backend.h"
#include "registry_host.h"

typedef struct TfeClient {
    RegistryHost host; /* `base` is that of the service */
    Str organization;
    const CancelToken *const *cancel; /* of the backend */
} TfeClient;

typedef struct TfeWorkspace {
    Str id;
    Str name;
    bool is_locked;
    bool runs_remotely; /* its server or an agent runs the operations */
} TfeWorkspace;

typedef VEC(TfeWorkspace) TfeWorkspaces;

/* What the workspaces of a configuration have in common. */
typedef struct TfeLabels {
    StrVec tags;   /* names, or keys */
    StrVec values; /* of the keys, in their order; empty: tags without values */
    Str project;   /* name; empty: that of the organization for new workspaces, any in lists */
} TfeLabels;

typedef enum TfeStatus {
    TFE_DONE,
    TFE_ABSENT,   /* 404 */
    TFE_CONFLICT, /* 409: held by another, or not locked; 422: the name is in use */
    TFE_FAILED,   /* *problem is the end of a sentence */
} TfeStatus;

/* Sets `host` but its name, and uses host.token if it is set. */
MUST_USE bool tfe_client_open(const Io *io, TfeClient *client, Arena *arena, Diags *diags);
TfeStatus tfe_client_workspace(const TfeClient *client, Str name, TfeWorkspace *out, Str *problem,
                               Arena *arena);
/* Returns the workspaces that have all labels and whose names begin with `prefix`, of all pages.
 * `labels` may be NULL. */
TfeStatus tfe_client_list(const TfeClient *client, Str prefix, const TfeLabels *labels,
                          TfeWorkspaces *out, Str *problem, Arena *arena);
/* Makes a workspace whose operations run locally, and its project if that is missing. `labels` may
 * be NULL. */
TfeStatus tfe_client_make(const TfeClient *client, Str name, const TfeLabels *labels, Str *problem,
                          Arena *arena);
/* Adds the tags to an existing workspace. */
TfeStatus tfe_client_tag(const TfeClient *client, Str id, const TfeLabels *labels, Str *problem,
                         Arena *arena);
TfeStatus tfe_client_delete(const TfeClient *client, Str id, Str *problem, Arena *arena);
/* `action` is "lock", "unlock" or "force-unlock". A lock is sent once: a second attempt could not
 * distinguish its own lock from that of another. */
TfeStatus tfe_client_act(const TfeClient *client, Str id, const char *action, Str reason,
                         Str *problem, Arena *arena);
/* Reads the current state; TFE_ABSENT: none. */
TfeStatus tfe_client_read(const TfeClient *client, Str id, Str *out, Str *problem, Arena *arena);
/* Makes a new version of the state. `is_forced`: whatever the serial and lineage of the last one
 * are. */
TfeStatus tfe_client_write(const TfeClient *client, Str id, Str state, bool is_forced, Str *problem,
                           Arena *arena);
