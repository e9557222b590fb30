/* The module lock file: written, read, searched; an invalid one is reported. */
#include "config_case.h"

#include "module_lock.h"

static const LockEntry entries[] = {
    {
        .source = STR_CONST("h/n/m/s"),
        .version = STR_CONST("1.10.0"),
        .digest = STR_CONST("h1:b"),
        .subdir = STR_CONST("net"),
    },
    {
        .source = STR_CONST("h/n/m/s"),
        .version = STR_CONST("1.9.0"),
        .digest = STR_CONST("h1:a"),
    },
    {
        .source = STR_CONST("git::https://h/a: #\"x\".git"),
        .commit = STR_CONST("abc"),
    },
};

static const char *const text = "modules:\n"
                                "  - source: \"git::https://h/a: #\\\"x\\\".git\"\n"
                                "    commit: \"abc\"\n"
                                "  - source: \"h/n/m/s\"\n"
                                "    version: \"1.9.0\"\n"
                                "    digest: \"h1:a\"\n"
                                "  - source: \"h/n/m/s\"\n"
                                "    version: \"1.10.0\"\n"
                                "    digest: \"h1:b\"\n"
                                "    subdir: \"net\"\n";

static Str content(ConfigCase *c) {
    Str bytes;
    assert_int_equal(disk_real.read_file(NULL, STR(MODULE_LOCK_NAME), &bytes, c->arena), 0);
    return bytes;
}

static void round_trip(void **) {
    ConfigCase c = config_case_open();
    ModuleLock lock = {0};
    ModuleLock read;
    for (size_t i = 0; i < ARRAY_COUNT(entries); i++) {
        module_lock_add(&lock, &entries[i], c.arena);
        module_lock_add(&lock, &entries[i], c.arena);
    }
    assert_int_equal(lock.entries.count, ARRAY_COUNT(entries));
    assert_true(module_lock_write(&c.io, STR("."), &lock, &c.diags));
    check_str(str_after(content(&c), str_find(content(&c), STR("modules:"), 0)), text);
    assert_true(module_lock_read(&c.io, STR("."), &read, c.arena, &c.diags));
    assert_int_equal(read.entries.count, ARRAY_COUNT(entries));
    check_str(read.entries.items[2].subdir, "net");
    Str before = content(&c);
    assert_true(module_lock_write(&c.io, STR("."), &read, &c.diags));
    check_str_equal(content(&c), before);
    config_case_close(&c);
}

/* A missing file reads as an empty lock, and an empty lock is not written. */
static void nothing(void **) {
    ConfigCase c = config_case_open();
    ModuleLock lock = {0};
    ModuleLock read;
    assert_true(module_lock_read(&c.io, STR("."), &read, c.arena, &c.diags));
    assert_int_equal(read.entries.count, 0);
    assert_true(module_lock_write(&c.io, STR("."), &lock, &c.diags));
    assert_false(disk_exists(&disk_real, STR(MODULE_LOCK_NAME)));
    module_lock_add(&lock, &entries[0], c.arena);
    assert_true(module_lock_write(&c.io, STR("."), &lock, &c.diags));
    assert_true(module_lock_write(&c.io, STR("."), &read, &c.diags));
    assert_false(disk_exists(&disk_real, STR(MODULE_LOCK_NAME)));
    config_case_close(&c);
}

static void found(void **) {
    static const char *const cases[][3] = {
        {"h/n/m/s", "", "1.10.0"},      {"h/n/m/s", "~> 1.9.0", "1.9.0"},
        {"h/n/m/s", "< 1.10", "1.9.0"}, {"h/n/m/s", ">= 2.0", NULL},
        {"h/n/m/s", "nonsense", NULL},  {"h/n/m/t", "", NULL},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ModuleLock lock = {0};
    for (size_t i = 0; i < ARRAY_COUNT(entries); i++)
        module_lock_add(&lock, &entries[i], arena);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const LockEntry *entry =
            module_lock_find(&lock, str_from_cstr(cases[i][0]), str_from_cstr(cases[i][1]));
        assert_int_equal(entry != NULL, cases[i][2] != NULL);
        if (entry)
            check_str(entry->version, cases[i][2]);
    }
}

static void broken(void **) {
    static const char *const texts[] = {
        "",
        "other: 1\n",
        "modules: 1\n",
        "modules: [1]\n",
        "modules:\n  - version: \"1.0\"\n",
        "modules:\n  - source: 1\n",
        "modules:\n  - source: \"a\"\n    commit: [x]\n",
        "modules:\n<<<<<<< ours\n",
        "modules: [\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        ConfigCase c = config_case_open();
        ModuleLock read;
        config_case_write(&c, MODULE_LOCK_NAME, texts[i]);
        if (module_lock_read(&c.io, STR("."), &read, c.arena, &c.diags))
            fail_msg("taken: %s", texts[i]);
        assert_true(c.diags.error_count > 0);
        config_case_close(&c);
    }
}

UNIT_MAIN(test_module_lock) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(nothing),
                                       cmocka_unit_test(found), cmocka_unit_test(broken)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
