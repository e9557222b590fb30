/* The parts of a request that prove who sends it. */
#include "unit.h"

#include "kube_auth.h"

static Str headers_of(const HttpRequest *request, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    vec_each(&request->headers, header)
        strbuf_add_format(&text, "%.*s: %.*s\n", STR_ARG(header->name), STR_ARG(header->value));
    return strbuf_str(&text);
}

static void bearer(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeTarget target = {.user = STR("u"), .password = STR("p"), .token = STR("not this")};
    KubeCredential credential = {.token = STR("t")};
    HttpRequest request = {.url = STR("kept")};
    kube_auth_apply(&target, &credential, &request, arena);
    check_str(headers_of(&request, arena), "Authorization: Bearer t\n");
    check_str(request.user, "");
    check_str(request.url, "kept");
    assert_true(request.accepts_gzip);
}

static void password_and_tls(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeTarget target = {
        .user = STR("u"),
        .password = STR("p"),
        .ca_certs = STR("ca"),
        .skip_verify = true,
        .no_compression = true,
        .server_name = STR("n"),
        .proxy = STR("socks5://u:p@h:1080"),
        .certificate = STR("of the file"),
    };
    KubeCredential credential = {.certificate = STR("c"), .key = STR("k")};
    HttpRequest request = {0};
    kube_auth_apply(&target, &credential, &request, arena);
    check_str(headers_of(&request, arena), "");
    check_str(request.user, "u");
    check_str(request.password, "p");
    check_str(request.ca_certs, "ca");
    check_str(request.certificate, "c");
    check_str(request.key, "k");
    check_str(request.server_name, "n");
    check_str(request.proxy, "socks5h://u:p@h:1080"); /* the proxy resolves the name */
    assert_true(request.skip_verify);
    assert_false(request.accepts_gzip);
    target.proxy = STR("http://h:1");
    kube_auth_apply(&target, &credential, &request, arena);
    check_str(request.proxy, "http://h:1");
}

static void impersonation(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeTarget target = {.impersonation = {.user = STR("jane"), .uid = STR("7")}};
    KubeExtra extra = {.key = STR("example.com/a%\xc3\xbc")};
    vec_push(arena, &target.impersonation.groups, STR("dev"));
    vec_push(arena, &target.impersonation.groups, STR("system:masters"));
    vec_push(arena, &extra.values, STR("one"));
    vec_push(arena, &extra.values, STR("two"));
    vec_push(arena, &target.impersonation.extra, extra);
    KubeCredential credential = {0};
    HttpRequest request = {0};
    kube_auth_apply(&target, &credential, &request, arena);
    check_str(headers_of(&request, arena), "Impersonate-User: jane\n"
                                           "Impersonate-Uid: 7\n"
                                           "Impersonate-Group: dev\n"
                                           "Impersonate-Group: system:masters\n"
                                           "Impersonate-Extra-example.com%2Fa%25%C3%BC: one\n"
                                           "Impersonate-Extra-example.com%2Fa%25%C3%BC: two\n");
}

UNIT_MAIN(test_kube_auth) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bearer),
        cmocka_unit_test(password_and_tls),
        cmocka_unit_test(impersonation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
