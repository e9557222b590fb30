/* A schema as a page: flags in words, nested objects by their path. */
#include "provider_page.h"
#include "unit.h"

static const Attribute members[] = {
    {"size", &TYPE_NUMBER, REQUIRED, "A | B."},
};
static const Attribute attributes[] = {
    {"name",            &TYPE_STRING, REQUIRED | FORCES_NEW, "Its name."},
    {"kind",            &TYPE_STRING, OPTIONAL | COMPUTED,   "Its kind.", .default_json = "\"x\""},
    {"disk",                 NULL,                        OPTIONAL,                         "Disks.",     NESTED(NEST_LIST, members)},
    {"secret", &TYPE_STRING,     OPTIONAL | SENSITIVE | WRITE_ONLY,                          "A secret."                         },
};
static const Attribute rule_attributes[] = {
    {"port", &TYPE_NUMBER, OPTIONAL, "A port."},
};
static const Block blocks[] = {
    {"rule",
     NEST_LIST, {SCHEMA_ATTRIBUTES(rule_attributes), .description = "Rules."},
     .min_items = 1},
};
static const ResourceType thing = {
    .name = "p_thing",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), .description = "A thing."},
    .recovery = RECOVERY_REPEATS,
};
static const ResourceType *const resources[] = {&thing};
static const Provider provider = {
    .name = "p",
    .address = "test/p",
    .description = "Things.",
    PROVIDER_RESOURCES(resources),
};

static void test_page(void **state) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    (void)state;
    provider_page_write(&provider, &out, arena);
    assert_string_equal(str_to_cstr(strbuf_str(&out), arena),
                        "\n"
                        "## Provider p\n"
                        "\n"
                        "Things.\n"
                        "\n"
                        "Address: `test/p`\n"
                        "\n"
                        "### p_thing\n"
                        "\n"
                        "A thing.\n"
                        "\n"
                        "If loam crashes during an operation, the operation may run twice.\n"
                        "\n"
                        "| name | type | | |\n"
                        "|---|---|---|---|\n"
                        "| `name` | string | required, forces replacement | Its name. |\n"
                        "| `kind` | string | optional, default `\"x\"` | Its kind. |\n"
                        "| `disk` | list of objects | optional | Disks. |\n"
                        "| `secret` | string | optional, sensitive, write-only | A secret. |\n"
                        "| `rule` | blocks | required | Rules. |\n"
                        "\n"
                        "`disk`:\n"
                        "\n"
                        "| name | type | | |\n"
                        "|---|---|---|---|\n"
                        "| `size` | number | required | A \\| B. |\n"
                        "\n"
                        "`rule`:\n"
                        "\n"
                        "| name | type | | |\n"
                        "|---|---|---|---|\n"
                        "| `port` | number | optional | A port. |\n");
}

UNIT_MAIN(test_provider_page) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_page)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
