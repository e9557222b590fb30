/* environments blocks: rejected forms, and the settings of the selected one over the module. */
#include "bad_case.h"
#include "config_block.h"
#include "eval.h"
#include "input.h"
#include "static_eval.h"

static const BadCase bad_cases[] = {
    {
        .about = "a name that means all",
        .text = "environments: {all: {}}\n",
        .wanted = "main.loam.yaml:1:16 Reserved environment name\n",
    },
    {
        .about = "no identifier",
        .text = "environments: {a b: {}}\n",
        .wanted = "main.loam.yaml:1:16 Invalid environment name\n",
    },
    {
        .about = "twice",
        .file = "main.tf",
        .text = "environments \"a\" {}\nenvironments \"a\" {}\n",
        .wanted = "main.tf:2:1 Duplicate environment\n",
    },
    {
        .about = "a variable that is not there",
        .text = "environments: {a: {variables: {sise: 1}}}\nvariable: {size: {default: 1}}\n",
        .wanted = "main.loam.yaml:1:32 Value for undeclared variable\n",
        .detail = "Did you mean \"size\"?",
    },
    {
        .about = "a value that is none",
        .file = "main.tf",
        .text = "variable \"a\" {}\nenvironments \"e\" {\n  variables = { a = var.b }\n}\n",
        .wanted = "main.tf:3:21 Variables not allowed\n",
    },
    {
        .about = "values without names",
        .file = "main.tf",
        .text = "environments \"e\" {\n  variables = [1]\n}\n",
        .wanted = "main.tf:2:15 Invalid variable values\n",
    },
    {
        .about = "two backends",
        .file = "main.tf",
        .text = "environments \"e\" {\n  backend {}\n  backend {}\n}\n",
        .wanted = "main.tf:3:3 Duplicate backend configuration\n",
    },
    {
        .about = "one provider twice",
        .file = "main.tf",
        .text = "environments \"e\" {\n  provider \"p\" {}\n  provider \"p\" {}\n}\n",
        .wanted = "main.tf:3:3 Duplicate provider configuration\n",
    },
    {
        .about = "something else",
        .text = "environments: {e: {protect: true}}\n",
        .wanted = "main.loam.yaml:1:20 Unsupported argument\n",
        .detail = "protected",
    },
};

static void refuses(void **) {
    bad_cases_check(bad_cases, ARRAY_COUNT(bad_cases));
}

static const char text[] = "variable \"size\" { default = 1 }\n"
                           "terraform {\n"
                           "  backend \"local\" {\n"
                           "    path = \"base\"\n"
                           "    workspace_dir = \"w\"\n"
                           "  }\n"
                           "}\n"
                           "provider \"p\" {\n"
                           "  uri = \"base\"\n"
                           "  user = \"me\"\n"
                           "}\n"
                           "provider \"p\" {\n"
                           "  alias = \"x\"\n"
                           "  uri = \"other\"\n"
                           "}\n"
                           "environments \"here\" {\n"
                           "  protected = true\n"
                           "  variables { size = 2 }\n"
                           "  backend { path = \"here\" }\n"
                           "  provider \"p\" { uri = \"here\" }\n"
                           "  provider \"q\" { uri = \"here\" }\n"
                           "}\n"
                           "environments \"there\" {\n"
                           "  variables = { size = 3 }\n"
                           "}\n";

typedef struct Loaded {
    ConfigCase base;
    InputRequest input;
} Loaded;

static void load(Loaded *loaded, const char *environment, const char *workspace) {
    loaded->base = config_case_open();
    ConfigCase *c = &loaded->base;
    config_case_write(c, "main.tf", text);
    loaded->input = (InputRequest){
        .io = &c->io, .directory = STR("."), .environment = str_from_cstr(environment)};
    ConfigRequest request = {
        .io = &c->io,
        .directory = STR("."),
        .data_directory = STR(".loam"),
        .functions = c->functions,
        .environment = str_from_cstr(environment),
        .workspace = str_from_cstr(workspace),
        .input = &loaded->input,
    };
    c->ok = config_load(&request, &c->config, c->arena, &c->diags);
}

/* "path=here" */
static Str settings(ConfigCase *c, const Body *body) {
    StrBuf out = strbuf_new(c->arena);
    BodyContent content = {0};
    assert_true(body_attributes(body, BODY_LITERAL, &content, c->arena, &c->diags));
    vec_each(&content.attributes, attribute) {
        Value value;
        assert_true(eval_constant(attribute->expr, &value, c->arena, &c->diags));
        strbuf_add_format(&out, "%s%.*s=%.*s", out.len ? " " : "", STR_ARG(attribute->name),
                          STR_ARG(value_text(value)));
    }
    return strbuf_str(&out);
}

static Str provider_settings(ConfigCase *c, const char *key) {
    const ProviderConfig *provider = map_find(&c->config->root->providers, str_from_cstr(key));
    return provider ? settings(c, provider->body) : STR("none");
}

static int64_t size_of(Loaded *loaded) {
    Map values;
    int64_t out = 0;
    ConfigCase *c = &loaded->base;
    assert_true(input_collect(c->config, &loaded->input, &values, c->arena, &c->diags));
    const Value *value = map_find(&values, STR("size"));
    return value && value_to_int(*value, &out) ? out : 1;
}

static void is_laid_over(void **) {
    static const struct {
        const char *environment, *backend, *p, *x, *q, *workspace;
        int64_t size;
    } cases[] = {
        {"", "", "uri=base user=me", "uri=other", "none", "default", 1},
        {"here", "path=here", "uri=here user=me", "uri=other", "uri=here", "default", 2},
        {"there", "", "uri=base user=me", "uri=other", "none", "there", 3},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Loaded loaded;
        load(&loaded, cases[i].environment, "default");
        ConfigCase *c = &loaded.base;
        assert_true(c->ok);
        assert_int_equal(c->config->root->environments.count, 2);
        assert_int_equal(c->config->environment != NULL, cases[i].environment[0] != 0);
        check_str(c->config->workspace, cases[i].workspace);
        const Environment *environment = c->config->environment;
        const Body *backend = environment ? environment->backend : NULL;
        check_str(backend ? settings(c, backend) : STR_EMPTY, cases[i].backend);
        check_str(settings(c, c->config->root->backend->body), "path=base workspace_dir=w");
        check_str(provider_settings(c, "p"), cases[i].p);
        check_str(provider_settings(c, "p.x"), cases[i].x);
        check_str(provider_settings(c, "q"), cases[i].q);
        assert_int_equal(size_of(&loaded), cases[i].size);
        config_case_close(c);
    }
}

static void chooses(void **) {
    static const struct {
        const char *environment, *workspace, *said;
    } cases[] = {
        {"nowhere", "default", "No such environment\n"},
        {"there", "other", "Another workspace is selected\n"},
        {"there", "there", ""},
        {"here", "other", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Loaded loaded;
        load(&loaded, cases[i].environment, cases[i].workspace);
        check_str(config_case_text(&loaded.base.diags, loaded.base.arena), cases[i].said);
        assert_int_equal(loaded.base.ok, cases[i].said[0] == 0);
        config_case_close(&loaded.base);
    }
}

static void belongs_to_the_root(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml", "module: {m: {source: ./m}}\n");
    config_case_write(&c, "m/main.loam.yaml", "environments: {a: {variables: {none: 1}}}\n");
    config_case_load(&c, true);
    assert_true(c.ok);
    check_str(config_case_text(&c.diags, c.arena),
              "W m/main.loam.yaml:1:16 Environments ignored\n");
    config_case_close(&c);
}

UNIT_MAIN(test_config_environment) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses),
        cmocka_unit_test(is_laid_over),
        cmocka_unit_test(chooses),
        cmocka_unit_test(belongs_to_the_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
