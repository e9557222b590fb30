#include "report_sample.h"
#include "report_sarif.h"

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

static void findings(void **state) {
    (void)state;
    ReportInput input = sample_input();
    check_str(results_of(run_of(&input)), "loam/error error main%20file.tf:2\n"
                                          "loam/warning warning\n"
                                          "loam/check error main%20file.tf:2 check.c\n"
                                          "loam/destroy warning main%20file.tf:2 t.gone[\"x|y\"]\n"
                                          "loam/replace warning t.again\n");
}

/* Every rule that a result names is at the index that the result gives. */
static void rules(void **state) {
    (void)state;
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
static void fingerprints(void **state) {
    (void)state;
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

int main(void) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(findings),
        PLAN_CASE(rules),
        PLAN_CASE(fingerprints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
