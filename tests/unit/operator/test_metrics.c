/* What the operator counts, as text. */
#include "metrics.h"
#include "operator_case.h"

static void labels(void **) {
    StrBuf out = strbuf_new(arena);
    metrics_begin(&out, "a");
    metrics_label(&out, "x", STR("}"));
    metrics_label(&out, "y", STR("q\"\\\n"));
    metrics_value(&out, 0.5);
    metrics_begin(&out, "b");
    metrics_value(&out, 12345678901);
    check_str(strbuf_str(&out), "a{x=\"}\",y=\"q\\\"\\\\\\n\"} 0.5\nb 12345678901\n");
}

static void check_line(const Metrics *metrics, const char *line) {
    StrBuf out = strbuf_new(arena);
    metrics_add_counts((Metrics *)metrics, &out);
    if (str_find(strbuf_str(&out), str_from_cstr(line), 0) == SIZE_MAX)
        fail_msg("%s\nis not in\n%.*s", line, STR_ARG(strbuf_str(&out)));
}

static void counts(void **) {
    Metrics *metrics = metrics_open();
    RunStatus status = {.reason = REASON_APPLIED,
                        .started_ms = NOW + 4000,
                        .planned_ms = NOW + 9001,
                        .approved_ms = NOW + 9001,
                        .finished_ms = NOW + 4000000};
    metrics_count_run(metrics, &(RunEnd){RUN_APPLY, NOW + 9999, &status}); /* by another clock */
    check_line(metrics,
               "\nloam_run_total{type=\"Apply\",result=\"Complete\",reason=\"Applied\"} 1\n");
    check_line(metrics, "\nloam_run_queue_seconds_bucket{le=\"1\"} 1\n");
    check_line(metrics, "{type=\"Apply\",phase=\"plan\",le=\"5\"} 0\n");
    check_line(metrics, "{type=\"Apply\",phase=\"plan\",le=\"15\"} 1\n");
    check_line(metrics, "{type=\"Apply\",phase=\"approval\",le=\"1\"} 1\n");
    check_line(metrics, "{type=\"Apply\",phase=\"apply\",le=\"3600\"} 0\n");
    check_line(metrics, "{type=\"Apply\",phase=\"apply\",le=\"+Inf\"} 1\n");
    check_line(metrics, "\nloam_run_seconds_sum{type=\"Apply\",phase=\"apply\"} 3990.999\n");
    status = (RunStatus){.reason = REASON_SUPERSEDED};
    metrics_count_run(metrics, &(RunEnd){RUN_PLAN, NOW, &status}); /* it never started */
    check_line(metrics, "{type=\"Plan\",result=\"Failed\",reason=\"Superseded\"} 1\n");
    check_line(metrics, "\nloam_run_queue_seconds_count 1\n");
    metrics_count_reconcile(metrics, "Stack", 3, false);
    metrics_count_reconcile(metrics, "Run", 70000, true);
    metrics_count_reconcile(metrics, "Stack", 3, true);
    check_line(metrics, "\nloam_reconcile_seconds_bucket{kind=\"Stack\",le=\"0.005\"} 2\n");
    check_line(metrics, "\nloam_reconcile_seconds_bucket{kind=\"Run\",le=\"+Inf\"} 1\n");
    check_line(metrics, "\nloam_reconcile_errors_total{kind=\"Run\"} 1\n");
    metrics_close(metrics);
}

static HttpStatus attempt(void *, const HttpRequest *request, const HttpSink *,
                          HttpResponse *response, Str *, Arena *) {
    response->code = str_ends_with(request->url, STR("lost")) ? 0 : 200;
    return HTTP_DONE;
}

static void requests(void **) {
    static const char *const sent[][2] = {{"GET", "/a"},  {"GET", "/a?watch=1"}, {"", "/lost"},
                                          {"POST", "/a"}, {"PATCH", "/a"},       {"DELETE", "/a"},
                                          {"GET", "/b"}};
    Metrics *metrics = metrics_open();
    const Http *http = metrics_http(metrics, &(Http){.attempt = attempt});
    assert_null(http->open_pool);
    for (size_t i = 0; i < ARRAY_COUNT(sent); i++) {
        HttpRequest request = {.method = str_from_cstr(sent[i][0]),
                               .url = str_from_cstr(sent[i][1])};
        HttpResponse response = {0};
        Str problem;
        http->attempt(http->self, &request, NULL, &response, &problem, arena);
    }
    check_line(metrics, "{code=\"0\",verb=\"get\"} 1\n");
    check_line(metrics, "{code=\"200\",verb=\"get\"} 2\n");
    check_line(metrics, "{code=\"200\",verb=\"watch\"} 1\n");
    check_line(metrics, "{code=\"200\",verb=\"post\"} 1\n");
    check_line(metrics, "{code=\"200\",verb=\"patch\"} 1\n");
    check_line(metrics, "{code=\"200\",verb=\"delete\"} 1\n");
    metrics_close(metrics);
}

UNIT_MAIN(test_metrics) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels),
        cmocka_unit_test(counts),
        cmocka_unit_test(requests),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
