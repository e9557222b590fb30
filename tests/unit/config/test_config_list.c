/* Query files: their blocks in three syntaxes, their errors, and the commands that load them. */
#include "config_case.h"

static ConfigCase query_case(const char *path, const char *text) {
    ConfigCase c = config_case_open();
    c.loads_queries = true;
    config_case_write(&c, "main.tf",
                      "variable \"v\" {}\nprovider \"p\" {}\nlocals {\n  l = 1\n}\n");
    config_case_write(&c, path, text);
    config_case_load(&c, true);
    return c;
}

static const Resource *list_of(const ConfigCase *c, const char *key) {
    return map_find(&c->config->root->resources, str_from_cstr(key));
}

#define HCL                                                                                        \
    "list \"p_thing\" \"all\" {\n  provider = p.second\n  include_resource = true\n  limit = 5\n"  \
    "  count = 2\n  config {\n    name = \"a\"\n  }\n}\nlist \"p_thing\" \"plain\" {\n"            \
    "  provider = p\n}\nprovider \"p\" {\n  alias = \"second\"\n}\nvariable \"w\" {}\n"            \
    "locals {\n  m = 2\n}\n"
#define JSON                                                                                       \
    "{\"list\": {\"p_thing\": {\"all\": {\"provider\": \"p.second\", \"include_resource\": true,"  \
    " \"limit\": 5, \"count\": 2, \"config\": {\"name\": \"a\"}}, \"plain\": {\"provider\": "      \
    "\"p\"}}},"                                                                                    \
    " \"provider\": {\"p\": {\"alias\": \"second\"}}, \"variable\": {\"w\": {}},"                  \
    " \"locals\": {\"m\": 2}}"
#define YAML                                                                                       \
    "list:\n  p_thing:\n    all:\n      provider: p.second\n      include_resource: true\n"        \
    "      limit: 5\n      count: 2\n      config: {name: a}\n    plain: {provider: p}\n"          \
    "provider: {p: {alias: second}}\nvariable: {w: {}}\nlocals: {m: 2}\n"

static void every_syntax(void **) {
    static const CaseFile files[] = {
        {"q.tfquery.hcl", HCL},
        {"q.tfquery.json", JSON},
        {"q.loamquery.yaml", YAML},
        {"q.loamquery.json", JSON},
    };
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        ConfigCase c = query_case(files[i].path, files[i].text);
        check_str(config_case_text(&c.diags, c.arena), "");
        const Resource *all = list_of(&c, "list.p_thing.all");
        const Resource *plain = list_of(&c, "list.p_thing.plain");
        assert_non_null(all);
        assert_int_equal(all->mode, MODE_LIST);
        check_str(all->provider.alias, "second");
        assert_true(all->include_resource && all->limit && all->count && !all->for_each);
        BodyContent content;
        assert_true(body_attributes(all->body, BODY_EXPRESSION, &content, c.arena, &c.diags));
        check_str(content.attributes.items[0].name, "name");
        assert_true(body_attributes(plain->body, BODY_EXPRESSION, &content, c.arena, &c.diags));
        assert_int_equal(content.attributes.count, 0);
        assert_false(plain->include_resource || plain->limit);
        assert_true(map_has(&c.config->root->providers, STR("p.second")));
        assert_true(map_has(&c.config->root->variables, STR("w")));
        assert_true(map_has(&c.config->root->locals, STR("m")));
        check_str(str_from_cstr(c.config->newer.items[0].construct), "a list block");
        assert_int_equal(c.config->newer.items[0].count, 2);
        config_case_close(&c);
    }
}

/* Other commands ignore query files, also damaged ones. */
static void only_for_queries(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.tf", "locals {}\n");
    config_case_write(&c, "q.tfquery.hcl", "list {");
    config_case_load(&c, true);
    assert_true(c.ok);
    assert_int_equal(c.config->root->resources.count, 0);
    c.loads_queries = true;
    config_case_load(&c, true);
    assert_false(c.ok);
    config_case_close(&c);
}

/* Override files change blocks of configuration files only; a query file is never one. */
static void no_overrides(void **) {
    ConfigCase c = query_case("override.tfquery.hcl", HCL);
    check_str(config_case_text(&c.diags, c.arena), "");
    config_case_write(&c, "x_override.tf", "variable \"w\" {\n  default = 1\n}\n");
    config_case_load(&c, true);
    check_str(config_case_text(&c.diags, c.arena),
              "x_override.tf:1:1 Missing base variable to override\n");
    config_case_close(&c);
}

#define LIST(body) "list \"p_thing\" \"all\" {\n" body "}\n"

static void errors(void **) {
    static const struct {
        const char *text;
        const char *errors;
    } cases[] = {
        {LIST(""), "1:1 Missing \"provider\" attribute"},
        {LIST("provider = p\nx = 1\n"), "3:1 Unsupported argument"},
        {LIST("provider = p\nlifecycle {}\n"), "3:1 Unsupported block type"},
        {LIST("provider = p\nconfig {}\nconfig {}\n"), "4:1 Duplicate config block"},
        {LIST("provider = p\ncount = 1\nfor_each = {}\n"),
         "4:1 Invalid combination of \"count\" and \"for_each\""},
        {LIST("provider = p\n") LIST("provider = p\n"), "4:1 Duplicate list"},
        {"list \"p_thing\" \"1\" {\n  provider = p\n}\n", "1:16 Invalid list block name"},
        {"list \"p_thing\" {\n  provider = p\n}\n", "1:16 Missing name for list"},
        {"resource \"p_thing\" \"a\" {}\n", "1:1 Unsupported block type"},
        {"x = 1\n", "1:1 Unsupported argument"},
        {"variable \"v\" {}\n", "1:1 Duplicate variable"},
        {"provider \"p\" {}\n", "1:1 Duplicate provider configuration"},
        {"locals {\n  l = 2\n}\n", "2:3 Duplicate local value definition"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ConfigCase c = query_case("q.tfquery.hcl", cases[i].text);
        check_str(config_case_text(&c.diags, c.arena),
                  str_to_cstr(str_format(c.arena, "q.tfquery.hcl:%s\n", cases[i].errors), c.arena));
        config_case_close(&c);
    }
}

static void names_of_files(void **) {
    ConfigCase c = query_case("q.loamquery.yml", YAML);
    check_str(config_case_details(&c.diags, c.arena),
              "q.loamquery.yml: the name of such a YAML file must end in \".loamquery.yaml\".\n");
    config_case_close(&c);
    c = query_case("q.loamquery.yaml", "resourc: {}\n");
    check_str(config_case_text(&c.diags, c.arena), "q.loamquery.yaml:1:1 Unsupported block type\n");
    config_case_close(&c);
}

UNIT_MAIN(test_config_list) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_syntax),   cmocka_unit_test(only_for_queries),
        cmocka_unit_test(no_overrides),   cmocka_unit_test(errors),
        cmocka_unit_test(names_of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
