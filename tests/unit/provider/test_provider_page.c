/* The section of a provider, and the page of a type: flags in words, nested objects by their path.
 */
#include "provider_page.h"
#include "timeouts.h"
#include "unit.h"

static const Attribute members[] = {
    {"size", &TYPE_NUMBER, REQUIRED, "A | B."},
};
static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Its name."},
    {"kind", &TYPE_STRING, OPTIONAL | COMPUTED, "Its kind.", .default_json = "\"x\""},
    {"disk", NULL, OPTIONAL, "Disks.", NESTED(NEST_LIST, members)},
    {"secret", &TYPE_STRING, OPTIONAL | SENSITIVE | WRITE_ONLY, "A secret."},
    {"id", &TYPE_STRING, COMPUTED, "Its id."},
};
static const Attribute rule_attributes[] = {
    {"port", &TYPE_NUMBER, OPTIONAL, "A port."},
};
static const Block blocks[] = {
    {"rule",
     NEST_LIST,
     {SCHEMA_ATTRIBUTES(rule_attributes), .description = "Rules."},
     .min_items = 1},
    TIMEOUTS_BLOCK,
};
static bool import(const Call *call, const ImportRequest *request, ImportResponse *response,
                   Diags *diags) {
    (void)call, (void)request, (void)response, (void)diags;
    return true;
}
static const ResourceType thing = {
    .name = "p_thing",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), .description = "A thing."},
    .recovery = RECOVERY_REPEATS,
    .import = import,
    .import_id = "NAME of the thing",
};
static const DataSourceType hour = {
    .mode = MODE_DATA,
    .name = "p_clock",
    .schema = {.description = "The time."},
};
static const ObjectType *const types[] = {&thing.type, &hour.type};
static const Provider provider = {
    .name = "p",
    .address = "test/p",
    .description = "Things.",
    PROVIDER_TYPES(types),
};

static void assert_page(const StrBuf *out, const char *wanted, Arena *arena) {
    assert_string_equal(str_to_cstr(strbuf_str(out), arena), wanted);
}

static void test_provider(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    provider_page_write(&provider, &out, arena);
    assert_page(&out,
                "\n"
                "## Provider p\n"
                "\n"
                "Things.\n"
                "\n"
                "Address: `test/p`\n"
                "\n"
                "### p_thing\n"
                "\n"
                "A thing. [Example and arguments](types/p_thing.md)\n"
                "\n"
                "### Data source p_clock\n"
                "\n"
                "The time. [Example and arguments](types/data_p_clock.md)\n",
                arena);
}

static void test_type(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    provider_page_write_type(&provider, &thing.type, &out, arena);
    assert_page(&out,
                "# p_thing\n"
                "\n"
                "A thing.\n"
                "\n"
                "Resource of the provider [p](../resources.md#provider-p).\n"
                "\n"
                "If loam crashes during an operation, the operation may run twice.\n"
                "\n"
                "## Arguments\n"
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
                "| `port` | number | optional | A port. |\n"
                "\n"
                "## Attributes\n"
                "\n"
                "References can also use these attributes, which only the provider sets.\n"
                "\n"
                "| name | type | | |\n"
                "|---|---|---|---|\n"
                "| `id` | string | computed | Its id. |\n"
                "\n"
                "## Import\n"
                "\n"
                "```\n"
                "loam import p_thing.NAME ID\n"
                "```\n"
                "\n"
                "ID: NAME of the thing.\n"
                "\n"
                "## Timeouts\n"
                "\n"
                "The block `timeouts` limits the duration of operations, for example "
                "`timeouts: {create: 10m}`.\n"
                "\n"
                "| name | type | | |\n"
                "|---|---|---|---|\n"
                "| `create` | string | optional | Maximum duration of a creation. |\n"
                "| `delete` | string | optional | Maximum duration of a deletion. |\n"
                "| `read` | string | optional | Maximum duration of a read. |\n"
                "| `update` | string | optional | Maximum duration of an update. |\n",
                arena);
}

static void test_type_without_arguments(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    provider_page_write_type(&provider, &hour.type, &out, arena);
    assert_page(&out,
                "# Data source p_clock\n"
                "\n"
                "The time.\n"
                "\n"
                "Data source of the provider [p](../resources.md#provider-p).\n",
                arena);
}

UNIT_MAIN(test_provider_page) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_provider),
        cmocka_unit_test(test_type),
        cmocka_unit_test(test_type_without_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
