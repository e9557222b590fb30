/* azurerm_backend: states as blobs of a container, named as Terraform and OpenTofu name them.
 *
 * state    KEY, and KEYenv:WORKSPACE of the other workspaces
 * lock     the lease of that blob, see azurerm_lock.h. The service rejects a write that does not
 *          name it
 * write    one blob, so a crash leaves the old or the new state. A write repeats the metadata,
 *          which it would delete, and has the condition that the blob is unchanged since they were
 *          read: a request may arrive long after a later one
 * journal  KEY.loam-journal, and KEY.loam-journalenv:WORKSPACE: programs take each blob
 *          KEYenv:NAME for a workspace, so no other blob may have such a name; see
 *          azurerm_journal.h
 * plans    KEY.loam-plans/NAME, and KEY.loam-plansenv:WORKSPACE/NAME, see plan_store.h */
#include "azurerm_backend.h"
#include "azurerm_journal.h"
#include "azurerm_settings.h"
#include "backend_settings.h"
#include "empty_state.h"

#define WORKSPACES     "env:"
#define JOURNAL_ENDING ".loam-journal"
#define PLANS_ENDING   ".loam-plans"

typedef struct AzurermPlans {
    NamedObjects store;
    const AzureBlob *client;
    Str prefix;
} AzurermPlans;

typedef struct Azurerm {
    Backend backend;
    AzureBlob client;
    Str key;  /* of the configuration */
    Str blob; /* of the state */
    bool makes_snapshots;
    AzurermLock lock;
    AzurermJournal journal;
    AzurermPlans plans;
} Azurerm;

/* One blob for each key of plan_store.h. */

static Str plans_name(const AzurermPlans *plans, Str key, Arena *arena) {
    return str_concat(plans->prefix, key, arena);
}

static bool plans_list(void *self, StrVec *out, Str *problem, Arena *arena) {
    const AzurermPlans *plans = self;
    StrVec names = {0};
    if (azure_blob_list(plans->client, plans->prefix, &names, problem, arena) != AZURE_BLOB_DONE)
        return false;
    vec_each(&names, name) {
        vec_push(arena, out, str_after(*name, plans->prefix.len));
    }
    return true;
}

static bool plans_get(void *self, Str key, Str *out, bool *found, Str *problem, Arena *arena) {
    const AzurermPlans *plans = self;
    AzureBlobStatus status = azure_blob_read(plans->client, plans_name(plans, key, arena),
                                             STR_EMPTY, out, problem, arena);
    *found = status == AZURE_BLOB_DONE;
    return status == AZURE_BLOB_DONE || status == AZURE_BLOB_ABSENT;
}

static bool plans_put(void *self, Str key, Str bytes, Str *problem, Arena *arena) {
    const AzurermPlans *plans = self;
    AzureBlobWrite write = {.name = plans_name(plans, key, arena), .bytes = bytes};
    return azure_blob_write(plans->client, &write, NULL, problem, arena) == AZURE_BLOB_DONE;
}

static bool plans_drop(void *self, Str key, Str *problem, Arena *arena) {
    const AzurermPlans *plans = self;
    return azure_blob_delete(plans->client, plans_name(plans, key, arena), STR_EMPTY, STR_EMPTY,
                             problem, arena) == AZURE_BLOB_DONE;
}

static bool azurerm_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                         const CancelToken *cancel, Diags *diags) {
    Azurerm *azurerm = backend->self;
    return azurerm_lock_acquire(&azurerm->lock, backend, info, timeout_ms, cancel, diags);
}

static bool azurerm_unlock(Backend *backend, Diags *diags) {
    Azurerm *azurerm = backend->self;
    return azurerm_lock_release(&azurerm->lock, diags);
}

static bool azurerm_force_unlock(Backend *backend, Str id, Diags *diags) {
    Azurerm *azurerm = backend->self;
    return azurerm_lock_force(&azurerm->lock, id, diags);
}

/* Reports a failed request for the state. */
static bool azurerm_report(Azurerm *azurerm, const char *summary, AzureBlobStatus status,
                           Str problem, Diags *diags) {
    if (status == AZURE_BLOB_CONFLICT && azurerm->lock.id.len > 0)
        return azurerm_lock_report_lost(&azurerm->lock, summary, diags);
    return azurerm_lock_fail(&azurerm->lock, summary, problem, diags);
}

static bool azurerm_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    Azurerm *azurerm = backend->self;
    Str text, problem;
    AzureBlobStatus status =
        azure_blob_read(&azurerm->client, azurerm->blob, azurerm->lock.id, &text, &problem, arena);
    if (status != AZURE_BLOB_DONE && status != AZURE_BLOB_ABSENT)
        return azurerm_report(azurerm, "Failed to read the state", status, problem, diags);
    *out = empty_state_drop(text);
    return true;
}

static AzureBlobStatus azurerm_snapshot(const Azurerm *azurerm, Str *problem, Arena *arena) {
    AzureBlobCall call = {.method = "PUT",
                          .name = azurerm->blob,
                          .query = "comp=snapshot",
                          .use = AZURE_BLOB_WRITE,
                          .lease = azurerm->lock.id};
    AzureBlobReply reply;
    AzureBlobStatus status = azure_blob_send(&azurerm->client, &call, &reply, arena);
    *problem = reply.problem;
    return status;
}

/* If the blob has the bytes, an earlier attempt, whose reply was lost, has written them. */
static bool azurerm_has(const Azurerm *azurerm, Str bytes, Arena *arena) {
    Str there, ignored;
    AzureBlobStatus status =
        azure_blob_read(&azurerm->client, azurerm->blob, azurerm->lock.id, &there, &ignored, arena);
    return status == AZURE_BLOB_DONE && str_equal(there, bytes);
}

static AzureBlobStatus azurerm_replace(const Azurerm *azurerm, Str bytes, Str *problem,
                                       Arena *arena) {
    AzureBlobInfo blob;
    AzureBlobStatus status = AZURE_BLOB_DONE;
    if (azurerm->makes_snapshots)
        status = azurerm_snapshot(azurerm, problem, arena);
    if (status != AZURE_BLOB_DONE && status != AZURE_BLOB_ABSENT)
        return status;
    status =
        azure_blob_stat(&azurerm->client, azurerm->blob, azurerm->lock.id, &blob, problem, arena);
    if (status != AZURE_BLOB_DONE && (status != AZURE_BLOB_ABSENT || azurerm->lock.id.len > 0))
        return status == AZURE_BLOB_ABSENT ? AZURE_BLOB_CONFLICT : status;
    AzureBlobWrite write = {
        .name = azurerm->blob,
        .bytes = bytes,
        .only_if_absent = status == AZURE_BLOB_ABSENT,
        .version = blob.version,
        .lease = azurerm->lock.id,
        .metadata = &blob.metadata,
    };
    status = azure_blob_write(&azurerm->client, &write, NULL, problem, arena);
    bool is_repeated = status == AZURE_BLOB_CONFLICT && azurerm_has(azurerm, bytes, arena);
    return is_repeated ? AZURE_BLOB_DONE : status;
}

static bool azurerm_write(Backend *backend, Str bytes, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("azurerm write");
    Azurerm *azurerm = backend->self;
    static const char summary[] = "Failed to write the state";
    Str problem = STR_EMPTY;
    if (azurerm->lock.is_lost)
        return azurerm_lock_report_lost(&azurerm->lock, summary, diags);
    AzureBlobStatus status = azurerm_replace(azurerm, bytes, &problem, scratch);
    return status == AZURE_BLOB_DONE || azurerm_report(azurerm, summary, status, problem, diags);
}

/* The blob goes last, and its lease with it. */
static bool azurerm_remove(Backend *backend, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("azurerm workspace");
    Azurerm *azurerm = backend->self;
    static const char summary[] = "Cannot delete the workspace";
    Str problem = STR_EMPTY;
    if (!azurerm_lock_check(&azurerm->lock, &problem, scratch) ||
        !azurerm_journal_clear(&azurerm->journal, &problem, scratch) ||
        !plan_store_clear(backend->plans, &problem, scratch))
        return azurerm_lock_fail(&azurerm->lock, summary, problem, diags);
    AzureBlobStatus status = azure_blob_delete(&azurerm->client, azurerm->blob, azurerm->lock.id,
                                               STR_EMPTY, &problem, scratch);
    if (status != AZURE_BLOB_DONE)
        return azurerm_report(azurerm, summary, status, problem, diags);
    azurerm->lock.id = STR_EMPTY;
    return true;
}

static void azurerm_close(Backend *backend) {
    Azurerm *azurerm = backend->self;
    backend->journal->close(backend->journal);
    token_source_close(azurerm->client.settings.keys);
    token_source_close(azurerm->client.settings.tokens);
    azurerm->client.settings.keys = azurerm->client.settings.tokens = NULL;
}

static bool azurerm_is_default(Str workspace) {
    return workspace.len == 0 || str_equal(workspace, STR("default"));
}

/* Returns KEY, ENDING and, for another workspace, its name. */
static Str azurerm_name(Str key, const char *ending, Str workspace, Arena *arena) {
    if (azurerm_is_default(workspace))
        return str_format(arena, "%.*s%s", STR_ARG(key), ending);
    return str_format(arena, "%.*s%s" WORKSPACES "%.*s", STR_ARG(key), ending, STR_ARG(workspace));
}

static void azurerm_prepare(Azurerm *azurerm, const Io *io, Str workspace, Arena *arena) {
    Str place = str_format(arena, "%.*s/%.*s", STR_ARG(azurerm->client.settings.endpoint),
                           STR_ARG(azurerm->client.settings.container));
    Str journal = azurerm_name(azurerm->key, JOURNAL_ENDING, workspace, arena);
    Str plans = azurerm_name(azurerm->key, PLANS_ENDING, workspace, arena);
    azurerm->blob = azurerm_name(azurerm->key, "", workspace, arena);
    azurerm->backend.path = str_format(arena, "%.*s/%.*s", STR_ARG(place), STR_ARG(azurerm->blob));
    azurerm->lock = (AzurermLock){
        .io = io,
        .client = &azurerm->client,
        .blob = azurerm->blob,
        .place = azurerm->backend.path,
        .arena = arena,
    };
    azurerm->journal = (AzurermJournal){
        .client = &azurerm->client,
        .blob = journal,
        .lock = &azurerm->lock,
        .arena = arena,
    };
    azurerm->plans = (AzurermPlans){
        .client = &azurerm->client,
        .prefix = str_concat(plans, STR("/"), arena),
        .store =
            {
                .self = &azurerm->plans,
                .name = str_format(arena, "%.*s/%.*s", STR_ARG(place), STR_ARG(plans)),
                .list = plans_list,
                .get = plans_get,
                .put = plans_put,
                .drop = plans_drop,
            },
    };
    SegmentStore segments = azurerm_journal_segments(
        &azurerm->journal, str_format(arena, "%.*s/%.*s", STR_ARG(place), STR_ARG(journal)));
    azurerm->backend.journal = journal_segments_new(&segments, arena);
    azurerm->backend.plans = &azurerm->plans.store;
}

static bool azurerm_open_store(const Io *io, Value config, Str workspace, Azurerm **out,
                               Arena *arena, Diags *diags) {
    Azurerm *azurerm = arena_new(arena, Azurerm);
    *azurerm = (Azurerm){
        .client = {.io = io, .cancel = &azurerm->backend.cancel},
        .key = backend_settings_text(config, "key", ""),
        .makes_snapshots = backend_settings_bool(config, "snapshot", false),
        .backend =
            {
                .type = &azurerm_backend,
                .self = azurerm,
                .lock = azurerm_lock,
                .unlock = azurerm_unlock,
                .force_unlock = azurerm_force_unlock,
                .read = azurerm_read,
                .write = azurerm_write,
                .remove = azurerm_remove,
                .close = azurerm_close,
            },
    };
    if (!azurerm_settings_read(io, config, &azurerm->client.settings, arena, diags))
        return false;
    azurerm_prepare(azurerm, io, workspace, arena);
    *out = azurerm;
    return true;
}

static bool azurerm_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                         Diags *diags) {
    Azurerm *azurerm;
    if (!azurerm_open_store(io, config, workspace, &azurerm, arena, diags))
        return false;
    *out = &azurerm->backend;
    return true;
}

static bool azurerm_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    Azurerm *azurerm;
    StrVec names = {0};
    Str problem;
    if (!azurerm_open_store(io, config, STR("default"), &azurerm, arena, diags))
        return false;
    Str prefix = str_concat(azurerm->key, STR(WORKSPACES), arena);
    AzureBlobStatus status = azure_blob_list(&azurerm->client, prefix, &names, &problem, arena);
    azurerm_close(&azurerm->backend);
    if (status != AZURE_BLOB_DONE)
        return azurerm_report(azurerm, "Cannot list the workspaces", status, problem, diags);
    vec_each(&names, name) { /* the service sorts them */
        Str workspace = str_after(*name, prefix.len);
        bool is_state = workspace.len > 0 && str_find_char(workspace, '/', 0) == SIZE_MAX;
        if (is_state && !azurerm_is_default(workspace))
            vec_push(arena, out, workspace);
    }
    return true;
}

static bool azurerm_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("workspace");
    Azurerm *azurerm;
    Str problem;
    if (!azurerm_open_store(io, config, workspace, &azurerm, scratch, diags))
        return false;
    AzureBlobWrite write = {
        .name = azurerm->blob, .bytes = empty_state_new(scratch), .only_if_absent = true};
    AzureBlobStatus status = azure_blob_write(&azurerm->client, &write, NULL, &problem, scratch);
    azurerm_close(&azurerm->backend);
    /* AZURE_BLOB_CONFLICT: a workspace that another run has just created keeps its content. */
    return status == AZURE_BLOB_DONE || status == AZURE_BLOB_CONFLICT ||
           azurerm_report(azurerm, "Cannot create the workspace", status, problem, diags);
}

const BackendType azurerm_backend = {
    .name = "azurerm",
    .schema = {.attributes = azurerm_settings_attributes,
               .attribute_count = AZURERM_SETTINGS_COUNT,
               .description = "Stores states as blobs of a container in Azure Storage."},
    .about = "Terraform and OpenTofu use the same blobs and locks, so you can use either program "
             "with the same states. The lock is a lease of the blob, which does not expire: remove "
             "the lock of a dead program with `force-unlock`. If that program died before it wrote "
             "its lock info, `force-unlock break` breaks the lease. The service rejects every "
             "write of a program that does not hold the lease. This backend is checked against "
             "azurite, an emulator, not against Azure.",
    .variables = azurerm_settings_variables,
    .variable_count = AZURERM_SETTINGS_VARIABLES,
    .open = azurerm_open,
    .list = azurerm_list,
    .make = azurerm_make,
};
