/* Services of a call: progress, cancellation, notes. */
#include "unit.h"

#include "provider.h"

static void add_up(void *payload, uint64_t done, uint64_t total, const char *what) {
    uint64_t *sum = payload;
    assert_string_equal(what, "uploading");
    *sum += done + total;
}

static void progress(void **) {
    uint64_t sum = 0;
    Call call = {.progress_payload = &sum};
    call_progress(&call, 1, 2, "uploading");
    assert_int_equal(sum, 0);
    call.progress = add_up;
    call_progress(&call, 1, 2, "uploading");
    assert_int_equal(sum, 3);
}

static void cancellation(void **) {
    CancelToken *token = cancel_open();
    Call call = {0};
    assert_false(call_is_cancelled(&call));
    call.cancel = token;
    assert_false(call_is_cancelled(&call));
    cancel_raise(token, CANCEL_STOP);
    assert_true(call_is_cancelled(&call));
    cancel_close(token);
}

static void notes(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PlanResponse response = {0};
    Path path = path_attribute((Path){0}, STR("memory"), arena);
    plan_note(&response, path, STR("live"), arena);
    plan_note(&response, path, STR("reboots the guest"), arena);
    assert_int_equal(response.notes.count, 2);
    check_str(path_to_str(response.notes.items[1].path, arena), ".memory");
    check_str(response.notes.items[1].text, "reboots the guest");
}

static void parts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PlanResponse response = {0};
    ChangePart part = {.key = STR("v1/Pod/a"), .action = PART_DELETE};
    part.before = value_object((Str[]){STR("n")}, (Value[]){value_int(1)}, 1, arena);
    plan_part_note(&part, (Path){0}, STR("why"), arena);
    plan_part(&response, part, arena);
    assert_int_equal(response.parts.count, 1);
    check_str(response.parts.items[0].key, "v1/Pod/a");
    check_str(response.parts.items[0].notes.items[0].text, "why");
    assert_true(value_is_null(response.parts.items[0].after));
    /* Outside the engine parts are not recorded. */
    Call call = {0};
    Diags diags = diags_new(arena);
    PartIntent intent = {.key = part.key};
    assert_true(call_parts_record(&call, &intent, 1, &diags));
    assert_true(call_part_begin(&call, &intent, &diags));
    assert_true(call_part_end(&call, part.key, STR_EMPTY, &diags));
}

UNIT_MAIN(test_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(progress),
        cmocka_unit_test(cancellation),
        cmocka_unit_test(notes),
        cmocka_unit_test(parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
