#include "metric.h"

#define DELTA 1 /* an aggregation temporality: the points count this run alone */

const double metric_bounds[METRIC_BOUNDS] = {0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1800};

void metric_observe(MetricPoint *point, double seconds) {
    size_t at = 0;
    while (at < METRIC_BOUNDS && seconds > metric_bounds[at])
        at++;
    point->buckets[at]++;
    point->count++;
    point->value += seconds;
}

static void add_label(JsonWriter *writer, Str key, Str value) {
    if (value.len == 0)
        return;
    json_object_start(writer);
    json_key_string(writer, "key", key);
    json_key_object(writer, "value");
    json_key_string(writer, "stringValue", value);
    json_object_end(writer);
    json_object_end(writer);
}

/* 64-bit integers are texts in the JSON of OTLP. */
static void add_integer(JsonWriter *writer, const char *key, uint64_t number, Arena *scratch) {
    json_key_string(writer, key, str_format(scratch, "%llu", (unsigned long long)number));
}

static void add_real(JsonWriter *writer, const char *key, double number, Arena *scratch) {
    json_key(writer, str_from_cstr(key));
    json_number(writer, str_format(scratch, "%.6g", number));
}

static void add_histogram(JsonWriter *writer, const MetricPoint *point, Arena *scratch) {
    add_integer(writer, "count", point->count, scratch);
    add_real(writer, "sum", point->value, scratch);
    json_key_array(writer, "bucketCounts");
    for (size_t i = 0; i <= METRIC_BOUNDS; i++)
        json_write_string(writer,
                          str_format(scratch, "%llu", (unsigned long long)point->buckets[i]));
    json_array_end(writer);
    json_key_array(writer, "explicitBounds");
    for (size_t i = 0; i < METRIC_BOUNDS; i++)
        json_number(writer, str_format(scratch, "%g", metric_bounds[i]));
    json_array_end(writer);
}

static void add_point(JsonWriter *writer, const Metric *metric, const MetricPoint *point,
                      const MetricContext *context, Arena *scratch) {
    json_object_start(writer);
    json_key_array(writer, "attributes");
    if (metric->label)
        add_label(writer, str_format(scratch, "loam.%s", metric->label), point->label);
    add_label(writer, STR("loam.command"), context->command);
    add_label(writer, STR("loam.workspace"), context->workspace);
    json_array_end(writer);
    add_integer(writer, "startTimeUnixNano", (uint64_t)context->start_ms * 1000000, scratch);
    add_integer(writer, "timeUnixNano", (uint64_t)context->end_ms * 1000000, scratch);
    if (metric->kind == METRIC_HISTOGRAM)
        add_histogram(writer, point, scratch);
    else if (metric->unit[0])
        add_real(writer, "asDouble", point->value, scratch);
    else
        add_integer(writer, "asInt", (uint64_t)point->value, scratch);
    json_object_end(writer);
}

static void add_metric(JsonWriter *writer, const Metric *metric, const MetricContext *context,
                       Arena *scratch) {
    static const char *const members[] = {
        [METRIC_GAUGE] = "gauge", [METRIC_SUM] = "sum", [METRIC_HISTOGRAM] = "histogram"};
    json_object_start(writer);
    json_key_string(writer, "name", str_from_cstr(metric->name));
    json_key_string(writer, "description", str_from_cstr(metric->help));
    json_key_string(writer, "unit", str_from_cstr(metric->unit[0] ? metric->unit : "1"));
    json_key_object(writer, members[metric->kind]);
    if (metric->kind != METRIC_GAUGE)
        json_key_int(writer, "aggregationTemporality", DELTA);
    if (metric->kind == METRIC_SUM)
        json_key_bool(writer, "isMonotonic", true);
    json_key_array(writer, "dataPoints");
    vec_each(&metric->points, point)
        add_point(writer, metric, point, context, scratch);
    json_array_end(writer);
    json_object_end(writer);
    json_object_end(writer);
}

void metric_write_otlp(const Metric *metrics, size_t count, const MetricContext *context,
                       StrBuf *out, Arena *scratch) {
    JsonWriter writer;
    json_writer_init(&writer, out, 0);
    json_object_start(&writer);
    json_key_array(&writer, "resourceMetrics");
    json_object_start(&writer);
    otlp_body_add_resource(&writer, context->resource, scratch);
    json_key_array(&writer, "scopeMetrics");
    json_object_start(&writer);
    otlp_body_add_scope(&writer, context->resource);
    json_key_array(&writer, "metrics");
    for (size_t i = 0; i < count; i++) {
        if (metrics[i].points.count > 0)
            add_metric(&writer, &metrics[i], context, scratch);
    }
    json_array_end(&writer);
    json_object_end(&writer);
    json_array_end(&writer);
    json_object_end(&writer);
    json_array_end(&writer);
    json_object_end(&writer);
}

static void text_name(const Metric *metric, const char *end, StrBuf *out) {
    for (const char *at = metric->name; *at; at++)
        strbuf_add_char(out, *at == '.' ? '_' : *at);
    strbuf_add_format(out, "%s%s", metric->unit[0] ? "_seconds" : "", end);
}

static void text_label(const char *key, Str value, StrBuf *out) {
    if (value.len == 0)
        return;
    if (out->len > 0 && out->ptr[out->len - 1] != '{')
        strbuf_add_char(out, ',');
    strbuf_add_format(out, "%s=\"", key);
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '\\' || c == '"')
            strbuf_add_char(out, '\\');
        if (c == '\n')
            strbuf_add_cstr(out, "\\n");
        else
            strbuf_add_char(out, c);
    }
    strbuf_add_char(out, '"');
}

/* A sample: name, labels, value. `bound` is the label of a bucket; empty: none. */
static void text_sample(const Metric *metric, const MetricPoint *point,
                        const MetricContext *context, const char *end, const char *bound,
                        StrBuf *out) {
    Str service = context->resource->service;
    text_name(metric, end, out);
    strbuf_add_char(out, '{');
    text_label("service", service.len > 0 ? service : STR("loam"), out);
    text_label("command", context->command, out);
    text_label("workspace", context->workspace, out);
    if (metric->label)
        text_label(metric->label, point->label, out);
    text_label("le", str_from_cstr(bound), out);
    strbuf_add_cstr(out, "} ");
}

static void text_histogram(const Metric *metric, const MetricPoint *point,
                           const MetricContext *context, StrBuf *out) {
    uint64_t count = 0;
    char bound[32];
    for (size_t i = 0; i <= METRIC_BOUNDS; i++) {
        count += point->buckets[i];
        if (i < METRIC_BOUNDS)
            (void)snprintf(bound, sizeof bound, "%g", metric_bounds[i]);
        text_sample(metric, point, context, "_bucket", i < METRIC_BOUNDS ? bound : "+Inf", out);
        strbuf_add_format(out, "%llu\n", (unsigned long long)count);
    }
    text_sample(metric, point, context, "_sum", "", out);
    strbuf_add_format(out, "%.6g\n", point->value);
    text_sample(metric, point, context, "_count", "", out);
    strbuf_add_format(out, "%llu\n", (unsigned long long)point->count);
}

static void text_metric(const Metric *metric, const MetricContext *context, StrBuf *out) {
    strbuf_add_cstr(out, "# HELP ");
    text_name(metric, "", out);
    strbuf_add_format(out, " %s\n# TYPE ", metric->help);
    text_name(metric, "", out);
    strbuf_add_cstr(out, metric->kind == METRIC_HISTOGRAM ? " histogram\n" : " gauge\n");
    vec_each(&metric->points, point) {
        if (metric->kind == METRIC_HISTOGRAM) {
            text_histogram(metric, point, context, out);
        } else {
            text_sample(metric, point, context, "", "", out);
            strbuf_add_format(out, "%.15g\n", point->value);
        }
    }
}

void metric_write_text(const Metric *metrics, size_t count, const MetricContext *context,
                       StrBuf *out) {
    for (size_t i = 0; i < count; i++) {
        if (metrics[i].points.count > 0)
            text_metric(&metrics[i], context, out);
    }
}
