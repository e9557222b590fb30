/* States that outlive their test: which ones, where, and what the next test and a cleanup make of
 * them. */
#include "suite_case.h"

#define MAIN                                                                                       \
    "variable \"n\" {\n  default = 1\n}\n"                                                         \
    "resource \"fake_thing\" \"a\" {\n  name = \"a\"\n  size = var.n\n}\n"                         \
    "output \"n\" {\n  value = fake_thing.a.size\n}\n"
#define DATA                                                                                       \
    "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n"                                        \
    "output \"o\" {\n  value = terraform_data.a.output\n}\n"
#define SIZE(text) "  variables {\n    n = " text "\n  }\n"

static bool has_manifest(void) {
    return disk_exists(&disk_real, STR(".loam/test/manifest.json"));
}

/* Nothing but the directory is left of a test without failures. */
static void leaves_nothing(void **) {
    SuiteCase *c = suite_case_open();
    DiskEntries entries = {0};
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "a.tftest.hcl", "run \"one\" {\n}\nrun \"two\" {\n" SIZE("2") "}\n");
    check_str(suite_case_run_all(c),
              "  one pass\n  two pass\n  clean two\na.tftest.hcl pass\npass\n");
    assert_int_equal(disk_real.list(NULL, STR(".loam/test"), &entries, c->arena), 0);
    assert_int_equal(entries.count, 0);
    suite_case_close(c);
}

/* States without objects that could be lost stay in memory. */
static void stays_in_memory(void **) {
    static const struct {
        const char *about;
        const char *main;
        const char *test;
    } cases[] = {
        {"types without effects", DATA, "run \"one\" {\n}\n"},
        {"only plans", MAIN, "run \"one\" {\n  command = plan\n}\n"},
        {"mocks", MAIN, "mock_provider \"fake\" {\n}\nrun \"one\" {\n}\n"},
        {"overrides", MAIN, "override_resource {\n  target = fake_thing.a\n}\nrun \"one\" {\n}\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SuiteCase *c = suite_case_open();
        suite_case_write(c, "main.tf", cases[i].main);
        suite_case_write(c, "a.tftest.hcl", cases[i].test);
        if (!str_ends_with(suite_case_run_all(c), STR("a.tftest.hcl pass\npass\n")))
            fail_msg("%s: %.*s", cases[i].about, STR_ARG(strbuf_str(&c->events)));
        assert_false(disk_exists(&disk_real, STR(".loam")));
        suite_case_close(c);
    }
}

static void check_during(SuiteCase *, const SuiteRun *run, SuiteProgress progress) {
    if (progress == SUITE_COMPLETE && str_equal_cstr(run->config->name, "two"))
        assert_true(has_manifest());
}

/* The states of all runs are stored before the first change with effects: their outputs may be
 * needed to destroy its objects. A killed program leaves them all. */
static void stores_all(void **) {
    SuiteCase *c = suite_case_open();
    fake_world_order(&c->world, "delete a");
    c->on_run = check_during;
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "setup/main.tf", DATA);
    suite_case_write(c, "a.tftest.hcl",
                     "run \"one\" {\n  module {\n    source = \"./setup/\"\n  }\n}\n"
                     "run \"two\" {\n" SIZE("run.one.o") "}\n");
    Str events = suite_case_run_all(c);
    assert_true(str_starts_with(
        events, STR("  one pass\n  two pass\n  clean two\n  left of two: fake_thing.a\n"
                    "  clean one\na.tftest.hcl error\n")));
    check_str(suite_case_stored(c, "a.tftest.hcl"), "\"./setup\" dependency one: o\n"
                                                    "\"\" error two: fake_thing.a n\n");
    fake_world_obey(&c->world);
    check_str(suite_case_again(c, SUITE_CLEANUP), "  clean two\na.tftest.hcl pass\npass\n");
    assert_false(has_manifest());
    assert_null(fake_world_find(&c->world, "a"));
    suite_case_close(c);
}

#define KEEPS                                                                                      \
    "run \"one\" {\n}\n"                                                                           \
    "run \"two\" {\n  skip_cleanup = true\n" SIZE(                                                 \
        "2") "}\n"                                                                                 \
             "run \"three\" {\n" SIZE("3") "}\n"                                                   \
                                           "run \"four\" {\n  state_key = \"own\"\n  module {\n  " \
                                           "  source = \"./b\"\n  }\n}\n"

static void write_keeping(SuiteCase *c) {
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "b/main.tf", "resource \"fake_thing\" \"b\" {\n  name = \"b\"\n}\n");
    suite_case_write(c, "a.tftest.hcl", KEEPS);
}

/* The state is restored to the run with skip_cleanup; others are destroyed. */
static void keeps(void **) {
    SuiteCase *c = suite_case_open();
    write_keeping(c);
    check_str(suite_case_run_all(c),
              "  one pass\n  two pass\n  three pass\n  four pass\n"
              "  clean four\n  clean two\n  kept of two: fake_thing.a\na.tftest.hcl pass\npass\n");
    check_str(suite_case_stored(c, "a.tftest.hcl"), "\"\" skip two: fake_thing.a n\n");
    assert_int_equal(fake_world_find(&c->world, "a")->size, 2);
    assert_null(fake_world_find(&c->world, "b"));
    suite_case_close(c);
}

/* A test does not replace the states of an earlier one. */
static void refuses_a_second_test(void **) {
    SuiteCase *c = suite_case_open();
    write_keeping(c);
    suite_case_write(c, "c.tftest.hcl", "run \"other\" {\n  command = plan\n}\n");
    (void)suite_case_run_all(c);
    check_str(suite_case_again(c, SUITE_TEST), "a.tftest.hcl error\n    State manifest not empty\n"
                                               "  other pass\nc.tftest.hcl pass\nerror\n");
    assert_int_equal(c->suite.counts[SUITE_PENDING], 4);
    suite_case_close(c);
}

static void repairs(void **) {
    SuiteCase *c = suite_case_open();
    write_keeping(c);
    fake_world_order(&c->world, "delete b");
    (void)suite_case_run_all(c);
    check_str(suite_case_stored(c, "a.tftest.hcl"),
              "\"\" skip two: fake_thing.a n\n\"own\" error four: fake_thing.b\n");
    Str failed = suite_case_again(c, SUITE_REPAIR);
    assert_true(str_find(failed, STR("left of four: fake_thing.b\n"), 0) != SIZE_MAX);
    fake_world_obey(&c->world);
    check_str(suite_case_again(c, SUITE_REPAIR),
              "  clean four\n  clean two\n  kept of two: fake_thing.a\na.tftest.hcl pass\npass\n");
    check_str(suite_case_stored(c, "a.tftest.hcl"), "\"\" skip two: fake_thing.a n\n");
    check_str(suite_case_again(c, SUITE_CLEANUP), "  clean two\na.tftest.hcl pass\npass\n");
    assert_false(has_manifest());
    suite_case_close(c);
}

/* skip_cleanup keeps objects without effects too. */
static void keeps_values(void **) {
    SuiteCase *c = suite_case_open();
    suite_case_write(c, "main.tf", DATA);
    suite_case_write(c, "a.tftest.hcl", "test {\n  skip_cleanup = true\n}\nrun \"one\" {\n}\n");
    check_str(suite_case_run_all(c), "  one pass\n  clean one\n  kept of one: terraform_data.a\n"
                                     "a.tftest.hcl pass\npass\n");
    check_str(suite_case_stored(c, "a.tftest.hcl"), "\"\" skip one: terraform_data.a o\n");
    check_str(suite_case_again(c, SUITE_CLEANUP), "  clean one\na.tftest.hcl pass\npass\n");
    suite_case_close(c);
}

/* A failed creation of an object that the run is to keep: the end of the file tries again. */
static void restores_after_a_failure(void **) {
    SuiteCase *c = suite_case_open();
    fake_world_order(&c->world, "update a");
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "a.tftest.hcl",
                     "run \"one\" {\n  skip_cleanup = true\n}\nrun \"two\" {\n" SIZE("2") "}\n");
    Str events = suite_case_run_all(c);
    assert_true(str_ends_with(events, STR("  clean one\n  kept of one: fake_thing.a\n"
                                          "a.tftest.hcl error\nerror\n")));
    check_str(suite_case_stored(c, "a.tftest.hcl"), "\"\" skip one: fake_thing.a n\n");
    suite_case_close(c);
}

#define LONG                                                                                       \
    "run \"one\" {\n  backend \"local\" {\n    path = \"kept/state\"\n  }\n}\n"                    \
    "run \"two\" {\n" SIZE("2") "}\n"

static void uses_a_backend(void **) {
    static const char *const wanted =
        "  one pass\n  two pass\n  clean one\n  kept of one: fake_thing.a\n"
        "a.tftest.hcl pass\npass\n";
    SuiteCase *c = suite_case_open();
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "a.tftest.hcl", LONG);
    check_str(suite_case_run_all(c), wanted);
    assert_false(has_manifest());
    check_str(suite_case_again(c, SUITE_TEST), wanted);
    check_str(strbuf_str(&c->world.diary), "create a\nupdate a\nupdate a\nupdate a\nupdate a\n");
    check_str(suite_case_again(c, SUITE_REPAIR),
              "  clean one\n  kept of one: fake_thing.a\na.tftest.hcl pass\npass\n");
    check_str(suite_case_again(c, SUITE_CLEANUP), "  clean two\na.tftest.hcl pass\npass\n");
    assert_null(fake_world_find(&c->world, "a"));
    suite_case_close(c);
}

#define LONG_OTHER                                                                                 \
    "run \"long\" {\n  state_key = \"k\"\n"                                                        \
    "  backend \"local\" {\n    path = \"kept/state\"\n  }\n}\n"

static void give_up_at_begin(SuiteCase *c, SuiteProgress progress) {
    if (progress == SUITE_TEARDOWN)
        cancel_raise(c->stop, CANCEL_NOW);
}

static void give_up(SuiteCase *c, const SuiteRun *, SuiteProgress progress) {
    if (progress == SUITE_COMPLETE)
        cancel_raise(c->stop, CANCEL_NOW);
}

static void interrupted(void **) {
    SuiteCase *c = suite_case_open();
    c->stop = cancel_open();
    c->on_run = give_up;
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "a.tftest.hcl", "run \"one\" {\n}\n");
    check_str(suite_case_run_all(c),
              "  one pass\n  abandoned of one: fake_thing.a\na.tftest.hcl pass\npass\n");
    check_str(suite_case_stored(c, "a.tftest.hcl"), "\"\" error one: fake_thing.a n\n");
    cancel_close(c->stop);
    c->stop = NULL;
    check_str(suite_case_again(c, SUITE_CLEANUP), "  clean one\na.tftest.hcl pass\npass\n");
    suite_case_close(c);
}

static void interrupted_cleanup(void **) {
    SuiteCase *c = suite_case_open();
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "a.tftest.hcl", "run \"one\" {\n  skip_cleanup = true\n}\n" LONG_OTHER);
    (void)suite_case_run_all(c);
    c->stop = cancel_open();
    c->on_file = give_up_at_begin;
    check_str(suite_case_again(c, SUITE_CLEANUP),
              "  abandoned of long: fake_thing.a\n  abandoned of one: fake_thing.a\n"
              "a.tftest.hcl pass\npass\n");
    check_str(suite_case_stored(c, "a.tftest.hcl"), "\"\" skip one: fake_thing.a n\n");
    suite_case_close(c);
}

/* A state that an earlier test left in a file is destroyed there, not in the backend of today. */
static void backend_later(void **) {
    SuiteCase *c = suite_case_open();
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "a.tftest.hcl", "run \"one\" {\n  skip_cleanup = true\n}\n");
    (void)suite_case_run_all(c);
    suite_case_write(c, "a.tftest.hcl", LONG);
    check_str(suite_case_again(c, SUITE_CLEANUP), "  clean one\na.tftest.hcl pass\npass\n");
    assert_null(fake_world_find(&c->world, "a"));
    assert_false(has_manifest() || disk_exists(&disk_real, STR("kept")));
    suite_case_close(c);
}

/* Runs without a state to clean up, and states without a run. */
static void orphans(void **state) {
    (void)state;
    SuiteCase *c = suite_case_open();
    write_keeping(c);
    (void)suite_case_run_all(c);
    suite_case_write(c, "a.tftest.hcl", "run \"one\" {\n  state_key = \"other\"\n}\n");
    check_str(suite_case_again(c, SUITE_TEST),
              "  one pass\n  clean one\na.tftest.hcl pass\n    W Orphaned state\npass\n");
    check_str(suite_case_again(c, SUITE_CLEANUP),
              "a.tftest.hcl pass\n    W Orphaned state\npass\n");
    check_str(suite_case_stored(c, "a.tftest.hcl"), "\"\" skip two: fake_thing.a n\n");
    assert_int_equal(disk_real.rename(NULL, STR("a.tftest.hcl"), STR("b.tftest.hcl")), 0);
    check_str(suite_case_again(c, SUITE_CLEANUP), "b.tftest.hcl pass\npass\n");
    assert_int_equal(c->diags.count, 1);
    check_str(c->diags.items[0].summary, "Test file not found");
    suite_case_close(c);
}

/* A value that no state has: the cleanup of that run fails, and its state stays. */
static void missing_outputs(void **) {
    SuiteCase *c = suite_case_open();
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "a.tftest.hcl",
                     "run \"planned\" {\n  command = plan\n  state_key = \"p\"\n}\n"
                     "run \"one\" {\n  skip_cleanup = true\n" SIZE("run.planned.n") "}\n");
    (void)suite_case_run_all(c);
    Str events = suite_case_again(c, SUITE_CLEANUP);
    assert_true(str_starts_with(events, STR("  clean one\n  left of one: fake_thing.a\n"
                                            "a.tftest.hcl error\n")));
    assert_true(str_find(events, STR("Reference to unavailable run block"), 0) != SIZE_MAX);
    check_str(suite_case_stored(c, "a.tftest.hcl"), "\"\" error one: fake_thing.a n\n");
    suite_case_close(c);
}

static void unreadable_state(void **) {
    SuiteCase *c = suite_case_open();
    SuiteEntries entries = {0};
    write_keeping(c);
    (void)suite_case_run_all(c);
    Diags diags = diags_new(c->arena);
    assert_true(suite_manifest_read(&c->storage, STR("a.tftest.hcl"), &entries, c->arena, &diags));
    Str name = suite_manifest_file_name(entries.items[0].id, c->arena);
    Str path = disk_join(c->storage.directory, name, c->arena);
    assert_int_equal(disk_real.write_file(NULL, path, STR("{"), 0600), 0);
    Str events = suite_case_again(c, SUITE_CLEANUP);
    assert_true(str_starts_with(events, STR("a.tftest.hcl error\n")));
    assert_true(has_manifest());
    Str bytes;
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, c->arena), 0);
    check_str(bytes, "{");
    suite_case_close(c);
}

UNIT_MAIN(test_suite_state) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_nothing),
        cmocka_unit_test(stays_in_memory),
        cmocka_unit_test(stores_all),
        cmocka_unit_test(keeps),
        cmocka_unit_test(refuses_a_second_test),
        cmocka_unit_test(repairs),
        cmocka_unit_test(keeps_values),
        cmocka_unit_test(restores_after_a_failure),
        cmocka_unit_test(uses_a_backend),
        cmocka_unit_test(interrupted),
        cmocka_unit_test(interrupted_cleanup),
        cmocka_unit_test(backend_later),
        cmocka_unit_test(orphans),
        cmocka_unit_test(missing_outputs),
        cmocka_unit_test(unreadable_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
