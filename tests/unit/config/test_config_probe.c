/* Finds the arguments and blocks that each decoder reads, without a list of them. */
#include "config_probe.h"

#include "unit.h"

static const ConfigShape *step(const ConfigShape *shape, Str name) {
    vec_each(&shape->blocks, block) {
        if (str_equal_cstr(name, (*block)->name))
            return *block;
    }
    return NULL;
}

static const ConfigShape *find(const ConfigShape *file, const char *path) {
    const ConfigShape *shape = file;
    Str rest = str_from_cstr(path);
    Str name;
    while (shape && str_next_field(&rest, '.', &name))
        shape = step(shape, name);
    return shape;
}

static const ConfigShapeAttribute *attribute(const ConfigShape *shape, const char *name) {
    vec_each(&shape->attributes, item) {
        if (strcmp(item->name, name) == 0)
            return item;
    }
    return NULL;
}

static void test_shapes(void **) {
    static const struct {
        const char *path, *attribute;
        uint32_t labels;
        bool required, open;
    } cases[] = {
        {"resource", "count", 2, false, true},
        {"resource.lifecycle", "prevent_destroy", 0, false, false},
        {"resource.lifecycle.precondition", "condition", 0, true, false},
        {"data", "for_each", 2, false, true},
        {"variable", "type", 1, false, false},
        {"variable.validation", "error_message", 0, true, false},
        {"output", "value", 1, true, false},
        {"module", "source", 1, true, true},
        {"moved", "from", 0, true, false},
        {"removed.lifecycle", "destroy", 0, false, false},
        {"check.assert", "condition", 0, true, false},
        {"check.data", "provider", 2, false, true},
        {"terraform", "required_version", 0, false, false},
        {"locals", NULL, 0, false, true},
        {"terraform.required_providers", NULL, 0, false, true},
        {"terraform.backend", NULL, 1, false, true},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    const ConfigShape *file =
        config_probe(CONFIG_FILE_MODULE, function_table_new(NULL, 0, arena), arena);
    assert_false(file->is_open);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const ConfigShape *shape = find(file, cases[i].path);
        if (!shape || shape->labels != cases[i].labels || shape->is_open != cases[i].open)
            fail_msg("%s is %s", cases[i].path, shape ? "otherwise" : "not there");
        const ConfigShapeAttribute *item =
            cases[i].attribute ? attribute(shape, cases[i].attribute) : NULL;
        if (cases[i].attribute && (!item || item->required != cases[i].required))
            fail_msg("%s.%s is %s", cases[i].path, cases[i].attribute,
                     item ? "otherwise" : "not there");
    }
}

UNIT_MAIN(test_config_probe) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
