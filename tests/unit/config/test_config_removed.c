/* removed blocks: rejected forms, and whether the objects are destroyed. */
#include "bad_case.h"

/* clang-format off */
static const BadCase bad_cases[] = {
    {
        .about = "without from",
        .text = "removed: {}\n",
        .wanted = "main.loam.yaml:1:1 Missing required argument\n",
    },
    {
        .about = "a single instance",
        .text = "removed: {from: 'a_b.c[0]'}\n",
        .wanted = "main.loam.yaml:1:23 Resource instance keys not allowed\n",
    },
    {
        .about = "an instance of a module",
        .text = "removed: {from: 'module.m[\"x\"]'}\n",
        .wanted = "main.loam.yaml:1:26 Module instance keys not allowed\n",
    },
    {
        .about = "half an address",
        .text = "removed: {from: a_b}\n",
        .wanted = "main.loam.yaml:1:17 Invalid address\n",
    },
    {
        .about = "a data source",
        .text = "removed: {from: data.a_b.c}\n",
        .wanted = "main.loam.yaml:1:17 Invalid \"from\" address in removed block\n",
    },
    {
        .about = "a program that runs on creation",
        .text = "removed: {from: a_b.c, provisioner: {local-exec: {command: x}}}\n",
        .wanted = "main.loam.yaml:1:38 Invalid provisioner block\n",
    },
    {
        .about = "a program of a module",
        .text = "removed: {from: module.m, provisioner: {local-exec: {when: destroy, command: x}}}\n",
        .wanted = "main.loam.yaml:1:41 Invalid provisioner block\n",
    },
    {
        .about = "two lifecycles",
        .text = "removed: {from: a_b.c, lifecycle: [{destroy: true}, {destroy: false}]}\n",
        .wanted = "main.loam.yaml:1:54 Duplicate lifecycle block\n",
    },
};
/* clang-format on */

static void bad_input(void **) {
    bad_cases_check(bad_cases, ARRAY_COUNT(bad_cases));
}

static void model(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml",
                      "removed:\n"
                      "  - {from: a_b.c}\n"
                      "  - from: module.m.a_b.c\n"
                      "    lifecycle: {destroy: false}\n"
                      "    provisioner: {local-exec: {when: destroy, command: x}}\n");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena), "");
    const Module *root = c.config->root;
    assert_int_equal(root->removed.count, 2);
    assert_true(root->removed.items[0].destroy);
    assert_false(root->removed.items[1].destroy);
    assert_int_equal(root->removed.items[1].provisioners.count, 1);
    assert_true(root->removed.items[1].provisioners.items[0].on_destroy);
    config_case_close(&c);
}

UNIT_MAIN(test_config_removed) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_input), cmocka_unit_test(model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
