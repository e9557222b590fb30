/* pg_plans: rows of schema.NAME_plans (name, key, data), which is created on first use; KEY is as
 * in plan_store.h. An encrypted plan file is text. */
#include "pg_session.h"

#define DOING "The stored plans"

typedef struct PgPlans {
    PlanStore store;
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

PlanStore *pg_plans_new(PgSession *session, Str workspace, Arena *arena) {
    const PgSettings *settings = pg_session_settings(session);
    PgPlans *plans = arena_new(arena, PgPlans);
    plans->session = session;
    plans->workspace = workspace;
    plans->store = (PlanStore){
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
