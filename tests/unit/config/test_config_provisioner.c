/* provisioner and connection blocks of resources. */
#include "bad_case.h"

/* clang-format off */
static const BadCase bad_cases[] = {
    {
        .about = "a time that there is not",
        .text = "resource:\n  a_b:\n    c:\n      provisioner:\n        local-exec: {when: update}\n",
        .wanted = "main.loam.yaml:5:28 Invalid \"when\" keyword\n",
    },
    {
        .about = "a way to fail that there is not",
        .text = "resource:\n  a_b:\n    c:\n      provisioner:\n        local-exec: {on_failure: "
                "ignore}\n",
        .wanted = "main.loam.yaml:5:34 Invalid \"on_failure\" keyword\n",
        .detail = "fail and continue",
    },
    {
        .about = "others may be gone on destroy",
        .text = "resource:\n  a_b:\n    c:\n      provisioner:\n        local-exec: {when: "
                "destroy, command: '${a_b.d.id} ${self.id}'}\n",
        .wanted = "main.loam.yaml:5:47 Invalid reference from destroy provisioner\n",
    },
    {
        .about = "in the connection too",
        .text = "resource:\n  a_b:\n    c:\n      provisioner:\n        local-exec: {when: "
                "destroy, connection: {host: '${var.x}'}}\n",
        .wanted = "main.loam.yaml:5:57 Invalid reference from destroy provisioner\n",
    },
    {
        .about = "two connections",
        .text = "resource:\n  a_b:\n    c:\n      provisioner:\n        local-exec: {connection: "
                "[{}, {}]}\n",
        .wanted = "main.loam.yaml:5:22 Duplicate connection block\n",
    },
    {
        .about = "a lifecycle",
        .text = "resource:\n  a_b:\n    c:\n      provisioner:\n        local-exec: {lifecycle: {}}\n",
        .wanted = "main.loam.yaml:5:22 Reserved block type name in provisioner block\n",
    },
    {
        .about = "two connections of the resource",
        .text = "resource: {a_b: {c: {connection: [{}, {}]}}}\n",
        .wanted = "main.loam.yaml:1:22 Duplicate connection block\n",
    },
};
/* clang-format on */

static void bad_input(void **) {
    bad_cases_check(bad_cases, ARRAY_COUNT(bad_cases));
}

static void model(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml",
                      "resource:\n"
                      "  a_b:\n"
                      "    c:\n"
                      "      connection: {host: h}\n"
                      "      provisioner:\n"
                      "        - local-exec: {command: x, _: {when: y}}\n"
                      "        - file: {when: destroy, on_failure: continue, connection: {}}\n"
                      "      _: {count: 3}\n");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena), "");
    const Resource *resource = map_find(&c.config->root->resources, STR("a_b.c"));
    assert_non_null(resource->connection);
    assert_null(resource->count);
    assert_int_equal(resource->provisioners.count, 2);
    const Provisioner *first = &resource->provisioners.items[0];
    check_str(first->type, "local-exec");
    assert_false(first->on_destroy);
    BodyContent content = {0};
    assert_true(body_attributes(first->body, BODY_LITERAL, &content, c.arena, &c.diags));
    assert_int_equal(content.attributes.count, 2);
    const Provisioner *second = &resource->provisioners.items[1];
    assert_true(second->on_destroy && second->continues && second->connection);
    BodyContent escaped = {0};
    assert_true(body_attributes(resource->body, BODY_LITERAL, &escaped, c.arena, &c.diags));
    assert_non_null(body_content_find(&escaped, "count"));
    config_case_close(&c);
}

UNIT_MAIN(test_config_provisioner) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_input), cmocka_unit_test(model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
