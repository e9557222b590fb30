/* A module that is not there says where it should be; one that is there is opened once. */
#include "unit.h"

#include "module.h"

static void missing(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Module module;
    Str problem = STR_EMPTY;
    module_init(&module, STR("/nowhere/loam-x.so"), "x", "tests");
    assert_null(module_get(&module, &problem, arena));
    assert_true(str_find(problem, STR("module for tests"), 0) != SIZE_MAX);
    assert_true(str_find(problem, STR("/nowhere/loam-x.so"), 0) != SIZE_MAX);
}

/* The C library serves as a module that every machine has. */
static void opened(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Module module;
    Str problem = STR_EMPTY;
    module_init(&module, STR("libc.so.6"), "strlen", "tests");
    const void *content = module_get(&module, &problem, arena);
    assert_non_null(content);
    assert_ptr_equal(module_get(&module, &problem, arena), content);
    module_init(&module, STR("libc.so.6"), "no_such_symbol", "tests");
    assert_null(module_get(&module, &problem, arena));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing),
        cmocka_unit_test(opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
