#include "plan_case.h"
#include "timeline.h"

typedef struct Run {
    const char *address;
    Action action;
    int64_t start_ms, end_ms;
} Run;

static Timeline *timeline_of(const Run *runs, size_t count) {
    Timeline *timeline = arena_new(arena, Timeline);
    for (size_t i = 0; i < count; i++) {
        TimelineRow row = {
            .kind = TIMELINE_APPLY,
            .address = str_from_cstr(runs[i].address),
            .block = resource_addr_to_config_str(address_of(runs[i].address), arena),
            .action = runs[i].action,
            .start_ms = runs[i].start_ms,
            .end_ms = runs[i].end_ms,
        };
        vec_push(arena, &timeline->rows, row);
        timeline->length_ms = row.end_ms > timeline->length_ms ? row.end_ms : timeline->length_ms;
    }
    return timeline;
}

static void depend(Plan *plan, const char *address, const char *on, const char *too) {
    ResourceChange change = change_of(address, ACTION_CREATE, value_of("-"), value_of("{}"));
    Str *names = arena_new_array(arena, Str, 2);
    names[0] = str_from_cstr(on ? on : "");
    names[1] = str_from_cstr(too ? too : "");
    change.dependencies = names;
    change.dependency_count = (on != NULL) + (size_t)(too != NULL);
    vec_push(arena, &plan->changes, change);
}

/* "row<wait", "row~turn after" for each row, "*" on the critical path. */
static Str links(Timeline *timeline, const Plan *plan) {
    timeline_link(timeline, plan, arena);
    StrBuf text = strbuf_new(arena);
    for (size_t i = 0; i < timeline->rows.count; i++) {
        const TimelineRow *row = &timeline->rows.items[i];
        if (row->turn_after != TIMELINE_NONE)
            strbuf_add_format(&text, "%zu~%zu%s ", i, row->turn_after, row->is_critical ? "*" : "");
        else if (row->waited_for == TIMELINE_NONE)
            strbuf_add_format(&text, "%zu%s ", i, row->is_critical ? "*" : "");
        else
            strbuf_add_format(&text, "%zu<%zu%s ", i, row->waited_for, row->is_critical ? "*" : "");
    }
    return strbuf_str(&text);
}

static void waits_for_the_last_dependency(void **) {
    static const Run runs[] = {
        {"t.a[0]", ACTION_CREATE, 0, 10}, {"t.a[1]", ACTION_CREATE, 0, 30},
        {"t.b", ACTION_CREATE, 0, 20},    {"t.c", ACTION_CREATE, 31, 40},
        {"t.d", ACTION_CREATE, 5, 35},
    };
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    depend(plan, "t.a[0]", NULL, NULL);
    depend(plan, "t.b", NULL, NULL);
    depend(plan, "t.c", "t.a", "t.b");
    Timeline *timeline = timeline_of(runs, ARRAY_COUNT(runs));
    check_str(links(timeline, plan), "0 1* 2 3<1* 4 ");
    assert_int_equal(timeline->critical.count, 2);
    assert_int_equal(timeline->critical.items[0], 1);
    assert_int_equal(timeline->rows.items[3].waits, 2);
}

/* A deletion waits for its dependents; the second half of a replacement waits for the first. */
static void destruction(void **) {
    static const Run runs[] = {
        {"t.c", ACTION_DELETE, 0, 10},
        {"t.a", ACTION_DELETE, 10, 20},
        {"t.a", ACTION_DELETE_THEN_CREATE, 20, 30},
        {"t.c", ACTION_DELETE_THEN_CREATE, 30, 30},
    };
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    depend(plan, "t.a", NULL, NULL);
    depend(plan, "t.c", "t.a", NULL);
    check_str(links(timeline_of(runs, ARRAY_COUNT(runs)), plan), "0* 1<0* 2<1* 3<2* ");
}

/* All rows within one millisecond: no row waits for itself or for a later one. */
static void same_instant(void **) {
    static const Run runs[] = {
        {"t.a", ACTION_CREATE, 0, 0},
        {"t.b", ACTION_CREATE, 0, 0},
        {"t.a", ACTION_CREATE, 0, 0},
    };
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    depend(plan, "t.a", "t.b", NULL);
    depend(plan, "t.b", "t.a", NULL);
    check_str(links(timeline_of(runs, ARRAY_COUNT(runs)), plan), "0* 1<0 2<0* ");
}

/* A row that was ready but started later waited for a free worker. */
static void turns(void **) {
    static const Run runs[] = {
        {"t.a[0]", ACTION_CREATE, 0, 10},  {"t.a[1]", ACTION_CREATE, 0, 20},
        {"t.a[2]", ACTION_CREATE, 10, 25}, {"t.a[3]", ACTION_CREATE, 20, 40},
        {"t.b", ACTION_CREATE, 41, 50},
    };
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    depend(plan, "t.b", "t.a", NULL);
    check_str(links(timeline_of(runs, ARRAY_COUNT(runs)), plan), "0 1* 2~0 3~1* 4<3* ");
}

static void nothing(void **) {
    Timeline *timeline = timeline_of(NULL, 0);
    check_str(links(timeline, plan_new(PLAN_NORMAL, arena)), "");
    assert_int_equal(timeline->critical.count, 0);
}

UNIT_MAIN(test_timeline) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(waits_for_the_last_dependency),
        PLAN_CASE(destruction),
        PLAN_CASE(same_instant),
        PLAN_CASE(turns),
        PLAN_CASE(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
