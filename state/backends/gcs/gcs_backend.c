/* gcs_backend: states as objects of a bucket, named as Terraform and OpenTofu name them.
 *
 * state    PREFIX/WORKSPACE.tfstate
 * lock     PREFIX/WORKSPACE.tflock, the holder's info, created on condition that it does not exist.
 *          The lock's ID is the generation that the store gives the object, as in the other
 *          programs; the member ID of its text is random, and shows after a lost answer whose lock
 *          it is. The lock does not expire. It is read again before each write of a state
 * write    on condition that the object has the generation that this run read or wrote, with and
 *          without the lock: a request may arrive long after the check of the lock
 * journal  PREFIX/WORKSPACE.loam-journal/0000000001 …, each created on condition that it does not
 *          exist, so a run that lost its lock cannot continue beside the next one; the last one
 *          stays
 * plans    PREFIX/WORKSPACE.loam-plans/NAME, see plan_store.h */
#include "backend_settings.h"
#include "empty_state.h"
#include "gcs_objects.h"
#include "gcs_settings.h"
#include "log.h"
#include "object_segments.h"
#include "plan_store.h"
#include "problem.h"

#define STATE_ENDING   ".tfstate"
#define LOCK_ENDING    ".tflock"
#define JOURNAL_ENDING ".loam-journal/"
#define PLANS_ENDING   ".loam-plans/"
#define CHECK_ACCESS   "Check the bucket, the credentials and their permissions."

typedef struct Gcs {
    Backend backend;
    const Io *io;
    GcsClient client;
    Str state_name;
    Str lock_name;
    NamedObjects *segments;
    LockInfo wanted;
    Str lock_id;    /* generation of the lock; empty: not locked */
    bool is_lost;   /* another run holds the lock, or it was removed */
    Str generation; /* of the state that this run read or wrote; empty: unknown */
    Arena *arena;
} Gcs;

/* The text of another program may be anything; the ID is always the generation. */
static void gcs_holder_of(const Gcs *gcs, const GcsObject *lock, LockInfo *out, Arena *arena) {
    bool is_held = !str_equal(lock->generation, GCS_NO_OBJECT);
    if (!state_lock_from_json(lock->bytes, out, arena))
        *out = (LockInfo){.path = gcs->wanted.path};
    out->id = is_held ? lock->generation : STR_EMPTY;
}

/* GCS_ABSENT: the lock has no holder. */
static GcsStatus gcs_read_holder(const Gcs *gcs, LockInfo *out, Str *problem, Arena *arena) {
    GcsObject lock = {.name = gcs->lock_name, .is_plain = true};
    GcsStatus status = gcs_client_read(&gcs->client, &lock, problem, arena);
    gcs_holder_of(gcs, &lock, out, arena);
    return status;
}

static LockResult gcs_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena, Diags *diags) {
    Gcs *gcs = self;
    Str problem = STR_EMPTY;
    GcsObject stored;
    GcsObject lock = {
        .name = gcs->lock_name,
        .bytes = state_lock_to_json(&gcs->wanted, arena),
        .generation = GCS_NO_OBJECT,
        .is_plain = true,
    };
    GcsStatus status = gcs_client_write(&gcs->client, &lock, &stored, &problem, arena);
    if (status == GCS_DONE) {
        gcs->lock_id = str_clone(lock.generation, gcs->arena);
        log_debug("gcs lock", log_text("generation", gcs->lock_id));
        return LOCK_ACQUIRED;
    }
    if (status != GCS_CHANGED) {
        backend_report(&gcs->backend, "Error acquiring the state lock", problem, CHECK_ACCESS,
                       diags);
        return LOCK_FAILED;
    }
    gcs_holder_of(gcs, &stored, holder, arena);
    return LOCK_HELD;
}

static bool gcs_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                     const CancelToken *cancel, Diags *diags) {
    Gcs *gcs = backend->self;
    CHECK(gcs->lock_id.len == 0);
    LockAttempt trying = {
        .self = gcs,
        .attempt = gcs_attempt,
        .waiting = backend->waiting,
        .payload = backend->waiting_payload,
        .end = LOCK_OUTLIVES_PROCESS,
        .note = backend->note,
    };
    gcs->wanted = *info;
    gcs->wanted.path = str_format(gcs->arena, "gs://%.*s/%.*s",
                                  STR_ARG(gcs->client.settings.bucket), STR_ARG(gcs->lock_name));
    gcs->generation = STR_EMPTY;
    return state_lock_acquire(&trying, gcs->io->clock, timeout_ms, cancel, diags);
}

static bool gcs_report_lost(const Gcs *gcs, const char *summary, Str who, Diags *diags) {
    return diags_fail(diags, NO_RANGE, summary,
                      "The lock \"%.*s\" was taken from this run (%.*s holds it now), so this run "
                      "writes nothing more.",
                      STR_ARG(gcs->lock_name), STR_ARG(who));
}

/* Checks that this run still holds the lock: a forced unlock may have ended it. */
static bool gcs_check_lock(Gcs *gcs, const char *summary, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("gcs lock");
    LockInfo holder = {0};
    Str problem = STR_EMPTY;
    if (gcs->is_lost)
        return gcs_report_lost(gcs, summary, STR("another program"), diags);
    if (gcs->lock_id.len == 0)
        return true;
    GcsStatus status = gcs_read_holder(gcs, &holder, &problem, scratch);
    if (status == GCS_FAILED)
        return backend_report(&gcs->backend, summary, problem, CHECK_ACCESS, diags);
    if (status == GCS_DONE && str_equal(holder.id, gcs->lock_id))
        return true;
    gcs->is_lost = true;
    return gcs_report_lost(gcs, summary, holder.who.len > 0 ? holder.who : STR("no program"),
                           diags);
}

static bool gcs_unlock(Backend *backend, Diags *diags) {
    static const char summary[] = "Error releasing the state lock";
    SCOPED(ArenaRef) scratch = arena_open("gcs unlock");
    Gcs *gcs = backend->self;
    Str problem, id = gcs->lock_id;
    if (id.len == 0 || gcs->is_lost) /* the loss was reported before */
        return true;
    gcs->lock_id = STR_EMPTY;
    switch (gcs_client_delete(&gcs->client, gcs->lock_name, id, &problem, scratch)) {
    case GCS_DONE: return true;
    case GCS_ABSENT: return gcs_report_lost(gcs, summary, STR("no program"), diags);
    case GCS_CHANGED: return gcs_report_lost(gcs, summary, STR("another program"), diags);
    case GCS_FAILED: break;
    }
    return backend_report(&gcs->backend, summary, problem,
                          "To remove it, run \"loam force-unlock\".", diags);
}

static bool gcs_force_unlock(Backend *backend, Str id, Diags *diags) {
    static const char summary[] = "Failed to unlock state";
    SCOPED(ArenaRef) scratch = arena_open("gcs unlock");
    Gcs *gcs = backend->self;
    LockInfo holder = {0};
    Str problem = STR_EMPTY;
    uint64_t number;
    if (!str_to_uint64(id, &number))
        return diags_fail(
            diags, NO_RANGE, summary,
            "The ID of a lock in a bucket of Google is a number, the generation of its "
            "object. \"%.*s\" is none.",
            STR_ARG(id));
    GcsStatus status = gcs_read_holder(gcs, &holder, &problem, scratch);
    if (status == GCS_FAILED)
        return backend_report(&gcs->backend, summary, problem, CHECK_ACCESS, diags);
    if (status == GCS_ABSENT || !str_equal(holder.id, id))
        return state_lock_report_other(summary, gcs->backend.path, id, &holder, diags);
    status = gcs_client_delete(&gcs->client, gcs->lock_name, id, &problem, scratch);
    if (status == GCS_ABSENT || status == GCS_CHANGED)
        return state_lock_report_other(summary, gcs->backend.path, id, &(LockInfo){0}, diags);
    return status == GCS_DONE ||
           backend_report(&gcs->backend, summary, problem, CHECK_ACCESS, diags);
}

static bool gcs_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    Gcs *gcs = backend->self;
    Str problem;
    GcsObject state = {.name = gcs->state_name};
    GcsStatus status = gcs_client_read(&gcs->client, &state, &problem, arena);
    if (status == GCS_FAILED)
        return backend_report(&gcs->backend, "Failed to read the state", problem, CHECK_ACCESS,
                              diags);
    /* While locked, keep the generation of the first read: the write is conditional on it. */
    if (gcs->lock_id.len == 0 || gcs->generation.len == 0)
        gcs->generation = str_clone(state.generation, gcs->arena);
    *out = empty_state_drop(state.bytes);
    return true;
}

static bool gcs_write(Backend *backend, Str bytes, Diags *diags) {
    static const char summary[] = "Failed to write the state";
    SCOPED(ArenaRef) scratch = arena_open("gcs write");
    Gcs *gcs = backend->self;
    Str problem;
    GcsObject stored;
    GcsObject state = {.name = gcs->state_name, .bytes = bytes, .generation = gcs->generation};
    if (!gcs_check_lock(gcs, summary, diags))
        return false;
    GcsStatus status = gcs_client_write(&gcs->client, &state, &stored, &problem, scratch);
    if (status == GCS_CHANGED)
        problem = STR("another program has changed it since this run read it");
    if (status != GCS_DONE)
        return backend_report(&gcs->backend, summary, problem, CHECK_ACCESS, diags);
    gcs->generation = str_clone(state.generation, gcs->arena);
    return true;
}

static bool gcs_remove(Backend *backend, Diags *diags) {
    static const char summary[] = "Cannot delete the workspace";
    SCOPED(ArenaRef) scratch = arena_open("gcs workspace");
    Gcs *gcs = backend->self;
    SegmentStore segments = object_segments_new(gcs->segments, scratch);
    Str problem;
    if (!gcs_check_lock(gcs, summary, diags))
        return false;
    return (segments.drop(segments.self, UINT64_MAX, &problem, scratch) &&
            plan_store_clear(backend->plans, &problem, scratch) &&
            gcs_client_delete(&gcs->client, gcs->state_name, STR_EMPTY, &problem, scratch) !=
                GCS_FAILED) ||
           backend_report(&gcs->backend, summary, problem, CHECK_ACCESS, diags);
}

static void gcs_close(Backend *backend) {
    Gcs *gcs = backend->self;
    if (backend->journal)
        backend->journal->close(backend->journal);
    gcp_access_close(gcs->client.api.access);
}

static bool gcs_open_store(const Io *io, Value config, Str workspace, Gcs **out, Arena *arena,
                           Diags *diags) {
    Gcs *gcs = arena_new(arena, Gcs);
    *gcs = (Gcs){.io = io, .arena = arena};
    gcs->client.api = (GcpApi){.io = io, .cancel = &gcs->backend.cancel};
    if (!gcs_settings_read(io, config, &gcs->client, arena, diags))
        return false;
    Str name = workspace.len > 0 ? workspace : STR("default");
    Str bucket = gcs->client.settings.bucket;
    name = str_concat(gcs_settings_prefix(config, arena), name, arena);
    gcs->state_name = str_concat(name, STR(STATE_ENDING), arena);
    gcs->lock_name = str_concat(name, STR(LOCK_ENDING), arena);
    gcs->segments =
        gcs_objects_new(&gcs->client, str_concat(name, STR(JOURNAL_ENDING), arena), arena);
    gcs->backend = (Backend){
        .type = &gcs_backend,
        .self = gcs,
        .path = str_format(arena, "gs://%.*s/%.*s", STR_ARG(bucket), STR_ARG(gcs->state_name)),
        .plans = gcs_objects_new(&gcs->client, str_concat(name, STR(PLANS_ENDING), arena), arena),
        .lock = gcs_lock,
        .unlock = gcs_unlock,
        .force_unlock = gcs_force_unlock,
        .read = gcs_read,
        .write = gcs_write,
        .remove = gcs_remove,
        .close = gcs_close,
    };
    *out = gcs;
    return true;
}

static bool gcs_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                     Diags *diags) {
    Gcs *gcs;
    if (!gcs_open_store(io, config, workspace, &gcs, arena, diags))
        return false;
    SegmentStore segments = object_segments_new(gcs->segments, arena);
    gcs->backend.journal = journal_segments_new(&segments, arena);
    *out = &gcs->backend;
    return true;
}

static bool gcs_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    Gcs *gcs;
    StrVec names = {0};
    Str problem;
    if (!gcs_open_store(io, config, STR("default"), &gcs, arena, diags))
        return false;
    Str prefix = gcs_settings_prefix(config, arena);
    bool ok =
        gcs_client_list(&gcs->client, prefix, true, &names, &problem, arena) == GCS_DONE ||
        backend_report(&gcs->backend, "Cannot list the workspaces", problem, CHECK_ACCESS, diags);
    vec_each(&names, name) {
        Str rest = str_after(*name, prefix.len);
        Str workspace = str_slice(rest, 0, rest.len - strlen(STATE_ENDING));
        if (str_ends_with(rest, STR(STATE_ENDING)) && workspace.len > 0 &&
            !str_equal(workspace, STR("default")))
            vec_push(arena, out, workspace);
    }
    gcs_close(&gcs->backend);
    return ok;
}

static bool gcs_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("workspace");
    Gcs *gcs;
    Str problem;
    GcsObject stored;
    if (!gcs_open_store(io, config, workspace, &gcs, scratch, diags))
        return false;
    GcsObject state = {
        .name = gcs->state_name,
        .bytes = empty_state_new(scratch),
        .generation = GCS_NO_OBJECT,
    };
    /* GCS_CHANGED: a workspace that another run has just created keeps its content. */
    bool ok =
        gcs_client_write(&gcs->client, &state, &stored, &problem, scratch) != GCS_FAILED ||
        backend_report(&gcs->backend, "Cannot create the workspace", problem, CHECK_ACCESS, diags);
    gcs_close(&gcs->backend);
    return ok;
}

const BackendType gcs_backend = {
    .name = "gcs",
    .schema = {.attributes = gcs_settings_attributes,
               .attribute_count = GCS_SETTINGS_COUNT,
               .description = "Stores states as objects of a bucket in Google Cloud Storage."},
    .about =
        "Terraform and OpenTofu use the same objects, so you can use either program with the same "
        "states. The lock does not expire: remove the lock of a dead program with `force-unlock`; "
        "its ID is the generation of the lock's object. A state is written only over the "
        "generation "
        "that the run read last, with and without a lock. Credentials are the first of these: "
        "`access_token`; `credentials`; the file that GOOGLE_APPLICATION_CREDENTIALS names; the "
        "file "
        "that `gcloud auth application-default login` writes; the metadata server of the machine. "
        "A "
        "file may be that of a service account, a user, an external account (a file, a URL, AWS, "
        "or "
        "a program if GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES is 1), or an impersonated account. "
        "If STORAGE_EMULATOR_HOST is set, that server is used, without credentials. After an "
        "apply, an empty part of the journal stays: see "
        "[state](../state.md#requests-that-arrive-late).",
    .variables = gcs_settings_variables,
    .variable_count = GCS_SETTINGS_VARIABLES,
    .open = gcs_open,
    .list = gcs_list,
    .make = gcs_make,
};
