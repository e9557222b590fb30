/* Streams that are cut, expire, fail or are forbidden. */
#include "kube_script.h"

#include "kube_object.h"
#include "kube_watch.h"

#define OBJECT(name, version)                                                                      \
    "{\"metadata\":{\"name\":\"" name "\",\"resourceVersion\":\"" version "\"}}"
#define LIST(version, ...)                                                                         \
    "{\"metadata\":{\"resourceVersion\":\"" version "\"},\"items\":[" __VA_ARGS__ "]}"
#define EVENT(type, object) "{\"type\":\"" type "\",\"object\":" object "}\n"
#define EXPIRED             EVENT("ERROR", "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}")
#define TOO_NEW                                                                                    \
    "{\"kind\":\"Status\",\"code\":504,\"details\":{\"causes\":[{\"reason\":"                      \
    "\"ResourceVersionTooLarge\"}]}}"
#define FORBIDDEN "{\"kind\":\"Status\",\"code\":403,\"message\":\"no \"}"
#define PIECES(...)                                                                                \
    .pieces = (const char *const[]) {                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static const KubeResource config_maps = KUBE_CORE_RESOURCE("ConfigMap", "configmaps");

typedef struct Row {
    const char *name; /* NULL: the collection */
    KubeScriptRow rows[8];
    const char *seen;     /* the last one ends the watch */
    const char *versions; /* of the streams */
} Row;

static const Row rows[] = {
    /* Pieces that end anywhere. */
    {NULL,
     {{200, LIST("5", OBJECT("a", "1"))},
      {200, PIECES("{\"type\":\"ADD",
                   "ED\",\"object\":{\"metadata\":{\"name\":\"b\",\"resourceVersion\":",
                   "\"6\"}}}\n" EVENT("BOOKMARK", OBJECT("", "9")) "{\"ty",
                   "pe\":\"DELETED\",\"object\":", OBJECT("a", "10") "}", "\n")}},
     "+a list +b -a ",
     "5 "},
    /* The stream ends, and is continued from the bookmark. */
    {NULL,
     {{200, LIST("5")},
      {200, EVENT("BOOKMARK", OBJECT("", "9"))},
      {200, EVENT("ADDED", OBJECT("a", "10"))}},
     "list +a ",
     "5 9 "},
    /* It breaks in the middle of a frame. */
    {NULL,
     {{200, LIST("5")},
      {200, PIECES(EVENT("ADDED", OBJECT("a", "6")) "{\"type\":\"AD"), .transport = HTTP_LOST},
      {200, EVENT("MODIFIED", OBJECT("a", "7"))}},
     "list +a +a ",
     "5 6 "},
    /* It expires: only the differences of the new list are seen. */
    {NULL,
     {{200, LIST("5", OBJECT("a", "1") "," OBJECT("b", "1") "," OBJECT("c", "1"))},
      {200, EXPIRED},
      {200, LIST("50", OBJECT("a", "1") "," OBJECT("c", "2") "," OBJECT("d", "3"))},
      {200, EVENT("DELETED", OBJECT("d", "51"))}},
     "+a +b +c list +c +d -b list -d ",
     "5 50 "},
    /* The request itself is answered by 410. */
    {NULL,
     {{200, LIST("5")},
      {410, "{\"kind\":\"Status\",\"code\":410}"},
      {200, LIST("6", OBJECT("a", "6"))}},
     "list +a list ",
     "5 "},
    /* Its storage was restored from a backup: the version is one of the future. */
    {NULL,
     {{200, LIST("5")}, {504, TOO_NEW}, {200, LIST("3", OBJECT("a", "2"))}},
     "list +a list ",
     "5 "},
    /* The server is busy, then restarts. */
    {NULL,
     {{200, LIST("5")},
      {429},
      {.transport = HTTP_NO_CONNECTION},
      {503},
      {200, EVENT("ADDED", OBJECT("a", "6"))}},
     "list +a ",
     "5 5 5 5 "},
    /* Events that repeat what the list had. */
    {NULL,
     {{200, LIST("5", OBJECT("a", "4"))},
      {200, EVENT("ADDED", OBJECT("a", "4")) EVENT("MODIFIED", OBJECT("a", "6"))}},
     "+a list +a ",
     "5 "},
    /* The watch is forbidden: the list is polled. */
    {NULL,
     {{200, LIST("5", OBJECT("a", "1"))},
      {403, FORBIDDEN},
      {200, LIST("6", OBJECT("a", "1"))},
      {200, LIST("7")}},
     "+a list list -a list ",
     "5 "},
    /* The list is forbidden too: the object is polled. */
    {"a",
     {{403, FORBIDDEN},
      {404, "{\"kind\":\"Status\"}"},
      {200, OBJECT("a", "1")},
      {404, "{\"kind\":\"Status\"}"}},
     "-a +a -a ",
     ""},
};

typedef struct Diary {
    StrBuf text;
    const char *enough;
} Diary;

static bool see(void *payload, const KubeEvent *event) {
    Diary *diary = payload;
    if (event->type == KUBE_EVENT_LISTED)
        strbuf_add_cstr(&diary->text, "list ");
    else
        strbuf_add_format(&diary->text, "%c%.*s ", event->type == KUBE_EVENT_PRESENT ? '+' : '-',
                          STR_ARG(event->name));
    return str_equal_cstr(strbuf_str(&diary->text), diary->enough);
}

/* The resourceVersions of the watch requests. */
static Str versions_of(const KubeScript *script, Arena *arena) {
    static const Str key = STR_CONST("resourceVersion=");
    StrBuf text = strbuf_new(arena);
    vec_each(&script->requests, request) {
        size_t at = str_find(*request, key, 0);
        Str rest = str_after(*request, at == SIZE_MAX ? request->len : at + key.len);
        Str version;
        if (at != SIZE_MAX && str_next_field(&rest, '&', &version))
            strbuf_add_format(&text, "%.*s ", STR_ARG(version));
    }
    return strbuf_str(&text);
}

static void streams(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        KubeScript script;
        KubeResponse response;
        Diags diags = diags_new(arena);
        Diary diary = {strbuf_new(arena), rows[i].seen};
        KubeWatchRequest request = {
            .ref = {.resource = &config_maps,
                    .namespace = STR("n"),
                    .name = str_from_cstr(rows[i].name)},
            .see = see,
            .payload = &diary,
        };
        kube_script_open(&script, rows[i].rows, ARRAY_COUNT(rows[i].rows), NULL, arena);
        KubeCall call = {.client = script.client, .arena = arena};
        KubeOutcome outcome = kube_watch_run(&call, &request, &response, &diags);
        check_str(strbuf_str(&diary.text), rows[i].seen);
        assert_int_equal(outcome, KUBE_DONE);
        check_str(versions_of(&script, arena), rows[i].versions);
        assert_int_equal(diags.count, 0);
        kube_client_close(script.client);
    }
}

/* The same events, for each size of the pieces in which they arrive. */
static void pieces(void **) {
    static const char text[] =
        EVENT("ADDED", OBJECT("\xc3\xa4", "6")) "\n" EVENT("MODIFIED", OBJECT("b", "7"))
            EVENT("DELETED", OBJECT("b", "8"));
    for (size_t size = 1; size <= sizeof text; size++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        VEC(const char *) cut = {0};
        Str rest = {text, sizeof text - 1};
        for (size_t end; rest.len > 0; rest = str_after(rest, end)) {
            end = size < rest.len ? size : rest.len;
            vec_push(arena, &cut, str_to_cstr(str_slice(rest, 0, end), arena));
        }
        vec_push(arena, &cut, NULL);
        const KubeScriptRow script_rows[] = {{200, LIST("5")}, {.code = 200, .pieces = cut.items}};
        KubeScript script;
        KubeResponse response;
        Diags diags = diags_new(arena);
        Diary diary = {strbuf_new(arena), "list +\xc3\xa4 +b -b "};
        KubeWatchRequest request = {.ref = {.resource = &config_maps, .namespace = STR("n")},
                                    .see = see,
                                    .payload = &diary};
        kube_script_open(&script, script_rows, ARRAY_COUNT(script_rows), NULL, arena);
        KubeCall call = {.client = script.client, .arena = arena};
        assert_int_equal(kube_watch_run(&call, &request, &response, &diags), KUBE_DONE);
        check_str(strbuf_str(&diary.text), diary.enough);
        kube_client_close(script.client);
    }
}

/* What ends a watch: a certificate, a rejected request, the deadline, the user. */
static void endings(void **) {
    static const KubeScriptRow failures[][3] = {
        {{200, LIST("5")}, {.transport = HTTP_BAD_CERTIFICATE}},
        {{200, LIST("5")}, {400, "{\"kind\":\"Status\",\"code\":400,\"message\":\"m\"}"}},
        {{404, "404 page not found"}},
    };
    static const char *const problems[] = {"a problem", "HTTP status 400 (m)",
                                           "HTTP status 404 (404 page not found)"};
    for (size_t i = 0; i < ARRAY_COUNT(failures); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        KubeScript script;
        KubeResponse response;
        Diags diags = diags_new(arena);
        Diary diary = {strbuf_new(arena), "never"};
        KubeWatchRequest request = {
            .ref = {.resource = &config_maps}, .see = see, .payload = &diary};
        kube_script_open(&script, failures[i], 3, NULL, arena);
        KubeCall call = {.client = script.client, .arena = arena};
        assert_int_equal(kube_watch_run(&call, &request, &response, &diags), KUBE_FAILED);
        check_str(response.problem, problems[i]);
        kube_client_close(script.client);
    }
}

static void time_is_over(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeScriptRow quiet[8] = {{200, LIST("5")}};
    KubeScript script;
    KubeResponse response;
    Diags diags = diags_new(arena);
    Diary diary = {strbuf_new(arena), "never"};
    CancelToken *token = cancel_open();
    KubeWatchRequest request = {.ref = {.resource = &config_maps}, .see = see, .payload = &diary};
    for (size_t i = 1; i < ARRAY_COUNT(quiet); i++)
        quiet[i] = (KubeScriptRow){200, .takes_ms = 60000};
    kube_script_open(&script, quiet, ARRAY_COUNT(quiet), NULL, arena);
    KubeCall call = {.client = script.client, .arena = arena};
    call.deadline_ms = script.now_ms + 150000;
    assert_int_equal(kube_watch_run(&call, &request, &response, &diags), KUBE_FAILED);
    assert_int_equal(response.transport, HTTP_TIMED_OUT);
    check_str(response.problem, "the time is over");
    assert_int_equal(script.next, 4); /* the list, and three streams of at most a minute */
    script.next = 0;
    call.deadline_ms = 0;
    call.cancel = token;
    cancel_raise(token, CANCEL_STOP);
    assert_int_equal(kube_watch_run(&call, &request, &response, &diags), KUBE_FAILED);
    assert_int_equal(response.transport, HTTP_CANCELLED);
    kube_client_close(script.client);
    cancel_close(token);
}

UNIT_MAIN(test_kube_watch) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams),
        cmocka_unit_test(pieces),
        cmocka_unit_test(endings),
        cmocka_unit_test(time_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
