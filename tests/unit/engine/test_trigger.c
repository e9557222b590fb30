/* replace_triggered_by: planned changes that cause a replacement, and references to nothing. */
#include "engine_case.h"

#define THINGS                                                                                     \
    "  fake_thing:\n"                                                                              \
    "    t: {name: t, lifecycle: {replace_triggered_by: [\"%s\"]}}\n"                              \
    "    a: {name: a, %s}\n"                                                                       \
    "    many: {for_each: {x: 1, y: %s}, name: 'm${each.key}', size: '${each.value}'}\n"

/* Changes {size: 1} and many.y = 1 to these values. */
typedef struct FiringCase {
    const char *trigger;
    const char *thing; /* more arguments of a */
    const char *size;  /* of many["y"] */
    bool fires;
} FiringCase;

static const FiringCase firing_cases[] = {
    {"fake_thing.a", "size: 1, tags: {k: v}", "1", false},
    {"fake_thing.a", "size: 2, tags: {k: v}", "1", true},
    {"fake_thing.a", "size: 1, zone: z, tags: {k: v}", "1", true},
    {"fake_thing.a.size", "size: 2, tags: {k: v}", "1", true},
    {"fake_thing.a.name", "size: 2, tags: {k: v}", "1", false},
    {"fake_thing.a.revision", "size: 2, tags: {k: v}", "1", true},
    {"fake_thing.a.tags[\\\"k\\\"]", "size: 2, tags: {k: v}", "1", false},
    {"fake_thing.a.tags[\\\"none\\\"]", "size: 2, tags: {k: v}", "1", false},
    {"fake_thing.a.tags[\\\"l\\\"]", "size: 1, tags: {k: v, l: w}", "1", true},
    {"fake_thing.a.tags[\\\"k\\\"]", "size: 1, tags: {l: w}", "1", true},
    {"fake_thing.a.tags[\\\"k\\\"]", "size: 1, tags: {k: v, l: w}", "1", false},
    {"fake_thing.a.id", "size: 2, tags: {k: v}", "1", false},
    {"fake_thing.a.id", "size: 1, zone: z, tags: {k: v}", "1", true},
    {"fake_thing.many", "size: 1, tags: {k: v}", "2", true},
    {"fake_thing.many", "size: 2, tags: {k: v}", "1", false},
    {"fake_thing.many[\\\"x\\\"]", "size: 1, tags: {k: v}", "2", false},
    {"fake_thing.many[\\\"y\\\"]", "size: 1, tags: {k: v}", "2", true},
    {"fake_thing.many[\\\"y\\\"].size", "size: 1, tags: {k: v}", "2", true},
    {"fake_thing.many[\\\"y\\\"].name", "size: 1, tags: {k: v}", "2", false},
};

static void configure(EngineCase *c, const FiringCase *row, const char *thing, const char *size) {
    Str text = str_format(c->arena, "resource:\n" THINGS, row->trigger, thing, size);
    engine_case_config(c, str_to_cstr(text, c->arena));
}

static void fires(void **) {
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(firing_cases); i++) {
        const FiringCase *row = &firing_cases[i];
        EngineCase *c = engine_case_open();
        configure(c, row, "size: 1, tags: {k: v}", "1");
        engine_case_must(c, engine_case_apply(c)); /* a created object triggers nothing */
        configure(c, row, row->thing, row->size);
        engine_case_must(c, engine_case_plan(c));
        bool found = str_find(engine_case_changes(c), STR("fake_thing.t replace_by_triggers"), 0) !=
                     SIZE_MAX;
        if (found != row->fires) {
            print_error("%s, {%s}, %s: %.*s\n", row->trigger, row->thing, row->size,
                        STR_ARG(engine_case_changes(c)));
            failures++;
        }
        engine_case_close(c);
    }
    assert_int_equal(failures, 0);
}

typedef struct MissingCase {
    const char *trigger;
    const char *said;
} MissingCase;

static const MissingCase missing_cases[] = {
    {"fake_thing.many[\\\"z\\\"]",
     "fake_thing.t: No trigger for a replacement: replace_triggered_by refers to "
     "fake_thing.many[\"z\"], but the configuration has no such instance.\n"},
    {"fake_thing.many.size",
     "fake_thing.t: No trigger for a replacement: replace_triggered_by refers to fake_thing.many, "
     "but the configuration has no such instance.\n"},
    {"fake_thing.t", "fake_thing.t: Resource is its own trigger"},
    {"fake_thing.t.name", "fake_thing.t: Resource is its own trigger"},
    {"fake_thing.none", "No trigger for a replacement: replace_triggered_by refers to "
                        "fake_thing.none, but the configuration has no such instance.\n"},
};

static void nothing_to_trigger(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(missing_cases); i++) {
        EngineCase *c = engine_case_open();
        Str text = str_format(c->arena, "resource:\n" THINGS "    none: {count: 0, name: n}\n",
                              missing_cases[i].trigger, "size: 1", "1");
        engine_case_config(c, str_to_cstr(text, c->arena));
        assert_false(engine_case_plan(c));
        check_said(c, missing_cases[i].said);
        assert_int_equal(c->diags.items[0].subject, DIAG_RELATION);
        engine_case_close(c);
    }
}

/* Programs get the position in the expression, without further details. */
static void references_to_nothing(void **) {
    static const char *const names[] = {
        "fake_thing.nope.size",
        "fake_thing.nope",
        "fake_thing.nope[\"x\"].size",
    };
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        EngineCase *c = engine_case_open();
        Str text = str_format(c->arena,
                              "resource:\n"
                              "  fake_thing:\n"
                              "    a: {for_each: {x: 1}, name: a}\n"
                              "    t: {name: t, lifecycle: {replace_triggered_by: ['%s']}}\n",
                              names[i]);
        engine_case_config(c, str_to_cstr(text, c->arena));
        bool ok = engine_case_plan(c);
        if (ok || c->diags.error_count != 1)
            print_error("%s: %.*s\n", names[i], STR_ARG(engine_case_said(c)));
        assert_false(ok);
        assert_int_equal(c->diags.error_count, 1);
        check_said(c, "Reference to undeclared resource");
        vec_each(&c->diags, diag) {
            assert_int_equal(diag->subject, DIAG_EXPRESSION);
        }
        engine_case_close(c);
    }
}

UNIT_MAIN(test_trigger) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires),
        cmocka_unit_test(nothing_to_trigger),
        cmocka_unit_test(references_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
