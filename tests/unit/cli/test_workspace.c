/* Names of workspaces, and the file that holds the selected one. */
#include "unit.h"

#include "workspace.h"

#include <unistd.h>

static const struct {
    const char *name;
    bool is_valid;
} names[] = {
    {"default", true},     {"ok-1.2_x", true}, {"a~b$c&d+e", true},  {"=:@", true},   {"...", true},
    {"", false},           {".", false},       {"..", false},        {"a/b", false},  {"/", false},
    {"with space", false}, {"a%b", false},     {"\xc3\xbcn", false}, {"a\nb", false},
};

static void names_become_parts_of_paths(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (workspace_is_valid(str_from_cstr(names[i].name)) != names[i].is_valid)
            fail_msg("\"%s\"", names[i].name);
    }
    assert_false(workspace_is_valid((Str){"a\0b", 3}));
}

static void the_chosen_one_is_remembered(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char directory[] = "/tmp/loam-workspace-XXXXXX";
    assert_non_null(mkdtemp(directory));
    Cli cli = {.io = io_real(), .arena = arena};
    cli.data_directory = disk_join(str_from_cstr(directory), STR("data"), arena);
    Diags diags = diags_new(arena);
    assert_true(workspace_select(&cli, STR("dev"), &diags));
    assert_true(workspace_select(&cli, STR("test"), &diags));
    Str path = disk_join(cli.data_directory, STR("environment"), arena);
    Str text;
    assert_int_equal(disk_real.read_file(NULL, path, &text, arena), 0);
    check_str(text, "test");
    assert_int_equal(disk_real.remove(NULL, path), 0);
    assert_int_equal(disk_real.remove(NULL, cli.data_directory), 0);
    assert_int_equal(rmdir(directory), 0);
}

static void an_impossible_directory_is_an_error(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Cli cli = {.io = io_real(), .arena = arena, .data_directory = STR("/dev/null/x")};
    Diags diags = diags_new(arena);
    assert_false(workspace_select(&cli, STR("dev"), &diags));
    assert_int_equal(diags.error_count, 1);
}

UNIT_MAIN(test_workspace) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_parts_of_paths),
        cmocka_unit_test(the_chosen_one_is_remembered),
        cmocka_unit_test(an_impossible_directory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
