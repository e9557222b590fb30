#include "plan_json.h"
#include "plan_sample.h"
#include "record_case.h"

static Plan *decoded(Str text) {
    Plan *plan;
    const char *error;
    if (!plan_json_decode(text, &plan, &error, arena))
        fail_msg("%s: %.*s", error, STR_ARG(text));
    return plan;
}

/* A document with a sample of every member of a plan and of its parts. */
static const RecordSample SAMPLES[] = {
    {"mode", "\"refresh-only\"", true},
    {"format", "1", false},
    {"before", "{\"type\":\"string\",\"of\":\"b\"}", false},
    {"after", "{\"type\":\"string\",\"unknown\":true}", false},
    {"config", "{\"type\":\"string\",\"of\":\"c\"}", false},
    {"value", "{\"type\":\"string\",\"marks\":1,\"of\":\"v\"}", false},
    {"import_identity", "{\"type\":\"string\",\"of\":\"i\"}", false},
    {"before_identity", "{\"type\":\"string\",\"of\":\"j\"}", false},
    {"after_identity", "{\"type\":\"string\",\"of\":\"k\"}", false},
    {"action", "\"action.t.a\"", false},
    {"address", "\"module.m[\\\"k\\\"].t.a[2]\"", false},
    {"previous", "\"t.previous\"", false},
    {"caller", "\"t.caller\"", false},
    {"path", "[\"s\",{\"type\":\"number\",\"of\":3}]", false},
    {"replace_paths", "[[\"a\"],[\"s\",{\"type\":\"number\",\"of\":3}]]", false},
    {"event", "\"after_destroy\"", false},
    {"title", "\"title\"", false},
    {NULL, NULL, false},
};

static const Record *record_of(const Record *record, const char *key) {
    size_t at = 0;
    const RecordRow *row = record_find(record, str_from_cstr(key), &at);
    assert_non_null(row);
    return row->record;
}

/* The rows of a struct, and that each of its members has one. `others`: not saved, or saved by the
 * row of the whole struct. */
#define CHECK_SAVED(T, rows, variants, ...)                                                        \
    do {                                                                                           \
        static const RecordSpan others[] = {__VA_ARGS__ __VA_OPT__(, ){0, 0}};                     \
        bool has_format;                                                                           \
        RecordCase it = {(rows), (variants), SAMPLES, arena};                                      \
        record_case_members(T, (rows), others);                                                    \
        record_case_rows(&it, &has_format);                                                        \
    } while (0)

static void every_member(void **) {
    const Record *plan = &plan_json_record, *change = record_of(plan, "changes");
    const Record *part = record_of(change, "parts"), *drift = record_of(plan, "drift");
    const Record *invocation = record_of(change, "invocations");
    CHECK_SAVED(Plan, plan, 2, RECORD_SPAN(Plan, only_reports), RECORD_SPAN(Plan, is_continued),
                RECORD_SPAN(Plan, module_outputs), RECORD_SPAN(Plan, digest),
                RECORD_SPAN(Plan, prior_state), RECORD_SPAN(Plan, previous_state));
    CHECK_SAVED(PlanFile, record_of(plan, "files"), 0);
    CHECK_SAVED(PlanVariable, record_of(plan, "variables"), 0);
    CHECK_SAVED(ResourceChange, change, 2, RECORD_SPAN(ResourceChange, schema),
                RECORD_SPAN(ResourceChange, has_effect));
    CHECK_SAVED(DeferredChange, record_of(plan, "deferred"), 2,
                RECORD_SPAN(DeferredChange, change.schema),
                RECORD_SPAN(DeferredChange, change.has_effect));
    CHECK_SAVED(PartChange, part, 0, RECORD_SPAN(PartChange, title));
    CHECK_SAVED(ChangeNote, record_of(part, "notes"), 0);
    for (unsigned variant = 1; variant <= 2; variant++)
        CHECK_SAVED(ActionInvocation, invocation, variant, RECORD_SPAN(ActionInvocation, schema),
                    RECORD_SPAN(ActionInvocation, is_requested),
                    RECORD_SPAN(ActionInvocation, event));
    CHECK_SAVED(Drift, drift, 0, RECORD_SPAN(Drift, schema));
    CHECK_SAVED(DriftField, record_of(drift, "fields"), 0);
    CHECK_SAVED(OutputChange, record_of(plan, "outputs"), 0);
}

static void content(void **) {
    const Plan *plan = decoded(plan_json_encode(plan_sample(), arena));
    assert_int_equal(plan->mode, PLAN_DESTROY);
    assert_true(plan->errored);
    assert_false(plan->complete);
    assert_true(plan->is_full_refresh);
    assert_true(plan->serial == UINT64_MAX);
    assert_int_equal(plan->changes.count, 3);
    const ResourceChange *change = plan_find(plan, address_of("module.m[\"k\"].t.a[2]"), STR_EMPTY);
    assert_non_null(change);
    assert_int_equal(change->reason, REASON_REPLACE_BY_REQUEST);
    check_str_equal(change->private_data, ((Str){"\0\xff", 2}));
    check_str(path_to_str(change->replace_paths.items[1], arena), ".s[3][\"k\"]");
    check_str(change->notes.items[0].text, "live: setMemory");
    check_str(change->dependencies[1], "t.b");
    assert_true(value_is_null(change->config));
    assert_false(value_is_known(value_attribute(change->after, STR("a"))));
    assert_true(value_has_mark(value_attribute(change->before, STR("s")), MARK_SENSITIVE));
    assert_true(plan->outputs.items[0].sensitive);
    assert_true(plan->outputs.items[0].is_deferred);
    assert_true(plan_has_deferrals(plan));
    assert_int_equal(plan->deferred.items[0].deferral, DEFERRAL_DEPENDENT);
    assert_int_equal(plan->deferred.items[1].change.address.key.kind, KEY_UNKNOWN);
    check_str(plan->deferred_blocks.items[0], "module.n[*]");
}

static const char *const BROKEN[] = {
    "",
    "[]",
    "{}",
    "{\"mode\":\"normal\"}",
    "{",
    "{} {}",
    "{\"format\":2}",
    "{\"format\":1,\"mode\":\"other\"}",
    "{\"format\":1,\"mode\":1}",
    "{\"format\":1,\"changes\":{}}",
    "{\"format\":1,\"changes\":[1]}",
    "{\"format\":1,\"changes\":[{\"address\":\"nothing\"}]}",
    "{\"format\":1,\"changes\":[{\"action\":\"explode\"}]}",
    "{\"format\":1,\"changes\":[{\"reason\":\"why\"}]}",
    "{\"format\":1,\"changes\":[{\"before\":1}]}",
    "{\"format\":1,\"changes\":[{\"private\":\"%\"}]}",
    "{\"format\":1,\"changes\":[{\"replace_paths\":[1]}]}",
    "{\"format\":1,\"changes\":[{\"future\":1}]}",
    "{\"format\":1,\"deferred\":[{\"deferral\":\"someday\"}]}",
    "{\"format\":1,\"deferred\":[{\"future\":1}]}",
    "{\"format\":1,\"files\":[{\"future\":1}]}",
    "{\"format\":1,\"targets\":[1]}",
    "{\"format\":1,\"ephemeral_variables\":[1]}",
    "{\"format\":1,\"future\":1}",
    "{\"format\":1,\"serial\":-1}",
};

static void broken(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(BROKEN); i++) {
        Plan *plan = NULL;
        const char *error = NULL;
        if (plan_json_decode(str_from_cstr(BROKEN[i]), &plan, &error, arena))
            fail_msg("accepted: %s", BROKEN[i]);
        assert_null(plan);
        assert_non_null(error);
    }
}

/* A truncated text is rejected at every length, without a read past the end. */
static void cut_short(void **) {
    Str text = plan_json_encode(plan_sample(), arena);
    for (size_t len = 0; len < text.len; len++) {
        Plan *plan;
        const char *error;
        assert_false(
            plan_json_decode(str_clone(str_slice(text, 0, len), arena), &plan, &error, arena));
    }
}

UNIT_MAIN(test_plan_json) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(every_member),
        PLAN_CASE(content),
        PLAN_CASE(broken),
        PLAN_CASE(cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
