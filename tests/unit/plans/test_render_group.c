#include "plan_case.h"
#include "render_group.h"

static void add(Plan *plan, const char *address, Action action, const char *after) {
    vec_push(arena, &plan->changes, change_of(address, action, value_of("-"), value_of(after)));
}

/* "t.a[0]+2 t.b+0": the first of each group, and how many more. */
static Str groups_of(Plan *plan) {
    plan_sort(plan);
    RenderGroups groups = render_group_find(plan, (RenderStyle){0}, arena);
    StrBuf text = strbuf_new(arena);
    vec_each(&groups, group) {
        Str address = resource_addr_to_str((*group)->first->address, arena);
        strbuf_add_format(&text, "%s%.*s+%zu", text.len ? " " : "", STR_ARG(address),
                          (*group)->changes.count - 1);
    }
    return strbuf_str(&text);
}

static Str first_text(const Plan *plan) {
    RenderGroups groups = render_group_find(plan, (RenderStyle){0}, arena);
    StrBuf text = strbuf_new(arena);
    render_group_text(groups.items[0], (RenderStyle){0}, &text, arena);
    return strbuf_str(&text);
}

static void alike(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    add(plan, "t.a[0]", ACTION_CREATE, "{\"x\": 1}");
    add(plan, "t.a[1]", ACTION_CREATE, "{\"x\": 2}");
    add(plan, "t.a[2]", ACTION_CREATE, "{\"x\": 1}");
    add(plan, "t.a[3]", ACTION_CREATE, "{\"x\": 1}");
    add(plan, "t.b[\"x\"]", ACTION_CREATE, "{\"x\": 1}");
    check_str(groups_of(plan), "t.a[0]+2 t.a[1]+0 t.b[\"x\"]+0");
}

/* Two changes are not grouped. */
static void two_are_not_enough(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    add(plan, "t.a[0]", ACTION_CREATE, "{\"x\": 1}");
    add(plan, "t.a[1]", ACTION_CREATE, "{\"x\": 2}");
    add(plan, "t.a[2]", ACTION_CREATE, "{\"x\": 1}");
    check_str(groups_of(plan), "t.a[0]+0 t.a[1]+0 t.a[2]+0");
}

static void over_modules(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    for (int i = 0; i < 3; i++) {
        add(plan, str_to_cstr(str_format(arena, "module.m[%d].t.a", i), arena), ACTION_CREATE,
            "{\"x\": 1}");
        add(plan, str_to_cstr(str_format(arena, "module.m[%d].t.b", i), arena), ACTION_CREATE,
            "{\"x\": 1}");
    }
    check_str(groups_of(plan), "module.m[0].t.a+2 module.m[0].t.b+2");
}

static void some_stand_alone(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    for (int i = 0; i < 4; i++)
        add(plan, str_to_cstr(str_format(arena, "t.a[%d]", i), arena), ACTION_CREATE, "{\"x\": 1}");
    plan->changes.items[0].import.id = STR("id");
    plan->changes.items[1].previous = address_of("t.old");
    plan->changes.items[2].deposed = STR("00000000");
    check_str(groups_of(plan), "t.a[0]+0 t.a[1]+0 t.a[2]+0 t.a[3]+0");
    add(plan, "t.n", ACTION_NO_OP, "{}");
    check_str(groups_of(plan), "t.a[0]+0 t.a[1]+0 t.a[2]+0 t.a[3]+0");
}

/* A long text is identified by its digest, and is written out on request. */
static void long_texts(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    StrBuf text = strbuf_new(arena);
    strbuf_add_repeat(&text, 'y', 2000);
    Str same = str_format(arena, "{\"x\": \"%.*s\"}", STR_ARG(strbuf_str(&text)));
    Str other = str_format(arena, "{\"x\": \"%.*sz\"}", STR_ARG(strbuf_str(&text)));
    for (int i = 0; i < 4; i++)
        add(plan, str_to_cstr(str_format(arena, "t.a[%d]", i), arena), ACTION_CREATE,
            str_to_cstr(i == 1 ? other : same, arena));
    check_str(groups_of(plan), "t.a[0]+2 t.a[1]+0");
    plan->changes.items[1].after = plan->changes.items[0].after;
    check_str(groups_of(plan), "t.a[0]+3");
    assert_true(str_find(first_text(plan), strbuf_str(&text), 0) != SIZE_MAX);
}

static void reasons_part(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    for (int i = 0; i < 3; i++)
        add(plan, str_to_cstr(str_format(arena, "t.a[%d]", i), arena), ACTION_DELETE_THEN_CREATE,
            "{\"x\": 1}");
    check_str(groups_of(plan), "t.a[0]+2");
    plan->changes.items[1].reason = REASON_REPLACE_BECAUSE_TAINTED;
    check_str(groups_of(plan), "t.a[0]+0 t.a[1]+0 t.a[2]+0");
}

/* An id and unchanged attributes may differ within a group. */
static void ids_differ(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    for (int i = 0; i < 3; i++) {
        Str address = str_format(arena, "t.a[%d]", i);
        Str before = str_format(arena, "{\"id\": \"id-%d\", \"name\": \"n%d\", \"x\": 1}", i, i);
        Str after = str_format(arena, "{\"id\": \"id-%d\", \"name\": \"n%d\", \"x\": 2}", i, i);
        vec_push(arena, &plan->changes,
                 change_of(str_to_cstr(address, arena), ACTION_UPDATE,
                           value_of(str_to_cstr(before, arena)),
                           value_of(str_to_cstr(after, arena))));
    }
    check_str(groups_of(plan), "t.a[0]+2");
    check_str(first_text(plan), "  ~ resource \"t\" \"a\" {\n"
                                "      ~ x    = 1 -> 2\n"
                                "        # (2 unchanged attributes hidden)\n"
                                "    }\n");
    for (size_t i = 0; i < 3; i++) {
        plan->changes.items[i].action = ACTION_DELETE;
        plan->changes.items[i].after = value_of("-");
    }
    check_str(groups_of(plan), "t.a[0]+0 t.a[1]+0 t.a[2]+0");
    for (size_t i = 0; i < 3; i++) {
        Str before = str_format(arena, "{\"id\": \"id-%zu\", \"x\": 1}", i);
        plan->changes.items[i].before = value_of(str_to_cstr(before, arena));
    }
    check_str(groups_of(plan), "t.a[0]+2");
    check_str(first_text(plan), "  - resource \"t\" \"a\" {\n"
                                "      - id = (each its own) -> null\n"
                                "      - x  = 1 -> null\n"
                                "    }\n");
}

UNIT_MAIN(test_render_group) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(alike),        PLAN_CASE(two_are_not_enough),
        PLAN_CASE(over_modules), PLAN_CASE(some_stand_alone),
        PLAN_CASE(reasons_part), PLAN_CASE(ids_differ),
        PLAN_CASE(long_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
