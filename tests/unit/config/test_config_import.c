/* import blocks: rejected forms, and decoded ones. */
#include "bad_case.h"

static const BadCase bad_cases[] = {
    {
        .about = "to is needed",
        .text = "import: {id: x}\n",
        .wanted = "main.loam.yaml:1:1 Missing required argument\n",
        .detail = "\"to\"",
    },
    {
        .about = "neither id nor identity",
        .text = "import: {to: a_b.c}\n",
        .wanted = "main.loam.yaml:1:1 Missing required argument\n",
        .detail = "\"id\"",
    },
    {
        .about = "both",
        .text = "import: {to: a_b.c, id: x, identity: {id: x}}\n",
        .wanted = "main.loam.yaml:1:1 Invalid combination of \"id\" and \"identity\"\n",
    },
    {
        .about = "a module",
        .text = "import: {to: module.m, id: x}\n",
        .wanted = "main.loam.yaml:1:14 Invalid address\n"
                  "main.loam.yaml:1:10 Invalid import address\n",
    },
    {
        .about = "a keyword of the language",
        .text = "import: {to: local.x, id: x}\n",
        .wanted = "main.loam.yaml:1:14 Invalid address\n"
                  "main.loam.yaml:1:10 Invalid import address\n",
    },
    {
        .about = "a data source",
        .text = "import: {to: data.a_b.c, id: x}\n",
        .wanted = "main.loam.yaml:1:10 Invalid import address\n",
    },
};

static void bad_input(void **) {
    bad_cases_check(bad_cases, ARRAY_COUNT(bad_cases));
}

static void model(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml",
                      "import:\n"
                      "  - {to: a_b.c, id: x, provider: a.east}\n"
                      "  - to: 'module.m[each.key].a_b.c[each.value]'\n"
                      "    id: \"${each.value}\"\n"
                      "    for_each: {a: 1}\n");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena), "");
    const Module *root = c.config->root;
    assert_int_equal(root->imports.count, 2);
    check_str(root->imports.items[0].provider.alias, "east");
    assert_int_equal(root->imports.items[0].to.keys.count, 0);
    const Import *each = &root->imports.items[1];
    assert_non_null(each->for_each);
    assert_int_equal(each->to.keys.count, 2);
    assert_int_equal(each->to.keys.items[0].depth, 0);
    assert_int_equal(each->to.keys.items[1].depth, 1);
    check_str(resource_addr_to_str(each->to.target.resource, c.arena), "module.m.a_b.c");
    config_case_close(&c);
}

UNIT_MAIN(test_config_import) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_input), cmocka_unit_test(model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
