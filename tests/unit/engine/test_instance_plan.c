/* The plan of one instance: what an error ends, and which paths replace the object. */
#include "engine_case.h"
#include "statefile.h"

#define THING(arguments) "resource: {fake_thing: {a: {name: a" arguments "}}}\n"
#define VAULT(arguments) "resource: {fake_vault: {a: {name: a" arguments "}}}\n"
#define CARD(arguments)  "resource: {fake_card: {a: {name: a" arguments "}}}\n"
#define HOLDS(kind, is_true)                                                                       \
    ", lifecycle: {" kind ": {condition: '${path.root == \"" is_true "\"}', error_message: no}}"
#define IMPORT(type, id) "import: {to: " type ".a, id: " id "}\n"

static void hear_calls(void *self, const WalkEvent *event) {
    if (event->kind == EVENT_CALL_START && str_starts_with(event->address, STR("fake_")))
        strbuf_add_format(self, "%s ", event->operation);
}

/* An error ends the plan of its instance: no further call is made, and no change is planned. Only
 * errors about the planned change leave it in the plan. */
static void errors_end_the_plan(void **) {
    static const struct {
        const char *before, *config, *order;
        const char *said;
        const char *calls, *changes;
    } rows[] = {
        {NULL, THING(HOLDS("precondition", "x")), "", "Resource precondition failed", "", ""},
        {NULL, THING(", kind: '${[1][2]}'"), "", "Invalid index", "", ""},
        {NULL, THING(", kind: '${fake_thing.a.id}'"), "", "Self-referential block", "", ""},
        {NULL, THING(", size: '${1 / 0}'"), "", "Infinite number", "", ""},
        {NULL,
         THING(", kind: '${ephemeral.fake_token.e.value}'") "ephemeral: {fake_token: {e: {name: "
                                                            "e}}}\n",
         "", "Invalid use of ephemeral value", "", ""},
        {NULL, "resource: {fake_thing: {a: {name: '${null}'}}}\n", "", "Missing required argument",
         "validate ", ""},
        {NULL, THING(", lifecycle: {replace_triggered_by: [fake_thing.a]}"), "",
         "Resource is its own trigger", "validate ", ""},
        {NULL,
         "resource: {fake_thing: {a: {name: a, lifecycle: {replace_triggered_by: "
         "['fake_thing.many[3]']}}, many: {count: 0, name: m}}}\n",
         "", "No trigger for a replacement", "validate ", ""},
        {NULL, VAULT(""), "refuse a", "Bad disk", "validate plan ", ""},
        {VAULT(""), VAULT(""), "refuse a", "Bad disk", "read validate plan ", ""},
        {CARD(""), CARD(", size: 2"), "unsure a", "Provider produced invalid identity",
         "read validate plan ", ""},
        {NULL, VAULT("") IMPORT("fake_vault", "nonsense"), "", "Bad id", "import ", ""},
        {NULL, VAULT("") IMPORT("fake_vault", "a"), "gone a",
         "Cannot import non-existent remote object", "import read ", ""},

        {NULL, VAULT("") IMPORT("fake_vault", "a"), "hide a", "Not readable", "import read ", ""},
        {VAULT(""), VAULT(""), "hide a", "Not readable", "read ", ""},
        {VAULT(""), "{}\n", "hide a", "Not readable", "read ", ""},
        {NULL,
         "provider: {fake: [{}, {alias: in, endpoint: 'at-${fake_thing.t.revision}'}]}\n"
         "resource: {fake_thing: {t: {name: t}}, fake_vault: {a: {provider: fake.in, name: a}}}\n"
         "import: {to: fake_vault.a, id: a}\n",
         "", "fake_vault.a: Provider configuration unknown", "validate plan ", "+ fake_thing.t\n"},
        {VAULT(""), VAULT(HOLDS("precondition", "x")), "", "Resource precondition failed", "read ",
         ""},
        {VAULT(""), "{}\n", "keep a", "Still in use", "read plan ", ""},
        {VAULT(""), "{}\n", "revive a", "Provider produced invalid plan", "read plan ", ""},
        {NULL, THING(HOLDS("postcondition", "x")), "", "Resource postcondition failed",
         "validate plan ", "+ fake_thing.a\n"},
        {VAULT(", zone: x"), VAULT(", zone: y, lifecycle: {prevent_destroy: true}"), "",
         "Instance cannot be destroyed", "read validate plan plan ",
         "-/+ fake_vault.a replace_because_cannot_update\n"},
        {VAULT(", zone: x"), VAULT(", zone: y, lifecycle: {prevent_destroy: '${[1][2]}'}"), "",
         "Invalid index", "read validate plan plan ",
         "-/+ fake_vault.a replace_because_cannot_update\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        StrBuf heard = strbuf_new(c->arena);
        Hooks hooks = {&heard, hear_calls};
        c->parallelism = 1;
        if (rows[i].before)
            engine_case_run(c, rows[i].before);
        c->hooks = &hooks;
        fake_world_order(&c->world, rows[i].order);
        engine_case_config(c, rows[i].config);
        assert_false(engine_case_plan(c));
        check_said(c, rows[i].said);
        if (!str_equal_cstr(strbuf_str(&heard), rows[i].calls))
            print_error("row %zu: %.*s\n", i, STR_ARG(engine_case_said(c)));
        check_str(strbuf_str(&heard), rows[i].calls);
        check_changes(c, rows[i].changes);
        engine_case_close(c);
    }
}

/* Only write-only arguments take ephemeral values, also in nested blocks. */
static void ephemeral_arguments(void **) {
    static const struct {
        const char *line; /* of the block */
        const char *said; /* NULL: no error */
    } rows[] = {
        {"zone: '${ephemeral.fake_token.e.value}'", "zone cannot contain an ephemeral value"},
        {"port: [{text: x}, {text: '${ephemeral.fake_token.e.value}'}]",
         "port[1].text cannot contain an ephemeral value"},
        {"port: [{text: x}, {pin: '${ephemeral.fake_token.e.value}'}]", NULL},
        {"port: [{pin: '${ephemeral.fake_token.e.value}'}, {text: x}]", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        Str text = str_format(c->arena,
                              "ephemeral: {fake_token: {e: {name: e}}}\n"
                              "resource:\n"
                              "  fake_vault:\n"
                              "    a:\n"
                              "      name: a\n"
                              "      %s\n",
                              rows[i].line);
        engine_case_config(c, str_to_cstr(text, c->arena));
        assert_int_equal(engine_case_plan(c), !rows[i].said);
        if (rows[i].said) {
            check_said(c, rows[i].said);
            assert_int_equal(c->diags.count, 1);
            SourceRange range = c->diags.items[0].range;
            assert_int_equal(source_text_position(range.source, range.start).line, 6);
        }
        engine_case_close(c);
    }
}

/* An identity that cannot be read ends the plan before the call that would get it. */
static void identities_end_the_plan(void **) {
    static const char stored[] =
        "{\"version\":4,\"terraform_version\":\"1.12.0\",\"serial\":1,"
        "\"lineage\":\"6f2c1a54-0000-4000-8000-000000000001\",\"outputs\":{},\"resources\":[{"
        "\"mode\":\"managed\",\"type\":\"fake_card\",\"name\":\"a\","
        "\"provider\":\"provider[\\\"loam.internal/test/fake\\\"]\",\"instances\":[{"
        "\"schema_version\":0,\"attributes\":{\"name\":\"a\",\"id\":\"a\",\"kind\":\"k\"},"
        "\"identity_schema_version\":4,\"identity\":{\"name\":\"a\"}}]}],\"check_results\":null}";
    static const struct {
        const char *config;
        PlanMode mode;
        bool skips_refresh;
    } rows[] = {
        {CARD(""), PLAN_NORMAL, false},       {CARD(""), PLAN_NORMAL, true},
        {"{}\n", PLAN_NORMAL, false},         {"{}\n", PLAN_NORMAL, true},
        {CARD(""), PLAN_REFRESH_ONLY, false}, {CARD(""), PLAN_DESTROY, false},
        {CARD(""), PLAN_DESTROY, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        StrBuf heard = strbuf_new(c->arena);
        Hooks hooks = {&heard, hear_calls};
        assert_true(
            statefile_decode(STR("state"), str_from_cstr(stored), &c->state, c->arena, &c->diags));
        engine_case_config(c, rows[i].config);
        engine_case_options(c, rows[i].mode);
        c->options.skip_refresh = rows[i].skips_refresh;
        c->hooks = &hooks;
        assert_false(engine_case_plan(c));
        check_said(c, "fake_card.a: Resource instance managed by newer provider version");
        assert_int_equal(c->diags.count, 1);
        check_str(strbuf_str(&heard), "");
        check_changes(c, "");
        engine_case_close(c);
    }
}

/* A path replaces the object if its value changes, or if it is write-only. */
static void paths_that_replace(void **) {
    static const struct {
        const char *order, *config, *changes;
    } rows[] = {
        {"", THING(", size: 1, token: t"), ""},
        {"", THING(", size: 2, token: t"), "~ fake_thing.a\n"},
        {"rebuild a", THING(", size: 1, token: t"), ""},
        {"rebuild a", THING(", size: 1, token: t, tags: {k: v}"), "~ fake_thing.a\n"},
        {"rebuild a", THING(", size: 2, token: t"),
         "-/+ fake_thing.a replace_because_cannot_update\n"},
        {"rotate a", THING(", size: 1, token: t"),
         "-/+ fake_thing.a replace_because_cannot_update\n"},
        {"rotate a", THING(", size: 2, token: t"),
         "-/+ fake_thing.a replace_because_cannot_update\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, THING(", size: 1, token: t"));
        fake_world_order(&c->world, rows[i].order);
        engine_case_config(c, rows[i].config);
        engine_case_must(c, engine_case_plan(c));
        check_changes(c, rows[i].changes);
        engine_case_close(c);
    }
}

UNIT_MAIN(test_instance_plan) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_end_the_plan),
        cmocka_unit_test(ephemeral_arguments),
        cmocka_unit_test(identities_end_the_plan),
        cmocka_unit_test(paths_that_replace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
