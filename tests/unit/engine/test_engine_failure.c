/* Failures, stops and interrupted runs: no existing object is lost from the state. */
#include "engine_case.h"
#include "engine_death.h"
#include "journal.h"

static const char two_chains[] = "resource:\n"
                                 "  fake_thing:\n"
                                 "    a: {name: a, zone: z1}\n"
                                 "    b: {name: b, input: '${fake_thing.a.id}'}\n"
                                 "    x: {name: x}\n"
                                 "    y: {name: y, input: '${fake_thing.x.id}'}\n";

static void a_failure_skips_dependents_only(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, two_chains);
    fake_world_order(&c->world, "create a");
    assert_false(engine_case_apply(c));
    check_said(c, "fake_thing.a: Call failed");
    assert_int_equal(c->diags.count, 1);
    check_objects(c, "fake_thing.x x-1\nfake_thing.y y-1\n");
    fake_world_obey(&c->world);
    engine_case_must(c, engine_case_apply(c));
    check_objects(c, "fake_thing.a a-1\nfake_thing.b b-1\nfake_thing.x x-1\nfake_thing.y y-1\n");
    engine_case_close(c);
}

static void half_a_creation_is_tainted(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c, two_chains);
    fake_world_order(&c->world, "half a");
    assert_false(engine_case_apply(c));
    check_objects(c, "fake_thing.a a-1 tainted\nfake_thing.x x-1\nfake_thing.y y-1\n");
    fake_world_obey(&c->world);
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "-/+ fake_thing.a replace_because_tainted\n+ fake_thing.b\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "delete a\ncreate a\ncreate b\n");
    check_objects(c, "fake_thing.a a-2\nfake_thing.b b-1\nfake_thing.x x-1\nfake_thing.y y-1\n");
    engine_case_close(c);
}

static void an_inconsistent_result_is_tainted(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "variable: {s: {default: hidden, sensitive: true}}\n"
                          "resource: {fake_thing: {a: {name: a, size: 1, kind: '${var.s}'}}}\n");
    fake_world_order(&c->world, "lie a");
    assert_false(engine_case_apply(c));
    check_said(c, "Provider produced inconsistent result after apply");
    check_objects(c, "fake_thing.a a-1 tainted\n");
    assert_true(str_find(engine_case_said(c), STR("hidden"), 0) == SIZE_MAX);
    engine_case_close(c);
}

/* Old frameworks change configured values in plans and results. */
static void a_legacy_provider_may_differ(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource: {fake_thing: {a: {name: a, size: 1}}}\n");
    fake_world_order(&c->world, "lie a");
    fake_world_order(&c->world, "legacy a");
    engine_case_must(c, engine_case_apply(c));
    check_objects(c, "fake_thing.a a-1\n");
    engine_case_close(c);
}

static void a_failed_update_keeps_the_object(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {name: a, size: 1}}}\n");
    engine_case_config(c, "resource: {fake_thing: {a: {name: a, size: 2}}}\n");
    fake_world_order(&c->world, "update a");
    assert_false(engine_case_apply(c));
    check_objects(c, "fake_thing.a a-1\n");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ fake_thing.a\n");
    engine_case_close(c);
}

static const char cbd_text[] =
    "resource:\n"
    "  fake_thing:\n"
    "    a: {name: a, zone: %s, lifecycle: {create_before_destroy: true}}\n";

static EngineCase *open_cbd(void) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, str_to_cstr(str_format(c->arena, cbd_text, "x"), c->arena));
    engine_case_config(c, str_to_cstr(str_format(c->arena, cbd_text, "y"), c->arena));
    return c;
}

static void a_deposed_object_is_restored(void **) {
    EngineCase *c = open_cbd();
    fake_world_order(&c->world, "create a");
    assert_false(engine_case_apply(c));
    check_objects(c, "fake_thing.a a-1\n");
    engine_case_close(c);
}

static void half_a_successor_leaves_both(void **) {
    EngineCase *c = open_cbd();
    fake_world_order(&c->world, "half a");
    assert_false(engine_case_apply(c));
    check_objects(c, "fake_thing.a a-2 tainted\nfake_thing.a deposed a-1\n");
    fake_world_obey(&c->world);
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "+/- fake_thing.a replace_because_tainted\n- fake_thing.a (deposed)\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_objects(c, "fake_thing.a a-3\n");
    engine_case_close(c);
}

static void a_predecessor_that_stays_is_deposed(void **) {
    EngineCase *c = open_cbd();
    fake_world_order(&c->world, "delete a");
    assert_false(engine_case_apply(c));
    check_objects(c, "fake_thing.a a-2\nfake_thing.a deposed a-1\n");
    fake_world_obey(&c->world);
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "- fake_thing.a (deposed)\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "delete a\n");
    check_objects(c, "fake_thing.a a-2\n");
    engine_case_close(c);
}

/* One of three instances cannot be deleted; the two others are still replaced. */
static void one_failed_deletion_stops_one_replacement(void **) {
    static const char text[] = "resource:\n"
                               "  fake_thing:\n"
                               "    net: {name: net, zone: %s}\n"
                               "    a:\n"
                               "      count: 3\n"
                               "      name: 'a${count.index}'\n"
                               "      zone: '%s${fake_thing.net.name}'\n"
                               "    user: {name: user, input: '${fake_thing.a[*].id}'}\n";
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, str_to_cstr(str_format(c->arena, text, "x", "x"), c->arena));
    engine_case_config(c, str_to_cstr(str_format(c->arena, text, "y", "y"), c->arena));
    fake_world_order(&c->world, "delete a1");
    assert_false(engine_case_apply(c));
    /* The network can be replaced only when all instances are gone, so no instance may be created.
     */
    check_objects(c, "fake_thing.a[1] a1-1\nfake_thing.net net-1\nfake_thing.user user-1\n");
    fake_world_obey(&c->world);
    engine_case_must(c, engine_case_apply(c));
    check_objects(c, "fake_thing.a[0] a0-2\nfake_thing.a[1] a1-2\nfake_thing.a[2] a2-2\n"
                     "fake_thing.net net-2\nfake_thing.user user-1\n");
    engine_case_config(c, str_to_cstr(str_format(c->arena, text, "y", "z"), c->arena));
    fake_world_order(&c->world, "delete a1");
    assert_false(engine_case_apply(c));
    check_objects(c, "fake_thing.a[0] a0-3\nfake_thing.a[1] a1-2\nfake_thing.a[2] a2-3\n"
                     "fake_thing.net net-2\nfake_thing.user user-1\n");
    engine_case_close(c);
}

static void a_failed_deletion_keeps_its_dependencies(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, two_chains);
    engine_case_options(c, PLAN_DESTROY);
    fake_world_order(&c->world, "delete b");
    assert_false(engine_case_apply(c));
    check_objects(c, "fake_thing.a a-1\nfake_thing.b b-1\n");
    assert_int_equal(c->diags.count, 1);
    engine_case_close(c);
}

static void a_failed_data_source_is_reported(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "data: {fake_lookup: {d: {name: d}}}\n"
                          "resource: {fake_thing: {a: {name: '${data.fake_lookup.d.answer}'}}}\n");
    fake_world_order(&c->world, "lookup d");
    assert_false(engine_case_plan(c));
    check_said(c, "data.fake_lookup.d: Call failed");
    assert_int_equal(c->diags.count, 1);
    engine_case_close(c);
}

/* A failed state write is tried again at the end; an error that repeats is reported once. */
static void a_write_is_tried_twice(void **) {
    EngineCase *c = engine_case_open();
    c->failing_writes = 1;
    engine_case_run(c, "resource: {fake_thing: {a: {name: a, size: 1}}}\n");
    assert_int_equal(c->diags.count, 0);
    assert_int_equal(c->writes, 1);
    engine_case_config(c, "resource: {fake_thing: {a: {name: a, size: 2}}}\n");
    c->failing_writes = 2;
    assert_false(engine_case_apply(c));
    check_said(c, "Failed to write the state: Number 0.");
    assert_int_equal(c->diags.count, 1);
    assert_int_equal(c->writes, 1);
    engine_case_close(c);
}

static void a_stop_starts_no_operation(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    c->world.cancel = cancel_open();
    c->world.stops_at = STR("create a");
    engine_case_config(
        c, "resource:\n"
           "  fake_thing:\n"
           "    a: {name: a}\n"
           "    b: {name: b, input: '${fake_thing.a.id}'}\n"
           "    many: {count: 3, name: 'm${count.index}', depends_on: [fake_thing.a]}\n");
    assert_false(engine_case_apply(c));
    check_diary(c, "create a\n");
    check_objects(c, "fake_thing.a a-1\n");
    check_said(c, "Apply was interrupted");
    assert_int_equal(c->writes, 1);
    cancel_close(c->world.cancel);
    c->world.cancel = NULL;
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "create b\ncreate m0\ncreate m1\ncreate m2\n");
    engine_case_close(c);
}

static void a_stop_within_a_block_leaves_the_rest(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    const char *text = "resource:\n"
                       "  fake_thing:\n"
                       "    a: {count: 3, name: 'a${count.index}', zone: %s, lifecycle: "
                       "{create_before_destroy: %s}}\n";
    engine_case_run(c, str_to_cstr(str_format(c->arena, text, "x", "true"), c->arena));
    c->world.cancel = cancel_open();
    c->world.stops_at = STR("create a1");
    engine_case_config(c, str_to_cstr(str_format(c->arena, text, "y", "true"), c->arena));
    assert_false(engine_case_apply(c));
    check_diary(c, "create a0\ncreate a1\n");
    check_objects(c, "fake_thing.a[0] a0-2\nfake_thing.a[0] deposed a0-1\n"
                     "fake_thing.a[1] a1-2\nfake_thing.a[1] deposed a1-1\nfake_thing.a[2] a2-1\n");
    cancel_close(c->world.cancel);
    c->world.cancel = NULL;
    engine_case_must(c, engine_case_apply(c));
    check_objects(c, "fake_thing.a[0] a0-2\nfake_thing.a[1] a1-2\nfake_thing.a[2] a2-2\n");
    engine_case_close(c);
}

static void a_stopped_plan_is_no_plan(void **) {
    EngineCase *c = engine_case_open();
    c->world.cancel = cancel_open();
    cancel_raise(c->world.cancel, CANCEL_STOP);
    engine_case_config(c, two_chains);
    assert_false(engine_case_plan(c));
    check_said(c, "Planning was interrupted");
    cancel_close(c->world.cancel);
    engine_case_close(c);
}

static const StatePending *doubt(EngineCase *c, const char *name) {
    StatePending *pending = arena_new(c->arena, StatePending);
    pending->action = PENDING_CREATE;
    pending->marker = str_from_cstr(name);
    pending->generation = 1;
    pending->planned =
        str_format(c->arena,
                   "{\"name\":\"%s\",\"size\":null,\"tags\":null,\"secret\":null,\"token\":null,"
                   "\"zone\":null,\"group\":null,\"kind\":\"plain\",\"input\":null,"
                   "\"id\":null,\"revision\":null}",
                   name);
    return pending;
}

static EngineCase *open_doubt(const char *config) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}}}\n");
    engine_case_config(c, config);
    ResourceAddr address = {.type = STR("fake_thing"), .name = STR("a")};
    StateInstance *instance = state_find_instance(c->state, address);
    instance->current = NULL;
    instance->pending = doubt(c, "a");
    StateResource *resource = state_find_resource(c->state, address);
    resource->provider_config.provider = STR("loam.internal/test/fake");
    return c;
}

static const char just_a[] = "resource: {fake_thing: {a: {name: a}}}\n";

typedef struct DoubtCase {
    const char *config;
    RecoverOutcome outcome;
    const char *changes;
    const char *objects; /* after the apply */
} DoubtCase;

static void doubts_are_resolved(void **) {
    static const DoubtCase cases[] = {
        {just_a, RECOVER_ABSENT, "+ fake_thing.a\n", "fake_thing.a a-2\n"},
        {just_a, RECOVER_COMPLETE, "", "fake_thing.a a-1\n"},
        {just_a, RECOVER_TAINTED, "-/+ fake_thing.a replace_because_tainted\n",
         "fake_thing.a a-2\n"},
        {"locals: {}\n", RECOVER_COMPLETE, "- fake_thing.a delete_because_no_resource_config\n",
         ""},
        {"locals: {}\n", RECOVER_ABSENT, "", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_doubt(cases[i].config);
        c->world.recovery = cases[i].outcome;
        engine_case_must(c, engine_case_plan(c));
        check_changes(c, cases[i].changes);
        engine_case_must(c, engine_case_apply_plan(c));
        check_objects(c, cases[i].objects);
        engine_case_close(c);
    }
}

/* The journal keeps the sensitive marks of an interrupted creation. */
static void found_objects_keep_their_marks(void **) {
    EngineCase *c = open_doubt("locals: {}\n");
    ResourceAddr address = {.type = STR("fake_thing"), .name = STR("a")};
    StatePending *pending = arena_new(c->arena, StatePending);
    *pending = *state_find_instance(c->state, address)->pending;
    pending->planned = STR(
        "{\"name\":\"a\",\"size\":null,\"tags\":{\"k\":\"v\"},\"secret\":null,\"token\":null,"
        "\"zone\":null,\"group\":null,\"kind\":null,\"input\":null,\"id\":null,\"revision\":null}");
    pending->sensitive = STR("[[{\"type\": \"get_attr\", \"value\": \"tags\"}]]");
    state_find_instance(c->state, address)->pending = pending;
    engine_case_must(c, engine_case_plan(c));
    assert_true(c->plan->changes.count == 1);
    Value tags = value_attribute(c->plan->changes.items[0].before, STR("tags"));
    assert_true(value_has_mark(tags, MARK_SENSITIVE));
    engine_case_close(c);
}

/* An operation in doubt is resolved even with -refresh=false. */
static void doubts_do_not_depend_on_refresh(void **) {
    EngineCase *c = open_doubt(just_a);
    c->options.skip_refresh = true;
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "");
    check_objects(c, "fake_thing.a a-1\n");
    engine_case_close(c);
}

static void doubts_outlive_a_target(void **) {
    EngineCase *c = open_doubt("resource: {fake_thing: {a: {name: a}, b: {name: b}}}\n");
    engine_case_target(c, "fake_thing.b");
    engine_case_must(c, engine_case_apply(c));
    check_objects(c, "fake_thing.a pending\nfake_thing.b b-1\n");
    engine_case_close(c);
}

static void doubts_outlive_a_deferred_provider(void **) {
    EngineCase *c = open_doubt("provider: {fake: [{}, {alias: in, endpoint: "
                               "'${fake_thing.s.id}'}]}\n"
                               "resource: {fake_thing: {s: {name: s}, a: {name: a, provider: "
                               "fake.in}}}\n");
    engine_case_must(c, engine_case_plan(c));
    assert_int_equal(str_find(engine_case_objects(c, c->refreshed), STR("pending"), 0) == SIZE_MAX,
                     false);
    engine_case_close(c);
}

static const char a_and_b[] = "resource:\n"
                              "  fake_thing:\n"
                              "    a: {name: a}\n"
                              "    b: {name: b, input: '${fake_thing.a.id}'}\n"
                              "    c: {name: c}\n";

/* Loads the stored state and then the journal, as the next process would. */
static bool reopen(EngineCase *c) {
    Diags diags = diags_new(c->arena);
    if (c->journal)
        journal_close(c->journal);
    c->journal = NULL;
    assert_true(statefile_decode(STR("state"), c->stored, &c->state, c->arena, &diags));
    return engine_death_replay(c);
}

/* A process dies within a call; the next one reads its journal. */
static void an_interrupted_run_is_continued(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c, a_and_b);
    engine_death_within(c, "create b");
    engine_death_made(c, "a");
    engine_death_made(c, "b");
    engine_death_made(c, "c");
    assert_true(engine_death_replay(c));
    check_objects(c, "fake_thing.a a-1\nfake_thing.b pending\nfake_thing.c c-1\n");
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "");
    check_objects(c, "fake_thing.a a-1\nfake_thing.b b-1\nfake_thing.c c-1\n");
    engine_case_close(c);
}

/* An update records a state in its midst, and dies. */
static void a_kept_state_survives(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource:\n  fake_thing:\n    a: {name: a, size: 1, secret: x}\n");
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "create a\n");
    engine_case_config(c, "resource:\n  fake_thing:\n    a: {name: a, size: 2, secret: x}\n");
    c->world.keeps_at = STR("update a");
    engine_death_within(c, "update a");
    c->world.keeps_at = STR_EMPTY;
    assert_true(engine_death_replay(c));
    check_objects(c, "fake_thing.a a-1\n");
    const StateResource *resource = map_find(&c->state->resources, STR("fake_thing.a"));
    const StateObject *kept = resource->instances.items[0].current;
    assert_true(str_find(kept->attributes, STR("\"revision\":41"), 0) != SIZE_MAX);
    assert_true(str_find(kept->attributes, STR("\"size\":1"), 0) != SIZE_MAX);
    assert_true(str_find(kept->sensitive_attributes, STR("secret"), 0) != SIZE_MAX);
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "update a\n");
    engine_case_close(c);
}

static const char quick_ones[] = "resource:\n"
                                 "  fake_quick:\n"
                                 "    q: {count: 3, name: 'q${count.index}'}\n"
                                 "  fake_thing:\n"
                                 "    a: {name: a, input: '${fake_quick.q[2].id}'}\n";

static void begin_quick_ones(EngineCase *c) {
    c->parallelism = 1;
    engine_case_config(c, quick_ones);
    engine_case_must(c, engine_case_plan(c));
    engine_case_must(c, journal_open(engine_death_journal(c), c->world.io.clock, c->refreshed,
                                     &c->journal, c->arena, &c->diags));
}

static void intents_share_a_sync(void **) {
    EngineCase *c = engine_case_open();
    begin_quick_ones(c);
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "create q0\ncreate q1\ncreate q2\ncreate a\n");
    /* The quick ones, their dependent, and the fold. */
    assert_int_equal(journal_sync_count(c->journal), 3);
    journal_close(c->journal);
    c->journal = NULL;
    engine_case_close(c);
}

/* Intents whose calls have not begun end with the run, without doubt. */
static void a_stop_ends_shared_intents(void **) {
    EngineCase *c = engine_case_open();
    c->world.cancel = cancel_open();
    c->world.stops_at = STR("create q0");
    begin_quick_ones(c);
    assert_false(engine_case_apply_plan(c));
    check_diary(c, "create q0\n");
    reopen(c);
    check_objects(c, "fake_quick.q[0] q0-1\n");
    cancel_close(c->world.cancel);
    c->world.cancel = NULL;
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "create q1\ncreate q2\ncreate a\n");
    engine_case_close(c);
}

/* A process dies within the second of three calls whose intents share a sync. */
static void shared_intents_are_recovered(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c, quick_ones);
    engine_death_within(c, "create q1");
    engine_death_made(c, "q0");
    engine_death_made(c, "q1");
    assert_true(engine_death_replay(c));
    check_objects(c, "fake_quick.q[0] q0-1\nfake_quick.q[1] pending\nfake_quick.q[2] pending\n");
    engine_case_must(c, engine_case_apply(c));
    check_diary(c, "create q2\ncreate a\n");
    check_objects(c, "fake_quick.q[0] q0-1\nfake_quick.q[1] q1-1\nfake_quick.q[2] q2-1\n"
                     "fake_thing.a a-1\n");
    engine_case_close(c);
}

/* A run that does not include b keeps the doubt about b for the run after it. */
static void a_doubt_outlives_targeted_runs(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_config(c, a_and_b);
    engine_death_within(c, "create b");
    engine_death_made(c, "a");
    engine_death_made(c, "b");
    engine_death_made(c, "c");
    assert_true(engine_death_replay(c));
    engine_case_config(c, "resource:\n"
                          "  fake_thing:\n"
                          "    a: {name: a, size: 2}\n"
                          "    b: {name: b, input: '${fake_thing.a.id}'}\n"
                          "    c: {name: c}\n");
    engine_case_target(c, "fake_thing.a");
    engine_case_must(c, engine_case_plan(c));
    engine_case_must(c, journal_open(engine_death_journal(c), c->world.io.clock, c->refreshed,
                                     &c->journal, c->arena, &c->diags));
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "update a\n");
    assert_true(reopen(c));
    check_objects(c, "fake_thing.a a-1\nfake_thing.b pending\nfake_thing.c c-1\n");
    engine_case_options(c, PLAN_NORMAL);
    engine_case_must(c, engine_case_plan(c));
    engine_case_must(c, journal_open(engine_death_journal(c), c->world.io.clock, c->refreshed,
                                     &c->journal, c->arena, &c->diags));
    engine_case_must(c, engine_case_apply_plan(c));
    check_objects(c, "fake_thing.a a-1\nfake_thing.b b-1\nfake_thing.c c-1\n");
    reopen(c); /* the doubt is resolved for good */
    check_objects(c, "fake_thing.a a-1\nfake_thing.b b-1\nfake_thing.c c-1\n");
    engine_case_close(c);
}

UNIT_MAIN(test_engine_failure) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_skips_dependents_only),
        cmocka_unit_test(half_a_creation_is_tainted),
        cmocka_unit_test(an_inconsistent_result_is_tainted),
        cmocka_unit_test(a_legacy_provider_may_differ),
        cmocka_unit_test(a_failed_update_keeps_the_object),
        cmocka_unit_test(a_deposed_object_is_restored),
        cmocka_unit_test(half_a_successor_leaves_both),
        cmocka_unit_test(a_predecessor_that_stays_is_deposed),
        cmocka_unit_test(one_failed_deletion_stops_one_replacement),
        cmocka_unit_test(a_failed_deletion_keeps_its_dependencies),
        cmocka_unit_test(a_failed_data_source_is_reported),
        cmocka_unit_test(a_write_is_tried_twice),
        cmocka_unit_test(a_stop_starts_no_operation),
        cmocka_unit_test(a_stop_within_a_block_leaves_the_rest),
        cmocka_unit_test(a_stopped_plan_is_no_plan),
        cmocka_unit_test(doubts_are_resolved),
        cmocka_unit_test(found_objects_keep_their_marks),
        cmocka_unit_test(doubts_do_not_depend_on_refresh),
        cmocka_unit_test(doubts_outlive_a_target),
        cmocka_unit_test(doubts_outlive_a_deferred_provider),
        cmocka_unit_test(an_interrupted_run_is_continued),
        cmocka_unit_test(a_kept_state_survives),
        cmocka_unit_test(a_doubt_outlives_targeted_runs),
        cmocka_unit_test(intents_share_a_sync),
        cmocka_unit_test(a_stop_ends_shared_intents),
        cmocka_unit_test(shared_intents_are_recovered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
