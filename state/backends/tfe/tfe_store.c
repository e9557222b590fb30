/* tfe_store: one workspace of a server with the protocol of HCP Terraform.
 *
 * state    the current state version of the workspace
 * lock     the lock of the workspace, which has no ID; loam shows ORGANIZATION/WORKSPACE as the ID,
 *          as Terraform does. It belongs to the user of the token and does not expire
 * journal  none: the caller keeps it in the data directory */
#include "tfe_store.h"

#include "backend_settings.h"

#define DEFAULT_HOST "app.terraform.io"
#define CHECK_ACCESS "Check the organization, the token and its permissions."

const Attribute tfe_store_attributes[3] = {
    {"hostname", &TYPE_STRING, OPTIONAL, "Host of the service (default \"" DEFAULT_HOST "\")."},
    {"organization", &TYPE_STRING, REQUIRED, "Organization that has the workspaces."},
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Token, instead of that of the CLI configuration, of the environment or of \"login\"."},
};

bool tfe_store_report(const TfeStore *store, const char *summary, Str problem, Diags *diags) {
    return backend_report(&store->backend, summary, problem, CHECK_ACCESS, diags);
}

/* Reads the workspace once. `makes`: a missing one is made, as other programs do. */
static bool tfe_find(TfeStore *store, bool makes, bool *found, const char *summary, Diags *diags) {
    Str problem = STR_EMPTY;
    TfeStatus status = TFE_DONE;
    if (store->workspace.id.len == 0)
        status = tfe_client_workspace(&store->client, store->name, &store->workspace, &problem,
                                      store->arena);
    if (status == TFE_ABSENT && store->must_exist)
        return diags_fail(diags, NO_RANGE, "Invalid workspace selection",
                          "There is no workspace \"%.*s\" in the organization \"%.*s\" that the "
                          "token may read. Run \"loam init\" to select another one.",
                          STR_ARG(store->name), STR_ARG(store->client.organization));
    if (status == TFE_ABSENT && makes) {
        status =
            tfe_client_make(&store->client, store->name, store->labels, &problem, store->arena);
        if (status == TFE_DONE || status == TFE_CONFLICT) /* a lost response, or another run */
            status = tfe_client_workspace(&store->client, store->name, &store->workspace, &problem,
                                          store->arena);
    }
    *found = status == TFE_DONE;
    if (status != TFE_DONE && (status != TFE_ABSENT || makes))
        return tfe_store_report(store, summary, problem, diags);
    if (!store->workspace.runs_remotely)
        return true;
    return diags_fail(diags, NO_RANGE, "Workspace runs operations remotely",
                      "Workspace %.*s runs operations remotely; set its execution mode to "
                      "\"local\".",
                      STR_ARG(store->name));
}

static LockResult tfe_store_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena,
                                    Diags *diags) {
    static const char summary[] = "Error acquiring the state lock";
    TfeStore *store = self;
    Str problem = STR_EMPTY;
    bool found;
    if (!tfe_find(store, true, &found, summary, diags))
        return LOCK_FAILED;
    switch (tfe_client_act(&store->client, store->workspace.id, "lock", STR("Locked by loam"),
                           &problem, arena)) {
    case TFE_DONE: store->is_locked = true; return LOCK_ACQUIRED;
    case TFE_CONFLICT: *holder = (LockInfo){.id = store->backend.path}; return LOCK_HELD;
    case TFE_ABSENT:
    case TFE_FAILED: break;
    }
    (void)backend_report(&store->backend, summary, problem,
                         "If the workspace is locked now, run \"loam force-unlock\" with its ID, "
                         "ORGANIZATION/WORKSPACE.",
                         diags);
    return LOCK_FAILED;
}

static bool tfe_store_lock(Backend *backend, const LockInfo *, int64_t timeout_ms,
                           const CancelToken *cancel, Diags *diags) {
    TfeStore *store = backend->self;
    LockAttempt trying = {
        .self = store,
        .attempt = tfe_store_attempt,
        .waiting = backend->waiting,
        .payload = backend->waiting_payload,
        .end = LOCK_OUTLIVES_PROCESS,
        .note = backend->note,
    };
    return state_lock_acquire(&trying, store->io->clock, timeout_ms, cancel, diags);
}

static bool tfe_store_unlock(Backend *backend, Diags *diags) {
    static const char summary[] = "Error releasing the state lock";
    SCOPED(ArenaRef) scratch = arena_open("tfe unlock");
    TfeStore *store = backend->self;
    Str problem = STR_EMPTY;
    if (!store->is_locked)
        return true;
    store->is_locked = false;
    TfeStatus status =
        tfe_client_act(&store->client, store->workspace.id, "unlock", STR_EMPTY, &problem, scratch);
    return status == TFE_DONE || backend_report(&store->backend, summary, problem,
                                                "To remove it, run \"loam force-unlock\".", diags);
}

static bool tfe_store_force_unlock(Backend *backend, Str id, Diags *diags) {
    static const char summary[] = "Failed to unlock state";
    SCOPED(ArenaRef) scratch = arena_open("tfe unlock");
    TfeStore *store = backend->self;
    Str problem = STR_EMPTY;
    bool found;
    if (!tfe_find(store, false, &found, summary, diags))
        return false;
    LockInfo holder = {0};
    if (found && store->workspace.is_locked)
        holder.id = backend->path;
    if (holder.id.len == 0 || !str_equal(id, backend->path))
        return state_lock_report_other(summary, backend->path, id, &holder, diags);
    return tfe_client_act(&store->client, store->workspace.id, "force-unlock", STR_EMPTY, &problem,
                          scratch) == TFE_DONE ||
           tfe_store_report(store, summary, problem, diags);
}

static bool tfe_store_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    static const char summary[] = "Failed to read the state";
    TfeStore *store = backend->self;
    Str problem = STR_EMPTY;
    bool found;
    *out = STR_EMPTY;
    if (!tfe_find(store, false, &found, summary, diags))
        return false;
    TfeStatus status =
        found ? tfe_client_read(&store->client, store->workspace.id, out, &problem, arena)
              : TFE_ABSENT;
    if (status == TFE_ABSENT)
        *out = STR_EMPTY;
    return status == TFE_DONE || status == TFE_ABSENT ||
           tfe_store_report(store, summary, problem, diags);
}

/* After a lost response, the version is there already, and a second one of its serial is a
 * conflict. */
static bool is_written(const TfeStore *store, Str bytes, Arena *arena) {
    Str stored = STR_EMPTY, problem = STR_EMPTY;
    return tfe_client_read(&store->client, store->workspace.id, &stored, &problem, arena) ==
               TFE_DONE &&
           str_equal(stored, bytes);
}

static bool tfe_store_write(Backend *backend, Str bytes, Diags *diags) {
    static const char summary[] = "Failed to write the state";
    SCOPED(ArenaRef) scratch = arena_open("tfe write");
    TfeStore *store = backend->self;
    Str problem = STR_EMPTY;
    bool found, locks = false;
    Diags ignored = diags_new(scratch);
    if (!tfe_find(store, true, &found, summary, diags))
        return false;
    /* The server accepts a version only from the holder of the lock. */
    if (!store->is_locked) {
        locks = tfe_client_act(&store->client, store->workspace.id, "lock", STR("Locked by loam"),
                               &problem, scratch) == TFE_DONE;
        store->is_locked = locks;
    }
    TfeStatus status = tfe_client_write(&store->client, store->workspace.id, bytes,
                                        backend->is_forced, &problem, scratch);
    bool ok = status == TFE_DONE || (status == TFE_CONFLICT && is_written(store, bytes, scratch)) ||
              tfe_store_report(store, summary, problem, diags);
    if (locks)
        (void)tfe_store_unlock(backend, &ignored);
    return ok;
}

static bool tfe_store_remove(Backend *backend, Diags *diags) {
    static const char summary[] = "Cannot delete the workspace";
    SCOPED(ArenaRef) scratch = arena_open("tfe workspace");
    TfeStore *store = backend->self;
    Str problem = STR_EMPTY;
    bool found;
    if (!tfe_find(store, false, &found, summary, diags))
        return false;
    TfeStatus status =
        found ? tfe_client_delete(&store->client, store->workspace.id, &problem, scratch)
              : TFE_ABSENT;
    store->is_locked = false; /* the lock went with the workspace */
    return status == TFE_DONE || status == TFE_ABSENT ||
           tfe_store_report(store, summary, problem, diags);
}

static void tfe_store_close(Backend *backend) {
    SCOPED(ArenaRef) scratch = arena_open("tfe close");
    Diags ignored = diags_new(scratch);
    (void)!tfe_store_unlock(backend, &ignored);
}

bool tfe_store_open(const Io *io, const BackendType *type, Value config, TfeStore **out,
                    Arena *arena, Diags *diags) {
    TfeStore *store = arena_new(arena, TfeStore);
    *store = (TfeStore){.io = io, .arena = arena};
    store->client = (TfeClient){
        .host = {.name = backend_settings_text(config, "hostname", DEFAULT_HOST),
                 .token = backend_settings_text(config, "token", "")},
        .organization = backend_settings_text(config, "organization", ""),
        .cancel = &store->backend.cancel,
    };
    store->backend = (Backend){
        .type = type,
        .self = store,
        .lock = tfe_store_lock,
        .unlock = tfe_store_unlock,
        .force_unlock = tfe_store_force_unlock,
        .read = tfe_store_read,
        .write = tfe_store_write,
        .remove = tfe_store_remove,
        .close = tfe_store_close,
    };
    *out = store;
    return tfe_client_open(io, &store->client, arena, diags);
}

void tfe_store_name(TfeStore *store, Str name) {
    store->name = name;
    store->backend.path =
        str_format(store->arena, "%.*s/%.*s", STR_ARG(store->client.organization), STR_ARG(name));
}

bool tfe_store_make(TfeStore *store, Diags *diags) {
    static const char summary[] = "Cannot create the workspace";
    Str problem = STR_EMPTY;
    bool found;
    TfeStatus status =
        tfe_client_make(&store->client, store->name, store->labels, &problem, store->arena);
    if (status != TFE_CONFLICT || !store->labels || store->labels->tags.count == 0)
        return status == TFE_DONE || status == TFE_CONFLICT ||
               tfe_store_report(store, summary, problem, diags);
    store->must_exist = false;
    /* One of this name is there without the tags, or the response was lost. */
    if (!tfe_find(store, false, &found, summary, diags))
        return false;
    status = !found ? TFE_FAILED
                    : tfe_client_tag(&store->client, store->workspace.id, store->labels, &problem,
                                     store->arena);
    return status == TFE_DONE || tfe_store_report(store, summary, problem, diags);
}

bool tfe_store_list(TfeStore *store, Str prefix, TfeWorkspaces *out, Diags *diags) {
    Str problem = STR_EMPTY;
    return tfe_client_list(&store->client, prefix, store->labels, out, &problem, store->arena) ==
               TFE_DONE ||
           tfe_store_report(store, "Cannot list the workspaces", problem, diags);
}
