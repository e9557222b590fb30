/* The queue of spans: batches, a full queue, a collector that fails, one that hangs. */
#include "otlp_sender.h"
#include "thread.h"
#include "unit.h"

/* A collector. While `is_stuck`, requests wait until they are cancelled. */
typedef struct Collector {
    pthread_mutex_t mutex;
    size_t requests, spans, most;
    int code;
    bool is_stuck;
} Collector;

static const char *variable(void *, const char *name) {
    return strcmp(name, "OTEL_TRACES_EXPORTER") == 0 ? "otlp" : NULL;
}

static HttpStatus receive(void *self, const HttpRequest *request, const HttpSink *,
                          HttpResponse *response, Str *problem, Arena *) {
    Collector *collector = self;
    size_t count = 0;
    for (size_t at = 0; (at = str_find(request->body, STR("\"spanId\""), at)) != SIZE_MAX; at++)
        count++;
    if (collector->is_stuck) {
        (void)cancel_wait(request->cancel, 60000);
        *problem = STR("cancelled");
        return HTTP_CANCELLED;
    }
    LOCKED(&collector->mutex);
    collector->requests++;
    collector->spans += count;
    collector->most = count > collector->most ? count : collector->most;
    response->code = collector->code;
    return HTTP_DONE;
}

static bool send(Collector *collector, size_t count, int64_t wait_ms, Str *problem, Arena *arena) {
    const Process process = {.environment = variable};
    const Http http = {.self = collector, .attempt = receive};
    const Io io = {.process = &process, .http = &http, .clock = &clock_real, .disk = &disk_real};
    OtlpSenderOptions options = {.io = &io, .trace = STR("0af7651916cd43dd8448eb211c80319c")};
    pthread_mutex_init(&collector->mutex, NULL);
    OtlpSender *sender = otlp_sender_open(&options, problem, arena);
    assert_non_null(sender);
    for (size_t i = 0; i < count; i++) {
        char name[] = "span";
        otlp_sender_add(sender, &(OtlpSpan){.name = str_from_cstr(name), .id = STR("1")});
        name[0] = 0; /* the sender has a copy */
    }
    return otlp_sender_close(sender, wait_ms, problem, arena);
}

static void batches(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const size_t counts[] = {0, 1, 512, 513, 4096};
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        Collector collector = {.code = 200};
        Str problem;
        assert_true(send(&collector, counts[i], 60000, &problem, arena));
        assert_int_equal(collector.spans, counts[i]);
        assert_true(collector.most <= 512);
        assert_true(collector.requests >= (counts[i] + 511) / 512);
    }
}

static void failures(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Collector collector = {.code = 400};
    Str problem;
    assert_false(send(&collector, 3, 60000, &problem, arena));
    check_str(problem, "Traces were not sent to http://localhost:4318/v1/traces: it responded with "
                       "HTTP status 400.");
}

/* The queue takes no more than its limit, and the end of the run does not wait for the collector.
 */
static void a_stuck_collector(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Collector collector = {.is_stuck = true};
    Str problem;
    assert_false(send(&collector, 100000, 1, &problem, arena));
    assert_true(str_starts_with(problem, STR("Traces were not sent")));
    assert_int_equal(collector.spans, 0);
}

UNIT_MAIN(test_otlp_sender) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches),
        cmocka_unit_test(failures),
        cmocka_unit_test(a_stuck_collector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
