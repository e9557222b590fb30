/* Metric: numbers about a run, written as OTLP or as the text of Prometheus.
 *
 * Names are those of OpenTelemetry, "loam.run.duration". The text of Prometheus has "_" for each
 * dot and the unit at the end, "loam_run_duration_seconds". */
#pragma once

#include "otlp_body.h"

typedef enum MetricKind {
    METRIC_GAUGE,
    METRIC_SUM,       /* a count of this run: of delta temporality in OTLP, a gauge in the text, as
                         each run writes its own number */
    METRIC_HISTOGRAM, /* of seconds */
} MetricKind;

#define METRIC_BOUNDS 10 /* of the buckets of a histogram; one more bucket is unlimited */
extern const double metric_bounds[METRIC_BOUNDS];

typedef struct MetricPoint {
    Str label;      /* value of the metric's label; empty: the metric has none */
    double value;   /* of a histogram: the sum */
    uint64_t count; /* of a histogram */
    uint64_t buckets[METRIC_BOUNDS + 1];
} MetricPoint;

typedef struct Metric {
    const char *name;
    const char *help;
    const char *unit;  /* "s", or "" for a count */
    const char *label; /* "action"; NULL: none. "loam." is added in OTLP */
    MetricKind kind;
    VEC(MetricPoint) points;
} Metric;

/* Labels of all points of a text, or of the resource of a body. */
typedef struct MetricContext {
    const OtlpResource *resource;
    Str command;
    Str workspace;
    int64_t start_ms; /* Unix time */
    int64_t end_ms;
} MetricContext;

/* Adds a measurement to a histogram. */
void metric_observe(MetricPoint *point, double seconds);
/* Writes the body of a request to /v1/metrics. */
void metric_write_otlp(const Metric *metrics, size_t count, const MetricContext *context,
                       StrBuf *out, Arena *scratch);
/* Writes the text format 0.0.4. */
void metric_write_text(const Metric *metrics, size_t count, const MetricContext *context,
                       StrBuf *out);
