/* consul_backend: states in Consul, in the form of Terraform and OpenTofu; consul_store.h describes
 * the keys. The lock is a key that a session holds, and its ID is that of the session. The session
 * expires if the holder has not renewed it for SESSION_SECONDS; Consul then keeps the key free for
 * DELAY_SECONDS. */
#include "backend_settings.h"
#include "consul_settings.h"
#include "consul_store.h"
#include "empty_state.h"
#include "log.h"
#include "problem.h"

#define SESSION_SECONDS 15
#define DELAY_SECONDS   5
#define CHECK_ACCESS    "Check the address, the token and its permissions."

typedef struct Consul {
    Backend backend;
    const Io *io;
    Arena *arena;
    ConsulStore store;
} Consul;

static const struct {
    const char *message; /* part of Consul's message */
    const char *hint;
} hints[] = {
    {"Permission denied",
     "The token needs the rules key_prefix with the policy \"write\" for the path, and "
     "session_prefix with the policy \"write\"."},
    {"ACL not found", "The server does not know the token. Check \"access_token\"."},
    {"too large",
     "The server's limits \"kv_max_value_size\" and \"txn_max_req_len\" must be at least 524288."},
};

static bool consul_fail(const Consul *consul, const char *summary, Str problem, Diags *diags) {
    const char *hint = CHECK_ACCESS;
    for (size_t i = 0; i < ARRAY_COUNT(hints); i++) {
        if (str_find(problem, str_from_cstr(hints[i].message), 0) != SIZE_MAX)
            hint = hints[i].hint;
    }
    return backend_report(&consul->backend, summary, problem, hint, diags);
}

typedef struct ConsulLocking {
    Consul *consul;
    LockInfo info;
    int64_t began_ms;
} ConsulLocking;

/* Sets the holder of the lock; without an ID if there is none. Another program may have died
 * between its lock and its lock info, which then is that of an earlier holder. */
static bool consul_read_holder(const Consul *consul, LockInfo *out, Str *problem, Arena *arena) {
    const ConsulStore *store = &consul->store;
    ConsulPair lock, info;
    *out = (LockInfo){0};
    if (consul_client_get(&store->client, consul_store_lock_key(store, arena), &lock, problem,
                          arena) == CONSUL_FAILED ||
        consul_client_get(&store->client, consul_store_info_key(store, arena), &info, problem,
                          arena) == CONSUL_FAILED)
        return false;
    bool is_known = state_lock_from_json(info.value, out, arena);
    if (lock.session.len > 0 && !(is_known && str_equal(out->id, lock.session)))
        *out = (LockInfo){.id = lock.session};
    if (is_known || lock.session.len > 0)
        out->path = store->state_key;
    return true;
}

/* The lock and its info, in one transaction. */
static Str consul_encode_lock(const ConsulLocking *locking, Arena *arena) {
    const ConsulStore *store = &locking->consul->store;
    ConsulOperations operations = {0};
    vec_push(arena, &operations,
             ((ConsulOperation){.verb = CONSUL_LOCK,
                                .key = consul_store_lock_key(store, arena),
                                .session = locking->info.id}));
    vec_push(arena, &operations,
             ((ConsulOperation){.verb = CONSUL_SET,
                                .key = consul_store_info_key(store, arena),
                                .value = state_lock_to_json(&locking->info, arena)}));
    return consul_client_encode(&operations, arena);
}

static LockResult consul_request_lock(ConsulLocking *locking, LockInfo *holder, Str *problem,
                                      Arena *arena) {
    Consul *consul = locking->consul;
    const ConsulClient *client = &consul->store.client;
    ConsulReply reply;
    Str ignored;
    locking->began_ms = consul->io->clock->monotonic_ms(consul->io->clock->self);
    if (consul_client_open_session(client, SESSION_SECONDS, DELAY_SECONDS, &locking->info.id,
                                   problem, arena) != CONSUL_DONE)
        return LOCK_FAILED;
    ConsulStatus status =
        consul_client_txn(client, consul_encode_lock(locking, arena), &reply, problem, arena);
    if (status == CONSUL_DONE) {
        consul->store.session = str_clone(locking->info.id, consul->arena);
        return LOCK_ACQUIRED;
    }
    if (consul_client_end_session(client, locking->info.id, &ignored, arena) != CONSUL_DONE)
        log_debug("session left to expire", log_text("problem", ignored));
    if (status == CONSUL_FAILED || !consul_read_holder(consul, holder, problem, arena))
        return LOCK_FAILED;
    return LOCK_HELD;
}

static LockResult consul_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena,
                                 Diags *diags) {
    ConsulLocking *locking = self;
    Str problem = STR_EMPTY;
    LockResult result = consul_request_lock(locking, holder, &problem, arena);
    if (result == LOCK_FAILED)
        (void)consul_fail(locking->consul, "Error acquiring the state lock", problem, diags);
    return result;
}

static LeaseResult consul_renew(void *self, int64_t timeout_ms, const CancelToken *stop,
                                Str *problem, Arena *arena) {
    const Consul *consul = self;
    return consul_client_renew(&consul->store.client, consul->store.session, timeout_ms, stop,
                               problem, arena);
}

static bool consul_start_renewing(Consul *consul, int64_t began_ms, Diags *diags) {
    LeaseRequest request = {
        .clock = consul->io->clock,
        .term_ms = (int64_t)SESSION_SECONDS * 1000,
        .began_ms = began_ms,
        .what = consul->backend.path,
        .self = consul,
        .renew = consul_renew,
    };
    consul->store.lease = state_lease_start(&request, consul->arena, diags);
    return consul->store.lease != NULL;
}

/* Releases the key, so that no delay applies, then ends the session. */
static ConsulStatus consul_release(const ConsulStore *store, Str session, Str *problem,
                                   Arena *arena) {
    ConsulOperations operations = {0};
    ConsulReply reply;
    Str lock = consul_store_lock_key(store, arena);
    vec_push(arena, &operations,
             ((ConsulOperation){.verb = CONSUL_UNLOCK, .key = lock, .session = session}));
    vec_push(arena, &operations, ((ConsulOperation){.verb = CONSUL_DELETE, .key = lock}));
    vec_push(
        arena, &operations,
        ((ConsulOperation){.verb = CONSUL_DELETE, .key = consul_store_info_key(store, arena)}));
    ConsulStatus status = consul_client_txn(
        &store->client, consul_client_encode(&operations, arena), &reply, problem, arena);
    if (status == CONSUL_FAILED)
        return status;
    bool is_done = status == CONSUL_DONE || reply.is_retry;
    status = consul_client_end_session(&store->client, session, problem, arena);
    return status == CONSUL_DONE && !is_done ? CONSUL_CONFLICT : status;
}

static bool consul_unlock(Backend *backend, Diags *diags) {
    Consul *consul = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("consul unlock");
    Str problem = STR_EMPTY;
    if (consul->store.session.len == 0)
        return true;
    state_lease_stop(consul->store.lease);
    ConsulStatus status = consul_release(&consul->store, consul->store.session, &problem, scratch);
    consul->store.lease = NULL;
    consul->store.session = STR_EMPTY;
    if (status == CONSUL_FAILED)
        diags_warning(diags, NO_RANGE, "State lock not released",
                      "The lock of \"%.*s\" could not be released in Consul: %.*s. It expires "
                      "within %d seconds.",
                      STR_ARG(backend->path), STR_ARG(problem),
                      2 * SESSION_SECONDS + DELAY_SECONDS);
    return true;
}

static bool consul_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                        const CancelToken *cancel, Diags *diags) {
    Consul *consul = backend->self;
    ConsulLocking locking = {.consul = consul, .info = *info};
    LockAttempt trying = {
        .self = &locking,
        .attempt = consul_attempt,
        .waiting = backend->waiting,
        .payload = backend->waiting_payload,
        .end = LOCK_EXPIRES,
        .note = backend->note,
    };
    locking.info.path = consul->store.state_key;
    consul->store.was_read = false;
    if (!state_lock_acquire(&trying, consul->io->clock, timeout_ms, cancel, diags))
        return false;
    if (consul_start_renewing(consul, locking.began_ms, diags))
        return true;
    (void)consul_unlock(backend, diags);
    return false;
}

static bool consul_still_locked(Backend *backend, Diags *diags) {
    const Consul *consul = backend->self;
    return !consul->store.lease || state_lease_check(consul->store.lease, diags);
}

static bool consul_force_unlock(Backend *backend, Str id, Diags *diags) {
    static const char summary[] = "Failed to unlock state";
    const Consul *consul = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("consul unlock");
    Str problem = STR_EMPTY;
    LockInfo holder;
    if (!consul_read_holder(consul, &holder, &problem, scratch))
        return consul_fail(consul, summary, problem, diags);
    if (!str_equal(holder.id, id))
        return state_lock_report_other(summary, backend->path, id, &holder, diags);
    return consul_release(&consul->store, id, &problem, scratch) != CONSUL_FAILED ||
           consul_fail(consul, summary, problem, diags);
}

static bool consul_probe(Backend *backend, Diags *diags) {
    const Consul *consul = backend->self;
    if (consul_settings_is_exposed(&consul->store.client.config))
        diags_warning(diags, NO_RANGE, "Credentials sent without encryption",
                      "The backend \"consul\" sends its token or password to \"%.*s\" by http, "
                      "where others on the network can read it. Set \"scheme\" to \"https\" and "
                      "\"address\" to the https port of the agent.",
                      STR_ARG(consul->store.client.config.base));
    return true;
}

static bool consul_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    Consul *consul = backend->self;
    Str problem = STR_EMPTY;
    if (!consul_store_read(&consul->store, out, &problem, arena))
        return consul_fail(consul, "Failed to read the state", problem, diags);
    *out = empty_state_drop(*out);
    return true;
}

static bool consul_write(Backend *backend, Str bytes, Diags *diags) {
    Consul *consul = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("consul write");
    Str problem = STR_EMPTY;
    return consul_store_write(&consul->store, bytes, &problem, scratch) ||
           consul_fail(consul, "Failed to write the state", problem, diags);
}

static bool consul_remove(Backend *backend, Diags *diags) {
    Consul *consul = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("consul workspace");
    Str problem = STR_EMPTY;
    return consul_store_remove(&consul->store, &problem, scratch) ||
           consul_fail(consul, "Cannot delete the workspace", problem, diags);
}

static void consul_close(Backend *backend) {
    Consul *consul = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("consul close");
    Diags ignored = diags_new(scratch);
    if (backend->journal)
        backend->journal->close(backend->journal);
    (void)consul_unlock(&consul->backend, &ignored);
}

/* Opens the workspace without its journal. */
static bool consul_open_store(const Io *io, Value config, Str workspace, Consul **out, Arena *arena,
                              Diags *diags) {
    Consul *consul = arena_new(arena, Consul);
    Str path = consul_settings_path(config, workspace, arena);
    *consul = (Consul){.io = io, .arena = arena};
    consul->store = (ConsulStore){
        .client = {.io = io, .cancel = &consul->backend.cancel},
        .state_key = path,
        .directory = str_ends_with(path, STR("/")) ? path : str_concat(path, STR("/"), arena),
        .packs = backend_settings_bool(config, "gzip", false),
        .arena = arena,
    };
    consul->backend = (Backend){
        .type = &consul_backend,
        .self = consul,
        .path = str_concat(STR("consul:"), path, arena),
        .probe = consul_probe,
        .read = consul_read,
        .write = consul_write,
        .remove = consul_remove,
        .close = consul_close,
    };
    if (backend_settings_bool(config, "lock", true)) {
        consul->backend.lock = consul_lock;
        consul->backend.unlock = consul_unlock;
        consul->backend.force_unlock = consul_force_unlock;
        consul->backend.still_locked = consul_still_locked;
    }
    *out = consul;
    return consul_settings_read(io, config, &consul->store.client.config, arena, diags);
}

static bool consul_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                        Diags *diags) {
    Consul *consul;
    if (!consul_open_store(io, config, workspace, &consul, arena, diags))
        return false;
    consul->backend.journal = consul_store_journal(&consul->store, arena);
    consul->backend.plans = consul_store_plans(&consul->store, arena);
    *out = &consul->backend;
    return true;
}

static bool consul_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    Consul *consul;
    StrVec names = {0};
    Str problem;
    if (!consul_open_store(io, config, STR_EMPTY, &consul, arena, diags))
        return false;
    Str prefix = consul_settings_path(config, STR(""), arena);
    prefix = str_concat(prefix, STR("-env:"), arena);
    if (consul_client_names(&consul->store.client, prefix, true, &names, &problem, arena) !=
        CONSUL_DONE)
        return consul_fail(consul, "Cannot list the workspaces", problem, diags);
    vec_each(&names, key) {
        Str name = str_after(*key, prefix.len);
        if (name.len > 0 && str_find_char(name, '/', 0) == SIZE_MAX)
            vec_push(arena, out, name); /* in order, as Consul lists keys */
    }
    return true;
}

static bool consul_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("consul workspace");
    Consul *consul;
    Str problem;
    ConsulOperations operations = {0};
    ConsulReply reply;
    if (!consul_open_store(io, config, workspace, &consul, scratch, diags))
        return false;
    vec_push(scratch, &operations,
             ((ConsulOperation){.verb = CONSUL_CAS,
                                .key = consul->store.state_key,
                                .value = empty_state_new(scratch)}));
    /* CONSUL_CONFLICT: a workspace that another run has just created keeps its content. */
    return consul_client_txn(&consul->store.client, consul_client_encode(&operations, scratch),
                             &reply, &problem, scratch) != CONSUL_FAILED ||
           consul_fail(consul, "Cannot create the workspace", problem, diags);
}

const BackendType consul_backend = {
    .name = "consul",
    .about =
        "Terraform and OpenTofu use the same keys, so you can use either program with the same "
        "states. The lock is a key that a session of Consul holds; its ID is that of the session. "
        "The program renews the session while it runs. The lock of a dead program expires within "
        "35 seconds. A program that loses the lock starts no new operation, and Consul rejects its "
        "writes. A state is written only over the version that the run read last, with and without "
        "a lock. Consul also stores the journal: if a machine is lost, a run on another machine "
        "can complete its operations. A state that exceeds one transaction (about 390 KB, "
        "compressed if `gzip` is set) is stored in pieces. CONSUL_HTTP_SSL_VERIFY=false turns off "
        "the verification of certificates, and CONSUL_TLS_SERVER_NAME is the name in the "
        "certificate of the server.",
    .schema = {.attributes = consul_settings_attributes,
               .attribute_count = CONSUL_SETTINGS_COUNT,
               .description = "Stores the state in the key-value store of Consul."},
    .variables = consul_settings_variables,
    .variable_count = CONSUL_SETTINGS_VARIABLES,
    .open = consul_open,
    .list = consul_list,
    .make = consul_make,
};
