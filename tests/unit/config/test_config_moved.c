/* moved blocks: rejected forms, and decoded addresses. */
#include "bad_case.h"
#include "config_address.h"

static const BadCase bad_cases[] = {
    {
        .about = "both ends are needed",
        .text = "moved: {from: a_b.c}\n",
        .wanted = "main.loam.yaml:1:1 Missing required argument\n",
        .detail = "\"to\"",
    },
    {
        .about = "a resource and a module",
        .text = "moved: {from: a_b.c, to: module.m}\n",
        .wanted = "main.loam.yaml:1:1 Invalid \"moved\" addresses\n",
    },
    {
        .about = "ephemeral resources stay",
        .text = "moved: {from: ephemeral.a_b.c, to: ephemeral.a_b.d}\n",
        .wanted = "main.loam.yaml:1:15 Invalid \"moved\" address\nmain.loam.yaml:1:36 Invalid "
                  "\"moved\" address\n",
    },
    {
        .about = "something within a resource",
        .text = "moved: {from: a_b.c.id, to: a_b.d}\n",
        .wanted = "main.loam.yaml:1:20 Invalid address\n",
    },
    {
        .about = "a computed key",
        .text = "moved: {from: 'a_b.c[var.x]', to: a_b.d}\n",
        .wanted = "main.loam.yaml:1:16 Invalid address\n",
        .detail = "literals",
    },
    {
        .about = "a call",
        .text = "moved: {from: 'f(1)', to: a_b.d}\n",
        .wanted = "main.loam.yaml:1:16 Invalid address\n",
    },
    {
        .about = "other arguments",
        .text = "moved: {from: a_b.c, to: a_b.d, when: x}\n",
        .wanted = "main.loam.yaml:1:33 Unsupported argument\n",
    },
};

static void bad_input(void **) {
    bad_cases_check(bad_cases, ARRAY_COUNT(bad_cases));
}

static void model(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml",
                      "moved:\n"
                      "  - {from: a_b.c, to: 'module.m[0].module.n[\"k\"].a_b.d[3]'}\n"
                      "  - {from: module.x, to: module.y}\n");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena), "");
    const Module *root = c.config->root;
    assert_int_equal(root->moved.count, 2);
    check_str(config_address_to_str(&root->moved.items[0].from, c.arena), "a_b.c");
    check_str(config_address_to_str(&root->moved.items[0].to, c.arena),
              "module.m[0].module.n[\"k\"].a_b.d[3]");
    assert_false(root->moved.items[1].to.target.is_resource);
    check_str(config_address_to_str(&root->moved.items[1].to, c.arena), "module.y");
    config_case_close(&c);
}

UNIT_MAIN(test_config_moved) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_input), cmocka_unit_test(model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
