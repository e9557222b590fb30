/* What a call offers: progress, cancellation, notes. */
#include "unit.h"

#include "provider.h"

static void add_up(void *payload, uint64_t done, uint64_t total, const char *what) {
    uint64_t *sum = payload;
    assert_string_equal(what, "uploading");
    *sum += done + total;
}

static void progress(void **state) {
    (void)state;
    uint64_t sum = 0;
    Call call = {.progress_payload = &sum};
    call_progress(&call, 1, 2, "uploading");
    assert_int_equal(sum, 0);
    call.progress = add_up;
    call_progress(&call, 1, 2, "uploading");
    assert_int_equal(sum, 3);
}

static void cancellation(void **state) {
    (void)state;
    CancelToken *token = cancel_open();
    Call call = {0};
    assert_false(call_is_cancelled(&call));
    call.cancel = token;
    assert_false(call_is_cancelled(&call));
    cancel_raise(token, CANCEL_STOP);
    assert_true(call_is_cancelled(&call));
    cancel_close(token);
}

static void notes(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    PlanResponse response = {0};
    Path path = path_attribute((Path){0}, STR("memory"), arena);
    plan_note(&response, path, STR("live"), arena);
    plan_note(&response, path, STR("reboots the guest"), arena);
    assert_int_equal(response.notes.count, 2);
    check_str(path_to_str(response.notes.items[1].path, arena), ".memory");
    check_str(response.notes.items[1].text, "reboots the guest");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(progress),
        cmocka_unit_test(cancellation),
        cmocka_unit_test(notes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
