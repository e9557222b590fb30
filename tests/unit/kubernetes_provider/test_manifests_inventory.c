/* The attribute `objects`. */
#include "unit.h"

#include "json.h"
#include "manifests_inventory.h"

static Value parse(const char *json, Arena *arena) {
    Value value;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(str_from_cstr(json), &value, &error, &offset, arena));
    return value;
}

#define OBJECT(version, kind) "{\"apiVersion\":\"" version "\",\"kind\":\"" kind "\"}"

/* Custom objects before their definitions, all before their namespace. */
static void test_deletions(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value made = parse(
        "{\"objects\":{\"ns\":" OBJECT("v1", "Namespace") ",\"crd\":" OBJECT(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition") ",\"toy\":" OBJECT("toys.example.com/v1",
                                                           "Toy") ",\"hook\":" OBJECT("admissionreg"
                                                                                      "istration."
                                                                                      "k8s.io/v1",
                                                                                      "ValidatingWe"
                                                                                      "bhookConfigu"
                                                                                      "ration") ","
                                                                                                "\""
                                                                                                "we"
                                                                                                "b"
                                                                                                "\""
                                                                                                ":" OBJECT(
                                                                                                    "apps/v1",
                                                                                                    "Deployment") "}}",
        arena);
    ManifestsInventory inventory = manifests_inventory_of(made, arena);
    StrVec keys = manifests_inventory_deletions(&inventory, arena);
    check_str(str_join(keys.items, keys.count, STR(" "), arena), "hook toy web crd ns");
    manifests_inventory_set(&inventory, STR("toy"), value_null(&TYPE_DYNAMIC), arena);
    assert_int_equal(manifests_inventory_count(&inventory), 4);
    keys = manifests_inventory_deletions(&inventory, arena);
    check_str(str_join(keys.items, keys.count, STR(" "), arena), "hook web crd ns");
}

static void test_states(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value unknown = value_unknown(&TYPE_DYNAMIC);
    Str name = STR("objects");
    Value holder = value_object(&name, &unknown, 1, arena);
    ManifestsInventory none = manifests_inventory_of(holder, arena);
    assert_int_equal(manifests_inventory_count(&none), 0);
    none = manifests_inventory_of(value_null(&TYPE_DYNAMIC), arena);
    assert_int_equal(manifests_inventory_count(&none), 0);
    manifests_inventory_set(&none, STR("a"), parse(OBJECT("v1", "Pod"), arena), arena);
    manifests_inventory_set(&none, STR("b"), value_null(&TYPE_DYNAMIC), arena);
    Value state_value = manifests_inventory_put(&none, holder, arena);
    check_str(json_text(state_value, arena),
              "{\"objects\":{\"a\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}}}");
    assert_true(value_is_null(manifests_inventory_find(&none, STR("c"))));
}

UNIT_MAIN(test_manifests_inventory) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_deletions),
                                       cmocka_unit_test(test_states)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
