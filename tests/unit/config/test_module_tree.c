/* Limits on the content of a package, and its digest. */
#include "config_case.h"

#include "module_tree.h"

#include <sys/stat.h>

static void make_link(ConfigCase *, const char *target, const char *path) {
    Str name = str_from_cstr(path);
    assert_int_equal(disk_real.make_directories(NULL, disk_directory_of(name), 0777), 0);
    assert_int_equal(disk_real.link(NULL, str_from_cstr(target), name), 0);
}

/* The same digest as Go's module tools compute for these files. */
static void digest(void **) {
    ConfigCase c = config_case_open();
    Str first;
    Str second;
    config_case_write(&c, "p/b.txt", "b\n");
    config_case_write(&c, "p/a/c.txt", "");
    assert_int_equal(module_tree_digest(&c.io, STR("p"), TREE_MODULE, NULL, &first, c.arena), 0);
    check_str(first, "h1:CzVchMSj7qRV9dqVveu8OIu6tw5gwfo7/D86alF/3kE=");
    config_case_write(&c, "q/a/c.txt", "");
    config_case_write(&c, "q/b.txt", "b\n");
    assert_int_equal(module_tree_digest(&c.io, STR("q"), TREE_MODULE, NULL, &second, c.arena), 0);
    check_str_equal(second, first);
    config_case_write(&c, "q/b.txt", "c\n");
    assert_int_equal(module_tree_digest(&c.io, STR("q"), TREE_MODULE, NULL, &second, c.arena), 0);
    assert_false(str_equal(first, second));
    assert_true(module_tree_digest(&c.io, STR("nowhere"), TREE_MODULE, NULL, &second, c.arena) < 0);
    config_case_close(&c);
}

static void links(void **) {
    static const struct {
        const char *target, *path;
        bool is_fine;
    } cases[] = {
        {"file", "p/link", true},       {"../file", "p/a/link", true},
        {"a", "p/link", true},          {".", "p/link", true},
        {"nowhere", "p/link", true},    {"../file", "p/link", false},
        {"/etc", "p/link", false},      {"..", "p/link", false},
        {"a/../../x", "p/link", false}, {"up/../outside", "p/a/link", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ConfigCase c = config_case_open();
        config_case_write(&c, "p/file", "x");
        config_case_write(&c, "p/a/file", "x");
        config_case_write(&c, "outside", "x");
        make_link(&c, "..", "p/a/up");
        make_link(&c, cases[i].target, cases[i].path);
        bool ok = module_tree_check(&c.io, STR("p"), TREE_MODULE, STR("pkg"), NO_RANGE, &c.diags);
        if (ok != cases[i].is_fine)
            fail_msg("%s -> %s: %d", cases[i].path, cases[i].target, ok);
        assert_int_equal(c.diags.error_count, !ok);
        config_case_close(&c);
    }
}

static void no_git(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "p/.git/config", "x");
    config_case_write(&c, "p/sub/.git", "gitdir: ../.git/modules/sub");
    config_case_write(&c, "p/sub/file", "x");
    assert_true(module_tree_check(&c.io, STR("p"), TREE_MODULE, STR("pkg"), NO_RANGE, &c.diags));
    assert_false(disk_exists(&disk_real, STR("p/.git")));
    assert_false(disk_exists(&disk_real, STR("p/sub/.git")));
    assert_true(disk_exists(&disk_real, STR("p/sub/file")));
    assert_int_equal(mkfifo("p/pipe", 0600), 0);
    assert_false(module_tree_check(&c.io, STR("p"), TREE_MODULE, STR("pkg"), NO_RANGE, &c.diags));
    config_case_close(&c);
}

static void copies(void **) {
    ConfigCase c = config_case_open();
    Str at;
    Str text;
    DiskStat stat;
    config_case_write(&c, "p/a/run", "x");
    config_case_write(&c, "p/.git/config", "x");
    config_case_write(&c, "p/.hidden/file", "x");
    make_link(&c, "a/run", "p/link");
    assert_int_equal(chmod("p/a/run", 0755), 0);
    assert_int_equal(module_tree_copy(&c.io, STR("p"), STR("q"), &at, c.arena), 0);
    assert_int_equal(disk_real.stat(NULL, STR("q/a/run"), &stat), 0);
    assert_int_equal(stat.mode & 0100, 0100);
    assert_int_equal(disk_real.read_link(NULL, STR("q/link"), &text, c.arena), 0);
    assert_false(disk_exists(&disk_real, STR("q/.git")));
    assert_false(disk_exists(&disk_real, STR("q/.hidden")));
    assert_true(disk_exists(&disk_real, STR("p/.git/config")));
    assert_true(module_tree_copy(&c.io, STR("p"), STR("q"), &at, c.arena) < 0);
    check_str(at, "a/run");
    config_case_close(&c);
}

UNIT_MAIN(test_module_tree) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(digest), cmocka_unit_test(links),
                                       cmocka_unit_test(no_git), cmocka_unit_test(copies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
