#include "plan_case.h"
#include "render_drift.h"

static Plan *sample(PlanMode mode) {
    Plan *plan = plan_new(mode, arena);
    static const char *const addresses[] = {"t.changed", "t.followed[0]", "t.idle"};
    for (size_t i = 0; i < ARRAY_COUNT(addresses); i++) {
        Drift drift = {.address = address_of(addresses[i]),
                       .action = ACTION_UPDATE,
                       .before = value_of("{\"id\": 1, \"n\": 1, \"x\": \"a\"}"),
                       .after = value_of("{\"id\": 2, \"n\": 2, \"x\": \"b\"}")};
        vec_push(arena, &plan->drift, drift);
    }
    return plan;
}

/* Addresses, each with the attributes that are shown as changed. */
static Str shown(const Plan *plan) {
    RenderDrifts drifts = render_drift_find(plan, arena);
    StrBuf text = strbuf_new(arena);
    vec_each(&drifts, row) {
        const Drift *drift = &row->drift;
        strbuf_add(&text, resource_addr_to_str(drift->address, arena));
        for (size_t i = 0; i < drift->before.count; i++) {
            Str name = value_key_at(drift->before, i);
            Value after;
            bool has_after =
                value_is_present(drift->after) && value_find(drift->after, name, &after);
            if (!has_after || !value_equal(value_at(drift->before, i), after))
                strbuf_add_format(&text, ":%.*s", STR_ARG(name));
        }
        strbuf_add_char(&text, ' ');
    }
    return strbuf_str(&text);
}

static void drift_of_changed_objects(void **) {
    Plan *plan = sample(PLAN_NORMAL);
    check_str(shown(plan), "");
    vec_push(arena, &plan->changes,
             change_of("t.changed", ACTION_UPDATE, value_of("{\"n\": 2, \"x\": \"b\"}"),
                       value_of("{\"n\": 1, \"x\": \"c\"}")));
    check_str(shown(plan), "t.changed:id:n "); /* the plan restores it */
    plan->relevant_attributes = STR("[{\"resource\":\"t.followed\",\"attribute\":[\"x\",\"y\"]}]");
    check_str(shown(plan), "t.changed:id:n t.followed[0]:id:x ");
    plan->relevant_attributes = STR("[{\"resource\":\"t.followed[0]\",\"attribute\":[]}]");
    check_str(shown(plan), "t.changed:id:n t.followed[0]:id:n:x ");
    plan->relevant_attributes = STR("[{\"resource\":\"t.followed[1]\",\"attribute\":[\"x\"]},"
                                    "{\"resource\":\"t.idle\",\"attribute\":[\"z\"]}]");
    check_str(shown(plan), "t.changed:id:n ");
    plan->changes.items[0].after = value_of("{\"n\": {\"$unknown\": true}, \"x\": \"c\"}");
    check_str(shown(plan), "");
    vec_push(arena, &plan->changes.items[0].replace_paths,
             path_attribute((Path){0}, STR("n"), arena));
    check_str(shown(plan), "t.changed:id:n ");
}

/* The title shows the deletion. Only referenced attributes are listed; the creation shows the
 * others. */
static void deleted_and_created_again(void **) {
    Plan *plan = sample(PLAN_NORMAL);
    vec_each(&plan->drift, drift) {
        drift->action = ACTION_DELETE;
        drift->after = value_of("-");
    }
    vec_push(
        arena, &plan->changes,
        change_of("t.changed", ACTION_CREATE, value_of("-"), value_of("{\"n\": 1, \"x\": \"a\"}")));
    check_str(shown(plan), "t.changed ");
    plan->relevant_attributes = STR("[{\"resource\":\"t.changed\",\"attribute\":[\"x\"]}]");
    check_str(shown(plan), "t.changed:x ");
    plan->mode = PLAN_REFRESH_ONLY;
    check_str(shown(plan), "t.changed:id:n:x t.followed[0]:id:n:x t.idle:id:n:x ");
}

static void all_when_refreshing(void **) {
    check_str(shown(sample(PLAN_REFRESH_ONLY)),
              "t.changed:id:n:x t.followed[0]:id:n:x t.idle:id:n:x ");
}

UNIT_MAIN(test_render_drift) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(drift_of_changed_objects),
        PLAN_CASE(deleted_and_created_again),
        PLAN_CASE(all_when_refreshing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
