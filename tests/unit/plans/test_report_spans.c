/* A trace: its tree of spans, its attributes, the parent and the resource of OpenTelemetry. */
#include "report_sample.h"

static Str written(ReportInput *input) {
    StrBuf out = strbuf_new(arena);
    report_spans.write(input, &out, arena);
    return strbuf_str(&out);
}

/* The command ran for 90 ms; the plan contains one instance, with a call that failed. */
static const OtlpSpans *sample_spans(void) {
    OtlpSpans *spans = arena_new(arena, OtlpSpans);
    static const OtlpSpan rows[] = {
        {STR_CONST("state read"), STR_CONST("1111111111111111"), STR_CONST("0000000000000005"),
         1700000000001, 1700000000005},
        {STR_CONST("provider plan"),
         STR_CONST("4444444444444444"),
         STR_CONST("3333333333333333"),
         1700000000008,
         1700000000060,
         {{"loam.address", STR_CONST("t.new"), false}},
         "provider"},
        {STR_CONST("loam plan"),
         STR_CONST("0000000000000005"),
         STR_CONST(""),
         1700000000000,
         1700000000090,
         {{"loam.workspace", STR_CONST("")}, {"loam.serial", STR_CONST("7"), true}}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        vec_push(arena, spans, rows[i]);
    return spans;
}

static ReportInput spans_input(void) {
    return (ReportInput){
        .plan = sample_plan(),
        .diags = sample_diags(),
        .spans = sample_spans(),
        .title = STR("plan"),
        .resource = {.version = STR("1.2.3")},
        .trace = STR("0af7651916cd43dd8448eb211c80319c"),
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
    input.trace_state = STR("a=1");
    Str text = written(&input);
    check_str(member_of(text, "loam plan", "parentSpanId"), "");
    check_str_equal(member_of(text, "state read", "parentSpanId"),
                    member_of(text, "loam plan", "spanId"));
    check_str(member_of(text, "state read", "traceState"), "a=1");
    check_str(member_of(text, "provider plan", "traceId"), "0af7651916cd43dd8448eb211c80319c");
    check_str(member_of(text, "loam plan", "startTimeUnixNano"), "1700000000000000000");
    check_str(member_of(text, "loam plan", "endTimeUnixNano"), "1700000000090000000");
    check_str(member_of(text, "provider plan", "startTimeUnixNano"), "1700000000008000000");
    check_str(member_of(text, "provider plan", "endTimeUnixNano"), "1700000000060000000");
    static const char *const wanted[] = {
        "\"attributes\":[{\"key\":\"loam.address\",\"value\":{\"stringValue\":\"t.new\"}},"
        "{\"key\":\"error.type\",\"value\":{\"stringValue\":\"provider\"}}],"
        "\"status\":{\"code\":2}",
        "\"attributes\":[{\"key\":\"loam.serial\",\"value\":{\"intValue\":\"7\"}}]",
    };
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        if (str_find(text, str_from_cstr(wanted[i]), 0) == SIZE_MAX)
            fail_msg("no %s in %.*s", wanted[i], STR_ARG(text));
    }
    assert_true(str_find(text, STR("canary"), 0) == SIZE_MAX);
    assert_true(str_find(text, STR("failed"), 0) == SIZE_MAX); /* texts of diagnostics */
}

static void parents(void **) {
    static const struct {
        const char *text;
        bool is_used, is_sampled;
    } cases[] = {
        {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true, true},
        {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", true, false},
        {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03", true, true},
        {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02", true, false},
        {"00-00000000000000000000000000000000-b7ad6b7169203331-01", false, true},
        {"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false, true},
        {"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false, true},
        {"00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01", false, true},
        {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0", false, false},
        {"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false, true},
        {"x", false, false},
        {"", false, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str header = str_from_cstr(cases[i].text), trace = STR_EMPTY, span = STR_EMPTY;
        assert_int_equal(otlp_body_read_parent(header, &trace, &span), cases[i].is_used);
        assert_int_equal(otlp_body_is_sampled(header), cases[i].is_sampled);
        check_str(trace, cases[i].is_used ? "0af7651916cd43dd8448eb211c80319c" : "");
        check_str(span, cases[i].is_used ? "b7ad6b7169203331" : "");
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
        input.resource.service = str_from_cstr(cases[i].service);
        input.resource.attributes = str_from_cstr(cases[i].given);
        Str text = written(&input);
        text = str_slice(text, 0, str_find(text, STR("scopeSpans"), 0));
        if (str_find(text, str_from_cstr(cases[i].wanted), 0) == SIZE_MAX)
            fail_msg("%s: %.*s", cases[i].given, STR_ARG(text));
        assert_true(str_find(text, STR("\"z\""), 0) == SIZE_MAX);
    }
}

UNIT_MAIN(test_report_spans) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(tree),
        PLAN_CASE(parents),
        PLAN_CASE(resources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
