/* pg_backend: states as rows of a PostgreSQL table, in the layout of Terraform and OpenTofu: either
 * can continue where loam stopped.
 *
 * table    schema.states (id, name, data): a row is a workspace; ids come from
 *          public.global_states_id_seq, so an id names one state in the whole database
 * lock     the session's advisory lock on the row's id. A missing row is created first, with an
 *          empty state, under the locks that Terraform and OpenTofu acquire for creation
 * write    one statement, so a crash leaves the old or the new state
 * journal  rows of schema.states_journal (name, segment, data), created on first use
 * plans    rows of schema.states_plans (name, key, data), likewise */
#include "backend_settings.h"
#include "backends.h"
#include "empty_state.h"
#include "journal_segments.h"
#include "pg_session.h"

#define TERRAFORM_CREATION_LOCK "-1"
#define CREATION_TRIES          20
#define CREATION_WAIT_MS        100
#define NAME_SIZE               ((size_t)63) /* the server truncates longer names */
#define LOCKING                 "Error acquiring the state lock"
#define JOURNAL                 "The journal"

typedef struct Pg {
    Backend backend;
    const Io *io;
    PgSession *session;
    Str workspace;
    Str lock_id; /* empty: not locked */
    Arena *arena;
} Pg;

/* Rows of schema.NAME_plans (name, key, data), which is created on first use; KEY is as in
 * plan_store.h. An encrypted plan file is text. */

#define DOING "The stored plans"

typedef struct PgPlans {
    NamedObjects store;
    PgSession *session;
    Str workspace;
} PgPlans;

/* Executes the statement, whose values begin with the workspace. */
static bool pg_plans_run(const PgPlans *plans, const char *text, const StrVec *values,
                         DatabaseAnswer *answer, Str *problem, Arena *arena) {
    Diags diags = diags_new(arena);
    StrVec all = {0};
    vec_push(arena, &all, plans->workspace);
    vec_each(values, value) {
        vec_push(arena, &all, *value);
    }
    PgStatement statement = {DOING, text, all.items, all.count};
    if (pg_session_run(plans->session, &statement, answer, arena, &diags))
        return true;
    *problem = pg_session_problem(&diags);
    return false;
}

static bool pg_plans_find_table(const PgPlans *plans, bool *out, Str *problem, Arena *arena) {
    Diags diags = diags_new(arena);
    if (pg_session_has_table(plans->session, "{plans}", out, &diags))
        return true;
    *problem = pg_session_problem(&diags);
    return false;
}

/* Two runs that create the table at once make each other fail, but the table then exists. */
static bool pg_plans_make_table(const PgPlans *plans, Str *problem, Arena *arena) {
    bool there;
    Str ignored;
    Diags diags = diags_new(arena);
    PgStatement creation = {DOING,
                            "CREATE TABLE IF NOT EXISTS {plans} (name text NOT NULL, key text NOT "
                            "NULL, data text NOT NULL, PRIMARY KEY (name, key))"};
    if (!pg_plans_find_table(plans, &there, problem, arena))
        return false;
    if (there || pg_session_execute(plans->session, &creation, &diags))
        return true;
    *problem = pg_session_problem(&diags);
    return pg_plans_find_table(plans, &there, &ignored, arena) && there;
}

static bool pg_plans_list(void *self, StrVec *out, Str *problem, Arena *arena) {
    const PgPlans *plans = self;
    DatabaseAnswer answer = {0};
    bool there;
    if (!pg_plans_find_table(plans, &there, problem, arena))
        return false;
    if (there && !pg_plans_run(plans, "SELECT key FROM {plans} WHERE name = $1", &(StrVec){0},
                               &answer, problem, arena))
        return false;
    for (size_t i = 0; i < answer.row_count; i++)
        vec_push(arena, out, answer.cells[i]);
    return true;
}

static bool pg_plans_get(void *self, Str key, Str *out, bool *found, Str *problem, Arena *arena) {
    const PgPlans *plans = self;
    DatabaseAnswer answer = {0};
    StrVec values = {0};
    bool there;
    vec_push(arena, &values, key);
    if (!pg_plans_find_table(plans, &there, problem, arena))
        return false;
    if (there && !pg_plans_run(plans, "SELECT data FROM {plans} WHERE name = $1 AND key = $2",
                               &values, &answer, problem, arena))
        return false;
    *found = answer.row_count == 1;
    *out = *found ? answer.cells[0] : STR_EMPTY;
    return true;
}

static bool pg_plans_put(void *self, Str key, Str bytes, Str *problem, Arena *arena) {
    const PgPlans *plans = self;
    DatabaseAnswer answer;
    StrVec values = {0};
    vec_push(arena, &values, key);
    vec_push(arena, &values, bytes);
    return pg_plans_make_table(plans, problem, arena) &&
           pg_plans_run(plans,
                        "INSERT INTO {plans} (name, key, data) VALUES ($1, $2, $3) ON CONFLICT "
                        "(name, key) DO UPDATE SET data = EXCLUDED.data",
                        &values, &answer, problem, arena);
}

static bool pg_plans_drop(void *self, Str key, Str *problem, Arena *arena) {
    DatabaseAnswer answer;
    StrVec values = {0};
    vec_push(arena, &values, key);
    return pg_plans_run(self, "DELETE FROM {plans} WHERE name = $1 AND key = $2", &values, &answer,
                        problem, arena);
}

/* Returns the stored plans of the workspace. `session` must live as long. */
static NamedObjects *pg_plans_new(PgSession *session, Str workspace, Arena *arena) {
    const PgSettings *settings = pg_session_settings(session);
    PgPlans *plans = arena_new(arena, PgPlans);
    plans->session = session;
    plans->workspace = workspace;
    plans->store = (NamedObjects){
        .self = plans,
        .name = str_format(arena, "%.*s.%.*s_plans of \"%.*s\"", STR_ARG(settings->schema),
                           STR_ARG(settings->table), STR_ARG(workspace)),
        .list = pg_plans_list,
        .get = pg_plans_get,
        .put = pg_plans_put,
        .drop = pg_plans_drop,
    };
    return &plans->store;
}

int64_t pg_backend_creation_lock(Str schema, Str table) {
    Str parts[] = {schema, {"", 1}, table};
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        for (size_t at = 0; at < parts[i].len; at++)
            hash = (hash * 16777619U) ^ (unsigned char)parts[i].ptr[at];
    }
    return -(int64_t)hash;
}

static bool is_true(const DatabaseAnswer *answer, size_t cell) {
    return answer->row_count > 0 && str_equal(answer->cells[cell], STR("t"));
}

static bool release_number(Pg *pg, Str number, Diags *diags) {
    PgStatement release = {LOCKING, "SELECT pg_advisory_unlock($1::bigint)", &number, 1};
    return pg_session_execute(pg->session, &release, diags);
}

static LockResult try_number(Pg *pg, Str number, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg lock");
    DatabaseAnswer answer;
    PgStatement locking = {LOCKING, "SELECT pg_try_advisory_lock($1::bigint)", &number, 1};
    if (!pg_session_run(pg->session, &locking, &answer, scratch, diags))
        return LOCK_FAILED;
    return is_true(&answer, 0) ? LOCK_ACQUIRED : LOCK_HELD;
}

/* Retries for a short time: other programs hold these locks only briefly. */
static LockResult try_number_often(Pg *pg, Str number, Diags *diags) {
    const Clock *clock = pg->io->clock;
    LockResult result = LOCK_HELD;
    for (int i = 0; i < CREATION_TRIES && result == LOCK_HELD; i++) {
        if (i > 0)
            (void)clock->sleep_ms(clock->self, CREATION_WAIT_MS, NULL);
        result = try_number(pg, number, diags);
    }
    return result;
}

static bool insert_row(Pg *pg, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg row");
    Str values[] = {pg->workspace, empty_state_new(scratch)};
    PgStatement insert = {
        LOCKING, "INSERT INTO {states} (name, data) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        values, ARRAY_COUNT(values)};
    return pg_session_execute(pg->session, &insert, diags);
}

/* Acquires two locks: Terraform and OpenTofu use different numbers for the creation of a row. */
static LockResult make_row(Pg *pg, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg row");
    const PgSettings *settings = pg_session_settings(pg->session);
    Str theirs = STR(TERRAFORM_CREATION_LOCK);
    Str number = str_format(scratch, "%lld",
                            (long long)pg_backend_creation_lock(settings->schema, settings->table));
    LockResult result = try_number_often(pg, number, diags);
    if (result != LOCK_ACQUIRED)
        return result;
    result = try_number_often(pg, theirs, diags);
    if (result == LOCK_ACQUIRED) {
        bool ok = insert_row(pg, diags);
        result = release_number(pg, theirs, diags) && ok ? LOCK_ACQUIRED : LOCK_FAILED;
    }
    return release_number(pg, number, diags) ? result : LOCK_FAILED;
}

/* The row may have been deleted and created again since its number was read. The session knows the
 * lock before the check, so that it acquires the lock again if the check loses the connection. */
static LockResult pg_backend_check_number(Pg *pg, Str number, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg lock");
    DatabaseAnswer answer;
    PgStatement search = {LOCKING, "SELECT id FROM {states} WHERE name = $1", &pg->workspace, 1};
    pg_session_hold(pg->session, number);
    if (!pg_session_run(pg->session, &search, &answer, scratch, diags))
        return LOCK_FAILED;
    if (answer.row_count == 1 && str_equal(answer.cells[0], number)) {
        pg->lock_id = str_clone(number, pg->arena);
        return LOCK_ACQUIRED;
    }
    pg_session_hold(pg->session, STR_EMPTY);
    return release_number(pg, number, diags) ? LOCK_HELD : LOCK_FAILED;
}

/* Fills in the holder from a row of the session table. A session name of loam (session_name) also
 * has the operation. */
static void pg_backend_describe(LockInfo *holder, const Str *cells, Arena *arena) {
    Str name = cells[1];
    Str word;
    holder->who = str_format(arena, "%.*s@%.*s", STR_ARG(cells[2]), STR_ARG(cells[3]));
    holder->created = cells[4];
    holder->info = str_format(arena,
                              "session %.*s of the server (%.*s); if its program has ended, end "
                              "the session with SELECT pg_terminate_backend(%.*s)",
                              STR_ARG(cells[0]), STR_ARG(holder->who), STR_ARG(cells[0]));
    if (!str_next_field(&name, ' ', &word) || !str_equal(word, STR("loam")))
        return;
    if (str_next_field(&name, ' ', &word))
        holder->operation = word;
    if (str_next_field(&name, ' ', &word))
        holder->who = word;
}

/* Describes the holder from the server's session table, since advisory locks carry no text. */
static void find_holder(Pg *pg, LockInfo *out, Arena *arena) {
    DatabaseAnswer answer = {0};
    Diags ignored = diags_new(arena);
    *out = (LockInfo){.path = pg->backend.path};
    PgStatement search = {
        LOCKING,
        "SELECT a.pid, a.application_name, a.usename, coalesce(host(a.client_addr), 'local'), "
        "to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') FROM "
        "pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN {states} s ON s.name = $1 "
        "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = "
        "(SELECT oid FROM pg_database WHERE datname = current_database()) AND "
        "((l.classid::bigint << 32) | l.objid::bigint) = s.id",
        &pg->workspace, 1};
    if (pg_session_run(pg->session, &search, &answer, arena, &ignored) && answer.row_count > 0)
        pg_backend_describe(out, answer.cells, arena);
}

static LockResult pg_backend_try_lock(Pg *pg, Arena *arena, Diags *diags) {
    DatabaseAnswer answer;
    PgStatement locking = {LOCKING,
                           "SELECT id, pg_try_advisory_lock(id) FROM {states} WHERE name = $1",
                           &pg->workspace, 1};
    for (int i = 0; i < 2; i++) {
        if (!pg_session_run(pg->session, &locking, &answer, arena, diags))
            return LOCK_FAILED;
        if (answer.row_count > 0)
            return is_true(&answer, 1) ? pg_backend_check_number(pg, answer.cells[0], diags)
                                       : LOCK_HELD;
        LockResult made = make_row(pg, diags);
        if (made != LOCK_ACQUIRED)
            return made;
    }
    return LOCK_HELD;
}

static LockResult pg_backend_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena,
                                     Diags *diags) {
    Pg *pg = self;
    LockResult answer = pg_backend_try_lock(pg, arena, diags);
    if (answer == LOCK_HELD)
        find_holder(pg, holder, arena);
    return answer;
}

/* Returns a name such as "loam OperationTypeApply root@host 1b4e28ba", visible in
 * pg_stat_activity. */
static Str session_name(const LockInfo *info, Arena *arena) {
    Str name = str_format(arena, "loam %.*s %.*s %.*s", STR_ARG(info->operation),
                          STR_ARG(info->who), STR_ARG(str_slice(info->id, 0, 8)));
    return str_slice(name, 0, NAME_SIZE);
}

static bool pg_lock(Backend *backend, const LockInfo *info, int64_t timeout_ms,
                    const CancelToken *cancel, Diags *diags) {
    Pg *pg = backend->self;
    CHECK(pg->lock_id.len == 0);
    if (!pg_session_set_name(pg->session, session_name(info, pg->arena), diags))
        return false;
    LockAttempt trying = {pg, pg_backend_attempt, backend->waiting, backend->waiting_payload,
                          LOCK_ENDS_WITH_PROCESS};
    return state_lock_acquire(&trying, pg->io->clock, timeout_ms, cancel, diags);
}

static bool pg_unlock(Backend *backend, Diags *diags) {
    Pg *pg = backend->self;
    Str number = pg->lock_id;
    pg->lock_id = STR_EMPTY;
    if (number.len == 0 || pg_session_is_lost(pg->session))
        return true;
    pg_session_hold(pg->session, STR_EMPTY);
    return release_number(pg, number, diags);
}

static bool pg_force_unlock(Backend *backend, Str, Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Failed to unlock state",
                      "The lock of \"%.*s\" belongs to the session that holds it, and no other "
                      "session can remove it. If the program of that session has ended, end the "
                      "session as the lock error describes.",
                      STR_ARG(backend->path));
}

static bool pg_still_locked(Backend *backend, Diags *diags) {
    Pg *pg = backend->self;
    if (!pg_session_is_lost(pg->session))
        return true;
    return diags_fail(diags_as(DIAG_UNREACHABLE, diags), NO_RANGE, "State lock lost",
                      "The connection to PostgreSQL was lost, and the lock of \"%.*s\" could not "
                      "be acquired again, so no new operation starts.",
                      STR_ARG(backend->path));
}

static bool pg_read(Backend *backend, Str *out, Arena *arena, Diags *diags) {
    Pg *pg = backend->self;
    DatabaseAnswer answer;
    PgStatement reading = {"Failed to read the state",
                           "SELECT coalesce(data, '') FROM {states} WHERE name = $1",
                           &pg->workspace, 1};
    if (!pg_session_run(pg->session, &reading, &answer, arena, diags))
        return false;
    Str text = answer.row_count > 0 ? answer.cells[0] : STR_EMPTY;
    pg_session_expect(pg->session, text);
    *out = empty_state_drop(text);
    return true;
}

static bool pg_write(Backend *backend, Str bytes, Diags *diags) {
    Pg *pg = backend->self;
    Str values[] = {pg->workspace, bytes};
    PgStatement writing = {"Failed to write the state",
                           "INSERT INTO {states} (name, data) VALUES ($1, $2) ON CONFLICT (name) "
                           "DO UPDATE SET data = EXCLUDED.data",
                           values, ARRAY_COUNT(values)};
    pg_session_expect(pg->session, bytes);
    return pg_session_execute(pg->session, &writing, diags);
}

typedef struct PgJournal {
    PgSession *session;
    Str workspace;
    bool has_table; /* the table exists */
} PgJournal;

static bool run_journal(PgJournal *journal, const PgStatement *statement, DatabaseAnswer *answer,
                        Str *problem, Arena *arena) {
    Diags diags = diags_new(arena);
    if (pg_session_run(journal->session, statement, answer, arena, &diags))
        return true;
    *problem = pg_session_problem(&diags);
    return false;
}

static bool find_journal(PgJournal *journal, Str *problem, Arena *arena) {
    Diags diags = diags_new(arena);
    if (journal->has_table ||
        pg_session_has_table(journal->session, "{journal}", &journal->has_table, &diags))
        return true;
    *problem = pg_session_problem(&diags);
    return false;
}

static bool make_journal(PgJournal *journal, Str *problem, Arena *arena) {
    DatabaseAnswer answer;
    if (!find_journal(journal, problem, arena))
        return false;
    if (journal->has_table)
        return true;
    PgStatement creation = {JOURNAL,
                            "CREATE TABLE IF NOT EXISTS {journal} (name text NOT NULL, segment "
                            "bigint NOT NULL, data text NOT NULL, PRIMARY KEY (name, segment))"};
    journal->has_table = run_journal(journal, &creation, &answer, problem, arena);
    /* Two runs that create the table at once make each other fail, but the table then exists. */
    Str ignored;
    return journal->has_table || (find_journal(journal, &ignored, arena) && journal->has_table);
}

static bool pg_backend_journal_list(void *self, Segments *out, Str *problem, Arena *arena) {
    PgJournal *journal = self;
    DatabaseAnswer answer;
    if (!find_journal(journal, problem, arena))
        return false;
    if (!journal->has_table)
        return true;
    PgStatement reading = {JOURNAL,
                           "SELECT segment, data FROM {journal} WHERE name = $1 ORDER BY segment",
                           &journal->workspace, 1};
    if (!run_journal(journal, &reading, &answer, problem, arena))
        return false;
    for (size_t i = 0; i < answer.row_count; i++) {
        Segment segment = {.text = answer.cells[2 * i + 1]};
        if (str_to_uint64(answer.cells[2 * i], &segment.number))
            vec_push(arena, out, segment);
    }
    return true;
}

/* An existing row is this one, after a lost reply. */
static bool pg_backend_journal_put(void *self, uint64_t number, Str text, Str *problem,
                                   Arena *arena) {
    PgJournal *journal = self;
    DatabaseAnswer answer;
    Str values[] = {journal->workspace, str_format(arena, "%llu", (unsigned long long)number),
                    text};
    PgStatement insert = {
        JOURNAL,
        "INSERT INTO {journal} (name, segment, data) VALUES ($1, $2::bigint, $3) ON "
        "CONFLICT (name, segment) DO UPDATE SET data = EXCLUDED.data",
        values, ARRAY_COUNT(values)};
    return make_journal(journal, problem, arena) &&
           run_journal(journal, &insert, &answer, problem, arena);
}

static bool pg_backend_journal_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    PgJournal *journal = self;
    DatabaseAnswer answer;
    Str values[] = {journal->workspace, str_format(arena, "%llu", (unsigned long long)below)};
    PgStatement deletion = {JOURNAL,
                            "DELETE FROM {journal} WHERE name = $1 AND segment < $2::bigint",
                            values, ARRAY_COUNT(values)};
    return run_journal(journal, &deletion, &answer, problem, arena);
}

/* Sets *found to whether the table exists or can be created. */
static bool find_journal_place(PgJournal *journal, bool *found, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg journal");
    DatabaseAnswer answer;
    Str schema = pg_session_settings(journal->session)->schema;
    if (!pg_session_has_table(journal->session, "{journal}", &journal->has_table, diags))
        return false;
    *found = journal->has_table;
    if (*found)
        return true;
    PgStatement search = {"Failed to find the journal's location",
                          "SELECT has_schema_privilege(oid, 'CREATE') FROM "
                          "pg_catalog.pg_namespace WHERE nspname = $1",
                          &schema, 1};
    if (!pg_session_run(journal->session, &search, &answer, scratch, diags))
        return false;
    *found = answer.row_count == 1 && str_equal(answer.cells[0], STR("t"));
    return true;
}

/* Sets *out to the journal, or to NULL if its table does not exist and the role may not create it:
 * some users share the table of states with roles that have no other rights. */
static bool open_journal(PgSession *session, Str workspace, JournalStore **out, Arena *arena,
                         Diags *diags) {
    const PgSettings *settings = pg_session_settings(session);
    PgJournal *journal = arena_new(arena, PgJournal);
    bool has_place;
    *journal = (PgJournal){.session = session, .workspace = workspace};
    if (!find_journal_place(journal, &has_place, diags))
        return false;
    SegmentStore segments = {
        .self = journal,
        .name = str_format(arena, "%.*s.%.*s_journal of \"%.*s\"", STR_ARG(settings->schema),
                           STR_ARG(settings->table), STR_ARG(workspace)),
        .list = pg_backend_journal_list,
        .put = pg_backend_journal_put,
        .drop = pg_backend_journal_drop,
    };
    *out = has_place ? journal_segments_new(&segments, arena) : NULL;
    return true;
}

static bool delete_journal(PgSession *session, Str workspace, Diags *diags) {
    bool there;
    PgStatement deletion = {"Failed to delete the journal", "DELETE FROM {journal} WHERE name = $1",
                            &workspace, 1};
    return pg_session_has_table(session, "{journal}", &there, diags) &&
           (!there || pg_session_execute(session, &deletion, diags));
}

static bool delete_plans(const Backend *backend, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg plans");
    Str problem;
    return plan_store_clear(backend->plans, &problem, scratch) ||
           diags_fail(diags, NO_RANGE, "Failed to delete the stored plans", "%.*s.",
                      STR_ARG(problem));
}

static bool pg_remove(Backend *backend, Diags *diags) {
    Pg *pg = backend->self;
    PgStatement deletion = {"Cannot delete the workspace", "DELETE FROM {states} WHERE name = $1",
                            &pg->workspace, 1};
    return delete_journal(pg->session, pg->workspace, diags) && delete_plans(backend, diags) &&
           pg_session_execute(pg->session, &deletion, diags);
}

static void pg_close(Backend *backend) {
    Pg *pg = backend->self;
    if (backend->journal)
        backend->journal->close(backend->journal);
    pg_session_close(pg->session);
}

/* An empty name means the default, as in Terraform. */
static Str pg_backend_name_of(Value config, const char *name, const char *usual) {
    Str text = backend_settings_text(config, name, usual);
    return text.len ? text : str_from_cstr(usual);
}

static PgSettings settings_of(Value config) {
    return (PgSettings){
        .address = backend_settings_text(config, "conn_str", ""),
        .schema = pg_backend_name_of(config, "schema_name", "terraform_remote_state"),
        .table = pg_backend_name_of(config, "table_name", "states"),
        .index = pg_backend_name_of(config, "index_name", "states_by_name"),
        .skip_schema = backend_settings_bool(config, "skip_schema_creation", false),
        .skip_table = backend_settings_bool(config, "skip_table_creation", false),
        .skip_index = backend_settings_bool(config, "skip_index_creation", false),
    };
}

static bool pg_backend_open_session(const Io *io, Value config, Str workspace, PgSession **out,
                                    Arena *arena, Diags *diags) {
    PgSettings settings = settings_of(config);
    return pg_session_open(io, &settings, workspace, out, arena, diags);
}

static bool pg_open(const Io *io, Value config, Str workspace, Backend **out, Arena *arena,
                    Diags *diags) {
    PgSession *session = NULL;
    if (workspace.len == 0)
        workspace = STR("default");
    if (!pg_backend_open_session(io, config, workspace, &session, arena, diags))
        return false;
    const PgSettings *settings = pg_session_settings(session);
    Pg *pg = arena_new(arena, Pg);
    pg->io = io;
    pg->session = session;
    pg->workspace = str_clone(workspace, arena);
    pg->arena = arena;
    pg->backend = (Backend){
        .type = &pg_backend,
        .self = pg,
        .path = str_format(arena, "%.*s.%.*s/%.*s", STR_ARG(settings->schema),
                           STR_ARG(settings->table), STR_ARG(workspace)),
        .lock = pg_lock,
        .unlock = pg_unlock,
        .force_unlock = pg_force_unlock,
        .still_locked = pg_still_locked,
        .read = pg_read,
        .write = pg_write,
        .remove = pg_remove,
        .close = pg_close,
    };
    pg->backend.plans = pg_plans_new(session, pg->workspace, arena);
    if (!open_journal(session, pg->workspace, &pg->backend.journal, arena, diags)) {
        pg_session_close(session);
        return false;
    }
    *out = &pg->backend;
    return true;
}

static bool pg_list(const Io *io, Value config, StrVec *out, Arena *arena, Diags *diags) {
    PgSession *session = NULL;
    DatabaseAnswer answer;
    if (!pg_backend_open_session(io, config, STR("default"), &session, arena, diags))
        return false;
    PgStatement listing = {
        "Cannot list the workspaces",
        "SELECT name FROM {states} WHERE name <> 'default' ORDER BY name COLLATE \"C\""};
    bool ok = pg_session_run(session, &listing, &answer, arena, diags);
    for (size_t i = 0; ok && i < answer.row_count; i++)
        vec_push(arena, out, answer.cells[i]);
    pg_session_close(session);
    return ok;
}

static bool pg_make(const Io *io, Value config, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("workspace");
    Backend *backend = NULL;
    if (!pg_open(io, config, workspace, &backend, scratch, diags))
        return false;
    LockResult made = make_row(backend->self, diags);
    if (made == LOCK_HELD)
        diags_error(diags, NO_RANGE, "Cannot create the workspace",
                    "Another program is creating a workspace in this database. Try again.");
    pg_close(backend);
    return made == LOCK_ACQUIRED;
}

static const Attribute pg_attributes[] = {
    {"conn_str", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Address of the database, as a URL or as keywords. The PG* variables set the remaining "
     "parts."},
    {"schema_name", &TYPE_STRING, OPTIONAL,
     "Schema of the tables (default \"terraform_remote_state\")."},
    {"table_name", &TYPE_STRING, OPTIONAL,
     "Table of the states (default \"states\"). The table of the journal is NAME_journal, "
     "that of stored plans NAME_plans."},
    {"index_name", &TYPE_STRING, OPTIONAL,
     "Unique index of the names (default \"states_by_name\")."},
    {"skip_schema_creation", &TYPE_BOOL, OPTIONAL, "Whether to skip creating the schema."},
    {"skip_table_creation", &TYPE_BOOL, OPTIONAL, "Whether to skip creating the table."},
    {"skip_index_creation", &TYPE_BOOL, OPTIONAL, "Whether to skip creating the index."},
};

static const BackendVariable pg_variables[] = {
    {"conn_str", "PG_CONN_STR"},
    {"schema_name", "PG_SCHEMA_NAME"},
    {"table_name", "PG_TABLE_NAME"},
    {"index_name", "PG_INDEX_NAME"},
    {"skip_schema_creation", "PG_SKIP_SCHEMA_CREATION"},
    {"skip_table_creation", "PG_SKIP_TABLE_CREATION"},
    {"skip_index_creation", "PG_SKIP_INDEX_CREATION"},
};

const BackendType pg_backend = {
    .name = "pg",
    .schema =
        {SCHEMA_ATTRIBUTES(pg_attributes),
         .description =
             "Stores states as rows of a PostgreSQL table, and locks them with advisory locks."},
    .about = "Terraform and OpenTofu use the same rows, locks and sequence of numbers, so you can "
             "use either program with the same states. The lock belongs to the session, so it ends "
             "with the program, or 20 seconds after its machine was lost. If the role cannot "
             "create the journal's table, the journal is a "
             "file in the data directory. TLS is required unless the address sets sslmode.",
    BACKEND_VARIABLES(pg_variables),
    .open = pg_open,
    .list = pg_list,
    .make = pg_make,
};
