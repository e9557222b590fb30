/* The record of installed modules: written, read; an invalid one is an error. */
#include "config_case.h"

#include "module_manifest.h"

static void round_trip(void **) {
    ConfigCase c = config_case_open();
    ModuleManifest manifest = {.entries = map_new(c.arena)};
    ModuleManifest read;
    ModuleEntry a = {.key = STR("a"), .source = STR("./m"), .directory = STR("m")};
    ModuleEntry b = {STR("a.b"), STR("h/n/m/s"), STR("1.2.0"), STR("n")};
    assert_true(module_manifest_read(&c.io, STR(".loam"), &read, c.arena, &c.diags));
    assert_int_equal(read.entries.count, 0);
    map_set(&manifest.entries, a.key, &a);
    map_set(&manifest.entries, b.key, &b);
    assert_true(module_manifest_write(&c.io, STR(".loam"), &manifest, &c.diags));
    assert_true(module_manifest_read(&c.io, STR(".loam"), &read, c.arena, &c.diags));
    assert_int_equal(read.entries.count, 2);
    const ModuleEntry *entry = map_find(&read.entries, STR("a.b"));
    check_str(entry->source, "h/n/m/s");
    check_str(entry->version, "1.2.0");
    check_str(entry->directory, "n");
    config_case_close(&c);
}

static void broken(void **) {
    static const char *const texts[] = {
        "", "[]", "{\"Modules\": {}}", "{\"Modules\": [{\"Key\": \"a\"}]}", "{\"Modules\": [",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        ConfigCase c = config_case_open();
        ModuleManifest read;
        config_case_write(&c, ".loam/modules/modules.json", texts[i]);
        assert_false(module_manifest_read(&c.io, STR(".loam"), &read, c.arena, &c.diags));
        assert_int_equal(c.diags.error_count, 1);
        config_case_close(&c);
    }
}

UNIT_MAIN(test_module_manifest) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(broken)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
