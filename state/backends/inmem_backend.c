/* inmem_backend: a state that ends with the command, for tests of configurations.
 *
 *    read    returns the text of the last write in this run; at first there is no state
 *    lock    succeeds, because no other process sees the state; with "lock_id", each command finds
 *            the default workspace locked, as if by another program
 *
 * Workspaces have names, but no content. */
#include "backend_settings.h"
#include "backends.h"

typedef struct Inmem {
    Backend backend;
    Arena *arena;
    const Io *io;
    Str text;
    LockInfo holder; /* of the lock; its ID is empty: not locked */
} Inmem;

static bool inmem_read(Backend *backend, Str *out, Arena *arena, Diags *) {
    const Inmem *inmem = backend->self;
    *out = str_clone(inmem->text, arena);
    return true;
}

static bool inmem_write(Backend *backend, Str bytes, Diags *) {
    Inmem *inmem = backend->self;
    inmem->text = str_clone(bytes, inmem->arena);
    return true;
}

static bool inmem_remove(Backend *backend, Diags *diags) {
    return inmem_write(backend, STR_EMPTY, diags);
}

typedef struct InmemLocking {
    Inmem *inmem;
    const LockInfo *info;
} InmemLocking;

static LockResult inmem_backend_attempt(void *self, LockInfo *holder, pid_t *, Arena *, Diags *) {
    const InmemLocking *locking = self;
    Inmem *inmem = locking->inmem;
    if (inmem->holder.id.len > 0) {
        *holder = inmem->holder;
        return LOCK_HELD;
    }
    inmem->holder = (LockInfo){.id = str_clone(locking->info->id, inmem->arena)};
    return LOCK_ACQUIRED;
}

static bool inmem_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                       const CancelToken *cancel, Diags *diags) {
    Inmem *inmem = backend->self;
    InmemLocking locking = {inmem, info};
    LockAttempt trying = {&locking, inmem_backend_attempt, backend->waiting,
                          backend->waiting_payload, LOCK_ENDS_WITH_PROCESS};
    return state_lock_acquire(&trying, inmem->io->clock, timeout_ms, cancel, diags);
}

static bool inmem_unlock(Backend *backend, Diags *) {
    Inmem *inmem = backend->self;
    inmem->holder = (LockInfo){0};
    return true;
}

static bool inmem_force_unlock(Backend *backend, Str id, Diags *diags) {
    Inmem *inmem = backend->self;
    if (inmem->holder.id.len > 0 && str_equal(inmem->holder.id, id))
        return inmem_unlock(backend, diags);
    return state_lock_report_other("Failed to unlock state", backend->path, id, &inmem->holder,
                                   diags);
}

static LockInfo first_holder(const Io *io, Value config, Str workspace, Arena *arena) {
    Str id = backend_settings_text(config, "lock_id", "");
    if (id.len == 0 || !str_equal_cstr(workspace, "default"))
        return (LockInfo){0};
    LockInfo holder = state_lock_new(io, LOCK_PLAN, STR_EMPTY, arena);
    holder.id = str_clone(id, arena);
    holder.operation = STR("test");
    holder.info = STR("test config");
    return holder;
}

static bool inmem_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                       Diags *) {
    Inmem *inmem = arena_new(arena, Inmem);
    *inmem = (Inmem){
        .backend =
            {
                .type = &inmem_backend,
                .self = inmem,
                .path = STR("memory"),
                .lock = inmem_lock,
                .unlock = inmem_unlock,
                .force_unlock = inmem_force_unlock,
                .read = inmem_read,
                .write = inmem_write,
                .remove = inmem_remove,
            },
        .arena = arena,
        .io = io,
        .holder = first_holder(io, config, workspace, arena),
    };
    *out = &inmem->backend;
    return true;
}

static bool inmem_list(const Io *, Value, StrVec *, Arena *, Diags *) {
    return true;
}

static bool inmem_make(const Io *, Value, Str, Diags *) {
    return true;
}

static const Attribute inmem_attributes[] = {
    {"lock_id", &TYPE_STRING, OPTIONAL,
     "ID of a lock that each command finds in the default workspace."},
};

const BackendType inmem_backend = {
    .name = "inmem",
    .about = "Nothing is stored: each command starts without a state, so objects that an apply "
             "creates are unknown to the next command. Terraform has this backend for tests.",
    .schema = {SCHEMA_ATTRIBUTES(inmem_attributes),
               .description = "Keeps the state in the memory of the command."},
    .open = inmem_open,
    .list = inmem_list,
    .make = inmem_make,
};
