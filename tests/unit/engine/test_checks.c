/* Conditions and checks: their results in the plan and in the state. */
#include "engine_case.h"

typedef struct CheckCase {
    const char *text;
    const char *plan;  /* check_results of the plan */
    const char *state; /* and after its apply */
} CheckCase;

/* clang-format off */
#define RESULT(kind, address, status, rest)                                                        \
    "{\"object_kind\":\"" kind "\",\"config_addr\":\"" address "\",\"status\":\"" status           \
    "\",\"objects\":[{\"object_addr\":\"" address "\",\"status\":\"" status "\"" rest "}]}"

static const CheckCase check_cases[] = {
    {"check: {c: {assert: {condition: \"${fake_thing.a.size == 1}\", error_message: x}}}\n",
     "[" RESULT("check", "check.c", "pass", "") "]",
     "[" RESULT("check", "check.c", "pass", "") "]"},
    {"check: {c: {assert: [{condition: \"${fake_thing.a.size == 1}\", error_message: x}, {condition: \"${fake_thing.a.size == 2}\", error_message: \"two ${1 + 1}\"}]}}\n",
     "[" RESULT("check", "check.c", "fail", ",\"failure_messages\":[\"two 2\"]") "]",
     "[" RESULT("check", "check.c", "fail", ",\"failure_messages\":[\"two 2\"]") "]"},
    {"check: {c: {assert: {condition: \"${fake_thing.a.id == \\\"no\\\"}\", error_message: late}}}\n",
     "[" RESULT("check", "check.c", "unknown", "") "]",
     "[" RESULT("check", "check.c", "fail", ",\"failure_messages\":[\"late\"]") "]"},
    {"variable: {s: {default: 1, sensitive: true}}\ncheck: {c: {assert: {condition: \"${var.s == 2}\", error_message: \"is ${var.s}\"}}}\n",
     "[" RESULT("check", "check.c", "fail", "") "]",
     "[" RESULT("check", "check.c", "fail", "") "]"},
    {"check: {c: {data: {fake_lookup: {l: {name: a}}}, assert: {condition: \"${data.fake_lookup.l.answer != \\\"\\\"}\", error_message: x}}}\n",
     "[" RESULT("check", "check.c", "pass", "") "]",
     "[" RESULT("check", "check.c", "pass", "") "]"},
    {"output: {o: {value: 1, precondition: {condition: \"${fake_thing.a.id != \\\"\\\"}\", error_message: x}}}\n",
     "[" RESULT("output", "output.o", "unknown", "") "]",
     "[" RESULT("output", "output.o", "pass", "") "]"},
    {"variable: {v: {default: 1, validation: {condition: \"${var.v == 1}\", error_message: x}}}\n",
     "[" RESULT("var", "var.v", "pass", "") "]",
     "[" RESULT("var", "var.v", "pass", "") "]"},
    {"resource: {fake_thing: {b: {name: b, lifecycle: {postcondition: {condition: \"${self.id != \\\"\\\"}\", error_message: x}}}}}\n",
     "[" RESULT("resource", "fake_thing.b", "unknown", "") "]",
     "[" RESULT("resource", "fake_thing.b", "pass", "") "]"},
    {"output: {o: {value: 1}}\n", "", ""},
};
/* clang-format on */

static const char *const thing = "resource: {fake_thing: {a: {name: a, size: 1}}}\n";

static EngineCase *open_with(const char *text) {
    EngineCase *c = engine_case_open();
    engine_case_write(c, "b.loam.yaml", text);
    engine_case_config(c, thing);
    return c;
}

static void assert_said(const EngineCase *c, const char *what) {
    Str said = engine_case_said(c);
    if (str_find(said, str_from_cstr(what), 0) == SIZE_MAX)
        fail_msg("no \"%s\" in: %.*s", what, STR_ARG(said));
}

static void reports_condition_results(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(check_cases); i++) {
        EngineCase *c = open_with(check_cases[i].text);
        engine_case_must(c, engine_case_plan(c));
        check_str(c->plan->checks, check_cases[i].plan);
        engine_case_must(c, engine_case_apply_plan(c));
        check_str(c->state->check_results, check_cases[i].state);
        /* An unchanged object is checked again. */
        engine_case_must(c, engine_case_apply(c));
        check_str(c->state->check_results, check_cases[i].state);
        engine_case_close(c);
    }
}

static void warns_and_goes_on(void **) {
    EngineCase *c = open_with(check_cases[1].text);
    engine_case_must(c, engine_case_plan(c));
    assert_said(c, "W Check block assertion failed: two 2");
    c->options.skips_check_warnings = true;
    engine_case_must(c, engine_case_plan(c));
    check_str(engine_case_said(c), "");
    engine_case_must(c, engine_case_apply_plan(c));
    assert_said(c, "W Check block assertion failed: two 2");
    engine_case_close(c);
}

static void reports_unknown_conditions(void **) {
    EngineCase *c = open_with(check_cases[2].text);
    engine_case_must(c, engine_case_plan(c));
    assert_said(c, "W Check block assertion known after apply");
    engine_case_close(c);
}

static void hides_sensitive_messages(void **) {
    EngineCase *c = open_with(check_cases[3].text);
    engine_case_must(c, engine_case_plan(c));
    assert_said(c, "W Error message refers to sensitive values");
    engine_case_close(c);
}

/* A check's data source is read by the plan and again at the end of the apply. Its failure is a
 * warning and fails the check. */
static void reads_its_own_source(void **state) {
    (void)state;
    EngineCase *c = open_with(check_cases[4].text);
    engine_case_must(c, engine_case_plan(c));
    check_str(engine_case_changes(c),
              "<= data.fake_lookup.l read_because_check_nested\n+ fake_thing.a\n");
    fake_world_order(&c->world, "lookup a");
    engine_case_must(c, engine_case_apply(c));
    assert_said(c, "data.fake_lookup.l: W ");
    Str results = c->state->check_results;
    assert_true(str_find(results, STR("\"status\":\"fail\",\"failure_messages\":["), 0) !=
                SIZE_MAX);
    engine_case_close(c);
}

static void is_unknown_without_evaluation(void **state) {
    (void)state;
    EngineCase *c = open_with(check_cases[0].text);
    engine_case_must(c, engine_case_apply(c));
    c->options.mode = PLAN_DESTROY;
    engine_case_must(c, engine_case_apply(c));
    check_str(c->state->check_results,
              "[{\"object_kind\":\"check\",\"config_addr\":\"check.c\",\"status\":\"unknown\","
              "\"objects\":null}]");
    engine_case_close(c);
}

static void reports_each_instance(void **) {
    EngineCase *c = open_with(
        "resource: {fake_thing: {b: {count: 2, name: \"b${count.index}\", lifecycle: "
        "{precondition: "
        "{condition: \"${count.index == 0}\", error_message: \"is ${count.index}\"}}}}}\n");
    assert_false(engine_case_plan(c));
    check_str(c->plan->checks,
              "[{\"object_kind\":\"resource\",\"config_addr\":\"fake_thing.b\",\"status\":"
              "\"fail\",\"objects\":[{\"object_addr\":\"fake_thing.b[0]\",\"status\":\"pass\"},"
              "{\"object_addr\":\"fake_thing.b[1]\",\"status\":\"fail\",\"failure_messages\":["
              "\"is 1\"]}]}]");
    engine_case_close(c);
}

/* In refresh-only mode failed conditions are warnings, because nothing can be changed. */
static void only_warns_when_refreshing(void **) {
    EngineCase *c = open_with("");
    engine_case_must(c, engine_case_apply(c));
    engine_case_config(
        c, "resource: {fake_thing: {a: {name: a, size: 1, lifecycle: {postcondition: {condition: "
           "\"${self.size == 2}\", error_message: not two}}}}}\n");
    engine_case_options(c, PLAN_REFRESH_ONLY);
    engine_case_must(c, engine_case_plan(c));
    assert_said(c, "W Resource postcondition failed: not two");
    engine_case_must(c, engine_case_apply_plan(c));
    engine_case_options(c, PLAN_NORMAL);
    assert_false(engine_case_plan(c));
    engine_case_close(c);
}

/* In a refresh-only plan, "self" of an absent object is unknown; that of an absent element is not
 * an element of its resource. */
static void a_refresh_of_absent_objects(void **) {
    static const struct {
        const char *applied, *arguments;
        bool is_good;
    } cases[] = {
        {"{}\n", "size: 1", true},
        {"{}\n", "size: 1, count: 1", false},
        {"{}\n", "size: 1, for_each: {k: 1}", false},
        {NULL, "size: 1", true},
        {NULL, "size: 1, count: 1", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        Str text = str_format(c->arena,
                              "resource: {fake_thing: {a: {name: a, %s, lifecycle: {postcondition: "
                              "{condition: '${self.size == 1}', error_message: no}}}}}\n",
                              cases[i].arguments);
        const char *config = str_to_cstr(text, c->arena);
        engine_case_run(c, cases[i].applied ? cases[i].applied : config);
        engine_case_config(c, config);
        engine_case_options(c, PLAN_REFRESH_ONLY);
        assert_int_equal(engine_case_plan(c), cases[i].is_good);
        if (!cases[i].is_good)
            assert_said(c, "Invalid index: This plan is refresh-only, and the instance has no "
                           "object yet.");
        engine_case_close(c);
    }
}

/* The apply of a refresh-only plan opens ephemeral objects, whatever their conditions are. */
static void a_refresh_opens_checked_objects(void **) {
    static const char config[] =
        "locals: {one: 1}\n"
        "provider: {fake: [{}, {alias: in, endpoint: '${ephemeral.fake_token.e.value}'}]}\n"
        "ephemeral: {fake_token: {e: {name: e, lifecycle: {precondition: {condition: '${local.one "
        "== 1}', "
        "error_message: never}}}}}\n"
        "resource: {fake_thing: {a: {provider: fake.in, name: a, size: 1}}}\n";
    EngineCase *c = engine_case_open();
    c->parallelism = 1;
    engine_case_run(c, config);
    fake_world_find(&c->world, "a")->size = 2;
    engine_case_options(c, PLAN_REFRESH_ONLY);
    engine_case_must(c, engine_case_plan(c));
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "open e\nconfigure token-e-4\nclose e\n");
    engine_case_close(c);
}

static void cannot_be_evaluated(void **) {
    EngineCase *c = open_with("check: {c: {assert: {condition: "
                              "\"${[true][fake_thing.a.size]}\", error_message: x}}}\n");
    assert_false(engine_case_plan(c));
    assert_said(c, "Invalid index");
    engine_case_close(c);
}

static void keeps_its_source_to_itself(void **) {
    EngineCase *c = open_with("check: {c: {data: {fake_lookup: {l: {name: a}}}, assert: "
                              "{condition: \"${fake_thing.a.size == 1}\", error_message: "
                              "x}}}\noutput: {o: {value: \"${data.fake_lookup.l.answer}\"}}\n");
    assert_false(engine_case_plan(c));
    assert_said(c, "Reference to scoped resource");
    engine_case_close(c);
}

UNIT_MAIN(test_checks) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_condition_results),
        cmocka_unit_test(warns_and_goes_on),
        cmocka_unit_test(reports_unknown_conditions),
        cmocka_unit_test(hides_sensitive_messages),
        cmocka_unit_test(reads_its_own_source),
        cmocka_unit_test(is_unknown_without_evaluation),
        cmocka_unit_test(reports_each_instance),
        cmocka_unit_test(only_warns_when_refreshing),
        cmocka_unit_test(keeps_its_source_to_itself),
        cmocka_unit_test(a_refresh_of_absent_objects),
        cmocka_unit_test(a_refresh_opens_checked_objects),
        cmocka_unit_test(cannot_be_evaluated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
