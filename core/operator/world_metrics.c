#include "world_metrics.h"

#include "metrics.h"

/* Stacks. */

typedef struct StackSeries {
    const char *name;
    const char *help;
    /* Sets the value; false: the Stack has no such series. */
    bool (*value)(const World *world, const Stack *stack, int64_t now_ms, double *out);
} StackSeries;

static bool drifted(const World *, const Stack *stack, int64_t, double *out) {
    *out = object_meta_condition(&stack->status.conditions, "Drifted") != NULL;
    return true;
}

static bool suspended(const World *, const Stack *stack, int64_t, double *out) {
    *out = stack->spec.is_suspended;
    return true;
}

static bool approval_waiting(const World *world, const Stack *stack, int64_t now_ms, double *out) {
    const Run *run = object_store_find(world->stores[WORLD_RUN], stack->meta.namespace,
                                       stack->status.current_run);
    bool waits =
        run && !run_is_finished(run) && run->status.planned_ms != 0 && run->status.approved_ms == 0;
    *out = waits ? (double)(now_ms - run->status.planned_ms) / 1000 : 0;
    return waits;
}

static const StackSeries stack_series[] = {
    {"loam_stack_drifted", "1: objects differ from the state.", drifted},
    {"loam_stack_suspended", "1: the Stack starts no Run.", suspended},
    {"loam_approval_waiting_seconds", "How long the plan of a Stack waits for a person.",
     approval_waiting},
};

static void begin_stack(StrBuf *out, const char *name, const Stack *stack) {
    metrics_begin(out, name);
    metrics_label(out, "namespace", stack->meta.namespace);
    metrics_label(out, "name", stack->meta.name);
}

static void add_ready(const World *world, StrBuf *out) {
    static const char *const names[] = {
        [CONDITION_TRUE] = "True", [CONDITION_FALSE] = "False", [CONDITION_UNKNOWN] = "Unknown"};
    const Stack *stack;
    metrics_family(out, "loam_stack_ready", "gauge", "1: the condition Ready has this status.");
    for (ObjectCursor at = {0}; (stack = object_store_next(world->stores[WORLD_STACK], &at));) {
        const StatusCondition *ready = object_meta_condition(&stack->status.conditions, "Ready");
        for (unsigned status = 0; status < ARRAY_COUNT(names); status++) {
            begin_stack(out, "loam_stack_ready", stack);
            metrics_label(out, "status", str_from_cstr(names[status]));
            metrics_value(out, (ready ? ready->status : CONDITION_UNKNOWN) == status);
        }
    }
}

static void add_stacks(const World *world, int64_t now_ms, StrBuf *out) {
    add_ready(world, out);
    for (size_t i = 0; i < ARRAY_COUNT(stack_series); i++) {
        const StackSeries *series = &stack_series[i];
        const Stack *stack;
        double value;
        metrics_family(out, series->name, "gauge", series->help);
        for (ObjectCursor at = {0}; (stack = object_store_next(world->stores[WORLD_STACK], &at));) {
            if (!series->value(world, stack, now_ms, &value))
                continue;
            begin_stack(out, series->name, stack);
            metrics_value(out, value);
        }
    }
}

/* Lanes. */

static double places_of(const World *, const Lane *lane) {
    return lane->spec.capacity;
}

static double places_used(const World *, const Lane *lane) {
    return (double)lane->status.holders.count;
}

static double runs_waiting(const World *world, const Lane *lane) {
    return (double)world_count_waiting(world, lane);
}

typedef struct LaneSeries {
    const char *name;
    const char *help;
    double (*value)(const World *world, const Lane *lane);
} LaneSeries;

static const LaneSeries lane_series[] = {
    {"loam_lane_capacity", "Places of a lane.", places_of},
    {"loam_lane_used", "Places of a lane that Runs have.", places_used},
    {"loam_lane_waiting", "Runs that wait for a place in a lane.", runs_waiting},
};

static void metrics_add_lanes(const World *world, StrBuf *out) {
    for (size_t i = 0; i < ARRAY_COUNT(lane_series); i++) {
        const Lane *lane;
        metrics_family(out, lane_series[i].name, "gauge", lane_series[i].help);
        for (ObjectCursor at = {0}; (lane = object_store_next(world->stores[WORLD_LANE], &at));) {
            metrics_begin(out, lane_series[i].name);
            metrics_label(out, "lane", lane->meta.name);
            metrics_value(out, lane_series[i].value(world, lane));
        }
    }
}

void world_metrics_add(const World *world, int64_t now_ms, StrBuf *out) {
    add_stacks(world, now_ms, out);
    metrics_add_lanes(world, out);
}
