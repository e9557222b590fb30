/* Mock providers and overrides. */
#include "test_file_case.h"

static Str override_text(const TestOverride *override, Arena *arena) {
    static const char *const kinds[] = {"resource", "data", "module"};
    Str name = override->kind == OVERRIDE_MODULE
                   ? module_addr_to_str(override->target.module, arena)
                   : resource_addr_to_str(override->target.resource, arena);
    return str_format(arena, "%s %.*s %.*s%s\n", kinds[override->kind], STR_ARG(name),
                      STR_ARG(value_display(override->values, 0, arena)),
                      override->during_plan ? " (plan)" : "");
}

static Str overrides_text(const TestOverrides *overrides, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    vec_each(overrides, override) {
        strbuf_add(&out, override_text(*override, arena));
    }
    return strbuf_str(&out);
}

static void model(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.tf", "output \"o\" {\n  value = 1\n}\n");
    config_case_write(&c, "mocks/a.tfmock.hcl",
                      "mock_resource \"t_b\" {\n  defaults = { x = 2 }\n}\n"
                      "mock_resource \"t_a\" {\n  defaults = { x = 9 }\n}\n");
    config_case_write(&c, "mocks/b.loammock.yaml", "mock_data: {t_c: {defaults: {x: 3}}}\n");
    config_case_write(&c, "a.tftest.hcl",
                      "mock_provider \"t\" {\n  alias = \"f\"\n  source = \"./mocks\"\n"
                      "  override_during = plan\n"
                      "  mock_resource \"t_a\" {\n    defaults = { x = 1 }\n"
                      "    override_during = apply\n  }\n"
                      "  override_data {\n    target = data.t_c.d[0]\n    values = { y = 4 }\n  }\n"
                      "}\n"
                      "override_module {\n  target = module.a[\"k\"].module.b\n"
                      "  outputs = { o = [1] }\n}\n"
                      "override_resource {\n  target = module.m.t_a.n\n"
                      "  override_during = plan\n}\n");
    test_file_case_load(&c, "tests");
    check_str(config_case_text(&c.diags, c.arena), "");
    const TestFile *file = c.config->tests->files.items[0];
    check_str(overrides_text(&file->overrides, c.arena),
              "module module.a[\"k\"].module.b {o = [1]}\n"
              "resource module.m.t_a.n {} (plan)\n");
    const ProviderConfig *provider = map_find(&file->providers, STR("t.f"));
    const MockProvider *mock = provider->mock;
    check_str(overrides_text(&mock->overrides, c.arena), "data data.t_c.d[0] {y = 4} (plan)\n");
    StrBuf types = strbuf_new(c.arena);
    map_each(&mock->types, entry) {
        const MockType *type = entry->value;
        strbuf_add_format(&types, "%.*s %.*s%s\n", STR_ARG(entry->key),
                          STR_ARG(value_display(type->values, 0, c.arena)),
                          type->during_plan ? " (plan)" : "");
    }
    check_str(strbuf_str(&types), "t_a {x = 1}\nt_b {x = 2} (plan)\ndata.t_c {x = 3} (plan)\n");
    config_case_close(&c);
}

#define MOCK(text) "mock_provider \"t\" {\n" text "}\n"

static const TestFileCase bad_cases[] = {
    {"without target", "override_resource {\n}\n", "a.tftest.hcl:1:1 Missing target attribute\n"},
    {"a resource as data source", "override_data {\n  target = t.a\n}\n",
     "a.tftest.hcl:2:3 Invalid override target\n"},
    {"a data source as resource", "override_resource {\n  target = data.t.a\n}\n",
     "a.tftest.hcl:2:3 Invalid override target\n"},
    {"a resource as module", "override_module {\n  target = t.a\n}\n",
     "a.tftest.hcl:2:3 Invalid override target\n"},
    {"a key that is not known", "override_resource {\n  target = t.a[var.x]\n}\n",
     "a.tftest.hcl:2:3 Invalid override target\n"},
    {"values that are no object", "override_resource {\n  target = t.a\n  values = 1\n}\n",
     "a.tftest.hcl:3:3 Invalid values attribute\n"},
    {"twice the same",
     "override_resource {\n  target = t.a\n}\noverride_resource {\n  target = t.a\n}\n",
     "a.tftest.hcl:4:1 Duplicate override_resource block\n"},
    {"a variable as value", MOCK("  mock_resource \"t_a\" {\n    defaults = { x = var.y }\n  }\n"),
     "a.tftest.hcl:3:22 Variables not allowed\n"},
    {"a call as value", MOCK("  mock_resource \"t_a\" {\n    defaults = { x = f(1) }\n  }\n"),
     "a.tftest.hcl:3:22 Function calls not allowed\n"},
    {"a type twice", MOCK("  mock_data \"t_a\" {\n  }\n  mock_data \"t_a\" {\n  }\n"),
     "a.tftest.hcl:4:13 Duplicate mock_data block\n"},
    {"a missing directory", MOCK("  source = \"./nope\"\n"),
     "a.tftest.hcl:2:12 Failed to read mock data\n"},
};

static void bad_input(void **) {
    test_file_case_check(bad_cases, ARRAY_COUNT(bad_cases));
}

UNIT_MAIN(test_config_test_mock) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(model), cmocka_unit_test(bad_input)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
