#include "run_metrics.h"

#include "thread.h"

#define PROVIDER "provider "

enum { COUNT_CREATE, COUNT_UPDATE, COUNT_DELETE, COUNT_READ, COUNT_FORGET, COUNT_IMPORT, COUNTS };
static const char *const count_names[COUNTS] = {
    [COUNT_CREATE] = "create", [COUNT_UPDATE] = "update", [COUNT_DELETE] = "delete",
    [COUNT_READ] = "read",     [COUNT_FORGET] = "forget", [COUNT_IMPORT] = "import",
};

struct RunMetrics {
    Arena *arena;
    pthread_mutex_t mutex;
    uint64_t changes[COUNTS];
    bool has_plan; /* else changes and drift are unknown */
    bool has_applied;
    uint64_t drift;
    int64_t lock_ms;
    bool has_lock;
    VEC(MetricPoint) calls; /* by the name of the call */
};

RunMetrics *run_metrics_open(Arena *arena) {
    RunMetrics *metrics = arena_new(arena, RunMetrics);
    metrics->arena = arena;
    pthread_mutex_init(&metrics->mutex, NULL);
    return metrics;
}

static MetricPoint *find_call(RunMetrics *metrics, Str name) {
    vec_each(&metrics->calls, point) {
        if (str_equal(point->label, name))
            return point;
    }
    vec_push(metrics->arena, &metrics->calls,
             (MetricPoint){.label = str_clone(name, metrics->arena)});
    return &vec_last(&metrics->calls);
}

void run_metrics_add_span(RunMetrics *metrics, const OtlpSpan *span) {
    int64_t length_ms = span->end_ms - span->start_ms;
    LOCKED(&metrics->mutex);
    if (str_equal(span->name, STR("state lock"))) {
        metrics->lock_ms += length_ms;
        metrics->has_lock = true;
    }
    if (str_starts_with(span->name, STR(PROVIDER)))
        metric_observe(find_call(metrics, str_after(span->name, strlen(PROVIDER))),
                       (double)length_ms / 1000);
}

void run_metrics_add_event(RunMetrics *metrics, const WalkEvent *event) {
    static const int counts[] = {
        [ACTION_CREATE] = COUNT_CREATE,
        [ACTION_READ] = COUNT_READ,
        [ACTION_UPDATE] = COUNT_UPDATE,
        [ACTION_DELETE] = COUNT_DELETE,
    };
    if (event->kind != EVENT_APPLY_END || event->failed || event->action == ACTION_NO_OP ||
        event->action >= ARRAY_COUNT(counts))
        return;
    bool is_replace = action_is_replace(event->action);
    LOCKED(&metrics->mutex);
    metrics->changes[is_replace ? COUNT_CREATE : counts[event->action]]++;
}

void run_metrics_set_plan(RunMetrics *metrics, const Plan *plan) {
    if (!plan || metrics->has_applied)
        return;
    PlanCounts counts = plan_count(plan);
    LOCKED(&metrics->mutex);
    metrics->has_plan = true;
    metrics->drift = plan->drift.count;
    metrics->changes[COUNT_CREATE] = counts.create;
    metrics->changes[COUNT_UPDATE] = counts.update;
    metrics->changes[COUNT_DELETE] = counts.delete;
    metrics->changes[COUNT_READ] = counts.read;
    metrics->changes[COUNT_FORGET] = counts.forget;
    metrics->changes[COUNT_IMPORT] = counts.import;
}

void run_metrics_begin_apply(RunMetrics *metrics) {
    LOCKED(&metrics->mutex);
    metrics->has_applied = true;
    memset(metrics->changes, 0, sizeof metrics->changes);
}

static void add_number(Metric *metric, double value, Arena *arena) {
    vec_push(arena, &metric->points, (MetricPoint){.value = value});
}

void run_metrics_collect(const RunMetrics *metrics, const MetricContext *context,
                         Metric out[RUN_METRICS_COUNT], Arena *arena) {
    static const Metric rows[RUN_METRICS_COUNT] = {
        {"loam.run.duration", "Time that the command ran.", "s", NULL, METRIC_GAUGE, {0}},
        {"loam.changes",
         "Changes that were made, or of a plan alone, that are planned.",
         "",
         "action",
         METRIC_SUM,
         {0}},
        {"loam.provider.call.duration",
         "Time of calls of providers.",
         "s",
         "call",
         METRIC_HISTOGRAM,
         {0}},
        {"loam.lock.wait",
         "Time until the lock of the state was acquired.",
         "s",
         NULL,
         METRIC_GAUGE,
         {0}},
        {"loam.drift.objects",
         "Objects that were changed outside of loam.",
         "",
         NULL,
         METRIC_GAUGE,
         {0}},
    };
    memcpy(out, rows, sizeof rows);
    add_number(&out[0], (double)(context->end_ms - context->start_ms) / 1000, arena);
    for (size_t i = 0; (metrics->has_plan || metrics->has_applied) && i < COUNTS; i++)
        vec_push(arena, &out[1].points,
                 (MetricPoint){.label = str_from_cstr(count_names[i]),
                               .value = (double)metrics->changes[i]});
    vec_each(&metrics->calls, point)
        vec_push(arena, &out[2].points, *point);
    if (metrics->has_lock)
        add_number(&out[3], (double)metrics->lock_ms / 1000, arena);
    if (metrics->has_plan)
        add_number(&out[4], (double)metrics->drift, arena);
}
