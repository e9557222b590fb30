/* Evaluation while loading: module sources made of variables, and values that are not allowed
 * there. */
#include "bad_case.h"
#include "static_eval.h"

#define RESOURCE "resource: {a_b: {c: {x: 1}}}\n"

/* clang-format off */
static const BadCase bad_cases[] = {
    {
        .about = "a resource",
        .text = "module: {m: {source: \"./${a_b.c.id}\"}}\n" RESOURCE,
        .wanted = "main.loam.yaml:1:27 Dynamic value in static context\n",
        .detail = "a_b.c is not known here",
    },
    {
        .about = "a resource behind local values",
        .text = "module: {m: {source: \"${local.x}\"}}\nlocals: {x: \"${local.y}\", y: "
                "\"${a_b.c.id}\"}\n",
        .wanted = "main.loam.yaml:2:33 Dynamic value in static context\n",
    },
    {
        .about = "a circle",
        .text = "module: {m: {source: \"${local.x}\"}}\nlocals: {x: \"${local.y}\", y: "
                "\"${local.x}\"}\n",
        .wanted = "main.loam.yaml:2:33 Circular reference\n",
    },
    {
        .about = "a variable without value",
        .text = "module: {m: {source: \"${var.v}\"}}\nvariable: {v: {}}\n",
        .wanted = "main.loam.yaml:1:25 Variables not allowed\nmain.loam.yaml:1:25 Unsuitable value "
                  "type\n",
    },
    {
        .about = "a variable that is not there",
        .text = "module: {m: {source: \"${var.word}\"}}\nvariable: {world: {default: x}}\n",
        .wanted = "main.loam.yaml:1:25 Reference to undeclared input variable\n",
        .detail = "Did you mean \"world\"?",
    },
    {
        .about = "a secret",
        .text = "module: {m: {source: \"./${var.v}\"}}\nvariable: {v: {default: x, sensitive: true}}\n",
        .wanted = "main.loam.yaml:1:23 Secret value in static context\n",
        .detail = "sensitive",
    },
    {
        .about = "a variable that refuses",
        .text = "module: {m: {source: \"./${var.v}\"}}\nvariable: {v: {default: x, const: false}}\n",
        .wanted = "main.loam.yaml:1:27 Variable is not constant\n",
    },
    {
        .about = "constant and secret",
        .text = "variable: {v: {default: x, const: true, sensitive: true}}\n",
        .wanted = "main.loam.yaml:1:35 Invalid constant variable\n",
    },
    {
        .about = "a list",
        .text = "module: {m: {source: \"${local.x}\"}}\nlocals: {x: [1]}\n",
        .wanted = "main.loam.yaml:1:23 Unsuitable value type\n",
    },
    {
        .about = "nothing to apply yet",
        .text = "module: {m: {source: \"./${terraform.applying}\"}}\n",
        .wanted = "main.loam.yaml:1:27 Dynamic value in static context\n",
    },
};
/* clang-format on */

static void bad_input(void **) {
    bad_cases_check(bad_cases, ARRAY_COUNT(bad_cases));
}

/* From the environment, through the root and a call, to the source of a grandchild. */
static void sources(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml",
                      "variable: {kind: {default: none}}\n"
                      "locals: {dir: \"./mods/${var.kind}\"}\n"
                      "module: {m: {source: \"${local.dir}\", inner: \"${var.kind}-inner\"}}\n");
    config_case_write(&c, "mods/small/main.loam.yaml",
                      "variable: {inner: {}}\nmodule: {n: {source: \"../${var.inner}\"}}\n");
    config_case_write(&c, "mods/small-inner/main.loam.yaml", "output: {o: {value: 1}}\n");
    config_case_write(&c, "terraform.tfvars.json", "{\"kind\": \"small\"}");
    InputRequest input = {.io = &c.io, .directory = STR(".")};
    ConfigRequest request = {
        .io = &c.io,
        .directory = STR("."),
        .data_directory = STR(".loam"),
        .functions = c.functions,
        .install = true,
        .input = &input,
    };
    bool ok = config_load(&request, &c.config, c.arena, &c.diags);
    check_str(config_case_text(&c.diags, c.arena), "");
    assert_true(ok);
    const ModuleCall *call = map_find(&c.config->root->calls, STR("m"));
    check_str(call->source, "./mods/small");
    call = map_find(&call->module->calls, STR("n"));
    check_str(call->source, "../small-inner");
    check_str(call->module->directory, "mods/small-inner");
    config_case_close(&c);
}

/* A call passes a value to a variable with "const: true". */
static void constants(void **) {
    static const struct {
        const char *call, *wanted;
    } cases[] = {
        {"${local.x}", ""},
        {"${a_b.c.id}", "main.loam.yaml:3:33 Dynamic value in static context\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ConfigCase c = config_case_open();
        Str text = str_format(c.arena,
                              "locals: {x: 1}\nresource: {a_b: {c: {x: 1}}}\n"
                              "module: {m: {source: ./m, v: \"%s\"}}\n",
                              cases[i].call);
        config_case_write(&c, "main.loam.yaml", str_to_cstr(text, c.arena));
        config_case_write(&c, "m/main.loam.yaml", "variable: {v: {const: true}}\n");
        config_case_load(&c, true);
        assert_true(c.ok);
        config_case_load(&c, false);
        check_str(config_case_text(&c.diags, c.arena), cases[i].wanted);
        config_case_close(&c);
    }
}

static bool answer(void *payload, const Variable *variable, Str *out, Arena *) {
    size_t *asked = payload;
    (*asked)++;
    *out = str_equal_cstr(variable->name, "kind") ? STR("small") : STR("other");
    return true;
}

/* Prompts for a missing variable once, for loading and for the plan. */
static void asks_once(void **) {
    ConfigCase c = config_case_open();
    size_t asked = 0;
    config_case_write(&c, "main.loam.yaml",
                      "variable: {kind: {}, later: {}}\n"
                      "module: {m: {source: \"./${var.kind}\"}}\n");
    config_case_write(&c, "small/main.loam.yaml", "output: {o: {value: 1}}\n");
    InputRequest input = {.io = &c.io, .directory = STR("."), .ask = answer, .payload = &asked};
    ConfigRequest request = {
        .io = &c.io,
        .directory = STR("."),
        .data_directory = STR(".loam"),
        .functions = c.functions,
        .install = true,
        .input = &input,
    };
    assert_true(config_load(&request, &c.config, c.arena, &c.diags));
    assert_int_equal(asked, 1);
    Map values = map_new(c.arena);
    assert_true(input_collect(c.config, &input, &values, c.arena, &c.diags));
    assert_int_equal(asked, 2);
    const InputValue *kind = map_find(&values, STR("kind"));
    check_str(value_text(kind->value), "small");
    config_case_close(&c);
}

static void names(void **) {
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"${path.module}", "."},
        {"${path.root}", "."},
        {"${path.cwd}", "/here"},
        {"${tofu.workspace}", "blue"},
        {"a-${terraform.workspace}", "a-blue"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ConfigCase c = config_case_open();
        Str text = str_format(c.arena, "locals: {x: '%s'}\n", cases[i].text);
        config_case_write(&c, "main.loam.yaml", str_to_cstr(text, c.arena));
        config_case_load(&c, false);
        ConfigRequest request = {
            .io = &c.io,
            .directory = STR("."),
            .functions = c.functions,
            .working_directory = STR("/here"),
        };
        c.config->workspace = STR("blue");
        StaticEval *statics = static_eval_new(&request, c.config, c.arena);
        const Local *local = map_find(&c.config->root->locals, STR("x"));
        Str got = STR_EMPTY;
        assert_true(
            static_eval_text(statics, c.config->root, local->expr, &got, c.arena, &c.diags));
        check_str(got, cases[i].wanted);
        config_case_close(&c);
    }
}

UNIT_MAIN(test_static_eval) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_input), cmocka_unit_test(sources), cmocka_unit_test(constants),
        cmocka_unit_test(asks_once), cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
