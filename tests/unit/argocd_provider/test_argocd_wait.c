/* The rules of readiness of applications. application.recorded has applications as they were on
 * a server, and the same with one change; spec and status are as Argo CD wrote them. */
#include "argocd_wait.h"
#include "disk.h"
#include "kube_object.h"
#include "unit.h"

#define CASES LOAM_SOURCE_DIR "/tests/unit/argocd_provider/application.recorded"

static const char *const levels[] = {
    [READINESS_READY] = "ready",
    [READINESS_IN_PROGRESS] = "in progress",
    [READINESS_STUCK] = "stuck",
    [READINESS_FAILED] = "failed",
};

/* Returns true if the line has the expected readiness. */
static bool check_line(Str line, Arena *arena) {
    Value one, object, reason;
    const char *error;
    size_t offset;
    ApplicationTest test = {.baseline = value_null(&TYPE_DYNAMIC)};
    assert_true(json_parse_any(line, &one, &error, &offset, arena));
    assert_true(kube_object_find(one, "", "object", &object));
    (void)!kube_object_find(one, "", "baseline", &test.baseline);
    test.expected = kube_object_text(one, "", "expected");
    test.awaits_mounts = kube_object_find(one, "", "awaits_mounts", &reason);
    Readiness got = argocd_wait_application_test(&test, object, arena);
    Str level = kube_object_text(one, "", "level");
    bool has_reason = kube_object_find(one, "", "reason", &reason);
    bool needs_reason = got.level != READINESS_READY;
    if (str_equal_cstr(level, levels[got.level]) && (got.reason.len > 0) == needs_reason &&
        (!has_reason || str_equal(value_text(reason), got.reason)))
        return true;
    print_error("%.*s\n  got:    %s: %.*s\n  wanted: %.*s: %.*s\n",
                STR_ARG(kube_object_text(one, "", "name")), levels[got.level], STR_ARG(got.reason),
                STR_ARG(level), STR_ARG(has_reason ? value_text(reason) : STR_EMPTY));
    return false;
}

static void recorded(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str text, line;
    size_t checked = 0, failures = 0;
    assert_int_equal(disk_real.read_file(disk_real.self, str_from_cstr(CASES), &text, arena), 0);
    while (str_next_field(&text, '\n', &line)) {
        if (line.len == 0)
            continue;
        checked++;
        failures += !check_line(line, arena);
    }
    assert_int_equal(failures, 0);
    assert_true(checked >= 30);
}

/* An application whose operation runs, compared at the revision "new". */
static Str termination(const char *source, const char *revision, const char *by,
                       const char *expected, Arena *arena) {
    Value object;
    const char *error;
    size_t offset;
    Str text = str_format(arena,
                          "{\"metadata\":{\"resourceVersion\":\"7\"},\"operation\":{},"
                          "\"spec\":{\"source\":{\"path\":\"a\"}},"
                          "\"status\":{\"sync\":{\"revision\":\"new\",\"comparedTo\":{\"source\":"
                          "{\"path\":\"a\"}}},\"operationState\":{\"phase\":\"Running\","
                          "\"operation\":{\"initiatedBy\":%s,\"sync\":{\"revision\":\"%s\","
                          "\"source\":{\"path\":\"%s\"}}}}}}",
                          by, revision, source);
    ApplicationTest test = {.expected = str_from_cstr(expected),
                            .baseline = value_null(&TYPE_DYNAMIC)};
    assert_true(json_parse_any(text, &object, &error, &offset, arena));
    return argocd_wait_termination_patch(&test, object, arena);
}

static void terminations(void **) {
    static const char automated[] = "{\"automated\":true}";
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(termination("a", "old", automated, "new", arena),
              "{\"metadata\":{\"resourceVersion\":\"7\"},"
              "\"status\":{\"operationState\":{\"phase\":\"Terminating\"}}}");
    assert_true(termination("b", "new", automated, "new", arena).len > 0);
    assert_true(termination("b", "old", automated, "", arena).len > 0);
    check_str(termination("a", "new", automated, "new", arena), "");
    check_str(termination("a", "old", automated, "", arena), "");
    check_str(termination("a", "old", automated, "newer", arena), "");
    check_str(termination("a", "old", "{\"username\":\"admin\"}", "new", arena), "");
    check_str(termination("b", "old", "{}", "", arena), "");
}

UNIT_MAIN(test_argocd_wait) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded),
        cmocka_unit_test(terminations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
