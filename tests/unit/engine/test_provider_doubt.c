/* Calls whose reply was lost; private data, limits and planned deletions across two runs. */
#include "engine_case.h"
#include "engine_death.h"
#include "journal.h"

#define VAULT(text) "resource:\n  fake_vault:\n    k: {name: k}\n" text

static Str private_of(const EngineCase *c, const char *address) {
    ResourceAddr wanted;
    Diags diags = diags_new(c->arena);
    assert_true(address_parse_resource(str_from_cstr(address), &wanted, c->arena, &diags));
    const StateInstance *instance = state_find_instance(c->state, wanted);
    assert_true(instance && instance->current);
    return instance->current->private_data;
}

/* Loads the stored state and then the journal, as the next process would. */
static void reopen(EngineCase *c) {
    Diags diags = diags_new(c->arena);
    journal_close(c->journal);
    c->journal = NULL;
    assert_true(statefile_decode(STR("state"), c->stored, &c->state, c->arena, &diags));
    (void)engine_death_replay(c);
}

/* Applies with a journal; the next process continues from it. */
static bool run_once(EngineCase *c, const char *config) {
    engine_case_config(c, config);
    engine_case_must(c, engine_case_plan(c));
    engine_case_must(c, journal_open(engine_death_journal(c), c->world.io.clock, c->refreshed,
                                     &c->journal, c->arena, &c->diags));
    bool ok = engine_case_apply_plan(c);
    Diags said = c->diags;
    reopen(c);
    c->diags = said;
    return ok;
}

static EngineCase *open_with_one(void) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    assert_true(run_once(c, VAULT("")));
    return c;
}

static const char with_a[] = VAULT("    a: {name: a}\n");

static void a_lost_creation_is_recovered(void **) {
    static const struct {
        RecoverOutcome outcome;
        const char *changes, *calls, *private_data;
    } cases[] = {
        {RECOVER_COMPLETE, "", "", "ppv"},
        {RECOVER_TAINTED, "-/+ fake_vault.a replace_because_tainted\n",
         "delete a ppv\nplan a pp\ncreate a ppp\n", "pppc"},
        {RECOVER_ABSENT, "+ fake_vault.a\n", "plan a p\ncreate a pp\n", "ppc"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_with_one();
        fake_world_order(&c->world, "lose create a");
        assert_false(run_once(c, with_a));
        check_said(c, "fake_vault.a: Reply lost");
        check_objects(c, "fake_vault.a pending\nfake_vault.k k\n");
        fake_world_obey(&c->world);
        c->world.recovery = cases[i].outcome;
        c->world.diary = strbuf_new(c->arena);
        engine_case_must(c, engine_case_plan(c));
        assert_true(str_find(engine_case_diary(c), STR("recover a pp\n"), 0) != SIZE_MAX);
        check_changes(c, cases[i].changes);
        assert_true(run_once(c, with_a));
        check_diary(c, cases[i].calls);
        check_objects(c, "fake_vault.a a\nfake_vault.k k\n");
        check_str(private_of(c, "fake_vault.a"), cases[i].private_data);
        engine_case_close(c);
    }
}

/* The provider gets the response that came after the end of the run. */
static void a_late_response_is_passed_on(void **) {
    static const StateResponse responses[] = {{STATE_RESPONSE_UNSENT, STR_CONST("")},
                                              {STATE_RESPONSE_FAILED, STR_CONST("reason")},
                                              {STATE_RESPONSE_DONE, STR_CONST("bytes")}};
    static const char *const noted[] = {"unsent a \n", "rejected a reason\n", "responded a bytes\n",
                                        "without response a \n"};
    for (size_t i = 0; i < ARRAY_COUNT(noted); i++) {
        EngineCase *c = open_with_one();
        fake_world_order(&c->world, "lose create a");
        assert_false(run_once(c, with_a));
        fake_world_obey(&c->world);
        StateInstance *lost =
            state_find_instance(c->state, engine_case_address(c, "fake_vault.a").resource);
        StatePending pending = *lost->pending;
        pending.response = i < ARRAY_COUNT(responses) ? &responses[i] : NULL;
        lost->pending = &pending;
        c->world.diary = strbuf_new(c->arena);
        engine_case_must(c, engine_case_plan(c));
        Str diary = engine_case_diary(c);
        Str wanted = str_format(c->arena, "recover a pp\n%s", noted[i]);
        if (str_find(diary, wanted, 0) == SIZE_MAX)
            fail_msg("%.*s", STR_ARG(diary));
        engine_case_close(c);
    }
}

/* A recovery that fails leaves the call in doubt. */
static void a_failed_recovery_is_tried_again(void **) {
    EngineCase *c = open_with_one();
    fake_world_order(&c->world, "lose create a");
    assert_false(run_once(c, with_a));
    fake_world_obey(&c->world);
    fake_world_order(&c->world, "unfound a");
    c->world.diary = strbuf_new(c->arena);
    assert_false(engine_case_plan(c));
    check_said(c, "fake_vault.a: No reply: As ordered.");
    check_changes(c, "");
    assert_true(str_find(engine_case_diary(c), STR("recover a pp\n"), 0) != SIZE_MAX);
    assert_true(str_find(engine_case_diary(c), STR("plan a"), 0) == SIZE_MAX);
    check_str(engine_case_objects(c, c->refreshed), "fake_vault.a pending\nfake_vault.k k\n");
    fake_world_obey(&c->world);
    assert_true(run_once(c, with_a));
    check_objects(c, "fake_vault.a a\nfake_vault.k k\n");
    engine_case_close(c);
}

/* The state of the call has the sensitive paths of its object. */
static void a_lost_creation_keeps_its_marks(void **) {
    static const char config[] =
        "variable: {s: {default: a, sensitive: true}}\n" VAULT("    a: {name: '${var.s}'}\n");
    EngineCase *c = open_with_one();
    fake_world_order(&c->world, "lose create a");
    assert_false(run_once(c, config));
    AddressTarget lost = engine_case_address(c, "fake_vault.a");
    const StateInstance *instance = state_find_instance(c->state, lost.resource);
    assert_non_null(instance);
    assert_non_null(instance->pending);
    check_str(instance->pending->sensitive, "[[{\"type\":\"get_attr\",\"value\":\"name\"}]]");
    engine_case_close(c);
}

/* The object stays in the state with its private data, and the next run reads it. */
static void a_lost_deletion_is_read_again(void **) {
    for (int is_gone = 0; is_gone < 2; is_gone++) {
        EngineCase *c = open_with_one();
        assert_true(run_once(c, with_a));
        fake_world_order(&c->world, "lose delete a");
        assert_false(run_once(c, VAULT("")));
        check_said(c, "fake_vault.a: Reply lost");
        assert_true(str_starts_with(engine_case_objects(c, c->state), STR("fake_vault.a a\n")));
        check_str(private_of(c, "fake_vault.a"), "ppc");
        fake_world_obey(&c->world);
        if (is_gone)
            fake_world_order(&c->world, "gone a");
        c->world.diary = strbuf_new(c->arena);
        engine_case_must(c, engine_case_plan(c));
        assert_true(str_find(engine_case_diary(c), STR("read a ppc\n"), 0) != SIZE_MAX);
        check_changes(c, is_gone ? "" : "- fake_vault.a delete_because_no_resource_config\n");
        assert_true(run_once(c, VAULT("")));
        check_diary(c, is_gone ? "" : "delete a ppcD\n");
        check_objects(c, "fake_vault.k k\n");
        engine_case_close(c);
    }
}

static void an_upgraded_object_keeps_its_private_data(void **) {
    static const char stored[] =
        "{\"version\":4,\"terraform_version\":\"1.11.4\",\"serial\":1,"
        "\"lineage\":\"6f2c1a54-0000-4000-8000-000000000001\",\"outputs\":{},\"resources\":[{"
        "\"mode\":\"managed\",\"type\":\"fake_vault\",\"name\":\"a\","
        "\"provider\":\"provider[\\\"loam.internal/test/fake\\\"]\",\"instances\":[{"
        "\"schema_version\":0,\"private\":\"cQ==\",\"attributes\":{\"label\":\"a\",\"id\":\"a\","
        "\"port\":[]}}]}"
        "],"
        "\"check_results\":null}";
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    c->stored = str_from_cstr(stored);
    assert_true(statefile_decode(STR("state"), c->stored, &c->state, c->arena, &c->diags));
    /* Without a change, the refreshed state has the upgraded object. */
    engine_case_config(c, "resource: {fake_vault: {a: {name: a}}}\n");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    AddressTarget upgraded = engine_case_address(c, "fake_vault.a");
    const StateObject *kept = state_find_instance(c->refreshed, upgraded.resource)->current;
    assert_int_equal(kept->schema_version, 1);
    assert_true(str_find(kept->attributes, STR("\"name\":\"a\""), 0) != SIZE_MAX);
    check_str(kept->private_data, "q");
    c->world.diary = strbuf_new(c->arena);
    engine_case_config(c, "resource: {fake_vault: {a: {name: a, size: 2}}}\n");
    engine_case_must(c, engine_case_plan(c));
    check_diary(c, "read a q\nplan a q\n");
    check_changes(c, "~ fake_vault.a\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "plan a q\nupdate a qp\n");
    check_str(private_of(c, "fake_vault.a"), "qpu");
    engine_case_close(c);
}

/* An object that its type cannot upgrade is an error in each plan, and stays as it is. */
static void an_object_that_is_too_old(void **) {
    static const char stored[] =
        "{\"version\":4,\"terraform_version\":\"1.11.4\",\"serial\":1,"
        "\"lineage\":\"6f2c1a54-0000-4000-8000-000000000001\",\"outputs\":{},\"resources\":[{"
        "\"mode\":\"managed\",\"type\":\"fake_vault\",\"name\":\"a\","
        "\"provider\":\"provider[\\\"loam.internal/test/fake\\\"]\",\"instances\":[{"
        "\"schema_version\":0,\"attributes\":{\"title\":\"a\",\"id\":\"a\"}}]}],"
        "\"check_results\":null}";
    static const struct {
        const char *config;
        PlanMode mode;
    } rows[] = {
        {"resource: {fake_vault: {a: {name: a}}}\n", PLAN_NORMAL},
        {"resource: {fake_vault: {a: {name: a}}}\n", PLAN_REFRESH_ONLY},
        {"resource: {fake_vault: {a: {name: a}}}\n", PLAN_DESTROY},
        {"{}\n", PLAN_NORMAL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        assert_true(
            statefile_decode(STR("state"), str_from_cstr(stored), &c->state, c->arena, &c->diags));
        engine_case_config(c, rows[i].config);
        engine_case_options(c, rows[i].mode);
        assert_false(engine_case_plan(c));
        check_str(engine_case_said(c), "fake_vault.a: Too old: It has a title.\n");
        check_changes(c, "");
        check_diary(c, "");
        AddressTarget target = engine_case_address(c, "fake_vault.a");
        const StateObject *kept = state_find_instance(c->refreshed, target.resource)->current;
        assert_int_equal(kept->schema_version, 0);
        engine_case_close(c);
    }
}

/* Identities have versions of their own: the type upgrades older ones, and rejects newer ones. */
static void identities_are_upgraded(void **) {
    static const char stored[] =
        "{\"version\":4,\"terraform_version\":\"1.12.0\",\"serial\":1,"
        "\"lineage\":\"6f2c1a54-0000-4000-8000-000000000001\",\"outputs\":{},\"resources\":[{"
        "\"mode\":\"managed\",\"type\":\"fake_card\",\"name\":\"a\","
        "\"provider\":\"provider[\\\"loam.internal/test/fake\\\"]\",\"instances\":[{"
        "\"schema_version\":0,\"attributes\":{\"name\":\"a\",\"id\":\"a\",\"kind\":\"k\"},"
        "\"identity_schema_version\":%d,\"identity\":%s}]}],\"check_results\":null}";
    static const struct {
        int version;
        const char *identity;
        const char *said; /* NULL: it is the identity {"name":"a"} */
    } cases[] = {
        {3, "{\"name\":\"a\"}", NULL},
        {2, "{\"label\":\"a\"}", NULL},
        {1, "{\"label\":\"a\"}", "fake_card.a: Old identity: It cannot be read."},
        {4, "{\"name\":\"a\"}",
         "fake_card.a: Resource instance managed by newer provider version: A newer version of the "
         "provider wrote the identity of fake_card.a (identity schema version 4; this provider "
         "supports 3)."},
        {3, "{\"name\":[]}", "fake_card.a: Invalid identity in the state"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        c->stored = str_format(c->arena, stored, cases[i].version, cases[i].identity);
        assert_true(statefile_decode(STR("state"), c->stored, &c->state, c->arena, &c->diags));
        engine_case_config(c, "resource: {fake_card: {a: {name: a}}}\n");
        assert_int_equal(engine_case_plan(c), !cases[i].said);
        if (cases[i].said) {
            check_said(c, cases[i].said);
        } else {
            check_changes(c, "");
            AddressTarget target = engine_case_address(c, "fake_card.a");
            const StateObject *kept = state_find_instance(c->refreshed, target.resource)->current;
            assert_int_equal(kept->identity_version, 3);
            check_str(kept->identity, "{\"name\":\"a\"}");
        }
        engine_case_close(c);
    }
}

/* max_unavailable: updates, and both halves of a replacement, of two types at once. */
static void limits_hold_for_updates_and_replacements(void **) {
    static const char config[] =
        "resource:\n"
        "  fake_thing:\n"
        "    a: {count: 5, name: 'a${count.index}', group: pair, size: %d, zone: z%d}\n"
        "    c: {count: 5, name: 'c${count.index}', group: pair, zone: z%d, lifecycle: "
        "{create_before_destroy: true}}\n"
        "  fake_vault:\n"
        "    b: {count: 5, name: 'b${count.index}', group: pair, size: %d}\n";
    static const int steps[][2] = {
        {1, 1}, /* creations */
        {2, 1}, /* updates */
        {3, 2}, /* replacements beside updates */
    };
    EngineCase *c = engine_case_open();
    c->parallelism = 10;
    c->world.is_slow = true;
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        int size = steps[i][0], zone = steps[i][1];
        c->world.groups[2].most = 0;
        engine_case_run(
            c, str_to_cstr(str_format(c->arena, config, size, zone, zone, size), c->arena));
        assert_int_equal(c->world.groups[2].most, 2);
    }
    engine_case_close(c);
}

/* An instance whose limits cannot be read is neither read nor changed, and its dependents are
 * skipped. */
static void no_change_without_limits(void **) {
    static const struct {
        const char *before, *after, *objects;
    } cases[] = {
        {VAULT(""), VAULT("    a: {name: a}\n    d: {name: d, depends_on: [fake_vault.a]}\n"),
         "fake_vault.k k\n"},
        {VAULT("    a: {name: a, size: 1}\n"), VAULT("    a: {name: a, size: 2}\n"),
         "fake_vault.a a\nfake_vault.k k\n"},
        {VAULT("    a: {name: a, zone: x}\n"), VAULT("    a: {name: a, zone: y}\n"),
         "fake_vault.a a\nfake_vault.k k\n"},
        {VAULT("    a: {name: a}\n"), VAULT(""), "fake_vault.a a\nfake_vault.k k\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = open_with_one();
        assert_true(run_once(c, cases[i].before));
        fake_world_order(&c->world, "limit a");
        assert_false(run_once(c, cases[i].after));
        check_said(c, "fake_vault.a: Limits unknown");
        check_objects(c, cases[i].objects);
        Str diary = engine_case_diary(c);
        assert_true(str_find(diary, STR("create a"), 0) == SIZE_MAX);
        assert_true(str_find(diary, STR("update a"), 0) == SIZE_MAX);
        assert_true(str_find(diary, STR("delete a"), 0) == SIZE_MAX);
        engine_case_close(c);
    }
}

static void no_read_without_limits(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}}}\n");
    fake_world_order(&c->world, "limit a");
    uint32_t reads = c->world.reads;
    assert_false(engine_case_plan(c));
    check_said(c, "fake_thing.a: Limits unknown");
    assert_int_equal(c->world.reads, reads);
    check_objects(c, "fake_thing.a a-1\n");
    engine_case_close(c);
}

/* One object that must not be deleted fails the whole plan; nothing is deleted. */
static void a_refused_deletion_stops_the_plan(void **) {
    EngineCase *c = open_with_one();
    assert_true(run_once(c, with_a));
    fake_world_order(&c->world, "keep a");
    engine_case_options(c, PLAN_DESTROY);
    c->world.diary = strbuf_new(c->arena);
    assert_false(engine_case_plan(c));
    check_said(c, "fake_vault.a: Still in use");
    assert_true(c->plan->errored);
    assert_true(str_find(engine_case_diary(c), STR("\ndelete "), 0) == SIZE_MAX);
    engine_case_close(c);
}

UNIT_MAIN(test_provider_doubt) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_creation_is_recovered),
        cmocka_unit_test(a_late_response_is_passed_on),
        cmocka_unit_test(a_failed_recovery_is_tried_again),
        cmocka_unit_test(a_lost_creation_keeps_its_marks),
        cmocka_unit_test(a_lost_deletion_is_read_again),
        cmocka_unit_test(an_upgraded_object_keeps_its_private_data),
        cmocka_unit_test(an_object_that_is_too_old),
        cmocka_unit_test(identities_are_upgraded),
        cmocka_unit_test(limits_hold_for_updates_and_replacements),
        cmocka_unit_test(no_change_without_limits),
        cmocka_unit_test(no_read_without_limits),
        cmocka_unit_test(a_refused_deletion_stops_the_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
