/* Sources of variable values, their precedence, and conversion. */
#include "config_case.h"

#include "input.h"

static const char declarations[] =
    "variable:\n"
    "  u: {default: d}\n"
    "  s: {type: string, default: d}\n"
    "  n: {type: number, default: 0}\n"
    "  l: {type: list(string), default: []}\n"
    "  a: {type: any, default: d}\n"
    "  z: {type: string, nullable: false, default: d}\n"
    "  o: {type: \"object({x = optional(number, 7), y = optional(string)})\", default: {}}\n";

typedef struct InputCase {
    const char *about;
    const char *environment[2][2];
    CaseFile files[4];
    const char *options[4]; /* "-file" or "name=value" */
    const char *wanted;     /* values other than the default, converted; or diagnostics */
} InputCase;

/* clang-format 14 misplaces nested tables. */
static const InputCase cases[] = {
    {
        .about = "environment: raw or expression",
        .environment = {{"TF_VAR_s", "[1]"}, {"TF_VAR_l", "[\"x\"]"}},
        .wanted = "s=\"[1]\";l=[\"x\"];",
    },
    {
        .about = "loam's own variable wins",
        .environment = {{"TF_VAR_s", "tf"}, {"LOAM_VAR_s", "loam"}},
        .wanted = "s=\"loam\";",
    },
    {
        .about = "files win over the environment, later ones over earlier",
        .environment = {{"TF_VAR_s", "env"}, {"TF_VAR_u", "env"}},
        .files = {{"terraform.tfvars", "s = \"a\"\nn = 1\nl = [\"1\"] # why\n"},
                  {"loam.vars.yaml", "n: 2\nl: [x]\n"},
                  {"a.auto.vars.yaml", "l: [y]\n"},
                  {"b.auto.tfvars.json", "{\"l\": [\"z\"]}"}},
        .wanted = "u=\"env\";s=\"a\";n=2;l=[\"z\"];",
    },
    {
        .about = "options in order",
        .files = {{"x.tfvars", "s = \"file\""}, {"terraform.tfvars", "s = \"auto\""}},
        .options = {"s=flag", "-x.tfvars", "u=x=y", "n=5"},
        .wanted = "u=\"x=y\";s=\"file\";n=5;",
    },
    {
        .about = "any takes an expression",
        .options = {"a={k=\"v\"}", "s="},
        .wanted = "s=\"\";a={k = \"v\"};",
    },
    {
        .about = "JSON by its first character; templates stay text",
        .files = {{"values", " {\"s\": \"${1+1}\"}"}},
        .options = {"-values"},
        .wanted = "s=\"$${1+1}\";",
    },
    {
        .about = "null takes the default where null may not be; defaults of attributes",
        .files = {{"terraform.tfvars", "z = null\no = {\n  y = 5\n}\n"}},
        .wanted = "o={x = 7, y = \"5\"};",
    },
    {
        .about = "conversion",
        .files = {{"terraform.tfvars", "\nn = \"x\"\n"}},
        .wanted = "terraform.tfvars:2:5 Invalid value for input variable\n",
    },
    {
        .about = "flags of the wrong form",
        .options = {"s", "s =1", "nope=1"},
        .wanted = "Invalid -var option\nInvalid -var option\nValue for undeclared variable\n",
    },
    {
        .about = "unknown values win over all others",
        .files = {{"terraform.tfvars", "s = \"f\"\nn = 3\n"}},
        .options = {"?s", "s=1", "?l"},
        .wanted = "s=(known after apply);n=3;l=(known after apply);",
    },
    {
        .about = "unknown values of undeclared variables",
        .options = {"?nope"},
        .wanted = "Value for undeclared variable\n",
    },
    {
        .about = "undeclared in files: two, then a number",
        .files = {{"terraform.tfvars", "p = 1\nq = 1\nr = 1\nt = 1\n"}},
        .wanted = "W Value for undeclared variable\n"
                  "W Value for undeclared variable\n"
                  "W Values for undeclared variables\n",
    },
    {
        .about = "expression of a flag",
        .options = {"l="},
        .wanted = "<value for var.l>:1:1 Missing expression\n",
    },
    {
        .about = "names in values",
        .options = {"l=[var.s]"},
        .wanted = "<value for var.l>:1:2 Variables not allowed\n",
    },
    {
        .about = "missing file, invalid file",
        .files = {{"bad.tfvars", "variable \"s\" {\n}\n"}, {"twice.tfvars", "s = 1\ns = 2\n"}},
        .options = {"-gone.tfvars", "-bad.tfvars", "-twice.tfvars"},
        .wanted = "Failed to read variables file\nbad.tfvars:1:1 Unexpected \"variable\" block\n"
                  "twice.tfvars:2:1 Attribute redefined\n",
    },
};

static InputOptions options_of(const InputCase *input, Arena *arena) {
    InputOptions options = {0};
    for (size_t i = 0; i < ARRAY_COUNT(input->options) && input->options[i]; i++) {
        const char *text = input->options[i];
        bool is_file = text[0] == '-', is_unknown = text[0] == '?';
        InputOption option = {is_file, is_unknown, str_from_cstr(text + (is_file || is_unknown))};
        vec_push(arena, &options, option);
    }
    return options;
}

static Str converted(ConfigCase *c, const Map *values) {
    StrBuf buf = strbuf_new(c->arena);
    map_each(&c->config->root->variables, entry) {
        const Variable *variable = entry->value;
        const InputValue *given = map_find(values, variable->name);
        Value value;
        if (given &&
            input_convert(variable, &given->value, given->range, &value, c->arena, &c->diags) &&
            !value_equal(value, variable->default_value))
            strbuf_add_format(&buf, "%.*s=%.*s;", STR_ARG(entry->key),
                              STR_ARG(value_display(value, 0, c->arena)));
    }
    return c->diags.count ? config_case_text(&c->diags, c->arena) : strbuf_str(&buf);
}

static Str run(ConfigCase *c, const InputCase *input) {
    InputRequest request = {
        .io = &c->io,
        .directory = STR("."),
        .options = options_of(input, c->arena),
    };
    Map values;
    c->diags = diags_new(c->arena);
    return input_collect(c->config, &request, &values, c->arena, &c->diags)
               ? converted(c, &values)
               : config_case_text(&c->diags, c->arena);
}

static bool run_case(const InputCase *input) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml", declarations);
    for (size_t k = 0; k < ARRAY_COUNT(input->files) && input->files[k].path; k++)
        config_case_write(&c, input->files[k].path, input->files[k].text);
    config_case_load(&c, false);
    assert_true(c.ok);
    for (size_t k = 0; k < 2 && input->environment[k][0]; k++)
        setenv(input->environment[k][0], input->environment[k][1], 1);
    Str got = run(&c, input);
    for (size_t k = 0; k < 2 && input->environment[k][0]; k++)
        unsetenv(input->environment[k][0]);
    bool ok = str_equal_cstr(got, input->wanted);
    if (!ok)
        print_error("%s\n  got:    %.*s\n  wanted: %s\n%.*s", input->about, STR_ARG(got),
                    input->wanted, STR_ARG(config_case_details(&c.diags, c.arena)));
    config_case_close(&c);
    return ok;
}

static void sources(void **) {
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        failures += !run_case(&cases[i]);
    assert_int_equal(failures, 0);
}

static bool answer(void *payload, const Variable *variable, Str *out, Arena *arena) {
    StrBuf *asked = payload;
    strbuf_add_format(asked, "%.*s ", STR_ARG(variable->name));
    *out = str_format(arena, "[\"%.*s\"]", STR_ARG(variable->name));
    return !str_equal_cstr(variable->name, "c");
}

static void missing(void **) {
    ConfigCase c = config_case_open();
    StrBuf asked = strbuf_new(c.arena);
    InputRequest request = {.io = &c.io, .directory = STR(".")};
    Map values;
    config_case_write(&c, "main.loam.yaml",
                      "variable:\n  b: {type: list(string)}\n  a: {}\n  d: {default: 1}\n");
    config_case_load(&c, false);
    assert_false(input_collect(c.config, &request, &values, c.arena, &c.diags));
    check_str(config_case_text(&c.diags, c.arena),
              "main.loam.yaml:3:3 No value for required variable\n"
              "main.loam.yaml:2:3 No value for required variable\n");
    request.ask = answer;
    request.payload = &asked;
    assert_true(input_collect(c.config, &request, &values, c.arena, &c.diags));
    check_str(strbuf_str(&asked), "a b ");
    const Value *b = map_find(&values, STR("b"));
    check_str(value_display(*b, 0, c.arena), "[\"b\"]");
    config_case_write(&c, "main.loam.yaml", "variable: {c: {}}\n");
    config_case_load(&c, false);
    assert_false(input_collect(c.config, &request, &values, c.arena, &c.diags));
    config_case_close(&c);
}

static void marks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Variable variable = {
        .name = STR("v"),
        .type = {.type = &TYPE_STRING},
        .sensitive = true,
        .ephemeral = true,
        .nullable = false,
    };
    Value null = value_null(&TYPE_STRING);
    Value text = value_from_cstr("x");
    Value out;
    assert_true(input_convert(&variable, &text, NO_RANGE, &out, arena, &diags));
    assert_int_equal(out.marks, MARK_SENSITIVE | MARK_EPHEMERAL);
    assert_false(input_convert(&variable, &null, NO_RANGE, &out, arena, &diags));
    assert_false(input_convert(&variable, NULL, NO_RANGE, &out, arena, &diags));
    check_str(config_case_text(&diags, arena),
              "Required variable not set\nNo value for required variable\n");
}

UNIT_MAIN(test_input) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources),
        cmocka_unit_test(missing),
        cmocka_unit_test(marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
