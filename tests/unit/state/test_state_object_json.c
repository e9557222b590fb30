/* Members of a stored object: read and written; unknown ones are kept. */
#include "state_case.h"

#include "record_case.h"
#include "state_object_json.h"

static bool read(Str text, StateObject *out, const char **error, Arena *arena) {
    JsonReader reader = json_reader_new(text, arena);
    StateObjectReader reading = {.reader = &reader, .arena = arena};
    assert_int_equal(json_next(&reader), JSON_OBJECT_START);
    state_object_json_begin(&reading);
    while (json_next(&reader) == JSON_KEY) {
        Str key = reader.text;
        JsonToken token = json_next(&reader);
        if (!state_object_json_member(&reading, key, token, error))
            return false;
    }
    *out = *state_object_json_finish(&reading);
    return true;
}

static void every_member(void **) {
    static const RecordSample samples[] = {
        {"identity_schema_version", "3", false},
        {"dependencies", "[\"a.b\",\"c.d\"]", false},
        {NULL, NULL, false},
    };
    static const RecordSpan others[] = {
        RECORD_SPAN(StateObject, identity_version),
        RECORD_SPAN(StateObject, has_identity_version),
        RECORD_SPAN(StateObject, dependencies),
        RECORD_SPAN(StateObject, dependency_count),
        RECORD_SPAN(StateObject, source),
        RECORD_SPAN(StateObject, extra),
        {0, 0},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    StateObjectReader context = {.arena = arena};
    RecordCase it = {&state_object_json_rows, 0, samples, arena};
    record_case_members(StateObject, &state_object_json_rows, others);
    record_case_rows(&it, &context);
}

static void there_and_back(void **) {
    static const char *const cases[] = {
        "{\"schema_version\":0,\"attributes\":{},\"sensitive_attributes\":[]}",
        "{\"schema_version\":0,\"attributes\":{},\"sensitive_attributes\":[],"
        "\"identity_schema_version\":0}",
        "{\"status\":\"tainted\",\"schema_version\":7,\"attributes\":{\"a\":1},"
        "\"sensitive_attributes\":[[]],\"identity_schema_version\":2,\"identity\":{\"n\":null},"
        "\"private\":\"AP8=\",\"dependencies\":[\"a.b\",\"c.\\\"d\"],"
        "\"create_before_destroy\":true,\"skip_destroy\":true,\"newer\":{\"x\":[1]}}",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StateObject object;
        const char *error;
        assert_true(read(str_from_cstr(cases[i]), &object, &error, arena));
        StrBuf text = strbuf_new(arena);
        JsonWriter writer;
        json_writer_init(&writer, &text, 0);
        json_object_start(&writer);
        state_object_json_write(&writer, &object);
        json_object_end(&writer);
        check_str(strbuf_str(&text), cases[i]);
    }
}

static void nulls_are_nothing(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StateObject object;
    const char *error;
    assert_true(read(STR("{\"attributes\":null,\"private\":null,\"dependencies\":null,"
                         "\"sensitive_attributes\":null,\"identity\":null,"
                         "\"create_before_destroy\":null}"),
                     &object, &error, arena));
    assert_int_equal(object.extra.len + object.attributes.len + object.private_data.len, 0);
    assert_int_equal(object.dependency_count, 0);
}

static void refused(void **) {
    static const struct {
        const char *text;
        const char *error;
    } cases[] = {
        {"{\"schema_version\":-1}", "schema_version must be an integer of at most 2^62"},
        {"{\"attributes\":[]}", "attributes must be an object"},
        {"{\"sensitive_attributes\":{}}", "sensitive_attributes must be a list of paths"},
        {"{\"private\":\"!\"}", "private must be a base64 string"},
        {"{\"dependencies\":[1]}", "dependencies must be a list of addresses"},
        {"{\"create_before_destroy\":1}", "create_before_destroy must be true or false"},
        {"{\"status\":\"odd\"}", "the only valid status of an object is \"tainted\""},
        {"{\"attributes\":{\"a\":}", NULL},
        {"{\"other\":[}", NULL},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StateObject object;
        const char *error = "unset";
        assert_false(read(str_from_cstr(cases[i].text), &object, &error, arena));
        if (cases[i].error) {
            assert_string_equal(error, cases[i].error);
        } else {
            assert_null(error);
        }
    }
}

/* Instances of a resource mostly have the same dependencies: the list is shared. */
static void same_dependencies(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    JsonReader reader = json_reader_new(
        STR("[[\"a.b\",\"c.d\"],[\"a.b\",\"c.d\"],[\"a.b\"],null,[\"a.b\"]]"), arena);
    StateObjectReader reading = {.reader = &reader, .arena = arena};
    static const size_t counts[] = {2, 2, 1, 0, 1};
    const Str *lists[ARRAY_COUNT(counts)];
    assert_int_equal(json_next(&reader), JSON_ARRAY_START);
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++) {
        const char *error;
        state_object_json_begin(&reading);
        JsonToken token = json_next(&reader);
        assert_true(state_object_json_member(&reading, STR("dependencies"), token, &error));
        assert_int_equal(reading.object.dependency_count, counts[i]);
        lists[i] = reading.object.dependencies;
        if (counts[i] > 0)
            check_str(lists[i][0], "a.b");
    }
    assert_ptr_equal(lists[0], lists[1]);
    assert_ptr_not_equal(lists[1], lists[2]);
}

UNIT_MAIN(test_state_object_json) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member),      cmocka_unit_test(there_and_back),
        cmocka_unit_test(nulls_are_nothing), cmocka_unit_test(refused),
        cmocka_unit_test(same_dependencies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
