#include "metrics.h"

#include "thread.h"

#define BOUNDS     10
#define KINDS_MAX  4
#define SECOND     1000.0
#define CODE_COUNT 600

/* Upper bounds in milliseconds. */
static const int64_t run_bounds[BOUNDS] = {1000,   5000,   15000,  30000,   60000,
                                           120000, 300000, 900000, 1800000, 3600000};
static const int64_t reconcile_bounds[BOUNDS] = {1, 2, 5, 10, 25, 50, 100, 500, 2000, 10000};

typedef struct Histogram {
    uint64_t counts[BOUNDS + 1]; /* the last: above all bounds */
    int64_t sum_ms;
} Histogram;

typedef enum RunSpan { SPAN_PLAN, SPAN_APPROVAL, SPAN_APPLY, SPANS } RunSpan;
static const char *const span_names[SPANS] = {"plan", "approval", "apply"};

typedef struct ReconcileCount {
    const char *kind;
    Histogram seconds;
    uint64_t errors;
} ReconcileCount;

typedef enum RequestVerb {
    VERB_GET,
    VERB_WATCH,
    VERB_POST,
    VERB_PATCH,
    VERB_DELETE,
    VERBS
} RequestVerb;
static const char *const verb_names[VERBS] = {"get", "watch", "post", "patch", "delete"};

#define RUN_TYPES (RUN_DESTROY + 1)

struct Metrics {
    pthread_mutex_t lock;
    uint64_t runs[RUN_TYPES][REASON_COUNT];
    Histogram run_seconds[RUN_TYPES][SPANS];
    Histogram queue_seconds;
    ReconcileCount reconciles[KINDS_MAX];
    uint64_t requests[VERBS][CODE_COUNT];
    Http http; /* counts */
    const Http *real;
    Arena *arena;
};

Metrics *metrics_open(void) {
    Arena *arena = arena_open("metrics");
    Metrics *metrics = arena_new(arena, Metrics);
    *metrics = (Metrics){.arena = arena};
    pthread_mutex_init(&metrics->lock, NULL);
    return metrics;
}

void metrics_close(Metrics *metrics) {
    if (!metrics)
        return;
    pthread_mutex_destroy(&metrics->lock);
    arena_close(metrics->arena);
}

/* Counts. */

static void observe(Histogram *histogram, const int64_t bounds[BOUNDS], int64_t took_ms) {
    size_t at = 0;
    int64_t ms = took_ms > 0 ? took_ms : 0; /* clocks of two machines may differ */
    while (at < BOUNDS && ms > bounds[at])
        at++;
    histogram->counts[at]++;
    histogram->sum_ms += ms;
}

static void observe_span(Histogram *histogram, int64_t from_ms, int64_t to_ms) {
    if (from_ms != 0 && to_ms != 0)
        observe(histogram, run_bounds, to_ms - from_ms);
}

void metrics_count_run(Metrics *metrics, const RunEnd *end) {
    Histogram *spans = metrics->run_seconds[end->type];
    const RunStatus *status = end->status;
    LOCKED(&metrics->lock);
    metrics->runs[end->type][status->reason]++;
    observe_span(&metrics->queue_seconds, end->created_ms, status->started_ms);
    observe_span(&spans[SPAN_PLAN], status->started_ms, status->planned_ms);
    observe_span(&spans[SPAN_APPROVAL], status->planned_ms, status->approved_ms);
    observe_span(&spans[SPAN_APPLY], status->approved_ms, status->finished_ms);
}

void metrics_count_reconcile(Metrics *metrics, const char *kind, int64_t took_ms, bool has_failed) {
    LOCKED(&metrics->lock);
    for (size_t i = 0; i < KINDS_MAX; i++) {
        ReconcileCount *count = &metrics->reconciles[i];
        if (count->kind && !str_equal_cstr(str_from_cstr(kind), count->kind))
            continue;
        count->kind = kind;
        observe(&count->seconds, reconcile_bounds, took_ms);
        count->errors += has_failed;
        return;
    }
}

static RequestVerb verb_of(const HttpRequest *request) {
    if (str_equal_cstr(request->method, "POST"))
        return VERB_POST;
    if (str_equal_cstr(request->method, "PATCH"))
        return VERB_PATCH;
    if (str_equal_cstr(request->method, "DELETE"))
        return VERB_DELETE;
    return str_find(request->url, STR("watch="), 0) == SIZE_MAX ? VERB_GET : VERB_WATCH;
}

static HttpStatus counted_attempt(void *self, const HttpRequest *request, const HttpSink *sink,
                                  HttpResponse *response, Str *problem, Arena *arena) {
    Metrics *metrics = self;
    HttpStatus status =
        metrics->real->attempt(metrics->real->self, request, sink, response, problem, arena);
    bool has_code = response->code > 0 && response->code < CODE_COUNT;
    LOCKED(&metrics->lock);
    metrics->requests[verb_of(request)][has_code ? response->code : 0]++;
    return status;
}

static HttpPool *counted_open_pool(void *self) {
    const Http *real = ((Metrics *)self)->real;
    return real->open_pool(real->self);
}

static void counted_close_pool(void *self, HttpPool *pool) {
    const Http *real = ((Metrics *)self)->real;
    real->close_pool(real->self, pool);
}

const Http *metrics_http(Metrics *metrics, const Http *http) {
    metrics->real = http;
    metrics->http = (Http){.self = metrics,
                           .attempt = counted_attempt,
                           .open_pool = http->open_pool ? counted_open_pool : NULL,
                           .close_pool = http->close_pool ? counted_close_pool : NULL};
    return &metrics->http;
}

/* Text. */

void metrics_family(StrBuf *out, const char *name, const char *type, const char *help) {
    strbuf_add_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metrics_begin(StrBuf *out, const char *name) {
    strbuf_add_cstr(out, name);
}

void metrics_label(StrBuf *out, const char *name, Str value) {
    bool is_first = out->ptr[out->len - 1] != '}';
    if (!is_first)
        out->len--;
    strbuf_add_format(out, "%s%s=\"", is_first ? "{" : ",", name);
    for (size_t i = 0; i < value.len; i++) {
        char sign = value.ptr[i];
        if (sign == '\\' || sign == '"')
            strbuf_add_char(out, '\\');
        if (sign == '\n')
            strbuf_add_cstr(out, "\\n");
        else
            strbuf_add_char(out, sign);
    }
    strbuf_add_cstr(out, "\"}");
}

void metrics_value(StrBuf *out, double value) {
    strbuf_add_format(out, " %.15g\n", value);
}

/* A name with labels that each line of a histogram has. */
typedef struct HistogramName {
    const char *name;
    const char *labels[2][2]; /* name and value; NULL: none */
} HistogramName;

static void begin_part(StrBuf *out, const HistogramName *of, const char *part) {
    strbuf_add_format(out, "%s_%s", of->name, part);
    for (size_t i = 0; i < 2 && of->labels[i][0]; i++)
        metrics_label(out, of->labels[i][0], str_from_cstr(of->labels[i][1]));
}

static void add_histogram(StrBuf *out, const Histogram *histogram, const int64_t bounds[BOUNDS],
                          const HistogramName *of) {
    uint64_t count = 0;
    for (size_t i = 0; i <= BOUNDS; i++) {
        char bound[24] = "+Inf";
        if (i < BOUNDS)
            snprintf(bound, sizeof bound, "%g", (double)bounds[i] / SECOND);
        count += histogram->counts[i];
        begin_part(out, of, "bucket");
        metrics_label(out, "le", str_from_cstr(bound));
        metrics_value(out, (double)count);
    }
    begin_part(out, of, "sum");
    metrics_value(out, (double)histogram->sum_ms / SECOND);
    begin_part(out, of, "count");
    metrics_value(out, (double)count);
}

static bool is_used(const Histogram *histogram) {
    for (size_t i = 0; i <= BOUNDS; i++) {
        if (histogram->counts[i] > 0)
            return true;
    }
    return false;
}

static void add_runs(const Metrics *metrics, StrBuf *out) {
    metrics_family(out, "loam_run_total", "counter", "Runs that have ended.");
    for (unsigned type = 0; type < RUN_TYPES; type++) {
        for (unsigned reason = 0; reason < REASON_COUNT; reason++) {
            bool is_good = reason_row((Reason)reason)->ready == CONDITION_TRUE;
            if (metrics->runs[type][reason] == 0)
                continue;
            metrics_begin(out, "loam_run_total");
            metrics_label(out, "type", str_from_cstr(run_type_name(type)));
            metrics_label(out, "result", is_good ? STR("Complete") : STR("Failed"));
            metrics_label(out, "reason", str_from_cstr(reason_name(reason)));
            metrics_value(out, (double)metrics->runs[type][reason]);
        }
    }
    metrics_family(out, "loam_run_seconds", "histogram", "Time of a Run in each phase.");
    for (unsigned type = 0; type < RUN_TYPES; type++) {
        for (size_t span = 0; span < SPANS; span++) {
            if (is_used(&metrics->run_seconds[type][span]))
                add_histogram(
                    out, &metrics->run_seconds[type][span], run_bounds,
                    &(HistogramName){"loam_run_seconds",
                                     {{"type", run_type_name(type)}, {"phase", span_names[span]}}});
        }
    }
    metrics_family(out, "loam_run_queue_seconds", "histogram",
                   "Time from the creation of a Run to its first Job.");
    add_histogram(out, &metrics->queue_seconds, run_bounds,
                  &(HistogramName){"loam_run_queue_seconds"});
}

static void add_reconciles(const Metrics *metrics, StrBuf *out) {
    metrics_family(out, "loam_reconcile_seconds", "histogram", "Time of a look at an object.");
    for (size_t i = 0; i < KINDS_MAX && metrics->reconciles[i].kind; i++)
        add_histogram(
            out, &metrics->reconciles[i].seconds, reconcile_bounds,
            &(HistogramName){"loam_reconcile_seconds", {{"kind", metrics->reconciles[i].kind}}});
    metrics_family(out, "loam_reconcile_errors_total", "counter",
                   "Looks that ended with a failed request.");
    for (size_t i = 0; i < KINDS_MAX && metrics->reconciles[i].kind; i++) {
        metrics_begin(out, "loam_reconcile_errors_total");
        metrics_label(out, "kind", str_from_cstr(metrics->reconciles[i].kind));
        metrics_value(out, (double)metrics->reconciles[i].errors);
    }
}

static void add_requests(const Metrics *metrics, StrBuf *out) {
    metrics_family(out, "loam_kube_requests_total", "counter",
                   "Requests to the API server; code 0: no response.");
    for (size_t verb = 0; verb < VERBS; verb++) {
        for (size_t code = 0; code < CODE_COUNT; code++) {
            char text[8];
            if (metrics->requests[verb][code] == 0)
                continue;
            snprintf(text, sizeof text, "%zu", code);
            metrics_begin(out, "loam_kube_requests_total");
            metrics_label(out, "code", str_from_cstr(text));
            metrics_label(out, "verb", str_from_cstr(verb_names[verb]));
            metrics_value(out, (double)metrics->requests[verb][code]);
        }
    }
}

void metrics_add_counts(Metrics *metrics, StrBuf *out) {
    LOCKED(&metrics->lock);
    add_runs(metrics, out);
    add_reconciles(metrics, out);
    add_requests(metrics, out);
}
