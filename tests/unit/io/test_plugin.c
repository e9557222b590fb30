/* A missing plugin, and one of another build, are reported with their path; a present plugin is
 * loaded once. */
#include "unit.h"

#include "plugin.h"

#include <unistd.h>

static void missing(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Plugin plugin = {"loam-x.so", "x", "tests", NULL, PTHREAD_MUTEX_INITIALIZER};
    Str problem = STR_EMPTY;
    plugin_set_directory(STR("/nowhere"));
    assert_null(plugin_get(&plugin, &problem, arena));
    assert_true(str_find(problem, STR("tests requires the module"), 0) != SIZE_MAX);
    assert_true(str_find(problem, STR("/nowhere/loam-x.so"), 0) != SIZE_MAX);
}

/* Each error of dlopen gets an advice. */
static void failures(void **) {
    static const struct {
        const char *error, *part;
    } cases[] = {
        {"/x/loam-x.so: cannot open shared object file: No such file or directory",
         "the file does not exist: install all of loam"},
        {"libx.so.5: cannot open shared object file: No such file or directory",
         "it requires the library \"libx.so.5\", which is not installed"},
        {"/x/loam-x.so: undefined symbol: y",
         "the system cannot load it: /x/loam-x.so: undefined symbol: y"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str text = plugin_failure(STR("/x/loam-x.so"), str_from_cstr(cases[i].error), arena);
        if (!str_starts_with(text, str_from_cstr(cases[i].part)))
            check_str(text, cases[i].part);
    }
}

/* module_plugin.c lies beside this program. */
static void opened(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    assert_true(length > 0);
    Str directory =
        str_slice((Str){path, (size_t)length}, 0, str_rfind_char((Str){path, (size_t)length}, '/'));
    plugin_set_directory(directory);
    Plugin plugin = {"module_plugin.so", "content", "tests", NULL, PTHREAD_MUTEX_INITIALIZER};
    Str problem = STR_EMPTY;
    const void *content = plugin_get(&plugin, &problem, arena);
    assert_non_null(content);
    assert_string_equal(content, "here");
    assert_ptr_equal(plugin_get(&plugin, &problem, arena), content);
    Plugin without = {"module_plugin.so", "no_content", "tests", NULL, PTHREAD_MUTEX_INITIALIZER};
    assert_null(plugin_get(&without, &problem, arena));
    assert_true(str_find(problem, STR("the system cannot load it"), 0) != SIZE_MAX);
}

/* The C library has no digest, as a module of an earlier version. */
static void of_another_build(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Plugin plugin = {"libc.so.6", "strlen", "tests", NULL, PTHREAD_MUTEX_INITIALIZER};
    Str problem = STR_EMPTY;
    plugin_set_directory(STR_EMPTY);
    assert_null(plugin_get(&plugin, &problem, arena));
    assert_true(str_find(problem, STR("it belongs to another version of loam"), 0) != SIZE_MAX);
}

UNIT_MAIN(test_plugin) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing),
        cmocka_unit_test(failures),
        cmocka_unit_test(opened),
        cmocka_unit_test(of_another_build),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
