#include "report.h"
#include "report_sample.h"

static Value member(Value v, const char *name) {
    Value found;
    if (!value_find(v, str_from_cstr(name), &found))
        fail_msg("no %s", name);
    return found;
}

static Value run_of(const ReportInput *input) {
    Value document;
    const char *error;
    size_t offset;
    Str text = sample_write(&report_sarif, input);
    assert_true(json_parse_any(text, &document, &error, &offset, arena));
    check_str(value_text(member(document, "version")), "2.1.0");
    return value_at(member(document, "runs"), 0);
}

/* rule, level, file and line, address; one result per line. */
static Str results_of(Value run) {
    StrBuf text = strbuf_new(arena);
    Value results = member(run, "results");
    for (size_t i = 0; i < results.count; i++) {
        Value result = value_at(results, i), locations, place;
        strbuf_add_format(&text, "%.*s %.*s", STR_ARG(value_text(member(result, "ruleId"))),
                          STR_ARG(value_text(member(result, "level"))));
        if (value_find(result, STR("locations"), &locations) &&
            value_find(value_at(locations, 0), STR("physicalLocation"), &place)) {
            Str uri = value_text(member(member(place, "artifactLocation"), "uri"));
            int64_t line;
            assert_true(value_to_int(member(member(place, "region"), "startLine"), &line));
            strbuf_add_format(&text, " %.*s:%d", STR_ARG(uri), (int)line);
        }
        if (value_find(result, STR("locations"), &locations) &&
            value_find(value_at(locations, 0), STR("logicalLocations"), &place)) {
            strbuf_add_format(
                &text, " %.*s",
                STR_ARG(value_text(member(value_at(place, 0), "fullyQualifiedName"))));
        }
        strbuf_add_char(&text, '\n');
    }
    return strbuf_str(&text);
}

static void findings(void **) {
    ReportInput input = sample_input();
    check_str(results_of(run_of(&input)), "loam/error error main%20file.tf:2\n"
                                          "loam/warning warning\n"
                                          "loam/check error main%20file.tf:2 check.c\n"
                                          "loam/destroy warning main%20file.tf:2 t.gone[\"x|y\"]\n"
                                          "loam/replace warning t.again\n");
}

/* Columns count code points, not grapheme clusters, UTF-16 units or bytes. */
static void columns(void **) {
    static const struct {
        const char *before;
        int64_t column;
    } cases[] = {
        {"", 1},
        {"ab", 3},
        {"\xc3\xa4", 2},          /* one code point of two bytes */
        {"a\xcc\x88", 3},         /* a letter and a combining mark: one cluster */
        {"\xf0\x9f\x98\x80", 2},  /* two UTF-16 units */
        {"x = 1\na\xcc\x88 ", 4}, /* in the second line */
        {"\xef\xbb\xbf"
         "a",
         2}, /* a byte order mark is no character of the line */
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str text = str_format(arena, "%sword", cases[i].before);
        uint32_t start = (uint32_t)strlen(cases[i].before);
        Diags diags = diags_new(arena);
        SourceRange range = {source_text_new(STR("main.tf"), text, arena), start, start + 4};
        diags_error(&diags, range, "Wrong", "It is wrong.");
        ReportInput input = {.diags = &diags};
        Value results = member(run_of(&input), "results");
        Value place = value_at(member(value_at(results, 0), "locations"), 0);
        Value region = member(member(place, "physicalLocation"), "region");
        int64_t first, last;
        assert_true(value_to_int(member(region, "startColumn"), &first));
        assert_true(value_to_int(member(region, "endColumn"), &last));
        if (first != cases[i].column || last != first + 4)
            fail_msg("case %zu: columns %d to %d", i, (int)first, (int)last);
    }
}

/* Every rule that a result names is at the index that the result gives. */
static void rules(void **) {
    ReportInput input = sample_input();
    Value run = run_of(&input);
    Value known = member(member(member(run, "tool"), "driver"), "rules");
    Value results = member(run, "results");
    for (size_t i = 0; i < results.count; i++) {
        int64_t index;
        assert_true(value_to_int(member(value_at(results, i), "ruleIndex"), &index));
        Str id = value_text(member(value_at(known, (size_t)index), "id"));
        assert_true(str_equal(id, value_text(member(value_at(results, i), "ruleId"))));
    }
}

/* A finding has the same fingerprint in the next run; different findings have different ones. */
static void fingerprints(void **) {
    ReportInput input = sample_input();
    Value first = member(run_of(&input), "results");
    input.now_ms = 99;
    Value second = member(run_of(&input), "results");
    for (size_t i = 0; i < first.count; i++) {
        Value print = member(value_at(first, i), "partialFingerprints");
        assert_true(value_equal(print, member(value_at(second, i), "partialFingerprints")));
        for (size_t j = 0; j < i; j++)
            assert_false(value_equal(print, member(value_at(first, j), "partialFingerprints")));
    }
}

UNIT_MAIN(test_report_sarif) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(findings),
        PLAN_CASE(columns),
        PLAN_CASE(rules),
        PLAN_CASE(fingerprints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
