/* node_object: workers that are not available. */
#include "json.h"
#include "node_object.h"
#include "unit.h"

#define NODE(name, labels, spec, ready)                                                            \
    "{\"metadata\":{\"name\":\"" name "\",\"labels\":{" labels "}},\"spec\":{" spec                \
    "},\"status\":{\"conditions\":[{\"type\":\"MemoryPressure\",\"status\":\"False\"},"            \
    "{\"type\":\"Ready\",\"status\":\"" ready "\"}]}}"
#define ROLE "\"node-role.kubernetes.io/control-plane\":\"\""

static void test_unavailable(void **state) {
    (void)state;
    static const char items[] =
        "[" NODE("cp1", ROLE, "", "False") "," NODE("w1", "", "", "True") "," NODE(
            "w2", "\"a\":\"b\"", "\"unschedulable\":true",
            "True") "," NODE("w3", "", "\"unschedulable\":false",
                             "Unknown") ",{\"metadata\":{\"name\":\"w4\"}}]";
    SCOPED(ArenaRef) arena = arena_open("test");
    Value list;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(str_from_cstr(items), &list, &error, &offset, arena));
    StrVec names = node_object_unavailable(list, STR("w0"), arena);
    check_str(str_join(names.items, names.count, STR(" "), arena), "w2 w3 w4");
    names = node_object_unavailable(list, STR("w3"), arena);
    check_str(str_join(names.items, names.count, STR(" "), arena), "w2 w4");
    assert_int_equal(node_object_unavailable(value_null(&TYPE_DYNAMIC), STR(""), arena).count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_unavailable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
