#include "plan_case.h"
#include "render_diff.h"

typedef struct DiffCase {
    const char *before; /* "": absent */
    const char *after;
    RenderDiffKind kind;
    Action action;
    size_t parts;
} DiffCase;

static const DiffCase CASES[] = {
    {"1", "1", DIFF_LEAF, ACTION_NO_OP, 0},
    {"1", "2", DIFF_LEAF, ACTION_UPDATE, 0},
    {"", "2", DIFF_LEAF, ACTION_CREATE, 0},
    {"2", "", DIFF_LEAF, ACTION_DELETE, 0},
    {"1", "\"1\"", DIFF_TYPE_CHANGE, ACTION_UPDATE, 2},
    {"1", "null", DIFF_TYPE_CHANGE, ACTION_UPDATE, 2},
    {"[1]", "{\"$list\": [1]}", DIFF_LIST, ACTION_NO_OP, 1},
    {"{\"a\": 1}", "{\"$map\": {\"a\": 1}}", DIFF_OBJECT, ACTION_NO_OP, 1},
    {"", "{\"a\": {\"b\": 1}}", DIFF_OBJECT, ACTION_CREATE, 1},
    {"{\"a\": 1, \"b\": 2}", "{\"b\": 2}", DIFF_OBJECT, ACTION_UPDATE, 2},
    {"1", "{\"$unknown\": true}", DIFF_UNKNOWN, ACTION_UPDATE, 1},
    {"", "{\"$unknown\": true}", DIFF_UNKNOWN, ACTION_CREATE, 0},
    {"{\"$sensitive\": 1}", "{\"$sensitive\": 1}", DIFF_SENSITIVE, ACTION_NO_OP, 1},
    {"{\"$sensitive\": 1}", "1", DIFF_SENSITIVE, ACTION_UPDATE, 1},
};

static void cases(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        const DiffCase *row = &CASES[i];
        Value before = *row->before ? value_of(row->before) : value_of("-");
        Value after = *row->after ? value_of(row->after) : value_of("-");
        const RenderDiff *diff = render_diff_value(
            *row->before ? &before : NULL, *row->after ? &after : NULL, (RenderStyle){0}, arena);
        if (diff->kind != row->kind || diff->action != row->action || diff->count != row->parts) {
            fail_msg("%s -> %s: kind %d, action %s, %zu parts", row->before, row->after, diff->kind,
                     action_name(diff->action), diff->count);
        }
    }
}

static void bodies_without_schema(void **) {
    RenderDiffInput input = {.before = value_of("{\"a\": 1, \"gone\": 2, \"never\": null}"),
                             .after = value_of("{\"a\": 1, \"gone\": null, \"never\": null}")};
    const RenderDiff *diff = render_diff_body(&input, arena);
    assert_int_equal(diff->kind, DIFF_BODY);
    assert_int_equal(diff->count, 2);
    check_str(diff->names[1], "gone");
    assert_int_equal(diff->items[1]->action, ACTION_DELETE);
    input.before = input.after = value_of("{\"never\": null}");
    diff = render_diff_body(&input, arena);
    assert_int_equal(diff->count, 0);
    assert_int_equal(diff->blocks.count, 0);
}

UNIT_MAIN(test_render_diff) {
    const struct CMUnitTest tests[] = {PLAN_CASE(cases), PLAN_CASE(bodies_without_schema)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
