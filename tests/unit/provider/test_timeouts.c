/* Timeouts of operations: passed to the calls, reported when exceeded; a change of them alone is no
 * update of the object. */
#include "object_builder.h"
#include "resource_case.h"
#include "timeouts.h"

static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Its name."},
    {"id", &TYPE_STRING, COMPUTED, "Chosen by the world."},
};
static const Block blocks[] = {TIMEOUTS_BLOCK};

/* Works until it is cancelled. */
static bool slow_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    object_builder_set(&builder, "id", value_from_cstr("1"));
    response->state = object_builder_value(&builder);
    for (int i = 0; i < 200; i++) {
        if (call_sleep(call, 10)) {
            assert_true(call_is_cancelled(call));
            diags_error(diags, NO_RANGE, "Stopped", "It was not done.");
            return false;
        }
    }
    return true;
}

static bool forbidden(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                      Diags *diags) {
    (void)call, (void)request, (void)response;
    diags_error(diags, NO_RANGE, "Called", "No call was expected.");
    return false;
}

/* Never finds out whether the creation has ended. */
static bool slow_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                         Diags *diags) {
    (void)request, (void)response;
    for (int i = 0; i < 200; i++) {
        if (call_sleep(call, 10)) {
            diags_error(diags, NO_RANGE, "In doubt", "It has not ended.");
            return false;
        }
    }
    return true;
}

static const ResourceType slow = {
    .name = "slow",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)},
    .create = slow_create,
    .update = forbidden,
    .recover = slow_recover,
};

/* A type without update: every change replaces the object, except a change of its timeouts. */
static const ResourceType fixed = {
    .name = "fixed",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)},
    .create = slow_create,
};

static void a_timeout_is_reported(void **state) {
    (void)state;
    ResourceCase c = case_open(&slow);
    assert_false(case_apply(&c, "{\"name\":\"a\",\"timeouts\":{\"create\":\"50ms\"}}"));
    assert_int_equal(c.diags.count, 2);
    check_str(c.diags.items[0].summary, "Stopped");
    check_str(c.diags.items[1].summary, "Operation timed out");
    Str detail = c.diags.items[1].detail;
    assert_true(str_find(detail, STR("The \"create\" of x.y failed after"), 0) != SIZE_MAX);
    assert_true(str_find(detail, STR("the next run determines it."), 0) != SIZE_MAX);
    assert_true(value_is_present(c.state));
    case_close(&c);
}

/* The detail depends on the operation: only a change has a result that the next run determines. */
static void a_read_leaves_nothing_to_determine(void **) {
    static const char *const operations[] = {"create", "read", "update", "delete"};
    for (size_t i = 0; i < ARRAY_COUNT(operations); i++) {
        ResourceCase c = case_open(&slow);
        const Call call = *case_call(&c);
        Timeout timeout = {.operation = operations[i], .limit_ms = 1, .call = call};
        timeout.call.deadline_ms = 1;
        timeouts_explain(&timeout, &c.diags);
        assert_int_equal(c.diags.count, 1);
        bool is_read = strcmp(operations[i], "read") == 0;
        Str detail = c.diags.items[0].detail;
        assert_int_equal(str_find(detail, STR("next run"), 0) == SIZE_MAX, is_read);
        case_close(&c);
    }
}

/* An interrupted run says so itself, even if the limit has passed, too. */
static void an_interruption_is_no_timeout(void **) {
    ResourceCase c = case_open(&slow);
    CancelToken *cancel = cancel_open();
    Timeout timeout = {.operation = "create", .limit_ms = 1, .call = *case_call(&c)};
    timeout.call.deadline_ms = 1;
    timeout.call.cancel = cancel;
    cancel_raise(cancel, CANCEL_STOP);
    timeouts_explain(&timeout, &c.diags);
    assert_int_equal(c.diags.count, 0);
    cancel_close(cancel);
    case_close(&c);
}

/* A recovery has the timeout of a creation. */
static void a_recovery_has_the_timeout_of_a_creation(void **) {
    RecoverOutcome outcome;
    ResourceCase c = case_open(&slow);
    assert_false(case_recover(&c, "{\"name\":\"a\",\"timeouts\":{\"create\":\"50ms\"}}", &outcome));
    assert_int_equal(c.diags.count, 2);
    check_str(c.diags.items[0].summary, "In doubt");
    check_str(c.diags.items[1].summary, "Operation timed out");
    case_close(&c);
}

/* A timeout of another operation, or a failure before the deadline, adds no error. */
static void other_errors_are_no_timeout(void **) {
    ResourceCase c = case_open(&slow);
    Value config = case_config(&c, "{\"name\":\"a\",\"timeouts\":{\"create\":\"1h\"}}");
    Timeout timeout = timeouts_begin(case_call(&c), config, "create");
    assert_int_equal(timeout.limit_ms, 3600000);
    assert_int_equal(timeout.call.deadline_ms, timeout.started_ms + 3600000);
    timeouts_explain(&timeout, &c.diags);
    assert_int_equal(c.diags.count, 0);
    assert_false(call_is_cancelled(&timeout.call));
    timeout = timeouts_begin(case_call(&c), config, "delete");
    assert_int_equal(timeout.call.deadline_ms, 0);
    case_close(&c);
}

static void a_changed_timeout_makes_no_call(void **state) {
    (void)state;
    const ResourceType *const types[] = {&slow, &fixed};
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        ResourceCase c = case_open(types[i]);
        c.state = case_config(&c, "{\"name\":\"a\",\"id\":\"1\"}");
        static const char *const json = "{\"name\":\"a\",\"timeouts\":{\"update\":\"5m\"}}";
        check_done(&c, case_plan(&c, json));
        assert_int_equal(c.plan.requires_replace.count, 0);
        check_done(&c, case_apply(&c, json));
        Value limits = case_attribute(&c, "timeouts");
        check_str(object_text(limits, "update", STR_EMPTY), "5m");
        assert_true(case_is_settled(&c, json));
        case_close(&c);
    }
}

static void durations_are_checked(void **) {
    ResourceCase c = case_open(&slow);
    check_done(&c, case_validate(&c, "{\"name\":\"a\",\"timeouts\":{\"read\":\"1h30m\"}}"));
    static const char *const bad[] = {"soon", "10", "-1s", "0s"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        Str json = str_format(c.arena, "{\"name\":\"a\",\"timeouts\":{\"read\":\"%s\"}}", bad[i]);
        assert_false(case_validate(&c, str_to_cstr(json, c.arena)));
    }
    case_close(&c);
}

UNIT_MAIN(test_timeouts) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timeout_is_reported),
        cmocka_unit_test(a_read_leaves_nothing_to_determine),
        cmocka_unit_test(an_interruption_is_no_timeout),
        cmocka_unit_test(a_recovery_has_the_timeout_of_a_creation),
        cmocka_unit_test(other_errors_are_no_timeout),
        cmocka_unit_test(a_changed_timeout_makes_no_call),
        cmocka_unit_test(durations_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
