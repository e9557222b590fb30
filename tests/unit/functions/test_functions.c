/* The example of every row is true, and every row is well formed. */
#include "function_case.h"

/* "call = value": splits at the first " = " with an expression on either side. */
static bool example_holds(const char *example) {
    for (const char *at = strstr(example, " = "); at; at = strstr(at + 1, " = ")) {
        Str left = {example, (size_t)(at - example)};
        Value values[2];
        Diags diags = diags_new(arena);
        if (!evaluate(str_to_cstr(left, arena), &values[0], &diags) ||
            !evaluate(at + 3, &values[1], &diags))
            continue;
        return value_is_true(eval_equal(values[0], values[1], arena));
    }
    return false;
}

/* The files that the examples read. */
static void write_files(Str directory) {
    const Disk *disk = io.disk;
    Str hello = disk_join(directory, STR("hello.txt"), arena);
    Str template = disk_join(directory, STR("hello.tftpl"), arena);
    assert_int_equal(disk->write_file(disk->self, hello, STR("Hello"), 0600), 0);
    assert_int_equal(disk->write_file(disk->self, template, STR("Hello ${name}"), 0600), 0);
}

static void test_examples(void **) {
    char directory[] = "/tmp/test_functions_XXXXXX";
    assert_non_null(mkdtemp(directory));
    scope.base_directory = str_from_cstr(directory);
    write_files(scope.base_directory);
    for (size_t i = 0; i < FUNCTIONS_COUNT; i++) {
        for (size_t k = 0; k < functions_all[i]->count; k++) {
            const Function *function = &functions_all[i]->functions[k];
            if (example_holds(function->example))
                continue;
            print_error("%s: the example does not hold: %s\n", function->name, function->example);
            fail();
        }
    }
    io.disk->remove(io.disk->self, disk_join(scope.base_directory, STR("hello.txt"), arena));
    io.disk->remove(io.disk->self, disk_join(scope.base_directory, STR("hello.tftpl"), arena));
    assert_int_equal(io.disk->remove(io.disk->self, scope.base_directory), 0);
}

static void test_rows(void **) {
    size_t total = 0;
    for (size_t i = 0; i < FUNCTIONS_COUNT; i++) {
        for (size_t k = 0; k < functions_all[i]->count; k++) {
            const Function *function = &functions_all[i]->functions[k];
            assert_true(!function->run != !function->evaluate);
            assert_non_null(function->description);
            assert_non_null(function->example);
            assert_false(function->type && function->result_type);
            assert_ptr_equal(function_table_find(functions, str_from_cstr(function->name)),
                             function);
            if (k)
                assert_true(strcmp(function[-1].name, function->name) < 0 ||
                            i == FUNCTIONS_COUNT - 1);
            total++;
        }
    }
    assert_int_equal(total, functions->by_name.count);
}

RUN_FUNCTION_TESTS(test_functions, cmocka_unit_test(test_examples), cmocka_unit_test(test_rows))
