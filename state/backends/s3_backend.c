/* s3_backend: states as objects of a bucket, named as Terraform and OpenTofu name them.
 *
 * state    KEY, and PREFIX/WORKSPACE/KEY of the other workspaces
 * lock     see s3_lock.h; it is read again before each write of a state
 * write    one object, so a crash leaves the old or the new state. While locked, on condition that
 *          the object is the one that this run read or wrote, if the store supports that: a request
 *          may arrive long after the check of the lock. Without use_lockfile, the last
 *          of several writers wins, as in Terraform; only the creation of a workspace overwrites
 *          nothing
 * journal  KEY.journal/0000000001 …; with use_lockfile each is created on the same condition, so a
 *          run that lost its lock cannot continue beside the next one; the last one stays
 * plans    KEY.plans/NAME, see plan_store.h
 *
 * With dynamodb_table, the digest of the state is in a table: see dynamo_table.h. */
#include "backend_settings.h"
#include "backends.h"
#include "digest.h"
#include "empty_state.h"
#include "log.h"
#include "object_segments.h"
#include "plan_store.h"
#include "problem.h"
#include "s3_objects.h"
#include "s3_settings.h"

#include <ctype.h>

#define LOCK_ENDING        ".tflock"
#define S3_JOURNAL_ENDING  ".journal/"
#define S3_PLANS_ENDING    ".plans/"
#define DEFAULT_PREFIX     "env:"
#define DIGEST_WAIT_MS     2000
#define DIGEST_WAIT_MAX_MS 10000

typedef struct S3 {
    Backend backend;
    const Io *io;
    S3Client client;
    Str key;
    NamedObjects *segments;
    DynamoTable table; /* its name is empty if dynamodb_table is not set */
    S3Lock lock;
    Str version; /* of the state that this run read or wrote; empty: unknown */
    Str digest;  /* of its bytes */
    Arena *arena;
} S3;

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

static bool s3_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                    const CancelToken *cancel, Diags *diags) {
    S3 *s3 = backend->self;
    s3->version = STR_EMPTY;
    return s3_lock_acquire(&s3->lock, info, timeout_ms, cancel, diags);
}

static bool s3_unlock(Backend *backend, Diags *diags) {
    S3 *s3 = backend->self;
    return s3_lock_release(&s3->lock, diags);
}

static bool s3_force_unlock(Backend *backend, Str id, Diags *diags) {
    S3 *s3 = backend->self;
    return s3_lock_force(&s3->lock, id, diags);
}

static bool s3_still_locked(Backend *backend, Diags *diags) {
    const S3 *s3 = backend->self;
    return s3_lock_is_held(&s3->lock, diags);
}

static bool s3_probe(Backend *backend, Diags *diags) {
    const S3 *s3 = backend->self;
    return s3_lock_probe(&s3->lock, diags);
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
            return backend_report(&s3->backend, "Failed to read the state", problem,
                                  S3_CHECK_ACCESS, diags);
        if (has_digest(s3, &state, status, arena))
            break;
        if (waited >= DIGEST_WAIT_MAX_MS ||
            clock->sleep_ms(clock->self, DIGEST_WAIT_MS, backend->cancel))
            return diags_fail(
                diags, NO_RANGE, "Failed to read the state",
                "\"%.*s\": state data in S3 does not have the expected content: the DynamoDB table "
                "\"%.*s\" has another digest in the item \"%.*s-md5\". Either another program is "
                "writing the state: try again. Or a program without \"dynamodb_table\" wrote it, "
                "or "
                "one died before it stored the digest: look at the object and its earlier versions "
                "in the bucket. If the state is the right one, run \"loam force-unlock "
                "-dynamodb-digest\", which deletes that item.",
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
    S3Object state = {s3->key, bytes, s3->lock.id.len ? s3->version : STR_EMPTY,
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

/* A run that dies between the writes of state and digest would leave the digest of the former
 * state, and no program could read the new one. A state without a digest is not checked. */
static void forget_digest(const S3 *s3, Arena *scratch) {
    Str problem = STR_EMPTY;
    if (s3->table.name.len && !dynamo_table_drop_digest(&s3->table, &problem, scratch))
        log_debug("digest not dropped", log_text("table", s3->table.name),
                  log_text("problem", problem));
}

static bool s3_drop_digest(Backend *backend, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 digest");
    const S3 *s3 = backend->self;
    Str problem = STR_EMPTY;
    if (s3->table.name.len == 0)
        return diags_fail(
            diags, NO_RANGE, "No table with a digest",
            "The backend has no argument \"dynamodb_table\", so loam does not know "
            "where a digest is. Set the argument for this command, and run \"loam init "
            "-reconfigure\" before and after it.");
    return dynamo_table_drop_digest(&s3->table, &problem, scratch) ||
           backend_report(backend, "Failed to delete the digest", problem, S3_CHECK_ACCESS, diags);
}

static bool s3_write(Backend *backend, Str bytes, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("s3 write");
    S3 *s3 = backend->self;
    Str problem;
    if (!s3_lock_check(&s3->lock, "Failed to write the state", diags))
        return false;
    forget_digest(s3, scratch);
    return (s3_backend_replace(s3, bytes, &problem, scratch) == S3_DONE ||
            backend_report(&s3->backend, "Failed to write the state", problem, S3_CHECK_ACCESS,
                           diags)) &&
           put_digest(s3, bytes, scratch, diags);
}

static bool s3_remove(Backend *backend, Diags *diags) {
    S3 *s3 = backend->self;
    SCOPED(ArenaRef) scratch = arena_open("s3 workspace");
    static const char summary[] = "Cannot delete the workspace";
    SegmentStore segments = object_segments_new(s3->segments, scratch);
    Str problem;
    if (!s3_lock_check(&s3->lock, summary, diags))
        return false;
    return (segments.drop(segments.self, UINT64_MAX, &problem, scratch) &&
            plan_store_clear(s3->backend.plans, &problem, scratch) &&
            s3_client_delete(&s3->client, s3->key, STR_EMPTY, &problem, scratch) == S3_DONE &&
            (s3->table.name.len == 0 || dynamo_table_drop_digest(&s3->table, &problem, scratch))) ||
           backend_report(&s3->backend, summary, problem, S3_CHECK_ACCESS, diags);
}

static void s3_close(Backend *backend) {
    S3 *s3 = backend->self;
    s3_lock_close(&s3->lock);
    backend->journal->close(backend->journal);
    aws_session_close(s3->client.settings.session);
}

static bool s3_backend_read_locking(S3 *s3, Value config, Diags *diags) {
    s3->lock.uses_object = backend_settings_bool(config, "use_lockfile", false);
    s3->table.name = backend_settings_text(config, "dynamodb_table", "");
    if (s3->table.name.len == 0)
        s3->table.name = backend_settings_text(config, "lock_table", "");
    if (!backend_settings_lease(config, &s3->lock.lease_seconds, diags))
        return false;
    if (s3->lock.lease_seconds > 0 && s3->table.name.len)
        return diags_fail(
            diags, NO_RANGE, "Invalid backend configuration",
            "\"lease_seconds\" and \"dynamodb_table\" cannot be combined: a lock in a "
            "table does not expire.");
    return s3->lock.lease_seconds == 0 || s3->lock.uses_object ||
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
    s3->lock = (S3Lock){.io = io,
                        .backend = &s3->backend,
                        .client = &s3->client,
                        .table = &s3->table,
                        .arena = arena};
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
    s3->lock.key = str_concat(s3->key, STR(LOCK_ENDING), arena);
    s3->segments =
        s3_objects_new(&s3->lock, str_concat(s3->key, STR(S3_JOURNAL_ENDING), arena), arena);
    s3->backend = (Backend){
        .type = &s3_backend,
        .self = s3,
        .path = str_format(arena, "s3://%.*s/%.*s", STR_ARG(s3->client.settings.bucket),
                           STR_ARG(s3->key)),
        .lock = s3_lock,
        .unlock = s3_unlock,
        .force_unlock = s3_force_unlock,
        .drop_digest = s3_drop_digest,
        .still_locked = s3_still_locked,
        .probe = s3_probe,
        .read = s3_read,
        .write = s3_write,
        .remove = s3_remove,
        .close = s3_close,
    };
    SegmentStore segments = object_segments_new(s3->segments, arena);
    s3->backend.journal = journal_segments_new(&segments, arena);
    s3->backend.plans =
        s3_objects_new(&s3->lock, str_concat(s3->key, STR(S3_PLANS_ENDING), arena), arena);
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
        return backend_report(&s3->backend, "Cannot list the workspaces", problem, S3_CHECK_ACCESS,
                              diags);
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
    if (status == S3_UNCONDITIONAL && !s3->lock.uses_object) {
        state.version = STR_EMPTY;
        status = s3_client_put(&s3->client, &state, &problem, scratch);
    }
    if (status == S3_DONE)
        (void)put_digest(s3, state.bytes, scratch, diags);
    s3_close(&s3->backend);
    /* S3_EXISTS: a workspace that another run has just created keeps its content. */
    return status == S3_DONE || status == S3_EXISTS ||
           backend_report(&s3->backend, "Cannot create the workspace", problem, S3_CHECK_ACCESS,
                          diags);
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
             "them. After an apply, an empty part of the journal stays: see "
             "[state](../state.md#requests-that-arrive-late).",
    .variables = s3_settings_variables,
    .variable_count = S3_SETTINGS_VARIABLES,
    .open = s3_open,
    .list = s3_list,
    .make = s3_make,
};
