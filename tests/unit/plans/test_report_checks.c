#include "plan_case.h"
#include "report_checks.h"

static void collect(const ReportCheck *check, void *payload) {
    strbuf_add_format(payload, "%.*s|%.*s|%.*s|%d|%.*s\n", STR_ARG(check->kind),
                      STR_ARG(check->block), STR_ARG(check->address), (int)check->status,
                      STR_ARG(check->message));
}

static Str checks_of(const char *json) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    plan->checks = str_from_cstr(json);
    StrBuf text = strbuf_new(arena);
    report_checks_each(plan, collect, &text, arena);
    return strbuf_str(&text);
}

static void each_object(void **) {
    check_str(checks_of("[{\"object_kind\":\"check\",\"config_addr\":\"check.c\",\"status\":"
                        "\"fail\",\"objects\":[{\"object_addr\":\"check.c\",\"status\":\"fail\","
                        "\"failure_messages\":[\"one\",\"two\"]}]},"
                        "{\"object_kind\":\"resource\",\"config_addr\":\"t.a\",\"status\":\"pass\","
                        "\"objects\":[{\"object_addr\":\"t.a[0]\",\"status\":\"pass\"},"
                        "{\"object_addr\":\"t.a[1]\",\"status\":\"unknown\"},"
                        "{\"object_addr\":\"t.a[2]\",\"status\":\"error\"}]}]"),
              "check|check.c|check.c|1|one\ntwo\n"
              "resource|t.a|t.a[0]|0|\n"
              "resource|t.a|t.a[1]|3|\n"
              "resource|t.a|t.a[2]|2|\n");
}

static void none(void **) {
    static const char *const texts[] = {"", "null", "{}", "[", "[{\"objects\":null}]"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        check_str(checks_of(texts[i]), "");
}

UNIT_MAIN(test_report_checks) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(each_object),
        PLAN_CASE(none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
