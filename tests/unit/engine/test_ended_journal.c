/* A journal that cannot be written any more: nothing begins that it does not record. */
#include "parts_case.h"

static uint32_t appends_left;
static bool (*real_append)(JournalStore *store, Str lines, Str *problem, Arena *arena);

static bool append_some(JournalStore *store, Str lines, Str *problem, Arena *arena) {
    if (appends_left > 0) {
        appends_left--;
        return real_append(store, lines, problem, arena);
    }
    *problem = STR("no space left");
    return false;
}

/* Opens a journal that has space for the intent of a call. */
static void open_short_journal(EngineCase *c) {
    JournalStore *store = engine_death_journal(c);
    real_append = store->append;
    store->append = append_some;
    appends_left = 100;
    open_journal(c, store);
    appends_left = 1;
}

/* After a failure of the journal no part begins, and each one has an error. */
static void no_part_without_a_journal(void **) {
    EngineCase *c = open_with("{a: one, b: two}");
    configure(c, "{a: other, b: other, d: other}");
    engine_case_must(c, engine_case_plan(c));
    open_short_journal(c);
    bundle_fault = (BundleFault){.key = "a", .what = "go on"};
    assert_false(engine_case_apply_plan(c));
    bundle_fault = (BundleFault){0};
    close_journal(c);
    check_said(c, "no space left");
    check_said(c, "fake_bundle.b: Change not recorded: The journal can no longer record object "
                  "\"b\" of fake_bundle.b, so no further operation is started.");
    assert_true(str_find(engine_case_said(c), STR("record object \"a\""), 0) == SIZE_MAX);
    check_str(contents(c, "out"), "a=one b=two ");
    engine_case_close(c);
}

/* Parts that are recorded together fail together, with one error. */
static void no_recorded_parts_without_a_journal(void **) {
    EngineCase *c = open_with("{a: one, b: two}");
    configure(c, "{a: other, b: other, d: other}");
    engine_case_must(c, engine_case_plan(c));
    open_short_journal(c);
    bundle_records_parts = true;
    assert_false(engine_case_apply_plan(c));
    bundle_records_parts = false;
    close_journal(c);
    check_said(c, "no space left");
    assert_int_equal(c->diags.count, 1);
    check_str(contents(c, "out"), "a=one b=two ");
    engine_case_close(c);
}

static void hear_end(void *self, const WalkEvent *event) {
    if (event->kind == EVENT_APPLY_END)
        strbuf_add_format(self, "%.*s%s\n", STR_ARG(event->address),
                          event->failed ? " failed" : "");
}

/* A creation whose outcome cannot be recorded has failed: its actions and dependents wait. */
static void no_success_without_a_journal(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    StrBuf heard = strbuf_new(c->arena);
    Hooks hooks = {&heard, hear_end};
    engine_case_config(c, "resource:\n"
                          "  fake_thing:\n"
                          "    a: {name: a, lifecycle: {action_trigger: {events: [after_create], "
                          "actions: [action.fake_note.n]}}}\n"
                          "    b: {name: b, depends_on: [fake_thing.a]}\n"
                          "action: {fake_note: {n: {config: {text: x}}}}\n");
    engine_case_must(c, engine_case_plan(c));
    open_short_journal(c);
    c->hooks = &hooks;
    assert_false(engine_case_apply_plan(c));
    close_journal(c);
    check_said(c, "no space left");
    check_diary(c, "create a\n");
    check_str(strbuf_str(&heard), "fake_thing.a failed\n");
    engine_case_close(c);
}

/* If the journal ends before the call, the predecessor is the current object again. */
static void no_deposition_without_a_journal(void **) {
    static const char config[] = "resource: {fake_thing: {a: {name: a, zone: %s, lifecycle: "
                                 "{create_before_destroy: true}}}}\n";
    size_t failures = 0;
    for (uint32_t space = 0; space < 3; space++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, str_to_cstr(str_format(c->arena, config, "x"), c->arena));
        engine_case_config(c, str_to_cstr(str_format(c->arena, config, "y"), c->arena));
        engine_case_must(c, engine_case_plan(c));
        open_short_journal(c);
        appends_left = space;
        assert_false(engine_case_apply_plan(c));
        close_journal(c);
        if (str_find(engine_case_diary(c), STR("create"), 0) == SIZE_MAX) {
            check_objects(c, "fake_thing.a a-1\n");
            failures++;
        }
        engine_case_close(c);
    }
    assert_true(failures > 1); /* the deposition, and the intent after it */
}

UNIT_MAIN(test_ended_journal) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_part_without_a_journal),
        cmocka_unit_test(no_recorded_parts_without_a_journal),
        cmocka_unit_test(no_success_without_a_journal),
        cmocka_unit_test(no_deposition_without_a_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
