/* s3_backend: states as objects of a bucket, named as Terraform and OpenTofu name them.
 *
 * state    KEY, and PREFIX/WORKSPACE/KEY of the other workspaces
 * lock     KEY.tflock (use_lockfile): the holder's info, created on condition that it does not
 *          exist. It is read again before each write of a state. It expires only with
 *          lease_seconds: then the info has the time of the last renewal, which replaces the object
 *          on condition that it is unchanged, as a takeover does
 * write    one object, so a crash leaves the old or the new state. While locked, on condition that
 *          the object is the one that this run read or wrote, if the store supports that: a request
 *          may arrive long after the check of the lock. Without use_lockfile, the last
 *          of several writers wins, as in Terraform; only the creation of a workspace overwrites
 *          nothing
 * journal  KEY.journal/0000000001 …; with use_lockfile each is created on the same condition, so a
 *          run that lost its lock cannot continue beside the next one
 * plans    KEY.plans/NAME, see plan_store.h
 *
 * With dynamodb_table, a lock and a digest are also in a table: see dynamo_table.h. */
#include "backend_settings.h"
#include "backends.h"
#include "digest.h"
#include "dynamo_table.h"
#include "empty_state.h"
#include "journal_segments.h"
#include "log.h"
#include "problem.h"
#include "s3_client.h"
#include "s3_plans.h"
#include "s3_settings.h"
#include "state_lease.h"

#include <ctype.h>

#define LOCK_ENDING        ".tflock"
#define JOURNAL_ENDING     ".journal/"
#define PLANS_ENDING       ".plans/"
#define PROBE_ENDING       ".probe"
#define DEFAULT_PREFIX     "env:"
#define DIGEST_WAIT_MS     2000
#define DIGEST_WAIT_MAX_MS 10000
#define OTHER_VERSION      "\"00000000000000000000000000000000\"" /* no object has it */

typedef struct S3 {
    Backend backend;
    const Io *io;
    S3Client client;
    Str key;
    Str lock_key;
    Str journal_prefix;
    bool uses_lock_file;
    DynamoTable table; /* its name is empty if dynamodb_table is not set */
    Str lock_id;       /* empty: not locked */
    bool is_lost;      /* another run holds the lock, or it was removed */
    LockInfo wanted;
    int64_t lease_seconds; /* 0: the lock does not expire */
    int64_t began_ms;      /* of the last attempt to acquire the lock */
    Str seen;              /* version of the lock that the last attempt has read */
    StateLease *lease;     /* renews the lock; NULL: not locked, or the lock does not expire */
    Str version;           /* of the state that this run read or wrote; empty: unknown */
    Str digest;            /* of its bytes */
    Arena *arena;
} S3;

static bool s3_backend_report(Diags *diags, const char *summary, const S3 *s3, Str problem,
                              const char *hint) {
    return diags_fail(diags_as(diag_class_of(problem, DIAG_UNREACHABLE), diags), NO_RANGE, summary,
                      "\"%.*s\": %.*s. %s", STR_ARG(s3->backend.path), STR_ARG(problem), hint);
}

#define CHECK_ACCESS "Check the address, the credentials and their permissions."

static Str s3_backend_prefix_of(Value config) {
    return backend_settings_text(config, "workspace_key_prefix", DEFAULT_PREFIX);
}

static Str s3_backend_key_of(Value config, Str workspace, Arena *arena) {
    Str key = backend_settings_text(config, "key", "");
    if (workspace.len == 0 || str_equal(workspace, STR("default")))
        return str_clone(key, arena);
    Str prefix = s3_backend_prefix_of(config);
    return str_format(arena, "%.*s/%.*s/%.*s", STR_ARG(prefix), STR_ARG(workspace), STR_ARG(key));
}

static int64_t s3_backend_now_ms(const S3 *s3) {
    return s3->io->clock->monotonic_ms(s3->io->clock->self);
}

/* Reads the lock's holder; returns false if there is none or it cannot be read. */
static bool s3_backend_read_holder(S3 *s3, LockInfo *out, S3Status *status, Str *problem,
                                   Arena *arena) {
    S3Object lock = {.key = s3->lock_key};
    *status = s3_client_read(&s3->client, &lock, problem, arena);
    s3->seen = lock.version;
    return *status == S3_DONE && state_lock_from_json(lock.bytes, out, arena);
}

/* Writes the lock on condition that it still has this version. */
static S3Status put_lock(const S3 *s3, const S3Client *client, LockInfo info, Str version,
                         Str *problem, Arena *arena) {
    if (version.len == 0) {
        *problem = STR("the store returns no ETag of the lock");
        return S3_FAILED;
    }
    state_lock_stamp(&info, s3->io->clock, arena);
    S3Object lock = {s3->lock_key, state_lock_to_json(&info, arena), version,
                     client->settings.lock_tags};
    return s3_client_replace(client, &lock, problem, arena);
}

/* Makes this run the holder of the lock as it was seen. */
static LockResult s3_backend_take(void *self, Arena *arena, Diags *diags) {
    S3 *s3 = self;
    Str problem = STR_EMPTY;
    s3->began_ms = s3_backend_now_ms(s3);
    S3Status status = put_lock(s3, &s3->client, s3->wanted, s3->seen, &problem, arena);
    if (status == S3_DONE)
        return LOCK_ACQUIRED;
    if (status == S3_EXISTS)
        return LOCK_HELD;
    s3_backend_report(diags, "Error acquiring the state lock", s3, problem, CHECK_ACCESS);
    return LOCK_FAILED;
}

static bool report_unconditional(const S3 *s3, Str problem, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "State locking not supported by the store",
                      "\"%.*s\": this store does not support conditional writes (If-None-Match: "
                      "%.*s), so it cannot lock the state. Use another store. Otherwise set "
                      "\"use_lockfile\" to false, and prevent concurrent runs by other means.",
                      STR_ARG(s3->backend.path), STR_ARG(problem));
}

static LockResult attempt_object(S3 *s3, LockInfo *holder, Arena *arena, Diags *diags) {
    Str problem = STR_EMPTY;
    S3Status ignored;
    LockInfo own = s3->wanted;
    state_lock_stamp(&own, s3->io->clock, arena);
    s3->began_ms = s3_backend_now_ms(s3);
    S3Object lock = {s3->lock_key, state_lock_to_json(&own, arena), S3_NO_OBJECT,
                     s3->client.settings.lock_tags};
    S3Status status = s3_client_put(&s3->client, &lock, &problem, arena);
    if (status == S3_DONE)
        return LOCK_ACQUIRED;
    if (status == S3_UNCONDITIONAL) {
        report_unconditional(s3, problem, diags);
        return LOCK_FAILED;
    }
    if (status != S3_EXISTS) {
        s3_backend_report(diags, "Error acquiring the state lock", s3, problem, CHECK_ACCESS);
        return LOCK_FAILED;
    }
    if (!s3_backend_read_holder(s3, holder, &ignored, &problem, arena))
        *holder = (LockInfo){.path = s3->lock_key};
    /* The lock may be this run's own, if the request was sent twice after a lost reply. If it
     * expires, it is renewed, since the time of that request is unknown. */
    if (!str_equal(holder->id, own.id))
        return LOCK_HELD;
    return s3->lease_seconds == 0 ? LOCK_ACQUIRED : s3_backend_take(s3, arena, diags);
}

static LockResult attempt_table(const S3 *s3, LockInfo *holder, Arena *arena, Diags *diags) {
    Str problem = STR_EMPTY;
    DynamoStatus status = dynamo_table_lock(&s3->table, &s3->wanted, &problem, arena);
    if (status == DYNAMO_DONE)
        return LOCK_ACQUIRED;
    if (status == DYNAMO_UNMET && dynamo_table_read_holder(&s3->table, holder, &problem, arena)) {
        /* The lock may be this run's own, if the request was sent twice after a lost reply. */
        if (str_equal(holder->id, s3->wanted.id))
            return LOCK_ACQUIRED;
        if (holder->id.len == 0)
            holder->path = s3->table.id;
        return LOCK_HELD;
    }
    s3_backend_report(diags, "Error acquiring the state lock", s3, problem, CHECK_ACCESS);
    return LOCK_FAILED;
}

/* Programs that know one of the two locks exclude each other only if all acquire them in the same
 * order: the object, then the table. */
static LockResult s3_backend_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena,
                                     Diags *diags) {
    S3 *s3 = self;
    Str problem;
    LockResult result = LOCK_ACQUIRED;
    if (s3->uses_lock_file)
        result = attempt_object(s3, holder, arena, diags);
    if (result != LOCK_ACQUIRED || s3->table.name.len == 0)
        return result;
    result = attempt_table(s3, holder, arena, diags);
    if (result == LOCK_ACQUIRED || !s3->uses_lock_file ||
        s3_client_delete(&s3->client, s3->lock_key, &problem, arena) == S3_DONE)
        return result;
    s3_backend_report(diags, "Error releasing the state lock", s3, problem,
                      "To remove it, run \"loam force-unlock\".");
    return LOCK_FAILED;
}

static LeaseResult s3_backend_renew_once(const S3 *s3, const S3Client *client, S3Status *status,
                                         Str *problem, Arena *arena) {
    S3Object lock = {.key = s3->lock_key};
    LockInfo holder = {0};
    *status = s3_client_read(client, &lock, problem, arena);
    if (*status == S3_FAILED)
        return LEASE_NO_REPLY;
    bool is_ours = *status == S3_DONE && state_lock_from_json(lock.bytes, &holder, arena) &&
                   str_equal(holder.id, s3->lock_id);
    if (!is_ours) {
        *problem = state_lock_loss(&holder, arena);
        return LEASE_LOST;
    }
    *status = put_lock(s3, client, holder, lock.version, problem, arena);
    return *status == S3_DONE ? LEASE_RENEWED : LEASE_NO_REPLY;
}

static LeaseResult s3_backend_renew(void *self, int64_t timeout_ms, const CancelToken *stop,
                                    Str *problem, Arena *arena) {
    const S3 *s3 = self;
    S3Client client = s3->client;
    S3Status status = S3_EXISTS;
    LeaseResult result = LEASE_NO_REPLY;
    client.cancel = &stop;
    client.timeout_ms = timeout_ms;
    client.settings.retries = 0; /* state_lease tries again */
    for (int i = 0; i < 3 && status == S3_EXISTS; i++)
        result = s3_backend_renew_once(s3, &client, &status, problem, arena);
    return result;
}

/* A store that ignores the condition of a write would let two runs take over one lock. */
static bool check_conditions(const S3 *s3, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 conditions");
    Str problem = STR_EMPTY;
    S3Status status = put_lock(s3, &s3->client, s3->wanted, STR(OTHER_VERSION), &problem, scratch);
    if (status == S3_EXISTS)
        return true;
    if (status == S3_FAILED)
        return s3_backend_report(diags, "Error acquiring the state lock", s3, problem,
                                 CHECK_ACCESS);
    if (status == S3_DONE)
        problem = STR("it ignores If-Match");
    return diags_fail(diags, NO_RANGE, "Expiring locks not supported by the store",
                      "\"%.*s\": \"lease_seconds\" requires a store that writes an object only if "
                      "it is unchanged (%.*s). Use another store, or remove \"lease_seconds\".",
                      STR_ARG(s3->backend.path), STR_ARG(problem));
}

static bool s3_backend_start_renewing(S3 *s3, Diags *diags) {
    LeaseRequest request = {
        .clock = s3->io->clock,
        .term_ms = s3->lease_seconds * 1000,
        .grace_ms = state_lease_grace_ms(s3->lease_seconds * 1000),
        .began_ms = s3->began_ms,
        .what = s3->backend.path,
        .self = s3,
        .renew = s3_backend_renew,
        .note = s3->backend.note,
        .payload = s3->backend.waiting_payload,
    };
    if (s3->lease_seconds == 0)
        return true;
    if (!check_conditions(s3, diags))
        return false;
    s3->lease = state_lease_start(&request, s3->arena, diags);
    return s3->lease != NULL;
}

/* A store that ignores the condition of a write would let two runs acquire one lock. The object is
 * not the lock, which another run may hold. Other failures do not prove that, so they count when
 * the lock is needed. */
static bool s3_probe(Backend *backend, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 probe");
    const S3 *s3 = backend->self;
    Str problem = STR_EMPTY, ignored;
    S3Object probe = {.key = str_concat(s3->lock_key, STR(PROBE_ENDING), scratch),
                      .bytes = STR("{}"),
                      .version = S3_NO_OBJECT};
    if (!s3->uses_lock_file)
        return true;
    S3Status status = s3_client_put(&s3->client, &probe, &problem, scratch);
    bool is_written = status == S3_DONE;
    if (is_written)
        status = s3_client_put(&s3->client, &probe, &problem, scratch);
    if (is_written || status == S3_EXISTS)
        (void)s3_client_delete(&s3->client, probe.key, &ignored, scratch);
    if (status == S3_DONE)
        problem = STR("it writes an object that exists");
    return (status != S3_DONE && status != S3_UNCONDITIONAL) ||
           report_unconditional(s3, problem, diags);
}

static bool s3_still_locked(Backend *backend, Diags *diags) {
    const S3 *s3 = backend->self;
    return !s3->lease || state_lease_check(s3->lease, diags);
}

static bool s3_backend_report_lost(const S3 *s3, const char *summary, Str who, Diags *diags) {
    return diags_fail(diags, NO_RANGE, summary,
                      "The lock \"%.*s\" was taken from this run (%.*s holds it now), so this run "
                      "writes nothing more.",
                      STR_ARG(s3->lock_key), STR_ARG(who));
}

/* Reads who holds the object or the item of the lock; `holder->id` is empty if no run does. */
static bool read_one_holder(S3 *s3, bool is_table, LockInfo *holder, Str *problem, Arena *arena) {
    S3Status status;
    if (is_table)
        return dynamo_table_read_holder(&s3->table, holder, problem, arena);
    if (!s3_backend_read_holder(s3, holder, &status, problem, arena))
        *holder = (LockInfo){0};
    return status != S3_FAILED;
}

static bool check_one_lock(S3 *s3, bool is_table, const char *summary, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 lock");
    LockInfo holder = {0};
    Str problem = STR_EMPTY;
    if (!read_one_holder(s3, is_table, &holder, &problem, scratch))
        return s3_backend_report(diags, summary, s3, problem, CHECK_ACCESS);
    if (str_equal(holder.id, s3->lock_id))
        return true;
    s3->is_lost = true;
    return s3_backend_report_lost(s3, summary, holder.who.len ? holder.who : STR("no program"),
                                  diags);
}

/* Checks that this run still holds the lock: a forced unlock or a takeover may have ended it. */
static bool s3_backend_check_lock(S3 *s3, const char *summary, Diags *diags) {
    if (s3->is_lost)
        return s3_backend_report_lost(s3, summary, STR("another program"), diags);
    if (s3->lock_id.len == 0)
        return true;
    if (s3->lease && !state_lease_check(s3->lease, diags))
        return false;
    return (!s3->uses_lock_file || check_one_lock(s3, false, summary, diags)) &&
           (s3->table.name.len == 0 || check_one_lock(s3, true, summary, diags));
}

#define RELEASE_SUMMARY "Error releasing the state lock"
#define RELEASE_HINT    "To remove it, run \"loam force-unlock\"."

static bool release_object(S3 *s3, Arena *scratch, Diags *diags) {
    Str problem;
    return check_one_lock(s3, false, RELEASE_SUMMARY, diags) &&
           (s3_client_delete(&s3->client, s3->lock_key, &problem, scratch) == S3_DONE ||
            s3_backend_report(diags, RELEASE_SUMMARY, s3, problem, RELEASE_HINT));
}

static bool release_item(const S3 *s3, Arena *scratch, Diags *diags) {
    Str problem = STR_EMPTY;
    switch (dynamo_table_unlock(&s3->table, s3->lock_id, &problem, scratch)) {
    case DYNAMO_DONE: return true;
    case DYNAMO_UNMET:
        return s3_backend_report_lost(s3, RELEASE_SUMMARY, STR("another program, or none,"), diags);
    case DYNAMO_FAILED: break;
    }
    return s3_backend_report(diags, RELEASE_SUMMARY, s3, problem, RELEASE_HINT);
}

/* Releases both locks, whatever became of the other one. */
static bool release_lock(S3 *s3, Arena *scratch, Diags *diags) {
    bool ok = true;
    if (s3->table.name.len)
        ok = release_item(s3, scratch, diags);
    if (s3->uses_lock_file)
        ok = release_object(s3, scratch, diags) && ok;
    s3->lock_id = STR_EMPTY;
    return ok;
}

static bool s3_unlock(Backend *backend, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 unlock");
    S3 *s3 = backend->self;
    Diags ignored = diags_new(scratch);
    bool is_lost = s3->is_lost || !s3_still_locked(backend, &ignored); /* reported before */
    state_lease_end(s3->lease);
    bool ok = s3->lock_id.len == 0 || (is_lost && s3->table.name.len == 0) ||
              release_lock(s3, scratch, is_lost ? &ignored : diags) || is_lost;
    /* Until here, a process that is stopped is killed before a takeover: it deletes no other lock.
     */
    state_lease_stop(s3->lease);
    s3->lease = NULL;
    return ok;
}

static bool s3_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                    const CancelToken *cancel, Diags *diags) {
    S3 *s3 = backend->self;
    CHECK(s3->lock_id.len == 0);
    if (!s3->uses_lock_file && s3->table.name.len == 0)
        return true;
    s3->wanted = *info;
    s3->wanted.lease_seconds = s3->lease_seconds;
    LockAttempt trying = {
        .self = s3,
        .attempt = s3_backend_attempt,
        .waiting = backend->waiting,
        .payload = backend->waiting_payload,
        .end = LOCK_OUTLIVES_PROCESS,
        .take = s3->lease_seconds > 0 ? s3_backend_take : NULL,
        .run = backend->takes_lock_of_run ? state_lock_run(info->info) : STR_EMPTY,
        .note = backend->note,
    };
    if (!state_lock_acquire(&trying, s3->io->clock, timeout_ms, cancel, diags))
        return false;
    s3->lock_id = str_clone(info->id, s3->arena);
    s3->version = STR_EMPTY;
    if (s3_backend_start_renewing(s3, diags))
        return true;
    (void)s3_unlock(backend, diags);
    return false;
}

/* Removes one of the two locks if it has this ID. Returns false if that failed. */
static bool force_one(S3 *s3, bool is_table, Str id, LockInfo *holder, Str *problem,
                      Arena *scratch) {
    if (!read_one_holder(s3, is_table, holder, problem, scratch))
        return false;
    if (!str_equal(holder->id, id))
        return true;
    return is_table ? dynamo_table_unlock(&s3->table, id, problem, scratch) != DYNAMO_FAILED
                    : s3_client_delete(&s3->client, s3->lock_key, problem, scratch) == S3_DONE;
}

static bool s3_force_unlock(Backend *backend, Str id, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 unlock");
    S3 *s3 = backend->self;
    LockInfo object = {0}, item = {0};
    Str problem = STR_EMPTY;
    static const char summary[] = "Failed to unlock state";
    bool has_table = s3->table.name.len > 0;
    bool has_object = s3->uses_lock_file || !has_table;
    if ((has_table && !force_one(s3, true, id, &item, &problem, scratch)) ||
        (has_object && !force_one(s3, false, id, &object, &problem, scratch)))
        return s3_backend_report(diags, summary, s3, problem, CHECK_ACCESS);
    return str_equal(object.id, id) || str_equal(item.id, id) ||
           state_lock_report_other(summary, s3->backend.path, id, item.id.len ? &item : &object,
                                   diags);
}

static void note_state(S3 *s3, const S3Object *state, Arena *scratch) {
    s3->version = str_clone(state->version, s3->arena);
    s3->digest = str_clone(digest_hex(DIGEST_SHA256, state->bytes, scratch), s3->arena);
}

/* Returns whether the state has the digest of the table. Without an answer of the table, the state
 * is taken as it is, as in Terraform and OpenTofu. */
static bool has_digest(const S3 *s3, const S3Object *state, S3Status status, Arena *arena) {
    Str problem = STR_EMPTY;
    bool matches = true;
    Str bytes = status == S3_DONE ? state->bytes : (Str){0};
    if (s3->table.name.len == 0 ||
        dynamo_table_check_digest(&s3->table, bytes, &matches, &problem, arena))
        return matches;
    log_debug("digest not read", log_text("table", s3->table.name), log_text("problem", problem));
    return true;
}

/* Another program writes the state first, then its digest; so a state without its digest is read
 * again for a while. */
static bool s3_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    S3 *s3 = backend->self;
    const Clock *clock = s3->io->clock;
    Str problem;
    S3Object state = {.key = s3->key};
    for (int64_t waited = 0;; waited += DIGEST_WAIT_MS) {
        S3Status status = s3_client_read(&s3->client, &state, &problem, arena);
        if (status != S3_DONE && status != S3_ABSENT)
            return s3_backend_report(diags, "Failed to read the state", s3, problem, CHECK_ACCESS);
        if (has_digest(s3, &state, status, arena))
            break;
        if (waited >= DIGEST_WAIT_MAX_MS ||
            clock->sleep_ms(clock->self, DIGEST_WAIT_MS, backend->cancel))
            return diags_fail(
                diags, NO_RANGE, "Failed to read the state",
                "\"%.*s\": state data in S3 does not have the expected content: the DynamoDB table "
                "\"%.*s\" has another digest in the item \"%.*s-md5\". Either another program is "
                "writing the state: try again. Or a program without \"dynamodb_table\" wrote it: "
                "check the state, then delete that item.",
                STR_ARG(s3->backend.path), STR_ARG(s3->table.name), STR_ARG(s3->table.id));
    }
    if (s3->version.len == 0) /* a write reads the state again, but must not accept another one */
        note_state(s3, &state, arena);
    *out = empty_state_drop(state.bytes);
    return true;
}

/* Finds out why a conditional write was rejected. Returns S3_DONE if an earlier attempt has written
 * the state, and S3_UNCONDITIONAL if the stored state is still the known one under another version.
 */
static S3Status find_cause(const S3 *s3, S3Object *state, Str *problem, Arena *arena) {
    S3Object stored = {.key = s3->key};
    S3Status status = s3_client_read(&s3->client, &stored, problem, arena);
    if (status == S3_FAILED)
        return status;
    state->version = stored.version;
    if (status == S3_DONE && str_equal(stored.bytes, state->bytes))
        return S3_DONE;
    if (str_equal(digest_hex(DIGEST_SHA256, stored.bytes, arena), s3->digest))
        return S3_UNCONDITIONAL;
    *problem = STR("another program has changed it since this run read it");
    return S3_FAILED;
}

static S3Status s3_backend_replace(S3 *s3, Str bytes, Str *problem, Arena *arena) {
    S3Object state = {s3->key, bytes, s3->lock_id.len ? s3->version : STR_EMPTY,
                      s3->client.settings.state_tags};
    S3Status status = s3_client_replace(&s3->client, &state, problem, arena);
    if (status == S3_EXISTS)
        status = find_cause(s3, &state, problem, arena);
    if (status == S3_UNCONDITIONAL) {
        state.version = STR_EMPTY;
        status = s3_client_replace(&s3->client, &state, problem, arena);
    }
    if (status == S3_DONE)
        note_state(s3, &state, arena);
    return status;
}

/* The state is written, so a missing digest is a warning. */
static bool put_digest(const S3 *s3, Str bytes, Arena *scratch, Diags *diags) {
    Str problem = STR_EMPTY;
    if (s3->table.name.len && !dynamo_table_put_digest(&s3->table, bytes, &problem, scratch))
        diags_warning(diags, NO_RANGE, "Digest of the state not stored",
                      "\"%.*s\" was written, but %.*s. The next read finds another digest and "
                      "fails, until a write stores the digest.",
                      STR_ARG(s3->backend.path), STR_ARG(problem));
    return true;
}

static bool s3_write(Backend *backend, Str bytes, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 write");
    S3 *s3 = backend->self;
    Str problem;
    return s3_backend_check_lock(s3, "Failed to write the state", diags) &&
           (s3_backend_replace(s3, bytes, &problem, scratch) == S3_DONE ||
            s3_backend_report(diags, "Failed to write the state", s3, problem, CHECK_ACCESS)) &&
           put_digest(s3, bytes, scratch, diags);
}

static bool s3_backend_journal_list(void *self, Segments *out, Str *problem, Arena *arena) {
    const S3 *s3 = self;
    StrVec keys = {0};
    if (s3_client_list(&s3->client, s3->journal_prefix, &keys, problem, arena) != S3_DONE)
        return false;
    vec_each(&keys, key) {
        Segment segment = {0};
        if (!str_to_uint64(str_after(*key, s3->journal_prefix.len), &segment.number))
            continue;
        S3Status status = s3_client_get(&s3->client, *key, &segment.text, problem, arena);
        if (status != S3_DONE && status != S3_ABSENT)
            return false;
        if (status == S3_DONE)
            vec_push(arena, out, segment);
    }
    return true;
}

/* An existing object is either this one, after a lost reply, or was written by a run that holds the
 * lock now. */
static bool s3_backend_is_same(const S3 *s3, Str key, Str text, Str *problem, Arena *arena) {
    Str there;
    S3Status status = s3_client_get(&s3->client, key, &there, problem, arena);
    if (status == S3_DONE && str_equal(there, text))
        return true;
    if (status != S3_FAILED)
        *problem = STR("another program also writes it, so this run has lost its lock");
    return false;
}

static bool s3_backend_journal_put(void *self, uint64_t number, Str text, Str *problem,
                                   Arena *arena) {
    const S3 *s3 = self;
    Diags lost = diags_new(arena);
    if (s3->lease && !state_lease_check(s3->lease, &lost))
        return problem_text(problem, "the lock was lost, because it was not renewed in time");
    Str key =
        str_format(arena, "%.*s%010llu", STR_ARG(s3->journal_prefix), (unsigned long long)number);
    bool is_locked = s3->uses_lock_file || s3->table.name.len > 0;
    S3Object segment = {.key = key, .bytes = text, .version = is_locked ? S3_NO_OBJECT : STR_EMPTY};
    S3Status status = s3_client_put(&s3->client, &segment, problem, arena);
    if (status == S3_UNCONDITIONAL && !s3->uses_lock_file) {
        segment.version = STR_EMPTY;
        status = s3_client_put(&s3->client, &segment, problem, arena);
    }
    return status == S3_DONE ||
           (status == S3_EXISTS && s3_backend_is_same(s3, key, text, problem, arena));
}

static bool s3_backend_journal_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    const S3 *s3 = self;
    StrVec keys = {0};
    if (s3_client_list(&s3->client, s3->journal_prefix, &keys, problem, arena) != S3_DONE)
        return false;
    vec_each(&keys, key) {
        uint64_t number;
        if (!str_to_uint64(str_after(*key, s3->journal_prefix.len), &number) || number >= below)
            continue;
        if (s3_client_delete(&s3->client, *key, problem, arena) != S3_DONE)
            return false;
    }
    return true;
}

static JournalStore *journal_of(S3 *s3, Arena *arena) {
    SegmentStore segments = {
        .self = s3,
        .name = str_format(arena, "s3://%.*s/%.*s", STR_ARG(s3->client.settings.bucket),
                           STR_ARG(s3->journal_prefix)),
        .list = s3_backend_journal_list,
        .put = s3_backend_journal_put,
        .drop = s3_backend_journal_drop,
    };
    return journal_segments_new(&segments, arena);
}

static bool s3_remove(Backend *backend, Diags *diags) {
    S3 *s3 = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("s3 workspace");
    static const char summary[] = "Cannot delete the workspace";
    Str problem;
    if (!s3_backend_check_lock(s3, summary, diags))
        return false;
    return (s3_backend_journal_drop(s3, UINT64_MAX, &problem, scratch) &&
            plan_store_clear(s3->backend.plans, &problem, scratch) &&
            s3_client_delete(&s3->client, s3->key, &problem, scratch) == S3_DONE &&
            (s3->table.name.len == 0 || dynamo_table_drop_digest(&s3->table, &problem, scratch))) ||
           s3_backend_report(diags, summary, s3, problem, CHECK_ACCESS);
}

static void s3_close(Backend *backend) {
    S3 *s3 = backend->self;
    state_lease_stop(s3->lease);
    s3->lease = NULL;
    backend->journal->close(backend->journal);
    aws_session_close(s3->client.settings.session);
}

static bool s3_backend_read_locking(S3 *s3, Value config, Diags *diags) {
    s3->uses_lock_file = backend_settings_bool(config, "use_lockfile", false);
    s3->table.name = backend_settings_text(config, "dynamodb_table", "");
    if (s3->table.name.len == 0)
        s3->table.name = backend_settings_text(config, "lock_table", "");
    if (!backend_settings_lease(config, &s3->lease_seconds, diags))
        return false;
    if (s3->lease_seconds > 0 && s3->table.name.len)
        return diags_fail(
            diags, NO_RANGE, "Invalid backend configuration",
            "\"lease_seconds\" and \"dynamodb_table\" cannot be combined: a lock in a "
            "table does not expire.");
    return s3->lease_seconds == 0 || s3->uses_lock_file ||
           diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                      "\"lease_seconds\" requires \"use_lockfile\": without it, there is no "
                      "lock that could expire.");
}

static bool report_login(const char *summary, Str problem, const char *hint, Diags *diags) {
    return diags_fail(diags_as(diag_class_of(problem, DIAG_OTHER), diags), NO_RANGE, summary,
                      "%c%.*s.%s", toupper((unsigned char)problem.ptr[0]),
                      STR_ARG(str_after(problem, 1)), hint);
}

/* Gets the credentials now, so that the error says that there are none. */
static bool s3_backend_log_in(const S3 *s3, Arena *arena, Diags *diags) {
    AwsSession *session = s3->client.settings.session;
    const CancelToken *cancel = s3->backend.cancel;
    Str problem = STR_EMPTY;
    if (!aws_session_log_in(session, cancel, &problem, arena))
        return report_login("No valid credential sources found", problem, "", diags);
    return aws_session_check_account(session, cancel, &problem, arena) ||
           report_login("Account not allowed", problem,
                        " Use credentials of another account, or change the list.", diags);
}

static void open_table(S3 *s3, Value config, Arena *arena) {
    const S3Settings *settings = &s3->client.settings;
    s3->table.io = s3->io;
    s3->table.session = settings->session;
    s3->table.region = settings->region;
    s3->table.endpoint = s3_settings_table_endpoint(s3->io, config, settings->region, arena);
    s3->table.id = str_format(arena, "%.*s/%.*s", STR_ARG(settings->bucket), STR_ARG(s3->key));
    s3->table.retries = settings->retries;
    s3->table.cancel = s3->client.cancel;
}

static bool s3_backend_open_store(const Io *io, Value config, Str workspace, S3 **out, Arena *arena,
                                  Diags *diags) {
    S3 *s3 = arena_new(arena, S3);
    *s3 = (S3){.io = io, .arena = arena, .client = {.io = io}};
    s3->client.cancel = &s3->backend.cancel;
    if (!s3_backend_read_locking(s3, config, diags) ||
        !s3_settings_read(io, config, &s3->client.settings, arena, diags))
        return false;
    if (!s3_backend_log_in(s3, arena, diags)) {
        aws_session_close(s3->client.settings.session);
        return false;
    }
    s3->key = s3_backend_key_of(config, workspace, arena);
    open_table(s3, config, arena);
    s3->lock_key = str_concat(s3->key, STR(LOCK_ENDING), arena);
    s3->journal_prefix = str_concat(s3->key, STR(JOURNAL_ENDING), arena);
    s3->backend = (Backend){
        .type = &s3_backend,
        .self = s3,
        .path = str_format(arena, "s3://%.*s/%.*s", STR_ARG(s3->client.settings.bucket),
                           STR_ARG(s3->key)),
        .lock = s3_lock,
        .unlock = s3_unlock,
        .force_unlock = s3_force_unlock,
        .still_locked = s3_still_locked,
        .probe = s3_probe,
        .read = s3_read,
        .write = s3_write,
        .remove = s3_remove,
        .close = s3_close,
    };
    s3->backend.journal = journal_of(s3, arena);
    s3->backend.plans =
        s3_plans_new(&s3->client, str_concat(s3->key, STR(PLANS_ENDING), arena), arena);
    *out = s3;
    return true;
}

static bool s3_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                    Diags *diags) {
    S3 *s3;
    if (!s3_backend_open_store(io, config, workspace, &s3, arena, diags))
        return false;
    *out = &s3->backend;
    return true;
}

/* Returns NAME of "env:/NAME/KEY"; empty if the object is not a state. */
static Str workspace_of(Str key, Str prefix, Str own) {
    if (!str_starts_with(key, prefix))
        return STR_EMPTY;
    Str rest = str_after(key, prefix.len);
    size_t slash = str_find_char(rest, '/', 0);
    if (slash == SIZE_MAX || !str_equal(str_after(rest, slash + 1), own))
        return STR_EMPTY;
    return str_slice(rest, 0, slash);
}

static bool s3_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    S3 *s3;
    StrVec keys = {0};
    Str problem;
    if (!s3_backend_open_store(io, config, STR("default"), &s3, arena, diags))
        return false;
    Str prefix = str_concat(s3_backend_prefix_of(config), STR("/"), arena);
    S3Status status = s3_client_list(&s3->client, prefix, &keys, &problem, arena);
    s3_close(&s3->backend);
    if (status != S3_DONE)
        return s3_backend_report(diags, "Cannot list the workspaces", s3, problem, CHECK_ACCESS);
    vec_each(&keys, key) {
        Str name = workspace_of(*key, prefix, s3->key);
        if (name.len && !str_equal(name, STR("default")))
            vec_push(arena, out, name);
    }
    return true;
}

static bool s3_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("workspace");
    S3 *s3;
    Str problem;
    if (!s3_backend_open_store(io, config, workspace, &s3, scratch, diags))
        return false;
    S3Object state = {s3->key, empty_state_new(scratch), S3_NO_OBJECT,
                      s3->client.settings.state_tags};
    S3Status status = s3_client_put(&s3->client, &state, &problem, scratch);
    if (status == S3_UNCONDITIONAL && !s3->uses_lock_file) {
        state.version = STR_EMPTY;
        status = s3_client_put(&s3->client, &state, &problem, scratch);
    }
    if (status == S3_DONE)
        (void)put_digest(s3, state.bytes, scratch, diags);
    s3_close(&s3->backend);
    /* S3_EXISTS: a workspace that another run has just created keeps its content. */
    return status == S3_DONE || status == S3_EXISTS ||
           s3_backend_report(diags, "Cannot create the workspace", s3, problem, CHECK_ACCESS);
}

const BackendType s3_backend = {
    .name = "s3",
    .schema = {.attributes = s3_settings_attributes,
               .attribute_count = S3_SETTINGS_COUNT,
               .description = "Stores states as objects of a bucket, in S3 or a compatible store."},
    .about = "Terraform and OpenTofu use the same objects, so you can use either program with the "
             "same states. " LEASE_ABOUT
             " A store that responds with status 501 to a conditional write cannot "
             "lock, so with `use_lockfile` loam rejects it. Credentials come from the "
             "sources of the programs of AWS, in their order: see [state](../state.md). With "
             "`dynamodb_table`, a table holds locks and digests as Terraform and OpenTofu store "
             "them.",
    .variables = s3_settings_variables,
    .variable_count = S3_SETTINGS_VARIABLES,
    .open = s3_open,
    .list = s3_list,
    .make = s3_make,
};
