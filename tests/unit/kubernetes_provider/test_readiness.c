/* The rules of readiness. readiness.cases has an object for each rule, in the form that the
 * controllers write; readiness.recorded has objects of Flux and Argo CD as they were on a server,
 * those of a watch in their order. */
#include "unit.h"

#include "disk.h"
#include "readiness.h"

#define DIRECTORY LOAM_SOURCE_DIR "/tests/unit/kubernetes_provider/"

static const char *const levels[] = {
    [READINESS_READY] = "ready",
    [READINESS_IN_PROGRESS] = "in progress",
    [READINESS_STUCK] = "stuck",
    [READINESS_FAILED] = "failed",
};

static bool flag_of(Value one, const char *name) {
    Value found;
    return kube_object_find(one, "", name, &found) && value_is_true(found);
}

/* Returns true if the line has the expected readiness. */
static bool check_line(Str line, Arena *arena) {
    Value one, object, reason;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(line, &one, &error, &offset, arena));
    assert_true(kube_object_find(one, "", "object", &object));
    ReadinessFacts facts = {.waits_for_consumer = flag_of(one, "waitsForConsumer")};
    Readiness got = readiness_of(object, &facts, arena);
    Str level = kube_object_text(one, "", "level");
    bool has_reason = kube_object_find(one, "", "reason", &reason);
    if (str_equal_cstr(level, levels[got.level]) &&
        (!has_reason || str_equal(value_text(reason), got.reason)))
        return true;
    print_error("%.*s\n  got:    %s: %.*s\n  wanted: %.*s: %.*s\n",
                STR_ARG(kube_object_text(one, "", "name")), levels[got.level], STR_ARG(got.reason),
                STR_ARG(level), STR_ARG(has_reason ? value_text(reason) : STR_EMPTY));
    return false;
}

static void check_file(const char *path, size_t count) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str text, line;
    size_t checked = 0, failures = 0;
    assert_int_equal(disk_real.read_file(disk_real.self, str_from_cstr(path), &text, arena), 0);
    while (str_next_field(&text, '\n', &line)) {
        if (line.len == 0)
            continue;
        checked++;
        failures += !check_line(line, arena);
    }
    assert_int_equal(failures, 0);
    assert_true(checked >= count);
}

static void rules(void **) {
    check_file(DIRECTORY "readiness.cases", 110);
}

static void recorded(void **) {
    check_file(DIRECTORY "readiness.recorded", 100);
}

UNIT_MAIN(test_readiness) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules),
        cmocka_unit_test(recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
