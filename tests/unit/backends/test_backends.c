/* The table of backends: rows are complete and found by name. */
#include "unit.h"

#include "backends.h"

static void rows_are_complete(void **) {
    for (size_t i = 0; i < backends_count; i++) {
        const BackendType *type = backends_table[i];
        assert_ptr_equal(backends_find(str_from_cstr(type->name)), type);
        assert_non_null(type->open);
        assert_non_null(type->schema.description);
        assert_true((type->list != NULL) == (type->make != NULL));
        for (size_t j = 0; j < type->variable_count; j++)
            assert_non_null(
                schema_find_attribute(&type->schema, str_from_cstr(type->variables[j].attribute)));
    }
}

static void the_unknown(void **) {
    assert_null(backends_find(STR("locale")));
    assert_null(backends_find(STR("")));
    assert_non_null(backends_find(STR("local")));
}

UNIT_MAIN(test_backends) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_complete),
        cmocka_unit_test(the_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
