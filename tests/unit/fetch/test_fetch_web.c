/* Web pages that redirect to a module. */
#include "fetch_case.h"

#include "fetch_web.h"

static void locations(void **) {
    static const struct {
        const char *header, *body, *wanted;
    } cases[] = {
        {"git::https://x/y", "", "git::https://x/y"},
        {"./x.zip//sub", "", "https://h/a/x.zip//sub"},
        {"/x.zip?a=b", "", "https://h/x.zip?a=b"},
        {"../x.zip", "", "https://h/x.zip"},
        {NULL, "<meta name=\"terraform-get\" content=\"https://x/y.zip\" />", "https://x/y.zip"},
        {NULL, "<p><META content = 'https://x/?a=1&amp;b=2' Name='terraform-get'>",
         "https://x/?a=1&b=2"},
        {NULL, "<meta name=author content=x><meta name=\"terraform-get\" content=\"/z\">",
         "https://h/z"},
        {NULL, "<meta name=\"terraform-get\">", ""},
        {NULL, "<meta data-name=\"terraform-get\" content=\"x\">", ""},
        {NULL, "<meta name=\"terraform-get\" content=\"x", ""},
        {NULL, "<meta", ""},
        {NULL, "terraform-get", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        HttpResponse response = {
            .code = 200, .url = STR("https://h/a/b"), .body = str_from_cstr(cases[i].body)};
        if (cases[i].header)
            vec_push(arena, &response.headers,
                     (HttpHeader){STR("x-terraform-get"), str_from_cstr(cases[i].header)});
        check_str(fetch_web_location(&response, arena), cases[i].wanted);
    }
}

static void failures(void **) {
    static const WebPage pages[] = {
        {"https://h/403", 403, NULL, "", 0},
        {"https://h/500", 500, NULL, "", 0},
        {"https://h/0", 0, NULL, "", 0},
    };
    static const char *const cases[][2] = {
        {"https://u:geheim@h/403", "HTTP status 403. It requires authentication"},
        {"https://u:geheim@h/404", "HTTP status 404. Check the address."},
        {"https://u:geheim@h/500", "HTTP status 500. Try again later."},
        {"https://u:geheim@h/0", "no answer. Check the address"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SourceCase c;
        source_case_open(&c, pages, ARRAY_COUNT(pages));
        WebQuestion question = {
            .io = &c.io, .url = str_from_cstr(cases[i][0]), .asker = "the server"};
        HttpResponse response;
        assert_false(fetch_web_get(&question, NO_RANGE, &response, c.arena, &c.diags));
        source_case_check_said(&c, cases[i][1]);
        assert_true(str_find(c.diags.items[0].detail, STR("geheim"), 0) == SIZE_MAX);
        assert_true(str_find(c.asked.items[0], STR("geheim"), 0) == SIZE_MAX);
        source_case_close(&c);
    }
}

UNIT_MAIN(test_fetch_web) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(locations), cmocka_unit_test(failures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
