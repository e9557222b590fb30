/* etcd_values: responses of etcd in pieces, in pages, and with values that are larger than loam
 * keeps. */
#include "base64.h"
#include "etcd_values.h"
#include "unit.h"

#define KEYS "/registry/secrets/"

typedef struct Etcd {
    Arena *arena;
    Io io;
    Http http;
    Call call;
    EtcdGateway gateway;
    size_t piece;         /* bytes of each piece; 0: the whole response */
    const Str *responses; /* in order */
    size_t count;
    size_t next;
    StrVec bodies;
    int code;
} Etcd;

static HttpStatus etcd_attempt(void *self, const HttpRequest *request, const HttpSink *sink,
                               HttpResponse *response, Str *, Arena *) {
    Etcd *etcd = self;
    vec_push(etcd->arena, &etcd->bodies, str_clone(request->body, etcd->arena));
    assert_true(etcd->next < etcd->count);
    Str text = etcd->responses[etcd->next++];
    size_t step = etcd->piece ? etcd->piece : text.len;
    for (size_t at = 0; at < text.len; at += step) {
        size_t end = at + step < text.len ? at + step : text.len;
        assert_int_equal(sink->write(sink->payload, str_slice(text, at, end)), 0);
    }
    response->code = etcd->code;
    return HTTP_DONE;
}

static void open_etcd(Etcd *etcd, const Str *responses, size_t count, Arena *arena) {
    *etcd = (Etcd){.arena = arena, .responses = responses, .count = count, .code = 200};
    etcd->http = (Http){.self = etcd, .attempt = etcd_attempt};
    etcd->io = io_real();
    etcd->io.http = &etcd->http;
    etcd->call = (Call){.io = &etcd->io, .arena = arena};
    etcd->gateway = (EtcdGateway){.call = &etcd->call, .host = STR("10.0.0.1")};
}

static Str pair(const char *key, Str value, Arena *arena) {
    return str_format(arena, "{\"key\":\"%.*s\",\"create_revision\":\"3\",\"value\":\"%.*s\"}",
                      STR_ARG(base64_encode(str_from_cstr(key), arena)),
                      STR_ARG(base64_encode(value, arena)));
}

static Str page(const Str *pairs, size_t count, bool has_more, Arena *arena) {
    return str_format(
        arena, "{\"header\":{\"cluster_id\":\"1\",\"key\":5},\"kvs\":[%.*s]%s,\"count\":\"9\"}",
        STR_ARG(str_join(pairs, count, STR(","), arena)), has_more ? ",\"more\":true" : "");
}

static void test_pages(void **) {
    for (size_t piece = 0; piece < 4; piece++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        StrBuf large = strbuf_new(arena);
        strbuf_add_cstr(&large, "k8s:enc:x:v1:a:");
        strbuf_add_repeat(&large, 'x', 1000000);
        const Str first[] = {pair(KEYS "a", strbuf_str(&large), arena),
                             pair(KEYS "b", STR("k8s:enc:x:v1:b:1"), arena)};
        const Str second[] = {
            pair(KEYS "c", STR("k8s:enc:x:v1:a:3"), arena),
            str_format(arena, "{\"key\":\"%.*s\"}", STR_ARG(base64_encode(STR(KEYS "d"), arena)))};
        const Str responses[] = {page(first, 2, true, arena), page(second, 2, false, arena)};
        Etcd etcd;
        EtcdValues found;
        Diags diags = diags_new(arena);
        open_etcd(&etcd, responses, 2, arena);
        etcd.piece = piece;
        assert_true(
            etcd_values_count(&etcd.gateway, STR(KEYS), STR("k8s:enc:x:v1:a:"), &found, &diags));
        assert_int_equal(found.count, 4);
        assert_int_equal(found.matching, 2);
        check_str(found.match, KEYS "a");
        check_str(found.other, KEYS "b");
        /* The second page begins after the last key of the first one. */
        Str from = base64_encode((Str){KEYS "b\0", sizeof KEYS + 1}, arena);
        assert_true(str_find(etcd.bodies.items[1], from, 0) != SIZE_MAX);
        Str end = base64_encode(STR("/registry/secrets0"), arena);
        assert_true(str_find(etcd.bodies.items[0], end, 0) != SIZE_MAX);
    }
}

static void test_none(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const Str responses[] = {STR("{\"header\":{}}")};
    Etcd etcd;
    EtcdValues found;
    Str head;
    Diags diags = diags_new(arena);
    open_etcd(&etcd, responses, 1, arena);
    assert_true(etcd_values_count(&etcd.gateway, STR(KEYS), STR("x"), &found, &diags));
    assert_int_equal(found.count, 0);
    etcd.next = 0;
    check_str(etcd_values_head(&etcd.gateway, STR(KEYS "a"), &head), "");
    check_str(head, "");
}

/* A broken text ends, and a failure is an error. */
static void test_bad(void **) {
    static const char *const texts[] = {
        "",         "{\"kvs\":[{\"key\":\"!!\",\"value\":\"!\"}],\"more\":true}",
        "}}}\"",    "{\"kvs\":[{\"key\":\"YQ==\",\"value\":\"a",
        "\"\\\"\\", "{\"more\":true}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const Str responses[] = {str_from_cstr(texts[i])};
        Etcd etcd;
        EtcdValues found;
        Diags diags = diags_new(arena);
        open_etcd(&etcd, responses, 1, arena);
        assert_true(etcd_values_count(&etcd.gateway, STR(KEYS), STR("x"), &found, &diags));
        assert_int_equal(found.count, 0);
        etcd.next = 0;
        etcd.code = 503;
        assert_false(etcd_values_count(&etcd.gateway, STR(KEYS), STR("x"), &found, &diags));
        check_str(diags.items[0].summary, "Values in etcd not read");
    }
}

UNIT_MAIN(test_etcd_values) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
