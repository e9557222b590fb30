/* Metrics: what the operator counts, and the text format of Prometheus. Any thread may count. */
#pragma once

#include "io.h"
#include "run.h"

typedef struct Metrics Metrics;

Metrics *metrics_open(void);
void metrics_close(Metrics *metrics); /* NULL: does nothing */

/* A Run that has just ended. */
typedef struct RunEnd {
    RunType type;
    int64_t created_ms;
    const RunStatus *status; /* its new one */
} RunEnd;
void metrics_count_run(Metrics *metrics, const RunEnd *end);
/* One look at an object of this kind, one of a few literals. */
void metrics_count_reconcile(Metrics *metrics, const char *kind, int64_t took_ms, bool has_failed);
/* Returns the same requests, which are counted. `metrics` owns the result. */
const Http *metrics_http(Metrics *metrics, const Http *http);

/* Adds the lines of all that is counted. */
void metrics_add_counts(Metrics *metrics, StrBuf *out);

/* The first lines of a metric; `type` is "counter", "gauge" or "histogram". */
void metrics_family(StrBuf *out, const char *name, const char *type, const char *help);
/* Begins a line; then come labels and the value. */
void metrics_begin(StrBuf *out, const char *name);
void metrics_label(StrBuf *out, const char *name, Str value);
void metrics_value(StrBuf *out, double value);
