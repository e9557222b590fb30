/* s3_lock: the object of the lock, the item of a table, and the renewal of a lock that expires. */
#include "s3_lock.h"
#include "problem.h"

#define PROBE_ENDING  ".probe"
#define OTHER_VERSION "\"00000000000000000000000000000000\"" /* no object has it */

static int64_t lock_now_ms(const S3Lock *lock) {
    return lock->io->clock->monotonic_ms(lock->io->clock->self);
}

/* Reads the lock's holder; returns false if there is none or it cannot be read. */
static bool lock_read_holder(S3Lock *lock, LockInfo *out, S3Status *status, Str *problem,
                             Arena *arena) {
    S3Object object = {.key = lock->key};
    *status = s3_client_read(lock->client, &object, problem, arena);
    lock->seen = object.version;
    return *status == S3_DONE && state_lock_from_json(object.bytes, out, arena);
}

/* Writes the lock on condition that it still has this version. */
static S3Status put_lock(const S3Lock *lock, const S3Client *client, LockInfo info, Str version,
                         Str *problem, Arena *arena) {
    if (version.len == 0) {
        *problem = STR("the store returns no ETag of the lock");
        return S3_FAILED;
    }
    state_lock_stamp(&info, lock->io->clock, arena);
    S3Object object = {lock->key, state_lock_to_json(&info, arena), version,
                       client->settings.lock_tags};
    return s3_client_replace(client, &object, problem, arena);
}

/* Makes this run the holder of the lock as it was seen. */
static LockResult s3_lock_take(void *self, Arena *arena, Diags *diags) {
    S3Lock *lock = self;
    Str problem = STR_EMPTY;
    lock->began_ms = lock_now_ms(lock);
    S3Status status = put_lock(lock, lock->client, lock->wanted, lock->seen, &problem, arena);
    if (status == S3_DONE)
        return LOCK_ACQUIRED;
    if (status == S3_EXISTS)
        return LOCK_HELD;
    backend_report(lock->backend, "Error acquiring the state lock", problem, S3_CHECK_ACCESS,
                   diags);
    return LOCK_FAILED;
}

static bool report_unconditional(const S3Lock *lock, Str problem, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "State locking not supported by the store",
                      "\"%.*s\": this store does not support conditional writes (If-None-Match: "
                      "%.*s), so it cannot lock the state. Use another store. Otherwise set "
                      "\"use_lockfile\" to false, and prevent concurrent runs by other means.",
                      STR_ARG(lock->backend->path), STR_ARG(problem));
}

static LockResult attempt_object(S3Lock *lock, LockInfo *holder, Arena *arena, Diags *diags) {
    Str problem = STR_EMPTY;
    S3Status ignored;
    LockInfo own = lock->wanted;
    state_lock_stamp(&own, lock->io->clock, arena);
    lock->began_ms = lock_now_ms(lock);
    S3Object object = {lock->key, state_lock_to_json(&own, arena), S3_NO_OBJECT,
                       lock->client->settings.lock_tags};
    S3Status status = s3_client_put(lock->client, &object, &problem, arena);
    if (status == S3_DONE)
        return LOCK_ACQUIRED;
    if (status == S3_UNCONDITIONAL) {
        report_unconditional(lock, problem, diags);
        return LOCK_FAILED;
    }
    if (status != S3_EXISTS) {
        backend_report(lock->backend, "Error acquiring the state lock", problem, S3_CHECK_ACCESS,
                       diags);
        return LOCK_FAILED;
    }
    if (!lock_read_holder(lock, holder, &ignored, &problem, arena))
        *holder = (LockInfo){.path = lock->key};
    /* The lock may be this run's own, if the request was sent twice after a lost reply. If it
     * expires, it is renewed, since the time of that request is unknown. */
    if (!str_equal(holder->id, own.id))
        return LOCK_HELD;
    return lock->lease_seconds == 0 ? LOCK_ACQUIRED : s3_lock_take(lock, arena, diags);
}

static LockResult attempt_table(const S3Lock *lock, LockInfo *holder, Arena *arena, Diags *diags) {
    Str problem = STR_EMPTY;
    DynamoStatus status = dynamo_table_lock(lock->table, &lock->wanted, &problem, arena);
    if (status == DYNAMO_DONE)
        return LOCK_ACQUIRED;
    if (status == DYNAMO_UNMET && dynamo_table_read_holder(lock->table, holder, &problem, arena)) {
        /* The lock may be this run's own, if the request was sent twice after a lost reply. */
        if (str_equal(holder->id, lock->wanted.id))
            return LOCK_ACQUIRED;
        if (holder->id.len == 0)
            holder->path = lock->table->id;
        return LOCK_HELD;
    }
    backend_report(lock->backend, "Error acquiring the state lock", problem, S3_CHECK_ACCESS,
                   diags);
    return LOCK_FAILED;
}

/* Reads who holds the object or the item of the lock; `holder->id` is empty if no run does. */
static bool read_one_holder(S3Lock *lock, bool is_table, LockInfo *holder, Str *problem,
                            Arena *arena) {
    S3Status status;
    if (is_table)
        return dynamo_table_read_holder(lock->table, holder, problem, arena);
    if (!lock_read_holder(lock, holder, &status, problem, arena))
        *holder = (LockInfo){0};
    return status != S3_FAILED;
}

/* Deletes the object as it was seen. If it has another version, the lock that was seen is gone: a
 * request may arrive after its run has ended, and must not delete the lock of the next one. */
static bool delete_seen(const S3Lock *lock, Str *problem, Arena *arena) {
    return s3_client_delete(lock->client, lock->key, lock->seen, problem, arena) != S3_FAILED;
}

/* Removes one of the two locks if it has this ID. Returns false if that failed. */
static bool force_one(S3Lock *lock, bool is_table, Str id, LockInfo *holder, Str *problem,
                      Arena *scratch) {
    if (!read_one_holder(lock, is_table, holder, problem, scratch))
        return false;
    if (!str_equal(holder->id, id))
        return true;
    return is_table ? dynamo_table_unlock(lock->table, id, problem, scratch) != DYNAMO_FAILED
                    : delete_seen(lock, problem, scratch);
}

/* Programs that know one of the two locks exclude each other only if all acquire them in the same
 * order: the object, then the table. */
static LockResult s3_lock_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena,
                                  Diags *diags) {
    S3Lock *lock = self;
    LockInfo own;
    Str problem;
    LockResult result = LOCK_ACQUIRED;
    if (lock->uses_object)
        result = attempt_object(lock, holder, arena, diags);
    if (result != LOCK_ACQUIRED || lock->table->name.len == 0)
        return result;
    result = attempt_table(lock, holder, arena, diags);
    if (result == LOCK_ACQUIRED || !lock->uses_object ||
        force_one(lock, false, lock->wanted.id, &own, &problem, arena))
        return result;
    backend_report(lock->backend, "Error releasing the state lock", problem,
                   "To remove it, run \"loam force-unlock\".", diags);
    return LOCK_FAILED;
}

static LeaseResult lock_renew_once(const S3Lock *lock, const S3Client *client, S3Status *status,
                                   Str *problem, Arena *arena) {
    S3Object object = {.key = lock->key};
    LockInfo holder = {0};
    *status = s3_client_read(client, &object, problem, arena);
    if (*status == S3_FAILED)
        return LEASE_NO_REPLY;
    bool is_ours = *status == S3_DONE && state_lock_from_json(object.bytes, &holder, arena) &&
                   str_equal(holder.id, lock->id);
    if (!is_ours) {
        *problem = state_lock_loss(&holder, arena);
        return LEASE_LOST;
    }
    *status = put_lock(lock, client, holder, object.version, problem, arena);
    return *status == S3_DONE ? LEASE_RENEWED : LEASE_NO_REPLY;
}

static LeaseResult s3_lock_renew(void *self, int64_t timeout_ms, const CancelToken *stop,
                                 Str *problem, Arena *arena) {
    const S3Lock *lock = self;
    S3Client client = *lock->client;
    S3Status status = S3_EXISTS;
    LeaseResult result = LEASE_NO_REPLY;
    client.cancel = &stop;
    client.timeout_ms = timeout_ms;
    client.settings.retries = 0; /* state_lease tries again */
    for (int i = 0; i < 3 && status == S3_EXISTS; i++)
        result = lock_renew_once(lock, &client, &status, problem, arena);
    return result;
}

/* A store that ignores the condition of a write would let two runs take over one lock. */
static bool check_conditions(const S3Lock *lock, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 conditions");
    Str problem = STR_EMPTY;
    S3Status status =
        put_lock(lock, lock->client, lock->wanted, STR(OTHER_VERSION), &problem, scratch);
    if (status == S3_EXISTS)
        return true;
    if (status == S3_FAILED)
        return backend_report(lock->backend, "Error acquiring the state lock", problem,
                              S3_CHECK_ACCESS, diags);
    if (status == S3_DONE)
        problem = STR("it ignores If-Match");
    return diags_fail(diags, NO_RANGE, "Expiring locks not supported by the store",
                      "\"%.*s\": \"lease_seconds\" requires a store that writes an object only if "
                      "it is unchanged (%.*s). Use another store, or remove \"lease_seconds\".",
                      STR_ARG(lock->backend->path), STR_ARG(problem));
}

static bool lock_start_renewing(S3Lock *lock, Diags *diags) {
    LeaseRequest request = {
        .clock = lock->io->clock,
        .term_ms = lock->lease_seconds * 1000,
        .grace_ms = state_lease_grace_ms(lock->lease_seconds * 1000),
        .began_ms = lock->began_ms,
        .what = lock->backend->path,
        .self = lock,
        .renew = s3_lock_renew,
        .note = lock->backend->note,
        .payload = lock->backend->waiting_payload,
    };
    if (lock->lease_seconds == 0)
        return true;
    if (!check_conditions(lock, diags))
        return false;
    lock->lease = state_lease_start(&request, lock->arena, diags);
    return lock->lease != NULL;
}

/* A store that ignores the condition of a write would let two runs acquire one lock. The object is
 * not the lock, which another run may hold. Other failures do not prove that, so they count when
 * the lock is needed. */
bool s3_lock_probe(const S3Lock *lock, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 probe");
    Str problem = STR_EMPTY, ignored;
    S3Object probe = {.key = str_concat(lock->key, STR(PROBE_ENDING), scratch),
                      .bytes = STR("{}"),
                      .version = S3_NO_OBJECT};
    if (!lock->uses_object)
        return true;
    S3Status status = s3_client_put(lock->client, &probe, &problem, scratch);
    bool is_written = status == S3_DONE;
    if (is_written)
        status = s3_client_put(lock->client, &probe, &problem, scratch);
    if (is_written || status == S3_EXISTS)
        (void)s3_client_delete(lock->client, probe.key, STR_EMPTY, &ignored, scratch);
    if (status == S3_DONE)
        problem = STR("it writes an object that exists");
    return (status != S3_DONE && status != S3_UNCONDITIONAL) ||
           report_unconditional(lock, problem, diags);
}

bool s3_lock_is_held(const S3Lock *lock, Diags *diags) {
    return !lock->lease || state_lease_check(lock->lease, diags);
}

static bool lock_report_lost(const S3Lock *lock, const char *summary, Str who, Diags *diags) {
    return diags_fail(diags, NO_RANGE, summary,
                      "The lock \"%.*s\" was taken from this run (%.*s holds it now), so this run "
                      "writes nothing more.",
                      STR_ARG(lock->key), STR_ARG(who));
}

static bool check_one_lock(S3Lock *lock, bool is_table, const char *summary, Arena *scratch,
                           Diags *diags) {
    LockInfo holder = {0};
    Str problem = STR_EMPTY;
    if (!read_one_holder(lock, is_table, &holder, &problem, scratch))
        return backend_report(lock->backend, summary, problem, S3_CHECK_ACCESS, diags);
    if (str_equal(holder.id, lock->id))
        return true;
    lock->is_lost = true;
    return lock_report_lost(lock, summary, holder.who.len ? holder.who : STR("no program"), diags);
}

/* Checks that this run still holds the lock: a forced unlock or a takeover may have ended it. */
bool s3_lock_check(S3Lock *lock, const char *summary, Diags *diags) {
    if (lock->is_lost)
        return lock_report_lost(lock, summary, STR("another program"), diags);
    if (lock->id.len == 0)
        return true;
    if (lock->lease && !state_lease_check(lock->lease, diags))
        return false;
    SCOPED(ArenaRef) scratch = arena_open("s3 lock");
    return (!lock->uses_object || check_one_lock(lock, false, summary, scratch, diags)) &&
           (lock->table->name.len == 0 || check_one_lock(lock, true, summary, scratch, diags));
}

#define RELEASE_SUMMARY "Error releasing the state lock"
#define RELEASE_HINT    "To remove it, run \"loam force-unlock\"."

static bool release_object(S3Lock *lock, Arena *scratch, Diags *diags) {
    Str problem;
    return check_one_lock(lock, false, RELEASE_SUMMARY, scratch, diags) &&
           (delete_seen(lock, &problem, scratch) ||
            backend_report(lock->backend, RELEASE_SUMMARY, problem, RELEASE_HINT, diags));
}

static bool release_item(const S3Lock *lock, Arena *scratch, Diags *diags) {
    Str problem = STR_EMPTY;
    switch (dynamo_table_unlock(lock->table, lock->id, &problem, scratch)) {
    case DYNAMO_DONE: return true;
    case DYNAMO_UNMET:
        return lock_report_lost(lock, RELEASE_SUMMARY, STR("another program, or none,"), diags);
    case DYNAMO_FAILED: break;
    }
    return backend_report(lock->backend, RELEASE_SUMMARY, problem, RELEASE_HINT, diags);
}

/* Releases both locks, whatever became of the other one. */
static bool release_both(S3Lock *lock, Arena *scratch, Diags *diags) {
    bool ok = true;
    if (lock->table->name.len)
        ok = release_item(lock, scratch, diags);
    if (lock->uses_object)
        ok = release_object(lock, scratch, diags) && ok;
    lock->id = STR_EMPTY;
    return ok;
}

bool s3_lock_release(S3Lock *lock, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 unlock");
    Diags ignored = diags_new(scratch);
    bool is_lost = lock->is_lost || !s3_lock_is_held(lock, &ignored); /* reported before */
    state_lease_end(lock->lease);
    bool ok = lock->id.len == 0 || (is_lost && lock->table->name.len == 0) ||
              release_both(lock, scratch, is_lost ? &ignored : diags) || is_lost;
    /* Until here, a process that is stopped is killed before a takeover: it deletes no other lock.
     */
    state_lease_stop(lock->lease);
    lock->lease = NULL;
    return ok;
}

bool s3_lock_acquire(S3Lock *lock, const LockInfo *info, int64_t timeout_ms,
                     const CancelToken *cancel, Diags *diags) {
    const Backend *backend = lock->backend;
    CHECK(lock->id.len == 0);
    if (!lock->uses_object && lock->table->name.len == 0)
        return true;
    lock->wanted = *info;
    lock->wanted.lease_seconds = lock->lease_seconds;
    LockAttempt trying = {
        .self = lock,
        .attempt = s3_lock_attempt,
        .waiting = backend->waiting,
        .payload = backend->waiting_payload,
        .end = LOCK_OUTLIVES_PROCESS,
        .take = lock->lease_seconds > 0 ? s3_lock_take : NULL,
        .run = backend->takes_lock_of_run ? state_lock_run(info->info) : STR_EMPTY,
        .note = backend->note,
    };
    if (!state_lock_acquire(&trying, lock->io->clock, timeout_ms, cancel, diags))
        return false;
    lock->id = str_clone(info->id, lock->arena);
    if (lock_start_renewing(lock, diags))
        return true;
    (void)s3_lock_release(lock, diags);
    return false;
}

bool s3_lock_force(S3Lock *lock, Str id, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 unlock");
    LockInfo object = {0}, item = {0};
    Str problem = STR_EMPTY;
    static const char summary[] = "Failed to unlock state";
    bool has_table = lock->table->name.len > 0;
    bool has_object = lock->uses_object || !has_table;
    if ((has_table && !force_one(lock, true, id, &item, &problem, scratch)) ||
        (has_object && !force_one(lock, false, id, &object, &problem, scratch)))
        return backend_report(lock->backend, summary, problem, S3_CHECK_ACCESS, diags);
    return str_equal(object.id, id) || str_equal(item.id, id) ||
           state_lock_report_other(summary, lock->backend->path, id, item.id.len ? &item : &object,
                                   diags);
}

void s3_lock_close(S3Lock *lock) {
    state_lease_stop(lock->lease);
    lock->lease = NULL;
}
