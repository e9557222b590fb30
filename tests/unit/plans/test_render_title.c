#include "plan_case.h"
#include "render_title.h"

static void titles(void **) {
    static const struct {
        const char *address;
        Action action;
        ActionReason reason;
        const char *wanted;
    } cases[] = {
        {"t.a", ACTION_CREATE, REASON_NONE, "t.a will be created"},
        {"t.a[0]", ACTION_UPDATE, REASON_NONE, "t.a[0] will be updated in-place"},
        {"data.t.a", ACTION_READ, REASON_NONE, "data.t.a will be read during apply"},
        {"module.m.t.a", ACTION_DELETE, REASON_NONE, "module.m.t.a will be destroyed"},
        {"t.a", ACTION_DELETE_THEN_CREATE, REASON_REPLACE_BECAUSE_TAINTED,
         "t.a is tainted, so it must be replaced"},
        {"t.a", ACTION_CREATE_THEN_DELETE, REASON_REPLACE_BY_REQUEST,
         "t.a will be replaced, as requested"},
        {"t.a", ACTION_DELETE_THEN_CREATE, REASON_REPLACE_BY_TRIGGERS,
         "t.a will be replaced due to changes in replace_triggered_by"},
        {"t.a", ACTION_DELETE_THEN_CREATE, REASON_REPLACE_BECAUSE_CANNOT_UPDATE,
         "t.a must be replaced"},
        {"t.a", ACTION_FORGET, REASON_NONE,
         "t.a will no longer be managed by loam, but will not be destroyed"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceChange change =
            change_of(cases[i].address, cases[i].action, value_of("{}"), value_of("{}"));
        change.reason = cases[i].reason;
        check_str(render_title_of_change(&change, arena), cases[i].wanted);
    }
}

static void special(void **) {
    ResourceChange change = change_of("t.b", ACTION_NO_OP, value_of("{}"), value_of("{}"));
    change.import.id = STR("x");
    check_str(render_title_of_change(&change, arena), "t.b will be imported");
    change.previous = address_of("t.a");
    check_str(render_title_of_change(&change, arena), "t.a has moved to t.b");
    change = change_of("t.b", ACTION_DELETE, value_of("{}"), value_of("-"));
    change.deposed = STR("00aa11bb");
    check_str(render_title_of_change(&change, arena),
              "t.b (deposed object 00aa11bb) will be destroyed");
    Drift drift = {.address = address_of("t.a"), .action = ACTION_UPDATE};
    check_str(render_title_of_drift(&drift, arena), "t.a has changed");
    drift.action = ACTION_DELETE;
    check_str(render_title_of_drift(&drift, arena), "t.a has been deleted");
}

static void reasons(void **) {
    StrBuf out = strbuf_new(arena);
    RenderPen pen = {.out = &out, .scratch = arena};
    ResourceChange change = change_of("t.b", ACTION_NO_OP, value_of("{}"), value_of("{}"));
    change.import.id = STR("x");
    change.generated_config = STR("resource \"t\" \"b\" {}");
    render_title_reasons(&pen, &change);
    check_str(strbuf_str(&out), "  # (imported from \"x\")\n"
                                "  # (config will be generated)\n");
}

static Str others_of(const char *const *addresses, size_t count) {
    const ResourceChange **changes = arena_new_array(arena, const ResourceChange *, count);
    for (size_t i = 0; i < count; i++) {
        ResourceChange *change = arena_new(arena, ResourceChange);
        *change = change_of(addresses[i], ACTION_CREATE, value_of("-"), value_of("{}"));
        changes[i] = change;
    }
    StrBuf out = strbuf_new(arena);
    RenderPen pen = {.out = &out, .scratch = arena};
    render_title_others(&pen, changes, count);
    return strbuf_str(&out);
}

/* Instance numbers of one module become ranges; two numbers are listed singly. */
static void others(void **) {
    static const char *const one[] = {"t.a[0]"};
    static const char *const few[] = {"t.a[0]", "t.a[1]", "t.a[2]", "t.a[5]"};
    static const char *const many[] = {"t.a[0]", "t.a[1]", "t.a[2]", "t.a[3]", "module.m.t.a[4]"};
    static const char *const keys[] = {"t.a[\"x\"]", "t.a[\"y\"]", "t.a[\"z\"]"};
    check_str(others_of(one, 1), "");
    check_str(others_of(few, 4), "  # and the same for 3 more:\n  #   t.a[1], t.a[2], t.a[5]\n");
    check_str(others_of(many, 5),
              "  # and the same for 4 more:\n  #   t.a[1] to [3], module.m.t.a[4]\n");
    check_str(others_of(keys, 3), "  # and the same for 2 more:\n  #   t.a[\"y\"], t.a[\"z\"]\n");
}

static void others_are_broken_into_lines(void **) {
    const char *addresses[60];
    for (size_t i = 0; i < 60; i++)
        addresses[i] = str_to_cstr(str_format(arena, "t.a[\"key-%zu\"]", i), arena);
    Str text = others_of(addresses, 60);
    size_t lines = 0;
    for (Str line, rest = str_trim(text); str_next_field(&rest, '\n', &line); lines++) {
        assert_true(line.len <= 96);
        assert_true(str_find(line, STR("# "), 0) <= 2);
    }
    assert_true(lines > 8 && lines < 20);
}

UNIT_MAIN(test_render_title) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(titles),
        PLAN_CASE(special),
        PLAN_CASE(reasons),
        PLAN_CASE(others),
        PLAN_CASE(others_are_broken_into_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
