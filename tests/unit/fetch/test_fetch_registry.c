/* The protocol of module registries, response by response. */
#include "fetch_case.h"

#define HOST     "https://r.example.com"
#define SERVICES HOST "/.well-known/terraform.json"
#define MODULE   HOST "/v1/modules/a/b/c/"

static const WebPage pages[] = {
    {SERVICES, 200, NULL, "{\"modules.v1\": \"/v1/modules/\", \"other.v1\": 3}", 0},
    {MODULE "versions", 200, NULL,
     "{\"modules\": [{\"source\": \"x\", \"versions\": [{\"version\": \"1.9.0\"}, {\"version\": "
     "\"1.10.0\", \"root\": {}},"
     " {\"version\": \"2.0.0-beta\"}, {\"version\": \"junk\"}, {}]}]}",
     0},
    {MODULE "1.9.0/download", 204, "https://x/1.9.0.zip", "", 0},
    {MODULE "1.10.0/download", 200, NULL, "{\"location\": \"../1.10.0.zip//sub?archive=zip\"}", 0},
    {MODULE "2.0.0-beta/download", 204, "git::https://x/r?ref=beta", "", 0},
};

static void chosen(void **) {
    static const char *const cases[][4] = {
        {"", "", "1.10.0", MODULE "1.10.0.zip//sub?archive=zip"},
        {"~> 1.9.0", "", "1.9.0", "https://x/1.9.0.zip"},
        {"2.0.0-beta", "", "2.0.0-beta", "git::https://x/r?ref=beta"},
        {">= 1.0", "1.9.0", "1.9.0", "https://x/1.9.0.zip"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SourceCase c;
        source_case_open(&c, pages, ARRAY_COUNT(pages));
        c.variable = "TF_TOKEN_r_example_com=abc";
        SourceRequest request = {.package = STR("r.example.com/a/b/c"),
                                 .constraint = str_from_cstr(cases[i][0]),
                                 .version = str_from_cstr(cases[i][1])};
        if (!source_case_fetch(&c, &fetch_registry, request))
            fail_msg("%.*s", STR_ARG(c.diags.items[0].detail));
        check_str(c.found.version, cases[i][2]);
        check_str(c.found.elsewhere, cases[i][3]);
        assert_int_equal(c.asked.count, cases[i][1][0] ? 2 : 3);
        vec_each(&c.tokens, token)
            check_str(*token, "Bearer abc");
        source_case_close(&c);
    }
}

static void refused(void **) {
    static const struct {
        WebPage pages[3];
        const char *constraint, *said;
    } cases[] = {
        {{{"", 0, NULL, NULL, 0}}, "", "HTTP status 404"},
        {{{SERVICES, 200, NULL, "{", 0}}, "", "is not a JSON object"},
        {{{SERVICES, 200, NULL, "[]", 0}}, "", "is not a JSON object"},
        {{{SERVICES, 200, NULL, "{\"modules.v1\": 1}", 0}}, "", "has no service"},
        {{{SERVICES, 200, NULL, "{\"modules.v1\": \"http://r.example.com/v1\"}", 0}},
         "",
         "without https"},
        {{{SERVICES, 200, NULL, "{\"modules.v1\": \"/v1/modules\"}", 0},
          {MODULE "versions", 200, NULL, "{\"modules\": []}", 0}},
         "",
         "lists no versions"},
        {{{SERVICES, 200, NULL, "{\"modules.v1\": \"/v1/modules\"}", 0},
          {MODULE "versions", 200, NULL, "{\"modules\": [1]}", 0}},
         "",
         "lists no versions"},
        {{{SERVICES, 200, NULL, "{\"modules.v1\": \"/v1/modules\"}", 0},
          {MODULE "versions", 200, NULL, "{\"modules\": [{\"versions\": []}]}", 0}},
         "",
         "It has no versions"},
        {{{SERVICES, 200, NULL, "{\"modules.v1\": \"/v1/modules\"}", 0},
          {MODULE "versions", 200, NULL,
           "{\"modules\": [{\"versions\": [{\"version\": \"1.0.0\"}]}]}", 0}},
         ">= 2",
         "The newest is 1.0.0"},
        {{{SERVICES, 200, NULL, "{\"modules.v1\": \"/v1/modules\"}", 0},
          {MODULE "versions", 200, NULL,
           "{\"modules\": [{\"versions\": [{\"version\": \"1.0.0\"}]}]}", 0},
          {MODULE "1.0.0/download", 200, NULL, "{\"place\": 1}", 0}},
         "",
         "has no address"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SourceCase c;
        source_case_open(&c, cases[i].pages, ARRAY_COUNT(cases[i].pages));
        SourceRequest request = {.package = STR("r.example.com/a/b/c"),
                                 .constraint = str_from_cstr(cases[i].constraint)};
        if (source_case_fetch(&c, &fetch_registry, request))
            fail_msg("case %zu is taken", i);
        source_case_check_said(&c, cases[i].said);
        source_case_close(&c);
    }
}

UNIT_MAIN(test_fetch_registry) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(chosen), cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
