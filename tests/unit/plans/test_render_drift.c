#include "plan_case.h"
#include "render_drift.h"

static Plan *sample(PlanMode mode) {
    Plan *plan = plan_new(mode, arena);
    static const char *const addresses[] = {"t.changed", "t.followed[0]", "t.idle"};
    for (size_t i = 0; i < ARRAY_COUNT(addresses); i++) {
        Drift drift = {.address = address_of(addresses[i]), .action = ACTION_UPDATE};
        vec_push(arena, &plan->drift, drift);
    }
    return plan;
}

static Str shown(const Plan *plan) {
    RenderDrifts drifts = render_drift_find(plan, arena);
    StrBuf text = strbuf_new(arena);
    vec_each(&drifts, drift) {
        strbuf_add_format(&text, "%.*s ", STR_ARG(resource_addr_to_str((*drift)->address, arena)));
    }
    return strbuf_str(&text);
}

static void what_changes_start_from(void **state) {
    (void)state;
    Plan *plan = sample(PLAN_NORMAL);
    check_str(shown(plan), "");
    vec_push(arena, &plan->changes,
             change_of("t.changed", ACTION_UPDATE, value_of("{}"), value_of("{}")));
    check_str(shown(plan), "t.changed ");
    plan->relevant_attributes = STR("[{\"resource\":\"t.followed\",\"attribute\":[\"x\"]}]");
    check_str(shown(plan), "t.changed t.followed[0] ");
    plan->relevant_attributes = STR("[{\"resource\":\"t.followed[1]\",\"attribute\":[\"x\"]}]");
    check_str(shown(plan), "t.changed ");
}

static void all_when_refreshing(void **state) {
    (void)state;
    check_str(shown(sample(PLAN_REFRESH_ONLY)), "t.changed t.followed[0] t.idle ");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(what_changes_start_from),
        PLAN_CASE(all_when_refreshing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
