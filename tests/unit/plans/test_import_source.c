/* The names of imported objects, as plans show them. */
#include "plan_case.h"

#include "import_source.h"

static void texts(void **) {
    static const struct {
        const char *identity; /* as in plan_case.h */
        const char *text;
    } cases[] = {
        {"-", "<null>"},
        {"{}", ""},
        {"{\"a\": \"x y\", \"b\": 1.5, \"c\": true, \"d\": null}", "a=x y,b=1.5,c=true,d=<null>"},
        {"{\"a\": [\"x\", 2], \"b\": {\"$unknown\": true}, \"c\": []}", "a=[x,2],b=<unknown>,c=[]"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(import_source_identity_text(value_of(cases[i].identity), arena), cases[i].text);
}

static void sources(void **) {
    ImportSource none = {0};
    ImportSource unknown = {.is_unknown = true};
    ImportSource id = {.id = STR("i")};
    ImportSource identity = {.identity = value_of("{\"n\": \"x\"}")};
    assert_false(import_source_is_known(&none) || import_source_is_known(&unknown));
    assert_true(import_source_is_known(&id) && import_source_is_known(&identity));
    check_str(import_source_text(&id, arena), "i");
    check_str(import_source_text(&identity, arena), "n=x");
}

UNIT_MAIN(test_import_source) {
    const struct CMUnitTest tests[] = {PLAN_CASE(texts), PLAN_CASE(sources)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
