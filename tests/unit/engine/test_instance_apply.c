/* The outcome of a call decides what the state has of the object, and whether its intent stays. */
#include "engine_case.h"
#include "engine_death.h"
#include "journal.h"

#define THING(size) "resource: {fake_thing: {a: {name: a, size: " size "}}}\n"

/* Applies `config` with a journal, and loads what the next process would. */
static bool run_with_journal(EngineCase *c, const char *config) {
    engine_case_config(c, config);
    engine_case_must(c, engine_case_plan(c));
    engine_case_must(c, journal_open(engine_death_journal(c), c->world.io.clock, c->refreshed,
                                     &c->journal, c->arena, &c->diags));
    bool ok = engine_case_apply_plan(c);
    Diags said = c->diags;
    journal_close(c->journal);
    c->journal = NULL;
    assert_true(statefile_decode(STR("state"), c->stored, &c->state, c->arena, &c->diags));
    (void)engine_death_replay(c);
    c->diags = said;
    return ok;
}

/* A failed call without an object leaves the object of the state. If the run ends at once, its
 * outcome is in doubt. */
static void outcomes(void **) {
    static const struct {
        const char *order, *said; /* "%s": the call */
        const char *made, *made_now, *updated, *updated_now;
    } rows[] = {
        {"", NULL, "a-1\n", "a-1\n", "a-1\n", "a-1\n"},
        {"create a", "Call failed", "", "pending\n", "a-1\n", "a-1\n"},
        {"update a", "Call failed", "a-1\n", "a-1\n", "a-1\n", "a-1\nfake_thing.a pending\n"},
        {"half a", "Call failed", "a-1 tainted\n", "a-1 tainted\n", "a-1\n", "a-1\n"},
        {"vague a", "still contains unknown values after apply", "a-1 tainted\n", "a-1 tainted\n",
         "a-1\n", "a-1\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        for (int run = 0; run < 6; run++) {
            bool updates = run >= 3;
            CancelLevel level = (CancelLevel)(run % 3);
            EngineCase *c = engine_case_open();
            c->parallelism = 1;
            if (updates)
                engine_case_must(c, run_with_journal(c, THING("1")));
            c->world.cancel = cancel_open();
            c->world.stops_now = level == CANCEL_NOW;
            if (level != CANCEL_NONE)
                c->world.stops_at = updates ? STR("update a") : STR("create a");
            fake_world_order(&c->world, rows[i].order);
            bool ok = run_with_journal(c, THING("2"));
            bool is_now = level == CANCEL_NOW;
            const char *left = updates  ? is_now ? rows[i].updated_now : rows[i].updated
                               : is_now ? rows[i].made_now
                                        : rows[i].made;
            const char *address = left[0] ? "fake_thing.a " : "";
            Str wanted = str_format(c->arena, "%s%s", address, left);
            if (!str_equal(engine_case_objects(c, c->state), wanted))
                print_error("order \"%s\", run %d: %.*s", rows[i].order, run,
                            STR_ARG(engine_case_said(c)));
            check_str_equal(engine_case_objects(c, c->state), wanted);
            bool fails = str_find(engine_case_diary(c), STR(" failed"), 0) != SIZE_MAX;
            bool is_vague = strcmp(rows[i].order, "vague a") == 0;
            assert_int_equal(ok, !fails && !is_vague && level == CANCEL_NONE);
            if (fails || is_vague)
                check_said(c, rows[i].said);
            cancel_close(c->world.cancel);
            engine_case_close(c);
        }
    }
}

/* An argument that is no longer written keeps its value and, as long as it does, its mark. */
static void marks_of_a_former_argument(void **) {
    static const struct {
        const char *before, *after;
        bool is_secret;
    } rows[] = {
        {", kind: '${var.s}'", "", true},
        {", kind: '${var.s}'", ", kind: plain", false},
        {", kind: '${var.s}'", ", kind: other", false},
        {", kind: '${var.s}'", ", kind: '${var.s}'", true},
        {", kind: '${var.s}'", ", kind: '${var.s}', size: 2", true},
        {", kind: '${var.s}'", ", size: 2", true},
        {", kind: '${var.s}x'", "", false}, /* gets its default */
        {"", "", false},
        {"", ", kind: plain", false},
        {"", ", kind: '${var.s}'", true},
    };
    static const char text[] = "variable: {s: {default: plain, sensitive: true}}\n"
                               "resource: {fake_thing: {a: {name: a%s}}}\n";
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, str_to_cstr(str_format(c->arena, text, rows[i].before), c->arena));
        engine_case_config(c, str_to_cstr(str_format(c->arena, text, rows[i].after), c->arena));
        engine_case_must(c, engine_case_plan(c));
        bool is_secret = value_is_secret(engine_case_after(c, "fake_thing.a", "kind"));
        if (is_secret != rows[i].is_secret)
            fail_msg("row %zu: %.*s", i, STR_ARG(engine_case_changes(c)));
        engine_case_must(c, engine_case_apply_plan(c));
        ResourceAddr address = engine_case_address(c, "fake_thing.a").resource;
        const StateObject *object = state_find_instance(c->state, address)->current;
        bool is_stored = str_find(object->sensitive_attributes, STR("kind"), 0) != SIZE_MAX;
        assert_int_equal(is_stored, rows[i].is_secret);
        engine_case_must(c, engine_case_plan(c));
        check_changes(c, "");
        engine_case_close(c);
    }
}

/* The apply ignores the same changes as its plan, also where it plans again. */
static void ignored_changes_stay_away(void **) {
    static const char *const types[] = {"fake_thing", "fake_card"};
    static const struct {
        const char *after, *kind;
    } rows[] = {
        {"size: 2, kind: b", "b"},
        {"size: 2, kind: b, lifecycle: {ignore_changes: [kind]}", "a"},
        {"size: 2, kind: '${fake_thing.t.id}', lifecycle: {ignore_changes: [kind]}", "a"},
        {"size: '${fake_thing.t.revision}', kind: b, lifecycle: {ignore_changes: [kind]}", "a"},
    };
    static const char text[] = "resource:\n  fake_thing: {t: {name: t}%s}\n%s";
    for (size_t i = 0; i < 2 * ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        bool is_thing = i % 2 == 0;
        Str block = str_format(c->arena, "a: {name: a, size: 1, kind: a}");
        for (int run = 0; run < 2; run++) {
            Str other = str_format(c->arena, "  fake_card: {%.*s}\n", STR_ARG(block));
            Str inside = str_format(c->arena, ", %.*s", STR_ARG(block));
            Str config = str_format(c->arena, text, is_thing ? str_to_cstr(inside, c->arena) : "",
                                    is_thing ? "" : str_to_cstr(other, c->arena));
            engine_case_run(c, str_to_cstr(config, c->arena));
            block = str_format(c->arena, "a: {name: a, %s}", rows[i / 2].after);
        }
        Str address = str_format(c->arena, "%s.a", types[i % 2]);
        const StateInstance *made = state_find_instance(
            c->state, engine_case_address(c, str_to_cstr(address, c->arena)).resource);
        Str wanted = str_format(c->arena, "\"kind\":\"%s\"", rows[i / 2].kind);
        assert_true(str_find(made->current->attributes, wanted, 0) != SIZE_MAX);
        engine_case_close(c);
    }
}

/* What a failed creation left is replaced, unless it is complete and no provisioner was to follow.
 */
static void objects_of_failed_creations(void **) {
    static const struct {
        const char *order, *arguments, *objects, *changes;
    } rows[] = {
        {"half a", "", "fake_thing.a a-1 tainted\n", "-/+ fake_thing.a replace_because_tainted\n"},
        {"whole a", "", "fake_thing.a a-1\n", ""},
        {"whole a", ", provisioner: {note: {text: x}}", "fake_thing.a a-1 tainted\n",
         "-/+ fake_thing.a replace_because_tainted\n"},
        {"whole a", ", provisioner: {note: {text: x, when: destroy}}", "fake_thing.a a-1\n", ""},
        {"create a", "", "", "+ fake_thing.a\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        Str text =
            str_format(c->arena, "resource: {fake_thing: {a: {name: a%s}}}\n", rows[i].arguments);
        engine_case_config(c, str_to_cstr(text, c->arena));
        fake_world_order(&c->world, rows[i].order);
        assert_false(engine_case_apply(c));
        check_objects(c, rows[i].objects);
        fake_world_obey(&c->world);
        engine_case_must(c, engine_case_plan(c));
        check_changes(c, rows[i].changes);
        engine_case_close(c);
    }
}

/* The same of an identity. */
static void a_damaged_identity_is_not_changed(void **) {
    static const char *const identities[] = {"{\"name\":[]}", "7"};
    static const struct {
        const char *config, *order;
    } rows[] = {
        {"resource: {fake_card: {a: {name: a, size: 2}}}\n", "warn a"}, /* so that it plans again */
        {"{}\n", ""},
    };
    for (size_t i = 0; i < 2 * ARRAY_COUNT(identities); i++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, "resource: {fake_card: {a: {name: a}}}\n");
        engine_case_config(c, rows[i % 2].config);
        fake_world_order(&c->world, rows[i % 2].order);
        engine_case_must(c, engine_case_plan(c));
        StateInstance *instance =
            state_find_instance(c->refreshed, engine_case_address(c, "fake_card.a").resource);
        StateObject damaged = *instance->current;
        damaged.identity = str_from_cstr(identities[i / 2]);
        instance->current = &damaged;
        assert_false(engine_case_apply_plan(c));
        check_said(c, "fake_card.a: Invalid identity in the state");
        check_diary(c, "");
        check_objects(c, "fake_card.a a-1\n");
        engine_case_close(c);
    }
}

/* After a failed apply the state lists the blocks that it reached, except one of which a creation
 * failed and left no object. */
static void blocks_of_a_failed_apply(void **) {
    static const struct {
        const char *order;
        bool is_listed;
    } rows[] = {{"create a", false}, {"half a", true}, {"lie a", true}, {"create b", true}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        c->parallelism = 1;
        engine_case_config(c, "resource: {fake_thing: {a: {name: a, size: 1}, b: {name: b, "
                              "depends_on: [fake_thing.a]}, none: {count: 0, name: n}}}\n");
        fake_world_order(&c->world, rows[i].order);
        assert_false(engine_case_apply(c));
        ResourceAddr a = engine_case_address(c, "fake_thing.a").resource;
        ResourceAddr none = engine_case_address(c, "fake_thing.none").resource;
        assert_int_equal(state_find_resource(c->state, a) != NULL, rows[i].is_listed);
        assert_non_null(state_find_resource(c->state, none));
        engine_case_close(c);
    }
}

/* Only objects of types with identities have one, in the version of the type. */
static void stored_identities(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}}, fake_card: {a: {name: a}}}\n");
    const StateObject *thing =
        state_find_instance(c->state, engine_case_address(c, "fake_thing.a").resource)->current;
    check_str(thing->identity, "");
    assert_int_equal(thing->identity_version, 0);
    const StateObject *card =
        state_find_instance(c->state, engine_case_address(c, "fake_card.a").resource)->current;
    check_str(card->identity, "{\"name\":\"a\"}");
    assert_int_equal(card->identity_version, 3);
    engine_case_close(c);
}

static void hear_calls(void *self, const WalkEvent *event) {
    if (event->kind == EVENT_CALL_START && str_equal(event->address, STR("fake_thing.a")))
        strbuf_add_format(self, "%s ", event->operation);
}

/* Arguments that only the apply knows, and that are wrong, end the change before its call. */
static void rejected_in_the_apply(void **) {
    static const struct {
        const char *arguments, *said, *calls;
    } rows[] = {
        {"name: '${fake_thing.b.id == \"b-1\" ? null : \"x\"}'", "Missing required argument",
         "limits validate "},
        {"name: '${[fake_thing.b.id][fake_thing.b.revision]}'", "Invalid index", "limits "},
        {"name: a, size: '${1 / (fake_thing.b.revision - 1)}'", "Infinite number", "limits "},
        {"name: a, input: '${fake_thing.b.id}', lifecycle: {precondition: {condition: "
         "'${fake_thing.b.revision > 1}', error_message: no}}",
         "Resource precondition failed", "limits "},
        {"name: a, zone: '${fake_thing.b.id}', lifecycle: {postcondition: {condition: "
         "'${self.zone == \"b\"}', error_message: no}}",
         "Resource postcondition failed", "limits validate plan marker create "},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        StrBuf heard = strbuf_new(c->arena);
        Hooks hooks = {&heard, hear_calls};
        c->parallelism = 1;
        Str text = str_format(c->arena,
                              "resource: {fake_thing: {a: {%s}, b: {name: b}, d: {name: d, "
                              "depends_on: [fake_thing.a]}}}\n",
                              rows[i].arguments);
        engine_case_config(c, str_to_cstr(text, c->arena));
        engine_case_must(c, engine_case_plan(c));
        c->hooks = &hooks;
        assert_false(engine_case_apply_plan(c));
        check_said(c, rows[i].said);
        assert_int_equal(c->diags.count, 1);
        check_str(strbuf_str(&heard), rows[i].calls);
        bool is_made = strstr(rows[i].calls, "create") != NULL;
        check_objects(c, is_made ? "fake_thing.a a-1\nfake_thing.b b-1\n" : "fake_thing.b b-1\n");
        engine_case_close(c);
    }
}

/* A plan that fails in the apply ends the change before its call. */
static void plans_that_fail_late(void **) {
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    for (int size = 1; size <= 2; size++) {
        Str text = str_format(
            c->arena,
            "resource: {fake_vault: {a: {name: a, size: %d}, b: {name: b, host: '%s'}}}\n", size,
            size == 1 ? "x" : "${fake_vault.a.name}");
        engine_case_config(c, str_to_cstr(text, c->arena));
        engine_case_must(c, engine_case_plan(c));
        fake_world_order(&c->world, "refuse a");
        assert_false(engine_case_apply_plan(c));
        check_said(c, "fake_vault.a: Bad disk");
        assert_int_equal(c->diags.count, 2); /* of one response */
        Str diary = engine_case_diary(c);
        assert_true(str_find(diary, STR("create a"), 0) == SIZE_MAX);
        assert_true(str_find(diary, STR("update"), 0) == SIZE_MAX);
        assert_int_equal(str_find(diary, STR("create b"), 0) != SIZE_MAX, size == 1);
        fake_world_obey(&c->world);
        engine_case_must(c, engine_case_apply(c));
    }
    engine_case_close(c);
}

/* The object of a failed update keeps the marks that it had, since it may have its old values. */
static void marks_of_a_failed_update(void **) {
    static const char text[] = "variable: {s: {default: plain, sensitive: true}}\n"
                               "resource: {fake_thing: {a: {name: a, kind: '%s', size: %d}}}\n";
    for (int fails = 0; fails < 2; fails++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, str_to_cstr(str_format(c->arena, text, "${var.s}", 1), c->arena));
        fake_world_order(&c->world, fails ? "half a" : "");
        engine_case_config(c, str_to_cstr(str_format(c->arena, text, "open", 2), c->arena));
        assert_int_equal(engine_case_apply(c), !fails);
        ResourceAddr address = engine_case_address(c, "fake_thing.a").resource;
        const StateObject *object = state_find_instance(c->state, address)->current;
        assert_true(str_find(object->attributes, STR("\"kind\":\"open\""), 0) != SIZE_MAX);
        bool is_secret = str_find(object->sensitive_attributes, STR("kind"), 0) != SIZE_MAX;
        assert_int_equal(is_secret, fails);
        engine_case_close(c);
    }
}

/* An object of the state that cannot be read is neither changed nor lost. */
static void a_damaged_object_is_not_changed(void **) {
    static const char made[] = "resource: {fake_thing: {a: {name: a, zone: x}}}\n";
    static const struct {
        const char *config;
        PlanMode mode;
    } rows[] = {
        {"resource: {fake_thing: {a: {name: a, zone: x, size: 2}}}\n", PLAN_NORMAL},
        {"resource: {fake_thing: {a: {name: a, zone: y}}}\n", PLAN_NORMAL},
        {"{}\n", PLAN_NORMAL},
        {made, PLAN_DESTROY},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, made);
        engine_case_config(c, rows[i].config);
        engine_case_options(c, rows[i].mode);
        engine_case_must(c, engine_case_plan(c));
        StateInstance *instance =
            state_find_instance(c->refreshed, engine_case_address(c, "fake_thing.a").resource);
        StateObject damaged = *instance->current;
        damaged.attributes = STR("{\"id\":\"a-1\",\"size\":[]}");
        instance->current = &damaged;
        assert_false(engine_case_apply_plan(c));
        assert_int_equal(c->diags.error_count, 1);
        check_str(c->diags.items[0].address, "fake_thing.a");
        check_diary(c, "");
        check_objects(c, "fake_thing.a a-1\n");
        engine_case_close(c);
    }
}

UNIT_MAIN(test_instance_apply) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes),
        cmocka_unit_test(marks_of_a_former_argument),
        cmocka_unit_test(a_damaged_identity_is_not_changed),
        cmocka_unit_test(ignored_changes_stay_away),
        cmocka_unit_test(objects_of_failed_creations),
        cmocka_unit_test(blocks_of_a_failed_apply),
        cmocka_unit_test(stored_identities),
        cmocka_unit_test(rejected_in_the_apply),
        cmocka_unit_test(plans_that_fail_late),
        cmocka_unit_test(marks_of_a_failed_update),
        cmocka_unit_test(a_damaged_object_is_not_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
