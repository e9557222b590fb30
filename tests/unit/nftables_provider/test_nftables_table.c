/* nftables_table without a machine: import IDs, the rules that a plan notes. */
#include "nftables_provider.h"
#include "object_builder.h"
#include "resource_case.h"

static void test_import_ids(void **state) {
    (void)state;
    static const struct {
        const char *id;
        const char *host; /* NULL: rejected */
        int64_t port;
    } cases[] = {
        {"10.0.0.7/inet/loam", "10.0.0.7", 0},
        {"node.example:2222/ip6/my.tab", "node.example", 2222},
        {"fd00::7/inet/loam", "fd00::7", 0},
        {"[fd00::7]:2222/inet/loam", "fd00::7", 2222},
        {"[fd00::7]/inet/loam", "fd00::7", 0},
        {"inet/loam", NULL, 0},
        {"/inet/loam", NULL, 0},
        {"h/inet/", NULL, 0},
        {"h/inet4/loam", NULL, 0},
        {"h/inet/a; delete table ip t", NULL, 0},
        {"loam", NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(&nftables_table);
        bool done = case_import(&c, str_from_cstr(cases[i].id));
        if (done != (cases[i].host != NULL))
            fail_msg("%s: %s", cases[i].id, done ? "accepted" : c.diags.items[0].detail.ptr);
        if (done) {
            check_str(case_text(&c, "host"), cases[i].host);
            assert_int_equal(object_int(c.state, "port", 0), cases[i].port);
            assert_true(object_bool(c.state, "persist", false));
        }
        case_close(&c);
    }
}

static void test_notes(void **state) {
    (void)state;
    ResourceCase c = case_open(&nftables_table);
    c.state =
        case_config(&c, "{\"host\":\"h\",\"family\":\"inet\",\"name\":\"loam\",\"chains\":"
                        "{\"in\":{\"rules\":[\"a\",\"b\",\"c\"]},\"same\":{\"rules\":[\"x\"]}}}");
    check_done(&c, case_plan(&c, "{\"host\":\"h\",\"name\":\"loam\",\"chains\":{\"in\":{\"rules\":"
                                 "[\"d\",\"a\",\"c\"]},\"same\":{\"rules\":[\"x\"]}}}"));
    assert_int_equal(c.plan.notes.count, 2);
    check_str(c.plan.notes.items[0].text, "chain in loses the rule: b");
    check_str(c.plan.notes.items[1].text, "chain in gets the rule: d");
    case_close(&c);
}

UNIT_MAIN(test_nftables_table) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_import_ids),
                                       cmocka_unit_test(test_notes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
