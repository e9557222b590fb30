/* report_sample: a plan with a change of each section, messages, and a run of it. */
#pragma once

#include "plan_case.h"
#include "report.h"

static inline ResourceChange *sample_add(Plan *plan, const char *address, Action action,
                                         const char *before, const char *after) {
    vec_push(arena, &plan->changes, change_of(address, action, value_of(before), value_of(after)));
    return &vec_last(&plan->changes);
}

static inline Plan *sample_plan(void) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    sample_add(plan, "t.new", ACTION_CREATE, "-", "{\"a\": \"<b>```\"}");
    sample_add(plan, "t.gone[\"x|y\"]", ACTION_DELETE, "{\"a\": 1}", "-");
    sample_add(plan, "t.other", ACTION_UPDATE, "{\"a\": 1, \"pw\": {\"$sensitive\": \"canary\"}}",
               "{\"a\": 2, \"pw\": {\"$sensitive\": \"canary2\"}}");
    sample_add(plan, "t.again", ACTION_DELETE_THEN_CREATE, "{\"a\": 1}", "{\"a\": 2}");
    sample_add(plan, "t.same", ACTION_NO_OP, "{\"a\": 1}", "{\"a\": 1}");
    vec_push(arena, &plan->outputs,
             (OutputChange){STR("o"), ACTION_CREATE, value_of("-"), value_of("\"canary\""), true});
    plan->workspace = STR("default");
    plan->checks =
        STR("[{\"object_kind\":\"check\",\"config_addr\":\"check.c\",\"status\":\"fail\","
            "\"objects\":[{\"object_addr\":\"check.c\",\"status\":\"fail\","
            "\"failure_messages\":[\"It is not so.\"]}]}]");
    plan_sort(plan);
    return plan;
}

static inline Diags *sample_diags(void) {
    Diags *diags = arena_new(arena, Diags);
    *diags = diags_new(arena);
    const SourceText *source = source_text_new(STR("main file.tf"), STR("one\ntwo three\n"), arena);
    diags_error(diags, (SourceRange){source, 8, 13}, "It <failed>", "Because of \"%s\".", "x");
    diags_warning(diags, NO_RANGE, "Look", "Again.");
    return diags;
}

static inline SourceRange sample_locate(void *, Str address) {
    static const SourceText *source;
    source = source_text_new(STR("main file.tf"), STR("one\ntwo three\n"), arena);
    bool is_known = str_equal(address, STR("t.gone")) || str_equal(address, STR("check.c"));
    return is_known ? (SourceRange){source, 4, 7} : NO_RANGE;
}

static inline Timeline *sample_timeline(const Plan *plan) {
    Timeline *timeline = arena_new(arena, Timeline);
    static const struct {
        TimelineKind kind;
        const char *address;
        const char *what;
        Action action;
        int64_t start_ms, end_ms;
    } rows[] = {
        {TIMELINE_APPLY, "t.again", "", ACTION_DELETE, 0, 1000},
        {TIMELINE_APPLY, "t.other", "", ACTION_UPDATE, 0, 500},
        {TIMELINE_APPLY, "t.again", "", ACTION_DELETE_THEN_CREATE, 1000, 3000},
        {TIMELINE_PROVISION, "t.again", "local-exec", ACTION_DELETE_THEN_CREATE, 2000, 3000},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        TimelineRow row = {
            .kind = rows[i].kind,
            .address = str_from_cstr(rows[i].address),
            .block = str_from_cstr(rows[i].address),
            .what = str_from_cstr(rows[i].what),
            .action = rows[i].action,
            .start_ms = rows[i].start_ms,
            .end_ms = rows[i].end_ms,
            .failed = i == 1,
        };
        vec_push(arena, &timeline->rows, row);
    }
    timeline->length_ms = 3000;
    timeline_link(timeline, plan, arena);
    return timeline;
}

static inline ReportInput sample_input(void) {
    return (ReportInput){
        .plan = sample_plan(),
        .diags = sample_diags(),
        .title = STR("plan"),
        .version = STR("1.2.3"),
        .size_limit = REPORT_SIZE_LIMIT,
        .locate = sample_locate,
    };
}

static inline Str sample_write(const ReportKind *kind, const ReportInput *input) {
    StrBuf out = strbuf_new(arena);
    kind->write(input, &out, arena);
    return strbuf_str(&out);
}

static inline bool has(Str text, const char *part) {
    return str_find(text, str_from_cstr(part), 0) != SIZE_MAX;
}

/* Checks that the text has all parts in this order. */
static inline void check_has(Str text, const char *const *parts, size_t count) {
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t found = str_find(text, str_from_cstr(parts[i]), at);
        if (found == SIZE_MAX)
            fail_msg("\"%s\" does not stand behind offset %zu of\n%.*s", parts[i], at,
                     STR_ARG(text));
        at = found + strlen(parts[i]);
    }
}
#define CHECK_HAS(text, ...)                                                                       \
    check_has(text, (const char *const[]){__VA_ARGS__},                                            \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
