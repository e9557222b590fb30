/* The forms of strings in a plan, each as recorded in tests/plans/value_changes.txt. */
#include "disk.h"
#include "plan_case.h"
#include "render_text.h"
#include "render_text_string.h"

static const Attribute attributes[] = {{"input", &TYPE_DYNAMIC, OPTIONAL, "Any value."}};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

static Value wrapped(Str text) {
    if (str_equal(text, STR("-")))
        return value_null(schema_implied_type(&schema));
    Value *item = arena_new(arena, Value);
    *item = plan_case_read(text);
    return value_object_of(schema_implied_type(&schema), item);
}

/* The lines of the body. */
static Str rendered(Value before, Value after) {
    Action action = value_is_null(before)  ? ACTION_CREATE
                    : value_is_null(after) ? ACTION_DELETE
                                           : ACTION_UPDATE;
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    ResourceChange change = change_of("t.a", action, before, after);
    change.schema = &schema;
    vec_push(arena, &plan->changes, change);
    StrBuf out = strbuf_new(arena);
    render_text_plan(plan, (RenderStyle){0}, &out, arena);
    Str text = strbuf_str(&out);
    size_t start = str_find(text, STR("\"t\" \"a\" {\n"), 0);
    size_t end = str_find(text, STR("\n    }\n"), start);
    assert_true(start != SIZE_MAX && end != SIZE_MAX);
    return str_slice(text, start + strlen("\"t\" \"a\" {\n"), end);
}

static Str golden(void) {
    static const char path[] = LOAM_SOURCE_DIR "/tests/plans/value_changes.txt";
    Str text;
    assert_int_equal(disk_real.read_file(NULL, str_from_cstr(path), &text, arena), 0);
    return text;
}

static void recorded(void **) {
    Str text = golden();
    size_t count = 0;
    size_t start = str_find(text, STR("\n=== "), 0);
    while (start != SIZE_MAX) {
        size_t next = str_find(text, STR("\n=== "), start + 1);
        Str rest = str_slice(text, start + 1, next == SIZE_MAX ? text.len - 1 : next);
        Str name = STR_EMPTY, before = STR_EMPTY, after = STR_EMPTY;
        assert_true(str_next_field(&rest, '\n', &name) && str_next_field(&rest, '\n', &before) &&
                    str_next_field(&rest, '\n', &after));
        check_str_at(rendered(wrapped(before), wrapped(after)), rest, str_to_cstr(name, arena),
                     __FILE__, __LINE__);
        count++;
        start = next;
    }
    assert_true(count > 150);
}

static void quoting(void **) {
    check_str(render_text_string_quote(STR("a\"b\\\n\t\x01\x7f"), arena),
              "\"a\\\"b\\\\\\n\\t\\u0001\\u007f\"");
    check_str(render_text_string_quote(STR("\xc3\xa9 \xf0\x9f\x90\xa7"), arena),
              "\"\xc3\xa9 \xf0\x9f\x90\xa7\"");
    check_str(render_text_string_quote(STR("\xc2\x9b\xc2\xa0"), arena), "\"\\u009b\\u00a0\"");
}

UNIT_MAIN(test_render_text_string) {
    const struct CMUnitTest tests[] = {PLAN_CASE(recorded), PLAN_CASE(quoting)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
