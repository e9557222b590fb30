/* A function's row as JSON: written and omitted members. */
#include "function_call.h"
#include "function_doc.h"
#include "unit.h"

static bool run_nothing(FunctionCall *call, Value *out, Str *) {
    *out = call->arguments[0];
    return true;
}

static bool type_of_first(FunctionCall *call, const Type **out, Str *) {
    *out = call->arguments[0].type;
    return true;
}

static bool no_type(FunctionCall *call, const Type **, Str *error) {
    return function_fail(call, 0, error, "never");
}

static const Function rows[] = {
    {
        .name = "same",
        PARAMETERS({"value", &TYPE_NUMBER, PARAMETER_NULL, "What comes back."}),
        .result_type = type_of_first,
        .run = run_nothing,
        .description = "It & <itself>.",
    },
    {
        .name = "all",
        VARIADIC({"values", &TYPE_DYNAMIC}),
        .result_type = no_type,
        .run = run_nothing,
        .description = "All.",
    },
    {
        .name = "provider::p::f",
        .type = &TYPE_LIST_OF_STRING,
        .run = run_nothing,
        .description = "Of a provider.",
    },
};

static void test_json(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    FunctionFamily family = {rows, ARRAY_COUNT(rows)};
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    function_doc_write(function_table_new(&family, 1, arena), &writer, arena);
    assert_string_equal(
        str_to_cstr(strbuf_str(&text), arena),
        "{\"format_version\":\"1.0\",\"function_signatures\":{"
        "\"all\":{\"description\":\"All.\",\"return_type\":\"dynamic\","
        "\"variadic_parameter\":{\"name\":\"values\",\"type\":\"dynamic\"}},"
        "\"core::all\":{\"description\":\"All.\",\"return_type\":\"dynamic\","
        "\"variadic_parameter\":{\"name\":\"values\",\"type\":\"dynamic\"}},"
        "\"core::same\":{\"description\":\"It & <itself>.\",\"return_type\":\"number\","
        "\"parameters\":[{\"name\":\"value\",\"description\":\"What comes back.\","
        "\"is_nullable\":true,\"type\":\"number\"}]},"
        "\"provider::p::f\":{\"description\":\"Of a provider.\","
        "\"return_type\":[\"list\",\"string\"]},"
        "\"same\":{\"description\":\"It & <itself>.\",\"return_type\":\"number\","
        "\"parameters\":[{\"name\":\"value\",\"description\":\"What comes back.\","
        "\"is_nullable\":true,\"type\":\"number\"}]}}}");
}

UNIT_MAIN(test_function_json) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_json)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
