/* The rows of each kind, and the result of a pod, which is hostile text. */
#include "approval.h"
#include "job.h"
#include "lane.h"
#include "operator_case.h"
#include "pod.h"
#include "record_case.h"
#include "run_result.h"
#include "source.h"

#define TIME "\"2026-01-02T03:04:05Z\""

static void every_row(void **) {
    static const RecordSample samples[] = {
        {"creationTimestamp", TIME, false},
        {"deletionTimestamp", TIME, false},
        {"lastTransitionTime", TIME, false},
        {"queuedAt", TIME, false},
        {"startedAt", TIME, false},
        {"plannedAt", TIME, false},
        {"approvedAt", TIME, false},
        {"finishedAt", TIME, false},
        {"expiresAt", TIME, false},
        {"driftSince", TIME, false},
        {"changedAt", TIME, false},
        {"nextRunAt", TIME, false},
        {"startTime", TIME, false},
        {"spec", "{\"path\":\"./a\"}", false},
        {"template", "{\"path\":\"./a\"}", false},
        {NULL, NULL, false},
    };
    static const Record *const records[] = {&stack_record, &run_record,       &approval_record,
                                            &lane_record,  &source_record,    &job_record,
                                            &pod_record,   &run_result_record};
    for (size_t i = 0; i < ARRAY_COUNT(records); i++) {
        RecordCase it = {records[i], 0, samples, arena};
        record_case_rows(&it, NULL);
    }
}

/* Defaults of fields that an older definition does not fill in. */
static void defaults(void **) {
    Stack stack = {0};
    object_of(&stack_record, &stack, "{\"metadata\":{\"name\":\"a\"},\"spec\":{}}");
    assert_int_equal(stack.status.observed_generation, -1);
    assert_int_equal(stack.spec.interval_ms, 60 * MINUTE);
    assert_int_equal(stack.spec.approval.mode, APPROVAL_MODE_MANUAL);
    assert_int_equal(stack.spec.approval.required, 1);
    assert_int_equal(stack.spec.deletion_policy, DELETION_POLICY_ORPHAN);
    check_str(stack.spec.service_account, "loam-runner");
    object_of(&stack_record, &stack,
              "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"approval\":{\"mode\":\"Safe\"},"
              "\"interval\":\"1h30m\"}}");
    assert_int_equal(stack.spec.approval.expires_ms, MINUTE * 24 * 60);
    assert_int_equal(stack.spec.interval_ms, 90 * MINUTE);
}

/* Each reason leads to one of Ready, and to at most one of Reconciling and Stalled. */
static void reasons(void **) {
    for (Reason reason = REASON_PROGRESSING; reason < REASON_COUNT; reason++) {
        StatusConditions conditions = {0};
        const ReasonRow *row = reason_row(reason);
        assert_true(row->name && row->name[0]);
        assert_false(row->is_reconciling && row->is_stalled);
        assert_false(row->ready == CONDITION_TRUE && (row->is_reconciling || row->is_stalled));
        reason_set_conditions(&conditions, REASON_INVALID_SPEC, STR("m"), (ReasonTime){NOW, 1},
                              arena);
        reason_set_conditions(&conditions, reason, STR("m"), (ReasonTime){NOW + 1, 2}, arena);
        assert_int_equal(object_meta_condition(&conditions, "Ready")->status, row->ready);
        assert_int_equal(object_meta_condition(&conditions, "Stalled") != NULL, row->is_stalled);
        assert_int_equal(object_meta_condition(&conditions, "Reconciling") != NULL,
                         row->is_reconciling);
        assert_int_equal(object_meta_condition(&conditions, "Ready")->since_ms,
                         row->ready == CONDITION_FALSE ? NOW : NOW + 1);
    }
}

#define HEX    "0123456789012345678901234567890123456789012345678901234567890123"
#define DIGEST "sha256:" HEX
#define UPPER  "sha256:A123456789012345678901234567890123456789012345678901234567890123"

static void hostile_results(void **) {
    static const char *const bad[] = {
        "",
        "null",
        "[]",
        "{}",                                              /* no version */
        "{\"v\":2}",                                       /* a newer one */
        "{\"v\":1",                                        /* cut */
        "{\"v\":1,\"plan\":{\"digest\":\"" HEX "\"}}",     /* no algorithm */
        "{\"v\":1,\"plan\":{\"digest\":\"" DIGEST "0\"}}", /* too long */
        "{\"v\":1,\"plan\":{\"code\":\"sha256:../../etc\"}}",
        "{\"v\":1,\"outputs\":\"" UPPER "\"}",
        "{\"v\":1,\"changes\":{\"add\":-1}}",
        "{\"v\":1,\"changes\":{\"add\":4294967296}}",
        "{\"v\":1,\"state\":{\"lineage\":\"l\",\"serial\":9223372036854775808}}",
        "{\"v\":1,\"errors\":{}}",
    };
    RunResult result = {.version = 77};
    Str deep = str_format(arena, "{\"v\":1,\"x\":%0*d}", RUN_RESULT_MAX, 0);
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(run_result_read(str_from_cstr(bad[i]), &result, arena));
    assert_false(run_result_read(deep, &result, arena));
    assert_int_equal(result.version, 77); /* untouched */
    assert_true(run_result_read(
        STR("{\"v\":1,\"plan\":{\"digest\":\"" DIGEST "\"},\"outputNames\":[\"a\\nReady=True\"],"
            "\"errors\":[{\"summary\":\"a\\u001b[31m\\nb\",\"address\":\"x\\ty\"}],"
            "\"summary\":\"# a\\u001b]0;t\\u0007\\nb\",\"state\":{\"lineage\":\"l\\nm\"}}"),
        &result, arena));
    check_str(result.plan.digest, DIGEST);
    check_str(result.errors.items[0].summary, "a b");
    check_str(result.output_names.items[0], "a Ready=True");
    check_str(result.state.lineage, "l m");
    check_str(result.summary, "# a\nb");
}

UNIT_MAIN(test_operator_objects) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row),
        cmocka_unit_test(defaults),
        cmocka_unit_test(reasons),
        cmocka_unit_test(hostile_results),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
