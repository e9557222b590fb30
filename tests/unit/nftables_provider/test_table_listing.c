/* table_listing: the normal form of nft's JSON, and drift rule by rule. The listings are those of
 * nft 1.0.6. */
#include "broken_document.h"
#include "nftables_provider.h"
#include "resource_case.h"
#include "table_listing.h"

#define META                                                                                       \
    "{\"nftables\":[{\"metainfo\":{\"version\":\"1.0.6\"}},{\"table\":{\"family\":\"inet\","       \
    "\"name\":\"loam\",\"handle\":2}}"
#define CHAIN                                                                                      \
    ",{\"chain\":{\"family\":\"inet\",\"table\":\"loam\",\"name\":\"input\",\"handle\":2,"         \
    "\"type\":\"filter\",\"hook\":\"input\",\"prio\":-10,\"policy\":\"drop\"}}"
#define RULE(handle, expr)                                                                         \
    ",{\"rule\":{\"family\":\"inet\",\"table\":\"loam\",\"chain\":\"input\",\"handle\":" handle    \
    ",\"expr\":[" expr "]}}"
#define PORT(port)                                                                                 \
    "{\"match\":{\"op\":\"==\",\"left\":{\"payload\":{\"protocol\":\"tcp\",\"field\":\"dport\"}}," \
    "\"right\":" port "}}"
#define COUNTER(packets) "{\"counter\":{\"packets\":" packets ",\"bytes\":" packets "}}"
#define ACCEPT           "{\"accept\":null}"
#define END              "]}"
#define SET(rest)                                                                                  \
    ",{\"set\":{\"family\":\"inet\",\"name\":\"admin\",\"table\":\"loam\",\"type\":\"ipv4_addr\"," \
    "\"handle\":3,\"flags\":[\"interval\"]" rest "}}"

#define STATE                                                                                      \
    "{\"host\":\"h\",\"family\":\"inet\",\"name\":\"loam\","                                       \
    "\"sets\":{\"admin\":{\"type\":\"ipv4_addr\",\"flags\":[\"interval\"],"                        \
    "\"elements\":[\"10.0.0.0/8\",\"10.0.0.1/32\"]}},"                                             \
    "\"chains\":{\"input\":{\"type\":\"filter\",\"hook\":\"input\",\"priority\":\"filter - 10\","  \
    "\"policy\":\"drop\",\"rules\":[\"tcp  dport 22 counter accept\",\"tcp  dport 80 accept\","    \
    "\"tcp  dport 443 accept\"]}}}"

static const char as_loaded[] =
    META CHAIN SET(",\"elem\":[{\"prefix\":{\"addr\":\"10.0.0.0\",\"len\":8}}]")
        RULE("7", PORT("22") "," COUNTER("0") "," ACCEPT) RULE("8", PORT("80") "," ACCEPT)
            RULE("9", PORT("443") "," ACCEPT) END;

static TableListing parse(const char *json, const char *text, Arena *arena) {
    TableListing listing;
    assert_true(table_listing_parse(str_from_cstr(json), str_from_cstr(text), &listing, arena));
    return listing;
}

/* The state after the table has become `json`. */
static Value drifted(ResourceCase *c, const char *json, const char *text) {
    TableListing loaded = parse(as_loaded, "", c->arena), live = parse(json, text, c->arena);
    Str record = table_listing_record(&loaded, c->arena);
    return table_listing_apply(&live, record, case_config(c, STATE), c->arena);
}

static Str rules_of(Value object, Arena *arena) {
    Value chain, rules;
    assert_true(value_find(object_attribute(object, "chains"), STR("input"), &chain));
    rules = object_attribute(chain, "rules");
    return json_text(rules, arena);
}

static void test_passing_members(void **) {
    ResourceCase c = case_open(&nftables_table);
    static const char later[] =
        META CHAIN SET(",\"elem\":[{\"prefix\":{\"addr\":\"10.0.0.0\",\"len\":8}}]")
            RULE("17", PORT("22") "," COUNTER("99") "," ACCEPT) RULE("18", PORT("80") "," ACCEPT)
                RULE("19", PORT("443") "," ACCEPT) END;
    Value same = drifted(&c, later, "");
    assert_true(value_equal(same, case_config(&c, STATE)));
    case_close(&c);
}

static void test_rules(void **) {
    static const struct {
        const char *json;
        const char *rules;
    } cases[] = {
        /* a foreign rule in front */
        {META CHAIN SET("") RULE("30", PORT("9") "," ACCEPT)
             RULE("7", PORT("22") "," COUNTER("4") "," ACCEPT) RULE("8", PORT("80") "," ACCEPT)
                 RULE("9", PORT("443") "," ACCEPT) END,
         "[\"tcp dport 9 accept\",\"tcp  dport 22 counter accept\",\"tcp  dport 80 accept\",\"tcp  "
         "dport 443 accept\"]"},
        /* the middle one is removed */
        {META CHAIN SET("") RULE("7", PORT("22") "," COUNTER("4") "," ACCEPT)
             RULE("9", PORT("443") "," ACCEPT) END,
         "[\"tcp  dport 22 counter accept\",\"tcp  dport 443 accept\"]"},
        /* exchanged, and one more at the end */
        {META CHAIN SET("") RULE("8", PORT("80") "," ACCEPT)
             RULE("7", PORT("22") "," COUNTER("4") "," ACCEPT) RULE("9", PORT("443") "," ACCEPT)
                 RULE("30", PORT("9") "," ACCEPT) END,
         "[\"tcp  dport 80 accept\",\"tcp dport 22 accept\",\"tcp  dport 443 accept\",\"tcp dport "
         "9 accept\"]"},
        {META CHAIN SET("") END, "[]"},
    };
    static const char text[] =
        "table inet loam {\n\tchain x { # handle 7\n\t}\n\tchain input { # handle 2\n"
        "\t\ttcp dport 22 accept # handle 7\n\t\ttcp dport 80 accept # handle 8\n"
        "\t\ttcp dport 9 accept # handle 30\n\t}\n}\n";
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(&nftables_table);
        Value live = drifted(&c, cases[i].json, text);
        check_str(rules_of(live, c.arena), cases[i].rules);
        case_close(&c);
    }
}

static void test_sets_and_chains(void **) {
    ResourceCase c = case_open(&nftables_table);
    Value live = drifted(
        &c,
        META
        ",{\"chain\":{\"family\":\"inet\",\"table\":\"loam\",\"name\":\"web\",\"handle\":1}}" SET(
            ",\"elem\":[\"10.0.0.1\",{\"prefix\":{\"addr\":\"10.0.0.0\",\"len\":8}},"
            "{\"elem\":{\"val\":\"1.2.3.4\",\"timeout\":30,\"expires\":29}}]") END,
        "");
    Value chain, set;
    assert_false(value_find(object_attribute(live, "chains"), STR("input"), &chain));
    assert_true(value_find(object_attribute(live, "chains"), STR("web"), &chain));
    assert_true(value_is_null(object_attribute(chain, "hook")));
    assert_true(value_find(object_attribute(live, "sets"), STR("admin"), &set));
    check_str(json_text(object_attribute(set, "elements"), c.arena),
              "[\"10.0.0.0/8\",\"10.0.0.1\"]");

    live = drifted(
        &c,
        META ",{\"chain\":{\"family\":\"inet\",\"table\":\"loam\",\"name\":\"input\",\"handle\":2,"
             "\"type\":\"filter\",\"hook\":\"input\",\"prio\":0,\"policy\":\"accept\"}}" END,
        "");
    assert_true(value_find(object_attribute(live, "chains"), STR("input"), &chain));
    check_str(object_text(chain, "priority", STR_EMPTY), "0");
    check_str(object_text(chain, "policy", STR_EMPTY), "accept");
    assert_false(value_find(object_attribute(live, "sets"), STR("admin"), &set));
    case_close(&c);
}

static void test_import(void **) {
    ResourceCase c = case_open(&nftables_table);
    TableListing live =
        parse(META CHAIN ",{\"map\":{\"family\":\"inet\",\"name\":\"vm\",\"table\":\"loam\","
                         "\"type\":[\"ipv4_addr\",\"inet_service\"],"
                         "\"handle\":4,\"map\":\"verdict\",\"size\":9,\"timeout\":60,\"elem\":[[{"
                         "\"concat\":[\"10.0.0.1\",22]},{\"accept\":null}],"
                         "[{\"concat\":[{\"range\":[\"10.0.0.2\",\"10.0.0.9\"]},80]},{\"jump\":{"
                         "\"target\":\"web\"}}]]}}"
                         ",{\"counter\":{\"family\":\"inet\",\"name\":\"https\",\"table\":\"loam\","
                         "\"handle\":6,\"packets\":0}}" END,
              "", c.arena);
    Value state_value = case_config(&c, "{\"host\":\"h\",\"family\":\"inet\",\"name\":\"loam\"}");
    Value made = table_listing_apply(&live, STR_EMPTY, state_value, c.arena);
    Value map;
    assert_true(value_find(object_attribute(made, "maps"), STR("vm"), &map));
    check_str(object_text(map, "type", STR_EMPTY), "ipv4_addr . inet_service : verdict");
    check_str(object_text(map, "timeout", STR_EMPTY), "60s");
    assert_int_equal(object_int(map, "size", 0), 9);
    check_str(json_text(object_attribute(map, "elements"), c.arena),
              "[\"10.0.0.1 . 22 : accept\",\"10.0.0.2-10.0.0.9 . 80 : jump web\"]");
    assert_true(value_is_null(object_attribute(made, "sets")));
    assert_int_equal(live.others.count, 1);
    check_str(live.others.items[0], "counter https");
    case_close(&c);
}

/* A chain keeps its spelling only if record, live table and new table agree. */
static void test_keep(void **) {
    ResourceCase c = case_open(&nftables_table);
    static const char other[] = META CHAIN SET("") RULE("7", PORT("22") "," ACCEPT) END;
    TableListing loaded = parse(as_loaded, "", c.arena), changed = parse(other, "", c.arena);
    Value same = table_listing_read_record(table_listing_record(&loaded, c.arena), c.arena);
    Value differs = table_listing_read_record(table_listing_record(&changed, c.arena), c.arena);
    Value prior = case_config(&c, STATE);
    Value planned = case_config(
        &c,
        "{\"host\":\"h\",\"family\":\"inet\",\"name\":\"loam\",\"chains\":{\"input\":{\"rules\":["
        "\"x\"]},"
        "\"new\":{}},\"sets\":{\"admin\":{\"type\":\"ipv4_addr\",\"elements\":[\"10.0.0.0/8\"]}}}");
    const struct {
        Value views[3];
        const char *rules;
    } cases[] = {
        {{same, same, same},
         "[\"tcp  dport 22 counter accept\",\"tcp  dport 80 accept\",\"tcp  dport 443 accept\"]"},
        {{same, same, differs}, "[\"x\"]"},
        {{differs, same, same}, "[\"x\"]"},
        {{same, value_null(&TYPE_DYNAMIC), same}, "[\"x\"]"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value kept = table_listing_keep(cases[i].views, 3, prior, planned, c.arena);
        Value chain;
        check_str(rules_of(kept, c.arena), cases[i].rules);
        assert_true(value_find(object_attribute(kept, "chains"), STR("new"), &chain));
        assert_true(value_is_null(object_attribute(kept, "maps")));
    }
    case_close(&c);
}

/* Elements of a kind that is not known, or without its members, are shown as nft writes them. */
static void test_odd_elements(void **) {
    static const struct {
        const char *json, *text;
    } cases[] = {
        {"{\"prefix\":{\"addr\":\"10.0.0.0\",\"len\":8}}", "10.0.0.0/8"},
        {"{\"prefix\":{\"addr\":\"10.0.0.0\"}}", "{\"prefix\":{\"addr\":\"10.0.0.0\"}}"},
        {"{\"prefix\":1}", "{\"prefix\":1}"},
        {"{\"range\":{}}", "{\"range\":{}}"},
        {"{\"elem\":{\"timeout\":1}}", "{\"timeout\":1}"},
        {"{\"elem\":[]}", "[]"},
        {"[1]", "[1]"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str json = str_format(arena, META SET(",\"elem\":[%s]") END, cases[i].json);
        TableListing listing = parse(str_to_cstr(json, arena), "", arena);
        check_str(listing.sets.items[0].elements.items[0], cases[i].text);
    }
}

static void test_bad_listings(void **) {
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "{\"nftables\":{}}",
        "{\"nftables\":[]}",
        "{\"nftables\":[1]}",
        "Error: JSON support not compiled-in",
        ("{\"nftables\":[{\"chain\":{\"name\":\"c\"}},"
         "{\"chain\":{\"name\":\"d\"}},{\"chain\":{\"name\":\"c\"}}]}"),
        "{\"nftables\":[{\"chain\":{\"name\":\"\"}},{\"chain\":{}}]}",
        ("{\"nftables\":[{\"set\":{\"name\":\"s\"}},"
         "{\"map\":{\"name\":\"s\"}}]}")};
    SCOPED(ArenaRef) arena = arena_open("test");
    TableListing listing;
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        assert_false(table_listing_parse(str_from_cstr(texts[i]), STR_EMPTY, &listing, arena));
}

static void read_listing(Str json, void *payload) {
    ResourceCase *c = payload;
    TableListing listing;
    if (!table_listing_parse(json, STR_EMPTY, &listing, c->arena))
        return;
    Str record = table_listing_record(&listing, c->arena);
    Value state = case_config(c, STATE);
    Value made = table_listing_apply(&listing, STR_EMPTY, state, c->arena);
    assert_true(value_equal(made, table_listing_apply(&listing, record, made, c->arena)));
}

static void test_other_kinds(void **) {
    ResourceCase c = case_open(&nftables_table);
    Str json = str_format(
        c.arena, "%s",
        META CHAIN RULE("7", PORT("22") "," ACCEPT)
            SET(",\"size\":9,\"timeout\":60,\"auto-merge\":true,\"elem\":[{\"prefix\":"
                "{\"addr\":\"10.0.0.0\",\"len\":8}},{\"elem\":{\"val\":{\"concat\":[\"x\",1]},"
                "\"timeout\":3,\"comment\":\"c\"}},[\"a\",{\"jump\":{\"target\":\"w\"}}]]") END);
    assert_true(broken_document_kinds(json, read_listing, &c) > 500);
    case_close(&c);
}

UNIT_MAIN(test_table_listing) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passing_members), cmocka_unit_test(test_rules),
        cmocka_unit_test(test_sets_and_chains), cmocka_unit_test(test_other_kinds),
        cmocka_unit_test(test_import),          cmocka_unit_test(test_keep),
        cmocka_unit_test(test_odd_elements),    cmocka_unit_test(test_bad_listings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
