/* A trace: its tree of spans, its attributes, the parent and the resource of OpenTelemetry. */
#include "report_sample.h"

static Str written(ReportInput *input) {
    StrBuf out = strbuf_new(arena);
    report_spans.write(input, &out, arena);
    return strbuf_str(&out);
}

/* The command ran for 90 ms; the plan contains one instance, with a call that failed. */
static TimelineSpans *sample_spans(void) {
    TimelineSpans *spans = arena_new(arena, TimelineSpans);
    spans->began_ms = 1700000000000;
    spans->length_ms = 90;
    static const struct {
        const char *name, *address;
        size_t parent;
        int64_t start, end;
        bool failed;
    } rows[] = {
        {"state read", "", TIMELINE_NONE, 1, 5, false},
        {"plan", "", TIMELINE_NONE, 6, 80, true},
        {"plan t.new", "t.new", 1, 7, 70, true},
        {"provider plan", "t.new", 2, 8, 60, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        vec_push(arena, &spans->items,
                 (TimelineSpan){str_from_cstr(rows[i].name), str_from_cstr(rows[i].address),
                                rows[i].parent, rows[i].start, rows[i].end, rows[i].failed});
    return spans;
}

static ReportInput spans_input(void) {
    Plan *plan = sample_plan();
    plan->serial = 7;
    return (ReportInput){
        .plan = plan,
        .diags = sample_diags(),
        .spans = sample_spans(),
        .title = STR("plan"),
        .version = STR("1.2.3"),
    };
}

/* Returns the text of the member in the span of that name. */
static Str member_of(Str text, const char *name, const char *member) {
    Str named = str_format(arena, "\"name\":\"%s\"", name);
    size_t at = str_find(text, named, 0);
    assert_true(at != SIZE_MAX);
    size_t start = 0;
    for (size_t next; (next = str_find(text, STR("{\"traceId\""), start)) < at;)
        start = next + 1;
    Str of = str_after(text, start - 1);
    of = str_slice(of, 0, str_find(of, STR("]"), 0));
    Str key = str_format(arena, "\"%s\":\"", member);
    at = str_find(of, key, 0);
    if (at == SIZE_MAX)
        return STR_EMPTY;
    of = str_after(of, at + key.len);
    return str_slice(of, 0, str_find_char(of, '"', 0));
}

static void tree(void **) {
    ReportInput input = spans_input();
    Str text = written(&input);
    Str command = member_of(text, "loam plan", "spanId");
    assert_int_equal(command.len, 16);
    check_str(member_of(text, "loam plan", "parentSpanId"), "");
    check_str_equal(member_of(text, "state read", "parentSpanId"), command);
    check_str_equal(member_of(text, "plan", "parentSpanId"), command);
    check_str_equal(member_of(text, "plan t.new", "parentSpanId"),
                    member_of(text, "plan", "spanId"));
    check_str_equal(member_of(text, "provider plan", "parentSpanId"),
                    member_of(text, "plan t.new", "spanId"));
    check_str_equal(member_of(text, "provider plan", "traceId"),
                    member_of(text, "loam plan", "traceId"));
    check_str(member_of(text, "loam plan", "startTimeUnixNano"), "1700000000000000000");
    check_str(member_of(text, "loam plan", "endTimeUnixNano"), "1700000000090000000");
    check_str(member_of(text, "provider plan", "startTimeUnixNano"), "1700000000008000000");
    check_str(member_of(text, "provider plan", "endTimeUnixNano"), "1700000000060000000");
    assert_true(str_find(text,
                         STR("{\"key\":\"loam.address\",\"value\":{\"stringValue\":\"t.new\"}},"
                             "{\"key\":\"loam.action\",\"value\":{\"stringValue\":\"create\"}}"),
                         0) != SIZE_MAX);
    assert_true(str_find(text, STR("{\"key\":\"loam.serial\",\"value\":{\"intValue\":\"7\"}}"),
                         0) != SIZE_MAX);
    assert_true(str_find(text, STR("\"status\":{\"code\":2}"), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("canary"), 0) == SIZE_MAX);
    assert_true(str_find(text, STR("failed"), 0) == SIZE_MAX); /* texts of diagnostics */
}

static void parents(void **) {
    static const struct {
        const char *text;
        bool is_used;
    } cases[] = {
        {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true},
        {"00-00000000000000000000000000000000-b7ad6b7169203331-01", false},
        {"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false},
        {"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false},
        {"00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01", false},
        {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0", false},
        {"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false},
        {"x", false},
        {"", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ReportInput input = spans_input();
        input.parent = str_from_cstr(cases[i].text);
        input.trace_state = STR("a=1");
        Str text = written(&input);
        Str trace = member_of(text, "loam plan", "traceId");
        assert_int_equal(trace.len, 32);
        assert_int_equal(str_equal(trace, STR("0af7651916cd43dd8448eb211c80319c")),
                         cases[i].is_used);
        check_str(member_of(text, "loam plan", "parentSpanId"),
                  cases[i].is_used ? "b7ad6b7169203331" : "");
        check_str(member_of(text, "state read", "traceState"), "a=1");
    }
}

static void resources(void **) {
    static const struct {
        const char *service, *given, *wanted;
    } cases[] = {
        {"", "", "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"loam\"}}"},
        {"s", "service.name=other", "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"s\"}}"},
        {"", "service.name=o%20o,bad,=x,z=%g", "{\"stringValue\":\"o o\"}"},
        {"", " team = a%2Cb ",
         "{\"key\":\"team\",\"value\":{\"stringValue\":\"a,b\"}},{\"key\":\"ser"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ReportInput input = spans_input();
        input.service = str_from_cstr(cases[i].service);
        input.resource = str_from_cstr(cases[i].given);
        Str text = written(&input);
        text = str_slice(text, 0, str_find(text, STR("scopeSpans"), 0));
        if (str_find(text, str_from_cstr(cases[i].wanted), 0) == SIZE_MAX)
            fail_msg("%s: %.*s", cases[i].given, STR_ARG(text));
        assert_true(str_find(text, STR("\"z\""), 0) == SIZE_MAX);
    }
    ReportInput input = spans_input();
    input.plan = NULL;
    assert_true(str_find(written(&input), STR("loam.serial"), 0) == SIZE_MAX);
}

UNIT_MAIN(test_report_spans) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(tree),
        PLAN_CASE(parents),
        PLAN_CASE(resources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
