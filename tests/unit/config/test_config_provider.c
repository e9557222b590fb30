/* provider blocks: rejected forms, and the keys of repeated ones. */
#include "bad_case.h"

/* clang-format off */
static const BadCase bad_cases[] = {
    {
        .about = "repeated without alias",
        .text = "provider: {a: {for_each: {x: 1}}}\n",
        .wanted = "main.loam.yaml:1:16 Alias required when using \"for_each\"\n",
    },
    {
        .about = "keys that are a list",
        .text = "provider: {a: {alias: e, for_each: [x]}}\n",
        .wanted = "main.loam.yaml:1:36 Invalid for_each argument\n",
    },
    {
        .about = "keys that are not known yet",
        .text = "provider: {a: {alias: e, for_each: \"${a_b.c.ids}\"}}\nresource: {a_b: {c: {}}}\n",
        .wanted = "main.loam.yaml:1:39 Dynamic value in static context\n",
    },
    {
        .about = "keys that are secret",
        .text = "provider: {a: {alias: e, for_each: \"${var.v}\"}}\n"
                "variable: {v: {default: {x: 1}, sensitive: true}}\n",
        .wanted = "main.loam.yaml:1:37 Secret value in static context\n",
    },
    {
        .about = "a name with capitals",
        .text = "provider: {Aws: {}}\n",
        .wanted = "main.loam.yaml:1:12 Invalid provider local name\n",
    },
    {
        .about = "a version",
        .text = "provider: {a: {version: new}}\n",
        .wanted = "W main.loam.yaml:1:25 Version constraints inside provider configuration blocks are deprecated\n"
                  "main.loam.yaml:1:25 Invalid version constraint\n",
    },
};
/* clang-format on */

static void bad_input(void **) {
    bad_cases_check(bad_cases, ARRAY_COUNT(bad_cases));
}

static void model(void **) {
    ConfigCase c = config_case_open();
    config_case_write(
        &c, "main.loam.yaml",
        "provider: {a: {alias: e, for_each: \"${var.v}\", x: 1}}\n"
        "variable: {v: {default: {k: 1}}}\n"
        "resource: {a_b: {c: {provider: \"a.e[\\\"k\\\"]\"}, d: {provider: \"a.e[each.key]\"}}}\n");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena), "");
    const ProviderConfig *provider = map_find(&c.config->root->providers, STR("a.e"));
    assert_non_null(provider->for_each);
    const Resource *fixed = map_find(&c.config->root->resources, STR("a_b.c"));
    check_str(fixed->provider.alias, "e");
    check_str(value_text(fixed->provider.key->as.literal), "k");
    const Resource *each = map_find(&c.config->root->resources, STR("a_b.d"));
    check_str(each->provider.name, "a");
    assert_int_equal(each->provider.key->kind, EXPR_TRAVERSAL);
    config_case_close(&c);
}

UNIT_MAIN(test_config_provider) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_input), cmocka_unit_test(model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
