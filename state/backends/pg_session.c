/* pg_session: one connection at a time; the lock is acquired again on each new one. */
#include "pg_session.h"
#include "digest.h"
#include "log.h"
#include "thread.h"

#define RECONNECT_WAITS 4 /* 1, 2, 4 and 8 seconds */
#define RELOCK_TRIES    20
#define RELOCK_WAIT_MS  250
#define ENDING_TRIES    20
#define ENDING_WAIT_MS  50
/* The lock for creating the tables. No tool uses a pair of small numbers for states. */
#define LAYOUT_LOCK       "1819238765, 1"
#define PG_JOURNAL_ENDING "_journal"
#define PG_PLANS_ENDING   "_plans"

struct PgSession {
    const Io *io;
    PgSettings settings;
    Str workspace;
    Str states;  /* "schema"."states" */
    Str journal; /* "schema"."states_journal" */
    Str plans;   /* "schema"."states_plans" */
    pthread_mutex_t mutex;
    Arena *arena;            /* of changing values; guarded by the mutex */
    Arena *connection_arena; /* of the connection; NULL: not connected */
    DatabaseSession *connection;
    Str pid; /* identity of the connection: the server's process ID and its start time */
    Str since;
    Str name;
    Str lock_id;
    Str known; /* digest of the stored state's text; `coming`: of the text being written */
    Str coming;
    bool is_lost;
};

const PgSettings *pg_session_settings(const PgSession *session) {
    return &session->settings;
}

static Str quote_name(Str name, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    strbuf_add_char(&text, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"')
            strbuf_add_char(&text, '"');
        strbuf_add_char(&text, name.ptr[i]);
    }
    strbuf_add_char(&text, '"');
    return strbuf_str(&text);
}

static Str session_qualified(const PgSettings *settings, Str name, Arena *arena) {
    Str schema = quote_name(settings->schema, arena);
    name = quote_name(name, arena);
    return str_format(arena, "%.*s.%.*s", STR_ARG(schema), STR_ARG(name));
}

static const char *session_expand(const PgSession *session, const char *statement, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str rest = str_from_cstr(statement);
    while (rest.len) {
        if (str_starts_with(rest, STR("{states}"))) {
            strbuf_add(&text, session->states);
            rest = str_after(rest, strlen("{states}"));
        } else if (str_starts_with(rest, STR("{journal}"))) {
            strbuf_add(&text, session->journal);
            rest = str_after(rest, strlen("{journal}"));
        } else if (str_starts_with(rest, STR("{plans}"))) {
            strbuf_add(&text, session->plans);
            rest = str_after(rest, strlen("{plans}"));
        } else {
            strbuf_add_char(&text, rest.ptr[0]);
            rest = str_after(rest, 1);
        }
    }
    return str_to_cstr(strbuf_str(&text), arena);
}

static DatabaseStatus run_once(PgSession *session, const PgStatement *statement,
                               DatabaseAnswer *answer, Arena *arena) {
    const Database *database = session->io->database;
    return database->run(database->self, session->connection,
                         session_expand(session, statement->text, arena), statement->values,
                         statement->count, answer, arena);
}

typedef struct PgHint {
    const char *code;
    const char *text;
} PgHint;

static const PgHint pg_hints[] = {
    {"42501", "Grant the role that right, or create the table with another role."},
    {"42P01", "Allow loam to create it (remove skip_table_creation), or create it as the "
              "documentation describes."},
    {"3F000", "Allow loam to create it (remove skip_schema_creation), or create it first."},
    {"25006", "Connect to the primary server: this one is read-only."},
    {"53100", "Free space on the server, then run the same command again."},
};

static DiagClass session_class(DatabaseStatus status, const DatabaseAnswer *answer) {
    Str code = answer->code;
    if (str_starts_with(code, STR("28")) || str_equal(code, STR("42501")))
        return DIAG_DENIED;
    return status == DATABASE_LOST ? diag_class_of(answer->problem, DIAG_UNREACHABLE) : DIAG_OTHER;
}

static bool session_report(const char *doing, DatabaseStatus status, const DatabaseAnswer *answer,
                           Diags *diags) {
    const char *hint = status == DATABASE_LOST
                           ? "Check the address (conn_str, or PG variables) and whether the server "
                             "is running. If the server has no TLS, set \"sslmode=disable\"."
                       : status == DATABASE_NO_CLIENT ? "No request was sent."
                                                      : "The server rejected it.";
    for (size_t i = 0; i < ARRAY_COUNT(pg_hints); i++) {
        if (str_equal_cstr(answer->code, pg_hints[i].code))
            hint = pg_hints[i].text;
    }
    bool asks =
        str_ends_with(answer->problem,
                      STR("?")); /* some messages end with a question: "Is the server running …?" */
    return diags_fail(diags_as(session_class(status, answer), diags), NO_RANGE, doing,
                      "PostgreSQL: %.*s%s %s", STR_ARG(answer->problem), asks ? "" : ".", hint);
}

static bool session_report_lost(const PgSession *session, const char *doing, Diags *diags) {
    return diags_fail(
        diags, NO_RANGE, doing,
        "The connection to PostgreSQL was lost, and with it the lock of the state \"%.*s\". Before "
        "loam acquired it again, another program held it or changed the state, so this run writes "
        "nothing more. Inspect the state, then run the same command again.",
        STR_ARG(session->workspace));
}

static void disconnect(PgSession *session) {
    const Database *database = session->io->database;
    if (session->connection)
        database->close(database->self, session->connection);
    arena_close(session->connection_arena);
    session->connection = NULL;
    session->connection_arena = NULL;
}

/* The session's name, from which other runs read the lock's holder. */
static PgStatement naming_of(const PgSession *session) {
    return (PgStatement){"Failed to name the session",
                         "SELECT set_config('application_name', $1, false)", &session->name, 1};
}

/* Prepares a new connection: notes its identity and sets its name. Turns synchronous commits on if
 * the server's default is off, because a written state must be durable. Lets the server end the
 * session, and with it the lock, 20 seconds after the machine of the client vanished; the usual
 * default is two hours. */
static DatabaseStatus introduce(PgSession *session, DatabaseAnswer *answer, Arena *arena) {
    PgStatement naming = naming_of(session);
    PgStatement beginning = {
        .text = "SELECT set_config('synchronous_commit', CASE current_setting("
                "'synchronous_commit') WHEN 'off' THEN 'on' ELSE "
                "current_setting('synchronous_commit') END, false), pg_backend_pid(), "
                "(SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()), "
                "set_config('tcp_keepalives_idle', '10', false), "
                "set_config('tcp_keepalives_interval', '5', false), "
                "set_config('tcp_keepalives_count', '2', false)"};
    DatabaseStatus status = run_once(session, &beginning, answer, arena);
    if (status != DATABASE_DONE || answer->row_count != 1)
        return status;
    session->pid = str_clone(answer->cells[1], session->arena);
    session->since = str_clone(answer->cells[2], session->arena);
    return session->name.len ? run_once(session, &naming, answer, arena) : status;
}

static DatabaseStatus session_connect_once(PgSession *session, DatabaseAnswer *answer,
                                           Arena *arena) {
    const Database *database = session->io->database;
    session->connection_arena = arena_open("pg connection");
    DatabaseStatus status = database->open(database->self, session->settings.address,
                                           &session->connection, answer, session->connection_arena);
    if (status == DATABASE_DONE)
        return introduce(session, answer, arena);
    answer->problem = str_clone(answer->problem, arena);
    session->connection = NULL;
    return status;
}

/* Ends this session's earlier connection: the server may still hold its lock because it has not
 * noticed the disconnect. */
static void end_predecessor(PgSession *session, Str pid, Str since, Arena *arena) {
    const Clock *clock = session->io->clock;
    DatabaseStatus status = DATABASE_DONE;
    DatabaseAnswer answer = {.row_count = 1};
    Str values[] = {pid, since};
    PgStatement ending = {.text = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                  "pid = $1::int AND backend_start = $2::timestamptz",
                          .values = values,
                          .count = ARRAY_COUNT(values)};
    for (int i = 0; i < ENDING_TRIES && status == DATABASE_DONE && answer.row_count; i++) {
        if (i > 0)
            (void)clock->sleep_ms(clock->self, ENDING_WAIT_MS, NULL);
        status = run_once(session, &ending, &answer, arena);
    }
}

static DatabaseStatus relock(PgSession *session, bool *got, DatabaseAnswer *answer, Arena *arena) {
    const Clock *clock = session->io->clock;
    DatabaseStatus status = DATABASE_DONE;
    PgStatement locking = {
        .text = "SELECT pg_try_advisory_lock($1::bigint)", .values = &session->lock_id, .count = 1};
    *got = false;
    for (int i = 0; i < RELOCK_TRIES && !*got && status == DATABASE_DONE; i++) {
        if (i > 0)
            (void)clock->sleep_ms(clock->self, RELOCK_WAIT_MS, NULL);
        status = run_once(session, &locking, answer, arena);
        *got = status == DATABASE_DONE && str_equal(answer->cells[0], STR("t"));
    }
    return status;
}

/* Compares the stored state with the one this run knows: same row, and a text that this run read or
 * wrote. */
static DatabaseStatus session_compare(PgSession *session, bool *same, DatabaseAnswer *answer,
                                      Arena *arena) {
    PgStatement reading = {.text =
                               "SELECT id, md5(coalesce(data, '')) FROM {states} WHERE name = $1",
                           .values = &session->workspace,
                           .count = 1};
    DatabaseStatus status = run_once(session, &reading, answer, arena);
    *same = false;
    if (status != DATABASE_DONE || answer->row_count != 1)
        return status;
    Str digest = answer->cells[1];
    *same = str_equal(answer->cells[0], session->lock_id) &&
            (session->known.len == 0 || str_equal(digest, session->known) ||
             str_equal(digest, session->coming));
    return status;
}

/* Connects again and acquires the lock of the old connection; sets session->is_lost if that
 * fails. */
static DatabaseStatus resume(PgSession *session, DatabaseAnswer *answer, Arena *arena) {
    Str pid = str_clone(session->pid, arena);
    Str since = str_clone(session->since, arena);
    disconnect(session);
    DatabaseStatus status = session_connect_once(session, answer, arena);
    if (status == DATABASE_DONE && pid.len)
        end_predecessor(session, pid, since, arena);
    if (status != DATABASE_DONE || session->lock_id.len == 0)
        return status;
    bool is_ours = false;
    status = relock(session, &is_ours, answer, arena);
    if (status == DATABASE_DONE && is_ours)
        status = session_compare(session, &is_ours, answer, arena);
    if (status == DATABASE_DONE && !is_ours)
        session->is_lost = true;
    return status;
}

static DatabaseStatus resume_patiently(PgSession *session, DatabaseAnswer *answer, Arena *arena) {
    const Clock *clock = session->io->clock;
    DatabaseStatus status = DATABASE_LOST;
    for (int i = 0; i <= RECONNECT_WAITS && status == DATABASE_LOST; i++) {
        if (i > 0)
            (void)clock->sleep_ms(clock->self, (int64_t)1000 << (i - 1), NULL);
        log_debug("pg reconnect", log_number("attempt", i + 1));
        status = resume(session, answer, arena);
    }
    return status;
}

static DatabaseStatus run_steadily(PgSession *session, const PgStatement *statement,
                                   DatabaseAnswer *answer, Arena *arena) {
    DatabaseStatus status = DATABASE_LOST;
    if (session->connection)
        status = run_once(session, statement, answer, arena);
    if (status != DATABASE_LOST)
        return status;
    status = resume_patiently(session, answer, arena);
    if (status != DATABASE_DONE || session->is_lost)
        return status;
    return run_once(session, statement, answer, arena);
}

bool pg_session_run(PgSession *session, const PgStatement *statement, DatabaseAnswer *answer,
                    Arena *arena, Diags *diags) {
    DatabaseStatus status = DATABASE_LOST;
    pthread_mutex_lock(&session->mutex);
    if (!session->is_lost)
        status = run_steadily(session, statement, answer, arena);
    bool is_lost = session->is_lost;
    pthread_mutex_unlock(&session->mutex);
    if (is_lost)
        return session_report_lost(session, statement->doing, diags);
    return status == DATABASE_DONE || session_report(statement->doing, status, answer, diags);
}

bool pg_session_execute(PgSession *session, const PgStatement *statement, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg statement");
    DatabaseAnswer answer;
    return pg_session_run(session, statement, &answer, scratch, diags);
}

void pg_session_hold(PgSession *session, Str lock_id) {
    LOCKED(&session->mutex);
    session->lock_id = str_clone(lock_id, session->arena);
}

void pg_session_expect(PgSession *session, Str text) {
    LOCKED(&session->mutex);
    session->known = session->coming.len ? session->coming : session->known;
    session->coming = digest_hex(DIGEST_MD5, text, session->arena);
    if (session->known.len == 0)
        session->known = session->coming;
}

bool pg_session_is_lost(PgSession *session) {
    LOCKED(&session->mutex);
    return session->is_lost;
}

bool pg_session_set_name(PgSession *session, Str name, Diags *diags) {
    PgStatement naming = naming_of(session);
    pthread_mutex_lock(&session->mutex);
    session->name = str_clone(name, session->arena);
    pthread_mutex_unlock(&session->mutex);
    return pg_session_execute(session, &naming, diags);
}

Str pg_session_problem(const Diags *diags) {
    Str text = diags->items[0].detail;
    return str_slice(text, 0, text.len - str_ends_with(text, STR(".")));
}

bool pg_session_has_table(PgSession *session, const char *table, bool *out, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg table");
    DatabaseAnswer answer;
    Str name = str_from_cstr(session_expand(session, table, scratch));
    PgStatement search = {"Failed to find the table", "SELECT to_regclass($1)", &name, 1};
    if (!pg_session_run(session, &search, &answer, scratch, diags))
        return false;
    *out = answer.cells[0].ptr != NULL;
    return true;
}

static bool has_schema(PgSession *session, bool *out, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg schema");
    DatabaseAnswer answer;
    PgStatement search = {"Failed to find the schema",
                          "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1",
                          &session->settings.schema, 1};
    if (!pg_session_run(session, &search, &answer, scratch, diags))
        return false;
    *out = answer.row_count > 0;
    return true;
}

static bool change_format(PgSession *session, Str statement, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg layout");
    PgStatement change = {"Failed to create the tables", str_to_cstr(statement, scratch)};
    return pg_session_execute(session, &change, diags);
}

static bool make_schema(PgSession *session, Arena *arena, Diags *diags) {
    bool there = session->settings.skip_schema;
    Str name = quote_name(session->settings.schema, arena);
    if (!there && !has_schema(session, &there, diags))
        return false;
    return there ||
           change_format(session,
                         str_format(arena, "CREATE SCHEMA IF NOT EXISTS %.*s", STR_ARG(name)),
                         diags);
}

/* The sequence is in "public" for any schema, because its numbers are locks of the whole
 * database. */
static bool make_table(PgSession *session, Diags *diags) {
    bool there = session->settings.skip_table;
    if (!there && !pg_session_has_table(session, "{states}", &there, diags))
        return false;
    return there ||
           (change_format(
                session, STR("CREATE SEQUENCE IF NOT EXISTS public.global_states_id_seq AS bigint"),
                diags) &&
            change_format(session,
                          STR("CREATE TABLE IF NOT EXISTS {states} (id bigint NOT NULL DEFAULT "
                              "nextval('public.global_states_id_seq') PRIMARY KEY, name text "
                              "UNIQUE, data text)"),
                          diags));
}

static bool make_index(PgSession *session, Arena *arena, Diags *diags) {
    bool there = session->settings.skip_index;
    Str place = session_qualified(&session->settings, session->settings.index, arena);
    if (!there && !pg_session_has_table(session, str_to_cstr(place, arena), &there, diags))
        return false;
    Str name = quote_name(session->settings.index, arena);
    return there || change_format(session,
                                  str_format(arena,
                                             "CREATE UNIQUE INDEX IF NOT EXISTS %.*s ON {states} "
                                             "(name)",
                                             STR_ARG(name)),
                                  diags);
}

static bool is_laid_out(PgSession *session, bool *out, Arena *arena, Diags *diags) {
    const PgSettings *settings = &session->settings;
    Str index = session_qualified(settings, settings->index, arena);
    bool table = settings->skip_table;
    bool has_index = settings->skip_index;
    if (!table && !pg_session_has_table(session, "{states}", &table, diags))
        return false;
    if (!has_index && !pg_session_has_table(session, str_to_cstr(index, arena), &has_index, diags))
        return false;
    *out = table && has_index;
    return true;
}

/* Creates the layout under a lock: with IF NOT EXISTS alone, two concurrent runs can make each
 * other fail. */
static bool session_lay_out(PgSession *session, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg layout");
    bool done;
    if (!is_laid_out(session, &done, scratch, diags))
        return false;
    if (done)
        return true;
    return change_format(session, STR("SELECT pg_advisory_lock(" LAYOUT_LOCK ")"), diags) &&
           make_schema(session, scratch, diags) && make_table(session, diags) &&
           make_index(session, scratch, diags) &&
           change_format(session, STR("SELECT pg_advisory_unlock(" LAYOUT_LOCK ")"), diags);
}

bool pg_session_open(const Io *io, const PgSettings *settings, Str workspace, PgSession **out,
                     Arena *arena, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg open");
    PgSession *session = arena_new(arena, PgSession);
    DatabaseAnswer answer = {0};
    Str journal = str_concat(settings->table, STR(PG_JOURNAL_ENDING), arena);
    Str plans = str_concat(settings->table, STR(PG_PLANS_ENDING), arena);
    *session = (PgSession){
        .io = io,
        .settings = *settings,
        .workspace = str_clone(workspace, arena),
        .states = session_qualified(settings, settings->table, arena),
        .journal = session_qualified(settings, journal, arena),
        .plans = session_qualified(settings, plans, arena),
        .arena = arena_open("pg session"),
    };
    pthread_mutex_init(&session->mutex, NULL);
    DatabaseStatus status = session_connect_once(session, &answer, scratch);
    bool ok = status == DATABASE_DONE ||
              session_report("Cannot connect to PostgreSQL", status, &answer, diags);
    if (ok && session_lay_out(session, diags)) {
        *out = session;
        return true;
    }
    pg_session_close(session);
    return false;
}

void pg_session_close(PgSession *session) {
    if (!session)
        return;
    disconnect(session);
    arena_close(session->arena);
    pthread_mutex_destroy(&session->mutex);
}
