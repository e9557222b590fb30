/* ruleset_text: the commands for nft, rejected texts, and nft's errors at their arguments. */
#include "nftables_provider.h"
#include "resource_case.h"
#include "ruleset_text.h"

#define HEAD "{\"host\":\"10.0.0.1\",\"family\":\"inet\",\"name\":\"loam\","

static RulesetText text_of(ResourceCase *c, const char *rest) {
    Str json = str_format(c->arena, HEAD "%s}", rest);
    return ruleset_text_of(case_call(c), case_config(c, str_to_cstr(json, c->arena)));
}

static void test_commands(void **state) {
    (void)state;
    ResourceCase c = case_open(&nftables_table);
    RulesetText text = text_of(
        &c,
        "\"sets\":{\"admin\":{\"type\":\"ipv4_addr\",\"flags\":[\"interval\",\"timeout\"],"
        "\"timeout\":\"1h\",\"size\":8,\"auto_merge\":true,\"elements\":[\"10.0.0.1\",\"10.1.0.0/"
        "16\"]}},"
        "\"maps\":{\"ports\":{\"type\":\"inet_service : verdict\",\"elements\":[\"22 : jump "
        "ssh\"]}},"
        "\"chains\":{\"ssh\":{\"rules\":[\" accept \"]},"
        "\"in\":{\"type\":\"filter\",\"hook\":\"ingress\",\"priority\":\"-10\",\"policy\":\"drop\","
        "\"devices\":[\"eth0\",\"eth1\"],\"rules\":[\"ct state new accept\",\"drop\"]}}");
    check_str(
        text.text,
        "table inet loam\n"
        "delete table inet loam\n"
        "add table inet loam\n"
        "add chain inet loam in { type filter hook ingress devices = { \"eth0\", \"eth1\" } "
        "priority -10; policy drop; }\n"
        "add chain inet loam ssh\n"
        "add set inet loam admin { type ipv4_addr; flags interval,timeout; timeout 1h; size 8; "
        "auto-merge; elements = { 10.0.0.1, 10.1.0.0/16 }; }\n"
        "add map inet loam ports { type inet_service : verdict; elements = { 22 : jump ssh }; }\n"
        "add rule inet loam in ct state new accept\n"
        "add rule inet loam in drop\n"
        "add rule inet loam ssh accept\n");
    assert_int_equal(text.lines.count, 10);
    check_str(path_to_str(text.lines.items[8].path, c.arena), ".chains[\"in\"].rules[1]");
    check_str(text_of(&c, "\"chains\":null").text,
              "table inet loam\ndelete table inet loam\nadd table inet loam\n");
    case_close(&c);
}

static void test_validation(void **state) {
    (void)state;
    static const struct {
        const char *rest;
        const char *error; /* NULL: valid */
    } cases[] = {
        {"\"chains\":{\"c\":{\"rules\":[\"log prefix \\\"a;{#\\\" accept\"]}}",     NULL                 },
        {"\"chains\":{\"c\":{\"rules\":[\"tcp dport { 1, 2 } accept\"]}}",          NULL                 },
        {"\"chains\":{\"c\":{\"rules\":[\"tcp dport { 1, 2 accept\"]}}",            "\"}\" is missing"   },
        {"\"chains\":{\"c\":{\"rules\":[\"accept } }\"]}}",                         "without \"{\""      },
        {"\"chains\":{\"c\":{\"rules\":[\"accept; drop\"]}}",                       "ends a command"     },
        {"\"chains\":{\"c\":{\"rules\":[\"jump { drop; }\"]}}",                     "ends a command"     },
        {"\"chains\":{\"c\":{\"rules\":[\"accept\\ndelete table ip nat\"]}}",       "several lines"      },
        {"\"chains\":{\"c\":{\"rules\":[\"log prefix \\\"a accept\"]}}",            "quotation mark"     },
        {"\"chains\":{\"c\":{\"rules\":[\"accept # x\"]}}",                         "comment"            },
        {"\"chains\":{\"c\":{\"rules\":[\"accept \\\\\"]}}",                        "comment"            },
        {"\"chains\":{\"c\":{\"rules\":[\"index 3 accept\"]}}",                     "by its index"       },
        {"\"chains\":{\"c\":{\"rules\":[null]}}",                                   "null"               },
        {"\"chains\":{\"c d\":{}}",                                                 "begin with a letter"},
        {"\"sets\":{\"s\":{\"type\":\"ipv4_addr; }\"}}",                            "ends a command"     },
        {"\"sets\":{\"s\":{\"type\":\"x {}\"}}",                                    "Braces"             },
        {"\"sets\":{\"s\":{\"type\":\"x\",\"elements\":[\"1 }\"]}}",                "without \"{\""      },
        {"\"sets\":{\"s\":{\"type\":\"x\"}},\"maps\":{\"s\":{\"type\":\"x : y\"}}",
         "different names"                                                                               },
        {"\"chains\":{\"c\":{\"hook\":\"input\"}}",                                 "type"               },
        {"\"chains\":{\"c\":{\"policy\":\"drop\"}}",                                "hook"               },
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(&nftables_table);
        Str json = str_format(c.arena, HEAD "%s}", cases[i].rest);
        bool is_good = case_validate(&c, str_to_cstr(json, c.arena));
        if (is_good != !cases[i].error)
            fail_msg("%s: %s", cases[i].rest, is_good ? "accepted" : c.diags.items[0].detail.ptr);
        if (cases[i].error &&
            str_find(c.diags.items[0].detail, str_from_cstr(cases[i].error), 0) == SIZE_MAX)
            fail_msg("%s: %.*s", cases[i].rest, STR_ARG(c.diags.items[0].detail));
        case_close(&c);
    }
}

static void test_errors_of_nft(void **state) {
    (void)state;
    ResourceCase c = case_open(&nftables_table);
    RulesetText text =
        text_of(&c, "\"chains\":{\"y\":{\"rules\":[\"accept\",\"tcp dprt 22 accept\"]}}");
    check_str(text.lines.items[5].text, "tcp dprt 22 accept");
    Str output =
        STR("/var/lib/loam/nftables/inet-loam/pending/new.nft:6:26-29: Error: syntax error, "
            "unexpected string\nadd rule inet loam y tcp dprt 22 accept\n"
            "                         ^^^^\n"
            "/dev/stdin:4:1-9: Error: Could not process rule: File exists\n");
    assert_false(ruleset_text_report(case_call(&c), &text, output, &c.diags));
    assert_int_equal(c.diags.count, 2);
    check_str(c.diags.items[0].path, ".chains[\"y\"].rules[1]");
    check_str(c.diags.items[0].detail, "syntax error, unexpected string\n\n"
                                       "  tcp dprt 22 accept\n"
                                       "      ^\n\n"
                                       "The error is at \"dprt 22 accept\".");
    check_str(c.diags.items[1].path, ".chains[\"y\"]");

    c.diags = diags_new(c.arena);
    assert_false(ruleset_text_report(case_call(&c), &text, STR("netlink: no buffer\n"), &c.diags));
    check_str(c.diags.items[0].detail, "netlink: no buffer");
    case_close(&c);
}

UNIT_MAIN(test_ruleset_text) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_validation),
        cmocka_unit_test(test_errors_of_nft),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
