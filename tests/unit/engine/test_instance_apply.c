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

UNIT_MAIN(test_instance_apply) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes),
        cmocka_unit_test(marks_of_a_former_argument),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
