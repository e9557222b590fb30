/* RunMetrics: the metrics of a run, for a collector and for files of -metrics. */
#pragma once

#include "hooks.h"
#include "metric.h"
#include "plan.h"

typedef struct RunMetrics RunMetrics;

RunMetrics *run_metrics_open(Arena *arena);
/* Counts a span that has ended: a call of a provider, or a wait for the lock. Not by two threads at
 * once. */
void run_metrics_add_span(RunMetrics *metrics, const OtlpSpan *span);
/* Counts the end of an operation of an apply. Any thread may call it. */
void run_metrics_add_event(RunMetrics *metrics, const WalkEvent *event);
/* Sets the changes and the drift of a plan that is not applied in this run; `plan` may be NULL. */
void run_metrics_set_plan(RunMetrics *metrics, const Plan *plan);
/* Notes that an apply has begun: its operations replace the planned changes. */
void run_metrics_begin_apply(RunMetrics *metrics);

#define RUN_METRICS_COUNT 5
/* Fills all metrics; `context` gives the length of the run. */
void run_metrics_collect(const RunMetrics *metrics, const MetricContext *context,
                         Metric out[RUN_METRICS_COUNT], Arena *arena);
