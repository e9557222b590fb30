/* object_id: one UUID for each object ever created at an address, the same for each attempt. */
#include "object_id.h"

#include "object_builder.h"
#include "unit.h"

static const Attribute attributes[] = {
    {"id", &TYPE_STRING, COMPUTED, "Id."},
    {"name", &TYPE_STRING, OPTIONAL, "Name."},
};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

static Call call_of(Arena *arena) {
    return (Call){
        .arena = arena,
        .address = STR("x.y"),
        .lineage = STR("0f3c1c3e-6d2f-4f55-8d53-a3a8a6c1a001"),
        .generation = 1,
    };
}

static void uuids_differ_by_object(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Call call = call_of(arena);
    Str first = object_id_uuid(&call);
    assert_int_equal(first.len, 36);
    check_str(object_id_uuid(&call), str_to_cstr(first, arena));
    call.generation = 2;
    assert_false(str_equal(object_id_uuid(&call), first));
    call = call_of(arena);
    call.address = STR("x.z");
    assert_false(str_equal(object_id_uuid(&call), first));
    call = call_of(arena);
    call.lineage = STR("1f3c1c3e-6d2f-4f55-8d53-a3a8a6c1a001");
    assert_false(str_equal(object_id_uuid(&call), first));
}

static void imports_by_id(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Call call = call_of(arena);
    Diags diags = diags_new(arena);
    ImportRequest request = {STR("7")};
    ImportResponse response = {.state = value_null(schema_implied_type(&schema))};
    assert_true(object_id_import(&call, &request, &response, &diags));
    check_str(object_text(response.state, "id", STR_EMPTY), "7");
    assert_true(value_is_null(object_attribute(response.state, "name")));
    request.id = STR_EMPTY;
    assert_false(object_id_import(&call, &request, &response, &diags));
    assert_int_equal(diags.error_count, 1);
}

UNIT_MAIN(test_object_id) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uuids_differ_by_object),
        cmocka_unit_test(imports_by_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
