/* Planned actions and their reasons: unknown values, lifecycle rules, modes, outputs, errors. */
#include "engine_case.h"

#include "eval.h"

static const char *const base = "resource: {fake_thing: {a: {name: a, size: 1, zone: x, secret: s, "
                                "tags: {k: v, l: w}}}}\n";

/* Applies `base`, then plans another configuration of fake_thing.a. */
typedef struct ChangeCase {
    const char *arguments;
    const char *changes;
} ChangeCase;

static const ChangeCase change_cases[] = {
    {"name: a, size: 1, zone: x, secret: s, tags: {k: v, l: w}", ""},
    {"name: a, size: 2, zone: x, secret: s, tags: {k: v, l: w}", "~ fake_thing.a\n"},
    {"name: a, size: 1, zone: y, secret: s, tags: {k: v, l: w}",
     "-/+ fake_thing.a replace_because_cannot_update\n"},
    {"name: a, size: 1, secret: s, tags: {k: v, l: w}",
     "-/+ fake_thing.a replace_because_cannot_update\n"},
    {"name: a, size: 1, zone: x, secret: s, tags: {k: v, l: w}, kind: plain", ""},
    {"name: a, size: 1, zone: x, secret: s, tags: {k: v, l: w}, kind: other", "~ fake_thing.a\n"},
    {"name: b, size: 9, zone: y, secret: t, tags: {}, lifecycle: {ignore_changes: all}", ""},
    {"name: a, size: 9, zone: y, secret: s, tags: {k: v, l: w}, lifecycle: {ignore_changes: "
     "[size, zone]}",
     ""},
    {"name: a, size: 9, zone: x, secret: t, tags: {k: v, l: w}, lifecycle: {ignore_changes: "
     "[size]}",
     "~ fake_thing.a\n"},
    {"name: a, size: 1, zone: x, secret: s, tags: {k: v, l: new}, lifecycle: {ignore_changes: "
     "['tags[\"l\"]']}",
     ""},
    {"name: a, size: 1, zone: x, secret: s, tags: {k: v}, lifecycle: {ignore_changes: "
     "['tags[\"l\"]']}",
     ""},
    {"name: a, size: 1, zone: x, secret: s, tags: {k: v, l: w, m: n}, lifecycle: "
     "{ignore_changes: ['tags[\"m\"]']}",
     ""},
    {"name: a, size: 1, zone: x, secret: s, lifecycle: {ignore_changes: ['tags[\"l\"]']}",
     "~ fake_thing.a\n"},
    {"name: a, size: 1, zone: x, secret: s, lifecycle: {ignore_changes: [tags]}", ""},
    {"name: a, size: 1, zone: x, secret: s, tags: {l: w}, lifecycle: {ignore_changes: [tags.k]}",
     ""},
    {"name: a, size: 1, zone: x, secret: s, tags: {k: v, l: w}, lifecycle: {ignore_changes: "
     "['tags[\"m\"]', 'tags[\"k\"]']}",
     ""},
    {"name: a, size: 1, zone: x, secret: s, tags: {k: z, l: z}, lifecycle: {ignore_changes: "
     "['tags[\"k\"]']}",
     "~ fake_thing.a\n"},
    {"name: a, size: 1, zone: x, secret: s, tags: {k: z, l: z}, lifecycle: {ignore_changes: "
     "['tags[\"k\"]', 'tags[\"l\"]']}",
     ""},
    {"name: a, size: 2, zone: x, secret: s, tags: {k: v, l: w}, lifecycle: {ignore_changes: "
     "['size[\"x\"]']}",
     ""},
    {"name: a, size: 1, zone: x, secret: s, tags: {k: v, l: w}, lifecycle: "
     "{create_before_destroy: true}",
     ""},
    {"name: a, size: 1, zone: y, secret: s, tags: {k: v, l: w}, lifecycle: "
     "{create_before_destroy: true}",
     "+/- fake_thing.a replace_because_cannot_update\n"},
    {"name: a, size: 1, zone: x, secret: s, tags: {k: v, l: w}, count: 1", ""},
    {"name: a, size: 1, zone: x, secret: s, tags: {k: v, l: w}, for_each: {k: 1}",
     "- fake_thing.a delete_because_wrong_repetition\n+ fake_thing.a[\"k\"]\n"},
};

static void plans_changes(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(change_cases); i++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, base);
        Str text =
            str_format(c->arena, "resource: {fake_thing: {a: {%s}}}\n", change_cases[i].arguments);
        engine_case_config(c, str_to_cstr(text, c->arena));
        engine_case_must(c, engine_case_plan(c));
        if (!str_equal_cstr(engine_case_changes(c), change_cases[i].changes))
            print_error("case %zu: %s\n", i, change_cases[i].arguments);
        check_changes(c, change_cases[i].changes);
        engine_case_close(c);
    }
}

static void unknowns_propagate(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource:\n"
                          "  fake_thing:\n"
                          "    a: {name: a}\n"
                          "    b: {name: 'b-${fake_thing.a.id}', kind: '${local.k}'}\n"
                          "locals: {k: '${fake_thing.a.kind}'}\n"
                          "output: {o: {value: '${fake_thing.b.revision}'}}\n");
    engine_case_must(c, engine_case_plan(c));
    assert_false(value_is_known(engine_case_after(c, "fake_thing.a", "id")));
    check_str(value_text(engine_case_after(c, "fake_thing.a", "kind")), "plain");
    check_str(value_text(engine_case_after(c, "fake_thing.b", "kind")), "plain");
    assert_false(value_is_known(engine_case_after(c, "fake_thing.b", "name")));
    assert_int_equal(c->plan->outputs.items[0].action, ACTION_CREATE);
    assert_false(value_is_known(c->plan->outputs.items[0].after));
    assert_true(plan_is_applyable(c->plan));
    engine_case_close(c);
}

/* A changed object keeps the values that an update cannot change; the others become unknown. */
static void an_update_keeps_computed_values(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, base);
    engine_case_config(c, "resource: {fake_thing: {a: {name: a, size: 2, zone: x}}}\n");
    engine_case_must(c, engine_case_plan(c));
    check_str(value_text(engine_case_after(c, "fake_thing.a", "id")), "a-1");
    assert_false(value_is_known(engine_case_after(c, "fake_thing.a", "revision")));
    engine_case_close(c);
}

typedef struct ErrorCase {
    const char *text;
    const char *said;
} ErrorCase;

static const ErrorCase errors[] = {
    {"variable: {v: {default: 3}}\n"
     "resource: {fake_thing: {a: {name: a, lifecycle: {precondition: [{condition: '${var.v > 5}', "
     "error_message: 'v is ${var.v}'}]}}}}\n",
     "fake_thing.a: Resource precondition failed: v is 3"},
    {"resource: {fake_thing: {a: {name: a, size: 1, lifecycle: {postcondition: [{condition: "
     "'${self.size == 2}', error_message: 'size is ${self.size}'}]}}}}\n",
     "fake_thing.a: Resource postcondition failed: size is 1"},
    {"locals: {f: false}\noutput: {o: {value: 1, precondition: [{condition: '${local.f}', "
     "error_message: no}]}}\n",
     "Module output value precondition failed: no"},
    {"variable: {v: {default: 3, validation: [{condition: '${var.v > 5}', error_message: "
     "small}]}}\n",
     "Invalid value for variable: small"},
    {"variable: {s: {default: x, sensitive: true}}\noutput: {o: {value: '${var.s}'}}\n",
     "Output refers to sensitive values"},
    {"resource: {fake_thing: {a: {name: a}, b: {name: b, count: '${fake_thing.a.revision}'}}}\n",
     "Invalid count argument: The \"count\" value depends on resource attributes"},
    {"resource: {fake_thing: {a: {name: a, count: -1}}}\n",
     "Invalid count argument: The \"count\" value must be an integer"},
    {"resource: {fake_thing: {a: {name: a, count: 1.5}}}\n",
     "Invalid count argument: The \"count\" value must be an integer"},
    {"resource: {fake_thing: {a: {name: a, count: '${null}'}}}\n",
     "Invalid count argument: The \"count\" value is null"},
    {"resource: {fake_thing: {a: {name: a, for_each: '${[1, 2]}'}}}\n",
     "Invalid for_each argument: The \"for_each\" value must be a map or a set of strings"},
    {"resource: {fake_thing: {a: {name: a, for_each: '${null}'}}}\n",
     "Invalid for_each argument: The \"for_each\" value is null"},
    {"variable: {s: {default: {a: b}, sensitive: true}}\n"
     "resource: {fake_thing: {a: {name: a, for_each: '${var.s}'}}}\n",
     "Invalid for_each argument: Sensitive values"},
    {"resource: {fake_thing: {a: {name: '${count.index}'}}}\n",
     "Reference to \"count\" in non-counted context"},
    {"resource: {fake_thing: {a: {name: '${each.key}', count: 1}}}\n",
     "Reference to \"each\" in context without for_each"},
    {"resource: {fake_thing: {abc: {name: a}, b: {name: '${fake_thing.abd.id}'}}}\n",
     "Reference to undeclared resource: A managed resource \"fake_thing\" \"abd\" has not been "
     "declared in the root module. Did you mean \"fake_thing.abc\"?"},
    {"output: {o: {value: 1}, p: {value: '${output.o}'}}\n",
     "A managed resource \"output\" \"o\" has not been declared"},
    {"resource: {fake_thing: {a: {name: a, lifecycle: {enabled: true}}}}\n"
     "output: {o: {value: '${fake_thing.a[0].id}'}}\n",
     "Unexpected resource instance key"},
    {"variable: {size: {default: 1}}\nresource: {fake_thing: {a: {name: '${var.sise}'}}}\n",
     "Reference to undeclared input variable: No input variable named \"sise\" has been declared "
     "in the root module. Did you mean \"size\"?"},
    {"locals: {one: 1}\noutput: {o: {value: '${local.on}'}}\n",
     "Reference to undeclared local value: No local value named \"on\" has been declared in the "
     "root module. Did you mean \"one\"?"},
    {"output: {o: {value: '${module.m.x}'}}\n", "Reference to undeclared module"},
    {"resource: {fake_thing: {a: {name: '${fake_thing.a.id}'}}}\n",
     "Self-referential block: Configuration for fake_thing.a may not refer to itself."},
    {"locals: {a: '${local.a}'}\n", "Self-referential block"},
    {"resource:\n  fake_thing:\n    a: {name: '${fake_thing.b.id}'}\n    b: {name: "
     "'${local.c}'}\nlocals: {c: '${fake_thing.a.id}'}\n",
     "Cycle: These objects depend on each other in a circle"},
    {"locals: {a: '${local.b}', b: '${local.c}', c: '${local.a}'}\n",
     "main.loam.yaml, line 1) → local.a. Remove one of the references."},
    {"resource: {fake_thin: {a: {name: a}}}\n",
     "Invalid resource type: The provider loam.internal/test/fake does not support resource type "
     "\"fake_thin\". Did you mean \"fake_thing\"?"},
    {"resource: {fake_thing: {a: {name: a, lifecycle: {ignore_changes: [sise]}}}}\n",
     "ignore_changes contains \"sise\", but \"fake_thing\" has no argument of that name. Did you "
     "mean \"size\"?"},
    {"resource: {fake_thing: {a: {name: a, provider: fake.other}}}\n",
     "Provider configuration not present"},
    {"provider: {fake: {endpoint: nowhere}}\nresource: {fake_thing: {a: {name: a}}}\n",
     "Cannot connect: No answer."},
    {"module: {m: {source: ./m, nam: x}}\n",
     "Unsupported argument: The module has no input variable \"nam\". Did you mean \"name\"?"},
    {"module: {m: {source: ./m}}\n",
     "Missing required argument: The argument \"name\" is required by module \"m\""},
    {"module: {m: {source: ./m, name: x}}\noutput: {o: {value: '${module.m.ix}'}}\n",
     "This object does not have an attribute named \"ix\""},
    {"module: {m: {source: ./m, name: x, count: 1}}\noutput: {o: {value: '${module.m[1].id}'}}\n",
     "Invalid index"},
    {"module: {m: {source: ./m, name: '${module.m.id}'}}\n", "Cycle"},
};

static const char module_text[] = "variable: {name: {type: string}}\n"
                                  "resource: {fake_thing: {t: {name: '${var.name}'}}}\n"
                                  "output: {id: {value: '${fake_thing.t.id}'}}\n";

static void errors_are_reported(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(errors); i++) {
        EngineCase *c = engine_case_open();
        engine_case_write(c, "m/main.loam.yaml", module_text);
        engine_case_config(c, errors[i].text);
        if (engine_case_plan(c))
            print_error("no error in %s", errors[i].text);
        check_said(c, errors[i].said);
        assert_true(c->plan->errored);
        assert_false(plan_is_applyable(c->plan));
        vec_each(&c->diags, diag) {
            /* A missing provider configuration has no range; its text says where to look. */
            bool has_place = diag->range.source ||
                             str_equal_cstr(diag->summary, "Provider configuration not present");
            if (!has_place)
                print_error("no place for %s", errors[i].said);
            assert_true(has_place);
        }
        engine_case_close(c);
    }
}

static void an_error_hides_no_other(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource:\n"
                          "  fake_thing:\n"
                          "    a: {name: '${var.nothing}'}\n"
                          "    b: {name: b, sise: 1}\n"
                          "    c: {name: '${local.nothing}'}\n");
    assert_false(engine_case_plan(c));
    assert_int_equal(c->diags.error_count, 3);
    engine_case_close(c);
}

static void destruction_is_prevented(void **) {
    static const ChangeCase cases[] = {
        {"name: a, zone: y", "set"},
        {"name: a, zone: x, for_each: {k: 1}", "set"},
        {"name: a, zone: x", "destroy"},
    };
    const char *text = "resource: {fake_thing: {a: {%s, lifecycle: {prevent_destroy: true}}}}\n";
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, str_to_cstr(str_format(c->arena, text, "name: a, zone: x"), c->arena));
        engine_case_config(c,
                           str_to_cstr(str_format(c->arena, text, cases[i].arguments), c->arena));
        if (strcmp(cases[i].changes, "destroy") == 0)
            engine_case_options(c, PLAN_DESTROY);
        assert_false(engine_case_plan(c));
        check_said(c, "fake_thing.a: Instance cannot be destroyed");
        engine_case_close(c);
    }
    EngineCase *c = engine_case_open();
    engine_case_run(c, str_to_cstr(str_format(c->arena, text, "name: a"), c->arena));
    engine_case_config(c, "locals: {}\n"); /* without a block there is no protection */
    engine_case_must(c, engine_case_plan(c));
    engine_case_close(c);
}

/* Of a change that is prevented, or perhaps is, no postcondition is evaluated. */
static void a_prevented_change_has_one_error(void **) {
    static const struct {
        const char *prevents, *said;
    } rows[] = {
        {"true", "fake_thing.a: Instance cannot be destroyed"},
        {"'${fake_thing.b.revision > 1}'", "fake_thing.a: Invalid prevent_destroy"},
        {"'${[1][2]}'", "fake_thing.a: Invalid index"},
        {"false", "fake_thing.a: Resource postcondition failed: moved"},
        {"'${null}'", "fake_thing.a: Resource postcondition failed: moved"},
    };
    static const char text[] = "resource: {fake_thing: {a: {name: a, zone: %s, lifecycle: {"
                               "prevent_destroy: %s, postcondition: {condition: "
                               "'${self.zone == \"x\"}', error_message: moved}}}, b: {name: b, "
                               "size: '%s'}}}\n";
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EngineCase *c = engine_case_open();
        engine_case_run(c, str_to_cstr(str_format(c->arena, text, "x", "false", "1"), c->arena));
        Str after = str_format(c->arena, text, "y", rows[i].prevents, "2");
        engine_case_config(c, str_to_cstr(after, c->arena));
        assert_false(engine_case_plan(c));
        check_said(c, rows[i].said);
        assert_int_equal(c->diags.count, 1);
        engine_case_close(c);
    }
}

/* prevent_destroy holds in a removed module instance, where no expression can be evaluated. */
static void destruction_with_the_module_is_prevented(void **) {
    EngineCase *c = engine_case_open();
    engine_case_write(c, "m/main.loam.yaml",
                      "resource: {fake_thing: {t: {count: 2, name: 't${count.index}', lifecycle: "
                      "{prevent_destroy: true}}}}\n");
    engine_case_run(c, "module: {m: {source: ./m, count: 1}}\n");
    engine_case_config(c, "module: {m: {source: ./m, count: 0}}\n");
    assert_false(engine_case_plan(c));
    check_said(c, "module.m[0].fake_thing.t[0]: Instance cannot be destroyed");
    engine_case_close(c);
}

/* One directory called twice: the expressions of each call refer to its own objects. */
static void a_module_may_be_called_twice(void **) {
    EngineCase *c = engine_case_open();
    engine_case_write(c, "m/main.tf",
                      "variable \"name\" {}\n"
                      "locals {\n  full = \"${var.name}-x\"\n}\n"
                      "resource \"fake_thing\" \"t\" {\n  name = local.full\n}\n"
                      "output \"name\" {\n  value = fake_thing.t.name\n}\n");
    engine_case_run(
        c, "module: {a: {source: ./m, name: a}, b: {source: ./m, name: '${module.a.name}'}}\n");
    assert_non_null(fake_world_find(&c->world, "a-x"));
    assert_non_null(fake_world_find(&c->world, "a-x-x"));
    engine_case_close(c);
}

static void drift_is_found(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {name: a, size: 1}, b: {name: b}}}\n");
    fake_world_find(&c->world, "a")->size = 7;
    fake_world_find(&c->world, "b")->is_gone = true;
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ fake_thing.a\n+ fake_thing.b\n");
    assert_int_equal(c->plan->drift.count, 2);
    assert_int_equal(c->plan->drift.items[0].action, ACTION_UPDATE);
    assert_int_equal(c->plan->drift.items[1].action, ACTION_DELETE);
    engine_case_options(c, PLAN_REFRESH_ONLY);
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    assert_int_equal(c->plan->drift.count, 2);
    assert_true(plan_is_applyable(c->plan));
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "");
    check_objects(c, "fake_thing.a a-1\n");
    engine_case_options(c, PLAN_NORMAL);
    uint32_t reads = c->world.reads;
    c->options.skip_refresh = true;
    engine_case_must(c, engine_case_plan(c));
    assert_int_equal(c->world.reads, reads);
    check_changes(c, "~ fake_thing.a\n+ fake_thing.b\n");
    engine_case_close(c);
}

static void replacement_on_request(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}, b: {count: 2, name: "
                       "'b${count.index}'}}}\n");
    engine_case_replace(c, "fake_thing.a");
    engine_case_replace(c, "fake_thing.b[1]");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c,
                  "-/+ fake_thing.a replace_by_request\n-/+ fake_thing.b[1] replace_by_request\n");
    engine_case_options(c, PLAN_NORMAL);
    engine_case_replace(c, "fake_thing.b");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    check_said(c, "W Incompletely-matched force-replace resource instance");
    engine_case_close(c);
}

/* A configuration that changes nothing of an object changes the facts for its deletion. */
static void facts_without_a_change(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}, b: {name: b}}}\n");
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}, b: {name: b, depends_on: "
                       "[fake_thing.a]}}}\n");
    AddressTarget b = engine_case_address(c, "fake_thing.b");
    const StateObject *object = state_find_instance(c->state, b.resource)->current;
    assert_int_equal(object->dependency_count, 1);
    check_str(object->dependencies[0], "fake_thing.a");
    assert_false(object->create_before_destroy);
    engine_case_run(c, "resource: {fake_thing: {b: {name: b, lifecycle: "
                       "{create_before_destroy: true}}}}\n");
    object = state_find_instance(c->state, b.resource)->current;
    assert_true(object->create_before_destroy);
    engine_case_close(c);
}

/* A provider that rejects changes of an object accepts its replacement. */
static void replacement_of_fixed(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}, b: {name: b, size: 1, lifecycle: "
                       "{replace_triggered_by: [fake_thing.a]}}}}\n");
    fake_world_order(&c->world, "fixed a");
    fake_world_order(&c->world, "fixed b");
    engine_case_options(c, PLAN_NORMAL);
    assert_false(engine_case_plan(c));
    check_said(c, "fake_thing.a: Not changeable");
    engine_case_replace(c, "fake_thing.a");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "-/+ fake_thing.a replace_by_request\n-/+ fake_thing.b replace_by_triggers\n");
    engine_case_close(c);
}

static void replacement_by_trigger(void **) {
    const char *text = "resource:\n"
                       "  fake_thing:\n"
                       "    a: {for_each: {k: 1, l: %s}, name: '${each.key}', size: "
                       "'${each.value}'}\n"
                       "    all: {name: all, lifecycle: {replace_triggered_by: [fake_thing.a]}}\n"
                       "    id: {name: id, lifecycle: {replace_triggered_by: "
                       "['fake_thing.a[\"l\"].id']}}\n"
                       "    size: {name: size, lifecycle: {replace_triggered_by: "
                       "['fake_thing.a[\"l\"].size']}}\n"
                       "    each: {for_each: {k: 1, l: 1}, name: 'each${each.key}', lifecycle: "
                       "{replace_triggered_by: ['fake_thing.a[each.key]']}}\n";
    EngineCase *c = engine_case_open();
    engine_case_run(c, str_to_cstr(str_format(c->arena, text, "1"), c->arena));
    engine_case_config(c, str_to_cstr(str_format(c->arena, text, "2"), c->arena));
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ fake_thing.a[\"l\"]\n-/+ fake_thing.all replace_by_triggers\n"
                     "-/+ fake_thing.each[\"l\"] replace_by_triggers\n"
                     "-/+ fake_thing.size replace_by_triggers\n");
    engine_case_must(c, engine_case_apply_plan(c));
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    engine_case_close(c);
}

static void outputs_change(void **) {
    EngineCase *c = engine_case_open();
    const char *secret = "variable: {s: {default: {x: y}, sensitive: true}}\n"
                         "output: {a: {value: 1}, b: {value: '${[var.s.x]}', sensitive: true}}\n";
    engine_case_run(c, secret);
    engine_case_must(c, engine_case_plan(c));
    assert_false(plan_is_applyable(c->plan)); /* nested marks are no difference */
    engine_case_config(c, "output: {a: {value: 2, sensitive: true}, n: {value: '${null}'}}\n");
    engine_case_must(c, engine_case_plan(c));
    static const Action wanted[] = {ACTION_UPDATE, ACTION_DELETE, ACTION_NO_OP};
    assert_int_equal(c->plan->outputs.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(c->plan->outputs.items[i].action, wanted[i]);
    }
    assert_true(plan_is_applyable(c->plan));
    engine_case_must(c, engine_case_apply_plan(c));
    assert_int_equal(c->state->outputs.count, 1);
    const StateOutput *a = map_find(&c->state->outputs, STR("a"));
    assert_true(a->sensitive);
    engine_case_close(c);
}

/* A change of marks alone updates the state without a provider call. */
static void marks_are_kept(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {name: a, tags: {k: v}}}}\n");
    engine_case_config(c, "variable: {s: {default: v, sensitive: true}}\n"
                          "resource: {fake_thing: {a: {name: a, tags: {k: '${var.s}'}}}}\n");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ fake_thing.a\n");
    engine_case_must(c, engine_case_apply_plan(c));
    check_diary(c, "");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    engine_case_close(c);
}

/* What a type finds sensitive in an object is masked in plan and state, from the first plan on. */
static void marks_depend_on_the_object(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource: {fake_thing: {a: {name: a, kind: plain, input: {k: v}}}}\n");
    engine_case_must(c, engine_case_plan(c));
    assert_false(value_has_marks_anywhere(engine_case_after(c, "fake_thing.a", "input")));
    engine_case_must(c, engine_case_apply_plan(c));
    assert_true(str_find(c->stored, STR("\"input\"\n"), 0) == SIZE_MAX);
    engine_case_config(c, "resource: {fake_thing: {a: {name: a, kind: vault, input: {k: v}}}}\n");
    engine_case_must(c, engine_case_plan(c));
    assert_true(value_has_mark(engine_case_after(c, "fake_thing.a", "input"), MARK_SENSITIVE));
    assert_false(value_has_marks_anywhere(engine_case_after(c, "fake_thing.a", "kind")));
    engine_case_must(c, engine_case_apply_plan(c));
    assert_true(str_find(c->stored, STR("\"value\": \"input\"\n"), 0) != SIZE_MAX);
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    engine_case_config(c, "variable: {s: {default: v, sensitive: true}}\n"
                          "resource: {fake_thing: {b: {name: b, group: '${var.s}', input: v}}}\n");
    engine_case_must(c, engine_case_plan(c));
    assert_true(value_has_mark(engine_case_after(c, "fake_thing.b", "input"), MARK_SENSITIVE));
    engine_case_close(c);
}

/* Notes explain creations as well as updates. */
static void notes_are_kept(void **) {
    static const char *const configs[] = {
        "resource: {fake_thing: {a: {name: a, kind: noted}}}\n",
        "resource: {fake_thing: {a: {name: a, kind: noted, size: 1}}}\n",
        "resource: {fake_thing: {a: {name: a, kind: noted, size: 1, zone: z}}}\n",
    };
    EngineCase *c = engine_case_open();
    for (size_t i = 0; i < ARRAY_COUNT(configs); i++) {
        engine_case_config(c, configs[i]);
        engine_case_must(c, engine_case_plan(c));
        assert_int_equal(c->plan->changes.count, 1);
        assert_int_equal(c->plan->changes.items[0].notes.count, 1);
        check_str(c->plan->changes.items[0].notes.items[0].text, "a note");
        engine_case_must(c, engine_case_apply_plan(c));
    }
    engine_case_close(c);
}

/* Ephemeral values may be passed to write-only arguments; neither plan nor state stores them. */
static void write_only_arguments_are_not_kept(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "variable: {t: {type: string, default: hush, ephemeral: true}}\n"
                          "resource: {fake_thing: {a: {name: a, token: '${var.t}'}}}\n");
    engine_case_must(c, engine_case_plan(c));
    assert_true(value_is_null(engine_case_after(c, "fake_thing.a", "token")));
    engine_case_must(c, engine_case_apply_plan(c));
    assert_true(str_find(c->stored, STR("hush"), 0) == SIZE_MAX);
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "");
    engine_case_config(c, "variable: {t: {type: string, default: hush, ephemeral: true}}\n"
                          "resource: {fake_thing: {a: {name: a, kind: '${var.t}'}}}\n");
    assert_false(engine_case_plan(c));
    check_said(c, "fake_thing.a: Invalid use of ephemeral value");
    engine_case_close(c);
}

static void validation_needs_no_state(void **) {
    EngineCase *c = engine_case_open();
    engine_case_write(c, "m/main.loam.yaml", module_text);
    engine_case_config(
        c, "variable: {n: {type: number}}\n"
           "module: {m: {source: ./m, for_each: '${{for i in [var.n] : \"k${i}\" => "
           "i}}', name: '${each.value}'}}\n"
           "resource: {fake_thing: {a: {count: '${var.n}', name: "
           "'${count.index}'}}}\n"
           "output: {o: {value: '${module.m}'}, p: {value: '${fake_thing.a[0].id}'}}\n");
    Engine engine = engine_case_engine(c);
    engine_case_must(c, engine_validate(&engine, &c->diags));
    engine_case_config(c, "resource: {fake_thing: {a: {size: big}}}\n");
    c->diags = diags_new(c->arena);
    engine = engine_case_engine(c);
    assert_false(engine_validate(&engine, &c->diags));
    check_said(c, "name");
    engine_case_close(c);
}

static void the_console_changes_nothing(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {count: 3, name: 'a${count.index}'}}}\n");
    engine_case_config(c, "resource: {fake_thing: {a: {count: 1, name: 'a${count.index}'}}}\n"
                          "locals: {id: '${fake_thing.a[0].id}'}\n");
    uint32_t reads = c->world.reads;
    Engine engine = engine_case_engine(c);
    EngineConsole *console = NULL;
    c->diags = diags_new(c->arena);
    PlanOptions options = c->options;
    engine_case_must(
        c, engine_console_open(&engine, &options, c->state, &console, c->arena, &c->diags));
    memset(&options, 0xff, sizeof options); /* the console must not refer to them any more */
    assert_int_equal(c->world.reads, reads);
    const Expr *expr;
    const SourceText *source = source_text_new(STR("console"), STR("\"${local.id}!\""), c->arena);
    engine_case_must(
        c, parser_parse_expression(source, c->config->functions, &expr, c->arena, &c->diags));
    Value value;
    engine_case_must(c,
                     eval_expr(expr, engine_console_scope(console), &value, c->arena, &c->diags));
    check_str(value_text(value), "a0-1!");
    engine_case_close(c);
}

/* The fake provider converts no objects of other types. */
static void a_type_may_refuse_objects_of_another(void **) {
    static const char moved[] = "resource: {fake_vault: {b: {name: a}}}\n"
                                "moved: [{from: fake_thing.a, to: fake_vault.b}]\n";
    EngineCase *c = engine_case_open();
    engine_case_run(c, base);
    engine_case_config(c, moved);
    assert_false(engine_case_plan(c));
    check_said(c, "fake_vault.b: Resource type mismatch");
    engine_case_config(c, "moved: [{from: fake_thing.a, to: fake_vault.b}]\n");
    assert_false(engine_case_plan(c));
    check_said(c, "Resource type mismatch");
    engine_case_close(c);
}

UNIT_MAIN(test_engine_plan) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_changes),
        cmocka_unit_test(unknowns_propagate),
        cmocka_unit_test(an_update_keeps_computed_values),
        cmocka_unit_test(errors_are_reported),
        cmocka_unit_test(an_error_hides_no_other),
        cmocka_unit_test(destruction_is_prevented),
        cmocka_unit_test(a_prevented_change_has_one_error),
        cmocka_unit_test(destruction_with_the_module_is_prevented),
        cmocka_unit_test(a_module_may_be_called_twice),
        cmocka_unit_test(drift_is_found),
        cmocka_unit_test(replacement_on_request),
        cmocka_unit_test(facts_without_a_change),
        cmocka_unit_test(replacement_of_fixed),
        cmocka_unit_test(replacement_by_trigger),
        cmocka_unit_test(outputs_change),
        cmocka_unit_test(marks_are_kept),
        cmocka_unit_test(marks_depend_on_the_object),
        cmocka_unit_test(notes_are_kept),
        cmocka_unit_test(write_only_arguments_are_not_kept),
        cmocka_unit_test(validation_needs_no_state),
        cmocka_unit_test(the_console_changes_nothing),
        cmocka_unit_test(a_type_may_refuse_objects_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
