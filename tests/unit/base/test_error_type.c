/* Classes of errors for telemetry, by the class, the place and the text of a diagnostic. */
#include "unit.h"

#include "error_type.h"

static const SourceText source = {.path = STR_CONST("main.tf")};

static void classes(void **) {
    static const struct {
        DiagClass class;
        const char *summary;
        const char *detail;
        const char *type;
        bool has_range;
        const char *address;
        const char *checked;
    } rows[] = {
        {DIAG_OTHER, "Failed", "It does not exist.", "provider", false, "", ""},
        {DIAG_OTHER, "Failed", "dial tcp: connection refused", "connection", false, "t.a", ""},
        {DIAG_OTHER, "Failed", "It was not ready: context deadline exceeded.", "timeout", true,
         "t.a", ""},
        {DIAG_OTHER, "Failed", "HTTP status 403.", "permission", true, "t.a", ""},
        {DIAG_OTHER, "Unsupported argument", "connection", "configuration", true, "", ""},
        {DIAG_OTHER, "Check failed", "", "condition", true, "t.a", "t.a"},
        {DIAG_UNREACHABLE, "Error acquiring the state lock", "It timed out.", "state_lock", false,
         "", ""},
        {DIAG_UNREACHABLE, "State not readable", "The server did not respond in time.", "timeout",
         false, "", ""},
        {DIAG_UNREACHABLE, "State not readable", "HTTP status 500", "connection", false, "", ""},
        {DIAG_DENIED, "State not readable", "", "permission", false, "", ""},
        {DIAG_STALE, "Saved plan is stale", "", "stale_plan", false, "", ""},
        {DIAG_MISMATCH, "Another plan", "", "plan_mismatch", false, "", ""},
        {DIAG_IN_DOUBT, "Unknown outcome", "", "in_doubt", false, "", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Diags diags = diags_new(arena);
        SourceRange range = {rows[i].has_range ? &source : NULL, 0, 0};
        Diag *diag = diags_error(diags_as(rows[i].class, &diags), range, rows[i].summary, "%s",
                                 rows[i].detail);
        diag->address = str_from_cstr(rows[i].address);
        diag->checked = str_from_cstr(rows[i].checked);
        const char *otherwise =
            strcmp(rows[i].type, "configuration") ? "provider" : ERROR_TYPE_OTHER;
        assert_string_equal(error_type_first(&diags, 0, otherwise), rows[i].type);
    }
}

/* Warnings, errors that follow from others, and those before the index do not count. */
static void first(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    assert_string_equal(error_type_first(&diags, 0, ERROR_TYPE_OTHER), "_OTHER");
    diags_error(diags_as(DIAG_STALE, &diags), NO_RANGE, "Stale", "%s", "");
    diags_warning(&diags, NO_RANGE, "Careful", "%s", "");
    diags_error(diags_as(DIAG_DENIED, &diags), NO_RANGE, "Denied", "%s", "")->follows = true;
    diags_error(diags_as(DIAG_IN_DOUBT, &diags), NO_RANGE, "Doubt", "%s", "");
    assert_string_equal(error_type_first(&diags, 0, "x"), "stale_plan");
    assert_string_equal(error_type_first(&diags, 1, "x"), "in_doubt");
    assert_string_equal(error_type_first(&diags, 4, "x"), "x");
}

UNIT_MAIN(test_error_type) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes),
        cmocka_unit_test(first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
