/* component_change: the fields that a kubelet shows. */
#include "component_change.h"
#include "json.h"
#include "object_builder.h"
#include "unit.h"

#define LOGGING(verbosity, flush)                                                                  \
    "{\"logging\":{\"flushFrequency\":" flush ",\"options\":{\"json\":{\"infoBufferSize\":\"0\"}," \
    "\"text\":{\"infoBufferSize\":\"0\"}},\"verbosity\":" verbosity "}}"
#define SHOWN_LOGGING(verbosity)                                                                   \
    "{\"logging\":{\"format\":\"text\",\"flushFrequency\":\"5s\",\"options\":{\"json\":{"          \
    "\"infoBufferSize\":\"0\"},\"text\":{\"infoBufferSize\":\"0\"}},\"verbosity\":" verbosity "}}"

static Value parse(const char *text, Arena *arena) {
    Value found;
    assert_true(json_parse_object(str_from_cstr(text), &found, arena));
    return found;
}

/* `given` NULL: as written. */
static void test_shown(void **) {
    static const struct {
        const char *given, *written, *shown;
        bool is_shown;
    } rows[] = {
        {NULL, "{\"maxPods\":200}", "{\"maxPods\":200,\"other\":1}", true},
        {NULL, "{\"maxPods\":200}", "{\"maxPods\":110}", false},
        {NULL, "{\"maxPods\":200}", "{}", false},
        {NULL, "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1,\"c\":2}}", true},
        {NULL, "{\"a\":{\"b\":1}}", "{\"a\":{\"c\":2}}", false},
        {NULL, "{\"a\":{\"b\":1}}", "{}", false},
        {NULL, "{\"timeout\":\"4h0m0s\"}", "{\"timeout\":\"1h0m0s\"}", false},
        {NULL, "{\"failSwapOn\":false}", "{\"failSwapOn\":true}", false},
        {NULL, "{\"eventRecordQPS\":0}", "{\"eventRecordQPS\":50}", false},
        {NULL, "{\"list\":[]}", "{\"list\":[1]}", false},
        /* Spelled in another way. */
        {"{\"timeout\":\"240m\"}", "{\"timeout\":\"4h0m0s\"}", "{\"timeout\":\"4h0m0s\"}", true},
        {"{\"timeout\":\"240m\"}", "{\"timeout\":\"4h0m0s\"}", "{\"timeout\":\"2h0m0s\"}", false},
        /* Zero is the default of these. */
        {NULL, "{\"timeout\":\"0s\"}", "{\"timeout\":\"4h0m0s\"}", true},
        {NULL, "{\"timeout\":\"0s\"}", "{}", true},
        {NULL, "{\"a\":{\"timeout\":\"0s\"}}", "{\"a\":{\"timeout\":\"2m0s\"}}", true},
        {NULL, "{\"socket\":\"\"}", "{\"socket\":\"unix:///run/a\"}", true},
        {NULL, LOGGING("4", "0"), SHOWN_LOGGING("4"), true},
        {NULL, LOGGING("4", "0"), SHOWN_LOGGING("2"), false},
        {NULL, LOGGING("4", "1"), SHOWN_LOGGING("4"), false},
        {"{\"logging\":{\"verbosity\":4}}", LOGGING("4", "0"), SHOWN_LOGGING("4"), true},
        {"{\"logging\":{\"verbosity\":4}}", LOGGING("4", "0"), SHOWN_LOGGING("0"), false},
        {"{\"readOnlyPort\":0}", "{}", "{}", true},
        /* No argument gives them any more: kubeadm, the kubelet or a flag does. */
        {"{}", LOGGING("0", "0"), SHOWN_LOGGING("3"), true},
        {"{}", "{\"maxPods\":110}", "{\"maxPods\":200}", true},
        {"{}", "{}", "{\"maxPods\":200}", true},
        {"{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1,\"c\":0,\"d\":{}}}",
         "{\"a\":{\"b\":1,\"c\":7,\"d\":{\"e\":1}}}", true},
        {"{\"a\":{\"b\":null}}", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2}}", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ComponentField field = {parse(rows[i].given ? rows[i].given : rows[i].written, arena),
                                parse(rows[i].written, arena), parse(rows[i].shown, arena)};
        if (component_change_is_shown(STR_EMPTY, &field, arena) != rows[i].is_shown)
            fail_msg("%zu: %s and %s", i, rows[i].written, rows[i].shown);
    }
}

/* A map of the configuration has fields, too. */
static void test_map(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectBuilder map = object_builder_new(arena);
    object_builder_put(&map, STR("memory.available"), value_from_cstr("1Gi"));
    Value given = object_builder_map(&map, &TYPE_STRING);
    Value written = parse("{\"memory.available\":\"1Gi\"}", arena);
    Value more = parse("{\"memory.available\":\"1Gi\",\"nodefs.available\":\"10%\"}", arena);
    Value other = parse("{\"memory.available\":\"2Gi\"}", arena);
    assert_true(component_change_is_shown(STR("evictionHard"),
                                          &(ComponentField){given, written, more}, arena));
    assert_false(component_change_is_shown(STR("evictionHard"),
                                           &(ComponentField){given, written, other}, arena));
}

static void test_merge(void **) {
    static const struct {
        const char *under, *over, *merged;
    } rows[] = {
        {"{}", "{}", "{}"},
        {"{\"a\":1,\"b\":2}", "{\"b\":3,\"c\":4}", "{\"a\":1,\"b\":3,\"c\":4}"},
        {"{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"c\":3}}", "{\"a\":{\"b\":1,\"c\":3}}"},
        {"{\"a\":{\"b\":1}}", "{\"a\":[1]}", "{\"a\":[1]}"},
        {"{\"a\":1}", "{\"a\":null}", "{\"a\":1}"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        check_str(json_text(component_change_merge(parse(rows[i].under, arena),
                                                   parse(rows[i].over, arena), arena),
                            arena),
                  rows[i].merged);
    Value none = value_null(&TYPE_DYNAMIC), one = parse("{\"a\":1}", arena);
    check_str(json_text(component_change_merge(none, one, arena), arena), "{\"a\":1}");
    check_str(json_text(component_change_merge(one, none, arena), arena), "{\"a\":1}");
}

UNIT_MAIN(test_component_change) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_merge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
