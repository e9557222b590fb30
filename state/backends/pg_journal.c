/* pg_journal: one row per segment; the table is created with the first segment. */
#include "pg_journal.h"
#include "journal_segments.h"

typedef struct PgJournal {
    PgSession *session;
    Str workspace;
    bool has_table; /* the table exists */
} PgJournal;

/* Returns the first error's detail, for use in another sentence. */
static Str sentence_end(const Diags *diags) {
    Str text = diags->items[0].detail;
    return str_slice(text, 0, text.len - str_ends_with(text, STR(".")));
}

static bool run(PgJournal *journal,
                const char *statement,
                const Str *values,
                size_t count,
                DatabaseAnswer *answer,
                Str *problem,
                Arena *arena) {
    Diags diags = diags_new(arena);
    if (pg_session_run(journal->session, "The journal", statement, values, count, answer, arena,
                       &diags))
        return true;
    *problem = sentence_end(&diags);
    return false;
}

static bool find_table(PgJournal *journal, Str *problem, Arena *arena) {
    Diags diags = diags_new(arena);
    if (journal->has_table ||
        pg_session_has_table(journal->session, "{journal}", &journal->has_table, &diags))
        return true;
    *problem = sentence_end(&diags);
    return false;
}

static bool make_table(PgJournal *journal, Str *problem, Arena *arena) {
    DatabaseAnswer answer;
    if (!find_table(journal, problem, arena))
        return false;
    if (journal->has_table)
        return true;
    journal->has_table = run(journal,
                             "CREATE TABLE IF NOT EXISTS {journal} (name text NOT NULL, segment "
                             "bigint NOT NULL, data text NOT NULL, PRIMARY KEY (name, segment))",
                             NULL, 0, &answer, problem, arena);
    /* Two runs that create the table at once make each other fail, but the table then exists. */
    Str ignored;
    return journal->has_table || (find_table(journal, &ignored, arena) && journal->has_table);
}

static bool journal_list(void *self, Segments *out, Str *problem, Arena *arena) {
    PgJournal *journal = self;
    DatabaseAnswer answer;
    if (!find_table(journal, problem, arena))
        return false;
    if (!journal->has_table)
        return true;
    if (!run(journal, "SELECT segment, data FROM {journal} WHERE name = $1 ORDER BY segment",
             &journal->workspace, 1, &answer, problem, arena))
        return false;
    for (size_t i = 0; i < answer.row_count; i++) {
        Segment segment = {.text = answer.cells[2 * i + 1]};
        if (str_to_uint64(answer.cells[2 * i], &segment.number))
            vec_push(arena, out, segment);
    }
    return true;
}

/* An existing row is this one, after a lost reply. */
static bool journal_put(void *self, uint64_t number, Str text, Str *problem, Arena *arena) {
    PgJournal *journal = self;
    DatabaseAnswer answer;
    Str values[] = {journal->workspace, str_format(arena, "%llu", (unsigned long long)number),
                    text};
    return make_table(journal, problem, arena) &&
           run(journal,
               "INSERT INTO {journal} (name, segment, data) VALUES ($1, $2::bigint, $3) ON "
               "CONFLICT (name, segment) DO UPDATE SET data = EXCLUDED.data",
               values, ARRAY_COUNT(values), &answer, problem, arena);
}

static bool journal_drop(void *self, uint64_t below, Str *problem, Arena *arena) {
    PgJournal *journal = self;
    DatabaseAnswer answer;
    Str values[] = {journal->workspace, str_format(arena, "%llu", (unsigned long long)below)};
    return run(journal, "DELETE FROM {journal} WHERE name = $1 AND segment < $2::bigint", values,
               ARRAY_COUNT(values), &answer, problem, arena);
}

/* Sets *found to whether the table exists or can be created. */
static bool find_place(PgJournal *journal, bool *found, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg journal");
    DatabaseAnswer answer;
    Str schema = pg_session_settings(journal->session)->schema;
    if (!pg_session_has_table(journal->session, "{journal}", &journal->has_table, diags))
        return false;
    *found = journal->has_table;
    if (*found)
        return true;
    if (!pg_session_run(journal->session, "Failed to find the journal's location",
                        "SELECT has_schema_privilege(oid, 'CREATE') FROM pg_catalog.pg_namespace "
                        "WHERE nspname = $1",
                        &schema, 1, &answer, scratch, diags))
        return false;
    *found = answer.row_count == 1 && str_equal(answer.cells[0], STR("t"));
    return true;
}

bool pg_journal_open(
    PgSession *session, Str workspace, JournalStore **out, Arena *arena, Diags *diags) {
    const PgSettings *settings = pg_session_settings(session);
    PgJournal *journal = arena_new(arena, PgJournal);
    bool has_place;
    *journal = (PgJournal){.session = session, .workspace = workspace};
    if (!find_place(journal, &has_place, diags))
        return false;
    SegmentStore segments = {
        .self = journal,
        .name = str_format(arena, "%.*s.%.*s_journal of \"%.*s\"", STR_ARG(settings->schema),
                           STR_ARG(settings->table), STR_ARG(workspace)),
        .list = journal_list,
        .put = journal_put,
        .drop = journal_drop,
    };
    *out = has_place ? journal_segments_new(&segments, arena) : NULL;
    return true;
}

bool pg_journal_delete(PgSession *session, Str workspace, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("pg journal");
    DatabaseAnswer answer;
    bool there;
    return pg_session_has_table(session, "{journal}", &there, diags) &&
           (!there || pg_session_run(session, "Failed to delete the journal",
                                     "DELETE FROM {journal} WHERE name = $1", &workspace, 1,
                                     &answer, scratch, diags));
}
