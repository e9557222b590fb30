/* The collector that the environment names, and that nothing is sent without one. */
#include "otlp_export.h"
#include "unit.h"

static const char *const *variables; /* name, value, …; NULL after the last */

static const char *variable(void *, const char *name) {
    for (const char *const *at = variables; *at; at += 2) {
        if (strcmp(*at, name) == 0)
            return at[1];
    }
    return NULL;
}

static HttpStatus send_nothing(void *self, const HttpRequest *request, const HttpSink *,
                               HttpResponse *response, Str *, Arena *) {
    size_t *count = self;
    assert_true(str_equal_cstr(request->method, "POST"));
    (*count)++;
    response->code = 503;
    return HTTP_DONE;
}

static void check_signal(const char *const *wanted_variables, OtlpSignal signal, const char *url,
                         size_t headers) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const Process process = {.environment = variable};
    size_t sent = 0;
    const Http http = {.self = &sent, .attempt = send_nothing};
    const Io io = {.process = &process, .disk = &disk_real, .http = &http, .clock = &clock_real};
    variables = wanted_variables;
    OtlpExport collector = otlp_export_open(&io, signal, arena);
    assert_string_equal(str_to_cstr(collector.url, arena), url);
    assert_int_equal(collector.headers.count, headers);
    assert_int_equal(otlp_export_send(&collector, &io, STR("{}")), url[0] == 0);
    assert_int_equal(sent, url[0] != 0);
}

static void check_url(const char *const *wanted_variables, const char *url, size_t headers) {
    check_signal(wanted_variables, OTLP_TRACES, url, headers);
}

#define OF(...) ((const char *const[]){__VA_ARGS__, NULL})
#define OTLP    "OTEL_TRACES_EXPORTER", "otlp"

static void test_urls(void **) {
    check_url(OF("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"), "", 0);
    check_url(OF("OTEL_TRACES_EXPORTER", "none", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"), "", 0);
    check_url(OF(OTLP, "OTEL_SDK_DISABLED", "true", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"), "",
              0);
    check_url(OF(OTLP), "http://localhost:4318/v1/traces", 1);
    check_url(OF(OTLP, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"), "http://c:4318/v1/traces",
              1);
    check_url(OF(OTLP, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c/x/"), "http://c/x/v1/traces", 1);
    check_url(OF(OTLP, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c",
                 "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://d/in"),
              "http://d/in", 1);
}

/* Each signal has its own switch and its own variables. */
static void test_signals(void **) {
    const char *const *both =
        OF(OTLP, "OTEL_METRICS_EXPORTER", "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c",
           "OTEL_EXPORTER_OTLP_HEADERS", "a=b,c=d", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
           "http://d", "OTEL_EXPORTER_OTLP_METRICS_HEADERS", "e=f");
    check_signal(OF(OTLP), OTLP_METRICS, "", 0);
    check_signal(both, OTLP_TRACES, "http://c/v1/traces", 3);
    check_signal(both, OTLP_METRICS, "http://d", 2);
}

static OtlpExport opened(const char *const *wanted_variables, Arena *arena) {
    static const Process process = {.environment = variable};
    const Io io = {.process = &process, .disk = &disk_real};
    variables = wanted_variables;
    return otlp_export_open(&io, OTLP_TRACES, arena);
}

static void test_settings(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *text;
        int64_t timeout_ms;
    } times[] = {{"", 10000}, {"250", 250}, {"0", 10000}, {"x", 10000}, {"99999999999", 10000}};
    for (size_t i = 0; i < ARRAY_COUNT(times); i++)
        assert_int_equal(
            opened(OF(OTLP, "OTEL_EXPORTER_OTLP_TIMEOUT", times[i].text), arena).timeout_ms,
            times[i].timeout_ms);
    check_str(opened(OF(OTLP, "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc",
                        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
                     arena)
                  .problem,
              "");
    OtlpExport bad = opened(OF(OTLP, "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), arena);
    assert_true(str_find(bad.problem, STR("http/json"), 0) != SIZE_MAX && bad.url.len == 0);
    bad = opened(OF(OTLP, "OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/such"), arena);
    assert_true(str_find(bad.problem, STR("/no/such"), 0) != SIZE_MAX && bad.url.len == 0);
    OtlpExport shown = opened(
        OF(OTLP, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://u:p@c:1/in?key=canary"), arena);
    check_str(otlp_export_shown(&shown, arena), "http://c:1/in");
}

static void test_headers(void **) {
    check_url(OF(OTLP, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c", "OTEL_EXPORTER_OTLP_HEADERS",
                 "a=b%20c, d=e,broken,f=g%0d%0ah: i"),
              "http://c/v1/traces", 3);
    check_url(OF(OTLP, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c", "OTEL_EXPORTER_OTLP_HEADERS",
                 "a=b", "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "c=d,e=f"),
              "http://c/v1/traces", 3);
}

UNIT_MAIN(test_otlp_export) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
