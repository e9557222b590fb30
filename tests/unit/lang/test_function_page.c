/* A function's row as a page: signature, notes, example. */
#include "function_doc.h"
#include "unit.h"

static bool run_nothing(FunctionCall *call, Value *out, Str *) {
    *out = call->arguments[0];
    return true;
}

static const Function rows[] = {
    {
        .name = "cut",
        PARAMETERS({"text", &TYPE_STRING}, {"at", &TYPE_NUMBER, 0, "Where."}),
        VARIADIC({"more", &TYPE_LIST_OF_STRING, 0, "What else."}),
        .type = &TYPE_BOOL,
        .run = run_nothing,
        .description = "It cuts.",
        .example = "cut(\"a\", 1) = true",
    },
    {.name = "all", VARIADIC({"values", &TYPE_DYNAMIC}), .run = run_nothing, .description = "All."},
};

static void test_page(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    FunctionFamily family = {rows, ARRAY_COUNT(rows)};
    StrBuf out = strbuf_new(arena);
    function_doc_write_page(function_table_new(&family, 1, arena), &out, arena);
    const char *page = str_to_cstr(strbuf_str(&out), arena);
    const char *wanted = "\n## all\n\nAll.\n\n```\nall(values any...) any\n```\n"
                         "\n## cut\n\nIt cuts.\n\n```\n"
                         "cut(text string, at number, more list(string)...) bool\n```\n"
                         "\n- `at`: Where.\n- `more`: What else.\n"
                         "\n```\ncut(\"a\", 1) = true\n```\n";
    assert_non_null(strstr(page, wanted));
    assert_string_equal(strstr(page, "\n## all"), wanted);
}

UNIT_MAIN(test_function_page) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_page)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
