/* Deaths and failures between the objects behind an instance: the next plan shows the rest, and
 * no object is made twice. */
#include "parts_case.h"

static Str stored_path(const EngineCase *c) {
    return disk_join(str_from_cstr(c->directory), STR("stored"), c->arena);
}

/* A state file that outlives the process. */
static bool write_stored(Backend *backend, Str bytes, Diags *) {
    EngineCase *c = backend->self;
    c->stored = str_clone(bytes, c->arena);
    return disk_real.write_file(NULL, stored_path(c), bytes, 0600) == 0;
}

/* Loads the stored state and then the journal, as the next process would. */
static void die(EngineCase *c, const char *key, const char *what) {
    Str text;
    c->backend.write = write_stored;
    bundle_fault = (BundleFault){.key = key, .what = what};
    engine_death_within(c, "");
    bundle_fault = (BundleFault){0};
    if (disk_real.read_file(NULL, stored_path(c), &text, c->arena) == 0) {
        c->stored = text;
        engine_case_must(c, statefile_decode(STR("stored"), text, &c->state, c->arena, &c->diags));
    }
    c->journal = NULL;
    assert_true(engine_death_replay(c));
}

/* Whether the state has the part as ended, of a call in doubt. */
static bool has_ended(EngineCase *c, const char *key) {
    AddressTarget bundle = engine_case_address(c, "fake_bundle.b");
    const StateInstance *instance = state_find_instance(c->state, bundle.resource);
    assert_non_null(instance);
    assert_non_null(instance->pending);
    vec_each(&instance->pending->parts, part) {
        if (str_equal(part->key, str_from_cstr(key)))
            return part->has_ended;
    }
    return false;
}

/* Runs the plan with a new journal to the end; the changes must be those that the plan shows. */
static void go_on(EngineCase *c, const char *wanted) {
    SeenFiles before = look(c, "out");
    engine_case_must(c, engine_case_plan(c));
    Str planned = shown(c);
    open_journal(c, engine_death_journal(c));
    engine_case_must(c, engine_case_apply_plan(c));
    close_journal(c);
    SeenFiles after = look(c, "out");
    check_str_equal(planned, differences(c, &before, &after));
    check_str(contents(c, "out"), wanted);
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
}

typedef struct Death {
    const char *before, *after; /* NULL: no bundle */
    const char *key, *what;
    const char *rest; /* parts that the next plan shows */
    const char *wanted;
} Death;

static void deaths_between_parts(void **) {
    static const char made[] = "{a: one, b: two, d: fixed three}";
    static const char changed[] = "{b: other, d: fixed four, e: five}";
    static const char all[] = "a=one b=two d=fixed three ", then[] = "b=other d=fixed four e=five ";
    static const Death deaths[] = {
        {NULL, made, "a", "die begun", "+ a + b + d ", all},
        {NULL, made, "a", "die changed", "+ b + d ", all},
        {NULL, made, "a", "die ended", "+ b + d ", all},
        {NULL, made, "b", "die begun", "+ b + d ", all},
        {NULL, made, "b", "die ended", "+ d ", all},
        {NULL, made, "d", "die changed", "", all},
        {made, changed, "a", "die begun", "- a ~ b -/+ d + e ", then},
        {made, changed, "a", "die changed", "~ b -/+ d + e ", then},
        {made, changed, "b", "die begun", "~ b -/+ d + e ", then},
        {made, changed, "b", "die changed", "-/+ d + e ", then},
        {made, changed, "d", "die begun", "-/+ d + e ", then},
        {made, changed, "d", "die changed", "+ e ", then},
        {made, changed, "d", "die ended", "+ e ", then},
        {made, changed, "e", "die changed", "", then},
        {made, NULL, "a", "die begun", "- a - b - d ", ""},
        {made, NULL, "a", "die changed", "- b - d ", ""},
        {made, NULL, "b", "die ended", "- d ", ""},
        {made, NULL, "d", "die ended", "", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(deaths); i++) {
        const Death *death = &deaths[i];
        EngineCase *c = open_with(death->before);
        if (death->after)
            configure(c, death->after);
        else
            engine_case_config(c, "locals: {none: 1}\n");
        die(c, death->key, death->what);
        assert_int_equal(has_ended(c, death->key), strcmp(death->what, "die ended") == 0);
        SeenFiles left = look(c, "out");
        engine_case_must(c, engine_case_plan(c));
        check_str(shown(c), death->rest);
        go_on(c, death->wanted);
        /* Objects that the dead run created are not created again. */
        SeenFiles last = look(c, "out");
        vec_each(&left, file) {
            const SeenFile *same = find_file(&last, file->key);
            bool may_differ =
                str_find(str_from_cstr(death->rest),
                         str_format(c->arena, "-/+ %.*s", STR_ARG(file->key)), 0) != SIZE_MAX;
            assert_true(!same || may_differ || str_equal(same->place, file->place));
        }
        engine_case_close(c);
    }
}

/* After such a death, more parts are in doubt. */
static void deaths_between_recorded_parts(void **state) {
    bundle_records_parts = true;
    deaths_between_parts(state);
    bundle_records_parts = false;
}

static uint64_t syncs_of_apply(bool is_recorded) {
    EngineCase *c = open_with(NULL);
    configure(c, "{a: one, b: two, d: three, e: four}");
    engine_case_must(c, engine_case_plan(c));
    open_journal(c, engine_death_journal(c));
    bundle_records_parts = is_recorded;
    engine_case_must(c, engine_case_apply_plan(c));
    bundle_records_parts = false;
    uint64_t count = journal_sync_count(c->journal);
    close_journal(c);
    check_str(contents(c, "out"), "a=one b=two d=three e=four ");
    engine_case_close(c);
    return count;
}

static void recorded_parts_share_a_sync(void **) {
    assert_int_equal(syncs_of_apply(true), syncs_of_apply(false) - 3);
}

/* The second process dies too, in the parts that the first one left. */
static void two_deaths(void **) {
    EngineCase *c = open_with(NULL);
    configure(c, "{a: one, b: two, d: three, e: four}");
    die(c, "a", "die changed");
    die(c, "b", "die changed");
    die(c, "d", "die begun");
    engine_case_must(c, engine_case_plan(c));
    check_str(shown(c), "+ d + e ");
    go_on(c, "a=one b=two d=three e=four ");
    engine_case_close(c);
}

/* A provider that is not configured yet cannot say what an interrupted call left. */
static void doubt_waits_for_the_provider(void **) {
    static const char text[] = "provider: {fake: [{}, {alias: in, endpoint: "
                               "'at-${fake_thing.t.revision}'}]}\n"
                               "resource:\n"
                               "  fake_thing: {t: {name: t, size: %d}}\n"
                               "  fake_bundle: {b: {provider: fake.in, directory: %s/out, files: "
                               "%s}}\n";
    static const struct {
        const char *made;
        PlanMode mode; /* of the run that dies */
    } rows[] = {
        {"{}", PLAN_NORMAL}, {"{a: one, b: two}", PLAN_NORMAL}, {"{a: one, b: two}", PLAN_DESTROY}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = open_with(NULL);
        const char *after = str_to_cstr(
            str_format(c->arena, text, 1, c->directory, "{a: other, d: three}"), c->arena);
        Str before = str_format(c->arena, text, 1, c->directory, rows[i].made);
        engine_case_run(c, str_to_cstr(before, c->arena));
        engine_case_config(c, after);
        engine_case_options(c, rows[i].mode);
        die(c, "a", "die changed");
        engine_case_options(c, PLAN_NORMAL);
        Str waiting = str_format(c->arena, text, 2, c->directory, "{a: other, d: three}");
        engine_case_config(c, str_to_cstr(waiting, c->arena));
        engine_case_must(c, engine_case_plan(c));
        Str left = engine_case_objects(c, c->refreshed);
        assert_true(str_find(left, STR("fake_bundle.b pending\n"), 0) != SIZE_MAX);
        engine_case_config(c, after);
        engine_case_must(c, engine_case_plan(c));
        left = engine_case_objects(c, c->refreshed);
        assert_true(str_find(left, STR("pending"), 0) == SIZE_MAX);
        engine_case_close(c);
    }
}

/* The parts of a deposed object are in doubt; those of its successor are not. */
static void a_death_in_a_predecessor(void **) {
    static const char order[] = "      lifecycle: {create_before_destroy: true}\n";
    EngineCase *c = open_with(NULL);
    configure_in(c, "one", "{a: one, b: two}", order);
    engine_case_must(c, engine_case_apply(c));
    configure_in(c, "two", "{d: three}", order);
    die(c, "a", "die changed");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "- fake_bundle.b (deposed)\n");
    check_str(shown(c), "- b ");
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(contents(c, "one"), "");
    check_str(contents(c, "two"), "d=three ");
    engine_case_close(c);
}

/* A part fails, and the process goes on. */
static void failures_between_parts(void **) {
    static const char *const ways[] = {"refuse", "lost"};
    for (size_t i = 0; i < ARRAY_COUNT(ways); i++) {
        EngineCase *c = open_with("{a: one, b: two, d: three}");
        configure(c, "{b: other, d: changed, e: four}");
        engine_case_must(c, engine_case_plan(c));
        open_journal(c, engine_death_journal(c));
        bundle_fault = (BundleFault){.key = "d", .what = ways[i]};
        assert_false(engine_case_apply_plan(c));
        bundle_fault = (BundleFault){0};
        close_journal(c);
        check_said(c, "\"d\" is refused");
        check_str(contents(c, "out"), "b=other d=three ");
        (void)engine_death_replay(c);
        engine_case_must(c, engine_case_plan(c));
        check_str(shown(c), "~ d + e ");
        go_on(c, "b=other d=changed e=four ");
        engine_case_close(c);
    }
}

/* Parts that a failed creation made are kept, and are not created again. */
static void a_partial_creation_is_continued(void **) {
    EngineCase *c = open_with(NULL);
    configure(c, "{a: one, b: two, d: three}");
    bundle_fault = (BundleFault){.key = "b", .what = "refuse"};
    assert_false(engine_case_apply(c));
    bundle_fault = (BundleFault){0};
    check_str(contents(c, "out"), "a=one ");
    Str kept = look(c, "out").items[0].place;
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ fake_bundle.b\n");
    check_str(shown(c), "+ b + d ");
    engine_case_must(c, engine_case_apply_plan(c));
    check_str(contents(c, "out"), "a=one b=two d=three ");
    check_str_equal(look(c, "out").items[0].place, kept);
    engine_case_close(c);
}

/* A failed call without a state is in doubt only if it has begun a part. */
static void doubt_begins_with_a_part(void **) {
    static const struct {
        const char *directory, *key;
        bool is_pending;
    } rows[] = {{"out", "a", true}, {"out", "b", true}, {"file/out", NULL, false}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = open_with(NULL);
        engine_case_write(c, "file", "not a directory");
        configure_in(c, rows[i].directory, "{a: one, b: two}", "");
        engine_case_must(c, engine_case_plan(c));
        open_journal(c, engine_death_journal(c));
        bundle_fault = (BundleFault){.key = rows[i].key, .what = "lost"};
        assert_false(engine_case_apply_plan(c));
        bundle_fault = (BundleFault){0};
        close_journal(c);
        (void)engine_death_replay(c);
        check_objects(c, rows[i].is_pending ? "fake_bundle.b pending\n" : "");
        engine_case_close(c);
    }
}

UNIT_MAIN(test_interrupted_parts) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deaths_between_parts),
        cmocka_unit_test(deaths_between_recorded_parts),
        cmocka_unit_test(recorded_parts_share_a_sync),
        cmocka_unit_test(two_deaths),
        cmocka_unit_test(doubt_waits_for_the_provider),
        cmocka_unit_test(a_death_in_a_predecessor),
        cmocka_unit_test(failures_between_parts),
        cmocka_unit_test(a_partial_creation_is_continued),
        cmocka_unit_test(doubt_begins_with_a_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
