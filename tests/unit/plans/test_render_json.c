#include "parts_sample.h"
#include "plan_sample.h"
#include "render_json.h"
#include "render_json_values.h"

typedef struct MaskCase {
    const char *value;
    const char *unknown;
    const char *sensitive;
} MaskCase;

static const MaskCase MASKS[] = {
    {"1", "false", "false"},
    {"null", "false", "false"},
    {"{\"$unknown\": true}", "true", "false"},
    {"{\"$sensitive\": [1]}", "[false]", "true"},
    {"[1, null, {\"$unknown\": true}]", "[false,false,true]", "[false,false,false]"},
    {"{\"a\": 1, \"b\": {}, \"c\": []}", "{\"b\":{},\"c\":[]}", "{\"b\":{},\"c\":[]}"},
    {"{\"a\": {\"b\": {\"$sensitive\": 1}}}", "{\"a\":{}}", "{\"a\":{\"b\":true}}"},
    {"{\"a\": {\"$unknown\": true}, \"b\": 2}", "{\"a\":true}", "{}"},
};

static void masks(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(MASKS); i++) {
        StrBuf out = strbuf_new(arena);
        JsonWriter writer;
        json_writer_init(&writer, &out, 0);
        render_json_values_mask(&writer, value_of(MASKS[i].value), MASK_UNKNOWN);
        check_str(strbuf_str(&out), MASKS[i].unknown);
        out.len = 0;
        json_writer_init(&writer, &out, 0);
        render_json_values_mask(&writer, value_of(MASKS[i].value), MASK_SENSITIVE);
        check_str(strbuf_str(&out), MASKS[i].sensitive);
    }
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    render_json_values_mask(&writer, value_unknown(&TYPE_LIST_OF_STRING), MASK_SENSITIVE);
    check_str(strbuf_str(&out), "[]");
}

static void one_change(void **) {
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    ResourceChange change = sample_replacement();
    render_json_change(&change, &writer);
    check_str(strbuf_str(&out),
              "{\"actions\":[\"create\",\"delete\"],\"before\":{\"a\":1,\"s\":\"x\"},"
              "\"after\":{\"s\":null},\"after_unknown\":{\"a\":true},"
              "\"before_sensitive\":{\"s\":true},\"after_sensitive\":{},"
              "\"replace_paths\":[[\"a\"],[\"s\",3,\"k\"]],\"importing\":{\"id\":\"i-1\"},"
              "\"generated_config\":\"resource \\\"t\\\" \\\"a\\\" {\\n}\"}");
}

static Str document(const Plan *plan) {
    StrBuf out = strbuf_new(arena);
    render_json_plan(plan, NULL, NULL, STR("1.11.4"), &out, arena);
    return strbuf_str(&out);
}

static void check_has(Str text, const char *part) {
    if (str_find(text, str_from_cstr(part), 0) == SIZE_MAX)
        fail_msg("%s\nis not in\n%.*s", part, STR_ARG(text));
}

static void whole_document(void **) {
    Plan *plan = plan_sample();
    plan->prior_state = STR(
        "{\"version\":4,\"outputs\":{\"p\":{\"value\":1,\"type\":\"number\"}},\"resources\":[]}");
    Str text = document(plan);
    Value parsed;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(text, &parsed, &error, &offset, arena));
    check_has(text, "{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\",\"variables\":{"
                    "\"v\":{\"value\":1}}");
    check_has(text, "\"planned_values\":{\"outputs\":{\"o\":{\"sensitive\":true}}");
    check_has(text, "\"child_modules\":[{\"resources\":[{\"address\":\"module.m[\\\"k\\\"].t.a[2]"
                    "\",\"mode\":\"managed\",");
    check_has(text, "}],\"address\":\"module.m[\\\"k\\\"]\"}]");
    check_has(text, "\"resource_drift\":[{\"address\":\"t.b\"");
    check_has(text, "\"module_address\":\"module.m[\\\"k\\\"]\"");
    check_has(text, "\"index\":2,");
    check_has(text, "\"previous_address\":\"t.old\"");
    check_has(text, "\"deposed\":\"0a0b0c0d\"");
    check_has(text, "\"action_reason\":\"replace_by_request\"");
    check_has(text, "\"change\":{\"actions\":[\"delete\"],\"before\":{\"a\":1},\"after\":null,"
                    "\"after_unknown\":{},\"before_sensitive\":{},\"after_sensitive\":false,"
                    "\"importing\":{\"identity\":{\"n\":\"i\"}},"
                    "\"before_identity\":{\"n\":\"b\"},\"after_identity\":{}}");
    check_has(
        text,
        "\"output_changes\":{\"o\":{\"actions\":[\"update\"],\"before\":[1],\"after\":[1,null],"
        "\"after_unknown\":[false,true],\"before_sensitive\":true,\"after_sensitive\":true}}");
    check_has(text, "\"prior_state\":{\"format_version\":\"1.0\"");
    check_has(text, "\"configuration\":{\"root_module\":{}},\"relevant_attributes\":[{}],");
    check_has(text, "\"timestamp\":\"2023-11-14T22:13:20Z\",\"applyable\":false,\"complete\":false,"
                    "\"errored\":true,\"unknown_variables\":[\"x\"],\"code\":\"sha256:0123\","
                    "\"code_files\":[\"a.txt\",\"maybe\"]}");
}

/* In planned values, an absent secret of a replacement has no mark. */
static void replaced_secrets(void **) {
    static const struct {
        Action action;
        ActionReason reason;
        const char *wanted;
    } cases[] = {
        {ACTION_UPDATE, REASON_NONE, "\"sensitive_values\":{\"n\":true,\"s\":true}"},
        {ACTION_DELETE_THEN_CREATE, REASON_NONE, "\"sensitive_values\":{\"s\":true}"},
        {ACTION_DELETE_THEN_CREATE, REASON_REPLACE_BECAUSE_TAINTED,
         "\"sensitive_values\":{\"n\":true,\"s\":true}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Plan *plan = plan_new(PLAN_NORMAL, arena);
        Value after = value_of("{\"n\": {\"$sensitive\": null}, \"s\": {\"$sensitive\": \"x\"}}");
        ResourceChange change = change_of("t.a", cases[i].action, value_of("{\"n\": 1}"), after);
        change.reason = cases[i].reason;
        vec_push(arena, &plan->changes, change);
        Str text = document(plan);
        check_has(text, cases[i].wanted);
        check_has(text, "\"after_sensitive\":{\"n\":true,\"s\":true}");
    }
}

static void refresh_only_lists_no_changes(void **) {
    Plan *plan = plan_new(PLAN_REFRESH_ONLY, arena);
    vec_push(arena, &plan->changes, change_of("t.a", ACTION_NO_OP, value_of("{}"), value_of("{}")));
    Str text = document(plan);
    check_has(text, "\"planned_values\":{\"root_module\":{}}");
    assert_true(str_find(text, STR("resource_changes"), 0) == SIZE_MAX);
    check_has(text, "\"complete\":true");
}

static void parts(void **) {
    Str text = document(parts_sample_plan());
    size_t start = str_find(text, STR("\"parts\":"), 0);
    size_t end = str_find(text, STR("\"timestamp\""), start);
    check_str(str_slice(text, start, end),
              "\"parts\":[{\"key\":\"v1/Pod/again\",\"change\":{\"actions\":[\"delete\",\"create\"]"
              ",\"before\":{\"ip\":\"1\",\"n\":1},\"after\":{\"ip\":\"2\",\"n\":1},\"after_unknown"
              "\":{},\"before_sensitive\":{},\"after_sensitive\":{},\"replace_paths\":[[\"ip\"]]},"
              "\"notes\":[{\"path\":\".ip\",\"text\":\"immutable\"}]},{\"key\":\"v1/Pod/b<b>\",\"ch"
              "ange\":{\"actions\":[\"create\"],\"before\":null,\"after\":{\"spec\":{\"n\":1}},\"af"
              "ter_unknown\":{\"at\":true,\"spec\":{}},\"before_sensitive\":false,\"after_sensitive"
              "\":{\"spec\":{}}}},{\"key\":\"v1/Pod/gone\",\"change\":{\"actions\":[\"delete\"],\"b"
              "efore\":{\"n\":1},\"after\":null,\"after_unknown\":{},\"before_sensitive\":{},\"afte"
              "r_sensitive\":false}},{\"key\":\"v1/Secret/s\",\"change\":{\"actions\":[\"update\"],"
              "\"before\":{\"data\":\"canary-one\",\"n\":1},\"after\":{\"data\":\"canary-two\",\"n"
              "\":1},\"after_unknown\":{},\"before_sensitive\":{\"data\":true},\"after_sensitive\":"
              "{\"data\":true}},\"notes\":[{\"text\":\"verified at apply\"}]},{\"key\":\"v1/Secret/"
              "whole\",\"change\":{\"actions\":[\"delete\"],\"before\":{\"data\":\"canary-three\","
              "\"more\":1},\"after\":null,\"after_unknown\":{},\"before_sensitive\":true,\"after_se"
              "nsitive\":false}}],\"parts_unknown\":true}],");
}

UNIT_MAIN(test_render_json) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(masks),
        PLAN_CASE(one_change),
        PLAN_CASE(whole_document),
        PLAN_CASE(refresh_only_lists_no_changes),
        PLAN_CASE(replaced_secrets),
        PLAN_CASE(parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
