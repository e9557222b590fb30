/* etcd_backend: states in etcd, version 3. etcd_store.h describes the keys. The lock is a key with
 * the lock info, bound to a lease: it expires if the holder has not renewed it for "lease_seconds"
 * (default LEASE_SECONDS). */
#include "backend_settings.h"
#include "backends.h"
#include "etcd_store.h"
#include "log.h"
#include "url.h"

#define LEASE_SECONDS 15

typedef struct Etcd {
    Backend backend;
    const Io *io;
    Arena *arena;
    EtcdStore store;
    int64_t lease_seconds;
    int64_t lease_id; /* 0: not locked */
} Etcd;

typedef struct EtcdHint {
    const char *message; /* part of etcd's message */
    const char *text;
} EtcdHint;

/* Keys PREFIX/WORKSPACE/plans/KEY; KEY is as in plan_store.h. */

static Str etcd_plans_key(const EtcdStore *store, Str key, Arena *arena) {
    return str_format(arena, "%.*splans/%.*s", STR_ARG(store->directory), STR_ARG(key));
}

static bool etcd_plans_find(const EtcdStore *store, EtcdOperation range, EtcdResponse *out,
                            Str *problem, Arena *arena) {
    EtcdTxn txn = {0};
    vec_push(arena, &txn.success, range);
    return etcd_client_txn(store->client, &txn, *store->cancel, out, problem, arena);
}

static bool etcd_plans_list(void *self, StrVec *out, Str *problem, Arena *arena) {
    const EtcdStore *store = self;
    Str prefix = etcd_plans_key(store, STR_EMPTY, arena);
    EtcdOperation all = etcd_client_range(prefix, etcd_client_range_end(prefix, arena));
    EtcdResponse response;
    all.keys_only = true;
    if (!etcd_plans_find(store, all, &response, problem, arena))
        return false;
    vec_each(&response.found, found) {
        vec_push(arena, out, str_after(found->key, prefix.len));
    }
    return true;
}

static bool etcd_plans_get(void *self, Str key, Str *out, bool *found, Str *problem, Arena *arena) {
    const EtcdStore *store = self;
    EtcdResponse response;
    key = etcd_plans_key(store, key, arena);
    if (!etcd_plans_find(store, etcd_client_range(key, STR_EMPTY), &response, problem, arena))
        return false;
    const EtcdKeyValue *pair = etcd_client_find(&response, key);
    *found = pair != NULL;
    *out = pair ? pair->value : STR_EMPTY;
    return true;
}

static bool etcd_plans_change(const EtcdStore *store, EtcdOperation operation, Str *problem,
                              Arena *arena) {
    EtcdTxn txn = {0};
    vec_push(arena, &txn.success, operation);
    return etcd_store_send_fenced(store, &txn, problem, arena);
}

static bool etcd_plans_put(void *self, Str key, Str bytes, Str *problem, Arena *arena) {
    key = etcd_plans_key(self, key, arena);
    return etcd_plans_change(self, etcd_client_put(key, bytes), problem, arena);
}

static bool etcd_plans_drop(void *self, Str key, Str *problem, Arena *arena) {
    key = etcd_plans_key(self, key, arena);
    return etcd_plans_change(self, etcd_client_delete(key, STR_EMPTY), problem, arena);
}

/* Returns the stored plans; `store` must live as long. */
static NamedObjects *etcd_plans_new(EtcdStore *store, Arena *arena) {
    NamedObjects *plans = arena_new(arena, NamedObjects);
    *plans = (NamedObjects){
        .self = store,
        .name = etcd_plans_key(store, STR_EMPTY, arena),
        .list = etcd_plans_list,
        .get = etcd_plans_get,
        .put = etcd_plans_put,
        .drop = etcd_plans_drop,
    };
    return plans;
}

static const EtcdHint etcd_hints[] = {
    {"permission denied",
     "The user's role must be allowed to read and write all keys that begin with the prefix."},
    {"authentication failed", "Check \"username\" and \"password\"."},
    {"user name is empty",
     "The server requires authentication: set \"username\" and \"password\"."},
    {"database space exceeded", "Compact and defragment it, and clear the alarm (\"etcdctl alarm "
                                "disarm\"). Then run the same command again."},
};

static bool etcd_backend_report(const char *summary, Str path, Str problem, Diags *diags) {
    const char *hint = "Check the backend's endpoints, and whether you can reach them.";
    for (size_t i = 0; i < ARRAY_COUNT(etcd_hints); i++) {
        if (str_find(problem, str_from_cstr(etcd_hints[i].message), 0) != SIZE_MAX)
            hint = etcd_hints[i].text;
    }
    return diags_fail(diags_as(diag_class_of(problem, DIAG_UNREACHABLE), diags), NO_RANGE, summary,
                      "The etcd request for \"%.*s\" failed: %.*s. %s", STR_ARG(path),
                      STR_ARG(problem), hint);
}

static bool etcd_backend_fail(const Etcd *etcd, const char *summary, Str problem, Diags *diags) {
    return etcd_backend_report(summary, etcd->backend.path, problem, diags);
}

static bool etcd_backend_send(const Etcd *etcd, const EtcdTxn *txn, EtcdResponse *out, Str *problem,
                              Arena *arena) {
    return etcd_client_txn(etcd->store.client, txn, etcd->backend.cancel, out, problem, arena);
}

static LeaseResult etcd_backend_renew(void *self, int64_t timeout_ms, const CancelToken *stop,
                                      Str *problem, Arena *arena) {
    const Etcd *etcd = self;
    return etcd_client_keep(etcd->store.client, etcd->lease_id, timeout_ms, stop, problem, arena);
}

typedef struct EtcdLocking {
    Etcd *etcd;
    const LockInfo *info;
    Str body;
    int64_t began_ms;
} EtcdLocking;

static bool request_lock(const EtcdLocking *locking, int64_t lease, EtcdResponse *response,
                         Str *problem, Arena *arena) {
    const Etcd *etcd = locking->etcd;
    EtcdTxn txn = {0};
    EtcdCompare is_free = {etcd->store.lock_key, 0};
    EtcdOperation lock = etcd_client_put(etcd->store.lock_key, locking->body);
    lock.lease = lease;
    vec_push(arena, &txn.compares, is_free);
    vec_push(arena, &txn.success, lock);
    vec_push(arena, &txn.failure, etcd_client_range(etcd->store.lock_key, STR_EMPTY));
    return etcd_backend_send(etcd, &txn, response, problem, arena);
}

/* If the reply to a successful request was lost, the retry finds this run's own lock. */
static LockResult etcd_backend_read_lock(const EtcdLocking *locking, const EtcdResponse *response,
                                         int64_t *revision, LockInfo *holder, Arena *arena) {
    *revision = response->revision;
    if (response->succeeded)
        return LOCK_ACQUIRED;
    const EtcdKeyValue *found = etcd_client_find(response, locking->etcd->store.lock_key);
    if (!found || !state_lock_from_json(found->value, holder, arena))
        *holder = (LockInfo){.path = locking->etcd->backend.path};
    if (!found || !str_equal(holder->id, locking->info->id))
        return LOCK_HELD;
    *revision = found->create_revision;
    return LOCK_ACQUIRED;
}

static LockResult etcd_backend_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena,
                                       Diags *diags) {
    EtcdLocking *locking = self;
    Etcd *etcd = locking->etcd;
    const CancelToken *cancel = etcd->backend.cancel;
    static const char summary[] = "Error acquiring the state lock";
    Str problem = STR_EMPTY, ignored;
    EtcdResponse response;
    int64_t lease, revision;
    locking->began_ms = etcd->io->clock->monotonic_ms(etcd->io->clock->self);
    if (!etcd_client_grant(etcd->store.client, etcd->lease_seconds, cancel, &lease, &problem,
                           arena)) {
        (void)etcd_backend_fail(etcd, summary, problem, diags);
        return LOCK_FAILED;
    }
    LockResult result = LOCK_FAILED;
    if (request_lock(locking, lease, &response, &problem, arena))
        result = etcd_backend_read_lock(locking, &response, &revision, holder, arena);
    else
        (void)etcd_backend_fail(etcd, summary, problem, diags);
    if (result == LOCK_ACQUIRED) {
        etcd->lease_id = lease;
        etcd->store.lock_revision = revision;
    } else if (!etcd_client_revoke(etcd->store.client, lease, cancel, &ignored, arena)) {
        log_debug("lease left to expire", log_text("problem", ignored));
    }
    return result;
}

static bool etcd_start_renewing(Etcd *etcd, int64_t began_ms, Diags *diags) {
    LeaseRequest request = {
        .clock = etcd->io->clock,
        .term_ms = etcd->lease_seconds * 1000,
        .began_ms = began_ms,
        .what = etcd->backend.path,
        .self = etcd,
        .renew = etcd_backend_renew,
    };
    etcd->store.lease = state_lease_start(&request, etcd->arena, diags);
    return etcd->store.lease != NULL;
}

static bool etcd_unlock(Backend *backend, Diags *diags) {
    Etcd *etcd = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("etcd unlock");
    Str problem = STR_EMPTY;
    if (etcd->lease_id == 0)
        return true;
    state_lease_stop(etcd->store.lease);
    bool ok =
        etcd_client_revoke(etcd->store.client, etcd->lease_id, backend->cancel, &problem, scratch);
    etcd->store.lease = NULL;
    etcd->lease_id = 0;
    etcd->store.lock_revision = 0;
    if (ok)
        return true;
    diags_warning(
        diags, NO_RANGE, "State lock not released",
        "The lock of \"%.*s\" could not be released in etcd: %.*s. It expires in %lld seconds.",
        STR_ARG(backend->path), STR_ARG(problem), (long long)etcd->lease_seconds);
    return true;
}

static bool etcd_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                      const CancelToken *cancel, Diags *diags) {
    Etcd *etcd = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("etcd lock");
    EtcdLocking locking = {etcd, info, state_lock_to_json(info, scratch), 0};
    LockAttempt trying = {&locking, etcd_backend_attempt, backend->waiting,
                          backend->waiting_payload, LOCK_EXPIRES};
    if (!state_lock_acquire(&trying, etcd->io->clock, timeout_ms, cancel, diags))
        return false;
    if (etcd_start_renewing(etcd, locking.began_ms, diags))
        return true;
    (void)etcd_unlock(backend, diags);
    return false;
}

static bool etcd_still_locked(Backend *backend, Diags *diags) {
    const Etcd *etcd = backend->self;
    return !etcd->store.lease || state_lease_check(etcd->store.lease, diags);
}

static bool etcd_force_unlock(Backend *backend, Str id, Diags *diags) {
    const Etcd *etcd = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("etcd unlock");
    static const char summary[] = "Failed to unlock state";
    Str problem = STR_EMPTY;
    LockInfo holder = {0};
    EtcdTxn read = {0}, removal = {0};
    EtcdResponse response;
    vec_push(scratch, &read.success, etcd_client_range(etcd->store.lock_key, STR_EMPTY));
    if (!etcd_backend_send(etcd, &read, &response, &problem, scratch))
        return etcd_backend_fail(etcd, summary, problem, diags);
    const EtcdKeyValue *found = etcd_client_find(&response, etcd->store.lock_key);
    if (!found || !state_lock_from_json(found->value, &holder, scratch) ||
        !str_equal(holder.id, id))
        return state_lock_report_other(summary, backend->path, id, &holder, diags);
    EtcdCompare same = {etcd->store.lock_key, found->create_revision};
    vec_push(scratch, &removal.compares, same);
    vec_push(scratch, &removal.success, etcd_client_delete(etcd->store.lock_key, STR_EMPTY));
    return etcd_backend_send(etcd, &removal, &response, &problem, scratch) ||
           etcd_backend_fail(etcd, summary, problem, diags);
}

static bool etcd_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    const Etcd *etcd = backend->self;
    Str problem = STR_EMPTY;
    return etcd_store_read(&etcd->store, out, &problem, arena) ||
           etcd_backend_fail(etcd, "Failed to read the state", problem, diags);
}

static bool etcd_write(Backend *backend, Str bytes, Diags *diags) {
    const Etcd *etcd = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("etcd write");
    Str problem = STR_EMPTY;
    return etcd_store_write(&etcd->store, bytes, &problem, scratch) ||
           etcd_backend_fail(etcd, "Failed to write the state", problem, diags);
}

/* Deletes all keys of the workspace. The transaction also deletes the lock's key, on which it is
 * conditional. */
static bool backend_remove_state(const EtcdStore *store, Str *problem, Arena *arena) {
    EtcdTxn txn = {0};
    Str end = etcd_client_range_end(store->directory, arena);
    vec_push(arena, &txn.success, etcd_client_delete(store->directory, end));
    return etcd_store_send_fenced(store, &txn, problem, arena);
}

static bool etcd_remove(Backend *backend, Diags *diags) {
    const Etcd *etcd = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("etcd workspace");
    Str problem = STR_EMPTY;
    return backend_remove_state(&etcd->store, &problem, scratch) ||
           etcd_backend_fail(etcd, "Cannot delete the workspace", problem, diags);
}

static void etcd_close(Backend *backend) {
    SCOPED(ArenaRef) scratch = arena_open("etcd close");
    Etcd *etcd = backend->self;
    Diags ignored = diags_new(scratch);
    backend->journal->close(backend->journal);
    (void)etcd_unlock(backend, &ignored);
    etcd_client_close(etcd->store.client);
}

static bool etcd_backend_add_endpoint(Str text, bool has_tls, StrVec *out, Arena *arena,
                                      Diags *diags) {
    Url url;
    if (str_find(text, STR("://"), 0) == SIZE_MAX)
        text = str_format(arena, "%s://%.*s", has_tls ? "https" : "http", STR_ARG(text));
    bool is_web = url_parse(text, &url) && url.host.len > 0 &&
                  (str_equal(url.scheme, STR("http")) || str_equal(url.scheme, STR("https")));
    if (!is_web)
        return diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                          "\"endpoints\" requires addresses such as "
                          "\"https://etcd.example.com:2379\", not \"%.*s\".",
                          STR_ARG(url_redact(text, arena)));
    while (str_ends_with(text, STR("/")))
        text = str_slice(text, 0, text.len - 1);
    vec_push(arena, out, text);
    return true;
}

static bool read_endpoints(Value config, bool has_tls, StrVec *out, Arena *arena, Diags *diags) {
    Value list;
    bool given = value_find(config, STR("endpoints"), &list) && value_is_present(list);
    for (size_t i = 0; given && i < list.count; i++) {
        Value item = value_at(list, i);
        if (value_is_present(item) &&
            !etcd_backend_add_endpoint(value_text(item), has_tls, out, arena, diags))
            return false;
    }
    if (out->count > 0)
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                      "\"endpoints\" must contain at least one server.");
}

static bool open_client(const Io *io, Value config, EtcdClient **out, Arena *arena, Diags *diags) {
    EtcdConfig settings = {
        .username = backend_settings_text(config, "username", ""),
        .password = backend_settings_text(config, "password", ""),
    };
    if (!backend_settings_pem(io, config, "ca_cert", &settings.ca_certs, arena, diags) ||
        !backend_settings_pem(io, config, "client_cert", &settings.certificate, arena, diags) ||
        !backend_settings_pem(io, config, "client_key", &settings.key, arena, diags))
        return false;
    if ((settings.certificate.len == 0) != (settings.key.len == 0))
        return diags_fail(
            diags, NO_RANGE, "Invalid backend configuration",
            "\"client_cert\" and \"client_key\" must be set together; one is missing.");
    bool has_tls = settings.ca_certs.len > 0 || settings.certificate.len > 0;
    if (!read_endpoints(config, has_tls, &settings.endpoints, arena, diags))
        return false;
    *out = etcd_client_open(io, &settings, arena);
    return true;
}

static bool read_seconds(Value config, int64_t *out, Diags *diags) {
    *out = backend_settings_int(config, "lease_seconds", LEASE_SECONDS);
    if (*out >= 5 && *out <= 3600)
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                      "\"lease_seconds\" must be an integer from 5 to 3600.");
}

static Str etcd_backend_prefix_of(Value config, Arena *arena) {
    Str prefix = backend_settings_text(config, "prefix", "loam");
    return str_ends_with(prefix, STR("/")) ? prefix : str_concat(prefix, STR("/"), arena);
}

static bool etcd_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                      Diags *diags) {
    Etcd *etcd = arena_new(arena, Etcd);
    etcd->io = io;
    etcd->arena = arena;
    if (!read_seconds(config, &etcd->lease_seconds, diags) ||
        !open_client(io, config, &etcd->store.client, arena, diags))
        return false;
    etcd->store.directory = str_format(
        arena, "%.*s%.*s/", STR_ARG(etcd_backend_prefix_of(config, arena)), STR_ARG(workspace));
    etcd->store.state_key = str_concat(etcd->store.directory, STR("state"), arena);
    etcd->store.lock_key = str_concat(etcd->store.directory, STR("lock"), arena);
    etcd->store.cancel = &etcd->backend.cancel;
    etcd->backend = (Backend){
        .type = &etcd_backend,
        .self = etcd,
        .path = etcd->store.state_key,
        .journal = etcd_store_journal(&etcd->store, arena),
        .plans = etcd_plans_new(&etcd->store, arena),
        .lock = etcd_lock,
        .unlock = etcd_unlock,
        .force_unlock = etcd_force_unlock,
        .still_locked = etcd_still_locked,
        .read = etcd_read,
        .write = etcd_write,
        .remove = etcd_remove,
        .close = etcd_close,
    };
    *out = &etcd->backend;
    return true;
}

/* A request outside of a workspace. */
typedef struct LoneRequest {
    const Io *io;
    Value config;
    const char *summary; /* of an error */
    EtcdTxn txn;
} LoneRequest;

static bool send_alone(const LoneRequest *request, EtcdResponse *response, Arena *arena,
                       Diags *diags) {
    EtcdClient *client;
    Str problem = STR_EMPTY;
    if (!open_client(request->io, request->config, &client, arena, diags))
        return false;
    bool is_ok = etcd_client_txn(client, &request->txn, NULL, response, &problem, arena);
    etcd_client_close(client);
    return is_ok ||
           etcd_backend_report(request->summary, etcd_backend_prefix_of(request->config, arena),
                               problem, diags);
}

static bool etcd_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    Str prefix = etcd_backend_prefix_of(config, arena);
    LoneRequest request = {.io = io, .config = config, .summary = "Cannot list the workspaces"};
    EtcdResponse response;
    EtcdOperation all = etcd_client_range(prefix, etcd_client_range_end(prefix, arena));
    StrVec names = {0};
    all.keys_only = true;
    vec_push(arena, &request.txn.success, all);
    if (!send_alone(&request, &response, arena, diags))
        return false;
    vec_each(&response.found, found) {
        Str rest = str_after(found->key, prefix.len);
        size_t slash = str_find_char(rest, '/', 0);
        if (slash == SIZE_MAX || !str_equal(str_after(rest, slash), STR("/state")))
            continue;
        Str name = str_slice(rest, 0, slash);
        if (!str_equal(name, STR("default")))
            vec_push(arena, &names, name);
    }
    str_sort(names.items, names.count);
    vec_each(&names, name) {
        vec_push(arena, out, *name);
    }
    return true;
}

static bool etcd_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("etcd workspace");
    Str prefix = etcd_backend_prefix_of(config, scratch);
    Str key = str_format(scratch, "%.*s%.*s/state", STR_ARG(prefix), STR_ARG(workspace));
    LoneRequest request = {.io = io, .config = config, .summary = "Cannot create the workspace"};
    EtcdResponse response;
    EtcdCompare absent = {key, 0};
    vec_push(scratch, &request.txn.compares, absent);
    vec_push(scratch, &request.txn.success, etcd_client_put(key, STR_EMPTY));
    return send_alone(&request, &response, scratch, diags);
}

static const Attribute etcd_attributes[] = {
    {"endpoints", &TYPE_LIST_OF_STRING, REQUIRED,
     "Servers, such as \"https://etcd.example.com:2379\"; the first one that responds is used."},
    {"prefix", &TYPE_STRING, OPTIONAL, "Prefix of all keys (default \"loam\")."},
    {"username", &TYPE_STRING, OPTIONAL, "Credentials for password authentication."},
    {"password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Credentials for password authentication."},
    {"ca_cert", &TYPE_STRING, OPTIONAL,
     "Certificates of the servers' certificate authorities: PEM text, or a file."},
    {"client_cert", &TYPE_STRING, OPTIONAL, "Client certificate: PEM text, or a file."},
    {"client_key", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Key of the client certificate: PEM text, or a file."},
    {"lease_seconds", &TYPE_NUMBER, OPTIONAL,
     "Seconds until the lock of a vanished holder expires (default 15)."},
};

static const BackendVariable etcd_variables[] = {
    {"endpoints", "TF_ETCD_ENDPOINTS"},   {"prefix", "TF_ETCD_PREFIX"},
    {"username", "TF_ETCD_USERNAME"},     {"password", "TF_ETCD_PASSWORD"},
    {"ca_cert", "TF_ETCD_CA_CERT"},       {"client_cert", "TF_ETCD_CLIENT_CERT"},
    {"client_key", "TF_ETCD_CLIENT_KEY"},
};

const BackendType etcd_backend = {
    .name = "etcd",
    .about =
        "The lock is a key on a lease, which the program renews while it runs, so the lock of a "
        "dead program expires. A program that loses the lock starts no new operation, and etcd "
        "rejects its writes. etcd also stores the journal: if a machine is lost, a run on another "
        "machine can complete its operations. A state larger than one request is stored in pieces.",
    .schema = {SCHEMA_ATTRIBUTES(etcd_attributes),
               .description = "Stores the state in etcd, version 3 (3.4 or later)."},
    BACKEND_VARIABLES(etcd_variables),
    .open = etcd_open,
    .list = etcd_list,
    .make = etcd_make,
};
