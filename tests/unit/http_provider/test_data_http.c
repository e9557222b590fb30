/* data http: the request, and the result made of the response. */
#include "http_provider.h"
#include "resource_case.h"

typedef struct Server {
    int codes[4]; /* in order; the last one repeats */
    Str body;
    unsigned count;
    HttpRequest asked;
} Server;

static HttpStatus answer(void *self, const HttpRequest *request, const HttpSink *sink,
                         HttpResponse *response, Str *, Arena *arena) {
    Server *server = self;
    server->asked = *request;
    unsigned i = server->count++;
    while (i > 0 && (i >= ARRAY_COUNT(server->codes) || server->codes[i] == 0))
        i--;
    response->code = server->codes[i];
    http_add_header(&response->headers, "x-two", STR("a"), arena);
    http_add_header(&response->headers, "x-two", STR("b"), arena);
    return sink->write(sink->payload, server->body) == 0 ? HTTP_DONE : HTTP_NOT_KEPT;
}

static bool ask(ResourceCase *c, Server *server, const char *json) {
    Http http = {.self = server, .attempt = answer};
    c->io.http = &http;
    c->state = case_config(c, json);
    return case_read(c);
}

static void test_answer(void **) {
    ResourceCase c = case_open(&data_http);
    Server server = {.codes = {404}, .body = STR("hello")};
    Value header;
    check_done(&c, ask(&c, &server,
                       "{\"url\":\"http://h/\",\"method\":\"POST\",\"request_body\":\"q\","
                       "\"request_headers\":{\"A\":\"b\"},\"request_timeout_ms\":5}"));
    check_str(case_text(&c, "response_body"), "hello");
    check_str(case_text(&c, "response_body_base64"), "aGVsbG8=");
    check_str(case_text(&c, "id"), "http://h/");
    assert_true(value_find(case_attribute(&c, "response_headers"), STR("X-Two"), &header));
    check_str(value_text(header), "a, b");
    check_str(server.asked.body, "q");
    assert_int_equal(server.asked.timeout_ms, 5);
    assert_int_equal(server.asked.headers.count, 1);
    case_close(&c);
}

static void test_retries(void **) {
    ResourceCase c = case_open(&data_http);
    Server server = {.codes = {503, 503, 200}, .body = STR("x")};
    const char *json = "{\"url\":\"http://h/\",\"retry\":{\"attempts\":2,\"min_delay_ms\":0,"
                       "\"max_delay_ms\":1}}";
    check_done(&c, ask(&c, &server, json));
    assert_int_equal(server.count, 3);
    server = (Server){.codes = {500}, .body = STR("x")};
    assert_false(ask(&c, &server, json));
    assert_int_equal(server.count, 3);
    server = (Server){.codes = {500}, .body = STR("x")};
    assert_false(ask(&c, &server, "{\"url\":\"http://u:secret@h/\"}"));
    assert_int_equal(server.count, 1);
    assert_true(str_find(c.diags.items[0].detail, STR("secret"), 0) == SIZE_MAX);
    server = (Server){.codes = {501}, .body = STR("x")};
    check_done(&c, ask(&c, &server, "{\"url\":\"http://h/\"}"));
    case_close(&c);
}

static void test_refusals(void **) {
    ResourceCase c = case_open(&data_http);
    Server server = {.codes = {200}, .body = STR("\xff")};
    check_done(&c, ask(&c, &server, "{\"url\":\"http://h/\"}"));
    assert_int_equal(c.diags.count, 1); /* a warning: the body is not text */
    assert_false(ask(&c, &server, "{\"url\":\"https://h/\",\"ca_cert_pem\":\"x\"}"));
    assert_false(case_validate(&c, "{\"url\":\"http://h/\",\"method\":\"PUT\"}"));
    assert_false(case_validate(&c, "{\"url\":\"http://h/\",\"request_timeout_ms\":0}"));
    assert_false(
        case_validate(&c, "{\"url\":\"http://h/\",\"request_headers\":{\"A\":\"b\\r\\nC: d\"}}"));
    assert_false(case_validate(
        &c, "{\"url\":\"http://h/\",\"retry\":{\"min_delay_ms\":2,\"max_delay_ms\":1}}"));
    case_close(&c);
}

UNIT_MAIN(test_data_http) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_retries),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
