/* The calls of `loam gitops` about objects of the state: requests, rows, events and errors. */
#include "engine_case.h"

#define CARDS "resource:\n  fake_card: {a: {name: a}, b: {name: b}}\n  fake_thing: {t: {name: t}}\n"

/* "fake_card.a: a True r1 applied; other False waits, suspended;\n" */
static Str text_of(const EngineCase *c, const GitopsResults *results) {
    StrBuf buf = strbuf_new(c->arena);
    vec_each(results, result) {
        strbuf_add_format(&buf, "%.*s:", STR_ARG(resource_addr_to_str(result->address, c->arena)));
        vec_each(&result->rows, row)
            strbuf_add_format(&buf, " %.*s %.*s %.*s %.*s%s;", STR_ARG(row->object),
                              STR_ARG(row->ready), STR_ARG(row->revision), STR_ARG(row->message),
                              row->is_suspended ? ", suspended" : "");
        strbuf_add_char(&buf, '\n');
    }
    return strbuf_str(&buf);
}

static void hear(void *self, const WalkEvent *event) {
    if (event->kind != EVENT_OPERATION_START && event->kind != EVENT_OPERATION_END)
        return;
    check_str(str_from_cstr(event->operation), "reconcile");
    strbuf_add_format(self, "%s %.*s%s\n", event->kind == EVENT_OPERATION_START ? "start" : "end",
                      STR_ARG(event->address), event->failed ? " failed" : "");
}

static bool call(EngineCase *c, const GitopsOptions *options, const char *target,
                 GitopsResults *out) {
    Engine engine = engine_case_engine(c);
    *out = (GitopsResults){0};
    c->options.gitops = options;
    engine_case_target(c, target);
    c->world.diary = strbuf_new(c->arena);
    c->diags = diags_new(c->arena);
    return engine_gitops(&engine, &c->options, c->state, out, c->arena, &c->diags);
}

#define ROWS(name) "fake_card." name ": " name " True r1 applied; other False  waits, suspended;\n"

static void actions(void **) {
    static const struct {
        GitopsOptions options;
        const char *call, *events;
    } cases[] = {
        {{.action = GITOPS_STATUS}, "gitops a 0\n", ""},
        {{.action = GITOPS_RECONCILE, .timeout_ms = 60000},
         "gitops a 1 in time\n",
         "start fake_card.a\nend fake_card.a\n"},
        {{.action = GITOPS_RECONCILE, .with_source = true},
         "gitops a 1 with source\n",
         "start fake_card.a\nend fake_card.a\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        StrBuf events = strbuf_new(c->arena);
        Hooks hooks = {&events, hear};
        GitopsResults results;
        engine_case_run(c, CARDS);
        c->hooks = &hooks;
        engine_case_must(c, call(c, &cases[i].options, "fake_card.a", &results));
        check_diary(c, cases[i].call);
        check_str(text_of(c, &results), ROWS("a"));
        check_str(strbuf_str(&events), cases[i].events);
        engine_case_close(c);
    }
}

/* A failed call is reported, and has no rows; those of other objects are kept. */
static void a_failure(void **) {
    static const GitopsOptions options = {.action = GITOPS_RECONCILE};
    EngineCase *c = engine_case_open();
    StrBuf events = strbuf_new(c->arena);
    Hooks hooks = {&events, hear};
    GitopsResults results;
    c->parallelism = 1;
    engine_case_run(c, CARDS);
    c->hooks = &hooks;
    fake_world_order(&c->world, "stall a");
    engine_case_target(c, "fake_card.a");
    assert_false(call(c, &options, "fake_card.b", &results));
    check_str(engine_case_said(c), "fake_card.a: Not reconciled: As ordered.\n");
    check_str(text_of(c, &results), ROWS("b"));
    check_str(strbuf_str(&events), "start fake_card.a\nend fake_card.a failed\n"
                                   "start fake_card.b\nend fake_card.b\n");
    engine_case_close(c);
}

static void other_types(void **) {
    static const GitopsOptions options = {.action = GITOPS_STATUS};
    EngineCase *c = engine_case_open();
    GitopsResults results;
    engine_case_run(c, CARDS);
    assert_false(call(c, &options, "fake_thing.t", &results));
    check_said(c, "fake_thing");
    check_diary(c, "");
    assert_int_equal(results.count, 0);
    engine_case_close(c);
}

UNIT_MAIN(test_instance_gitops) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actions),
        cmocka_unit_test(a_failure),
        cmocka_unit_test(other_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
