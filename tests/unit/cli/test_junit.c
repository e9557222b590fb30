/* JUnit documents: every outcome, and text that XML cannot hold as it is. */
#include "unit.h"
#include "view_test.h"

static void add_run(SuiteFile *file, const char *name, SuiteStatus status, Arena *arena) {
    TestRun *config = arena_new(arena, TestRun);
    SuiteRun *run = vec_add(arena, &file->runs);
    Condition *assertion = vec_add(arena, &config->asserts);
    *assertion = (Condition){0};
    config->name = str_from_cstr(name);
    *run = (SuiteRun){.config = config, .status = status, .diags = diags_new(arena)};
    if (status != SUITE_SKIP) {
        run->started_ms = 1000;
        run->elapsed_ms = 1234;
    }
}

static void document(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    TestFile config = {.path = STR("a.tftest.hcl")};
    Suite suite = {0};
    SuiteFile *file = vec_add(arena, &suite.files);
    *file = (SuiteFile){.config = &config, .diags = diags_new(arena)};
    add_run(file, "good", SUITE_PASS, arena);
    add_run(file, "bad", SUITE_FAIL, arena);
    diags_error(&file->runs.items[1].diags, NO_RANGE, "Test assertion failed", "a < \"b\" & \x01");
    add_run(file, "worse", SUITE_ERROR, arena);
    diags_error(&file->runs.items[2].diags, NO_RANGE, "Broken", "Why.");
    diags_warning(&file->runs.items[2].diags, NO_RANGE, "Careful", "Why not.");
    add_run(file, "left", SUITE_SKIP, arena);
    StrBuf out = strbuf_new(arena);
    junit_write(&suite, &out, arena);
    check_str(strbuf_str(&out),
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<testsuites>\n"
              "  <testsuite name=\"a.tftest.hcl\" tests=\"4\" skipped=\"1\" failures=\"1\" "
              "errors=\"1\">\n"
              "    <testcase name=\"good\" classname=\"a.tftest.hcl\" time=\"1.234\" "
              "timestamp=\"1970-01-01T00:00:01Z\"/>\n"
              "    <testcase name=\"bad\" classname=\"a.tftest.hcl\" time=\"1.234\" "
              "timestamp=\"1970-01-01T00:00:01Z\">\n"
              "      <failure message=\"1 of 1 assertions failed: a &lt; &quot;b&quot; &amp; "
              "\xEF\xBF\xBD\">\nError: Test assertion failed\n\na &lt; &quot;b&quot; &amp; "
              "\n</failure>\n"
              "    </testcase>\n"
              "    <testcase name=\"worse\" classname=\"a.tftest.hcl\" time=\"1.234\" "
              "timestamp=\"1970-01-01T00:00:01Z\">\n"
              "      <error message=\"Encountered an error\">\nError: Broken\n\nWhy.\n</error>\n"
              "      <system-err>\nWarning: Careful\n\nWhy not.\n</system-err>\n"
              "    </testcase>\n"
              "    <testcase name=\"left\" classname=\"a.tftest.hcl\">\n"
              "      <skipped message=\"&quot;worse&quot; failed, so the rest of the "
              "file was skipped.\"/>\n"
              "    </testcase>\n"
              "  </testsuite>\n"
              "</testsuites>\n");
}

UNIT_MAIN(test_junit) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(document)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
