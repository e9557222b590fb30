/* import blocks and the import command: the address of each imported object, and rejected imports.
 */
#include "engine_case.h"

#define THING "resource: {terraform_data: {a: {input: 1}}}\n"
#define EACH  "resource: {terraform_data: {a: {for_each: {x: 1, y: 2}, input: \"${each.key}\"}}}\n"

typedef struct ImportCase {
    const char *text;
    const char *changes; /* "ACTION ADDRESS ID" a line */
    const char *objects; /* after the apply */
} ImportCase;

/* clang-format off */
static const ImportCase import_cases[] = {
    {THING "import: {to: terraform_data.a, id: i-1}\n", "~ terraform_data.a i-1\n", "terraform_data.a i-1\n"},
    {"resource: {terraform_data: {a: {}}}\nimport: {to: terraform_data.a, id: i-1}\n", "  terraform_data.a i-1\n", "terraform_data.a i-1\n"},
    {THING "locals: {n: 7}\nimport: {to: terraform_data.a, id: \"i-${local.n}\"}\n", "~ terraform_data.a i-7\n", "terraform_data.a i-7\n"},
    {EACH "import: {to: 'terraform_data.a[\"y\"]', id: i-2}\n",
     "+ terraform_data.a[\"x\"]\n~ terraform_data.a[\"y\"] i-2\n", NULL},
    {EACH "import: {for_each: {x: i-1, y: i-2}, to: 'terraform_data.a[each.key]', id: \"${each.value}\"}\n",
     "~ terraform_data.a[\"x\"] i-1\n~ terraform_data.a[\"y\"] i-2\n", "terraform_data.a[\"x\"] i-1\nterraform_data.a[\"y\"] i-2\n"},
    {"module: {m: {count: 2, source: ./m}}\nlocals: {one: 1}\nimport: {to: 'module.m[local.one].terraform_data.c', id: i-3}\n",
     "+ module.m[0].terraform_data.c\n  module.m[1].terraform_data.c i-3\n", NULL},
    /* Blocks of a child module: `to` and `id` are relative to it, once for each of its instances. */
    {"module: {n: {for_each: {p: 1, q: 2}, source: ./n, name: \"${each.key}\"}}\n",
     "  module.n[\"p\"].terraform_data.r id-p\n  module.n[\"q\"].terraform_data.r id-q\n"
     "  module.n[\"p\"].module.m.terraform_data.c in-p\n  module.n[\"q\"].module.m.terraform_data.c in-q\n", NULL},
};

static const struct {
    const char *text;
    const char *said;
} refused_cases[] = {
    {THING "variable: {i: {default: \"\"}}\nimport: {to: terraform_data.a, id: \"${var.i}\"}\n", "Invalid import id argument"},
    {THING "variable: {i: {default: null}}\nimport: {to: terraform_data.a, id: \"${var.i}\"}\n", "Invalid import id argument"},
    {THING "variable: {s: {default: x, sensitive: true}}\nimport: {to: terraform_data.a, id: \"${var.s}\"}\n", "Invalid import id argument"},
    {"resource: {terraform_data: {a: {}, b: {}}}\nimport: {to: terraform_data.a, id: \"${terraform_data.b.id}\"}\n", "Invalid import id argument"},
    {THING "import: {to: terraform_data.a, identity: {x: 1}}\n", "Invalid import identity argument"},
    {THING "import: {to: terraform_data.z, id: x}\n", "Configuration for import target does not exist"},
    {EACH "import: {to: 'terraform_data.a[\"z\"]', id: x}\n", "Configuration for import target does not exist"},
    {EACH "import: {to: terraform_data.a, id: x}\n", "Invalid import 'to' expression"},
    {EACH "locals: {k: x}\nimport: [{to: 'terraform_data.a[\"x\"]', id: x}, {to: 'terraform_data.a[local.k]', id: y}]\n", "Duplicate import configuration"},
    {EACH "locals: {k: [1]}\nimport: {to: 'terraform_data.a[local.k]', id: x}\n", "Invalid import address"},
    {"module: {z: {source: ./z}}\n", "Configuration for import target does not exist: There is no resource block for module.z.terraform_data.none"},
    {"module: {n: {source: ./n, name: x}}\nimport: {to: module.n.terraform_data.r, id: i-1}\n", "Duplicate import configuration"},
    {"resource: {fake_thing: {a: {name: a}}}\nimport: {to: fake_thing.a, id: x}\n", "fake_thing.a: Unsupported operation"},
};
/* clang-format on */

static Str changes_of(const EngineCase *c) {
    StrBuf text = strbuf_new(c->arena);
    vec_each(&c->plan->changes, change) {
        strbuf_add_format(&text, "%s %.*s%s%.*s\n",
                          change->action == ACTION_NO_OP ? " " : action_glyph(change->action),
                          STR_ARG(resource_addr_to_str(change->address, c->arena)),
                          change->import.id.len > 0 ? " " : "", STR_ARG(change->import.id));
    }
    return strbuf_str(&text);
}

static void write_modules(EngineCase *c) {
    engine_case_write(c, "m/main.loam.yaml", "resource: {terraform_data: {c: {}}}\n");
    engine_case_write(c, "n/main.loam.yaml",
                      "variable: {name: {}}\n"
                      "resource: {terraform_data: {r: {}}}\n"
                      "module: {m: {source: ../m}}\n"
                      "import: [{to: terraform_data.r, id: \"id-${var.name}\"},\n"
                      "  {for_each: [\"${var.name}\"], to: module.m.terraform_data.c, id: "
                      "\"in-${each.value}\"}]\n");
    engine_case_write(c, "z/main.loam.yaml", "import: {to: terraform_data.none, id: x}\n");
}

static void brings_objects_to_their_addresses(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(import_cases); i++) {
        EngineCase *c = engine_case_open();
        write_modules(c);
        engine_case_config(c, import_cases[i].text);
        engine_case_must(c, engine_case_plan(c));
        check_str(changes_of(c), import_cases[i].changes);
        engine_case_must(c, engine_case_apply_plan(c));
        if (import_cases[i].objects)
            check_str(engine_case_objects(c, c->state), import_cases[i].objects);
        /* The object is in the state now, so the block has no effect. */
        engine_case_must(c, engine_case_plan(c));
        check_str(engine_case_changes(c), "");
        assert_int_equal(plan_count(c->plan).import, 0);
        engine_case_close(c);
    }
}

static void rejects_missing_targets(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(refused_cases); i++) {
        EngineCase *c = engine_case_open();
        write_modules(c);
        engine_case_config(c, refused_cases[i].text);
        assert_false(engine_case_plan(c));
        Str said = engine_case_said(c);
        if (!str_starts_with(said, str_from_cstr(refused_cases[i].said)))
            fail_msg("%s: %.*s", refused_cases[i].text, STR_ARG(said));
        engine_case_close(c);
    }
}

static void is_left_out_by_targets(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource: {terraform_data: {a: {}, b: {}}}\n"
                          "import: {to: terraform_data.a, id: i-1}\n");
    engine_case_target(c, "terraform_data.b");
    engine_case_must(c, engine_case_plan(c));
    check_str(changes_of(c), "+ terraform_data.b\n");
    engine_case_close(c);
}

/* An imported object is saved in the state file before it is changed. */
static void is_saved_before_it_is_changed(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, THING "import: {to: terraform_data.a, id: i-1}\n");
    engine_case_must(c, engine_case_apply(c));
    assert_true(c->writes >= 2);
    engine_case_close(c);
}

static void comes_by_request(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, THING);
    ImportTarget request = {.address = {.type = STR("terraform_data"), .name = STR("a")},
                            .id = STR("i-9")};
    engine_case_options(c, PLAN_REFRESH_ONLY);
    c->options.import = &request;
    engine_case_must(c, engine_case_plan(c));
    check_str(engine_case_objects(c, c->refreshed), "terraform_data.a i-9\n");
    request.address.name = STR("z");
    assert_false(engine_case_plan(c));
    assert_true(str_starts_with(engine_case_said(c), STR("Configuration for import target")));
    engine_case_close(c);
}

static void hear_import(void *self, const WalkEvent *event) {
    if (event->kind == EVENT_REFRESH_START)
        strbuf_add_format(self, "%s %.*s\n", event->is_import ? "import" : "read",
                          STR_ARG(event->id));
}

/* A block's import is an event of its own; that of the command, which reports it itself, is a read.
 * An absent object is named as the import names it. */
static void events_and_absent_objects(void **) {
    static const struct {
        const char *block;
        const char *id; /* of the command */
        const char *order, *heard, *said;
    } rows[] = {
        {"import: {to: fake_vault.a, id: a}\n", NULL, "", "import a\n", ""},
        {"import: {to: fake_vault.a, id: a}\n", NULL, "gone a", "import a\n",
         "there is no object with the ID \"a\""},
        {"", "a", "", "read a\n", ""},
        {"", "a", "gone a", "read a\n", "there is no object with the ID \"a\""},
        {"import: {to: fake_vault.a, id: nonsense}\n", NULL, "", "", "Bad id"},
        {"", "nonsense", "", "", "Bad id"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        StrBuf heard = strbuf_new(c->arena);
        Hooks hooks = {&heard, hear_import};
        c->hooks = &hooks;
        fake_world_order(&c->world, rows[i].order);
        Str text =
            str_format(c->arena, "resource: {fake_vault: {a: {name: a}}}\n%s", rows[i].block);
        engine_case_config(c, str_to_cstr(text, c->arena));
        ImportTarget request = {.address = engine_case_address(c, "fake_vault.a").resource};
        if (rows[i].id) {
            request.id = str_from_cstr(rows[i].id);
            engine_case_options(c, PLAN_REFRESH_ONLY);
            c->options.import = &request;
        }
        assert_int_equal(engine_case_plan(c), rows[i].said[0] == '\0');
        check_said(c, rows[i].said);
        check_str(strbuf_str(&heard), rows[i].heard);
        engine_case_close(c);
    }
}

/* Dependents of a resource whose import is rejected are not planned. */
static void a_refusal_skips_dependents(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource:\n"
                          "  terraform_data:\n"
                          "    a: {for_each: {x: 1}}\n"
                          "    b: {input: '${terraform_data.a[\"x\"].id}'}\n"
                          "    z: {}\n"
                          "import: {to: 'terraform_data.a[\"z\"]', id: x}\n");
    assert_false(engine_case_plan(c));
    check_str(changes_of(c), "+ terraform_data.z\n");
    engine_case_close(c);
}

/* No apply has created an imported object, so until its change the state has no fact of its block.
 */
static void facts_of_imports(void **) {
    static const char *const lifecycles[] = {"", ", lifecycle: {create_before_destroy: true}"};
    for (size_t i = 0; i < ARRAY_COUNT(lifecycles); i++) {
        EngineCase *c = engine_case_open();
        Str text = str_format(
            c->arena,
            "resource: {fake_card: {a: {name: i, size: 2, depends_on: [fake_thing.t]%s}}, "
            "fake_thing: {t: {name: t}}}\n"
            "import: {to: fake_card.a, id: i}\n",
            lifecycles[i]);
        engine_case_config(c, str_to_cstr(text, c->arena));
        engine_case_must(c, engine_case_plan(c));
        const StateObject *object =
            state_find_instance(c->refreshed, engine_case_address(c, "fake_card.a").resource)
                ->current;
        assert_false(object->create_before_destroy);
        assert_int_equal(object->dependency_count, 0);
        engine_case_close(c);
    }
}

/* A plan that only imports describes the objects of blocks without arguments. */
static void generated_configurations(void **) {
    static const struct {
        const char *order, *said; /* NULL: no error */
    } rows[] = {{"", NULL}, {"quiet i", "fake_card.a: No description: As ordered."}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        engine_case_config(c, "resource: {fake_card: {a: {}}}\n"
                              "import: {to: fake_card.a, id: i}\n");
        engine_case_options(c, PLAN_REFRESH_ONLY);
        c->options.skip_refresh = c->options.import_only = true;
        engine_case_target(c, "fake_card.a");
        fake_world_order(&c->world, rows[i].order);
        assert_int_equal(engine_case_plan(c), !rows[i].said);
        if (rows[i].said) {
            check_said(c, rows[i].said);
            assert_int_equal(c->plan->changes.count, 0);
        } else {
            assert_int_equal(c->plan->changes.count, 1);
            Value config = c->plan->changes.items[0].config;
            check_str(value_text(value_attribute(config, STR("name"))), "i");
        }
        engine_case_close(c);
    }
}

UNIT_MAIN(test_imports) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brings_objects_to_their_addresses),
        cmocka_unit_test(rejects_missing_targets),
        cmocka_unit_test(a_refusal_skips_dependents),
        cmocka_unit_test(is_left_out_by_targets),
        cmocka_unit_test(is_saved_before_it_is_changed),
        cmocka_unit_test(comes_by_request),
        cmocka_unit_test(events_and_absent_objects),
        cmocka_unit_test(facts_of_imports),
        cmocka_unit_test(generated_configurations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
